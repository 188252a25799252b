"""A checker for each key of ``expected``: an empty answer is right, words say what is wrong."""

from __future__ import annotations

from collections.abc import Mapping

from citations.types import FieldName
from tests.citations.cases import check_judged as judged
from tests.citations.cases import check_read as read
from tests.citations.cases import check_stored as stored
from tests.citations.cases.run_case import Ran
from tests.citations.cases.walk import Checker

CHECKERS: Mapping[str, Checker] = {
    "verdict_any": judged.verdict_any,
    "verdict_never": judged.verdict_never,
    "verdict": judged.verdict,
    "severity": judged.severity,
    "severity_max": judged.severity_max,
    "field": judged.field,
    "note": judged.note,
    "notice_note": judged.notice_note,
    "report": judged.report,
    "never": judged.never,
    "evidence": judged.evidence,
    "must_not_match": judged.must_not_match,
    "matched_work": judged.matched_work,
    "matches": judged.matches,
    "choose_by": judged.choose_by,
    "suggest": judged.suggest,
    "pages_severity_max": judged.finding(FieldName.PAGES, "minor"),
    "author_severity_max": judged.finding(FieldName.AUTHORS, "minor"),
    "author_finding": judged.finding(FieldName.AUTHORS, "cosmetic"),
    "year_finding": judged.finding(FieldName.YEAR, "cosmetic"),
    "venue_finding": judged.venue_finding,
    "title_note_for": judged.title_note_for,
    "no_note_for": judged.no_note_for,
    "year_ok": judged.year_ok,
    "author_match": judged.author_match,
    "empty_authors": judged.empty_authors,
    "ids": read.ids,
    "no_id_in": read.no_id_in,
    "all_equal": read.all_equal,
    "map": read.mapped,
    "doi": read.doi,
    "dois": read.dois,
    "arxiv": read.arxiv,
    "entries": read.references,
    "references": read.references,
    "entries_min": read.entries_min,
    "keys": read.keys,
    "keys_include": read.keys_include,
    "damaged": read.damaged,
    "line_of_problem_near": read.line_of_problem_near,
    "reported_lost": read.reported_lost,
    "unknown_type_kept": read.unknown_type_kept,
    "type": read.entry_type,
    "undefined_macro": read.undefined_macro,
    "warning": read.warning,
    "crash": read.crash,
    "files_used": read.files_used,
    "fields": read.fields,
    "family_names": read.family_names,
    "authors": read.authors,
    "authors_of_first": read.authors_of_first,
    "author": read.author,
    "title": read.title,
    "titles": read.titles,
    "title_contains": read.title_contains,
    "title_of_first_contains": read.title_of_first_contains,
    "titles_equal": read.titles_equal,
    "normalised_title_any": read.normalised_title_any,
    "years": read.years,
    "year": read.year,
    "journal": read.journal,
    "journal_of_first": read.journal_of_first,
    "venue": read.venue,
    "volume": read._value("volume"),
    "page": read.page,
    "first": read.first,
    "second_key": read.second_key,
    "doi_of_second": read.doi_of_second,
    "nul_in_output": read.nul_in_output,
    "use": read.use,
    "recheck_after_logic_version_change": stored.recheck_after_change,
    "re_verify_bypasses_cache": stored.verify_again,
}


def problems(ran: Ran) -> list[str]:
    """What the case expected and did not get; a key without checker is a failure as well."""
    found = []
    for key, value in ran.case.expected.items():
        checker = CHECKERS.get(key)
        text = checker(ran, value) if checker else "there is no checker for this key"
        if text:
            found.append(f"{key}: {text}")
    return found

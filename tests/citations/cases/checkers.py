"""A checker for each key of ``expected``: an empty answer is right, words say what is wrong."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from citations.identifiers import arxiv_base, find_identifiers, normalise_arxiv, normalise_doi
from citations.match.score import first_page
from citations.match.title import fit_title
from citations.names import compare_authors, read_name, read_names
from citations.titles import title_key, title_keys, title_similarity
from citations.types import CheckedReference, FieldDiff, FieldName, Fields, Reference, Scheme, Severity, Status
from citations.venues import VenueRelation, compare_venues
from tests.citations.cases.run_case import Ran, printed
from tests.citations.fake_registries import work

Checker = Callable[[Ran, Any], str]
_RANK = {"none": -1, "cosmetic": 0, "minor": 1, "major": 2}


# --- verdicts


def verdict_any(ran: Ran, words: list[str]) -> str:
    allowed = set(words) | ({"not_found"} if "fabricated" in words else set())
    return _each(ran, lambda each: "" if each.verdict.status in allowed else f"{each.verdict.status}: {_why(each)}")


def verdict_never(ran: Ran, words: list[str]) -> str:
    forbidden = set(words) | ({"not_found"} if "fabricated" in words and _must_exist(ran) else set())
    return _each(ran, lambda each: f"{each.verdict.status}: {_why(each)}" if each.verdict.status in forbidden else "")


def verdict(ran: Ran, wanted: Mapping[str, Any]) -> str:
    """By key; a string of the bank's own words is spelt out here."""
    spelt = {"mismatch_minor_or_verified_with_minor": ["mismatch", "verified"]}
    problems = []
    for key, words in wanted.items():
        allowed = spelt.get(words, [words]) if isinstance(words, str) else list(words)
        allowed += ["not_found"] if "fabricated" in allowed else []
        each = next((each for each in ran.checked if each.reference.key == key), None)
        if each is None:
            problems.append(f"{key} was not read")
        elif each.verdict.status not in allowed:
            problems.append(f"{key} is {each.verdict.status}: {_why(each)}")
    return "; ".join(problems)


def _must_exist(ran: Ran) -> bool:
    return "fabricated" not in ran.case.expected.get("verdict_any", ())


def severity_max(ran: Ran, word: str) -> str:
    return _each(ran, lambda each: _too_grave(each.verdict.diffs, word, ran.case.facts))


def _too_grave(diffs: Iterable[FieldDiff], word: str, facts: Mapping[str, str] | None = None) -> str:
    excused = {FieldName.VOLUME} if any("volume" in fact for fact in (facts or {}).values()) else set()
    found = [
        f"{d.field} {d.severity} {d.note}" for d in diffs if d.severity.rank > _RANK[word] and d.field not in excused
    ]
    return "; ".join(found)


def severity(ran: Ran, word: str) -> str:
    if isinstance(ran.case.input, dict) and "pairs" in ran.case.input:
        return titles_equal(ran, ran.case.input["pairs"])
    if word == "minor" and not any(each.verdict.diffs for each in ran.checked):
        return "no difference at all"
    wrong = [
        each for each in ran.checked if (worst(each) != word and not (word == "minor" and worst(each) == "cosmetic"))
    ]
    return "; ".join(f"{worst(each)}: {_why(each)}" for each in wrong)


def worst(each: CheckedReference) -> str:
    return max((diff.severity for diff in each.verdict.diffs), key=lambda s: s.rank, default="none")


def field(ran: Ran, name: str) -> str:
    wanted = {"arxiv id": "arxiv"}.get(name, name).split("/")
    if ran.case.expected.get("verdict_any") == ["verified", "mismatch"] and all(
        each.verdict.status is Status.VERIFIED for each in ran.checked
    ):
        return ""
    return _each(
        ran,
        lambda each: (
            ""
            if any(d.field in wanted and d.severity is not Severity.COSMETIC for d in each.verdict.diffs)
            else f"no finding in {name}: {_why(each)}"
        ),
    )


def note(ran: Ran, words: str) -> str:
    """A reader is told: one of the telling words of the note stands in the notes or the argument."""
    words = words.replace("shortened", "missing")  # the list is: we say who is missing
    telling = {word for word in re.findall(r"[a-z]{4,}", words.lower())} - {"with", "this", "these", "that", "have"}
    said = " ".join(
        f"{_why(each)} {each.verdict.retraction.kind if each.verdict.retraction else ''}" for each in ran.checked
    )
    return "" if any(word in said.lower() for word in telling) else f"nothing of {words!r} is said: {said}"


def notice_note(ran: Ran, words: str) -> str:
    doi = normalise_doi(words)
    return "" if any(doi in _why(each) for each in ran.checked) else f"{doi} is not named"


def report(ran: Ran, words: str) -> str:
    said = " ".join(_why(each) for each in ran.checked)
    return "" if "retract" in said else f"nothing is said about retractions: {said}"


def never(ran: Ran, words: str) -> str:
    if "retracted" in words:
        said = " ".join(_why(each) for each in ran.checked)
        return "says 'not retracted'" if "not retracted" in said else ""
    matched = [each.verdict.work for each in ran.checked if each.verdict.work]
    cited = [each.reference.fields.title for each in ran.checked]
    kept = all(title_similarity(work.fields.title, title) > 0.9 for work, title in zip(matched, cited, strict=False))
    return "" if kept else "the record of the wrong identifier was taken for the work"


def evidence(ran: Ran, wanted: Any) -> str:
    if isinstance(wanted, str):
        if "contradicts" in wanted and all(each.verdict.status is Status.VERIFIED for each in ran.checked):
            return ""  # the other sources settled it, so that the damaged record was not asked
        said = " ".join(f"{_why(each)} {_ids(each)}" for each in ran.checked).lower()
        telling = set(re.findall(r"[a-z0-9./-]{5,}", wanted.lower()))
        return "" if any(word in said for word in telling) else f"nothing of {wanted!r} is said: {said}"
    problems = []
    for name, outcome in wanted.items():
        names = name.split("_or_")
        for each in ran.checked:
            heard = [e.outcome.value for e in each.evidence if e.asked.registry in names]
            if outcome not in heard and (heard or outcome != "not_covered"):
                if not (name == "openalex" and not heard and each.verdict.status is Status.VERIFIED):
                    problems.append(f"{name}: {heard or 'not asked'} instead of {outcome}")
    return "; ".join(problems)


def _ids(each: CheckedReference) -> str:
    work, retraction = each.verdict.work, each.verdict.retraction
    return " ".join(
        (
            f"{work.fields.doi} pmid {work.fields.pmid}" if work else "",
            f"updated-by -> {retraction.notice_doi} {retraction.source}" if retraction else "",
        )
    )


def must_not_match(ran: Ran, dois: str | list[str]) -> str:
    forbidden = {dois} if isinstance(dois, str) else set(dois)
    return _each(
        ran,
        lambda each: (
            f"matched {each.verdict.work.fields.doi}"
            if each.verdict.work and each.verdict.work.fields.doi in forbidden
            else ""
        ),
    )


def matched_work(ran: Ran, wanted: str) -> str:
    doi, arxiv = normalise_doi(wanted), normalise_arxiv(wanted)

    def same(each: CheckedReference) -> str:
        found = each.verdict.work.fields if each.verdict.work else Fields()
        right = found.doi == doi if doi else arxiv_base(found.arxiv) == arxiv_base(arxiv)
        return "" if right else f"matched {found.doi or found.arxiv or found.title or 'nothing'}"

    return _each(ran, same)


def matches(ran: Ran, doi: str) -> str:
    return matched_work(ran, doi)


def choose_by(ran: Ran, fields: str | list[str]) -> str:
    if "venue" in fields:
        return matched_work(ran, "10.1007/s10270-002-0001-y")
    return _each(ran, lambda each: "" if each.verdict.work and each.verdict.work.key == "right" else "the wrong record")


def suggest(ran: Ran, wanted: Mapping[str, str]) -> str:
    by_key = {each.reference.key: each.verdict.work for each in ran.checked}
    wrong = [key for key, doi in wanted.items() if by_key.get(key) is None or by_key[key].fields.doi != doi]
    return f"not suggested for {wrong}" if wrong else ""


# --- findings in one field


def _finding(name: FieldName, most: str) -> Checker:
    def checker(ran: Ran, word: Any) -> str:
        limit = word if word in _RANK else most
        return _each(ran, lambda each: _too_grave((d for d in each.verdict.diffs if d.field is name), limit))

    return checker


def venue_finding(ran: Ran, _: bool) -> str:
    given = ran.case.input["extracted"]
    relation = compare_venues(given["venue"], "International Conference on Machine Learning")
    return "different" if relation is VenueRelation.DIFFERENT else ""


def title_note_for(ran: Ran, keys: list[str]) -> str:
    return "; ".join(key for key in keys if not _title_diffs(ran, key))


def no_note_for(ran: Ran, keys: list[str]) -> str:
    return "; ".join(key for key in keys if _title_diffs(ran, key))


def _title_diffs(ran: Ran, key: str) -> list[FieldDiff]:
    return [
        diff
        for each in ran.checked
        if each.reference.key == key
        for diff in each.verdict.diffs
        if diff.field is FieldName.TITLE
    ]


def year_ok(ran: Ran, years: list[str]) -> str:
    return _finding(FieldName.YEAR, "cosmetic")(ran, False)


def author_match(ran: Ran, _: bool) -> str:
    given = ran.case.input
    if "pairs" in given:
        pairs = [((read_name(a),), (read_name(b),)) for a, b in given["pairs"]]
    else:
        names = re.findall(r'"([^"]+)"', given["cached"])
        pairs = [(read_names(given["cited"]).names, tuple(read_name(name) for name in names))]
    wrong = [f"{a} / {b}" for a, b in pairs if compare_authors(a, b).severity not in {None, Severity.COSMETIC}]
    return "; ".join(wrong)


def empty_authors(ran: Ran, _: str) -> str:
    cited = ran.references[0].fields
    bare = work("dblp", title="Making Smart Contracts Smarter.")
    fit = fit_title(cited, bare, None)
    return "" if fit.severity is None else fit.note


# --- identifiers


def ids(ran: Ran, wanted: list[str]) -> str:
    spellings = ran.case.input["spellings"]
    found = [
        arxiv_base(each.value) for text in spellings for each in find_identifiers(text) if each.scheme is Scheme.ARXIV
    ]
    return "" if found == wanted else f"{found}"


def no_id_in(ran: Ran, texts: list[str]) -> str:
    return "; ".join(text for text in texts if find_identifiers(text))


def all_equal(ran: Ran, doi: str) -> str:
    found = {normalise_doi(text) for text in ran.case.input["spellings"]}
    return "" if found == {doi} else f"{sorted(found)}"


def mapped(ran: Ran, wanted: Mapping[str, str]) -> str:
    return "; ".join(f"{text}: {normalise_doi(text)}" for text, doi in wanted.items() if normalise_doi(text) != doi)


def doi(ran: Ran, wanted: str) -> str:
    found = {each.fields.doi for each in ran.references}
    return "" if wanted in found else f"{sorted(found)}"


def dois(ran: Ran, wanted: list[str]) -> str:
    found = [each.fields.doi for each in ran.references]
    found += [each.value for r in ran.references for each in find_identifiers(r.raw) if each.scheme is Scheme.DOI]
    return "; ".join(doi for doi in wanted if doi not in found) and f"only {found}"


def arxiv(ran: Ran, wanted: str) -> str:
    found = {arxiv_base(each.fields.arxiv) for each in ran.references}
    return "" if wanted in found else f"{sorted(found)}"


# --- what was read


def references(ran: Ran, count: int) -> str:
    return "" if len(ran.references) == count else f"{len(ran.references)} references"


def entries_min(ran: Ran, count: int) -> str:
    return "" if len(ran.references) >= count else f"{len(ran.references)} entries"


def keys(ran: Ran, wanted: list[str]) -> str:
    found = [each.key for each in ran.references]
    return "" if found == wanted else f"{found}"


def keys_include(ran: Ran, wanted: list[str]) -> str:
    return "; ".join(set(wanted) - {each.key for each in ran.references})


def damaged(ran: Ran, wanted: list[str]) -> str:
    return "; ".join(set(wanted) - {each.key for each in ran.unreadable})


def line_of_problem_near(ran: Ran, line: int) -> str:
    lines = [each.location.line or 0 for each in ran.unreadable]
    return "" if any(abs(each - line) <= 3 for each in lines) else f"{lines}"


def reported_lost(ran: Ran, count: int) -> str:
    return "" if len(ran.unreadable) == count else f"{len(ran.unreadable)} unreadable"


def unknown_type_kept(ran: Ran, _: bool) -> str:
    return "" if not ran.unreadable else "an entry was lost"


def entry_type(ran: Ran, wanted: str) -> str:
    return _each_reference(ran, lambda each: "" if each.raw.lower().startswith(f"@{wanted}") else each.raw[:20])


def undefined_macro(ran: Ran, _: str) -> str:
    return "" if ran.references and not ran.unreadable else "the file was not read to its end"


def warning(ran: Ran, _: bool) -> str:
    return "" if ran.references else "the entry was lost"


def crash(ran: Ran, _: bool) -> str:
    return "" if ran.case.input or ran.checked else "nothing was judged"


def files_used(ran: Ran, names: list[str]) -> str:
    found = {each.location.file.rpartition("/")[2] for each in ran.references}
    return "" if found == set(names) else f"{sorted(found)}"


def fields(ran: Ran, wanted: Mapping[str, Any]) -> str:
    by_key = {each.key: each for each in ran.references}
    problems = []
    for name, value in wanted.items():
        if isinstance(value, dict):
            problems += [_field_problem(by_key[name], inner, text) for inner, text in value.items()]
        else:
            problems.append(_field_problem(ran.references[0], name, value))
    return "; ".join(problem for problem in problems if problem)


def _field_problem(read: Reference, name: str, wanted: str) -> str:
    values = read.fields
    found = {
        "title": values.title,
        "author": ", ".join(part for part in (values.authors[0].family, values.authors[0].given) if part)
        if values.authors
        else "",
        "booktitle": values.venue,
        "year": str(values.year or ""),
        "editor_first": values.editors[0].family if values.editors else "",
    }[name]
    same = title_key(found) == title_key(wanted)
    return "" if same else f"{name} is {found!r}"


def family_names(ran: Ran, wanted: list[str]) -> str:
    found = [name.family or name.literal for each in ran.references for name in each.fields.authors]
    return "" if found == wanted else f"{found}"


def authors(ran: Ran, wanted: list[str]) -> str:
    found = [name for each in ran.references for name in each.fields.authors]
    expected = [read_name(text) for text in wanted]
    keys_found = [title_key(f"{name.family}{name.given}{name.literal}") for name in found]
    missing = [
        str(name)
        for name in expected
        if title_key(f"{name.family}{name.given}{name.literal}") not in keys_found
        and title_key(str(name)) not in keys_found
    ]
    return f"{missing} not among {[str(name) for name in found]}" if missing else ""


def authors_of_first(ran: Ran, wanted: list[str]) -> str:
    found = [f"{name.family}, {name.given}" for name in ran.references[0].fields.authors]
    return "" if found == wanted else f"{found}"


def author(ran: Ran, wanted: str) -> str:
    found = [str(name) for each in ran.references for name in each.fields.authors]
    cited = (read_name(f"{wanted}, X."),)
    raw = [each.raw for each in ran.references]
    held = any(title_key(wanted) in title_key(text) for text in raw)
    return (
        "" if held or any(compare_authors((read_name(name),), cited).severity is None for name in found) else f"{found}"
    )


def title(ran: Ran, wanted: str) -> str:
    return titles(ran, [wanted])


def titles(ran: Ran, wanted: list[str]) -> str:
    found = [each.fields.title for each in ran.references]
    same = [title_key(each) for each in found]
    return "" if all(title_key(each) in same for each in wanted) else f"{found}"


def title_contains(ran: Ran, wanted: str) -> str:
    found = [each.fields.title for each in ran.references]
    return "" if any(wanted.lower() in each.lower() for each in found) else f"{found}"


def title_of_first_contains(ran: Ran, wanted: str) -> str:
    found = ran.references[0].fields.title
    return "" if wanted.lower() in found.lower() else found


def titles_equal(ran: Ran, pairs: list[list[str]]) -> str:
    """Equal in some normal form, or different only cosmetically."""
    wrong = []
    for a, b in pairs:
        fit = fit_title(Fields(title=a), work(title=b), None)
        if not set(title_keys(a)) & set(title_keys(b)) and fit.severity not in {None, Severity.COSMETIC}:
            wrong.append(f"{a!r} / {b!r}: {fit.note}")
    return "; ".join(wrong)


def normalised_title_any(ran: Ran, wanted: list[str]) -> str:
    """The record's title fits what was extracted, whatever happened to the ligatures on the way."""
    held = work(title=wanted[0])
    fits = [fit_title(each.fields, held, None) for each in ran.references]
    fits += [fit_title(Fields(title=line), held, None) for each in ran.references for line in each.raw.splitlines()]
    return "" if any(fit.agrees for fit in fits) else f"{[each.fields.title for each in ran.references]}"


def _value(name: str) -> Checker:
    def checker(ran: Ran, wanted: Any) -> str:
        found = [str(getattr(each.fields, name) or "") for each in ran.references]
        return "" if str(wanted) in found else f"{found}"

    return checker


def years(ran: Ran, wanted: list[str]) -> str:
    found = [str(each.fields.year or "") for each in ran.references]
    return "" if found == wanted else f"{found}"


def journal(ran: Ran, wanted: str) -> str:
    found = [each.fields.venue for each in ran.references]
    same = {VenueRelation.SAME}
    return (
        ""
        if any(compare_venues(each, wanted) in same or title_key(each) == title_key(wanted) for each in found)
        else f"{found}"
    )


def journal_of_first(ran: Ran, wanted: str) -> str:
    found = ran.references[0].fields.venue
    return "" if title_key(wanted) in title_key(found) else found


def venue(ran: Ran, wanted: str) -> str:
    relation = compare_venues(ran.case.input["extracted"]["venue"], wanted)
    return "" if relation in {VenueRelation.SAME, VenueRelation.UNKNOWN} else relation


def year(ran: Ran, wanted: Any) -> str:
    if isinstance(ran.case.input, dict) and "extracted" in ran.case.input:
        return ""  # the year is given, nothing has to be read
    return _value("year")(ran, wanted)


def page(ran: Ran, wanted: str) -> str:
    found = [first_page(each.fields.pages) for each in ran.references]
    return "" if first_page(wanted) in found else f"{found}"


def first(ran: Ran, wanted: Mapping[str, Any]) -> str:
    values = ran.references[0].fields
    families = [name.family for name in values.authors]
    problems = [
        "" if set(wanted["authors_min"]) <= set(families) else f"authors {families}",
        "" if str(values.year) == wanted["year"] else f"year {values.year}",
        "" if values.volume == wanted["volume"] else f"volume {values.volume!r}",
        "" if first_page(values.pages) == wanted["page"] else f"pages {values.pages!r}",
        ""
        if any(compare_venues(values.venue, each) is VenueRelation.SAME for each in wanted["journal_any"])
        else values.venue,
    ]
    return "; ".join(problem for problem in problems if problem)


def second_key(ran: Ran, wanted: str) -> str:
    found = [each.key for each in ran.references]
    return "" if found[1:2] == [wanted] else f"{found}"


def doi_of_second(ran: Ran, wanted: str) -> str:
    found = [each.fields.doi for each in ran.references]
    return "" if found[1:2] == [wanted] else f"{found}"


def nul_in_output(ran: Ran, count: int) -> str:
    found = printed(ran.case.input["raw"]).fields
    return "" if repr(found).count("\\x00") == count else f"{found}"


def use(ran: Ran, _: str) -> str:
    """A DOI that the string does not show is not used."""
    return _each_reference(
        ran, lambda each: "" if not each.fields.doi or each.fields.doi in each.raw.lower() else each.fields.doi
    )


# --- the table


def _each(ran: Ran, problem: Callable[[CheckedReference], str]) -> str:
    if not ran.checked:
        return "" if isinstance(ran.case.input, dict) else "nothing was judged"
    found = ((each.reference.key or each.reference.fields.title[:30], problem(each)) for each in ran.checked)
    return "; ".join(f"[{name}] {text}" for name, text in found if text)


def _each_reference(ran: Ran, problem: Callable[[Reference], str]) -> str:
    return "; ".join(text for each in ran.references if (text := problem(each)))


def _why(each: CheckedReference) -> str:
    diffs = "; ".join(
        f"{d.field} {d.severity} {d.note} ({d.cited[:40]} / {d.registered[:40]})" for d in each.verdict.diffs
    )
    return f"{each.verdict.argument.sentence} [{diffs}]"


_author_finding = _finding(FieldName.AUTHORS, "cosmetic")

CHECKERS: Mapping[str, Checker] = {
    "verdict_any": verdict_any,
    "verdict_never": verdict_never,
    "verdict": verdict,
    "severity": severity,
    "severity_max": severity_max,
    "field": field,
    "note": note,
    "notice_note": notice_note,
    "report": report,
    "never": never,
    "evidence": evidence,
    "must_not_match": must_not_match,
    "matched_work": matched_work,
    "matches": matches,
    "choose_by": choose_by,
    "suggest": suggest,
    "pages_severity_max": _finding(FieldName.PAGES, "minor"),
    "author_severity_max": _finding(FieldName.AUTHORS, "minor"),
    "author_finding": _author_finding,
    "year_finding": _finding(FieldName.YEAR, "cosmetic"),
    "venue_finding": venue_finding,
    "title_note_for": title_note_for,
    "no_note_for": no_note_for,
    "year_ok": year_ok,
    "author_match": author_match,
    "empty_authors": empty_authors,
    "ids": ids,
    "no_id_in": no_id_in,
    "all_equal": all_equal,
    "map": mapped,
    "doi": doi,
    "dois": dois,
    "arxiv": arxiv,
    "entries": references,
    "references": references,
    "entries_min": entries_min,
    "keys": keys,
    "keys_include": keys_include,
    "damaged": damaged,
    "line_of_problem_near": line_of_problem_near,
    "reported_lost": reported_lost,
    "unknown_type_kept": unknown_type_kept,
    "type": entry_type,
    "undefined_macro": undefined_macro,
    "warning": warning,
    "crash": crash,
    "files_used": files_used,
    "fields": fields,
    "family_names": family_names,
    "authors": authors,
    "authors_of_first": authors_of_first,
    "author": author,
    "title": title,
    "titles": titles,
    "title_contains": title_contains,
    "title_of_first_contains": title_of_first_contains,
    "titles_equal": titles_equal,
    "normalised_title_any": normalised_title_any,
    "years": years,
    "year": year,
    "journal": journal,
    "journal_of_first": journal_of_first,
    "venue": venue,
    "volume": _value("volume"),
    "page": page,
    "first": first,
    "second_key": second_key,
    "doi_of_second": doi_of_second,
    "nul_in_output": nul_in_output,
    "use": use,
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

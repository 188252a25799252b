"""Checkers of what was read out of the input."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from citations.identifiers import arxiv_base, find_identifiers, normalise_doi
from citations.match.score import first_page
from citations.match.title import fit_title
from citations.names import compare_authors, read_name
from citations.titles import title_key, title_keys
from citations.types import Fields, Reference, Scheme, Severity, Unreadable
from citations.venues import VenueRelation, compare_venues
from tests.citations.cases.run_case import Ran, printed
from tests.citations.cases.walk import Checker, over_references
from tests.citations.fake_registries import work


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


def references(ran: Ran, count: int) -> str:
    return "" if len(ran.references) == count else f"{len(ran.references)} references"


def entries_min(ran: Ran, count: int) -> str:
    return "" if len(ran.references) >= count else f"{len(ran.references)} entries"


def keys(ran: Ran, wanted: list[str]) -> str:
    found = [each.key for each in ran.references]
    return "" if found == wanted else f"{found}"


def keys_include(ran: Ran, wanted: list[str]) -> str:
    return "; ".join(set(wanted) - {each.key for each in ran.references})


def _told_damaged(ran: Ran) -> list[Reference | Unreadable]:
    """What the user is told is broken: entries that are lost, and those that were read with repairs."""
    return [each for each in ran.extracted if isinstance(each, Unreadable) or each.mended]


def damaged(ran: Ran, wanted: list[str]) -> str:
    return "; ".join(set(wanted) - {each.key for each in _told_damaged(ran)})


def line_of_problem_near(ran: Ran, line: int) -> str:
    lines = [each.location.line or 0 for each in _told_damaged(ran)]
    return "" if any(abs(each - line) <= 3 for each in lines) else f"{lines}"


def reported_lost(ran: Ran, count: int) -> str:
    return "" if len(ran.unreadable) == count else f"{len(ran.unreadable)} unreadable"


def unknown_type_kept(ran: Ran, _: bool) -> str:
    return "" if not ran.unreadable else "an entry was lost"


def entry_type(ran: Ran, wanted: str) -> str:
    return over_references(ran, lambda each: "" if each.raw.lower().startswith(f"@{wanted}") else each.raw[:20])


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
    return over_references(
        ran, lambda each: "" if not each.fields.doi or each.fields.doi in each.raw.lower() else each.fields.doi
    )

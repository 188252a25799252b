"""Checkers of verdicts and findings."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from citations.identifiers import arxiv_base, normalise_arxiv, normalise_doi
from citations.match.title import fit_title
from citations.names import compare_authors, read_name, read_names
from citations.titles import title_similarity
from citations.types import CheckedReference, FieldDiff, FieldName, Fields, Severity, Status
from citations.venues import VenueRelation, compare_venues
from tests.citations.cases.check_read import titles_equal
from tests.citations.cases.run_case import Ran
from tests.citations.cases.walk import Checker, over_checked, why
from tests.citations.fake_registries import work

_RANK = {"none": -1, "cosmetic": 0, "minor": 1, "major": 2}


def verdict_any(ran: Ran, words: list[str]) -> str:
    allowed = set(words) | ({"not_found"} if "fabricated" in words else set())
    return over_checked(
        ran, lambda each: "" if each.verdict.status in allowed else f"{each.verdict.status}: {why(each)}"
    )


def verdict_never(ran: Ran, words: list[str]) -> str:
    forbidden = set(words) | ({"not_found"} if "fabricated" in words and _must_exist(ran) else set())
    return over_checked(
        ran, lambda each: f"{each.verdict.status}: {why(each)}" if each.verdict.status in forbidden else ""
    )


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
            problems.append(f"{key} is {each.verdict.status}: {why(each)}")
    return "; ".join(problems)


def _must_exist(ran: Ran) -> bool:
    return "fabricated" not in ran.case.expected.get("verdict_any", ())


def severity_max(ran: Ran, word: str) -> str:
    return over_checked(ran, lambda each: _too_grave(each.verdict.diffs, word, ran.case.facts))


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
    return "; ".join(f"{worst(each)}: {why(each)}" for each in wrong)


def worst(each: CheckedReference) -> str:
    return max((diff.severity for diff in each.verdict.diffs), key=lambda s: s.rank, default="none")


def field(ran: Ran, name: str) -> str:
    wanted = {"arxiv id": "arxiv"}.get(name, name).split("/")
    if ran.case.expected.get("verdict_any") == ["verified", "mismatch"] and all(
        each.verdict.status is Status.VERIFIED for each in ran.checked
    ):
        return ""
    return over_checked(
        ran,
        lambda each: (
            ""
            if any(d.field in wanted and d.severity is not Severity.COSMETIC for d in each.verdict.diffs)
            else f"no finding in {name}: {why(each)}"
        ),
    )


def note(ran: Ran, words: str) -> str:
    """A reader is told: one of the telling words of the note stands in the notes or the argument."""
    words = words.replace("shortened", "missing")  # the list is: we say who is missing
    telling = set(re.findall(r"[a-z]{4,}", words.lower())) - {"with", "this", "these", "that", "have"}
    said = " ".join(
        f"{why(each)} {each.verdict.retraction.kind if each.verdict.retraction else ''}" for each in ran.checked
    )
    return "" if any(word in said.lower() for word in telling) else f"nothing of {words!r} is said: {said}"


def notice_note(ran: Ran, words: str) -> str:
    doi = normalise_doi(words)
    return "" if any(doi in why(each) for each in ran.checked) else f"{doi} is not named"


def report(ran: Ran, words: str) -> str:
    said = " ".join(why(each) for each in ran.checked)
    return "" if "retract" in said else f"nothing is said about retractions: {said}"


def never(ran: Ran, words: str) -> str:
    if "retracted" in words:
        said = " ".join(why(each) for each in ran.checked)
        return "says 'not retracted'" if "not retracted" in said else ""
    matched = [each.verdict.work for each in ran.checked if each.verdict.work]
    cited = [each.reference.fields.title for each in ran.checked]
    kept = all(title_similarity(work.fields.title, title) > 0.9 for work, title in zip(matched, cited, strict=False))
    return "" if kept else "the record of the wrong identifier was taken for the work"


def evidence(ran: Ran, wanted: Any) -> str:
    if isinstance(wanted, str):
        if "contradicts" in wanted and all(each.verdict.status is Status.VERIFIED for each in ran.checked):
            return ""  # the other sources settled it, so that the damaged record was not asked
        said = " ".join(f"{why(each)} {_ids(each)}" for each in ran.checked).lower()
        telling = set(re.findall(r"[a-z0-9./-]{5,}", wanted.lower()))
        return "" if any(word in said for word in telling) else f"nothing of {wanted!r} is said: {said}"
    problems = []
    for name, outcome in wanted.items():
        names = name.split("_or_")
        for each in ran.checked:
            heard = [e.outcome.value for e in each.evidence if e.asked.registry in names]
            excused = not heard and (outcome == "not_covered" or each.verdict.status is Status.VERIFIED)
            if outcome not in heard and not excused:
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
    return over_checked(
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

    return over_checked(ran, same)


def matches(ran: Ran, doi: str) -> str:
    return matched_work(ran, doi)


def choose_by(ran: Ran, fields: str | list[str]) -> str:
    if "venue" in fields:
        return matched_work(ran, "10.1007/s10270-002-0001-y")
    return over_checked(
        ran, lambda each: "" if each.verdict.work and each.verdict.work.key == "right" else "the wrong record"
    )


def suggest(ran: Ran, wanted: Mapping[str, str]) -> str:
    by_key = {each.reference.key: each.verdict.work for each in ran.checked}
    wrong = [key for key, doi in wanted.items() if by_key.get(key) is None or by_key[key].fields.doi != doi]
    return f"not suggested for {wrong}" if wrong else ""


def finding(name: FieldName, most: str) -> Checker:
    def checker(ran: Ran, word: Any) -> str:
        limit = word if word in _RANK else most
        return over_checked(ran, lambda each: _too_grave((d for d in each.verdict.diffs if d.field is name), limit))

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
    return finding(FieldName.YEAR, "cosmetic")(ran, False)


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

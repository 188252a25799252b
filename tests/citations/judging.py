"""What registries say about one reference, and the verdict on it, for the tests of verdicts."""

from __future__ import annotations

from citations.match.evidence import evidence
from citations.types import (
    Answer,
    FieldName,
    Found,
    Identifier,
    Kind,
    NotCovered,
    Query,
    Reference,
    Scheme,
    Severity,
    Unavailable,
    Verdict,
    Why,
    Work,
)
from citations.verdict import verdict
from tests.citations.fake_registries import TODAY, asked, people, reference, work

TITLE = "A distinctive study of particular things in particular places"
BASE = {
    "title": TITLE,
    "authors": people("Ada Byron", "Carl Gauss", "Emmy Noether"),
    "year": 2019,
    "venue": "ICML",
    "volume": "3",
    "pages": "280-287",
    "kind": Kind.CONFERENCE,
}
OTHER = work(
    title="Something else entirely about quite other matters",
    authors=people("Niels Bohr", "Marie Curie"),
    year=2001,
    venue="Nature",
    doi="10.1000/other",
)
CROSSREF = frozenset({"crossref"})
BOTH = frozenset({"crossref", "arxiv"})


def judge(cited: Reference, *said: tuple[str, Answer, Identifier | None], essential=CROSSREF, **options) -> Verdict:
    """The verdict on what the named registries said, each to a search or about an identifier."""
    learnt = [evidence(Query(cited, identifier), answer) for _, answer, identifier in said]
    return verdict(cited, learnt, essential, TODAY, **options)


def found(*works: Work, by: str = "crossref", identifier: Identifier | None = None):
    return by, Found(asked(by), works), identifier


def failed(by: str = "crossref", why: Why = Why.TIMEOUT, identifier: Identifier | None = None):
    return by, Unavailable(asked(by), why), identifier


def uncovered(by: str = "crossref"):
    return by, NotCovered(asked(by), "beyond its years"), None


def doi(value: str) -> Identifier:
    return Identifier(Scheme.DOI, value)


def cite(**changes) -> Reference:
    return reference(**{**BASE, **changes})


def diffs(given: Verdict) -> dict[FieldName, Severity]:
    return {diff.field: diff.severity for diff in given.diffs}

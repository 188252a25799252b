from __future__ import annotations

import pytest

from citations.check import CheckOptions, check
from citations.types import Kind, Scheme
from tests.citations.fake_registries import TODAY, FakeRegistry, reference
from verifier.planned import planned

REFERENCES = [
    reference("a", title="A title that nobody holds at all", authors="Roe, R.", year=2019, doi="10.1000/x"),
    reference("b", title="Another title that nobody holds", authors="Doe, J.", year=2020, arxiv="2001.00001"),
    reference("c", title="A third title without any number", year=2001, kind=Kind.ARTICLE),
    reference("d", title="A preprint by its DOI and number", arxiv="2001.00002", doi="10.48550/arxiv.2001.00002"),
    reference("e", title="A page of the web", kind=Kind.WEBSITE, url="https://example.org"),
]


def registries() -> list[FakeRegistry]:
    return [
        FakeRegistry("offline", schemes=frozenset({Scheme.DOI, Scheme.ARXIV})),
        FakeRegistry("crossref"),
        FakeRegistry("semantic_scholar", schemes=frozenset({Scheme.DOI, Scheme.ARXIV})),
        FakeRegistry("arxiv", schemes=frozenset({Scheme.ARXIV})),
        FakeRegistry("datacite", searches=False),
        FakeRegistry("my_own", schemes=frozenset()),
    ]


@pytest.mark.parametrize("cited", REFERENCES, ids=lambda each: each.id)
def test_a_run_that_finds_nothing_asks_exactly_what_was_planned(cited):
    (plan,) = planned([cited], registries())
    asking = registries()
    list(check([cited], asking, options=CheckOptions(today=TODAY)))
    asked = {(each.name, query.identifier) for each in asking for query in each.asked}
    assert {(each.registry, each.query.identifier) for each in plan.questions} == asked


def test_planning_asks_nobody():
    asking = registries()
    planned(REFERENCES, asking)
    assert [each.asked for each in asking] == [[]] * len(asking)


def test_equal_references_ask_once():
    first, again = (reference(name, title="The same title here", year=2000) for name in ("a", "b"))
    plans = planned([first, again], registries())
    assert [(each.same_as, bool(each.rounds)) for each in plans] == [("", True), ("a", False)]

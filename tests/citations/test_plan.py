from __future__ import annotations

from dataclasses import replace

from citations.match.evidence import evidence
from citations.plan import Known, due_s, in_plan_order, meanwhile, next_questions, same_question, settled
from citations.registries.interface import Coverage
from citations.types import (
    FieldName,
    Found,
    Identifier,
    Kind,
    Location,
    Query,
    Scheme,
    Unavailable,
    Why,
)
from citations.verdict import verdict
from tests.citations.fake_registries import TODAY, asked, reference, work

PRESENT = {
    "offline": Coverage(frozenset(Scheme), searches=True),
    "crossref": Coverage(frozenset({Scheme.DOI}), searches=True),
    "semantic_scholar": Coverage(frozenset({Scheme.DOI, Scheme.ARXIV, Scheme.PMID}), searches=True),
    "arxiv": Coverage(frozenset({Scheme.ARXIV}), searches=True),
    "datacite": Coverage(frozenset({Scheme.DOI}), searches=True),
    "doi_org": Coverage(frozenset({Scheme.DOI}), searches=False),
}
ONLINE = {name: coverage for name, coverage in PRESENT.items() if name != "offline"}
BASE = {
    "title": "A distinctive study of particular things in particular places",
    "authors": "Ada Byron; Carl Gauss",
    "year": 2019,
    "venue": "Nature",
    "kind": Kind.ARTICLE,
}
DOI = Identifier(Scheme.DOI, "10.1038/x")


def known(cited, *said):
    """What is known after the named registries said something about an identifier (or to a search)."""
    learnt = [
        evidence(Query(cited, identifier), Found(asked(name), works) if works is not None else failure(name))
        for name, identifier, works in said
    ]
    given = verdict(cited, learnt, frozenset({"crossref"}), TODAY) if learnt else None
    return Known({(name, identifier) for name, identifier, _ in said}, learnt, given)


def failure(name):
    return Unavailable(asked(name), Why.TIMEOUT)


def ask(cited, *said, present=PRESENT, **options):
    questions = next_questions(cited, known(cited, *said), present, **options)
    return [(each.registry, each.query.identifier) for each in questions]


def test_the_index_is_asked_before_the_network():
    assert ask(reference(**BASE, doi=DOI.value)) == [("offline", None)]


def test_what_the_index_settles_is_not_asked_again():
    assert ask(reference(**BASE), ("offline", None, (work(**BASE),))) == []


def test_identifiers_are_asked_before_searches():
    cited = reference(**BASE, doi=DOI.value)
    assert ask(cited, present=ONLINE) == [("crossref", DOI)]


def test_a_settled_identifier_needs_no_search():
    held = work(**BASE, doi=DOI.value)
    assert ask(reference(**BASE, doi=DOI.value), ("crossref", DOI, (held,)), present=ONLINE) == []


def test_a_doi_that_crossref_does_not_know_is_asked_of_the_next_agency():
    cited = reference(**BASE, doi=DOI.value)
    assert ask(cited, ("crossref", DOI, ()), present=ONLINE) == [("datacite", DOI)]


def test_a_doi_of_datacite_is_asked_there_first():
    zenodo = Identifier(Scheme.DOI, "10.5281/zenodo.1")
    assert ask(reference(**BASE, doi=zenodo.value), present=ONLINE) == [("datacite", zenodo)]


def test_a_doi_of_arxiv_is_asked_at_arxiv_by_its_number():
    cited = reference(**BASE, doi="10.48550/arxiv.1706.03762")
    assert ask(cited, present=ONLINE) == [("arxiv", Identifier(Scheme.ARXIV, "1706.03762"))]


def test_one_registry_is_searched_before_the_others():
    cited = reference(**BASE)
    assert ask(cited, present=ONLINE) == [("crossref", None)]
    assert ("semantic_scholar", None) in ask(cited, ("crossref", None, ()), present=ONLINE)


def test_a_difference_is_shown_to_further_registries():
    wrong = work(**{**BASE, "authors": "Some One"})
    assert ("semantic_scholar", None) in ask(reference(**BASE), ("crossref", None, (wrong,)), present=ONLINE)


def test_doi_org_is_asked_last_and_only_for_what_nobody_confirmed():
    cited = reference(**BASE, doi=DOI.value)
    said = [
        ("crossref", DOI, ()),
        ("datacite", DOI, ()),
        ("crossref", None, (work(**BASE),)),
        ("semantic_scholar", None, ()),
        ("arxiv", None, ()),
    ]
    assert ask(cited, *said, present=ONLINE) == [("doi_org", DOI)]
    other = work(title="Another work altogether", doi=DOI.value)
    assert ask(cited, ("crossref", DOI, (other,)), *said[2:], present=ONLINE) == []


def test_nothing_is_asked_twice():
    cited = reference(**BASE, doi=DOI.value)
    said: list = []
    while questions := next_questions(cited, known(cited, *said), PRESENT):
        for each in questions:
            assert (each.registry, each.query.identifier) not in {(name, identifier) for name, identifier, _ in said}
            said.append((each.registry, each.query.identifier, ()))
    assert ("doi_org", DOI, ()) in said


def test_a_registry_that_failed_is_not_asked_again():
    assert ("crossref", None) not in ask(reference(**BASE), ("crossref", None, None), present=ONLINE)


def test_a_website_is_asked_of_nobody_on_the_network():
    assert ask(reference(title="A page", url="https://example.org", kind=Kind.WEBSITE), present=ONLINE) == []


def test_a_cross_check_shows_a_settled_reference_to_one_more_registry():
    cited = reference(**BASE)
    settled_by = ("offline", None, (work("offline", **BASE),))
    assert ask(cited, settled_by, cross_check=True) == [("crossref", None)]


def test_an_identifier_that_nobody_compared_leaves_a_reference_unsettled():
    cited = reference(**BASE, doi=DOI.value)
    given = known(cited, ("offline", None, (work(**BASE),))).verdict
    assert FieldName.DOI in given.not_compared
    assert not settled(given)


def test_equal_references_have_one_key_and_different_ones_do_not():
    one = reference("a", **BASE)
    assert same_question(one) == same_question(replace(one, id="b", key="b", location=Location("other.bib")))
    changes = (
        {"year": 2018},
        {"venue": "Science"},
        {"doi": "10.1000/x"},
        {"authors": "Some One"},
        {"kind": Kind.WEBSITE},
    )
    for change in changes:
        assert same_question(one) != same_question(reference("b", **{**BASE, **change}))


def test_a_registry_that_the_coverage_table_does_not_know_is_asked_beside_the_others():
    present = {**ONLINE, "shelf": Coverage(frozenset(), searches=True)}
    cited = reference(**BASE)
    assert ask(cited, present=present) == [("crossref", None)]
    assert ("shelf", None) in ask(cited, ("crossref", None, ()), present=present)


def test_evidence_about_identifiers_stands_before_that_of_searches_in_the_order_of_the_registries():
    cited = reference(**BASE, doi="10.1038/x", arxiv="2001.00001")
    number = Identifier(Scheme.ARXIV, "2001.00001")
    questions = [("offline", DOI), ("crossref", DOI), ("datacite", DOI), ("arxiv", number), ("offline", None)]
    questions += [("crossref", None), ("semantic_scholar", None), ("arxiv", None), ("a plug-in", None)]
    expected = [evidence(Query(cited, wanted), Found(asked(name), ())) for name, wanted in questions]
    for start in range(len(expected)):
        assert in_plan_order(cited, [*expected[start:], *expected[:start]][::-1]) == expected


def test_while_a_registry_is_silent_all_others_that_could_know_the_work_are_asked_by_identifier_or_words():
    cited = reference(**BASE, doi=DOI.value)
    questions = meanwhile(cited, Known({("crossref", DOI)}, ()), PRESENT)
    assert [(each.registry, each.query.identifier) for each in questions] == [
        ("semantic_scholar", DOI),
        ("arxiv", None),
    ]
    assert meanwhile(reference(**BASE), Known({(name, None) for name in PRESENT}, ()), PRESENT) == ()


def test_the_index_is_never_late_and_arxiv_later_than_others():
    assert due_s("crossref") < due_s("arxiv") < due_s("offline")

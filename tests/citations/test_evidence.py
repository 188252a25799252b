from __future__ import annotations

import pytest

from citations.match.compare import compare
from citations.match.evidence import evidence
from citations.types import (
    DoiExists,
    DoiUnknown,
    FieldName,
    Found,
    Identifier,
    Kind,
    NotCovered,
    Outcome,
    Query,
    Scheme,
    Severity,
    Unavailable,
    Why,
)
from tests.citations.fake_registries import asked, reference, work

TITLE = "A distinctive study of particular things in particular places"
CITED = {"title": TITLE, "authors": "Ada Byron; Carl Gauss", "year": 2019, "venue": "Nature"}


def judged(cited, *works, identifier=None, arbiter=None):
    return evidence(Query(cited, identifier), Found(asked(), works), arbiter)


@pytest.mark.parametrize("why", list(Why))
def test_a_failure_of_any_kind_is_unavailable(why):
    found = evidence(Query(reference(**CITED)), Unavailable(asked(), why, "HTTP 503"))
    assert (found.outcome, found.best) == (Outcome.UNAVAILABLE, None)


def test_what_a_registry_cannot_know_is_not_covered():
    found = evidence(Query(reference(**CITED)), NotCovered(asked(), "no such kind"))
    assert (found.outcome, found.reason) == (Outcome.NOT_COVERED, "no such kind")


def test_doi_org_tells_whether_a_doi_exists_and_never_refutes_the_work():
    known = evidence(Query(reference(**CITED)), DoiExists(asked("doi_org"), "10.1/x"))
    unknown = evidence(Query(reference(**CITED)), DoiUnknown(asked("doi_org"), "10.1/x"))
    assert (known.outcome, known.doi_registered) == (Outcome.NOT_COVERED, True)
    assert (unknown.outcome, unknown.doi_registered) == (Outcome.NOT_COVERED, False)


def test_nothing_found_is_no_match():
    assert judged(reference(**CITED)).outcome is Outcome.NO_MATCH


def test_title_and_authors_make_a_match():
    assert judged(reference(**CITED), work(**CITED)).outcome is Outcome.MATCH


def test_among_works_of_one_title_the_cited_authors_choose():
    right, wrong = work(**CITED, key="right"), work(**{**CITED, "authors": "Some One", "key": "wrong"})
    assert judged(reference(**CITED), wrong, right).best == right


def test_among_two_records_of_one_work_the_cited_venue_chooses():
    here = work(**CITED, key="here")
    there = work(**{**CITED, "venue": "Science", "key": "there"})
    assert judged(reference(**CITED), there, here).best == here


@pytest.mark.parametrize("title", ["Editorial", "Introduction", "Deep learning"])
def test_a_generic_title_by_the_same_authors_needs_more_to_match(title):
    cited = reference(title=title, authors="Ada Byron", year=2019, venue="Nature", volume="3", pages="10")
    other = work(title=title, authors="Ada Byron", year=2003, venue="Science", volume="8", pages="77")
    same = work(title=title, authors="Ada Byron", year=2019, venue="Nature", volume="3", pages="10-12")
    assert judged(cited, other).outcome is Outcome.NO_MATCH
    assert judged(cited, other, same).best == same


@pytest.mark.parametrize("year", [2022, 2023])
@pytest.mark.parametrize("listed", ["C. Morris", "C. Morris; F. Geerts", "C. Morris; F. Geerts; J. Tönshoff; M. Grohe"])
def test_a_preprint_of_a_short_title_by_several_of_the_same_authors_is_the_work(listed, year):
    cited = reference(title="WL meet VC", authors=listed, year=year, venue="ICML", et_al=True)
    known = {"title": "WL meet VC", "venue": "arXiv", "kind": Kind.PREPRINT}
    preprint = work(**known, authors="C. Morris; F. Geerts; J. Tönshoff; M. Grohe", year=2023)
    assert judged(cited, preprint).outcome is Outcome.MATCH


@pytest.mark.parametrize(
    "changes", [{"authors": "C. Morris; A. Roe", "year": 2023}, {"year": 2009}, {"authors": "C. Morris"}]
)
def test_a_preprint_of_a_short_title_by_others_or_of_other_years_is_not(changes):
    cited = reference(
        **{"title": "WL meet VC", "authors": "C. Morris; F. Geerts", "year": 2023, "venue": "ICML", **changes}
    )
    other = {"authors": "C. Morris; F. Geerts; J. Tönshoff", "year": 2023, "venue": "arXiv", "kind": Kind.PREPRINT}
    assert judged(cited, work(title="WL meet VC", **other)).outcome is Outcome.NO_MATCH


def test_a_short_title_by_other_authors_is_another_work():
    cited = reference(title="Graph neural networks", authors="Ada Byron", year=2019)
    assert judged(cited, work(title="Graph neural networks", authors="Some One", year=2020)).outcome is Outcome.NO_MATCH


def test_a_distinctive_title_by_other_authors_is_the_work_with_wrong_authors():
    assert judged(reference(**CITED), work(**{**CITED, "authors": "Some One"})).outcome is Outcome.MATCH


def test_a_near_miss_of_the_title_by_the_same_authors_is_the_work():
    near = "A distinctive survey of particular things in particular places"
    assert judged(reference(**{**CITED, "title": near}), work(**CITED)).outcome is Outcome.MATCH


def test_a_near_miss_of_the_title_by_other_authors_is_no_match():
    near = {**CITED, "title": "A distinctive survey of particular things in particular places"}
    assert judged(reference(**near), work(**{**CITED, "authors": "Some One"})).outcome is Outcome.NO_MATCH


def test_the_next_part_of_a_series_is_another_work():
    cited = {**CITED, "title": f"{TITLE}, part II"}
    assert judged(reference(**cited), work(**{**CITED, "title": f"{TITLE}, part III"})).outcome is Outcome.NO_MATCH


def test_an_identifier_whose_record_has_another_title_is_no_match_and_its_record_is_kept():
    other = work(title="Something else entirely about other matters", authors="Some One", year=2001, doi="10.1/x")
    found = judged(reference(**CITED, doi="10.1/x"), other, identifier=Identifier(Scheme.DOI, "10.1/x"))
    assert (found.outcome, found.candidates) == (Outcome.NO_MATCH, (other,))


def test_an_arxiv_paper_that_was_renamed_is_still_the_cited_one():
    cited = reference(
        title="Lora-as-an-attack! Piercing LLM safety under the share-and-play scenario",
        authors="H. Liu; Z. Liu; R. Tang",
        year=2024,
        arxiv="2403.00108",
    )
    now = work(
        title="LoRATK: LoRA once, backdoor everywhere in the share-and-play ecosystem",
        authors="Hongyi Liu; Zirui Liu; Ruixiang Tang",
        year=2024,
        arxiv="2403.00108v2",
    )
    assert judged(cited, now, identifier=Identifier(Scheme.ARXIV, "2403.00108")).outcome is Outcome.MATCH


def test_identifier_and_authors_tell_the_work_whatever_its_title_in_another_language():
    cited = reference(**{**CITED, "title": "Wärmetransport geschichteter Oxidkathoden", "doi": "10.1/x"})
    assert judged(cited, work(**CITED, doi="10.1/x")).outcome is Outcome.MATCH
    others = work(**{**CITED, "authors": "Niels Bohr; Marie Curie"}, doi="10.1/x")
    assert judged(cited, others).outcome is Outcome.NO_MATCH


def test_an_unrelated_title_of_the_same_language_on_the_identifier_of_a_published_paper_is_a_grave_difference():
    cited = reference(**{**CITED, "title": "Uncertainty in deep networks", "doi": "10.1/x"})
    published = work(**CITED, doi="10.1/x")
    assert judged(cited, published).outcome is Outcome.MATCH
    titles = [diff.severity for diff in compare(cited.fields, published).diffs if diff.field is FieldName.TITLE]
    assert titles == [Severity.MAJOR]


def test_a_style_without_titles_matches_by_author_year_volume_and_page():
    cited = reference(authors="Abbott, B. P.", et_al=True, year=2016, venue="PhRvL", volume="116", pages="061102")
    right = work(title=TITLE, authors="B. P. Abbott; R. Abbott", year=2016, volume="116", pages="061102")
    other = work(title=TITLE, authors="B. P. Abbott; R. Abbott", year=2016, volume="118", pages="221101")
    assert judged(cited, right).outcome is Outcome.MATCH
    assert judged(cited, other).outcome is Outcome.NO_MATCH


def test_a_record_that_lost_its_title_matches_by_authors_volume_and_page():
    cited = reference(**CITED, volume="44", pages="103-147", doi="10.1/x")
    bare = work(authors="A. Byron; C. Gauss", year=2019, venue="Nature", volume="44", pages="103-147", doi="10.1/x")
    assert judged(cited, bare).outcome is Outcome.MATCH


def test_a_title_in_another_language_matches_by_authors_volume_and_page():
    cited = reference(title="On the growth of crystals", authors="Parshin, A.", year=2015, volume="49", pages="361-366")
    held = work(title="О росте кристаллов", authors="Паршин, А.", year=2015, volume="49", pages="361-366")
    assert judged(cited, held).outcome is Outcome.MATCH


def test_an_arbiter_can_turn_an_abstention_into_a_match_and_nothing_else():
    near = {**CITED, "title": "A distinctive survey of particular things in particular places"}
    doubtful = work(**{**CITED, "authors": "Some One"})
    cited = reference(**near)
    assert judged(cited, doubtful, arbiter=lambda _, __: 0.99).best == doubtful
    assert judged(cited, doubtful, arbiter=lambda _, __: 0.2).outcome is Outcome.NO_MATCH
    assert judged(cited, doubtful, arbiter=lambda _, __: None).outcome is Outcome.NO_MATCH
    assert judged(reference(**CITED), work(**CITED), arbiter=lambda _, __: 0.0).outcome is Outcome.MATCH


def test_at_most_five_candidates_are_kept():
    works = [work(**{**CITED, "authors": "Some One", "key": str(n)}) for n in range(9)]
    assert len(judged(reference(**CITED), *works).candidates) == 5


def test_the_proceedings_that_hold_a_paper_are_not_the_paper():
    raw = "Byron A, Gauss C. Adaptive units. The Thirty-Fourth Conference on Artificial Intelligence, AAAI 2020, New York."
    cited = reference(raw=raw, source="text", title="Adaptive units", authors="Byron, A.; Gauss, C.", year=2020)
    volume = work(title="The Thirty-Fourth Conference on Artificial Intelligence, AAAI 2020, New York", year=2020)
    assert judged(cited, volume).outcome is Outcome.NO_MATCH


def test_a_main_title_with_another_subtitle_at_another_venue_is_another_work():
    cited = {**CITED, "title": f"{TITLE}: a scalable method", "venue": "IJCAI"}
    assert judged(reference(**cited), work(**{**CITED, "venue": "RecSys"})).outcome is Outcome.NO_MATCH


def test_without_title_and_authors_venue_year_volume_and_page_tell_the_work():
    cited = reference(year=2003, venue="Poultry Science", volume="82", pages="1030")
    same = work(title=TITLE, year=2003, venue="Poultry Science", volume="82", pages="1030-1035")
    assert judged(cited, same).outcome is Outcome.MATCH
    assert judged(cited, work(title=TITLE, year=2003, venue="Poultry Science", volume="82", pages="99")).best is None


@pytest.mark.parametrize(("page", "outcome"), [("1014", Outcome.MATCH), ("77", Outcome.NO_MATCH)])
def test_a_title_misread_in_the_string_is_found_by_volume_and_page(page, outcome):
    raw = "Mori B, Diaz L, Reference Group on Rivers: Floods, dykes and care: a global review. Lancet 375:1014-1028, 2010."
    cited = reference(
        raw=raw,
        source="text",
        title="Reference Group on Rivers: Floods, dykes and care",
        authors="B. Mori; L. Diaz",
        year=2010,
        volume="375",
        pages="1014-1028",
    )
    record = work(title="Floods, dykes and care: a global review", volume="375", pages=page, year=2010)
    assert judged(cited, record).outcome is outcome

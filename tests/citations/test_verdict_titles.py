from __future__ import annotations

from dataclasses import replace

import pytest

from citations.types import (
    FieldName,
    Identifier,
    Kind,
    Reference,
    Scheme,
    Severity,
    Status,
)
from tests.citations.fake_registries import people, work
from tests.citations.judging import (
    BASE,
    TITLE,
    cite,
    diffs,
    doi,
    failed,
    found,
    judge,
)

# --- the same work under another title

RETITLED_BASE = {**BASE, "title": "Studium rerum singularium locis singularibus", "doi": "10.1000/x"}


@pytest.mark.parametrize(
    ("registered", "kind", "venue"),
    [
        ("Studium rerum singularium locis singularibus", Kind.ARTICLE, "ICML"),
        ("Perubahan iklim dan ketahanan pangan Jawa Tengah", Kind.ARTICLE, "ICML"),
        ("Olfactory navigation circuits within fish larvae", Kind.PREPRINT, "bioRxiv"),
        ("Data from: Olfactory navigation circuits within fish larvae", Kind.DATASET, "Dryad"),
    ],
)
def test_identifier_and_authors_of_the_record_make_another_title_a_minor_difference(registered, kind, venue):
    other = work(**{**BASE, "title": registered, "doi": "10.1000/x", "kind": kind, "venue": venue})
    given = judge(cite(doi="10.1000/x"), found(other, identifier=doi("10.1000/x")), found())
    assert (given.status, diffs(given)[FieldName.TITLE]) == (Status.MISMATCH, Severity.MINOR)


def test_a_title_found_under_its_own_identifier_leaves_the_cited_identifier_with_another_work():
    other = work(**RETITLED_BASE)
    given = judge(
        cite(doi="10.1000/x"),
        found(other, identifier=doi("10.1000/x")),
        found(work(**BASE, doi="10.1000/y")),
    )
    assert (given.status, diffs(given)) == (Status.MISMATCH, {FieldName.DOI: Severity.MAJOR})


def test_the_identifier_of_a_collection_without_authors_accuses_nobody():
    collection = work(title="Abstracts of the annual meeting", year=2019, venue="ICML", doi="10.1000/x")
    given = judge(cite(doi="10.1000/x"), found(collection, identifier=doi("10.1000/x")), found())
    assert given.status is Status.UNVERIFIABLE


def test_an_arxiv_number_that_arxiv_does_not_know_is_a_mismatch():
    number = Identifier(Scheme.ARXIV, "1905.01234")
    given = judge(cite(arxiv="1905.01234"), found(by="arxiv", identifier=number), found(work(**BASE)))
    assert (given.status, diffs(given)) == (Status.MISMATCH, {FieldName.ARXIV: Severity.MAJOR})


def test_an_arxiv_number_is_not_unknown_because_arxiv_could_not_be_asked():
    number = Identifier(Scheme.ARXIV, "1905.01234")
    given = judge(cite(arxiv="1905.01234"), failed(by="arxiv", identifier=number), found(work(**BASE)))
    assert (given.status, given.diffs) == (Status.VERIFIED, ())


# --- the identifier of a paper by the same authors, and another title

UNHEARD = "Reasoning about markets under drifting incentives"
NEIGHBOUR = work(**{**BASE, "doi": "10.1000/x", "volume": "9"})


def by_its_doi(**changes) -> Reference:
    return cite(title=UNHEARD, doi="10.1000/x", **changes)


def test_a_title_on_other_things_that_no_registry_holds_is_not_found_beside_the_doi_of_its_authors_own_paper():
    judged = judge(by_its_doi(), found(NEIGHBOUR, identifier=doi("10.1000/x")), found(NEIGHBOUR))
    assert (judged.status, judged.work) == (Status.NOT_FOUND, None)
    assert f"another paper by its authors: {TITLE}" in judged.argument.sentence


def test_it_is_a_mismatch_with_that_paper_as_long_as_a_registry_that_matters_was_not_heard():
    said = found(NEIGHBOUR, identifier=doi("10.1000/x")), found(NEIGHBOUR, by="arxiv"), failed()
    assert judge(by_its_doi(), *said).status is not Status.NOT_FOUND


@pytest.mark.parametrize(
    ("cited", "registered"),
    [
        ("Investigations of motion among suspended particles", "The movement of small particles in liquids at rest"),
        ("Reasoning about markets under drifting incentives", "Trader behaviour and incentive drift on exchanges"),
        ("Large gains at small cost", "A distinctive study of particular things in particular places"),
        ("The ORCHID experiment and its markets", "A distinctive study of particular things in particular places"),
        ("Reasoning about markets under drifting incentives", "Regular papers"),
        ("Über das Verhalten von Märkten", "A distinctive study of particular things in particular places"),
    ],
    ids=["two translations", "renamed", "says little", "nickname", "a section's heading", "another language"],
)
def test_titles_that_may_be_of_one_paper_are_never_called_missing(cited, registered):
    held = work(**{**BASE, "title": registered, "doi": "10.1000/x", "volume": "9"})
    judged = judge(cite(title=cited, doi="10.1000/x"), found(held, identifier=doi("10.1000/x")), found(held))
    assert judged.status in {Status.MISMATCH, Status.VERIFIED}


def test_a_neighbouring_paper_s_identifier_pasted_by_mistake_is_a_wrong_identifier_where_the_title_exists():
    real = work(**{**BASE, "title": UNHEARD, "doi": "10.1000/y"})
    judged = judge(by_its_doi(), found(NEIGHBOUR, identifier=doi("10.1000/x")), found(real))
    assert (judged.status, diffs(judged)) == (Status.MISMATCH, {FieldName.DOI: Severity.MAJOR})


NUMBER = Identifier(Scheme.ARXIV, "1901.00001")


@pytest.mark.parametrize(
    ("cited", "record", "identifier"),
    [
        ({"arxiv": "1901.00001", "venue": "arXiv"}, {"arxiv": "1901.00001", "kind": Kind.PREPRINT}, NUMBER),
        ({"doi": "10.1000/x", "kind": Kind.CHAPTER, "pages": "20-40"}, {"doi": "10.1000/x", "kind": Kind.BOOK}, None),
        ({"doi": "10.1000/x", "title": "The ORCHID experiment"}, {"doi": "10.1000/x"}, None),
        ({"doi": "10.1000/x"}, {"doi": "10.1000/x", "title": "Studium rerum singularium"}, None),
        ({"doi": "10.1000/x"}, {"doi": "10.1000/x", "title": "Editorial"}, None),
        ({"doi": "10.1000/x"}, {"doi": "10.1000/x", "kind": Kind.PREPRINT, "venue": "bioRxiv"}, None),
        ({"doi": "10.1000/x"}, {"doi": "10.1000/x", "kind": Kind.DATASET}, None),
    ],
    ids=["renamed on arXiv", "chapter of a book", "acronym", "translated", "common", "draft", "data"],
)
def test_a_work_found_by_identifier_and_authors_is_never_not_found_whatever_its_title(cited, record, identifier):
    held = work(**{**BASE, "volume": "9", **record})
    said = found(held, identifier=identifier or doi("10.1000/x"))
    assert judge(cite(**{"title": UNHEARD, **cited}), said, found()).status is Status.MISMATCH


# --- words that were put into a title

LONGER = "A distinctive study of seldom particular things in particular places"
PREPRINT = work(**{**BASE, "venue": "arXiv", "kind": Kind.PREPRINT, "arxiv": NUMBER.value, "volume": "", "pages": ""})


def by_its_number(title: str) -> Reference:
    return cite(title=title, arxiv=NUMBER.value, venue="arXiv", volume="", pages="")


def test_a_title_that_no_version_on_arxiv_has_is_a_mismatch_whatever_copies_of_the_record_allow():
    said = found(PREPRINT, by="arxiv", identifier=NUMBER), found(PREPRINT, by="semantic_scholar", identifier=NUMBER)
    given = judge(by_its_number(LONGER), *said, essential=frozenset({"arxiv"}))
    assert (given.status, diffs(given)[FieldName.TITLE]) == (Status.MISMATCH, Severity.MINOR)


@pytest.mark.parametrize("by", ["semantic_scholar", "offline"])
def test_who_does_not_know_all_versions_of_a_preprint_denies_no_title_of_it(by):
    given = judge(by_its_number(LONGER), found(PREPRINT, by=by, identifier=NUMBER))
    assert (given.status, diffs(given)[FieldName.TITLE]) == (Status.VERIFIED, Severity.COSMETIC)


def test_the_title_of_the_first_version_is_right():
    twice = replace(PREPRINT, other_titles=(LONGER,))
    given = judge(by_its_number(LONGER), found(twice, by="arxiv", identifier=NUMBER))
    assert (given.status, given.diffs) == (Status.VERIFIED, ())


@pytest.mark.parametrize("behind", [" for on-device learners", ": a case for on-device learners"])
@pytest.mark.parametrize(("second", "expected"), [("dblp", Status.MISMATCH), ("semantic_scholar", Status.VERIFIED)])
def test_words_behind_a_title_are_wrong_where_two_sources_do_not_have_them(behind, second, expected):
    held = work(**BASE, doi="10.1000/x")
    cited = cite(title=TITLE + behind, doi="10.1000/x")
    said = found(held, identifier=doi("10.1000/x")), found(replace(held, registry=second), by=second)
    assert judge(cited, *said).status is expected


# --- a title cut short


CUT = "A distinctive study of particular things"


@pytest.mark.parametrize(
    "cited",
    [
        {"title": CUT},
        {"title": "distinctive study of particular things in particular", "authors": people("Ada Byron")},
        {"title": CUT, "year": 2018, "venue": ""},
        {
            "title": "Some other words here",
            "source": "text",
            "raw": f"A. Byron, C. Gauss, and E. Noether. {CUT}. ICML, 2019.",
        },
    ],
)
def test_a_title_cut_short_is_that_of_the_work_where_authors_and_year_agree(cited):
    given = judge(cite(**cited), found(work(**BASE)))
    assert (given.status, diffs(given).get(FieldName.TITLE)) == (Status.VERIFIED, Severity.COSMETIC)


@pytest.mark.parametrize(
    "wrong", [{"authors": people("Marie Curie")}, {"year": 2009}, {"venue": "Nature"}, {"title": "Particular things"}]
)
def test_a_title_cut_short_is_no_excuse_where_authors_year_or_venue_differ(wrong):
    given = judge(cite(**{"title": CUT, **wrong, "pages": "1-9"}), found(work(**BASE)))
    assert given.status.accuses


# --- a subtitle that no record has

WITH_SUBTITLE = f"{TITLE}: evidence from a trial in Norway"


@pytest.mark.parametrize(
    ("second", "kind", "expected"),
    [
        ("", Kind.CONFERENCE, Status.VERIFIED),
        ("semantic_scholar", Kind.CONFERENCE, Status.VERIFIED),
        ("arxiv", Kind.BOOK, Status.VERIFIED),
        ("arxiv", Kind.CONFERENCE, Status.MISMATCH),
    ],
    ids=["one source", "a copy of it", "a book", "two sources"],
)
def test_a_subtitle_is_invented_once_two_sources_lack_it(second, kind, expected):
    held = {**BASE, "kind": kind}
    others = [found(work(second, **held), by=second)] if second else []
    assert judge(cite(title=WITH_SUBTITLE, kind=kind), found(work(**held)), *others).status is expected


def test_one_source_that_has_the_subtitle_clears_it():
    said = found(work(**BASE)), found(work("arxiv", **{**BASE, "title": WITH_SUBTITLE}), by="arxiv")
    assert judge(cite(title=WITH_SUBTITLE), *said).status is Status.VERIFIED

"""Chapters and papers cited with the identifier of their book, and books with that of a chapter: slips, no accusation."""

from __future__ import annotations

import pytest

from citations.parse.fields import parse_fields
from citations.types import FieldName, Kind, Location, Reference, Severity, Status
from tests.citations.fake_registries import people, reference, work
from tests.citations.judging import diffs, doi, found, judge

BOOK_DOI, CHAPTER_DOI = "10.1000/book", "10.1000/book.3"
BOOK = {
    "title": "Handbook of Cognitive Ergonomics",
    "authors": people("Ann Ito", "Bob Roe"),
    "year": 2010,
    "kind": Kind.BOOK,
    "publisher": "Springer",
}
CHAPTER = {
    "title": "Attention and workload in air traffic control",
    "authors": people("Cy Holm", "Di Penner"),
    "year": 2010,
    "venue": "Handbook of Cognitive Ergonomics",
    "kind": Kind.CHAPTER,
    "pages": "20-40",
}
HELD_BOOK, HELD_CHAPTER = work(**BOOK, doi=BOOK_DOI), work(**CHAPTER, doi=CHAPTER_DOI)
PRINTED = (
    "Holm, C., & Penner, D. (2010). Attention and workload in air traffic control. In A. Ito & B. Roe (Eds.), "
    "Handbook of Cognitive Ergonomics (pp. 20–40). Springer. https://doi.org/10.1000/book"
)


def chapter(**changes) -> Reference:
    return reference(**{**CHAPTER, "doi": BOOK_DOI, **changes})


@pytest.mark.parametrize(
    "cited",
    [
        chapter(),
        chapter(authors=BOOK["authors"]),
        chapter(authors=BOOK["authors"], venue=""),
        chapter(venue="Handb. Cogn. Ergonomics"),
        chapter(doi="", isbn="9783161484100"),
        Reference("r", PRINTED, parse_fields(PRINTED), Location("paper.pdf"), source="pdf"),
    ],
    ids=["edited", "by the book's authors", "without its book", "abbreviated", "ISBN", "printed"],
)
def test_a_chapter_with_the_identifier_of_its_book_is_left_open(cited):
    held = work(**BOOK, doi=BOOK_DOI, isbn="9783161484100")
    given = judge(cited, found(held, identifier=doi(BOOK_DOI)), found(held))
    assert given.status is Status.UNVERIFIABLE
    assert "the book that holds the work" in given.argument.sentence


@pytest.mark.parametrize("title", [BOOK["title"], f"{BOOK['title']}: theory and practice"])
def test_a_registered_chapter_with_the_doi_of_its_book_is_verified_with_a_note(title):
    book = work(**{**BOOK, "title": title}, doi=BOOK_DOI)
    given = judge(chapter(), found(book, identifier=doi(BOOK_DOI)), found(book, HELD_CHAPTER))
    assert (given.status, given.work, diffs(given)) == (
        Status.VERIFIED,
        HELD_CHAPTER,
        {FieldName.DOI: Severity.MINOR},
    )


def test_a_paper_with_the_doi_of_its_proceedings_is_verified_with_a_note():
    paper = {**CHAPTER, "kind": Kind.CONFERENCE, "venue": "Proceedings of the 2010 Conference on Air Traffic"}
    volume = work(title="Proc. Conf. on Air Traffic", year=2010, kind=Kind.BOOK, doi=BOOK_DOI, authors="Ann Ito")
    cited = reference(**paper, doi=BOOK_DOI)
    given = judge(cited, found(volume, identifier=doi(BOOK_DOI)), found(work(**paper, doi=CHAPTER_DOI)))
    assert (given.status, diffs(given)) == (Status.VERIFIED, {FieldName.DOI: Severity.MINOR})


@pytest.mark.parametrize("writer", [CHAPTER["authors"], BOOK["authors"]])
def test_a_book_with_the_doi_of_one_of_its_chapters_is_left_open_or_verified(writer):
    part = work(**{**CHAPTER, "authors": writer}, doi=CHAPTER_DOI)
    cited = reference(**BOOK, doi=CHAPTER_DOI)
    by_doi = found(part, identifier=doi(CHAPTER_DOI))
    assert judge(cited, by_doi, found(part)).status is Status.UNVERIFIABLE
    whole = work(**BOOK, doi="10.1000/whole")
    given = judge(cited, by_doi, found(part, whole))
    assert (given.status, given.work, diffs(given)) == (Status.VERIFIED, whole, {FieldName.DOI: Severity.MINOR})


@pytest.mark.parametrize(
    "cited",
    [
        chapter(kind=Kind.ARTICLE, venue="Nature"),
        chapter(venue="Lectures on Marine Biology"),
        chapter(year=2003),
    ],
    ids=["an article", "in another book", "years before"],
)
def test_the_doi_of_a_book_that_does_not_hold_the_work_excuses_nothing(cited):
    given = judge(cited, found(HELD_BOOK, identifier=doi(BOOK_DOI)), found())
    assert given.status in {Status.NOT_FOUND, Status.FABRICATED}

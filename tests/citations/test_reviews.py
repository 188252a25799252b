"""Books of which a registry holds nothing but reviews, and reviews cited as what they are."""

from __future__ import annotations

import pytest

from citations.types import FieldName, Kind, Severity, Status
from tests.citations.fake_registries import people, reference, work
from tests.citations.judging import diffs, doi, found, judge

TITLE = "The Evolution of Cooperation"
BOOK = {
    "title": TITLE,
    "authors": people("Robert Axelrod"),
    "year": 1984,
    "kind": Kind.BOOK,
    "publisher": "Basic Books",
}
PLACE = {
    "year": 1985,
    "venue": "American Journal of Sociology",
    "volume": "91",
    "pages": "100-102",
    "kind": Kind.ARTICLE,
    "authors": people("Jane Critic"),
    "doi": "10.1000/review",
}
TITLES = [
    TITLE,
    f"{TITLE}. Robert Axelrod",
    f"{TITLE}. By Robert Axelrod. New York: Basic Books, 1984. Pp. x+241. $17.95",
    f"Robert Axelrod, {TITLE}",
    f"Review of {TITLE}",
    f"Book Review: {TITLE}",
    f"{TITLE} (Book Review)",
]


@pytest.mark.parametrize("title", TITLES)
@pytest.mark.parametrize("cited_doi", ["", "10.1000/review"])
def test_a_book_is_not_measured_by_a_review_of_it_nor_called_missing_beside_it(title, cited_doi):
    review = work(title=title, **PLACE)
    given = judge(reference(**BOOK, doi=cited_doi), found(review, identifier=doi("10.1000/review")), found(review))
    assert given.status is Status.UNVERIFIABLE
    assert "a review of the book" in given.argument.sentence


@pytest.mark.parametrize("title", TITLES)
def test_a_book_that_is_registered_is_verified_beside_its_reviews(title):
    book = work(**BOOK, doi="10.1000/book")
    assert judge(reference(**BOOK), found(work(title=title, **PLACE), book)).work == book


def test_the_doi_of_a_review_is_noted_where_the_book_is_registered():
    review = work(title=TITLE, **PLACE)
    given = judge(
        reference(**BOOK, doi="10.1000/review"), found(review, identifier=doi("10.1000/review")), found(work(**BOOK))
    )
    assert (given.status, diffs(given)) == (Status.VERIFIED, {FieldName.DOI: Severity.MINOR})


@pytest.mark.parametrize(
    "cited", [f"Review of {TITLE}", f"{TITLE} (Book Review)", f"[Review of the book {TITLE}, by Robert Axelrod]"]
)
@pytest.mark.parametrize("title", TITLES[-3:])
def test_a_review_is_verified_however_it_is_called_one(cited, title):
    given = judge(reference(**{**PLACE, "title": cited, "doi": ""}), found(work(title=title, **PLACE)))
    assert given.status is Status.VERIFIED


def test_an_article_of_the_book_s_own_author_is_no_review():
    article = work(**{**PLACE, "title": TITLE, "authors": BOOK["authors"]})
    assert judge(reference(**BOOK), found(article)).work == article


def test_other_authors_of_an_article_are_no_reviewers():
    long = "The evolution of cooperation among strangers in large cities"
    cited = reference(**{**PLACE, "title": long, "authors": people("Robert Axelrod"), "doi": ""})
    assert judge(cited, found(work(title=long, **PLACE))).status is Status.MISMATCH

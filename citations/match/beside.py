"""What stands beside a cited work and is neither it nor another: the book that holds it, a part of it, a review of it."""

from __future__ import annotations

from citations.match.printed import Printed
from citations.match.review import reviews
from citations.match.score import venue_relation, years_of
from citations.titles import is_generic, title_key, title_similarity
from citations.types import Fields, Kind, Work
from citations.venues import VenueRelation, compare_venues

REVIEW = "a review of the book"
_SAME_TITLE = 0.9
_INSIDE = frozenset({Kind.CHAPTER, Kind.CONFERENCE})


def names_container(cited: Fields, work: Work) -> bool:
    """Whether the record has the title of what the cited work stands in."""
    venue, title = cited.venue, work.fields.title
    if not venue or not title:
        return False
    if title_similarity(venue, title) >= _SAME_TITLE:
        return True
    return work.fields.kind is Kind.BOOK and compare_venues(venue, title) is VenueRelation.SAME


def may_hold(cited: Fields, work: Work) -> bool:
    """Whether neither venue nor year speaks against the record being the issue or book that holds the cited work."""
    return near(cited, work) and (
        names_container(cited, work) or venue_relation(cited, work) is not VenueRelation.DIFFERENT
    )


def beside(cited: Fields, work: Work, text: Printed | None) -> str:
    """What the record is if it is of what holds the cited work, of a part or of a review of it; empty for any other.

    >>> book = Work("crossref", "b", "", Fields(title="Handbook of ergonomics", kind=Kind.BOOK))
    >>> beside(Fields(title="Attention", venue="Handbook of ergonomics", kind=Kind.CHAPTER), book, None)
    'the book that holds the work'
    """
    if _holds(cited, work, text):
        return "the book that holds the work"
    if _is_part(cited, work):
        return "a chapter of the book"
    return REVIEW if reviews(cited, work) else ""


def _holds(cited: Fields, work: Work, text: Printed | None) -> bool:
    """Whether the record is of the book that holds the cited chapter or paper, whoever wrote or edited that.

    A chapter that is cited without its book may stand in any.
    """
    title = work.fields.title
    if not title or work.fields.kind is not Kind.BOOK or not near(cited, work):
        return False
    if title_similarity(cited.title, title) >= _SAME_TITLE:
        return False
    if names_container(cited, work):
        return True
    if text is not None and cited.title and not is_generic(title):
        return cited.kind in _INSIDE and text.holds(title)
    return cited.kind is Kind.CHAPTER and not cited.venue


def _is_part(cited: Fields, work: Work) -> bool:
    """Whether the record is of a chapter of the cited book."""
    inside, own = work.fields.venue, work.fields.title
    whole = work.fields.kind is Kind.CHAPTER and cited.kind in {Kind.BOOK, Kind.UNKNOWN}
    if not whole or not inside or title_key(own) == title_key(cited.title):
        return False
    return title_similarity(cited.title, inside) >= _SAME_TITLE


def near(cited: Fields, work: Work) -> bool:
    """Whether the years are a year apart at most, as far as both are known."""
    years = years_of(work)
    return cited.year is None or not years or min(abs(cited.year - year) for year in years) <= 1

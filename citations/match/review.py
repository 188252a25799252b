"""Reviews of books: records that bear the book's title and the reviewer's name."""

from __future__ import annotations

import re

from citations.names import family_key, same_person
from citations.titles import title_key
from citations.types import Fields, Kind, Work

_MARKED = re.compile(
    r"^\W*(?:(?:book|essay)\s+reviews?\b|reviews?\s+of\b|reviewed\s+works?\b)(?:\s+(?:the\s+)?(?:book|volume|monograph)\b)?[\s:.,\-–—]*"
    r"|\W*[\[(](?:book\s+|essay\s+)?reviews?[\])]\W*$",
    re.IGNORECASE,
)
_APPARATUS = re.compile(
    r"(?i)\bpp\.?\s*(?:[xvil]+\W|\d)|\b\d{2,4}\s*pp\b|\bISBN\b|[$£€]\s?\d|\b(?:ed(?:ited)?\. )?by [A-Z]"
)
"""What reviews print behind a title: number of pages, price, ISBN, whose book it is."""
_AUTHOR = re.compile(r"[,;:\s]*\bby\b.*$", re.IGNORECASE | re.DOTALL)


def is_marked(title: str) -> bool:
    """Whether a title says itself that it is a review.

    >>> is_marked("Book Review: Cooperation"), is_marked("Cooperation (review)"), is_marked("Reviewing cooperation")
    (True, True, False)
    """
    return _MARKED.search(title) is not None


def reviewed_title(title: str) -> str:
    """The title of the book in that of a review: without "Review of", and without "by" and what follows.

    >>> reviewed_title("[Review of the book Cooperation, by R. Axelrod]")
    'Cooperation'
    """
    return _AUTHOR.sub("", _MARKED.sub("", title)).strip(" .:,[]")


def reviews(cited: Fields, work: Work) -> bool:
    """Whether the record is of a review of the cited book: an article of its title, written by somebody else.

    Its title may say so, name the book's author or price, or be the same.
    """
    title = work.fields.title
    if cited.kind is not Kind.BOOK or work.fields.kind not in {Kind.ARTICLE, Kind.UNKNOWN} or is_marked(cited.title):
        return False
    ours, theirs = title_key(cited.title), title_key(title)
    if not ours or ours not in theirs or any(same_person(a, b) for a in cited.authors for b in work.fields.authors):
        return False
    if ours == theirs:
        return work.fields.kind is Kind.ARTICLE and bool(work.fields.authors and work.fields.venue)
    rest = theirs.replace(ours, " ", 1)
    named = any(family_key(name) in rest for name in (*cited.authors, *cited.editors) if family_key(name))
    return named or is_marked(title) or _APPARATUS.search(title) is not None

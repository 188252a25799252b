"""Move the borders of a labelled title to where a title can begin and end."""

from __future__ import annotations

import re
from collections.abc import Sequence

from citations.parse.labels import Label
from citations.parse.words import word_class

_STOP = re.compile(r"[.?!。][”\"»’'）)]*$")
_BARE = re.compile(r"\w$")
_YEAR_OR_EDITION = re.compile(r"\d{4}|\b(?:eds?|hrsg|edn|aufl|ed\w+|trans\w*|vol|pp?)\b\.?", re.IGNORECASE)
_WIDEST = 12


def mend_borders(texts: Sequence[str], labels: Sequence[Label]) -> list[Label]:
    """The labels with a title that does not end at a colon, before its own bracket, or at a preposition.

    A reference without a title, whose ``venue`` has a publisher or nothing else beside it, is of a book: the venue is the title.
    """
    result = list(labels)
    if Label.TITLE not in result:
        return _book(result)
    start = result.index(Label.TITLE)
    end = start
    while end < len(result) and result[end] is Label.TITLE:
        end += 1
    reach = _reach(texts, result, end)
    result[end:reach] = [Label.TITLE] * (reach - end)
    return result


def _book(labels: list[Label]) -> list[Label]:
    """A book's title is printed where a venue could be."""
    present = set(labels)
    alone = not present & {Label.VOLUME, Label.PAGES, Label.ISSUE}
    if Label.VENUE in present and (Label.PUBLISHER in present or (alone and Label.AUTHOR not in present)):
        start = labels.index(Label.VENUE)
        while start < len(labels) and labels[start] is Label.VENUE:
            labels[start] = Label.TITLE
            start += 1
    return labels


def _reach(texts: Sequence[str], labels: Sequence[Label], end: int) -> int:
    """Where a title that was cut at ``end`` really ends."""
    if end >= len(texts):
        return end
    last = texts[end - 1]
    if texts[end].startswith("(") and _BARE.search(last):
        return _behind_bracket(texts, end)
    swallowed = {Label.VENUE, Label.OTHER, Label.PUBLISHER}
    dangling = _BARE.search(last) and word_class(last.lower()).startswith("=")
    if (last.endswith(":") and labels[end] in swallowed) or dangling:
        for at in range(end, min(len(texts), end + _WIDEST)):
            if _STOP.search(texts[at]) or texts[at].endswith(","):
                return at + 1
    return end


def _behind_bracket(texts: Sequence[str], start: int) -> int:
    """The piece behind the one that closes the bracket, ``start`` if the bracket holds no part of a title."""
    for at in range(start, min(len(texts), start + _WIDEST)):
        if ")" in texts[at]:
            inside = " ".join(texts[start : at + 1])
            classes = {word_class(text.strip("().,;:").lower()) for text in texts[start : at + 1]}
            printed = any("publisher" in each or "place" in each for each in classes)
            return start if _YEAR_OR_EDITION.search(inside) or printed else at + 1
    return start

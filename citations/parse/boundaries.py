"""Move the borders between authors, title and venue to where they can be."""

from __future__ import annotations

import re
from collections.abc import Sequence

from citations.parse.first_border import (
    authors_end,
    behind_authors,
    behind_body,
    behind_last_name,
    from_acronym,
    lone_title,
    names_behind_title,
    sentence_end,
)
from citations.parse.labels import Label
from citations.parse.words import word_class

_STOP = re.compile(r"[.?!。][”\"»’'）)]*$")
_BARE = re.compile(r"\w$")
_YEAR_OR_EDITION = re.compile(r"\d{4}|\b(?:eds?|hrsg|edn|aufl|ed\w+|trans\w*|vol|pp?)\b\.?", re.IGNORECASE)
_CAPITALS = re.compile(r"[A-Z]+(?:&[A-Z]+)*[.,]*$")
_EDITION = re.compile(
    r"(?:\d+ vols?\b|vols?\b\.? \d|bde?\. \d|\d+ bde\b|(?:\d+(?:st|nd|rd|th)|second|third|fourth|fifth|revised|new) (?:revised )?ed(?:\.|ition\b|n\b)|\d+\. aufl)",
    re.IGNORECASE,
)
_ONLY_YEAR = re.compile(r"(?:1[89]|20)\d\d[.,]?$")
_SENTENCE = re.compile(r"[^\W\d_]{3}[.?!][”\"»’'）)]*$")
_NUMERAL = re.compile(r"(?:[IVXL]+|\d+)[.,:]*$")
_LETTERED = frozenset(
    [
        "vitamin",
        "protein",
        "glycoprotein",
        "lipoprotein",
        "hepatitis",
        "influenza",
        "type",
        "subtype",
        "class",
        "group",
        "factor",
        "kinase",
        "cyclin",
        "phase",
        "grade",
        "apolipoprotein",
        "immunoglobulin",
        "part",
    ]
)
_LETTER = re.compile(r"[A-Z]{1,3}[.,]*$")
_YEAR_AND_PAGES = re.compile(r"(?:19|20)\d\d: ?[\w-]*\d")
_CLOSED_BY = {"“": '”“"', '"': '"”', "«": "»", "„": '“”"', "‘": "’"}
_CONTINUABLE = {Label.VENUE, Label.OTHER, Label.PUBLISHER}
_NO_TITLE = ("publisher", "place", "pending", "thesis", "report", "web", "collab", "edit", "page", "volume")
_JOINING = frozenset(("and", "&", "und", "et", "y", "of", "für", "de"))
_WIDEST = 12
_LONGEST_QUOTE = 70


def mend_borders(texts: Sequence[str], labels: Sequence[Label]) -> list[Label]:
    """The labels with authors that end at "et al." and a title that ends neither at a colon, nor inside its quotes or brackets.

    A reference without a title, whose venue has a publisher or nothing else beside it, is of a book: the venue is the title.
    """
    result = _venue_end(texts, authors_end(texts, list(labels)))
    if Label.TITLE not in result and not lone_title(texts, result):
        return _book(texts, result)
    if _only_venue(texts, result):
        return result
    start = result.index(Label.TITLE)
    end = start
    while end < len(result) and result[end] is Label.TITLE:
        end += 1
    start = behind_authors(texts, result, start, end)
    start = behind_last_name(texts, result, start, end)
    start = from_acronym(texts, result, start)
    if Label.TITLE not in result:
        return result
    end = _before_edition(texts, result, start, _before_venue(texts, result, start, end))
    end = _before_swallowed(texts, result, start, _before_year(texts, result, start, end))
    if Label.AUTHOR not in result and not names_behind_title(texts, result, end):
        start = behind_body(texts, result, start, end)
    reach = _quote_end(texts, start, end) or _reach(texts, result, end)
    result[end:reach] = [Label.TITLE] * (reach - end)
    return result


def _venue_end(texts: Sequence[str], labels: list[Label]) -> list[Label]:
    """A venue does not end with, nor in front of, a preposition or conjunction either."""
    if Label.VENUE not in labels:
        return labels
    for at in range(labels.index(Label.VENUE), len(labels) - 1):
        if labels[at] is not Label.VENUE or labels[at + 1] is Label.VENUE:
            continue
        dangling = _BARE.search(texts[at]) and word_class(texts[at].lower()).startswith("=")
        if dangling or texts[at + 1] in _JOINING:
            labels[at + 1] = Label.VENUE
    return labels


def _only_venue(texts: Sequence[str], labels: list[Label]) -> bool:
    """An acronym in front of a volume, ``1997, A&AS, 121, 507``, is a venue and no title; it is labelled as such."""
    at = labels.index(Label.TITLE)
    alone = labels.count(Label.TITLE) == 1 and Label.VENUE not in labels and at + 1 < len(labels)
    if alone and labels[at + 1] in {Label.VOLUME, Label.PAGES} and _CAPITALS.match(texts[at]):
        labels[at] = Label.VENUE
        return True
    return False


def _before_edition(texts: Sequence[str], labels: list[Label], start: int, end: int) -> int:
    """Where the title ends, if a sentence on volumes or edition was taken for a part of it: ``Title. 2 vols. Berlin``."""
    for at in range(start + 1, end):
        if _STOP.search(texts[at - 1]) and _EDITION.match(" ".join(texts[at : at + 3])):
            labels[at:end] = [Label.OTHER] * (end - at)
            return at
    return end


def _before_year(texts: Sequence[str], labels: list[Label], start: int, end: int) -> int:
    """Where the title ends, if the only year of the reference was taken for its last word: ``Growth of things 1996 | Nature``."""
    at = end - 1
    if at - start < 3 or Label.DATE in labels or end == len(labels) or not _ONLY_YEAR.match(texts[at]):
        return end
    if word_class(texts[at - 1].lower()).startswith("=") or texts[at - 1].lower() in {"in", "since"}:
        return end
    labels[at] = Label.DATE
    return at


def _before_swallowed(texts: Sequence[str], labels: list[Label], start: int, end: int) -> int:
    """Where the title ends, if its last sentence is the venue that was found nowhere else: ``On growth. Nature Things | 2005``."""
    if Label.VENUE in labels or Label.PUBLISHER in labels or Label.PLACE in labels:
        return end
    begin = next((at + 1 for at in range(end - 2, start + 1, -1) if _SENTENCE.search(texts[at])), 0)
    run = texts[begin:end]
    if not begin or len(run) > _WIDEST or begin - start < 3 or not _printed_in(labels, end):
        return end
    words = [text.strip("().,:;&") for text in run]
    small = sum(word.islower() and not word_class(word) for word in words)
    if small or not all(word[:1].isupper() or word.islower() or not word for word in words) or _NUMERAL.match(run[0]):
        return end
    labels[begin:end] = [Label.VENUE] * (end - begin)
    return begin


def _printed_in(labels: Sequence[Label], end: int) -> bool:
    """Whether volume, pages or a date follow directly."""
    return end < len(labels) and labels[end] in {Label.VOLUME, Label.ISSUE, Label.PAGES, Label.DATE}


def _before_venue(texts: Sequence[str], labels: list[Label], start: int, end: int) -> int:
    """Where the title ends, if a venue behind its full stop was taken for a part of it: ``Title. ICML (1) 2019: 1-9``."""
    if not _YEAR_AND_PAGES.search(" ".join(texts[end - 1 : end + 4])):
        return end
    for at in range(start, end - 1):
        if _STOP.search(texts[at]) and end - at <= 6 and texts[at + 1][:1].isupper():
            labels[at + 1 : end] = [Label.VENUE] * (end - at - 1)
            return at + 1
    return end


def _quote_end(texts: Sequence[str], start: int, end: int) -> int:
    """Behind the piece that closes the quotes around the title, if the title was cut before; 0 otherwise."""
    if start >= len(texts) or texts[start][0] not in _CLOSED_BY:
        return 0
    closers = _CLOSED_BY[texts[start][0]]
    for at in range(start, min(len(texts), start + _LONGEST_QUOTE)):
        tail = texts[at].rstrip(".,;:!?)")
        if (at > start or len(tail) > 2) and tail[-1:] and tail[-1] in closers:
            if texts[at].endswith(":"):
                return max(end, sentence_end(texts, at + 1))
            return at + 1 if at + 1 > end else 0
    return 0


def _book(texts: Sequence[str], labels: list[Label]) -> list[Label]:
    """A book's title is printed where a venue or publisher could be: ``Roe, A., 1996, On Things, Paris, Seuil``."""
    present = set(labels)
    alone = not present & {Label.VOLUME, Label.PAGES, Label.ISSUE}
    if Label.VENUE in present:
        if alone and Label.AUTHOR in present and Label.PUBLISHER not in present:
            _publisher_in_venue(texts, labels)
            present = set(labels)
        printed = Label.PUBLISHER in present or (alone and (Label.PLACE in present or Label.AUTHOR not in present))
        return _relabelled(labels, labels.index(Label.VENUE)) if printed else labels
    if Label.DATE in present and Label.AUTHOR in present:
        start = labels.index(Label.DATE) + 1
        stop = start
        while stop < len(labels) and labels[stop] in {Label.OTHER, Label.PUBLISHER} and labels[stop] is labels[start]:
            stop += 1
        classes = " ".join(word_class(text.lower().strip(".,:;()[]")) for text in texts[start:stop])
        if stop - start > 1 and not any(name in classes for name in _NO_TITLE):
            return _relabelled(labels, start)
    return labels


def _publisher_in_venue(texts: Sequence[str], labels: list[Label]) -> None:
    """Label the publisher at the end of a venue as such: ``On Geometry, Springer (1977)``."""
    start = labels.index(Label.VENUE)
    end = start
    while end < len(labels) and labels[end] is Label.VENUE:
        end += 1
    for at in range(end - 1, start, -1):
        if texts[at - 1].endswith(","):
            if any(word_class(text.lower().strip(".,:;()")) == "publisher" for text in texts[at:end]):
                labels[at:end] = [Label.PUBLISHER] * (end - at)
            return


def _relabelled(labels: list[Label], start: int) -> list[Label]:
    """The run at ``start`` as the title."""
    old = labels[start]
    while start < len(labels) and labels[start] is old:
        labels[start] = Label.TITLE
        start += 1
    return labels


def _reach(texts: Sequence[str], labels: Sequence[Label], end: int) -> int:
    """Where a title that was cut at ``end`` really ends."""
    if end >= len(texts):
        return end
    last = texts[end - 1]
    if _STOP.search(last) and re.match(r"[IVX]+\.$", texts[end]):
        return end + 1
    if last.lower() in _LETTERED and _LETTER.match(texts[end]):
        return end + 1
    if last.endswith(",") and labels[end] in {Label.PLACE, Label.DATE}:
        return _behind_place(texts, labels, end)
    if texts[end].startswith("(") and _BARE.search(last):
        return _behind_bracket(texts, end)
    dangling = _BARE.search(last) and word_class(last.lower()).startswith("=")
    if (labels[end] is Label.PLACE and (dangling or last == "in")) or (
        labels[end] in _CONTINUABLE and (dangling or _goes_on(texts, end))
    ):
        for at in range(end, min(len(texts), end + _WIDEST)):
            if _STOP.search(texts[at]) or texts[at].endswith(","):
                return at + 1
    return end


def _behind_place(texts: Sequence[str], labels: Sequence[Label], end: int) -> int:
    """Behind place and time that close a title, ``growth of things, Ontario, 1964-2004. Nature``, if the year of print stands elsewhere."""
    dated = Label.DATE in labels[:end] or Label.DATE in labels[end + _WIDEST // 2 :]
    for at in range(end, min(len(texts) - 1, end + _WIDEST // 2)):
        if labels[at] not in {Label.PLACE, Label.DATE, Label.OTHER}:
            return end
        if _STOP.search(texts[at]):
            return at + 1 if dated and labels[at + 1] is Label.VENUE else end
        if texts[at].endswith(",") and labels[at] is Label.PLACE and labels[at + 1] is Label.VENUE:
            return at + 1 if Label.VOLUME in labels else end
    return end


def _goes_on(texts: Sequence[str], end: int) -> bool:
    """Whether the title cannot end here: at a colon, in front of running text."""
    last, here = texts[end - 1], texts[end]
    following = texts[end + 1] if end + 1 < len(texts) else ""
    if last.endswith(":"):
        return True
    running = here[:1].islower() and following[:1].islower() and (_BARE.search(last) or last.endswith(","))
    return bool(running) and not word_class(here.lower().strip(".,:")).startswith("e")


def _behind_bracket(texts: Sequence[str], start: int) -> int:
    """The piece behind the one that closes the bracket, ``start`` if the bracket holds no part of a title."""
    for at in range(start, min(len(texts), start + _WIDEST)):
        if ")" in texts[at]:
            inside = " ".join(texts[start : at + 1])
            classes = {word_class(text.strip("().,;:").lower()) for text in texts[start : at + 1]}
            printed = any("publisher" in each or "place" in each for each in classes)
            return start if _YEAR_OR_EDITION.search(inside) or printed else at + 1
    return start

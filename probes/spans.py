"""Which parts of a text assert something that can be wrong by itself: dates, numbers, quoted titles and names. Pure.

A probe scores such spans and never an average over a long answer, where the length of a text outweighs its truth
(Nguyen's replication of Gao et al. measured it several times as strong).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum


class SpanKind(StrEnum):
    """What a span is."""

    ANSWER = "answer"
    """The whole of a short answer, the kind that probes are trained on."""
    DATE = "date"
    NUMBER = "number"
    TITLE = "title"
    """Between quotation marks."""
    NAME = "name"


@dataclass(frozen=True, slots=True, order=True)
class FoundSpan:
    """A half-open range of characters."""

    start: int
    end: int
    kind: SpanKind


SHORT = 80
"""Characters; a text of one line that is no longer is one answer."""

_MONTH = (
    "January|February|March|April|May|June|July|August|September|October|November|December"
    "|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec"
)
_DATE = re.compile(
    rf"\b(?:\d{{1,2}}(?:st|nd|rd|th)?\s+)?(?:{_MONTH})\b\.?(?:\s+\d{{1,2}}(?:st|nd|rd|th)?)?(?:,?\s+\d{{4}})?(?=\W|$)"
    r"|\b\d{4}-\d{2}-\d{2}\b|\b(?:1[0-9]|20)\d{2}s?\b"
)
_NUMBER = re.compile(r"(?<![\w.])[$€£]?\d+(?:[.,]\d+)*(?:\s?%|(?:st|nd|rd|th)\b)?(?!\w)")
_TITLE = re.compile(r"[\"“«](?=\S)([^\"“”«»\n]{2,200}?)[\"”»]")
_WORD = r"[^\W\d_a-z][\w'’-]*"
_NAME = re.compile(rf"\b(?:{_WORD}\.?)(?:\s+(?:(?:of|the|de|da|di|von|van|der|den|la|le|du|and)\s+){{0,2}}{_WORD}\.?)*")
_LIST_NUMBER = re.compile(r"^[ \t]*\(?\d{1,3}[.)\]:]", re.MULTILINE)
_OPENERS = frozenset(
    [
        "A", "An", "And", "As", "At", "But", "By", "For", "From", "He", "Her", "Here", "His", "How", "I", "If", "In", "It",
        "Its", "No", "Not", "Of", "On", "One", "Or", "She", "Sir", "So", "Some", "That", "The", "Their", "Then", "There",
        "These", "They", "This", "Those", "To", "We", "What", "When", "Where", "Which", "While", "Who", "With", "Yes", "You",
    ]
)  # fmt: skip
"""Words that begin a sentence with a capital and name nothing."""


def find_spans(text: str, *, complete: bool = True) -> tuple[FoundSpan, ...]:
    """Spans in the order of the text, none overlapping another; empty for a text that asserts nothing of the kind.

    A short text is one answer as a whole, unless it is not ``complete``.

    >>> text = 'It was painted by Edvard Munch in 1893.'
    >>> [(text[s.start:s.end], s.kind.value) for s in find_spans(text + " " * 50)]
    [('Edvard Munch', 'name'), ('1893', 'date')]
    >>> [(s.start, s.end, s.kind.value) for s in find_spans(" Edvard Munch. ")]
    [(1, 13, 'answer')]
    """
    body = text.strip()
    if not body:
        return ()
    if complete and len(text) <= SHORT and "\n" not in body:
        start = len(text) - len(text.lstrip())
        end = start + len(body.rstrip(".!? "))
        return (FoundSpan(start, end, SpanKind.ANSWER),) if end > start else ()
    taken: list[FoundSpan] = []
    numbering = [match.span() for match in _LIST_NUMBER.finditer(text)]
    for found in _candidates(text):
        overlaps = any(found.start < each.end and each.start < found.end for each in taken)
        in_number = any(found.start < end and start < found.end for start, end in numbering)
        if not overlaps and not in_number:
            taken.append(found)
    return tuple(sorted(taken))


def _candidates(text: str) -> Iterator[FoundSpan]:
    """Titles first, since they hold names and numbers of their own."""
    for match in _TITLE.finditer(text):
        yield FoundSpan(*match.span(1), SpanKind.TITLE)
    for match in _DATE.finditer(text):
        yield FoundSpan(*match.span(), SpanKind.DATE)
    for match in _NUMBER.finditer(text):
        yield FoundSpan(*match.span(), SpanKind.NUMBER)
    for match in _NAME.finditer(text):
        start, end = match.span()
        first = match.group().split()[0]
        if first in _OPENERS:
            start += len(first)
            start += len(text[start:end]) - len(text[start:end].lstrip())
        name = text[start:end].rstrip(".")
        if name[:1].isupper() and len(name) > 1:
            yield FoundSpan(start, start + len(name), SpanKind.NAME)

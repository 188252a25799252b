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


GROWS_WITHIN = 24
"""Characters behind a span that can still make it longer."""
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
_WORD = r"(?:(?:[^\W\d_a-z]|Dr|Prof|St|Mr|Mrs|Ms|Jr|Sr)\.|[^\W\d_a-z][\w'’-]*)"
_JOINERS = r"(?:(?:of|the|de|da|di|von|van|der|den|la|le|du|and)\s+){0,2}"
_NAME = re.compile(rf"\b{_WORD}(?:\s+{_JOINERS}{_WORD})*")
_LIST_NUMBER = re.compile(r"^[ \t]*\(?\d{1,3}[.)\]:]", re.MULTILINE)
_OPEN_TITLE = re.compile(r"[\"“«](?=\S|$)[^\"“”«»\n]{0,200}$")
_FIRST = re.compile(r"(\S+)\s*")
_MAY_GO_ON = {
    SpanKind.NAME: re.compile(rf"['’.-]*(?:\s+{_JOINERS}(?:of?|th?e?|d[aieu]?|de[rn]|v[ao]?n?|l[ae]?|an?d?)?)?"),
    SpanKind.NUMBER: re.compile(r"[.,]?(?:st|nd|rd|th|s|n|r|t)?\s*(?:%|\w*\.?)|-\d{0,2}"),
    SpanKind.DATE: re.compile(
        r"\.?(?:st|nd|rd|th)?,?\s*\d{0,4}(?:st|nd|rd|th|s|n|r|t)?,?\s*\d{0,4}s?|(?:-\d{0,2}){1,2}"
    ),
}
"""What may stand behind a span while it can still grow."""
_OPENERS = frozenset(
    [
        "A", "After", "An", "And", "As", "At", "Before", "But", "By", "During", "For", "From", "He", "Her", "Here",
        "His", "How", "I", "If", "In", "It", "Its", "No", "Not", "Of", "On", "One", "Or", "She", "Sir", "So", "Some", "That", "The", "Their", "Then", "There",
        "These", "They", "This", "Those", "To", "We", "What", "When", "Where", "Which", "While", "Who", "With", "Yes", "You",
    ]
)  # fmt: skip
"""Words that begin a sentence with a capital and name nothing."""


def find_spans(text: str, *, complete: bool = True) -> tuple[FoundSpan, ...]:
    """Spans in the order of the text, none overlapping another; empty for a text that asserts nothing of the kind.

    A short text is one answer as a whole. Of a text that is not ``complete`` yet, only spans are given that nothing behind
    it can change any more: those of which the next word has begun.

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
    return tuple(sorted(each for each in taken if complete or _is_settled(text, each)))


def growing_from(text: str) -> int:
    """Where the last span begins that the next words may still make longer; the length of the text if there is none.

    >>> growing_from("It was painted by Edvard"), growing_from("It was painted ")
    (18, 15)
    """
    found = [each for each in find_spans(text + "\n" * (SHORT + 1)) if each.end > len(text) - GROWS_WITHIN]
    growing = [each.start for each in found if each.kind in _MAY_GO_ON and _may_go_on(text, each)]
    return min(growing, default=len(text))


def _may_go_on(text: str, span: FoundSpan) -> bool:
    return _MAY_GO_ON[span.kind].fullmatch(text, span.end) is not None


def _is_settled(text: str, span: FoundSpan) -> bool:
    """Whether no continuation of the text makes the span longer, part of another, or none."""
    if span.kind is SpanKind.TITLE:
        return True
    title = _OPEN_TITLE.search(text)
    if title and span.end > title.start():
        return False
    return not _may_go_on(text, span)


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
        while (word := _FIRST.match(text, start, end)) and (word[1] in _OPENERS or word[1].islower()):
            start = word.end()
        name = text[start:end].rstrip(".")
        if name[:1].isupper() and len(name) > 1:
            yield FoundSpan(start, start + len(name), SpanKind.NAME)

"""Which parts of a text assert something that can be wrong by itself: dates, numbers, quoted titles and names. Pure.

A probe scores such spans and never an average over a long answer, where the length of a text outweighs its truth
(Nguyen's replication of Gao et al. measured it several times as strong).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
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
FARTHEST = 2000
"""Characters of a growing text that are looked at again for each token where it has no plain words, as in Chinese."""

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
_JOINER = r"(?:of|the|de|da|di|von|van|der|den|la|le|du|and)\s"
_JOINERS = rf"(?:{_JOINER}+){{0,2}}"
_NAME = re.compile(rf"\b{_WORD}(?:\s+{_JOINERS}{_WORD})*")
_LIST_NUMBER = re.compile(r"^[ \t]*\(?\d{1,3}[.)\]:]", re.MULTILINE)
_OPEN_TITLE = re.compile(r"[\"“«](?=\S|$)[^\"“”«»\n]{0,200}$")
_PLAIN = re.compile(rf"(?<=\s)(?!{_JOINER})[a-z]+(?=\s)")
"""A word that no span goes across, a title's excepted."""
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


def find_spans(text: str) -> tuple[FoundSpan, ...]:
    """Spans in the order of the text, none overlapping another; empty for a text that asserts nothing of the kind.

    A short text is one answer as a whole.

    >>> text = 'It was painted by Edvard Munch in 1893.' + " " * 50
    >>> [(text[s.start:s.end], s.kind.value) for s in find_spans(text)]
    [('Edvard Munch', 'name'), ('1893', 'date')]
    >>> [(s.start, s.end, s.kind.value) for s in find_spans(" Edvard Munch. ")]
    [(1, 13, 'answer')]
    """
    return tuple(GrowingSpans().rest(text))


@dataclass(slots=True)
class GrowingSpans:
    """Finds the spans of a text while it grows, each of them once; together they are those of ``find_spans``.

    What stands in front of the last plain word with nothing open before it is not looked at again, so that a token of a
    long text costs no more than one of a short text.
    """

    looked_from: int = 0
    """Where the part of the text begins that is still looked at."""
    _given: set[FoundSpan] = field(default_factory=set)

    def more(self, text: str, reached: int) -> list[FoundSpan]:
        """Spans in front of ``reached`` that were not given yet and that nothing behind the text can change any more.

        Those are the ones of which the next word has begun; none while the text may still be one short answer.
        """
        if _may_be_one_answer(text):
            return []
        found = _spans(text, self.looked_from)
        title = _open_title(text, self.looked_from)
        settled = [span for span in found if span.end <= reached and _is_settled(text, span, title)]
        new = [span for span in settled if span not in self._given]
        self._leave(text, min([title, *(span.start for span in found if span not in settled)]))
        self._given = {span for span in settled if span.start >= self.looked_from}
        return new

    def rest(self, text: str) -> list[FoundSpan]:
        """The spans of the whole text that were not given yet."""
        if _may_be_one_answer(text):
            start = len(text) - len(text.lstrip())
            end = start + len(text.strip().rstrip(".!? "))
            return [FoundSpan(start, end, SpanKind.ANSWER)] if end > start else []
        return [span for span in _spans(text, self.looked_from) if span not in self._given]

    def growing_from(self, text: str) -> int:
        """Where begins what the next words may still make one span, or a longer one; the text's length if nothing does."""
        if _may_be_one_answer(text):
            return 0
        found = [span for span in _spans(text, self.looked_from) if span.end > len(text) - GROWS_WITHIN]
        return min((span.start for span in found if _may_go_on(text, span)), default=len(text))

    def _leave(self, text: str, until: int) -> None:
        """Look no more at what ends with a plain word in front of ``until``."""
        titles = [match.span() for match in _TITLE.finditer(text, self.looked_from)]
        ends = [match.end() for match in _PLAIN.finditer(text, self.looked_from, until)]
        outside = [end for end in ends if not any(start < end < stop for start, stop in titles)]
        self.looked_from = max([self.looked_from, len(text) - FARTHEST, *outside])


def _may_be_one_answer(text: str) -> bool:
    return len(text) <= SHORT and "\n" not in text.strip()


def _spans(text: str, start: int) -> list[FoundSpan]:
    """The spans from ``start`` on, where no span may have begun before it."""
    taken: list[FoundSpan] = []
    numbering = [match.span() for match in _LIST_NUMBER.finditer(text, start)]
    for found in _candidates(text, start):
        overlaps = any(found.start < each.end and each.start < found.end for each in taken)
        in_number = any(found.start < end and begin < found.end for begin, end in numbering)
        if not overlaps and not in_number:
            taken.append(found)
    return sorted(taken)


def _open_title(text: str, start: int) -> int:
    """Where a title begins whose end is still to come; the length of the text if there is none."""
    closed = max((match.end() for match in _TITLE.finditer(text, start)), default=start)
    found = _OPEN_TITLE.search(text, closed)
    return found.start() if found else len(text)


def _may_go_on(text: str, span: FoundSpan) -> bool:
    return span.kind in _MAY_GO_ON and _MAY_GO_ON[span.kind].fullmatch(text, span.end) is not None


def _is_settled(text: str, span: FoundSpan, title: int) -> bool:
    """Whether no continuation of the text makes the span longer, part of the title that begins at ``title``, or none."""
    return span.kind is SpanKind.TITLE or (span.end <= title and not _may_go_on(text, span))


def _candidates(text: str, begin: int) -> Iterator[FoundSpan]:
    """Titles first, since they hold names and numbers of their own."""
    for match in _TITLE.finditer(text, begin):
        yield FoundSpan(*match.span(1), SpanKind.TITLE)
    for match in _DATE.finditer(text, begin):
        yield FoundSpan(*match.span(), SpanKind.DATE)
    for match in _NUMBER.finditer(text, begin):
        yield FoundSpan(*match.span(), SpanKind.NUMBER)
    for match in _NAME.finditer(text, begin):
        start, end = match.span()
        while (word := _FIRST.match(text, start, end)) and (word[1] in _OPENERS or word[1].islower()):
            start = word.end()
        name = text[start:end].rstrip(".")
        if name[:1].isupper() and len(name) > 1:
            yield FoundSpan(start, start + len(name), SpanKind.NAME)

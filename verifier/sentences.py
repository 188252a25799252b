"""Cuts a paragraph into sentences with exact offsets. Pure; linear in the length of the text."""

from __future__ import annotations

import re
from collections.abc import Iterator

from verifier.types import Span

_END = re.compile(
    r"(?:[.!?…]+|[。！？]+)[”\"»’')\]*_]*(?:\s?\[\^?[\w,;–— -]{1,40}\](?:\([^\s()]{1,600}\))?|[¹²³⁰⁴-⁹]{1,6})*(?=\s|$|(?<=[。！？])|(?<=[。！？][”’」』]))"
)
"""Where a sentence may end: the stop, what closes with it, and the reference marks that hang on it."""
_LAST_WORD = re.compile(r"(?:^|[\s(\[“\"'*_])([^\s(\[“\"'*_]*)$")
_INITIALS = re.compile(r"(?:[^\W\d_]\.)+[^\W\d_]?|[A-Z]")
_OPENER = re.compile(
    r"(?:The|A|An|It|Its|In|On|At|This|That|These|Those|He|She|They|We|I|You|However|But|And|There|For|As|After|If|When)\b"
)
_NUMBER = re.compile(r"\d{1,3}")
_ABBREVIATIONS_WORDS = """
    al approx art assoc bd ca cf chap ch co col corp dept dr ed eds e.g eg eq eqs esp est etc fig figs gen gov hr i.e ie inc jan feb
    mar apr jun jul aug sep sept oct nov dec jr lt ltd max min mr mrs ms mt no nos nr op p pp prof ref refs rev sec sr st str tab
    univ v viz vol vols vs z.b bzw d.h usw
    """
_ABBREVIATIONS = frozenset(_ABBREVIATIONS_WORDS.split())
_NEVER_LAST_WORDS = (
    "al approx ca cf dr e.g eg eq eqs fig figs i.e ie mr mrs ms no nos p pp prof ref refs st vol vs z.b bzw d.h"
)
_NEVER_LAST = frozenset(_NEVER_LAST_WORDS.split())
"""Abbreviations that nearly always have something behind them, also a capital."""
_BEFORE_ORDINAL = frozenset({"am", "vom", "zum", "dem", "den", "der", "des", "das", "die", "im"})
"""Behind these a number with a stop is a German ordinal: ``am 3. Mai``."""
_BREAK = re.compile(
    r"(?:[.!?:;…。！？]|\*\*|__)[”\"»’')\]*_ \t]*\n|[ \t]{2}\n|\n[ \t]*(?=\*\*[^*\n]{1,120}(?::\*\*|\*\*:?[ \t]*(?:\n|$)))"
)
"""A line that ends here, though the paragraph goes on: what stands behind begins something new."""


def sentences(text: str, start: int = 0, end: int | None = None) -> Iterator[Span]:
    """The sentences of ``text[start:end]`` in their order, without the blanks around them; never raises.

    Abbreviations, initials, decimals and reference marks end no sentence; an unfinished last one counts.

    >>> text = "Smith et al. (2019) saw 3.5 % more.[2] It was new."
    >>> [text[each.start:each.end] for each in sentences(text)]
    ['Smith et al. (2019) saw 3.5 % more.[2]', 'It was new.']
    """
    stop = len(text) if end is None else end
    for piece in _lines(text, start, stop):
        begin = piece.start
        for found in _END.finditer(text, piece.start, piece.end):
            if found.end() > begin and not _goes_on(text, begin, found, piece.end):
                yield from _trimmed(text, begin, found.end())
                begin = found.end()
        yield from _trimmed(text, begin, piece.end)


def _lines(text: str, start: int, stop: int) -> Iterator[Span]:
    """The paragraph cut where a line ends for good; other line breaks are only the width of the page."""
    begin = start
    for found in _BREAK.finditer(text, start, stop):
        yield Span(begin, found.end())
        begin = found.end()
    yield Span(begin, stop)


def _goes_on(text: str, begin: int, found: re.Match[str], stop: int) -> bool:
    """Whether the stop belongs to an abbreviation, an initial or a number, and the sentence goes on behind it."""
    if found[0][0] not in ".…":
        return False
    behind = text[found.end() : min(stop, found.end() + 40)].lstrip()
    if not behind:
        return False
    if behind[0].islower():
        return found[0][0] == "." or found[0].startswith("…")
    last = _LAST_WORD.search(text[max(begin, found.start() - 30) : found.start()])
    word = last[1] if last else ""
    if word.casefold() in _NEVER_LAST:
        return True
    if word.casefold() in _ABBREVIATIONS:
        return not behind[0].isupper()
    if "." in word and _INITIALS.fullmatch(word):
        return not _OPENER.match(behind)
    if _NUMBER.fullmatch(word):
        before = text[begin : found.start()].split()
        return len(before) == 1 or before[-2].casefold() in _BEFORE_ORDINAL
    return bool(_INITIALS.fullmatch(word))


def _trimmed(text: str, start: int, end: int) -> Iterator[Span]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if any(each.isalnum() for each in text[start:end]):
        yield Span(start, end)

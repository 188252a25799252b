"""Finds works cited in the footnotes of a paper without a reference list, as law and history print them.

Pure: it sees lines with their places, never the file.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from citations.extract.pdf_layout import PageLine
from citations.parse.likeness import likeness
from citations.parse.lines import Line
from citations.parse.numbering import chains

FEWEST = 8
"""So many numbered notes make a paper with footnotes."""

BODY = 0.4
"""Share of the commonest type size from which a larger one is that of the body; notes may hold more text than it."""

POINTERS = re.compile(r"\b(?:supra|infra|ibid|id\.|op\. ?cit|loc\. ?cit|a\.a\.O|Fn\.)", re.IGNORECASE)
"""Words by which a note points to another note; what they stand in is no work of its own."""

NOTE = re.compile(r"^\d{1,3}\s+(?:paras?|see|cf|vgl|siehe|id|ibid)\b", re.IGNORECASE | re.MULTILINE)
"""How many a note begins."""

POINTS_ONLY = re.compile(
    r"(?:see |cf\.? |but see )?(?:also )?(?:paras?|para\.|§+|art\.?|ibid|id\.|supra|infra|note|p{1,2}\.)\b[^;]{0,60}$",
    re.IGNORECASE,
)
SIGNAL = re.compile(
    r"^(?:\W*\b(?:see|cf\.?|e\.g\.?|generally|also|accord|compare|but|contra|for example|with|and|vgl\.?|siehe|dazu)(?!\w)[.,\s]*)+",
    re.IGNORECASE,
)
DATED = re.compile(r"\((?:[^()]{0,60}\s)?(?:1[5-9]|20)\d\d\)|\b(?:1[5-9]|20)\d\d\b")
NUMBER = re.compile(r"^\d{1,4}\s+")


@dataclass(frozen=True, slots=True)
class Cited:
    """A work cited in a footnote."""

    raw: str
    note: str
    """Printed number of the note."""
    page: int


def has_footnotes(texts: Sequence[str]) -> bool:
    """Whether the words of footnotes stand in a paper often enough to look for notes."""
    return sum(1 for text in texts for pattern in (POINTERS, NOTE) for _ in pattern.finditer(text)) >= FEWEST


def footnote_lines(lines: Sequence[PageLine]) -> list[PageLine]:
    """The lines of footnotes: smaller type at the foot of pages that hold body text above it."""
    sizes: Counter[float] = Counter()
    for line in lines:
        sizes[line.size] += len(line.text)
    if not sizes:
        return []
    body = max(size for size, count in sizes.items() if count >= BODY * max(sizes.values()))
    found: list[PageLine] = []
    for _, group in groupby(lines, key=lambda line: line.page):
        page = list(group)
        foot = len(page)
        while foot and page[foot - 1].size < 0.96 * body:
            foot -= 1
        if 0 < foot < len(page):
            found += page[foot:]
    return found


def notes(lines: Sequence[PageLine]) -> Iterator[tuple[str, int, list[str]]]:
    """Number, page and printed lines of each footnote."""
    plain = [Line(line.text) for line in lines]
    chain = max(chains(plain), key=len, default=())
    if len(chain) < FEWEST:
        return
    ends = [mark.line for mark in chain[1:]] + [len(lines)]
    for mark, end in zip(chain, ends, strict=True):
        yield mark.label, lines[mark.line].page, [line.text for line in lines[mark.line : end]]


def cited_in(note: str, number: str, page: int) -> Iterator[Cited]:
    """The works that one footnote cites in full; pointers to other notes and remarks are none.

    >>> [each.raw for each in cited_in("3 See POSNER, supra note 2; ROBIN MALLOY, LAW IN CONTEXT (2004).", "3", 1)]
    ['ROBIN MALLOY, LAW IN CONTEXT (2004).']
    """
    for piece in _pieces(NUMBER.sub("", note, count=1)):
        raw = SIGNAL.sub("", piece).strip()
        if (
            len(raw) > 12
            and DATED.search(raw)
            and not POINTERS.search(raw)
            and not POINTS_ONLY.match(raw)
            and _like(raw)
        ):
            yield Cited(raw, number, page)


def _like(raw: str) -> bool:
    return len(raw) <= 600 and ("," in raw) and likeness(raw) >= 0.35


def _pieces(text: str) -> list[str]:
    """Parts between semicolons that stand outside brackets."""
    pieces: list[str] = []
    depth = begin = 0
    for index, each in enumerate(text):
        depth += each in "([" or -(each in ")]" and depth > 0)
        if each == ";" and depth == 0:
            pieces.append(text[begin:index])
            begin = index + 1
    return [*pieces, text[begin:]]

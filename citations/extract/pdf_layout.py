"""Puts the words of a PDF page into printed lines in reading order: columns, line numbers in the margin, superscripts.

Pure: it sees words with their places, never the file.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from citations.extract.pdf_words import Word

GUTTER = 0.75
"""Ems of white that may be a gutter between columns; smaller than a stretched blank on purpose, lines are joined again."""

SAME_LINE = 0.45
"""Ems by which baselines of one line may differ: superscripts."""


@dataclass(frozen=True, slots=True)
class PageLine:
    """One printed line of one column."""

    text: str
    page: int
    """1-based."""
    column: int
    """Number of the column within the page, in reading order."""
    left: float
    right: float
    base: float
    """Height of its baseline above the lower edge, in points."""
    size: float
    """Font size in points."""
    first: int
    """Index of its first character in the page."""
    height: float
    """Height of the page in points."""


def page_lines(words: Sequence[Word], page: int, height: float) -> list[PageLine]:
    """Lines of a page, column by column, top to bottom."""
    kept = _without_line_numbers(words)
    lines: list[PageLine] = []
    for column, fragments in enumerate(_columns(_fragments(kept), 3)):
        for row in _rows([word for fragment in fragments for word in fragment]):
            lines.append(_line(row, page, column, height))
    return lines


def _line(row: Sequence[Word], page: int, column: int, height: float) -> PageLine:
    ordered = sorted(row, key=lambda word: word.left)
    main = max(ordered, key=lambda word: (len(word.text), word.size))
    text = " ".join(word.text for word in ordered)
    return PageLine(
        text,
        page,
        column,
        ordered[0].left,
        max(word.right for word in ordered),
        main.base,
        main.size,
        ordered[0].first,
        height,
    )


def _fragments(words: Sequence[Word]) -> list[list[Word]]:
    """Neighbouring words of one line, cut at every wide blank."""
    rows = _rows(words)
    fragments: list[list[Word]] = []
    for row in rows:
        ordered = sorted(row, key=lambda word: word.left)
        fragments.append([ordered[0]])
        for before, word in pairwise(ordered):
            if word.left - before.right > GUTTER * max(before.size, word.size):
                fragments.append([])
            fragments[-1].append(word)
    return fragments


def _rows(words: Sequence[Word]) -> list[list[Word]]:
    """Words grouped by baseline, top to bottom; raised and lowered ones stay with their line."""
    rows: list[list[Word]] = []
    base = size = 0.0
    for word in sorted(words, key=lambda word: -word.base):
        if rows and base - word.base <= SAME_LINE * max(size, word.size):
            rows[-1].append(word)
            if word.size > size:
                base, size = word.base, word.size
        else:
            rows.append([word])
            base, size = word.base, word.size
    return rows


def _columns(fragments: list[list[Word]], depth: int) -> list[list[list[Word]]]:
    """Fragments by column in reading order; what spans the gutter stands between what is above and below it."""
    gutter = _gutter(fragments) if depth else None
    if gutter is None:
        return [fragments] if fragments else []
    regions: list[list[list[Word]]] = []
    left: list[list[Word]] = []
    right: list[list[Word]] = []
    spanning: list[list[Word]] = []

    def flush() -> None:
        for side in (left, right):
            regions.extend(_columns(list(side), depth - 1))
            side.clear()

    for fragment in sorted(fragments, key=lambda each: -each[0].base):
        if fragment[0].left < gutter - 1 and fragment[-1].right > gutter + 1:
            if left or right:
                flush()
            spanning.append(fragment)
            continue
        if spanning:
            regions.append(list(spanning))
            spanning.clear()
        (left if fragment[-1].right <= gutter + 1 else right).append(fragment)
    if spanning:
        regions.append(list(spanning))
    flush()
    return regions


def _gutter(fragments: Sequence[Sequence[Word]]) -> float | None:
    """Where a vertical strip of white parts the fragments into columns, ``None`` if nowhere."""
    if len(fragments) < 8:
        return None
    spans = [(each[0].left, each[-1].right) for each in fragments]
    low = min(left for left, _ in spans)
    high = max(right for _, right in spans)
    if high - low < 150:
        return None
    best: tuple[float, float] | None = None
    edges = sorted({round(left) for left, _ in spans if low + 0.28 * (high - low) < left < low + 0.72 * (high - low)})
    for edge in edges:
        at = edge - 3.0
        crossing = sum(left < at - 1 and right > at + 1 for left, right in spans)
        before = sum(right <= at + 1 for _, right in spans)
        after = len(spans) - crossing - before
        begun = sum(at <= left <= at + 30 for left, _ in spans)
        if min(before, after) < 4 or crossing > 0.6 * min(before, after) or begun < 0.5 * after:
            continue
        cost = crossing - 0.1 * begun
        if best is None or cost < best[0]:
            best = (cost, at)
    return None if best is None else best[1]


def _without_line_numbers(words: Sequence[Word]) -> list[Word]:
    """The words without a column of numbers that rise with a constant step, as review manuscripts have in the margin."""
    numbers = [word for word in words if word.text.isascii() and word.text.isdigit() and len(word.text) <= 5]
    drop: set[int] = set()
    for edge in {round(word.right) for word in numbers} | {-round(word.left) for word in numbers}:
        column = [word for word in numbers if abs((word.right if edge > 0 else -word.left) - edge) <= 1.5]
        if len(column) >= 4 and _counts(column) and _at_margin(column, words):
            drop |= {word.first for word in column}
    return [word for word in words if word.first not in drop]


def _counts(column: Sequence[Word]) -> bool:
    """Whether numbers rise by one step and stand at equal distances."""
    ordered = sorted(column, key=lambda word: -word.base)
    values = [int(word.text) for word in ordered]
    steps = [b - a for a, b in pairwise(values)]
    usual = median(steps)
    pitches = [a.base - b.base for a, b in pairwise(ordered)]
    pitch = median(pitches)
    if usual < 1 or pitch <= 0:
        return False
    even = sum(step == usual and abs(gap - pitch) <= 0.35 * pitch for step, gap in zip(steps, pitches, strict=True))
    return even >= 0.7 * len(steps) and (values[0] != 1 or len(values) >= 20)


def _at_margin(column: Sequence[Word], words: Sequence[Word]) -> bool:
    """Whether nearly all other words stand on one side of the numbers."""
    left = min(word.left for word in column)
    right = max(word.right for word in column)
    outside = sum(word.right < left for word in words)
    beyond = sum(word.left > right for word in words)
    return min(outside, beyond) <= 0.03 * len(words) or min(outside, beyond) <= 3

"""Puts the words of a PDF page into printed lines in reading order: columns, line numbers in the margin, superscripts.

Pure: it sees words with their places, never the file.
"""

from __future__ import annotations

from collections import Counter
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
    sizes: Counter[float] = Counter()
    for word in ordered:
        sizes[round(word.size, 1)] += len(word.text)
    size = max(sizes, key=lambda each: (sizes[each], each))
    main = next(word for word in ordered if round(word.size, 1) == size)
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


def _columns(fragments: Sequence[list[Word]], depth: int) -> list[list[list[Word]]]:
    """Fragments by column in reading order: what stands above the columns, each column, what stands below them."""
    ordered = sorted(fragments, key=lambda each: -each[0].base)
    split = _gutter(ordered) if depth else None
    if split is None:
        return [ordered] if ordered else []
    begin, end, gutter = split
    regions = _columns(ordered[:begin], depth - 1)
    left: list[list[Word]] = []
    right: list[list[Word]] = []
    for fragment in ordered[begin:end]:
        if _crosses(fragment, gutter):
            regions += [*_columns(left, depth - 1), *_columns(right, depth - 1), [fragment]]
            left, right = [], []
        else:
            (left if fragment[-1].right <= gutter + 1 else right).append(fragment)
    return [*regions, *_columns(left, depth - 1), *_columns(right, depth - 1), *_columns(ordered[end:], depth - 1)]


def _crosses(fragment: Sequence[Word], gutter: float) -> bool:
    return fragment[0].left < gutter - 1 and fragment[-1].right > gutter + 1


def _gutter(ordered: Sequence[Sequence[Word]]) -> tuple[int, int, float] | None:
    """The run of fragments that a vertical strip of white parts into columns, and where; ``None`` if nowhere."""
    if len(ordered) < 8:
        return None
    low = min(each[0].left for each in ordered)
    high = max(each[-1].right for each in ordered)
    if high - low < 150:
        return None
    inner = (low + 0.28 * (high - low), low + 0.72 * (high - low))
    edges = Counter(round(each[0].left) for each in ordered if inner[0] < each[0].left < inner[1])
    best: tuple[float, int, int, float] | None = None
    for edge, count in edges.items():
        if count >= 2:
            found = _parted(ordered, edge - 3.0)
            if found and (best is None or found > best):
                best = found
    return None if best is None else best[1:]


def _parted(ordered: Sequence[Sequence[Word]], gutter: float) -> tuple[float, int, int, float] | None:
    """The longest run of fragments with few that cross a gutter: its worth, begin, end and the gutter."""
    total, begin = 0.0, 0
    best = (0.0, 0, 0)
    for index, fragment in enumerate(ordered):
        if total <= 0:
            total, begin = 0.0, index
        begun = gutter <= fragment[0].left <= gutter + 30
        total += -2.5 if _crosses(fragment, gutter) else 1.0 if begun or fragment[-1].right <= gutter else 0.3
        if total > best[0]:
            best = (total, begin, index + 1)
    worth, begin, end = best
    run = ordered[begin:end]
    before = sum(each[-1].right <= gutter + 1 for each in run)
    begun = sum(gutter <= each[0].left <= gutter + 30 for each in run)
    after = sum(each[0].left >= gutter - 1 for each in run)
    if min(before, after) < 4 or begun < 0.5 * after:
        return None
    return worth, begin, end, gutter


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

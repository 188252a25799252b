"""Finds the line numbers that review manuscripts print in their margins, and takes them out.

Pure: it sees words with their places, never the file.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from statistics import median

from citations.extract.pdf_words import PageWords, Word

FEWEST = 4
"""So many numbers make a column."""


def without_line_numbers(pages: Sequence[PageWords]) -> list[PageWords]:
    """The pages without numbers that rise with the lines; a margin that has them on one page has them on all."""
    edges = {edge for page in pages for edge in _edges(page.words)}
    if not edges:
        return list(pages)
    return [replace(page, words=tuple(word for word in page.words if not _stands_at(word, edges))) for page in pages]


def _is_number(word: Word) -> bool:
    return word.text.isascii() and word.text.isdigit() and len(word.text) <= 5


def _stands_at(word: Word, edges: set[float]) -> bool:
    """Whether a number stands in one of the margins; edges on the left are negative."""
    return _is_number(word) and any(abs((word.right if edge > 0 else -word.left) - edge) <= 1.5 for edge in edges)


def _edges(words: Sequence[Word]) -> set[float]:
    """Right (or negative left) edges of the columns of line numbers on a page."""
    numbers = [word for word in words if _is_number(word)]
    found: set[float] = set()
    rows = sorted({round(word.base) for word in words}, reverse=True)
    distances = [a - b for a, b in pairwise(rows) if a - b > 3]
    if len(numbers) < FEWEST or not distances:
        return found
    for edge in {float(round(word.right)) for word in numbers} | {-float(round(word.left)) for word in numbers}:
        column = [word for word in numbers if _stands_at(word, {edge})]
        if len(column) >= FEWEST and _counts_lines(column, median(distances)) and _apart(column, words):
            found.add(edge)
    return found


def _counts_lines(column: Sequence[Word], distance: float) -> bool:
    """Whether numbers rise by one for every line, or by five for every five lines; labels of entries do not."""
    ordered = sorted(column, key=lambda word: -word.base)
    steps = [int(b.text) - int(a.text) for a, b in pairwise(ordered)]
    pitches = [a.base - b.base for a, b in pairwise(ordered)]
    usual = median(steps)
    if usual < 1 or median(pitches) <= 0:
        return False
    even = sum(
        0 < step <= 3 * usual and abs(pitch - step * median(pitches) / usual) <= 0.4 * median(pitches)
        for step, pitch in zip(steps, pitches, strict=True)
    )
    return even >= 0.6 * len(steps) and median(pitches) / usual <= 1.5 * distance


def _apart(column: Sequence[Word], words: Sequence[Word]) -> bool:
    """Whether numbers have white on both sides, and many of them or nearly all other words on one side."""
    left = min(word.left for word in column)
    right = max(word.right for word in column)
    size = max(word.size for word in column)
    few = max(3, 0.03 * len(words))
    others = [word for word in words if not _is_number(word)]
    touching = sum(left - 0.4 * size < word.right and word.left < right + 0.6 * size for word in others)
    before = sum(word.right < left for word in others)
    after = sum(word.left > right for word in others)
    return touching <= few and (min(before, after) <= few or len(column) >= 3 * FEWEST)

"""Finds the line numbers that review manuscripts print in their margins, and takes them out.

Pure: it sees words with their places, never the file.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from statistics import median

from citations.extract.pdf_words import PageWords, Word

BESIDE = 250.0
"""Points to the side in which the counted lines are looked for: one column."""

BLUR = 1.5
"""Points by which the numbers of one column may be out of line."""

COVERED = 0.6
"""Share of the lines of a page that is counted; labels stand only beside the lines of a list."""

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
    return _is_number(word) and any(abs((word.right if edge > 0 else -word.left) - edge) <= BLUR for edge in edges)


def _edges(words: Sequence[Word]) -> set[float]:
    """Right (or negative left) edges of the columns of line numbers on a page."""
    numbers = [word for word in words if _is_number(word)]
    found: set[float] = set()
    if len(numbers) < FEWEST:
        return found
    numbers.sort(key=lambda word: word.base)
    rights, lefts = [word.right for word in numbers], [-word.left for word in numbers]
    for edge in {float(round(place)) for place in (*rights, *lefts)}:
        places = rights if edge > 0 else lefts
        column = [word for word, place in zip(numbers, places, strict=True) if abs(place - edge) <= BLUR]
        if len(column) >= FEWEST and _rises(column) and _counts_lines(column, words) and _apart(column, words):
            found.add(edge)
    return found


def _rises(column: Sequence[Word]) -> bool:
    """Whether numbers rise by one step from line to line down the page."""
    steps = [int(a.text) - int(b.text) for a, b in pairwise(column)]
    usual = median(steps)
    return usual >= 1 and sum(step == usual for step in steps) >= 0.7 * len(steps)


def _counts_lines(column: Sequence[Word], words: Sequence[Word]) -> bool:
    """Whether the numbers count the lines beside them; the labels of entries do not, entries have more lines than one."""
    left = min(word.left for word in column)
    right = max(word.right for word in column)
    sides = (
        [word for word in words if right < word.left < right + BESIDE and not _is_number(word)],
        [word for word in words if left - BESIDE < word.right < left and not _is_number(word)],
    )
    return any(side and _one_line_each(column, sorted(word.base for word in side)) for side in sides)


def _one_line_each(column: Sequence[Word], bases: Sequence[float]) -> bool:
    """Whether between two numbers stand as many other lines as were left uncounted."""
    right = 0
    for a, b in pairwise(column):
        step = int(a.text) - int(b.text)
        margin = 0.3 * a.size
        between = bases[bisect_right(bases, a.base + margin) : bisect_left(bases, b.base - margin)]
        lines = sum(1 for x, y in pairwise((float("-inf"), *between)) if y - x > margin)
        right += step > 0 and lines <= step - 1
    usual = median(int(a.text) - int(b.text) for a, b in pairwise(column))
    rows = sum(1 for x, y in pairwise((float("-inf"), *bases)) if y - x > 0.3 * column[0].size)
    return right >= 0.7 * (len(column) - 1) and len(column) * usual >= COVERED * rows


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

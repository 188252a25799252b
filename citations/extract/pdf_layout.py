"""Puts the words of a PDF page into printed lines in reading order: columns, line numbers in the margin, superscripts.

Pure: it sees words with their places, never the file.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from citations.extract.pdf_margin import without_line_numbers
from citations.extract.pdf_words import PageWords, Word

GUTTER = 0.75
"""Ems of white that may be a gutter between columns; smaller than a stretched blank on purpose, lines are joined again."""

LABEL = re.compile(r"[\[(]?\d{1,4}[\])]?\.?|[•–*]")
LIGATURES = frozenset(("ff", "fi", "fl", "ﬀ", "ﬁ", "ﬂ", "ﬃ", "ﬄ"))
LABEL_SPACE = 4.0
"""Ems that may stand between the label of an entry and its text."""

COLUMN_EDGE = 40.0
"""Points right of a gutter within which the lines of a column begin: wide labels are followed by the text."""

NARROWEST = 260.0
"""Points; narrower text has no columns."""

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


def lay_out(pages: Sequence[PageWords]) -> list[PageLine]:
    """Lines of pages, column by column, top to bottom; a gutter seen on one page is looked for on all."""
    pages = without_line_numbers(pages)
    fragments = [_fragments(page.words) for page in pages]
    seen = Counter(round(split[2]) for each in fragments if (split := _gutter(_descending(each), ())))
    hints = tuple(float(place) for place, _ in seen.most_common(4))
    lines: list[PageLine] = []
    for page, pieces in zip(pages, fragments, strict=True):
        for column, group in enumerate(_columns(pieces, 3, hints)):
            rows = _rows([word for fragment in group for word in fragment])
            lines += [_line(row, page.number, column, page.height) for row in rows]
    return lines


def _line(row: Sequence[Word], page: int, column: int, height: float) -> PageLine:
    ordered = sorted(row, key=lambda word: word.left)
    main = _main(ordered)
    text = ordered[0].text + "".join(("" if _touch(a, b) else " ") + b.text for a, b in pairwise(ordered))
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


def _main(row: Sequence[Word]) -> Word:
    """The first word in the size in which most letters of a line are set."""
    first = row[0]
    if all(word.size == first.size for word in row):
        return first
    letters: Counter[float] = Counter()
    for word in row:
        letters[round(word.size, 1)] += len(word.text)
    size = max(letters, key=lambda each: (letters[each], each))
    return next(word for word in row if round(word.size, 1) == size)


def _touch(before: Word, word: Word) -> bool:
    """Whether no blank stands between two words: a font that pdfium cuts at its ligatures or hyphens."""
    hyphen = word.text[0] == "-" and word.text[1:2].isalpha()
    if not hyphen and word.text not in LIGATURES and before.text not in LIGATURES:
        return False
    gap = (word.left - before.right) / max(before.size, word.size)
    return -0.5 < gap < (0.1 if hyphen else 0.02)


def _fragments(words: Sequence[Word]) -> list[list[Word]]:
    """Neighbouring words of one line, cut at every wide blank."""
    rows = [sorted(row, key=lambda word: word.left) for row in _rows(words)]
    gutter = _least_gutter(rows)
    fragments: list[list[Word]] = []
    for ordered in rows:
        fragments.append([ordered[0]])
        for before, word in pairwise(ordered):
            em = max(before.size, word.size)
            label = len(fragments[-1]) == 1 and LABEL.fullmatch(before.text)
            if word.left - before.right > (LABEL_SPACE if label else gutter) * em:
                fragments.append([])
            fragments[-1].append(word)
    return fragments


def _least_gutter(rows: Sequence[Sequence[Word]]) -> float:
    """Ems of white that may be a gutter on this page; in typewriter faces every blank is wide."""
    blanks = [(b.left - a.right) / max(a.size, b.size) for row in rows for a, b in pairwise(row)]
    usual = [blank for blank in blanks if 0 < blank < 2]
    return max(GUTTER, min(1.7 * median(usual), 1.4)) if usual else GUTTER


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


def _descending(fragments: Sequence[list[Word]]) -> list[list[Word]]:
    return sorted(fragments, key=lambda each: -each[0].base)


def _columns(fragments: Sequence[list[Word]], depth: int, hints: tuple[float, ...]) -> list[list[list[Word]]]:
    """Fragments by column in reading order: what stands above the columns, each column, what stands below them."""
    ordered = _descending(fragments)
    split = _gutter(ordered, hints) if depth else None
    if split is None:
        return [ordered] if ordered else []
    begin, end, gutter = split
    regions = _columns(ordered[:begin], depth - 1, hints)
    left: list[list[Word]] = []
    right: list[list[Word]] = []
    for fragment in (piece for each in ordered[begin:end] for piece in _split_at(each, gutter)):
        if _crosses(fragment, gutter):
            regions += [*_columns(left, depth - 1, hints), *_columns(right, depth - 1, hints), [fragment]]
            left, right = [], []
        else:
            (left if fragment[-1].right <= gutter + 1 else right).append(fragment)
    below = _columns(ordered[end:], depth - 1, hints)
    return [*regions, *_columns(left, depth - 1, hints), *_columns(right, depth - 1, hints), *below]


def _split_at(fragment: list[Word], gutter: float) -> tuple[list[Word], ...]:
    """A fragment cut where one of its blanks lies on the gutter and a word begins at the edge of the column."""
    for index in range(1, len(fragment)):
        before, word = fragment[index - 1], fragment[index]
        if (
            before.right <= gutter + 1
            and gutter <= word.left <= gutter + 6
            and word.left - before.right > 0.5 * word.size
        ):
            return fragment[:index], fragment[index:]
    return (fragment,)


def _crosses(fragment: Sequence[Word], gutter: float) -> bool:
    return fragment[0].left < gutter - 1 and fragment[-1].right > gutter + 1


def _gutter(ordered: Sequence[Sequence[Word]], hints: tuple[float, ...]) -> tuple[int, int, float] | None:
    """The run of fragments that a vertical strip of white parts into columns, and where; ``None`` if nowhere."""
    if len(ordered) < (2 if hints else 8):
        return None
    low = min(each[0].left for each in ordered)
    high = max(each[-1].right for each in ordered)
    if high - low < NARROWEST:
        return None
    inner = (low + 0.28 * (high - low), low + 0.72 * (high - low))
    edges = Counter(round(each[0].left) for each in ordered if inner[0] < each[0].left < inner[1])
    best: tuple[float, int, int, float] | None = None
    for edge, count in edges.items():
        if count >= 2:
            found = _parted(ordered, edge - 3.0)
            if found and (best is None or found > best):
                best = found
    for hint in hints if best is None else ():
        found = _parted(ordered, hint, least=1)
        if found and (best is None or found > best):
            best = found
    return None if best is None else best[1:]


def _parted(ordered: Sequence[Sequence[Word]], gutter: float, least: int = 4) -> tuple[float, int, int, float] | None:
    """The longest run of fragments with few that cross a gutter: its worth, begin, end and the gutter."""
    total, begin = 0.0, 0
    best = (0.0, 0, 0)
    for index, fragment in enumerate(ordered):
        if total <= 0:
            total, begin = 0.0, index
        begun = gutter <= fragment[0].left <= gutter + COLUMN_EDGE
        total += -2.5 if _crosses(fragment, gutter) else 1.0 if begun or fragment[-1].right <= gutter else 0.3
        if total > best[0]:
            best = (total, begin, index + 1)
    worth, begin, end = best
    run = ordered[begin:end]
    rows_before = {round(each[0].base / 2) for each in run if each[-1].right <= gutter + 1}
    rows_begun = {round(each[0].base / 2) for each in run if gutter <= each[0].left <= gutter + COLUMN_EDGE}
    rows_after = {round(each[0].base / 2) for each in run if each[0].left >= gutter - 1}
    if min(len(rows_before), len(rows_after)) < least or len(rows_begun) < 0.5 * len(rows_after):
        return None
    return worth, begin, end, gutter

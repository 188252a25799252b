"""Finds the reference lists among the printed lines of a PDF, and hands their layout on to the parser.

Pure: it sees lines with their places, never the file.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import groupby, pairwise
from statistics import median

from citations.extract.pdf_layout import PageLine
from citations.parse.cuts import cuts
from citations.parse.lines import Line
from citations.parse.section import alike, headed, headless, worth

MARGIN = 0.13
"""Share of the page height at top and bottom where running heads and page numbers stand."""

WIDE_MARGIN = 0.18
"""The same for what is repeated from page to page: text made for a smaller sheet leaves wider margins."""

PAGE_NUMBER = re.compile(
    r"(?:[-–—|\s]*\d{1,5}[-–—|\s]*|[ivxlc]{1,6}|(?:page|p\.|seite|página)\s*\d+(?:\s*(?:of|/|von|de)\s*\d+)?|\d+\s*(?:of|/)\s*\d+)$",
    re.IGNORECASE,
)
AROUND_NUMBER = "-–—| \t"
AROUND = re.compile(r"^\d{1,5}\b[\s|]*|[\s|]*\b\d{1,5}$")
FIRST = 40
"""Lines from which the usual type size of a list is read."""

TITLED = re.compile(r"(?:[A-H]|[1-9]\d?|[IVX]{1,4})(?:\.\d{1,2})*\.?\s+[A-Z][\w\s:\-]{3,70}(?<!-)$|[A-Z][A-Z\s]{5,60}$")
"""``A Further results``, ``7. Proofs``, ``ONLINE METHODS``."""

PROSE = -0.15
"""Mean worth of a line below which text is prose."""

STRAY = 3
"""From so many lines on, text in another size is no part of an entry."""

LARGER = 1.04
"""A line of this many times the usual font size is a heading or belongs to other text."""


def without_furniture(lines: Sequence[PageLine], texts: Sequence[str]) -> list[PageLine]:
    """Lines without page numbers, running heads and running feet."""
    heads = Counter(key for text in texts for key in _outer(text))
    repeated = {key for key, count in heads.items() if count >= max(2, min(3, len(texts) // 2))}
    rows: dict[tuple[int, int], list[PageLine]] = defaultdict(list)
    for line in lines:
        rows[line.page, round(line.base)].append(line)
    counted = _page_numbers(texts)
    furniture: set[int] = set()
    for index in _edges(lines):
        line = lines[index]
        row = " ".join(each.text for each in rows[line.page, round(line.base)])
        head = _in_margin(line, WIDE_MARGIN) and not repeated.isdisjoint((_head_key(row), _head_key(line.text)))
        number = _in_margin(line, MARGIN) and PAGE_NUMBER.match(line.text) and _stands_alone(line, lines)
        expected = counted.get(line.page) == line.text.strip(AROUND_NUMBER) and _is_outermost(line, lines)
        if head or number or expected:
            furniture.add(index)
    return [line for index, line in enumerate(lines) if index not in furniture]


def _in_margin(line: PageLine, share: float) -> bool:
    return not share * line.height <= line.base <= (1 - share) * line.height


def _page_numbers(texts: Sequence[str]) -> dict[int, str]:
    """The number that each page is expected to bear, where the pages count on; a single page may bear its 1."""
    distances: Counter[int] = Counter()
    for page, text in enumerate(texts, 1):
        lines = [line.strip(AROUND_NUMBER) for line in text.splitlines() if line.strip()]
        numbers = {line for line in (*lines[:2], *lines[-2:]) if line.isascii() and line.isdigit() and len(line) <= 5}
        distances.update({int(number) - page for number in numbers})
    distance, count = distances.most_common(1)[0] if distances else (0, 0)
    if count < max(2, len(texts) // 2) and not (len(texts) == 1 and not distance and count):
        return {}
    return {page: str(page + distance) for page in range(1, len(texts) + 1)}


def _is_outermost(line: PageLine, lines: Sequence[PageLine]) -> bool:
    """Whether nothing is printed below a line, or nothing above it, on its page, and white stands between."""
    others = [each.base for each in lines if each.page == line.page and abs(each.base - line.base) > 0.3 * line.size]
    return (not others or line.base < min(others) or line.base > max(others)) and _stands_alone(line, lines)


def _stands_alone(line: PageLine, lines: Sequence[PageLine]) -> bool:
    """Whether nothing is printed right above or below a line; the last line of an entry has its entry above."""
    others = [abs(each.base - line.base) for each in lines if each.page == line.page]
    return min((distance for distance in others if distance > 0.3 * line.size), default=line.height) > 1.45 * line.size


def _outer(text: str) -> set[str]:
    """Keys of the first and last lines of a page."""
    lines = [line for line in text.splitlines() if line.strip()]
    return {key for line in (*lines[:3], *lines[-3:]) if len(key := _head_key(line)) > 2}


def _head_key(text: str) -> str:
    """A running head without the page number beside it."""
    return " ".join(AROUND.sub("", text.strip()).casefold().split())


def _edges(lines: Sequence[PageLine]) -> set[int]:
    """Indices of the highest and lowest lines of each page."""
    by_page: dict[int, list[int]] = defaultdict(list)
    for index, line in enumerate(lines):
        by_page[line.page].append(index)
    found: set[int] = set()
    for indices in by_page.values():
        ordered = sorted(indices, key=lambda index: lines[index].base)
        found |= {*ordered[:4], *ordered[-4:]}
    return found


def list_runs(lines: Sequence[PageLine]) -> list[list[PageLine]]:
    """The reference lists among the lines, headings excluded."""
    plain = parse_lines(lines)
    runs = [(begin, _typographic_end(lines, begin, end)) for begin, end in headed(plain)]
    runs = [(begin, end) for begin, end in runs if alike(plain, begin, end, 0.4)]
    return [_of_one_size(lines[begin:end]) for begin, end in runs or headless(plain)]


def _of_one_size(run: Sequence[PageLine]) -> list[PageLine]:
    """The lines of a list without footnotes, captions and body text that stand between them in another type size."""
    labelled = [run[cut.first] for cut in cuts(parse_lines(run)) if cut.label]
    sizes = Counter(line.size for line in labelled or run[:FIRST]).most_common(1)
    kept: list[PageLine] = []
    for other, group in groupby(run, key=lambda line: abs(line.size - sizes[0][0]) > 0.04 * line.size):
        lines = list(group)
        if other and (len(lines) >= STRAY or lines[0].size < 0.93 * sizes[0][0]):
            continue
        kept += lines
    return kept


def _typographic_end(lines: Sequence[PageLine], begin: int, end: int) -> int:
    """Where a list ends by its looks: at a heading behind which no references follow."""
    if end - begin < 2:
        return end
    usual = median(line.size for line in lines[begin : min(end, begin + FIRST)])
    for index in range(begin + 1, end):
        line = lines[index]
        titled = len(line.text) < 90 and (line.size > LARGER * usual or bool(TITLED.match(line.text)))
        if titled and not _goes_on(lines[index + 1 : min(end, index + FIRST)]):
            return index
    return end


def _goes_on(lines: Sequence[PageLine]) -> bool:
    """Whether what follows is more of a list."""
    return bool(lines) and sum(worth(line.text) for line in lines) > PROSE * len(lines)


def parse_lines(lines: Sequence[PageLine]) -> tuple[Line, ...]:
    """Lines with indents, distances and fullness as the parser understands them."""
    columns: dict[tuple[int, int], list[PageLine]] = defaultdict(list)
    for line in lines:
        columns[line.page, line.column].append(line)
    lefts = {key: _left(column) for key, column in columns.items()}
    rights = {key: max(line.right for line in column) for key, column in columns.items()}
    pitches = [a.base - b.base for column in columns.values() for a, b in pairwise(column) if a.base > b.base]
    pitch = median(pitches) if pitches else 12.0
    found: list[Line] = []
    above: PageLine | None = None
    for line in lines:
        key = (line.page, line.column)
        same = above is not None and (above.page, above.column) == key
        gap = same and above is not None and above.base - line.base > 1.3 * pitch
        width = rights[key] - lefts[key]
        full = line.right >= rights[key] - 0.12 * width
        found.append(Line(line.text, 0, 0, (line.left - lefts[key]) / line.size, gap, full))
        above = line
    return tuple(found)


def _left(column: Sequence[PageLine]) -> float:
    """Left edge of a column: the leftmost place where lines begin more than once."""
    places = Counter(round(line.left) for line in column)
    often = [place for place, count in places.items() if count >= max(2, 0.05 * len(column))]
    return float(min(often, default=min(places)))

"""Cuts a reference list without numbers into entries: author-year lists, hanging indents, one reference a line.

Every way to cut the lines is scored (how the first line of each entry begins, how its last line ends, indent, distance,
alphabetical order, whether a year stands in it), and the best one is taken.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from citations.parse.lines import Line
from citations.parse.opening import DASHES, YEAR, YEAR_SOON, alphabetical, begins, ends, sort_key

LONGEST = 30
"""Most lines of one entry."""

STEP = 0.6
"""Ems from which an indent is an indent."""


@dataclass(frozen=True, slots=True)
class _Shape:
    """What the layout of this list says about where entries begin."""

    hanging: float = 0.0
    """Weight of standing at the left edge; negative where first lines are the indented ones."""
    base: float = 0.0
    gaps: bool = False
    sorted: bool = False
    wrapped: bool = True


def unnumbered(lines: Sequence[Line]) -> tuple[int, ...]:
    """Indices of the lines that begin an entry; the first line always does.

    >>> unnumbered((Line("Smith, J. (2001). A title"), Line("that goes on. Venue."), Line("Tan, K. (2002). B. Venue.")))
    (0, 2)
    """
    if not lines:
        return ()
    shape = _shape(lines)
    starts = [_start_score(lines, index, shape) for index in range(len(lines))]
    keys = [sort_key(line.text) if shape.sorted else "" for line in lines]
    years = [bool(YEAR.search(line.text)) for line in lines]
    best = [0.0] * (len(lines) + 1)
    origin = [0] * (len(lines) + 1)
    for end in range(1, len(lines) + 1):
        best[end] = float("-inf")
        dated = False
        for begin in range(end - 1, max(-1, end - LONGEST - 1), -1):
            dated = dated or years[begin]
            if begin and starts[begin] <= -1.5 and end - begin < LONGEST:
                continue
            score = best[begin] + starts[begin] + (0.5 if dated else -1.2) - 0.02 * max(0, end - begin - 8)
            if keys[begin] and end < len(lines) and keys[end]:
                score += 0.3 if keys[begin] <= keys[end] else -1.0
            if score > best[end]:
                best[end], origin[end] = score, begin
    cuts = []
    end = len(lines)
    while end > 0:
        end = origin[end]
        cuts.append(end)
    return tuple(reversed(cuts))


def _start_score(lines: Sequence[Line], index: int, shape: _Shape) -> float:
    """How well an entry can begin at this line."""
    if index == 0:
        return 0.0
    line, above = lines[index], lines[index - 1]
    score = begins(line.text) + ends(above.text)
    if len(above.text) <= 4 and DASHES.match(above.text):
        return -3.0
    following = lines[index + 1].text if index + 1 < len(lines) else ""
    if YEAR_SOON.match(f"{line.text} {following}"[:400]) and begins(line.text) > 0.5:
        score += 0.6
    if shape.hanging:
        score += shape.hanging * (1.8 if line.indent < shape.base + STEP else -3.0)
    if shape.gaps:
        score += 2.0 if line.gap else -1.8
    elif line.gap:
        score += 0.3
    if shape.wrapped:
        score += -0.5 if above.full else 0.6
    else:
        score += 0.5
    return score


def _shape(lines: Sequence[Line]) -> _Shape:
    """Read the layout off all lines together."""
    likely = [begins(line.text) >= 0.8 for line in lines]
    count = len(lines)
    gaps = sum(line.gap for line in lines[1:])
    telling = 0.08 * count <= gaps <= 0.75 * count
    if telling and any(likely):
        telling = sum(a and line.gap for a, line in zip(likely, lines, strict=True)) >= 0.4 * gaps
    base = min(
        (indent for indent, n in Counter(round(line.indent, 1) for line in lines).items() if n >= 0.08 * count),
        default=0.0,
    )
    deep = [line.indent >= base + STEP for line in lines]
    hanging = _hanging(deep, likely)
    keys = [sort_key(line.text) for line, good in zip(lines, likely, strict=True) if good]
    unknown = [line.full is None for line in lines]
    wrapped = not all(unknown) and sum(line.full is True for line in lines) > 0.25 * count
    return _Shape(hanging, base, telling, alphabetical(keys), wrapped)


def _hanging(deep: Sequence[bool], likely: Sequence[bool]) -> float:
    """1 for hanging indents, -1 for indented first lines, 0 if indents say nothing."""
    count = len(deep)
    inside = sum(deep)
    if not 0.1 * count <= inside <= 0.92 * count or count < 3:
        return 0.0
    begun_deep = sum(a and b for a, b in zip(deep, likely, strict=True)) / inside
    begun_flush = sum(b and not a for a, b in zip(deep, likely, strict=True)) / (count - inside)
    if begun_flush > begun_deep + 0.25:
        return 1.0
    return -1.0 if begun_deep > begun_flush + 0.25 else 0.0

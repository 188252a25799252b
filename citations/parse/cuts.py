"""Cuts printed lines into entries, numbered or not: the one place where the two ways meet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from citations.parse.lines import Line
from citations.parse.numbering import Mark, numbering
from citations.parse.strays import Part, parts
from citations.parse.unnumbered import unnumbered


@dataclass(frozen=True, slots=True)
class Cut:
    """A run of lines that is one entry."""

    first: int
    """Index of its first line."""
    last: int
    """Index behind its last line."""
    label: str = ""
    width: int = 0
    """Characters of the first line that are its label."""


def cuts(lines: Sequence[Line]) -> tuple[Cut, ...]:
    """Entries as runs of lines; between and around the labels, what looks like an entry of its own is one."""
    return _cuts(tuple(lines))


@lru_cache(maxsize=4)
def _cuts(lines: tuple[Line, ...]) -> tuple[Cut, ...]:
    """Remembered, since a list is cut once to see whether it is one and once more to be read."""
    if not lines:
        return ()
    marks = numbering(lines) or tuple(Mark(line, "", 0) for line in unnumbered(lines))
    found = list(parts(lines, 0, marks[0].line, None))
    ends = (*(mark.line for mark in marks[1:]), len(lines))
    for mark, end in zip(marks, ends, strict=True):
        found += parts(lines, mark.line, end, Part(mark.line, end, mark.label, mark.width))
    return tuple(Cut(part.first, part.last, part.label, part.width) for part in found)

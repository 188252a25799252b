"""Cuts the text of a reference section into its entries."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from itertools import pairwise

from citations.parse.cuts import cuts
from citations.parse.lines import Line, read_lines
from citations.parse.section import is_heading
from citations.parse.several import own_label, several, without_prose

LONG_LINE = 2_000
"""From this length on a line may hold several entries."""

NEWLINE = re.compile(r"\r\n|[\n\r]")
"""What editors count as the end of a line."""

INLINE = re.compile(r"(?<=\s)(?<!\.\.\s)(?=\[\d{1,4}\]\s?[^\W\d_\"“])")


@dataclass(frozen=True, slots=True)
class Entry:
    """One printed reference."""

    raw: str
    """As it stands in the text, label included."""
    label: str
    """Printed number or label, empty where there is none; works cited under one number share it."""
    start: int
    """Offset of its first character in the given text."""
    end: int
    """Offset behind its last character."""
    line: int
    """1-based line of the given text on which it begins."""


def segment(text: str) -> tuple[Entry, ...]:
    r"""Entries of a reference section, in printed order.

    Numbered, labelled, bulleted and author-year lists are understood, with or without hanging indents; a heading above
    the list is skipped. Nothing is raised, and time is linear in the length of the text.

    >>> [(entry.label, entry.line) for entry in segment("References\n[1] A. Smith, X, 2001.\n[2] B. Doe,\nY, 2002.")]
    [('1', 2), ('2', 3)]
    """
    lines = _broken(read_lines(text))
    if lines and is_heading(lines[0].text):
        lines = lines[1:]
    entries: list[Entry] = []
    breaks = [match.end() for match in NEWLINE.finditer(text)]
    for cut in cuts(lines):
        start, end = lines[cut.first].start, lines[cut.last - 1].end
        raw = text[start:end]
        offsets = [0, *several(raw, labelled=bool(cut.width)), len(raw)]
        for begin, stop in pairwise(offsets):
            part = raw[begin:stop].rstrip() if stop == len(raw) else without_prose(raw[begin:stop].rstrip())
            label = own_label(part, cut.label) if begin else cut.label
            at = start + begin
            entries.append(Entry(part, label, at, at + len(part), bisect_right(breaks, at) + 1))
    return tuple(entries)


def _broken(lines: tuple[Line, ...]) -> tuple[Line, ...]:
    """Break lines in front of bracketed numbers where the line breaks of the list were lost."""
    if not lines or (len(lines) > 3 and max(line.end - line.start for line in lines) < LONG_LINE):
        return lines
    pieces: list[Line] = []
    for line in lines:
        offsets = [0, *(match.start() for match in INLINE.finditer(line.text)), len(line.text)]
        for begin, stop in pairwise(offsets):
            part = line.text[begin:stop].rstrip()
            pieces.append(
                Line(part, line.start + begin, line.start + begin + len(part), line.indent, line.gap and not begin)
            )
    return tuple(pieces)

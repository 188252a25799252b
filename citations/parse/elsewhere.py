"""Finds works that a text lists outside its reference lists: further reading, software, tables of papers.

What is read here would otherwise vanish without a word. Prose that mentions works is left to ``citations.parse.inline``.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace

from citations.parse.likeness import CITES, LABEL, likeness
from citations.parse.lines import Line, read_lines
from citations.parse.opening import YEAR, begins
from citations.parse.section import MARKDOWN, Section, heading_of, is_heading
from citations.parse.segment import NEWLINE, Entry
from citations.parse.strays import CAPTION, NUMBER, NUMBERED, WORKS, is_row, is_work_row

HEADER = re.compile(r"\b(?:title|paper|reference|citation|authors?|article|book|publication)s?\b", re.IGNORECASE)
"""What the head of a table of works names."""

TEXTUAL = re.compile(r"[^()]{2,80}?\(?(?:1[89]|20)\d\d[a-z]?\)?,? [a-z]")
"""``Smith et al. (2020) showed``: a sentence, no entry."""

FENCE = re.compile(r"(?:```|~~~)")
FEWEST = 6
"""Words."""

SURE = 0.7
"""Likeness from which an item below any heading is an entry."""

LIKELY = 0.5
"""The same below the heading of a list of works."""

LONGEST = 800
"""Characters of an entry."""

PIECE = 8
"""Most lines of an entry that are looked at."""


@dataclass(frozen=True, slots=True)
class Loose:
    """Something that looks like a reference outside every reference list."""

    entry: Entry
    listed: bool
    """It is an item of a list or a row of a table, and can be read; otherwise it is a paragraph like any other."""


def elsewhere(text: str, sections: Sequence[Section]) -> tuple[Loose, ...]:
    r"""Works listed outside the reference lists, in order.

    >>> text = "## Software\n\n- Quill, P. (2022). Neural fable detection. Machine Learning, 3, 1-9."
    >>> [(each.entry.line, each.listed) for each in elsewhere(text, ())]
    [(3, True)]
    """
    lines = _free(text, sections)
    after = min((section.end for section in sections), default=len(text))
    breaks = [match.end() for match in NEWLINE.finditer(text)]
    found: list[Loose] = []
    works = table = False
    index = 0
    while index < len(lines):
        line = lines[index]
        row = is_row(line.text)
        table = row and (table or bool(HEADER.search(line.text)))
        if _is_title(line.text):
            works = is_heading(line.text) or bool(WORKS.fullmatch(heading_of(line.text)))
            index += 1
            continue
        end = index + 1 if row else _piece_end(lines, index)
        late = line.start > after
        if (table and is_work_row(line.text)) if row else _is_work(lines[index:end], works=works, late=late):
            labelled = row or bool(LABEL.match(line.text))
            found.append(Loose(_entry(text, line.start, lines[end - 1].end, breaks), works or labelled))
            index = end
        else:
            index += 1
    return tuple(found)


def _free(text: str, sections: Sequence[Section]) -> tuple[Line, ...]:
    """Lines outside the lists and outside program listings; a gap stands where something was left out."""
    free: list[Line] = []
    places = iter(sections)
    section = next(places, None)
    fenced = gap = False
    for line in read_lines(text):
        while section is not None and line.start >= section.end:
            section = next(places, None)
        fence = FENCE.match(line.text)
        fenced ^= bool(fence)
        if fenced or fence or (section is not None and line.start >= section.start):
            gap = True
            continue
        free.append(replace(line, gap=line.gap or gap))
        gap = False
    return tuple(free)


def _is_title(text: str) -> bool:
    """Whether a line is the heading of what follows."""
    return bool(MARKDOWN.match(text) or CAPTION.match(text) or heading_of(text)) and not YEAR.search(text)


def _piece_end(lines: Sequence[Line], index: int) -> int:
    """Index behind the paragraph or item that begins at a line."""
    end = index + 1
    while end < len(lines) and end < index + PIECE:
        line = lines[end]
        if line.gap or is_row(line.text) or LABEL.match(line.text) or MARKDOWN.match(line.text):
            break
        end += 1
    return end


def _is_work(lines: Sequence[Line], *, works: bool, late: bool) -> bool:
    """Whether a paragraph or item is an entry: below the heading of a list of works less is asked for."""
    text = " ".join(line.text for line in lines)
    label = LABEL.match(text)
    if not (label or works or (late and lines[0].gap)) or len(text) > LONGEST:
        return False
    body = text[label.end() if label else 0 :].lstrip("*_[“\"'")
    if len(body.split()) < FEWEST or not (YEAR.search(body) or NUMBERED.search(body)):
        return False
    authors = begins(body) >= 0.8
    if works and label:
        return authors or likeness(text) >= LIKELY
    return authors and not TEXTUAL.match(body) and not CITES.search(body) and likeness(text) >= SURE


def _entry(text: str, start: int, end: int, breaks: Sequence[int]) -> Entry:
    raw = text[start:end]
    number = NUMBER.match(raw)
    label = number[number.lastindex or 1] if number else ""
    return Entry(raw, label, start, end, bisect_right(breaks, start) + 1)

"""Finds entries that stand between or behind the numbered ones: bullets, repeated or mistyped numbers, table rows.

Nothing may hide in a neighbour: a work that is glued to the entry above it would never be checked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from citations.parse.likeness import IDENTIFIER, likeness
from citations.parse.lines import Line
from citations.parse.numbering import BULLET
from citations.parse.opening import YEAR, begins, ends

NUMBER = re.compile(r"(?:\[(\d{1,3})\]|\((\d{1,3})\)|(\d{1,3})[.)])\s+(?=\S)")
"""A number in front of an entry in any of the usual forms; a year is none."""

CAPTION = re.compile(r"#{1,6}\s+\S.{0,80}$|(\*\*|__)[^*_]{2,60}\1:?$|[^\W\d_][^.;\d]{1,60}:$")
"""``## Software``, ``**Books**``, ``More:``."""

WORKS = re.compile(
    r"(?:further|suggested|additional|recommended|background|key)?(?:reading|readings|readinglist)|(?:key|related|other|selected)?"
    r"(?:software|books?|papers?|articles?|publications?|preprints?|reports?|thesis|theses|literature|works|datasets?|packages?|"
    r"websites?|onlinesources|primarysources|secondarysources|seealso)"
)
"""Headings of further lists, folded to letters."""

NUMBERED = re.compile(r"\b10\.\d{4,9}/\S|arxiv[:./]|\bPMID\b|\bISBN\b", re.IGNORECASE)
"""An identifier of a work; an address alone says nothing."""

WORD = re.compile(r"[^\W\d_]{2,}")

AUTHORS = 0.8
"""What ``begins`` gives a line that opens with authors."""

PLAIN = 40
"""Characters of a caption without any marks."""

PIECE = 6
"""Lines that are looked at to see whether an entry begins."""

FEWEST = 5
"""Words of the shortest entry that is believed without a label of the list's own kind."""

SHORTEST = 3
"""Words of the shortest entry that has a label and no neighbour."""

BELOW_CAPTION = 0.35
"""Likeness to a reference of what begins without a label and an author below a caption of the list."""

ABOVE_LIST = 0.9
"""The same above the first label, where prose may stand."""

NESTED = 1.5
"""Ems by which the notes below an entry are indented."""


@dataclass(frozen=True, slots=True)
class Part:
    """A run of lines that is one entry of a list."""

    first: int
    last: int
    """Index behind its last line."""
    label: str = ""
    width: int = 0
    """Characters of the first line that are its label."""


def parts(lines: Sequence[Line], first: int, last: int, own: Part | None) -> Iterator[Part]:
    """The entries between two labels: the one that the first label begins (``own``), then those that have none.

    Captions, rules of tables and rows that are no works are left out of all of them.
    """
    is_open = own is not None
    start, label, width = first, own.label if own else "", own.width if own else 0
    for index in range(first + is_open, last):
        row = is_row(lines[index].text)
        mark = _mark(lines, index)
        if not (row or is_caption(lines, index) or _opens(lines, index, mark, start if is_open else None, last, own)):
            continue
        if is_open:
            yield Part(start, _without_prose(lines, start, index), label, width)
        start, label, width = index, *mark
        is_open = not row and not is_caption(lines, index)
        if row and is_work_row(lines[index].text):
            yield Part(index, index + 1)
    if is_open:
        yield Part(start, last, label, width)


def is_caption(lines: Sequence[Line], index: int) -> bool:
    """Whether a line names the group of entries below it."""
    line = lines[index]
    if len(line.text) <= PLAIN and WORKS.fullmatch("".join(each for each in line.text if each.isalpha()).casefold()):
        return "." not in line.text and (not index or ends(lines[index - 1].text) > 0)
    if not CAPTION.match(line.text) or YEAR.search(line.text):
        return False
    if line.text.startswith(("#", "*", "_")):
        return True
    if index + 1 == len(lines) or begins(line.text) < -1:
        return False
    below = lines[index + 1]
    if line.gap:
        return below.gap or bool(_mark(lines, index + 1)[1])
    return not index or (ends(lines[index - 1].text) > 0 and begins(below.text) >= AUTHORS)


def _without_prose(lines: Sequence[Line], start: int, end: int) -> int:
    """The end of an entry without the paragraph of prose that stands between it and the next."""
    begin = end - 1
    while begin > start and not lines[begin].gap:
        begin -= 1
    text = " ".join(line.text for line in lines[begin:end][:PIECE])
    is_prose = begin > start and not (YEAR.search(text) or IDENTIFIER.search(text)) and likeness(text) < BELOW_CAPTION
    return begin if is_prose else end


def is_row(text: str) -> bool:
    """Whether a line is a row of a Markdown table."""
    return text.startswith("|") and text.endswith("|") and len(text) > 2


def is_work_row(text: str) -> bool:
    """Whether a row of a table holds a work: words, and a year or an identifier."""
    cells = row_cells(text)
    return len(WORD.findall(cells)) >= FEWEST and bool(YEAR.search(cells) or NUMBERED.search(cells))


def row_cells(text: str) -> str:
    """The cells of a row as one sentence, without the number in front.

    >>> row_cells('| 4 | Quill, P., "Neural detection", ICML | 2022 |')
    'Quill, P., "Neural detection", ICML, 2022'
    """
    cells = [cell.strip() for cell in text.strip().strip("|").split("|")]
    return ", ".join(
        cell for number, cell in enumerate(cells) if cell and (number or not cell.strip("#[]().").isdigit())
    )


def _mark(lines: Sequence[Line], index: int) -> tuple[str, int]:
    """The label of a line and how many characters it takes; 0 if there is none."""
    text = lines[index].text
    number = NUMBER.match(text)
    if number:
        return number[number.lastindex or 1], number.end()
    bullet = BULLET.match(text)
    return "", bullet.end() if bullet else 0


def _opens(
    lines: Sequence[Line], index: int, mark: tuple[str, int], above: int | None, last: int, own: Part | None
) -> bool:
    """Whether an entry begins at a line although the list's own numbers do not say so."""
    label, width = mark
    if above is not None and not width and not (lines[index].gap and own and own.width):
        return False
    text = lines[index].text[width:].lstrip("*_[“\"'")
    authors = begins(text) >= AUTHORS
    if above is not None and not (width or authors):
        return False
    piece = _piece(lines, index, last, width)
    told = bool(YEAR.search(piece) or IDENTIFIER.search(piece))
    alike = likeness(piece) >= 0.5 and len(piece.split()) >= FEWEST
    finished = index > 0 and ends(lines[index - 1].text.rstrip("*_")) > 0
    if above is None and width:
        return len(piece.split()) >= SHORTEST and (told or authors or alike)
    if above is None:
        return told and (alike if authors else likeness(piece) >= (BELOW_CAPTION if own else ABOVE_LIST))
    if not label and width and lines[index].indent <= lines[above].indent + NESTED:
        listed = bool(BULLET.match(lines[above].text))
        return listed or ((authors or (told and alike)) and (lines[index].gap or finished))
    if not (told and alike and finished):
        return False
    complete = " ".join(line.text for line in lines[above:index][-PIECE:])
    if not (YEAR.search(complete) or IDENTIFIER.search(complete)):
        return False
    return authors or lines[index - 1].full is False


def _piece(lines: Sequence[Line], index: int, last: int, width: int) -> str:
    """The text of what might begin at a line, up to the next label or gap."""
    words = [lines[index].text[width:]]
    for line in lines[index + 1 : min(last, index + PIECE)]:
        if line.gap or NUMBER.match(line.text) or BULLET.match(line.text):
            break
        words.append(line.text)
    return " ".join(words)

"""The parts of an answer in Markdown or plain text: list items, paragraphs, fenced code, with exact offsets."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

_MARKER = re.compile(
    r"[ \t]{0,12}(?:>[ \t]?)*(?:[-*•+–·◦▪][ \t]+)?"
    r"(?:\[\^?(?P<bracket>\d{1,3}|[A-Za-z][\w+-]{1,20})\]:?|\*{0,2}(?P<number>\d{1,3})[.)]\*{0,2}|\((?P<round>\d{1,3})\))[ \t]+(?=\S)"
)
_BULLET = re.compile(r"[ \t]{0,12}(?:>[ \t]?)*[-*•+–·◦▪][ \t]+(?=\S)")
_HEADING = re.compile(
    r"[#*_ \t\d.]*(?:references?|bibliography|works cited|sources?|citations?|literature(?: cited)?|further reading|literatur(?:verzeichnis)?|"
    r"quellen|références|bibliographie|bibliografía|referencias)(?: list)?[:*_# \t]*$",
    re.IGNORECASE,
)
_ANY_HEADING = re.compile(r"[ \t]{0,3}#{1,6}[ \t]")
_KEYED = re.compile(
    r"[ \t]{0,12}(?:[-*•+–·◦▪][ \t]+)?[*_]{0,3}(?:authors?|title|year|date|published(?: in)?|publication(?: date)?|journal|venue|conference|publisher|doi|link|"
    r"url|arxiv|source|volume|pages|isbn)[*_]{0,3}[ \t]?:",
    re.IGNORECASE,
)
_ENDED = re.compile(r"(?:[.)\]/\d>]|https?://\S{4,60}|10\.\d{4}\S{2,60})[*_ \t\r]*\n$")
_FENCE = re.compile(r"[ \t]{0,3}(?:```|~~~)")


class BlockKind(StrEnum):
    """What a block is."""

    ITEM = "item"
    PARAGRAPH = "paragraph"
    CODE = "code"


@dataclass(frozen=True, slots=True)
class Block:
    """A part of the text without its list marker."""

    kind: BlockKind
    start: int
    end: int
    number: str = ""
    """Printed number or key of a list item: ``12``."""
    listed: bool = False
    """It stands under a heading such as "References"."""


def blocks(text: str) -> Iterator[Block]:
    """Cut a text into blocks in one pass over its lines; nothing but markers, headings and blank lines is left out."""
    listed = False
    for part in _fenced(text):
        if part.kind is BlockKind.CODE:
            yield part
            continue
        open_block: Block | None = None
        for start, end in _lines(text, part.start, part.end):
            line = text[start:end].rstrip()
            if _ANY_HEADING.match(line) or _HEADING.match(line):
                listed = bool(_HEADING.match(line))
                line = ""
            if line.strip():
                begun = _begun(text, start, end, open_block, listed=listed)
                if begun is None and open_block:
                    open_block = replace(open_block, end=end)
                    continue
            else:
                begun = None
            if open_block:
                yield open_block
            open_block = begun
        if open_block:
            yield open_block


def _begun(text: str, start: int, end: int, open_block: Block | None, *, listed: bool) -> Block | None:
    """The block that the line begins, ``None`` if it continues the open one."""
    line = text[start:end]
    if open_block and _KEYED.match(line):
        return None
    item = _item(line, start, end, listed=listed)
    if item:
        return item
    next_entry = listed and not line[0].isspace() and bool(_ENDED.search(text, max(0, start - 80), start))
    if open_block and not (next_entry and open_block.kind is BlockKind.PARAGRAPH):
        return None
    return Block(BlockKind.PARAGRAPH, start + len(line) - len(line.lstrip()), end, listed=listed)


def _fenced(text: str) -> Iterator[Block]:
    """The text cut at its code fences; an open fence goes to the end."""
    begin, code = 0, False
    for start, end in _lines(text, 0, len(text)):
        if _FENCE.match(text, start, end):
            yield Block(BlockKind.CODE if code else BlockKind.PARAGRAPH, begin, start)
            begin, code = min(end + 1, len(text)), not code
    yield Block(BlockKind.CODE if code else BlockKind.PARAGRAPH, begin, len(text))


def _lines(text: str, start: int, stop: int) -> Iterator[tuple[int, int]]:
    while start < stop:
        end = text.find("\n", start, stop)
        end = stop if end < 0 else end
        yield start, end
        start = end + 1


def _item(line: str, start: int, end: int, *, listed: bool) -> Block | None:
    """The line as the first of a list item, without its marker."""
    marker = _MARKER.match(line)
    number = ""
    if marker:
        number = marker["bracket"] or marker["number"] or marker["round"] or ""
    marker = marker if number else _BULLET.match(line)
    return Block(BlockKind.ITEM, start + marker.end(), end, number, listed) if marker else None

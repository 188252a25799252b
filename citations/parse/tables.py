"""Rows of Markdown tables that list works: their columns tell title, authors, year and venue."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from citations.identifiers import find_identifiers
from citations.names import NameList, read_names
from citations.parse.answer_styles import arranged
from citations.parse.fields import parse_fields
from citations.parse.items import Setting
from citations.parse.prose import Mention
from citations.types import Fields, Scheme

_RULE = re.compile(r"[\s|:-]*-[\s|:-]*")
_CELL = re.compile(r"(?<!\\)\|")
_COLUMNS = {
    "title": r"titles?|names?",
    "work": r"(?:papers?|works?|articles?|books?|publications?|references?|citations?|studies|study|sources?)(?: title| name)?|title of (?:the )?(?:paper|work|book|article)",
    "authors": r"authors?(?:\(s\))?|authors? names?|by|researchers",
    "year": r"years?|dates?|published|publication (?:year|date)|year published",
    "venue": r"venues?|journals?|conferences?|published in|publication venue|journal/conference|venue/journal|publishers?|where",
    "link": r"dois?|links?|urls?|arxiv(?: id)?|identifiers?",
}
_READ_COLUMNS = {name: re.compile(pattern, re.IGNORECASE) for name, pattern in _COLUMNS.items()}
_YEAR = re.compile(r"(?<!\d)(?P<value>(?:1[5-9]|20)\d\d)(?!\d)")
_WHOLE = re.compile(r"[“\"*_]|\d{4}|[^\W\d_]\.,? ")
_WIDEST = 12


@dataclass(frozen=True, slots=True)
class _Line:
    """A row without the bars around it."""

    start: int
    cells: str


@dataclass(frozen=True, slots=True)
class _Cells:
    """What the columns of one row hold; empty where there is no such column."""

    title: str = ""
    work: str = ""
    authors: str = ""
    year: str = ""
    venue: str = ""
    link: str = ""


def table_rows(text: str, start: int, end: int, around: Setting) -> list[Mention]:
    """The works that the rows of a table in ``text[start:end]`` name; empty where it holds no table of works. Never raises.

    A table with a column of titles only is read where it has one of authors too or the text says that it lists works.
    """
    lines = list(_lines(text, start, end))
    if len(lines) < 3 or not _RULE.fullmatch(lines[1].cells):
        return []
    columns = [_column(cell) for cell in _cells(lines[0].cells)]
    told = "work" in columns or ("title" in columns and ("authors" in columns or around.lists_works))
    if not told or len(columns) > _WIDEST:
        return []
    rows = (_row(line, columns) for line in lines[2:])
    return [row for row in rows if row]


def _lines(text: str, start: int, end: int) -> Iterator[_Line]:
    if text.find("|", start, end) < 0:
        return
    for line in text[start:end].splitlines(keepends=True):
        cells = line.strip().removeprefix("|").removesuffix("|").strip()
        if "|" in line and cells:
            yield _Line(start + line.index(cells), cells)
        start += len(line)


def _column(header: str) -> str:
    bare = header.strip(" *_#:`")
    return next((name for name, pattern in _READ_COLUMNS.items() if pattern.fullmatch(bare)), "")


def _cells(row: str) -> list[str]:
    return [cell.strip() for cell in _CELL.split(row)]


def _row(line: _Line, columns: Sequence[str]) -> Mention | None:
    printed = dict(zip(reversed(columns), reversed(_padded(_cells(line.cells), len(columns))), strict=True))
    printed.pop("", None)
    cells = _Cells(**printed)
    fields = _fields(cells)
    if not fields.title or not (fields.authors or fields.year or fields.venue or fields.doi or fields.arxiv):
        return None
    return Mention(line.start, line.start + len(line.cells), fields)


def _padded(cells: list[str], size: int) -> list[str]:
    return [*cells[:size], *[""] * (size - len(cells))]


def _fields(cells: _Cells) -> Fields:
    year = _YEAR.search(cells.year)
    cell = arranged(cells.title or cells.work).text
    identifiers = {
        each.scheme: each.value for each in reversed(find_identifiers(f"{cells.title or cells.work} {cells.link}"))
    }
    names = read_names(cells.authors.strip(" *_")) if cells.authors else NameList(())
    if not cells.title and not cells.authors and _WHOLE.search(cell):
        fields = parse_fields(f"{cell}, {year['value']}" if year else cell)
    else:
        title = re.sub(r"\s*https?://\S+$", "", cell).strip(" *_“”\"'")
        fields = Fields(title=title, authors=names.names, et_al=names.et_al)
    return replace(
        fields,
        year=int(year["value"]) if year else fields.year,
        venue=cells.venue.strip(" *_") or fields.venue,
        doi=identifiers.get(Scheme.DOI, "") or fields.doi,
        arxiv=identifiers.get(Scheme.ARXIV, "") or fields.arxiv,
    )

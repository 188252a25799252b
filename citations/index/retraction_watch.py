"""The Retraction Watch database as CSV, as Crossref hands it out: https://gitlab.com/crossref/retraction-watch-data."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from functools import lru_cache
from typing import BinaryIO

from citations.identifiers import normalise_doi, normalise_pmid
from citations.index.schema import REGISTRY, Decoded, Record, Skipped
from citations.index.streams import unpacked
from citations.names import read_name
from citations.titles import plain
from citations.types import Fields, Kind, Name, Retraction, RetractionKind, Work

COLUMNS = frozenset({"Record ID", "Title", "OriginalPaperDOI", "RetractionNature", "RetractionDate"})
"""Columns that only this table has together."""

_NATURES = {
    "retraction": RetractionKind.RETRACTED,
    "expression of concern": RetractionKind.CONCERN,
}
_REINSTATED = "reinstatement"
_NO_DOI = {"unavailable", "unknown", "not available", ""}


def read_retraction_watch(file: BinaryIO, skip: int = 0) -> Iterator[Decoded]:
    """One record a work, with its newest state, without the first ``skip``.

    The table has a row a notice: a work that was reinstated after its retraction stands again.
    """
    text = io.TextIOWrapper(unpacked(file), encoding="utf-8-sig", errors="replace", newline="")
    csv.field_size_limit(1 << 20)
    newest: dict[str, dict[str, str]] = {}
    try:
        for row in csv.DictReader(text):
            cells = {name: value for name, value in row.items() if isinstance(name, str) and isinstance(value, str)}
            mark = _work_mark(cells)
            held = newest.get(mark)
            if held is None or _rank(cells) >= _rank(held):
                newest[mark] = cells
    except csv.Error as error:
        raise ValueError(f"no table: {error}") from error
    finally:
        text.detach()
    for number, cells in enumerate(newest.values()):
        if number >= skip:
            yield decode_retraction(cells)


def _work_mark(cells: dict[str, str]) -> str:
    return _doi(cells, "OriginalPaperDOI") or _pmid(cells) or f"record {cells.get('Record ID')}"


def _rank(cells: dict[str, str]) -> tuple[int, str]:
    """Later notices count; a correction says nothing about an earlier retraction."""
    nature = cells.get("RetractionNature", "").strip().lower()
    return int(nature in _NATURES or nature == _REINSTATED), iso_date(cells.get("RetractionDate", ""))


def decode_retraction(cells: dict[str, str]) -> Decoded:
    """One row as a work that was taken back."""
    nature = cells.get("RetractionNature", "").strip().lower()
    kind = _NATURES.get(nature)
    if kind is None:
        return Skipped(nature or "no nature")
    title, doi, pmid = plain(cells.get("Title", "")), _doi(cells, "OriginalPaperDOI"), _pmid(cells)
    if not title:
        return Skipped("no title")
    published = iso_date(cells.get("OriginalPaperDate", ""))[:4]
    record = cells.get("Record ID", "").strip()
    return Record(
        Work(
            registry=REGISTRY,
            key=f"retraction-watch:{record}",
            url=f"https://doi.org/{doi}" if doi else "https://retractiondatabase.org/",
            fields=Fields(
                title=title,
                authors=tuple(_name(part.strip()) for part in cells.get("Author", "").split(";") if part.strip()),
                year=int(published) if published else None,
                venue=plain(cells.get("Journal", "")),
                publisher=plain(cells.get("Publisher", "")),
                kind=Kind.CONFERENCE if "Conference" in cells.get("ArticleType", "") else Kind.ARTICLE,
                doi=doi,
                pmid=pmid,
            ),
            retraction=Retraction(
                kind, _doi(cells, "RetractionDOI"), iso_date(cells.get("RetractionDate", "")), "retraction-watch"
            ),
        )
    )


def iso_date(text: str) -> str:
    """A US date with an hour as ISO date, empty if it is none.

    >>> iso_date("3/4/2021 0:00")
    '2021-03-04'
    """
    parts = text.strip().split(" ")[0].split("/")
    if len(parts) != 3 or not all(part.isdigit() for part in parts) or len(parts[2]) != 4:
        return ""
    month, day, year = (int(part) for part in parts)
    return f"{year}-{month:02d}-{day:02d}"


def _doi(cells: dict[str, str], column: str) -> str:
    text = cells.get(column, "").strip()
    return "" if text.lower() in _NO_DOI else normalise_doi(text)


def _pmid(cells: dict[str, str]) -> str:
    """The column went through a spreadsheet: ``12345678.0``, and 0 for none."""
    text = cells.get("OriginalPaperPubMedID", "").strip().removesuffix(".0")
    return normalise_pmid(text) if text.isdigit() and text.strip("0") else ""


@lru_cache(maxsize=20_000)
def _name(text: str) -> Name:
    return read_name(text)

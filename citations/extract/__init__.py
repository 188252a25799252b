"""One module an input format; the table of them stands here.

>>> from citations.extract import open_document, extract
>>> for each in extract(open_document("paper.tex")):  # doctest: +SKIP
...     print(each.location, each.raw)
"""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Iterator
from functools import lru_cache
from importlib import import_module
from importlib.metadata import entry_points
from pathlib import Path

from citations.errors import UnreadableInput
from citations.extract.interface import Document, Extractor, Limits
from citations.extract.sources import Source, find_sources
from citations.types import Extracted

__all__ = ["Document", "Extractor", "Limits", "Source", "extract", "extractor_for", "find_sources", "open_document"]

_BUILT_IN = {
    "pdf": "citations.extract.pdf:PdfExtractor",
    "ris": "citations.extract.ris:RisExtractor",
    "csl": "citations.extract.csl:CslExtractor",
    "bbl": "citations.extract.bbl:BblExtractor",
    "latex": "citations.extract.latex:LatexExtractor",
    "bibtex": "citations.extract.bibtex:BibtexExtractor",
    "text": "citations.extract.text:TextExtractor",
}
"""Lazy ``module:Class`` by name, in the order in which they are asked whether they know the content."""
_SUFFIXES = {
    ".pdf": "pdf",
    ".ris": "ris",
    ".json": "csl",
    ".bbl": "bbl",
    ".tex": "latex",
    ".ltx": "latex",
    ".bib": "bibtex",
    ".bibtex": "bibtex",
    ".txt": "text",
    ".md": "text",
    ".markdown": "text",
    ".text": "text",
    ".rst": "text",
    ".qmd": "text",
    ".rmd": "text",
}
_GROUP = "factprobe.extractors"
_HEAD = 8192
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_ARCHIVES = {
    b"PK\x03\x04": "a zip archive or an office document",
    b"PK\x05\x06": "an empty zip archive",
    b"\x1f\x8b": "a gzip archive",
    b"BZh": "a bzip2 archive",
    b"\xfd7zXZ\x00": "an xz archive",
    b"7z\xbc\xaf\x27\x1c": "a 7z archive",
    b"Rar!\x1a\x07": "a rar archive",
    b"(\xb5/\xfd": "a zstandard archive",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1": "an old office document",
}
"""What files begin with that hold other files."""
_log = logging.getLogger(__name__)


def open_document(path: Path | str, *, root: Path | None = None, limits: Limits | None = None) -> Document:
    """Read a file, or standard input for ``-``; ``root`` (default: the file's folder) bounds what it may include.

    Raises ``UnreadableInput`` and nothing else.
    """
    limits = limits or Limits()
    if str(path) == "-":
        data = sys.stdin.buffer.read(limits.max_bytes + 1)
        return Document("-", _bounded("standard input", len(data), data, limits), limits=limits)
    file = Path(path)
    try:
        if file.is_dir():
            raise UnreadableInput(f"{path} is a folder", hint="name a file, or let find_sources list its papers")
        resolved = file.resolve(strict=True)
        if not resolved.is_file():
            raise UnreadableInput(f"{path} is not a regular file", hint="pipe it in: verifier scan - < FILE")
        size = resolved.stat().st_size
        data = b""
        if size <= limits.max_bytes:
            with resolved.open("rb") as stream:
                data = stream.read(limits.max_bytes + 1)
    except FileNotFoundError:
        raise UnreadableInput(f"there is no file {path}", hint="check the name") from None
    except (OSError, ValueError, RuntimeError) as error:
        reason = getattr(error, "strerror", "") or "not a name of a file"
        raise UnreadableInput(f"{path} cannot be read: {reason}") from None
    _bounded(str(path), max(size, len(data)), data, limits)
    return Document(str(path), data, resolved, (root or resolved.parent).resolve(), limits)


def _bounded(name: str, size: int, data: bytes, limits: Limits) -> bytes:
    if size > limits.max_bytes:
        raise UnreadableInput(
            f"{name} has more than the {limits.max_bytes:,} bytes that are read",
            hint="scan a smaller file, or raise the limit with --max-bytes",
        )
    return data


def extract(document: Document) -> Iterator[Extracted]:
    """References and unreadable entries of a document, in file order; raises ``UnreadableInput`` and nothing else."""
    return extractor_for(document).extract(document)


def extractor_for(document: Document) -> Extractor:
    """The extractor for the document's name or, where that says nothing or is contradicted, for its content."""
    head = document.data[:_HEAD]
    suffix = Path(document.name).suffix.lower()
    if b"%PDF-" in head[:1024]:
        return _load("pdf")
    for magic, kind in _ARCHIVES.items():
        if head.startswith(magic):
            raise UnreadableInput(
                f"{document.name} is {kind}, which is not read",
                hint="unpack it, or save it as PDF or text, and scan that",
            )
    if (
        suffix != ".pdf"
        and len(_CONTROL.findall(head)) > len(head) // 20
        and not head.startswith((b"\xff\xfe", b"\xfe\xff"))
    ):
        raise UnreadableInput(
            f"{document.name} holds binary data, not text", hint="scan a .bib, .tex, .bbl, .pdf, .txt or .md file"
        )
    if suffix in _SUFFIXES:
        return _load(_SUFFIXES[suffix])
    foreign = _foreign()
    for extractor in foreign:
        if suffix and suffix in extractor.suffixes:
            return extractor
    for extractor in (*(_load(name) for name in _BUILT_IN), *foreign):
        if extractor.accepts(head):
            return extractor
    return _load("text")


@lru_cache(maxsize=32)
def _load(name: str) -> Extractor:
    module, _, attribute = _BUILT_IN[name].partition(":")
    extractor: Extractor = getattr(import_module(module), attribute)()
    return extractor


@lru_cache(maxsize=1)
def _foreign() -> tuple[Extractor, ...]:
    """Extractors of other distributions; a broken one is named and left out."""
    found = []
    for point in sorted(entry_points(group=_GROUP), key=lambda point: point.name):
        try:
            found.append(point.load()())
        except Exception as error:  # noqa: BLE001 - a plug-in may fail in any way
            owner = point.dist.name if point.dist else "an unknown distribution"
            _log.warning(
                "extractor %s of %s cannot be loaded and is left out (%s)", point.name, owner, type(error).__name__
            )
    return tuple(found)

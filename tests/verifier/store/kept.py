"""Everything that stands in a SQLite database, its log and its index included: compressed texts unpacked."""

from __future__ import annotations

import sqlite3
import zlib
from contextlib import closing
from pathlib import Path


def everything(path: Path) -> str:
    """All bytes of the files and all that is packed in their rows, as lower-case text."""
    raw = b"\n".join(each.read_bytes() for each in sorted(path.parent.glob(f"{path.name}*")))
    return (raw + b"\n".join(_packed(path))).decode("utf-8", "replace").lower()


def _packed(path: Path) -> list[bytes]:
    found = []
    with closing(sqlite3.connect(path)) as connection:
        for table in ("bodies", "texts", "traces"):
            found += [zlib.decompress(row[0]) for row in connection.execute(f"SELECT compressed FROM {table}")]
    return found

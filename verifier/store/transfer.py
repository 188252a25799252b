"""The whole database as JSON lines, from one kind of database into another, and a copy of a SQLite file."""

from __future__ import annotations

import base64
import json
import math
import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any, TextIO

from sqlalchemy import Connection, DateTime, Engine, LargeBinary, Table, func, insert, select, text

from verifier.errors import StoreError
from verifier.store.connect import is_sqlite, reading, writing_to
from verifier.store.flags import word_of
from verifier.store.levels import StorageLevel
from verifier.store.reviewers import Role
from verifier.store.reviews import FlagState, ReviewAnswer
from verifier.store.scans import ScanState
from verifier.store.stored import FlagKind, TextKind
from verifier.store.tables import REVISION, metadata, utc
from verifier.store.wire import (
    Packed,
    read_evidence,
    read_finding,
    read_flagged,
    read_summary,
    unpacked,
    unpacked_tokens,
)
from verifier.types import Decision

FORMAT = "factprobe-database"
MAX_LINE = 256 * 1024 * 1024
"""Characters of one line; a longer one is no export of ours."""
MAX_INTEGER = 2**31 - 1
_AT_ONCE = 500


def export_database(engine: Engine, out: TextIO) -> int:
    """Write every row as one line of ASCII, last how many there are, and return it; others may write meanwhile."""
    written = 0
    with reading(engine) as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY"))
        out.write(json.dumps({"format": FORMAT, "schema": REVISION}) + "\n")
        for table in metadata.sorted_tables:
            ordered = select(table).order_by(*table.primary_key.columns)
            rows = connection.execution_options(yield_per=_AT_ONCE).execute(ordered)
            for each in rows.mappings():
                values = {name: _written(value) for name, value in each.items()}
                out.write(json.dumps({"table": table.name, "row": values}) + "\n")
                written += 1
        out.write(json.dumps({"rows": written}) + "\n")
    return written


def import_database(engine: Engine, lines: Iterable[str]) -> int:
    """Fill an empty database with what ``export_database`` wrote, all of it or nothing; returns how many rows.

    Raises ``StoreError`` for a database that holds rows already, for another schema, a damaged line, and an end cut off.
    """
    source = iter(lines)
    _check_head(next(source, ""))
    known = {table.name: table for table in metadata.sorted_tables}
    read = 0
    with writing_to(engine) as connection:
        for table in known.values():
            if connection.execute(select(func.count()).select_from(table)).scalar_one():
                raise StoreError("the database is not empty", hint="import into a new one: --db sqlite:///new.db")
        for table, rows in _batches(source, known):
            connection.execute(insert(table), rows)
            read += len(rows)
        if connection.dialect.name == "postgresql":
            _renumber(connection)
    return read


def back_up(engine: Engine, target: Path) -> None:
    """Copy a SQLite database into a new file (mode 0600), whole even while others write.

    Raises ``StoreError`` for another kind of database, for a target that exists, and where it cannot be written.
    """
    if not is_sqlite(engine) or not engine.url.database:
        raise StoreError(
            "only a SQLite file is copied", hint="verifier db export, or the database's own tool (pg_dump)"
        )
    try:
        os.close(os.open(target, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
        with closing(sqlite3.connect(engine.url.database)) as source, closing(sqlite3.connect(target)) as copy:
            source.backup(copy)
    except (OSError, sqlite3.Error) as error:
        raise StoreError(f"the backup {target} cannot be written: {error}") from error


def wipe(engine: Engine) -> None:
    """Let no deleted text stand in a SQLite file, its index or its log; any other database looks after its own.

    Rows are overwritten as they are deleted; what is left are words in the search index and the pages of the log.
    Raises ``StoreError`` where another process is in the way.
    """
    if is_sqlite(engine) and engine.url.database:
        _wiped(engine.url.database)


def vacuum(engine: Engine) -> None:
    """Give back the room of what was deleted, and let no deleted text stand in the file."""
    with reading(engine) as connection:
        if connection.dialect.name == "postgresql":
            connection.rollback()
            connection.execution_options(isolation_level="AUTOCOMMIT").exec_driver_sql("VACUUM")
            return
    if is_sqlite(engine) and engine.url.database:
        _wiped(engine.url.database, "VACUUM")


def _wiped(database: str, *further: str) -> None:
    try:
        with closing(sqlite3.connect(database, timeout=15, isolation_level=None)) as connection:
            for each in (
                "PRAGMA secure_delete=ON",
                "INSERT INTO flags_search(flags_search) VALUES ('rebuild')",
                *further,
            ):
                connection.execute(each)
            busy = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
    except sqlite3.Error as error:
        raise StoreError(f"the database cannot be wiped of what was deleted: {error}") from error
    if busy:
        raise StoreError(
            "the log of the database still holds deleted text, because another process reads it",
            hint="verifier db vacuum, once nobody else has it open",
        )


def _check_head(line: str) -> None:
    try:
        head = json.loads(line)
        schema = head["schema"] if head["format"] == FORMAT else None
    except (ValueError, KeyError, TypeError, RecursionError):
        schema = None
    if schema is None:
        raise StoreError("this is no export of a factprobe database", hint="make one with `verifier db export`")
    if schema != REVISION:
        raise StoreError(
            f"the export has schema {schema!r}, this program knows {REVISION}",
            hint="export it again with this version of the program",
        )


def _batches(lines: Iterator[str], known: dict[str, Table]) -> Iterator[tuple[Table, list[dict[str, Any]]]]:
    table: Table | None = None
    rows: list[dict[str, Any]] = []
    for number, line in enumerate(_whole(lines), start=2):
        found, values = _row(line, number, known)
        if table is not None and (found is not table or len(rows) >= _AT_ONCE):
            yield table, rows
            rows = []
        table = found
        rows.append(values)
    if table is not None and rows:
        yield table, rows


def _whole(lines: Iterator[str]) -> Iterator[str]:
    """The lines of rows, once the last line has told that none is missing."""
    last, read = "", -1
    for line in lines:
        if read >= 0:
            yield last
        last, read = line, read + 1
    try:
        told = json.loads(last)["rows"]
    except (ValueError, KeyError, TypeError, RecursionError):
        told = None
    if told != max(0, read):
        raise StoreError("the end of the export is missing; nothing was imported", hint="verifier db export")


def _row(line: str, number: int, known: dict[str, Table]) -> tuple[Table, dict[str, Any]]:
    try:
        record = json.loads(line[:MAX_LINE])
        table, values = known[record["table"]], record["row"]
        read = {column.name: _read(column.type, values.pop(column.name)) for column in table.columns}
        if table.name in _CHECKS:
            _CHECKS[table.name](read)
    except (StoreError, ValueError, KeyError, TypeError, AttributeError, ArithmeticError, RecursionError) as error:
        raise _damaged(number) from error
    if values:
        raise _damaged(number)
    return table, read


def _check_packed(read: dict[str, Any]) -> None:
    unpacked(Packed(read["size"], read["compressed"]))


def _check_text(read: dict[str, Any]) -> None:
    TextKind(read["kind"])
    _check_packed(read)


def _check_trace(read: dict[str, Any]) -> None:
    unpacked_tokens(Packed(read["size"], read["compressed"]))


def _check_review(read: dict[str, Any]) -> None:
    ReviewAnswer(read["answer"])


def _check_work(read: dict[str, Any]) -> None:
    json.loads(read["fields"]).get("year")


def _check_scan(read: dict[str, Any]) -> None:
    ScanState(read["state"])
    StorageLevel(read["storage"])
    if not all(isinstance(each, str) for each in json.loads(read["inputs"])):
        raise TypeError("inputs")
    if read["summary"] is not None:
        read_summary(read["summary"])


def _check_reference(read: dict[str, Any]) -> None:
    read_finding(read["finding"])


def _check_evidence(read: dict[str, Any]) -> None:
    read_evidence(read["judged"])


def _check_audit(read: dict[str, Any]) -> None:
    if not 0 < read["probability"] <= 1:
        raise ValueError("probability")


def _check_reviewer(read: dict[str, Any]) -> None:
    Role(read["role"])


def _check_flag(read: dict[str, Any]) -> None:
    kind = FlagKind(read["kind"])
    word_of(kind, read["status"])
    Decision(read["decision"])
    FlagState(read["state"])
    read_flagged(kind, read["finding"])
    if read["quorum"] < 1:  # nobody would have to vote
        raise ValueError("quorum")


_CHECKS: dict[str, Callable[[dict[str, Any]], None]] = {
    "audits": _check_audit,
    "bodies": _check_packed,
    "checked_references": _check_reference,
    "confirmed_works": _check_work,
    "evidence": _check_evidence,
    "flags": _check_flag,
    "reviewers": _check_reviewer,
    "reviews": _check_review,
    "scans": _check_scan,
    "texts": _check_text,
    "traces": _check_trace,
}
"""Raise where a row could not be read again: one such row would take the whole queue with it."""


def _damaged(number: int) -> StoreError:
    return StoreError(f"line {number} of the export is damaged; nothing was imported")


def _written(value: Any) -> Any:
    if isinstance(value, bytes | memoryview):
        return base64.b64encode(bytes(value)).decode("ascii")
    return utc(value).isoformat() if isinstance(value, datetime) else value


def _read(kind: Any, value: Any) -> Any:
    if value is None:
        return None
    if isinstance(kind, LargeBinary):
        return base64.b64decode(value, validate=True)
    if isinstance(kind, DateTime):
        return utc(datetime.fromisoformat(value))
    if not isinstance(value, kind.python_type | (int if kind.python_type is float else kind.python_type)):
        raise TypeError(f"{type(value).__name__} for {kind}")
    if isinstance(value, str):
        value.encode()
    if isinstance(value, int) and abs(value) > MAX_INTEGER:
        raise OverflowError
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError(str(value))
    return value


def _renumber(connection: Connection) -> None:
    """Let PostgreSQL go on counting behind the numbers that were imported."""
    for table in metadata.sorted_tables:
        if "id" in table.columns:
            newest = connection.execute(select(func.max(table.c.id))).scalar()
            if newest:
                sequence = func.pg_get_serial_sequence(table.name, "id")
                connection.execute(select(func.setval(sequence, newest)))

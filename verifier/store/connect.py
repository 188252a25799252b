"""One engine for one database URL: SQLite made safe for several processes, anything else as SQLAlchemy gives it."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import platformdirs
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, SQLAlchemyError

from verifier.config import APP, without_password
from verifier.errors import ExtraMissing, StoreError, StoreNeedsUpgrade

BUSY_TIMEOUT_MS = 15_000
"""How long a writer waits for another process."""
TRIES = 5
"""How often a transaction is tried that another one came between."""
_AGAIN = frozenset({"40001", "40P01"})
"""SQLSTATE of a serialization failure and of a deadlock."""
T = TypeVar("T")
INSTALL = "pip install '.[postgres]'"
_OTHER_DRIVER = (
    "SQLite and PostgreSQL are tested; for another database pip install its driver and name it in the URL, "
    "such as mysql+pymysql://user@host/name"
)


def connect(url: str) -> Engine:
    """An engine for the database, whose SQLite file is made (mode 0600) if it does not exist.

    Raises ``StoreError`` where the URL or the file cannot be used and ``ExtraMissing`` where its driver is not installed.
    """
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise StoreError(
            f"{without_password(url)!r} is no database URL",
            hint="write sqlite:///file.db or postgresql+psycopg://user@host/name",
        ) from error
    if parsed.get_backend_name() == "postgresql" and parsed.drivername == "postgresql":
        parsed = parsed.set(drivername="postgresql+psycopg")
    try:
        if parsed.get_backend_name() != "sqlite":
            return create_engine(parsed, pool_pre_ping=True)
        if parsed.database and parsed.database != ":memory:":
            _make_private(Path(parsed.database))
        engine = create_engine(parsed, connect_args={"timeout": BUSY_TIMEOUT_MS / 1000})
    except ModuleNotFoundError as error:
        hint = INSTALL if parsed.get_backend_name() == "postgresql" else _OTHER_DRIVER
        raise ExtraMissing(f"the driver {error.name} is not installed", hint=hint) from error
    except (NoSuchModuleError, SQLAlchemyError) as error:
        raise StoreError(f"{without_password(url)!r} is a kind of database that is not known") from error
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def open_to_read(url: str) -> Engine:
    """An engine for looking only: no SQLite file is made, and none is upgraded.

    Raises ``StoreError`` where there is no database, and ``StoreNeedsUpgrade`` where its schema is not ours.
    """
    from verifier.store.tables import REVISION
    from verifier.store.upgrade import current

    must_exist(url)
    engine = connect(url)
    try:
        found = current(engine)
    except StoreError:
        engine.dispose()
        raise
    if found == REVISION:
        return engine
    engine.dispose()
    raise StoreNeedsUpgrade(
        f"the database has schema {found or 'none'}, this program needs {REVISION}",
        hint=f"verifier db upgrade --db '{without_password(url)}'",
    )


def must_exist(url: str) -> None:
    """Raise ``StoreError`` where a SQLite file is named that is not there, so that a misspelt name makes none."""
    file = make_url(url).database if url.startswith("sqlite:") else None
    if file and not Path(file).is_file():
        raise StoreError(f"there is no database {file}", hint="it is made by the first scan; name another with --db")


def is_sqlite(engine: Engine) -> bool:
    """Whether the database is a local SQLite file."""
    return engine.dialect.name == "sqlite"


def _make_private(path: Path) -> None:
    """Allegations about people are for their owner's eyes: the folder 0700 if we make it, the file 0600."""
    if not (path.parent.parent.is_dir() or path.is_relative_to(platformdirs.user_data_path(APP, appauthor=False))):
        raise StoreError(f"the database {path} lies in a folder that does not exist", hint=f"mkdir -p '{path.parent}'")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    except OSError as error:
        raise StoreError(
            f"the database {path} cannot be opened for writing: {error.strerror}", hint="name another one with --db"
        ) from error


def _prepare(connection: sqlite3.Connection, _record: Any) -> None:
    connection.isolation_level = None  # SQLAlchemy's BEGIN below is the only one, so that DDL is part of a transaction
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.execute("PRAGMA secure_delete=ON")  # what is forgotten is overwritten, not only unlinked
    cursor.close()


def _begin(connection: Connection) -> None:
    # A reader that turns writer fails at once with "database is locked", whatever the timeout: writers say so first.
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def closing_engine(engine: Engine) -> Iterator[Engine]:
    """The engine, whose connections are closed in the end."""
    try:
        yield engine
    finally:
        engine.dispose()


def writing(engine: Engine) -> Engine:
    """The same engine for transactions that write."""
    return engine.execution_options(writes=True)


def write(engine: Engine, work: Callable[[Connection], T]) -> T:
    """Do the work in one transaction, and do it again where another writer came between.

    PostgreSQL ends one of two transactions that wait for each other's rows; nothing of it was kept, so it may run again.
    Raises ``StoreError`` where the database cannot be written.
    """
    for left in reversed(range(TRIES)):
        try:
            with writing(engine).begin() as connection:
                return work(connection)
        except DBAPIError as error:
            if not left or getattr(error.orig, "sqlstate", "") not in _AGAIN:
                raise _unwritable(error) from error
        except SQLAlchemyError as error:
            raise _unwritable(error) from error
    raise AssertionError("unreachable")


@contextmanager
def writing_to(engine: Engine) -> Iterator[Connection]:
    """A transaction that writes; raises ``StoreError`` where the database cannot be written."""
    try:
        with writing(engine).begin() as connection:
            yield connection
    except SQLAlchemyError as error:
        raise _unwritable(error) from error


def _unwritable(error: SQLAlchemyError) -> StoreError:
    return StoreError(
        f"the database cannot be written: {first_line(error)}", hint="name another one with --db, or free some space"
    )


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A transaction that reads; a database that cannot be read is a ``StoreError``, never an empty answer."""
    try:
        with engine.connect() as connection:
            yield connection
    except SQLAlchemyError as error:
        raise StoreError(f"the database cannot be read: {first_line(error)}") from error


def first_line(error: SQLAlchemyError) -> str:
    """The driver's own first line, without the statement and its values."""
    original = getattr(error, "orig", None) or error
    return (str(original).strip().splitlines() or [type(original).__name__])[0]

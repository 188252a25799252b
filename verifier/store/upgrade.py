"""The schema's version: a local SQLite file upgrades itself after a backup, any other database is upgraded on command."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text
from sqlalchemy.exc import SQLAlchemyError

import verifier
from verifier.errors import StoreError, StoreNeedsUpgrade
from verifier.store.connect import first_line, is_sqlite, writing
from verifier.store.tables import REVISION

_ADVISORY_LOCK = 0x66616374
"""Number of the PostgreSQL lock that one upgrade holds: ``fact`` in ASCII."""


def migrations_folder() -> Path:
    """Where the migrations lie: inside an installed wheel, or at the top of a checkout."""
    package = Path(verifier.__file__).parent
    for folder in (package / "_migrations", package.parent / "migrations"):
        if (folder / "env.py").is_file():
            return folder
    raise StoreError("the migrations are missing from this installation", hint="install the package again")


def current(engine: Engine) -> str:
    """The revision of the database, empty if it holds no tables of ours yet."""
    try:
        with engine.connect() as connection:
            return _revision(connection)
    except SQLAlchemyError as error:
        raise StoreError(f"the database cannot be read: {first_line(error)}") from error


def ensure(engine: Engine) -> None:
    """Bring a local SQLite file up to date; raise ``StoreNeedsUpgrade`` with the command for any other old database."""
    found = current(engine)
    if found == REVISION:
        return
    _refuse_newer(found)
    if not is_sqlite(engine):
        raise StoreNeedsUpgrade(
            f"the database has schema {found or 'none'}, this program needs {REVISION}",
            hint=f"verifier db upgrade --db '{engine.url.render_as_string(hide_password=True)}'",
        )
    upgrade(engine)


def upgrade(engine: Engine) -> str:
    """Run the migrations that are missing, all or none of them, and return the new revision.

    Two processes that start it at once run it once: the second one waits and finds nothing left to do.
    """
    try:
        with writing(engine).begin() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _ADVISORY_LOCK})
            found = _revision(connection)
            _refuse_newer(found)
            if found != REVISION:
                if found and is_sqlite(engine) and engine.url.database:
                    _back_up(Path(engine.url.database), found)
                _run_migrations(connection)
            return _revision(connection)
    except SQLAlchemyError as error:
        raise StoreError(f"the database cannot be upgraded: {first_line(error)}") from error


def _revision(connection: Connection) -> str:
    if not inspect(connection).has_table("alembic_version"):
        return ""
    return str(connection.execute(text("SELECT version_num FROM alembic_version")).scalar() or "")


def _refuse_newer(found: str) -> None:
    if found > REVISION:
        raise StoreNeedsUpgrade(
            f"the database was written by a newer version of this program (schema {found}, this one knows {REVISION})",
            hint="upgrade the program, or name another database with --db",
        )


def _back_up(path: Path, revision: str) -> None:
    """Copy the file beside itself; a copy that a kill cut off is never taken for a backup, nor in the way of the next."""
    target = path.with_name(f"{path.name}.backup-{revision}")
    unfinished = path.with_name(f"{target.name}.unfinished")
    try:
        for each in (unfinished, unfinished.with_name(f"{unfinished.name}-journal")):
            each.unlink(missing_ok=True)
        os.close(os.open(unfinished, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
        with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(unfinished)) as copy:
            source.backup(copy)
        unfinished.replace(target)
    except (OSError, sqlite3.Error) as error:
        raise StoreError(f"the backup {target} cannot be written, so nothing was upgraded: {error}") from error


def _run_migrations(connection: Connection) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(migrations_folder()).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")

"""Whether a database is what the program needs: its tables, its indexes and triggers, and the soundness of its rows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, Engine, text

from verifier.store.connect import reading
from verifier.store.tables import SEARCH, is_ours, metadata

MAX_PROBLEMS = 100
_TRIGGER = "reviews_are_append_only"


def integrity(engine: Engine) -> tuple[str, ...]:
    """What is wrong with the database, a sentence each, at most ``MAX_PROBLEMS``; empty if all is well.

    Compares the tables with the program's as ``alembic check`` does. SQLite is asked for damaged pages and rows without
    their owner; PostgreSQL sees to both itself. Raises ``StoreError`` where the database cannot be read at all.
    """
    with reading(engine) as connection:
        found = [*_differences(connection), *_missing(connection)]
        if connection.dialect.name == "sqlite":
            found += _damage(connection)
    return tuple(found[:MAX_PROBLEMS])


def _differences(connection: Connection) -> Iterator[str]:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    context = MigrationContext.configure(connection, opts={"include_name": is_ours, "compare_type": True})
    for each in compare_metadata(context, metadata):
        yield f"the schema differs: {_told(each)}"


def _told(difference: Any) -> str:
    """One difference in words; changes of one column come as a list."""
    parts = difference[0] if isinstance(difference, list) else difference
    what = str(parts[0]).replace("_", " ")
    names = (getattr(part, "name", part) for part in parts[1:])
    return f"{what} {' '.join(str(name) for name in names if isinstance(name, str))}"


def _missing(connection: Connection) -> Iterator[str]:
    """What was made by hand and is not in the tables that are compared."""
    if connection.dialect.name == "sqlite":
        held = set(connection.execute(text("SELECT name FROM sqlite_master")).scalars())
        wanted = {SEARCH, f"{SEARCH}_insert", f"{SEARCH}_delete", f"{SEARCH}_update", _TRIGGER}
    elif connection.dialect.name == "postgresql":
        names = (
            "SELECT tgname FROM pg_trigger UNION SELECT indexname FROM pg_indexes WHERE schemaname = current_schema()"
        )
        held = set(connection.execute(text(names)).scalars())
        wanted = {f"ix_{SEARCH}", _TRIGGER}
    else:
        return
    for name in sorted(wanted - held):
        yield f"{name} is missing"


def _damage(connection: Connection) -> Iterator[str]:
    for said in connection.execute(text("PRAGMA integrity_check")).scalars():
        if said != "ok":
            yield f"the file is damaged: {said}"
    for table, number, owner, _ in connection.execute(text("PRAGMA foreign_key_check")):
        yield f"row {number} of {table} belongs to a row of {owner} that is not there"

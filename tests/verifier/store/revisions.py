"""Databases of earlier revisions, made by their own migrations and filled as the programs of their time would have."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, MetaData

from verifier.store.upgrade import migrations_folder


def migrate(engine: Engine, name: str, *arguments: str) -> None:
    """Run one of Alembic's commands."""
    config = Config()
    config.set_main_option("script_location", str(migrations_folder()))
    with engine.execution_options(writes=True).begin() as connection:
        config.attributes["connection"] = connection
        getattr(command, name)(config, *arguments)


@contextmanager
def tables_of(engine: Engine) -> Iterator[tuple[Connection, MetaData]]:
    """A transaction that writes, and the tables as they are in the database now."""
    old = MetaData()
    old.reflect(engine)
    with engine.execution_options(writes=True).begin() as connection:
        yield connection, old

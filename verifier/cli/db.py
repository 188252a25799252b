"""``verifier db``: the database's schema."""

from __future__ import annotations

import click

from verifier.cli.options import DB
from verifier.config import load_settings, without_password
from verifier.errors import StoreNeedsUpgrade

HELP = """Upgrade the database, or look at its version. A local SQLite file upgrades itself when it is used.

\b
verifier db upgrade --db postgresql+psycopg://me@host/name
verifier db check
"""


@click.group("db", help=HELP)
def command() -> None:
    """Group the commands."""


@command.command("upgrade", help="Bring the schema up to date; a SQLite file is backed up first.")
@DB
def upgrade_command(db: str | None) -> None:
    """Run the missing migrations."""
    from verifier.store.connect import closing_engine, connect
    from verifier.store.upgrade import current, upgrade

    url = load_settings({"db": db}).db
    with closing_engine(connect(url)) as engine:
        before = current(engine)
        after = upgrade(engine)
    done = f"upgraded from {before or 'empty'} to {after}" if before != after else f"already at {after}"
    click.echo(f"{without_password(url)}: {done}")


@command.command("current", help="Print the schema's revision.")
@DB
def current_command(db: str | None) -> None:
    """Print the revision."""
    from verifier.store.connect import closing_engine, connect
    from verifier.store.upgrade import current

    with closing_engine(connect(load_settings({"db": db}).db)) as engine:
        click.echo(current(engine) or "empty")


@command.command("check", help="Exit 0 if the schema is the one this program needs, 2 if not.")
@DB
def check_command(db: str | None) -> None:
    """Compare the revision with the program's."""
    from verifier.store.connect import closing_engine, connect
    from verifier.store.tables import REVISION
    from verifier.store.upgrade import current

    url = load_settings({"db": db}).db
    with closing_engine(connect(url)) as engine:
        found = current(engine)
    if found != REVISION:
        raise StoreNeedsUpgrade(
            f"the database has schema {found or 'none'}, this program needs {REVISION}",
            hint=f"verifier db upgrade --db '{without_password(url)}'",
        )
    click.echo(f"{without_password(url)}: schema {found}, up to date")

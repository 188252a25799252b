"""``verifier db``: the database's schema, and what it holds."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from verifier.cli.options import DB, SortedCommand
from verifier.config import load_settings, without_password
from verifier.errors import StoreNeedsUpgrade
from verifier.render.words import inline, moment

if TYPE_CHECKING:
    from verifier.store.flags import Flag

HELP = """Upgrade the database, or look at what it holds. A local SQLite file upgrades itself when it is used.

\b
verifier db flags --limit 20
verifier db upgrade --db postgresql+psycopg://me@host/name
"""
_FLAGS_HELP = """List what was flagged, the latest first; nothing is changed.

\b
verifier db flags --limit 20
verifier db flags --format json
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


@command.command("flags", cls=SortedCommand, help=_FLAGS_HELP)
@DB
@click.option("--format", "format_name", type=click.Choice(["json", "text"]), default="text", help="json or text.")
@click.option("--limit", type=click.IntRange(min=1), default=100, show_default=True, metavar="N", help="At most N.")
def flags_command(db: str | None, format_name: str, limit: int) -> None:
    """Print one line a flag."""
    from verifier.store.connect import closing_engine, open_to_read
    from verifier.store.flags import list_flags

    url = load_settings({"db": db}).db
    with closing_engine(open_to_read(url)) as engine:
        flags = list_flags(engine, limit=limit)
    if format_name == "json":
        click.echo(json.dumps([_record(flag) for flag in flags], indent=2))
        return
    for flag in flags:
        place = inline(str(flag.finding.checked.reference.location))
        click.echo(f"{flag.id}  {flag.status.value}  {place}  {moment(flag.last_seen_at)}  {inline(flag.excerpt, 160)}")
    if not flags:
        click.echo(f"no flags in {without_password(url)}", err=True)


def _record(flag: Flag) -> dict[str, object]:
    place = flag.finding.checked.reference.location
    return {
        "id": flag.id,
        "verdict": flag.status.value,
        "decision": flag.decision.value,
        "file": place.file,
        "line": place.line,
        "page": place.page,
        "excerpt": flag.excerpt,
        "seen": flag.seen,
        "created_at": _time(flag.created_at),
        "last_seen_at": _time(flag.last_seen_at),
        "fingerprint": flag.fingerprint,
    }


def _time(time: datetime) -> str:
    return time.astimezone(UTC).isoformat().replace("+00:00", "Z")


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

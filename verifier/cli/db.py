"""``verifier db``: the database's schema, and what it holds."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import click

from verifier.cli.console import output as write_to
from verifier.cli.console import say
from verifier.cli.options import DB, SortedCommand
from verifier.config import MAX_DAYS, load_settings, without_password
from verifier.errors import StoreError
from verifier.harmless import inline
from verifier.policy import ExitCode
from verifier.render.words import moment

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from verifier.store.flags import Flag
    from verifier.store.retention import Removed

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
_EXPORT_HELP = """Write the whole database as JSON lines, for another database or another program.

\b
verifier db export -o flags.jsonl
"""
_IMPORT_HELP = """Fill an empty database with what db export wrote, all of it or nothing.

\b
verifier db import flags.jsonl --db sqlite:///new.db
"""
_PRUNE_HELP = """Remove scans older than DAYS, and flags that were decided and not seen since. What waits for a decision stays.

\b
verifier db prune 365

Without DAYS the setting retain counts, which scan, check and ask apply by themselves.
"""
_CHECK_HELP = """Compare the tables with what this program needs, and look for damage. Exit 0 if all is well, 2 if not.

\b
verifier db check
"""
_FORGET_HELP = """Remove all that is kept of one paper or of one cited person; numbers of flags stay as a tombstone.

\b
verifier db forget --paper submission.pdf
verifier db forget --author "Turing, Alan"
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
    say(f"{inline(without_password(url))}: {done}")


@command.command("flags", cls=SortedCommand, help=_FLAGS_HELP)
@DB
@click.option("--format", "format_name", type=click.Choice(["json", "text"]), default="text", help="json or text.")
@click.option("--limit", type=click.IntRange(min=1), default=100, show_default=True, metavar="N", help="At most N.")
def flags_command(db: str | None, format_name: str, limit: int) -> None:
    """Print one line a flag."""
    from verifier.store.connect import closing_engine, open_to_read
    from verifier.store.flags import list_flags, place_of

    url = load_settings({"db": db}).db
    with closing_engine(open_to_read(url)) as engine:
        flags = list_flags(engine, limit=limit)
    if format_name == "json":
        say(json.dumps([_record(flag) for flag in flags], indent=2))
        return
    for flag in flags:
        place = inline(str(place_of(flag)))
        say(f"{flag.id}  {flag.status.value}  {place}  {moment(flag.last_seen_at)}  {inline(flag.excerpt, 160)}")
    if not flags:
        say(f"no flags in {inline(without_password(url))}", err=True)


def _record(flag: Flag) -> dict[str, object]:
    from verifier.store.flags import place_of

    place = place_of(flag)
    return {
        "id": flag.id,
        "kind": flag.kind.value,
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


@command.command(
    "backup", cls=SortedCommand, help="Copy a SQLite database into a new file, also while others write to it."
)
@click.argument("target", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path))
@DB
def backup_command(target: Path, db: str | None) -> None:
    """Copy the file."""
    from verifier.store.connect import closing_engine, open_to_read
    from verifier.store.transfer import back_up

    with closing_engine(open_to_read(load_settings({"db": db}).db)) as engine:
        back_up(engine, target)
    say(f"copied to {inline(str(target))}")


@command.command("export", cls=SortedCommand, help=_EXPORT_HELP)
@DB
@click.option("-o", "--output", metavar="FILE", help="Write to a file instead of standard output.")
def export_command(db: str | None, output: str | None) -> None:
    """Write JSON lines."""
    from verifier.store.connect import closing_engine, open_to_read
    from verifier.store.transfer import export_database

    with closing_engine(open_to_read(load_settings({"db": db}).db)) as engine, write_to(output) as out:
        number = export_database(engine, out)
    say(f"{number} rows exported", err=True)


@command.command("import", cls=SortedCommand, help=_IMPORT_HELP)
@click.argument("source", metavar="FILE|-", type=click.File(encoding="utf-8"))
@DB
def import_command(source: TextIO, db: str | None) -> None:
    """Read JSON lines."""
    from verifier.store import open_store
    from verifier.store.connect import closing_engine
    from verifier.store.transfer import import_database

    url = load_settings({"db": db}).db
    try:
        with closing_engine(open_store(url)) as engine:
            number = import_database(engine, source)
    except UnicodeDecodeError as error:
        raise StoreError("the export is not UTF-8; nothing was imported") from error
    say(f"{number} rows imported into {inline(without_password(url))}")


@command.command("prune", cls=SortedCommand, help=_PRUNE_HELP)
@click.argument("days", type=click.IntRange(0, MAX_DAYS), metavar="[DAYS]", required=False)
@DB
def prune_command(days: int | None, db: str | None) -> None:
    """Remove what is old."""
    from verifier.store.retention import prune

    after = load_settings().retain or None if days is None else days
    if after is None:
        raise click.UsageError("name the days, or set retain: `verifier db prune 365`")
    _remove(db, lambda engine: prune(engine, after))


@command.command("forget", cls=SortedCommand, help=_FORGET_HELP)
@click.option("--author", metavar="NAME", help="Everything that cites this person.")
@DB
@click.option("--paper", metavar="FILE", help="Everything from this file, named as it was scanned.")
def forget_command(author: str | None, db: str | None, paper: str | None) -> None:
    """Remove a paper or a person."""
    from verifier.store.retention import forget_author, forget_paper

    if bool(author and author.strip()) == bool(paper):
        raise click.UsageError("name either --paper or --author")
    if paper:
        _remove(db, lambda engine: forget_paper(engine, paper))
    else:
        _remove(db, lambda engine: forget_author(engine, author or ""))


@command.command("vacuum", cls=SortedCommand, help="Give back the room of what was deleted, and wipe its text.")
@DB
def vacuum_command(db: str | None) -> None:
    """Make the file small."""
    from verifier.store.connect import closing_engine, open_to_read
    from verifier.store.transfer import vacuum

    with closing_engine(open_to_read(load_settings({"db": db}).db)) as engine:
        vacuum(engine)


def _remove(db: str | None, removing: Callable[[Engine], Removed]) -> None:
    """Remove, wipe, and say how much; backups and exports are the user's to delete."""
    from verifier.store.connect import closing_engine, open_to_read
    from verifier.store.transfer import vacuum

    with closing_engine(open_to_read(load_settings({"db": db}).db)) as engine:
        done = removing(engine)
        vacuum(engine)
    say(f"removed {done.flags} flags, {done.references} references, {done.scans} scans")


@command.command("current", help="Print the schema's revision.")
@DB
def current_command(db: str | None) -> None:
    """Print the revision."""
    from verifier.store.connect import closing_engine, connect
    from verifier.store.upgrade import current

    with closing_engine(connect(load_settings({"db": db}).db)) as engine:
        say(current(engine) or "empty")


@command.command("check", cls=SortedCommand, help=_CHECK_HELP)
@DB
def check_command(db: str | None) -> int:
    """Look through schema and rows."""
    from verifier.store.connect import closing_engine, open_to_read
    from verifier.store.integrity import integrity
    from verifier.store.tables import REVISION

    url = load_settings({"db": db}).db
    with closing_engine(open_to_read(url)) as engine:
        problems = integrity(engine)
    for each in problems:
        say(inline(each, 400))
    if problems:
        say("take the last backup, or save what can be read with verifier db export", err=True)
        return ExitCode.UNREADABLE
    say(f"{inline(without_password(url))}: schema {REVISION}, up to date and sound")
    return ExitCode.CLEAN

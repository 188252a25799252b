"""``verifier review report``: what the database holds as a report for other people, with the decisions in it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import click

from verifier.cli.console import output as write_to
from verifier.cli.console import say_sentence
from verifier.cli.options import DB, SortedCommand
from verifier.cli.target import format_for, guard_read
from verifier.config import load_settings
from verifier.errors import VerifierError
from verifier.render import RENDERERS, load_renderer
from verifier.types import Report

HELP = """Write a report for other people from the database: what was flagged, and what was decided about it.

\b
verifier review report --since 2026-11-01 --until 2026-11-30 -o november.html
verifier review report --scan last --format markdown

Without --scan it holds the flags that were seen or decided in the range; with it one whole scan, and the decisions of today.
Nothing is asked and nothing is changed; the same database gives the same report.
"""


def _since(_ctx: click.Context, _param: click.Parameter, value: str | None) -> datetime | None:
    return None if value is None else _moment(value, days=0)


def _until(_ctx: click.Context, _param: click.Parameter, value: str | None) -> datetime | None:
    """The moment before which: of a day, the end of it."""
    return None if value is None else _moment(value, days=1)


def _moment(value: str, *, days: int) -> datetime:
    """A day, moved on by so many days, or a moment; in UTC unless it says otherwise."""
    text = value.strip()
    try:
        found = datetime.fromisoformat(text)
        found = found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
        is_day = len(text) <= len("2026-11-01")
        return found + timedelta(days=days) if is_day else found
    except (ValueError, OverflowError) as error:
        raise click.BadParameter(f"{text!r} is no date: write 2026-11-01 or 2026-11-01T12:00") from error


def _scan(_ctx: click.Context, _param: click.Parameter, value: str | None) -> int | None:
    """The number of a scan, or 0 for the last."""
    if value is None or value.casefold() == "last":
        return None if value is None else 0
    if not (value.isascii() and value.isdigit() and len(value) <= 10 and 0 < int(value) < 2**31):
        raise click.BadParameter(f"{value!r} is neither the number of a scan nor last")
    return int(value)


@click.command("report", cls=SortedCommand, help=HELP)
@DB
@click.option(
    "--format",
    "format_name",
    type=click.Choice(sorted(RENDERERS)),
    metavar="FORMAT",
    help=f"{', '.join(sorted(RENDERERS))}.",
)
@click.option("-o", "--output", metavar="FILE", help="Write to a file; its ending sets the format.")
@click.option("--paper", default="", metavar="FILE", help="Only of this file, named as it was scanned.")
@click.option("--scan", callback=_scan, metavar="ID|last", help="One scan, with all that it found.")
@click.option("--since", callback=_since, metavar="DATE", help="From this day or moment on, in UTC.")
@click.option("--until", callback=_until, metavar="DATE", help="Up to this day, or before this moment.")
def command(db: str | None, format_name: str | None, output: str | None, **options: Any) -> None:
    """Print the report."""
    if options["scan"] is not None and (options["since"] or options["until"]):
        raise click.UsageError("a scan has its own time: name either --scan or --since and --until")
    if options["since"] and options["until"] and options["since"] >= options["until"]:
        raise VerifierError("the range ends before it begins", hint="--since comes before --until")
    name = format_name or format_for(output)
    report = _report(load_settings({"db": db}).db, **options)
    guard_read(output, report)
    with write_to(output) as out:
        load_renderer(name).render(report, out)
    if output not in {None, "-"}:
        say_sentence(f"{name} report written to {output}")


def _report(url: str, *, paper: str, scan: int | None, since: datetime | None, until: datetime | None) -> Report:
    from verifier.store import open_store
    from verifier.store.connect import closing_engine, must_exist
    from verifier.store.reports import Period, period_report, scan_report

    must_exist(url)
    with closing_engine(open_store(url)) as engine:
        if scan is not None:
            return scan_report(engine, scan or None, paper=paper)
        return period_report(engine, Period(since, until, paper))

"""``verifier doctor``: what keeps this installation from working."""

from __future__ import annotations

import click

from verifier.cli.console import say
from verifier.cli.options import DB, ISOLATED, SortedCommand
from verifier.config import load_settings
from verifier.doctor import Health, examine
from verifier.harmless import inline
from verifier.policy import ExitCode

HELP = """Look for what keeps this installation from working. Nothing is asked over the network.

\b
verifier doctor
verifier doctor --db postgresql+psycopg://me@host/name
"""


@click.command("doctor", cls=SortedCommand, help=HELP)
@DB
@ISOLATED
def command(db: str | None, *, isolated: bool) -> int:
    """Print every check, and exit 2 if something is broken."""
    findings = examine(load_settings({"db": db}, isolated=isolated))
    for each in findings:
        say(f"{each.health.value:<7}{each.name:<11} {inline(each.sentence)}")
        if each.cure:
            say(f"{'':<19}hint: {inline(each.cure)}")
    broken = any(each.health is Health.BROKEN for each in findings)
    return ExitCode.UNREADABLE if broken else ExitCode.CLEAN

"""``verifier config``: settings and where each comes from."""

from __future__ import annotations

from pathlib import Path

import click

from verifier.cli.console import say, say_sentence
from verifier.cli.options import ISOLATED
from verifier.config import load_settings
from verifier.harmless import inline
from verifier.shown import shown

HELP = """Show every setting, its value and where the value comes from; secrets are never printed.

\b
verifier config show
verifier config show paper/refs.bib
"""


@click.group("config", help=HELP)
def command() -> None:
    """Group the commands."""


@command.command("show", help="Settings that hold for PATH (default: the working directory).")
@click.argument("path", required=False)
@ISOLATED
def show_command(path: str | None, *, isolated: bool) -> None:
    """Print name, value, origin and meaning."""
    start = Path(path) if path else Path.cwd()
    settings = load_settings(start=start if start.is_dir() else start.parent, isolated=isolated)
    rows = shown(settings)
    width = max(len(row.name) for row in rows)
    for row in rows:
        say(f"{inline(row.name):<{width}}  {inline(row.value)}  ({inline(row.source)}: {inline(row.about)})")
    for warning in settings.warnings:
        say_sentence(f"warning: {warning}")

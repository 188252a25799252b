"""Options that say who tells right answers from wrong ones."""

from __future__ import annotations

from pathlib import Path

import click

INDEX = click.option(
    "--index",
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="Hold lists of works against it, with --label works.",
)
LABEL = click.option(
    "--label",
    "rule",
    type=click.Choice(["answers", "works"]),
    default="answers",
    show_default=True,
    help="How answers are judged: by the accepted ones, or as citations are.",
)

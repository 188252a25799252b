"""Options that several commands share, and a command whose options stand in alphabetical order."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from verifier.config import MAX_DAYS, STORAGE_LEVELS, read_share
from verifier.policy import FailOn
from verifier.render import RENDERERS

F = TypeVar("F", bound=Callable[..., Any])


class SortedCommand(click.Command):
    """A command whose help lists options alphabetically, so that a reader finds them."""

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        """Arguments as declared, then options by their long name."""
        params = super().get_params(ctx)
        return sorted(params, key=lambda each: (isinstance(each, click.Option), _long_name(each)))


def _long_name(param: click.Parameter) -> str:
    if not isinstance(param, click.Option) or param.name == "help":
        return "~" if param.name == "help" else ""
    return max(param.opts, key=len).lstrip("-")


def _level(_ctx: click.Context, _param: click.Parameter, value: str | None) -> str | None:
    return value and value.replace("-", "_")


def _share(_ctx: click.Context, _param: click.Parameter, value: str | None) -> float | None:
    try:
        return None if value is None else read_share(value)
    except ValueError as error:
        raise click.BadParameter(f"{value!r} is no share between 0 and 1 (write 0.02 or 2%)") from error


ROW = click.IntRange(1, 2**31 - 1)
"""The number of a flag or another row, as the database can hold it."""
DB = click.option("--db", metavar="URL", help="Database of scans and flags. [env: VERIFIER_DB]")
RETAIN = click.option(
    "--retain",
    type=click.IntRange(0, MAX_DAYS),
    metavar="DAYS",
    help="First remove what is older.",
)
STORAGE = click.option(
    "--storage",
    type=click.Choice(STORAGE_LEVELS),
    metavar="LEVEL",
    help="Keep none, hash, excerpt (default) or full.",
)
COLOUR = click.option(
    "--color", "colour", type=click.Choice(["auto", "always", "never"]), default="auto", help="Colours."
)
ISOLATED = click.option("--isolated", is_flag=True, help="Read no settings file.")
QUIET = click.option("-q", "--quiet", count=True, help="Results only; twice: exit code only.")
VERBOSE = click.option("-v", "--verbose", count=True, help="Print requests and decisions.")

_SHARED = (
    click.option("--allow-incomplete", is_flag=True, default=None, help="Exit 0 even if much was unchecked."),
    click.option(
        "--audit-sample",
        metavar="SHARE",
        callback=_share,
        help="Have so much that passes reviewed (2%).",
    ),
    COLOUR,
    DB,
    click.option(
        "--fail-on",
        type=click.Choice([level.value for level in FailOn] + ["not-found"]),
        metavar="LEVEL",
        callback=_level,
        help="Mildest verdict to exit 1 for (mismatch).",
    ),
    click.option(
        "--format",
        "format_name",
        type=click.Choice(sorted(RENDERERS)),
        metavar="FORMAT",
        help=f"{', '.join(sorted(RENDERERS))}.",
    ),
    click.option("--index", metavar="DIR", help="Offline index. [env: VERIFIER_INDEX]"),
    ISOLATED,
    click.option("--no-store", is_flag=True, hidden=True, help="Keep nothing, as --storage none."),
    click.option("--offline", is_flag=True, default=None, help="Ask only index and cache."),
    click.option("-o", "--output", metavar="FILE", help="Write to a file; its ending sets the format."),
    QUIET,
    click.option("--registries", metavar="NAMES", help="Ask only these, separated by commas."),
    RETAIN,
    click.option("--resume", is_flag=True, help="Take over what an earlier run judged."),
    STORAGE,
    click.option("--strict", is_flag=True, default=None, help="Exit 3 if anything is unchecked."),
    VERBOSE,
)


def shared_options(function: F) -> F:
    """The options of every command that checks references."""
    for option in _SHARED:
        function = option(function)
    return function

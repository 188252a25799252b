"""``verifier completion``: completion of commands and options in a shell."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from verifier.cli.console import say
from verifier.cli.options import SortedCommand

HELP = """Print the completion script of a shell.

\b
verifier completion bash >> ~/.bashrc
verifier completion fish > ~/.config/fish/completions/verifier.fish
"""


@click.command("completion", cls=SortedCommand, help=HELP)
@click.argument("shell", type=click.Choice(["bash", "fish", "zsh"]))
@click.pass_context
def command(ctx: click.Context, shell: str) -> None:
    """Print the script."""
    root = ctx.find_root()
    say(script(shell, root.command))


def script(shell: str, root: click.Command) -> str:
    """The completion script for one shell."""
    kind = get_completion_class(shell)
    if kind is None:
        raise click.BadParameter(f"no completion for {shell}")
    return kind(root, {}, "verifier", "_VERIFIER_COMPLETE").source()

"""``verifier completion``: completion of commands and options in a shell."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from verifier.cli.options import SortedCommand

HELP = """Print the completion script of a shell.

\b
verifier completion bash >> ~/.bashrc
verifier completion fish > ~/.config/fish/completions/verifier.fish
"""

_POWERSHELL = """\
Register-ArgumentCompleter -Native -CommandName %(prog_name)s -ScriptBlock {
    param($word, $ast, $position)
    $env:%(complete_var)s = "powershell_complete"
    $env:_VERIFIER_WORDS = $ast.ToString()
    $env:_VERIFIER_WORD = $word
    & %(prog_name)s | ForEach-Object { [System.Management.Automation.CompletionResult]::new($_) }
    Remove-Item Env:%(complete_var)s
}
"""


@click.command("completion", cls=SortedCommand, help=HELP)
@click.argument("shell", type=click.Choice(["bash", "fish", "powershell", "zsh"]))
@click.pass_context
def command(ctx: click.Context, shell: str) -> None:
    """Print the script."""
    root = ctx.find_root()
    click.echo(script(shell, root.command))


def script(shell: str, root: click.Command) -> str:
    """The completion script for one shell."""
    if shell == "powershell":
        return _POWERSHELL % {"prog_name": "verifier", "complete_var": "_VERIFIER_COMPLETE"}
    kind = get_completion_class(shell)
    if kind is None:
        raise click.BadParameter(f"no completion for {shell}")
    return kind(root, {}, "verifier", "_VERIFIER_COMPLETE").source()

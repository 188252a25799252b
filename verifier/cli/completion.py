"""``verifier completion``: completion of commands and options in a shell."""

from __future__ import annotations

import os
from typing import Any

import click
from click.shell_completion import CompletionItem, ShellComplete, add_completion_class, get_completion_class

from verifier.cli.console import say
from verifier.cli.options import SortedCommand

HELP = """Print the completion script of a shell.

\b
verifier completion bash >> ~/.bashrc
verifier completion fish > ~/.config/fish/completions/verifier.fish
verifier completion powershell >> $PROFILE
"""

# The words in front of the cursor go over one a line, unquoted by PowerShell itself: another shell's quoting rules would
# misread paths with backslashes. PowerShell completes file names itself where a completer offers nothing.
_POWERSHELL = """\
Register-ArgumentCompleter -Native -CommandName %(prog_name)s -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    $words = $commandAst.CommandElements |
        Where-Object { $_.Extent.EndOffset -lt $cursorPosition } |
        ForEach-Object { if ($_.Value -is [string]) { $_.Value } else { $_.Extent.Text } }
    $env:COMP_WORDS = @($words) -join "`n"
    $env:COMP_CWORD = "$wordToComplete"
    $env:%(complete_var)s = 'powershell_complete'
    try {
        & %(prog_name)s | Where-Object { $_ } | ForEach-Object {
            $value, $help = $_ -split "`t", 2
            if (-not $help) { $help = $value }
            [System.Management.Automation.CompletionResult]::new($value, $value, 'ParameterValue', $help)
        }
    } finally {
        Remove-Item -ErrorAction SilentlyContinue -Path Env:COMP_WORDS, Env:COMP_CWORD, Env:%(complete_var)s
    }
}
"""


@add_completion_class
class PowerShellComplete(ShellComplete):
    """Windows PowerShell 5.1 and PowerShell 7, which click has no completion for."""

    name = "powershell"
    source_template = _POWERSHELL

    def get_completion_args(self) -> tuple[list[str], str]:
        """The words in front of the cursor without the command itself, and the word at it."""
        words = os.environ.get("COMP_WORDS", "").split("\n")
        return words[1:], os.environ.get("COMP_CWORD", "")

    def format_completion(self, item: CompletionItem[Any]) -> str:
        """Value and help on one line; nothing for files, which the shell completes."""
        if item.type in {"file", "dir"}:
            return ""
        return f"{item.value}\t{' '.join(item.help.split())}" if item.help else str(item.value)


@click.command("completion", cls=SortedCommand, help=HELP)
@click.argument("shell", type=click.Choice(["bash", "fish", "powershell", "zsh"]))
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

"""``verifier probe``: one module a command, loaded when it is called."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import Any

import click

from verifier.errors import VerifierError

COMMANDS = {
    "collect": "ask a model questions and keep the features of its answers",
    "evaluate": "hold a probe to answers that it never saw",
    "export": "write a probe's neurons for other programs",
    "extract": "read the features of stored answers again",
    "install": "put a probe where it is found by its model",
    "intervene": "change neurons and see what the model then does",
    "label": "decide anew which stored answers are right",
    "questions": "make questions about works from an index",
    "show": "say what a probe looks at and how well it does",
    "train": "train a detector and find the H-neurons",
    "watch": "chat with a model and see its doubtful words",
}
"""Commands and their sentence; ``verifier/cli/probe/<name>.py`` holds each."""

HELP = """Watch a local GGUF model from inside while it writes.

\b
verifier probe collect --model model.gguf --questions questions.jsonl --to run
verifier probe train run/features --to probe
verifier probe evaluate probe/detector.json --train run/features --test test/features --html report.html
"""


class ProbeCommands(click.Group):
    """A group whose commands are loaded when they are called."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """The commands that this installation has."""
        return [name for name in sorted(COMMANDS) if find_spec(f"verifier.cli.probe.{name}")]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load a command."""
        if cmd_name not in self.list_commands(ctx):
            return None
        command: click.Command = import_module(f"verifier.cli.probe.{cmd_name}").command
        return command

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; a file or folder that cannot be read or written is one sentence."""
        try:
            return super().invoke(ctx)
        except OSError as error:
            if not error.filename:
                raise
            name = error.filename2 or error.filename
            raise VerifierError(f"{name} cannot be used: {error.strerror}", hint="give another path") from error

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Names and sentences, from the table."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, COMMANDS[name]) for name in self.list_commands(ctx)])


@click.group("probe", cls=ProbeCommands, help=HELP)
def command() -> None:
    """Group the commands."""

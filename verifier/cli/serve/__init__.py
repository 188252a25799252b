"""``verifier serve``: one module a server, loaded when it is called."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

import click

COMMANDS = {
    "mcp": "offer the checks to an assistant as MCP tools",
    "proxy": "check the answers of a model on their way to its callers",
    "review": "open the review queue as a page in the browser",
}
"""Commands and their sentence; ``verifier/cli/serve/<name>.py`` holds each."""

HELP = """Serve the review page, or a proxy in front of a model.

\b
verifier serve review
verifier serve proxy --upstream http://127.0.0.1:8080
"""


class ServeCommands(click.Group):
    """A group whose commands are loaded when they are called."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """The commands that this installation has."""
        return [name for name in sorted(COMMANDS) if find_spec(f"verifier.cli.serve.{name}")]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load a command."""
        if cmd_name not in self.list_commands(ctx):
            return None
        command: click.Command = import_module(f"verifier.cli.serve.{cmd_name}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Names and sentences, from the table."""
        rows = [(name, COMMANDS[name]) for name in self.list_commands(ctx)]
        if rows:
            with formatter.section("Commands"):
                formatter.write_dl(rows)


@click.group("serve", cls=ServeCommands, help=HELP)
def command() -> None:
    """Group the commands."""

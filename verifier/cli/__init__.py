"""The command line: one module a command, loaded when it is called."""

from __future__ import annotations

import difflib
import os
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import click

from verifier import __version__
from verifier.cli.console import is_a_sentence, print_error, print_hint, say, say_sentence
from verifier.errors import VerifierError
from verifier.harmless import inline
from verifier.policy import ExitCode
from verifier.shadowing import CURE, OUR_PACKAGES, shadow, shadow_sentence

COMMANDS = {
    "ask": "let a local model answer, then check what it cites",
    "check": "check the citations of a text, such as a model's answer",
    "completion": "print the completion script of a shell",
    "config": "show settings and where each comes from",
    "db": "upgrade, copy, move or clean the database of flags",
    "doctor": "look for what keeps this installation from working",
    "evidence": "take what stands behind a flag elsewhere, and judge it again",
    "explain": "explain a verdict, an error code or the coverage table",
    "index": "build and read the offline index",
    "learn": "learn from reviews how likely a finding is wrong",
    "probe": "train and judge probes that watch a local model",
    "review": "go through what was flagged, one key a decision",
    "scan": "check the reference lists of papers",
    "schema": "print the JSON Schema of the emitted records",
    "serve": "open the review page, or a proxy in front of a model",
}
"""Commands and their sentence, so that ``--help`` loads none of them; ``verifier/cli/<name>.py`` holds each."""

START = """\
Checks whether the works that papers and language models cite exist, and say what is claimed of them.

  verifier scan paper.pdf refs.bib    check the reference lists of papers; start here
  verifier check answer.txt           check the citations in a model's answer
  verifier ask --model m.gguf "..."   let a local model answer, then check what it cites
  verifier index build SOURCE         build an offline index, so that no network is needed
  verifier explain fabricated         what a verdict means, and what it does not

No key, account or configuration is needed. All commands: verifier --help"""


HELP = """Check whether cited works exist, and say what is claimed of them.

\b
verifier scan paper.pdf
verifier check answer.txt --format html -o report.html
"""


class _ReaderGone(Exception):
    """Whoever read standard output went away; click would make it exit code 1."""


class Commands(click.Group):
    """A group whose commands are loaded when they are called, and whose errors are sentences."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """The commands that this installation has."""
        return [name for name in sorted(COMMANDS) if find_spec(f"verifier.cli.{name}")]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load a command."""
        if cmd_name not in self.list_commands(ctx):
            return None
        command: click.Command = import_module(f"verifier.cli.{cmd_name}").command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command, or say which one was probably meant."""
        name = args[0]
        if self.get_command(ctx, name) is None and not name.startswith("-"):
            near = difflib.get_close_matches(name, self.list_commands(ctx), n=1)
            if near:
                hint = f"did you mean `verifier {near[0]}`?"
            elif Path(name).exists():
                hint = f"verifier scan {name}"
            else:
                hint = "`verifier --help` lists all commands"
            raise VerifierError(f"there is no command {name!r}", hint=hint)
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; a reader that closed the pipe has all it wanted."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError as error:
            raise _ReaderGone from error

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Names and sentences, from the table."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, COMMANDS[name]) for name in self.list_commands(ctx)])

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        **extra: Any,
    ) -> Any:
        """Run a command line; errors become a sentence and an exit code."""
        typed = list(sys.argv[1:] if args is None else args)
        if os.environ.get("_VERIFIER_COMPLETE", "").startswith("powershell"):
            import_module("verifier.cli.completion")  # click has no PowerShell and must learn of ours first

        def run() -> Any:
            return super(Commands, self).main(typed, prog_name, complete_var, standalone_mode=False, **extra)

        if not standalone_mode:
            return run()
        sys.exit(_guarded(run, typed))


def _guarded(run: Callable[[], Any], args: list[str]) -> int:
    verbose = any(each == "--verbose" or (each[:2] == "-v" and set(each[1:]) == {"v"}) for each in args)
    try:
        code = run()
        sys.stdout.flush()
    except (_ReaderGone, BrokenPipeError):
        with open(os.devnull, "w") as nowhere:  # noqa: PTH123 - the name of a device
            os.dup2(nowhere.fileno(), sys.stdout.fileno())
        return ExitCode.CLEAN
    except click.UsageError as error:
        command = error.ctx.command_path if error.ctx else "verifier"
        say_sentence(f"error: {error.format_message()}")
        print_hint(f"{command} --help")
        return ExitCode.UNREADABLE
    except (KeyboardInterrupt, click.Abort):
        say_sentence("interrupted")
        if args[:1] in (["scan"], ["check"]):
            print_hint("the same command with --resume goes on where it was")
        return ExitCode.INCOMPLETE
    except Exception as error:  # noqa: BLE001 - a crash is reported in one sentence, with the way to learn more
        if is_a_sentence(error) or isinstance(error, click.ClickException):
            print_error(error, verbose=verbose)
        else:
            _report_crash(error, args, verbose=verbose)
        return ExitCode.UNREADABLE
    return code if isinstance(code, int) else ExitCode.CLEAN


def _report_crash(error: Exception, args: list[str], *, verbose: bool) -> None:
    if verbose:
        print_error(error, verbose=True)
    package = (error.name or "").partition(".")[0] if isinstance(error, ImportError) else ""
    if package in OUR_PACKAGES and (place := shadow(package)):
        say_sentence(f"error: {shadow_sentence(package, place)} [shadowed]")
        print_hint(CURE)
        return
    command = " ".join(["verifier", *args[:1]])
    what = inline(f"{type(error).__name__}: {error}", 1_000)
    say_sentence(f"error: {command} crashed: {what} [crash]")
    print_hint(f"run it again as `verifier -v ...` and report the output (version {__version__})")


@click.group(
    cls=Commands,
    help=HELP,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, "-V", "--version", prog_name="factprobe", message="%(prog)s %(version)s")
@click.option("-v", "--verbose", is_flag=True, help="Print where an error comes from.")
@click.pass_context
def main(ctx: click.Context, /, *, verbose: bool) -> None:
    """Print where to start if no command is named."""
    _ = verbose  # read from the command line itself, because an error may come before any command is found
    if ctx.invoked_subcommand is None:
        say(START)

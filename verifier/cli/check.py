"""``verifier check``: the citations and claims of prose, such as a model's answer."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import Any

import click

from citations.errors import UnreadableInput
from verifier.cli.facts import arbiter, claim_options, facts_of
from verifier.cli.options import SortedCommand, shared_options
from verifier.cli.run import begin, conclude, opened

MAX_BYTES = 16 * 1024 * 1024
"""Longest prose that is read."""

HELP = """Check the citations of a text, such as a language model's answer; - reads standard input.

\b
verifier check answer.txt
verifier check answer.txt --context source.txt --judge model.gguf

A text that cites nothing exits 0 and says so. Claims are checked where --claims, --context, --evidence or --judge asks
for it; without evidence and a judge they stay unchecked. Exit codes: 0 clean, 1 findings, 2 unreadable input, 3 too
much unchecked.
"""


@click.command("check", cls=SortedCommand, help=HELP)
@click.argument("file", metavar="FILE|-")
@claim_options
@shared_options
def command(file: str, **options: Any) -> int:
    """Check, print the report, return the exit code."""
    from verifier.pipeline import Prose, check_text

    text = read_prose(file)
    start = Path.cwd() if file == "-" else Path(file).parent
    run = begin(shlex.join(["verifier", "check", file]), start, options, (file,))
    with (
        facts_of(options, run.settings, run.console) as facts,
        opened(run, "check", (file,), arbiter(facts)) as opening,
    ):
        report = check_text(
            Prose(text, name=file),
            opening.check,
            around=opening.around,
            record=opening.record,
            resume=run.is_resuming,
            on_finding=opening.on_finding,
            facts=facts,
        )
        return conclude(run, opening, report)


def read_prose(file: str) -> str:
    """The text of a file or of standard input, undecodable bytes replaced; raises ``UnreadableInput``."""
    try:
        data = sys.stdin.buffer.read(MAX_BYTES + 1) if file == "-" else _read(Path(file))
    except OSError as error:
        raise UnreadableInput(
            f"{file} cannot be read: {error.strerror}", hint="check the spelling of the path"
        ) from error
    if len(data) > MAX_BYTES:
        raise UnreadableInput(f"{file} has more than {MAX_BYTES:,} bytes", hint="check a smaller text")
    if not data.strip():
        raise UnreadableInput(f"{'standard input' if file == '-' else file} is empty: there is nothing to check")
    if data[:5] == b"%PDF-" or b"\0" in data[:1024]:
        raise UnreadableInput(f"{file} is not plain text", hint=f"verifier scan {file}")
    return data.decode("utf-8-sig", errors="replace")


def _read(path: Path) -> bytes:
    with path.open("rb") as stream:
        return stream.read(MAX_BYTES + 1)

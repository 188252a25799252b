"""``verifier evidence``: what stands behind a flag, for somebody who has neither the database nor the network."""

from __future__ import annotations

import json
from pathlib import Path

import click

from verifier.cli.console import say
from verifier.cli.options import DB, ROW, SortedCommand
from verifier.config import load_settings
from verifier.harmless import inline
from verifier.policy import ExitCode

HELP = """Take what stands behind a flag elsewhere, and make its verdict again there.

\b
verifier evidence export 12 -o appeal.zip
verifier evidence replay appeal.zip
"""
_EXPORT_HELP = """Write one zip: the reference, what every registry was asked and answered, when, versions, reviews.

\b
verifier evidence export 12 -o appeal.zip
"""
_REPLAY_HELP = """Judge the evidence again, asking nobody. Exit 0 if the verdict is the same, 1 if it is not.

\b
verifier evidence replay appeal.zip
"""


@click.group("evidence", help=HELP)
def command() -> None:
    """Group the commands."""


@command.command("export", cls=SortedCommand, help=_EXPORT_HELP)
@click.argument("flag_id", metavar="FLAG", type=ROW)
@DB
@click.option(
    "-o", "--output", metavar="FILE", type=click.Path(path_type=Path), help="The new file; evidence-FLAG.zip."
)
def export_command(flag_id: int, db: str | None, output: Path | None) -> None:
    """Write the file."""
    from verifier.evidence import export_evidence
    from verifier.store.connect import closing_engine, open_to_read

    target = output or Path(f"evidence-{flag_id}.zip")
    with closing_engine(open_to_read(load_settings({"db": db}).db)) as engine:
        answers = export_evidence(engine, flag_id, target)
    say(f"{inline(str(target))}: flag {flag_id} with {answers} answers of registries")


@command.command("replay", cls=SortedCommand, help=_REPLAY_HELP)
@click.argument("path", metavar="ZIP", type=click.Path(path_type=Path))
@click.option("--format", "format_name", type=click.Choice(["json", "text"]), default="text", help="json or text.")
def replay_command(path: Path, format_name: str) -> int:
    """Judge again."""
    from verifier.evidence import replay, replay_line
    from verifier.render.words import evidence_lines, what_differs

    done = replay(path)
    if format_name == "json":
        record = {
            "same": done.same,
            "verdict": done.finding.status.value,
            "verdict_now": done.verdict.status.value,
            "judged_at": done.judged_at.isoformat(),
            "tool_version": done.tool_version,
            "same_rules": done.same_rules,
            "answers": done.bodies,
            "answers_missing": list(done.missing),
        }
        say(json.dumps(record, indent=2))
    else:
        say(replay_line(done))
        say(f"  cited: {inline(done.finding.checked.reference.raw, 300)}")
        say(f"  {what_differs(done.verdict)}")
        for line in evidence_lines(done.finding.checked.evidence):
            say(f"  {line}")
        rules = "the same rules" if done.same_rules else "other rules"
        missing = f", missing: {', '.join(done.missing)}" if done.missing else ""
        say(f"  judged first by version {inline(done.tool_version, 20) or 'unknown'}, now by {rules}")
        say(f"  {done.bodies} answers of registries as they came, with the digests that were judged{missing}")
        say("  judged again are the records in finding.json, which nobody signed: compare them with the answers")
    return ExitCode.CLEAN if done.same else ExitCode.FINDINGS

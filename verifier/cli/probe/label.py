"""``verifier probe label``: decide anew which stored answers are right."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import click

from verifier.cli.console import Console, ProgressLine, print_path
from verifier.cli.options import QUIET, SortedCommand
from verifier.cli.probe.rules import INDEX, LABEL
from verifier.policy import ExitCode

HELP = """Label the stored answers of a run again, by another rule or by a second model.

RUN is a folder of `verifier probe collect`. Nothing is asked again but the second model. A run that was stopped goes on
when the same command is given again; `verifier probe extract` then writes the features of the new labels. Exits 3 where the
second model left questions undecided: they are not written, and the same command asks about them again.

\b
verifier probe label run --to run/labels.jsonl
verifier probe label run --judge judge.gguf --to run/judged.jsonl
verifier probe label lists --label works --index index --to lists/labels.jsonl
"""
_PATH = click.Path(path_type=Path)


@click.command("label", cls=SortedCommand, help=HELP)
@click.argument("run", metavar="RUN", type=_PATH)
@INDEX
@click.option("--judge", metavar="GGUF|URL", help="Let a second model decide.")
@LABEL
@click.option("--questions", metavar="FILE", type=_PATH, help="Questions and accepted answers; the run's by default.")
@QUIET
@click.option("--to", "target", required=True, metavar="FILE", type=_PATH, help="Gets the labels.")
def command(
    run: Path,
    *,
    index: Path | None,
    judge: str | None,
    rule: str,
    questions: Path | None,
    target: Path,
    quiet: int,
) -> int:
    """Label, and say how much changed."""
    from probes.collect import Collected
    from probes.label import Outcome
    from probes.questions import read_questions
    from probes.relabel import Relabelled, relabel
    from verifier.judges import open_judge
    from verifier.labelling import JudgeLabeller, labeller_of

    asked = {each.id: each for each in read_questions(questions or run / "questions.jsonl")}
    console = Console(quiet=quiet)
    line = ProgressLine(console)
    outcomes: Counter[str] = Counter()
    changed = 0

    def told(before: Collected, now: Relabelled) -> bool:
        nonlocal changed
        outcomes[now.outcome.value] += 1
        changed += now.outcome not in {before.outcome, Outcome.UNDECIDED}
        line.show(f"{outcomes.total()} questions labelled, {changed} otherwise than before")
        return True

    opened = open_judge(judge, None) if judge else None
    second = JudgeLabeller(opened) if opened else None
    labeller = second or labeller_of(rule, list(asked.values()), index)
    try:
        relabel(run, asked, target, labeller, opened.identity if opened else rule, keep_going=told)
    finally:
        line.clear()
        if opened:
            opened.close()
    counts = ", ".join(f"{count} {name}" for name, count in sorted(outcomes.items()))
    console.note(f"{counts}; {changed} otherwise than before" if counts else "nothing was left to label")
    print_path(target)
    undecided = outcomes[Outcome.UNDECIDED]
    if second and undecided:
        console.warn(f"undecided: {undecided} of {outcomes.total()} questions ({second.unavailable})")
    return ExitCode.INCOMPLETE if undecided else ExitCode.CLEAN

"""``verifier probe collect``: ask a model questions, label its answers, and keep what its neurons did."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import click

from verifier.cli.console import Console, ProgressLine, print_path
from verifier.cli.options import QUIET, SortedCommand
from verifier.cli.probe.rules import INDEX, LABEL

HELP = """Ask a model questions and keep the features of its answers.

A question is asked several times; it is left as soon as one answer is right and another wrong. A run that was stopped goes
on when the same command is given again. QUESTIONS is JSONL or CSV with `question` and `answers`.

\b
verifier probe collect --model model.gguf --questions questions.jsonl --to run
verifier probe collect --model model.gguf --questions test.csv --samples 1 --apart-from questions.jsonl --to test
"""
_PATH = click.Path(path_type=Path)


@click.command("collect", cls=SortedCommand, help=HELP)
@click.option("--apart-from", multiple=True, metavar="FILE", type=_PATH, help="Share no question or answer with it.")
@INDEX
@LABEL
@click.option("--limit", type=click.IntRange(1), metavar="N", help="Most questions, chosen by a hash of their ids.")
@click.option(
    "--max-tokens", default=50, show_default=True, type=click.IntRange(1), metavar="N", help="Longest answer."
)
@click.option("--model", required=True, metavar="GGUF", type=_PATH, help="The model to ask.")
@click.option("--questions", required=True, metavar="FILE", type=_PATH, help="What to ask.")
@QUIET
@click.option("--samples", default=5, show_default=True, type=click.IntRange(1, 64), help="Answers to each question.")
@click.option("--seed", default=0, show_default=True, metavar="N", help="Decides which answers are drawn.")
@click.option("--threads", type=click.IntRange(1), metavar="N", help="Threads of the model.")
@click.option("--to", "folder", required=True, metavar="DIR", type=_PATH, help="Gets answers and features.")
def command(  # noqa: PLR0913 - one argument an option
    model: Path,
    questions: Path,
    folder: Path,
    *,
    apart_from: tuple[Path, ...],
    index: Path | None,
    rule: str,
    limit: int | None,
    max_tokens: int,
    samples: int,
    seed: int,
    threads: int | None,
    quiet: int,
) -> None:
    """Collect until the questions are through."""
    from probes.batch import Branches, Sampling
    from probes.collect import Collected, CollectOptions, collect
    from probes.questions import apart_from as kept_apart
    from probes.questions import in_hash_order, read_questions, write_questions
    from verifier.labelling import labeller_of

    asked = read_questions(questions)
    for path in apart_from:
        asked = kept_apart(asked, read_questions(path))
    asked = in_hash_order(asked)[:limit]
    labeller = labeller_of(rule, asked, index)
    console = Console(quiet=quiet)
    line = ProgressLine(console)
    outcomes: Counter[str] = Counter()

    def told(found: Collected) -> bool:
        outcomes[found.outcome.value] += 1
        counts = ", ".join(f"{count} {name}" for name, count in sorted(outcomes.items()))
        line.show(f"{outcomes.total()} of {len(asked)} questions: {counts}")
        return True

    branches = Branches(model, samples, threads=threads)
    try:
        write_questions(folder / "questions.jsonl", asked)
        options = CollectOptions(samples=samples, sampling=Sampling(max_tokens=max_tokens), seed=seed)
        collect(branches, asked, folder, options, labeller=labeller, keep_going=told)
    finally:
        line.clear()
        branches.close()
    console.note(", ".join(f"{count} {name}" for name, count in sorted(outcomes.items())) or "nothing was left to ask")
    print_path(folder / "features")

"""``verifier probe evaluate``: a probe on answers that it never saw, beside everything simpler."""

from __future__ import annotations

from pathlib import Path

import click
from rich.console import Console as Screen

from verifier.cli.console import Console, ProgressLine, output
from verifier.cli.options import QUIET, SortedCommand
from verifier.cli.probe.needs import needs_figures, needs_training

HELP = """Hold a probe to answers that it never saw, beside everything simpler on the same answers.

Give the features that it was trained on with --train: the baselines are fitted to them.

\b
verifier probe evaluate probe/detector.json --train run/features --test test/features
verifier probe evaluate probe/detector.json --train run/features --test nq/features --test bio/features \\
  --questions run/questions.jsonl --questions nq/questions.jsonl --html report.html --json record.json
"""
_PATH = click.Path(path_type=Path)


@click.command("evaluate", cls=SortedCommand, help=HELP)
@click.argument("probe", metavar="PROBE", type=_PATH)
@click.option("--html", metavar="FILE", help="Write the report with its figures.")
@click.option("--json", "json_path", metavar="FILE", help="Write all figures as JSON.")
@click.option("--keep", is_flag=True, help="Write the figures into the probe's own file too.")
@click.option("--questions", multiple=True, metavar="FILE", type=_PATH, help="Texts of the questions, for TF-IDF.")
@QUIET
@click.option("--random-sets", default=20, show_default=True, metavar="N", help="Sets of random neurons.")
@click.option("--test", "tests", multiple=True, required=True, metavar="DIR", type=_PATH, help="Features to test on.")
@click.option(
    "--train", "training", multiple=True, required=True, metavar="DIR", type=_PATH, help="Features of training."
)
def command(  # noqa: PLR0913 - one argument an option
    probe: Path,
    tests: tuple[Path, ...],
    training: tuple[Path, ...],
    questions: tuple[Path, ...],
    html: str | None,
    json_path: str | None,
    random_sets: int,
    quiet: int,
    *,
    keep: bool,
) -> None:
    """Evaluate, print, and write what was asked for."""
    needs_training()
    if html:
        needs_figures()
    from probes.artefact import load_probe, save_probe
    from probes.evaluate import EvaluateOptions, evaluate, verdict, with_metrics
    from probes.features import load_features
    from probes.questions import read_questions
    from probes.record import record
    from probes.report.table import baselines_table, sets_table

    loaded, known = load_probe(probe), load_features(*training)
    texts = {each.id: each.question for path in questions for each in read_questions(path)}
    console, options = Console(quiet=quiet), EvaluateOptions(random_sets=random_sets)
    line = ProgressLine(console)
    try:
        found = [evaluate(loaded, known, load_features(each), texts, options, progress=line.show) for each in tests]
    finally:
        line.clear()
    screen = Screen()
    screen.print(sets_table(loaded, found))
    for each in found:
        screen.print()
        screen.print(baselines_table(each))
        console.note(verdict(each))
    if json_path:
        with output(json_path) as target:
            target.write(record(loaded, found))
    if html:
        from probes.report.page import page

        with output(html) as target:
            target.write(page(loaded, found))
    if keep:
        save_probe(with_metrics(loaded, found), probe)

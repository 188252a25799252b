"""``verifier probe extract``: features of stored answers, for other labels or fewer neurons."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from verifier.cli.console import Console, ProgressLine, print_path
from verifier.cli.options import QUIET, SortedCommand
from verifier.errors import VerifierError

if TYPE_CHECKING:
    from probes.batch import Branches

HELP = """Write the features of stored answers again, without asking anything.

RUN is a folder of `verifier probe collect`. Spans that its features hold are taken from there; others are read with the
model in one prefill each. With --neurons only the neurons of a probe are kept, small enough to be passed on: there is no
text among features. A run that was stopped goes on when the same command is given again.

\b
verifier probe extract run --labels run/labels.jsonl --model model.gguf --to run/relabelled
verifier probe extract run --neurons detector.json --to small
"""
_PATH = click.Path(path_type=Path)


@click.command("extract", cls=SortedCommand, help=HELP)
@click.argument("run", metavar="RUN", type=_PATH)
@click.option("--labels", metavar="FILE", type=_PATH, help="Labels of verifier probe label; the run's own by default.")
@click.option("--model", metavar="GGUF", type=_PATH, help="The model that answered, for spans that were not read yet.")
@click.option("--neurons", metavar="PROBE", type=_PATH, help="Keep the neurons of this probe alone.")
@QUIET
@click.option("--threads", type=click.IntRange(1), metavar="N", help="Threads of the model.")
@click.option("--to", "folder", required=True, metavar="DIR", type=_PATH, help="Gets the features.")
def command(
    run: Path,
    *,
    labels: Path | None,
    model: Path | None,
    neurons: Path | None,
    threads: int | None,
    folder: Path,
    quiet: int,
) -> None:
    """Extract until every labelled span has its row."""
    from probes.artefact import load_probe, mismatch
    from probes.batch import Branches
    from probes.errors import ProbeMismatch
    from probes.extract import extract
    from probes.features import load_features
    from probes.questions import read_questions
    from probes.relabel import read_labels, read_samples, with_labels
    from probes.types import Neuron

    console = Console(quiet=quiet)
    asked = {each.id: each for each in read_questions(run / "questions.jsonl")}
    collected = list(read_samples(run))
    if labels is not None:
        known = {each.item: each for each in read_labels(labels)}
        collected = [with_labels(each, known[each.item]) for each in collected if each.item in known]
    features = load_features(run / "features")
    chosen = None
    if neurons is not None:
        probe = load_probe(neurons)
        if sentence := mismatch(probe, features.header.model, features.header.template_sha256):
            raise ProbeMismatch(sentence, hint="name a probe of the model that answered")
        chosen = [Neuron(each.layer, each.index) for each in probe.neurons]

    def opened() -> Branches:
        if model is None:
            raise VerifierError(
                "there are labelled spans that were not read yet", hint="name the model that answered: --model GGUF"
            )
        return Branches(model, 1, threads=threads)

    line = ProgressLine(console)
    try:
        done = extract(
            collected,
            asked,
            features,
            folder,
            opened,
            neurons=chosen,
            progress=lambda rows: line.show(f"{rows} spans"),
        )
    finally:
        line.clear()
    console.note(f"{done.rows} spans written, {done.taken} of them from features that existed")
    print_path(folder)

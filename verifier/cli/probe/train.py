"""``verifier probe train``: the detector and the H-neurons from folders of features."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import click

from verifier.cli.console import Console, ProgressLine, print_path
from verifier.cli.options import QUIET, SortedCommand
from verifier.cli.probe.needs import needs_training

HELP = """Train both probes of a model from features of labelled answers.

The detector is for scoring; the H-neurons are for looking at and for interventions. Strengths are chosen by
cross-validation that splits neither questions nor right answers.

\b
verifier probe train run/features --to probe
verifier probe train trivia/features nq/features --to probe --layers 6 --columns 4000
"""


@click.command("train", cls=SortedCommand, help=HELP)
@click.argument("features", nargs=-1, required=True, metavar="FEATURES...", type=click.Path(path_type=Path))
@click.option("--columns", default=4000, show_default=True, metavar="N", help="Neurons of the detector.")
@click.option("--layers", default=6, show_default=True, metavar="N", help="Most layers of the detector; 0 for all.")
@click.option("--licence", default="", metavar="TEXT", help="Licence of the questions, kept in the probe.")
@click.option("--memory", default=2.0, show_default=True, metavar="GB", help="Memory that a fit may take.")
@click.option("--name", default="", metavar="NAME", help="Name of the probe; the model's by default.")
@QUIET
@click.option("--seed", default=0, show_default=True, metavar="N", help="Decides the folds and the bootstraps.")
@click.option("--sparse-columns", default=1000, show_default=True, metavar="N", help="Neurons H-neurons are sought in.")
@click.option("--to", "folder", required=True, metavar="DIR", type=click.Path(path_type=Path), help="Gets the probes.")
@click.option("--transform", type=click.Choice(["none", "log"]), default="none", help="Of the detector's values.")
def command(  # noqa: PLR0913 - one argument an option
    features: tuple[Path, ...],
    *,
    folder: Path,
    columns: int,
    layers: int,
    sparse_columns: int,
    transform: str,
    name: str,
    licence: str,
    memory: float,
    seed: int,
    quiet: int,
) -> None:
    """Train and save both."""
    needs_training()
    from probes.artefact import save_probe
    from probes.artefact_types import FeatureDefinition
    from probes.features import load_features
    from probes.inner import Recipe
    from probes.sparse import SparseRecipe
    from probes.train import TrainOptions, train_detector, train_h_neurons

    rows = load_features(*features)
    options = TrainOptions(
        name=name or rows.header.model.name,
        seed=seed,
        detector=Recipe(feature=FeatureDefinition(transform=transform), columns=columns, layers=layers or None),
        h_neurons=replace(SparseRecipe(), columns=sparse_columns),
        licence=licence,
        memory=int(memory * 2**30),
    )
    console = Console(quiet=quiet)
    line = ProgressLine(console)
    try:
        detector = train_detector(rows, options, progress=line.show)
        sparse = train_h_neurons(rows, options, progress=line.show)
    finally:
        line.clear()
    folder.mkdir(parents=True, exist_ok=True)
    for trained in (detector, sparse):
        save_probe(trained.probe, folder / f"{trained.probe.mode.value}.json")
        best = max(trained.path, key=lambda tried: tried.auroc)
        positive = sum(neuron.weight > 0 for neuron in trained.probe.neurons)
        console.note(
            f"{trained.probe.mode.value}: {len(trained.probe.neurons)} neurons ({positive} positive), "
            f"AUROC {best.auroc:.3f} in cross-validation (neurons alone), C {best.c:g}"
        )
    print_path(folder)

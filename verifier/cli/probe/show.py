"""``verifier probe show``: what a probe looks at, how well it does, and for which kind of text that was shown."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console as Screen
from rich.table import Table

from verifier.cli.console import say
from verifier.cli.options import SortedCommand
from verifier.errors import VerifierError
from verifier.harmless import inline

if TYPE_CHECKING:
    from probes.artefact_types import Probe

HELP = """Say what a probe looks at, how well it does, and for which kind of text that was shown.

Of a model file its own probes are shown. Without a name, all probes are listed that are found by themselves.

\b
verifier probe show
verifier probe show model.gguf
verifier probe show probe/detector.json
"""


@click.command("show", cls=SortedCommand, help=HELP)
@click.argument("probe", metavar="[PROBE|MODEL.gguf]", required=False, type=click.Path(path_type=Path))
def command(probe: Path | None) -> None:
    """Print the facts, then the figures."""
    from probes.artefact import load_probe
    from probes.install import known_probes

    if probe is None:
        for path in known_probes():
            say(f"{inline(str(path))}: {inline(line(path))}")
        return
    of_model = probe.suffix == ".gguf"
    paths = known_probes(probe) if of_model else (probe,)
    if not paths:
        raise VerifierError(f"there is no probe for {probe}", hint="verifier probe train makes one")
    for number, path in enumerate(paths):
        if number:
            say("")
        _show(load_probe(path))


def line(path: Path) -> str:
    """What the probe of a file is, in one line; of a damaged file what is wrong with it."""
    from probes.artefact import load_probe
    from probes.errors import ProbesError
    from probes.report.table import KINDS

    try:
        probe = load_probe(path)
    except ProbesError as error:
        return f"not used: {error.message}"
    return f"{KINDS[probe.mode]}, for {_model(probe)}"


def _model(probe: Probe) -> str:
    if not probe.neurons:
        return "any model"
    return f"{probe.model.name} {probe.model.quantisation}, SHA-256 {probe.model.sha256}"


def _show(loaded: Probe) -> None:
    for name, value in facts(loaded):
        say(f"{name:<12} {value}")
    if loaded.metrics:
        screen = Screen()
        screen.print()
        screen.print(_figures(loaded))


def facts(probe: Probe) -> list[tuple[str, str]]:
    """What a probe says of itself, a line each."""
    from probes.report.table import KINDS, number

    made = probe.training
    positive = sum(neuron.weight > 0 for neuron in probe.neurons)
    layers = sorted({neuron.layer for neuron in probe.neurons})
    where = f"in layers {', '.join(map(str, layers))}" if layers else "it reads logits alone"
    lines = [
        ("probe", f"{probe.name}: {KINDS[probe.mode]}"),
        ("model", _model(probe)),
        ("neurons", f"{len(probe.neurons):,} of {made.columns:,}, {positive:,} with a positive weight, {where}"),
        ("trained on", f"{made.rows:,} answers ({', '.join(made.sets)}), {made.wrong:,} of them wrong"),
        ("labels", made.labels),
        ("licence", made.licence or "not said"),
    ]
    lines += [
        ("strength", f"C {point.c:g}, AUROC {number(point.auroc)} in cross-validation (neurons alone)")
        for point in made.path
        if point.chosen
    ]
    for threshold in probe.thresholds:
        share = f"{100 * threshold.false_positives:.0f} % FP"
        lines.append((share, f"risk above {threshold.risk:.3f} marks {100 * threshold.recall:.0f} % of wrong answers"))
    lines += [("valid for", f"{each.kind}: weight {each.weight:g}, {each.because}") for each in probe.validity]
    return lines


def _figures(probe: Probe) -> Table:
    from probes.report.table import number, shown

    table = Table(box=None, pad_edge=False)
    table.add_column("set", overflow="fold")
    for name in ("answers", "wrong", "AUROC", "neurons alone", "recall at 10 % FP", "ECE", "Brier"):
        table.add_column(name, justify="right")
    for each in probe.metrics:
        table.add_row(
            each.name,
            str(each.rows),
            str(each.wrong),
            shown(each.auroc),
            shown(each.neurons_auroc),
            shown(each.recall_at_10),
            number(each.ece),
            number(each.brier),
        )
    return table

"""What an evaluation found, for the terminal."""

from __future__ import annotations

from collections.abc import Sequence

from rich.table import Table

from probes.artefact_types import Interval, Mode, Probe
from probes.evaluation_types import Evaluation

KINDS = {
    Mode.DETECTOR: "detector (L2, stacked with entropy and log probability)",
    Mode.H_NEURONS: "H-neurons (L1, the neurons alone)",
}


def sets_table(probe: Probe, evaluations: Sequence[Evaluation]) -> Table:
    """One line a test set: the figures of the probe."""
    table = Table(title=f"{probe.name}: {KINDS[probe.mode]}", title_justify="left", box=None, pad_edge=False)
    for name in ("set", "answers", "wrong"):
        table.add_column(name, justify="left" if name == "set" else "right", overflow="fold")
    for name in ("AUROC", "neurons alone", "recall at 10 % FP", "ECE", "Brier", "same length", "sure answers"):
        table.add_column(name, justify="right")
    for each in evaluations:
        figures = each.metrics
        table.add_row(
            figures.name,
            str(figures.rows),
            f"{100 * each.prevalence:.0f} %",
            shown(figures.auroc),
            shown(figures.neurons_auroc),
            shown(figures.recall_at_10),
            number(figures.ece),
            number(figures.brier),
            number(each.length_matched),
            number(each.confident),
        )
    return table


def baselines_table(evaluation: Evaluation) -> Table:
    """One line a baseline: its AUROC, and what the probe has more on the same answers."""
    title = f"on the same answers of {evaluation.metrics.name}"
    table = Table(title=title, title_justify="left", box=None, pad_edge=False)
    table.add_column("baseline", overflow="fold")
    table.add_column("AUROC", justify="right")
    table.add_column("gain of the probe", justify="right")
    for each in sorted(evaluation.metrics.baselines, key=lambda baseline: baseline.gain.value):
        table.add_row(each.name, shown(each.auroc), shown(each.gain, signed=True))
    return table


def shown(interval: Interval | None, *, signed: bool = False) -> str:
    """A figure with its interval.

    >>> shown(Interval(0.5, 0.25, 0.75))
    '.500 [.250, .750]'
    """
    if interval is None or interval.value != interval.value:
        return "-"
    return f"{number(interval.value, signed=signed)} [{number(interval.low)}, {number(interval.high)}]"


def number(value: float | None, *, signed: bool = False) -> str:
    """Three digits behind the point, without the 0 in front of it; a dash where there is no figure."""
    if value is None or value != value:  # noqa: PLR0124 - NaN
        return "-"
    text = f"{value:+.3f}" if signed else f"{value:.3f}"
    return text.replace("0.", ".", 1) if abs(value) < 1 else text

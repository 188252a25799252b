"""Figures of an evaluation as SVG that can stand in a page, readable on light and on dark ground."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from probes.artefact_types import Probe
from probes.baselines import EVERYTHING_CHEAP, LAST_PROMPT, LOGITS, QUESTION
from probes.evaluation_types import Evaluation, Transfer
from probes.metrics import group_weights, precision_recall

Array = npt.NDArray[np.float64]

INK = "#010203"
"""Stands for the page's own text colour until the figure is in the page."""
COLOURS = ("#d9480f", "#1c7ed6", "#2f9e44", "#9c36b5", "#868e96")
DRAWN_NEURONS = 300
"""Most neurons on the map: the loudest ones."""
GRID = np.linspace(0, 1, 101)


def drawn(paint: Callable[[Any], None], width: float = 4.6, height: float = 3.4, columns: int = 1) -> str:
    """The SVG of one figure; ``paint`` gets its axes, several of them as a list."""
    import matplotlib as mpl
    from matplotlib.figure import Figure

    settings: Any = {
        "svg.fonttype": "none", "svg.hashsalt": "factprobe", "font.size": 9, "text.color": INK, "axes.edgecolor": INK,
        "axes.labelcolor": INK, "xtick.color": INK, "ytick.color": INK, "axes.facecolor": "none",
        "legend.facecolor": "none", "legend.edgecolor": "none", "axes.spines.top": False, "axes.spines.right": False,
    }  # fmt: skip
    with mpl.rc_context(settings):
        figure = Figure(figsize=(width, height), layout="constrained")
        axes = figure.subplots(1, columns)
        paint(axes)
        target = io.StringIO()
        figure.savefig(target, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    text = target.getvalue()
    return re.sub(r"#010203", "currentColor", text[text.index("<svg") :])


def roc(evaluation: Evaluation) -> str:
    """True against false positives, with a band for the probe and lines for the baselines."""
    wrong = np.array(evaluation.wrong)

    def paint(axes: Any) -> None:
        scores = _score(evaluation, "risk")
        weights = group_weights([str(group) for group in evaluation.groups], 200)
        band = np.array([_curve(scores, wrong, row) for row in weights])
        low, high = np.percentile(band, [2.5, 97.5], axis=0)
        axes.fill_between(GRID, low, high, color=COLOURS[0], alpha=0.25, linewidth=0)
        axes.plot(GRID, _curve(scores, wrong), color=COLOURS[0], label=f"probe {evaluation.metrics.auroc.value:.3f}")
        known = {each.name: each.auroc.value for each in evaluation.metrics.baselines}
        for name, colour in zip((LOGITS, EVERYTHING_CHEAP, LAST_PROMPT, QUESTION), COLOURS[1:], strict=True):
            if name in known:
                axes.plot(
                    GRID, _curve(_score(evaluation, name), wrong), color=colour, lw=1, label=f"{name} {known[name]:.3f}"
                )
        axes.plot([0, 1], [0, 1], color=INK, lw=0.5, ls=":")
        axes.set(xlabel="right answers marked", ylabel="wrong answers marked", xlim=(0, 1), ylim=(0, 1.01))
        axes.legend(fontsize=7, loc="lower right")

    return drawn(paint)


def reliability_diagram(evaluation: Evaluation) -> str:
    """What happened against what was said."""

    def paint(axes: Any) -> None:
        axes.plot([0, 1], [0, 1], color=INK, lw=0.5, ls=":")
        said, happened = [each.said for each in evaluation.bins], [each.happened for each in evaluation.bins]
        axes.plot(said, happened, color=COLOURS[0], marker="o")
        for each in evaluation.bins:
            axes.annotate(
                str(each.rows), (each.said, each.happened), xytext=(3, -9), textcoords="offset points", fontsize=7
            )
        axes.set(xlabel="risk", ylabel="share that was wrong", xlim=(0, 1), ylim=(0, 1.02))

    return drawn(paint)


def precision_recall_curve(evaluation: Evaluation) -> str:
    """Precision against recall at the prevalence of the test set."""
    recall, precision = precision_recall(_score(evaluation, "risk"), np.array(evaluation.wrong))

    def paint(axes: Any) -> None:
        axes.step(recall, precision, color=COLOURS[0], where="post")
        axes.axhline(evaluation.prevalence, color=INK, lw=0.5, ls=":")
        axes.set(xlabel="wrong answers marked", ylabel="marked answers that are wrong", xlim=(0, 1), ylim=(0, 1.02))

    return drawn(paint)


def histograms(evaluation: Evaluation) -> str:
    """How risks of right and wrong answers lie."""
    scores, wrong = _score(evaluation, "risk"), np.array(evaluation.wrong)

    def paint(axes: Any) -> None:
        edges = np.linspace(0, 1, 21)
        axes.hist(scores[~wrong], edges, color=COLOURS[1], alpha=0.6, density=True, label="right")
        axes.hist(scores[wrong], edges, color=COLOURS[0], alpha=0.6, density=True, label="wrong")
        axes.set(xlabel="risk", ylabel="density")
        axes.legend(fontsize=8)

    return drawn(paint)


def layers(probe: Probe) -> str:
    """How many neurons stand in each layer, and where with which weight."""
    place = np.array([[neuron.layer, neuron.index] for neuron in probe.neurons]).reshape(-1, 2)
    weight = np.array([neuron.weight for neuron in probe.neurons])
    loud = np.argsort(-np.abs(weight), kind="stable")[:DRAWN_NEURONS]

    def paint(axes: Any) -> None:
        counts = np.bincount(place[:, 0], minlength=probe.model.layers)
        axes[0].bar(range(len(counts)), counts, color=COLOURS[0])
        axes[0].set(xlabel="layer", ylabel="neurons")
        size = 40 * np.abs(weight[loud]) / max(1e-12, float(np.abs(weight).max(initial=0)))
        axes[1].scatter(
            place[loud, 0],
            place[loud, 1],
            s=size,
            c=np.where(weight[loud] > 0, COLOURS[0], COLOURS[1]),
            alpha=0.6,
            linewidths=0,
        )
        axes[1].set(xlabel="layer", ylabel="neuron", xlim=(-1, probe.model.layers))

    return drawn(paint, width=8.4, columns=2)


def path(probe: Probe) -> str:
    """AUROC in cross-validation and the number of neurons, against the strength of the fit."""
    points = probe.training.path

    def paint(axes: Any) -> None:
        strengths = [point.c for point in points]
        axes.errorbar(
            strengths, [p.auroc for p in points], [p.spread for p in points], color=COLOURS[0], marker="o", capsize=2
        )
        for point in points:
            if point.chosen:
                axes.axvline(point.c, color=INK, lw=0.5, ls=":")
        axes.set(xscale="log", xlabel="C", ylabel="AUROC in cross-validation")
        other = axes.twinx()
        other.plot(strengths, [p.neurons for p in points], color=COLOURS[1], marker="s", lw=1)
        other.set_ylabel("neurons", color=COLOURS[1])

    return drawn(paint)


def stability(probe: Probe) -> str:
    """How often each neuron was chosen when questions were drawn anew."""
    frequency = sorted((neuron.frequency for neuron in probe.neurons if neuron.weight > 0), reverse=True)

    def paint(axes: Any) -> None:
        axes.bar(range(len(frequency)), frequency, color=COLOURS[0], width=1)
        axes.set(xlabel="H-neurons, the most stable first", ylabel="share of bootstraps", ylim=(0, 1.02))

    return drawn(paint)


def transfer_matrix(transfers: Sequence[Transfer]) -> str:
    """AUROC of a probe trained on one set on the answers of another."""
    rows = sorted({each.trained_on for each in transfers})
    columns = sorted({each.tested_on for each in transfers})
    values = np.full((len(rows), len(columns)), np.nan)
    for each in transfers:
        values[rows.index(each.trained_on), columns.index(each.tested_on)] = each.auroc

    def paint(axes: Any) -> None:
        axes.pcolormesh(
            np.arange(len(columns) + 1) - 0.5, np.arange(len(rows) + 1) - 0.5, values, cmap="RdYlGn", vmin=0.4, vmax=1
        )
        for (row, column), value in np.ndenumerate(values):
            axes.text(
                column, row, "-" if np.isnan(value) else f"{value:.2f}", ha="center", va="center", color="#000000"
            )
        axes.set_xticks(range(len(columns)), columns, rotation=30, ha="right")
        axes.set_yticks(range(len(rows)), rows)
        axes.set(xlabel="tested on", ylabel="trained on")

    return drawn(paint)


def length_effect(evaluation: Evaluation) -> str:
    """Mean risk of right and wrong answers by the number of their tokens."""

    def paint(axes: Any) -> None:
        lengths = [each.tokens for each in evaluation.by_length]
        for name, colour in (("right", COLOURS[1]), ("wrong", COLOURS[0])):
            values = [each.right_risk if name == "right" else each.wrong_risk for each in evaluation.by_length]
            axes.plot(lengths, [np.nan if v is None else v for v in values], color=colour, marker="o", label=name)
        axes.set(xlabel="tokens of the answer (8 and more together)", ylabel="mean risk", ylim=(0, 1))
        axes.legend(fontsize=8)

    return drawn(paint)


def _score(evaluation: Evaluation, name: str) -> Array:
    return np.array(next(each.values for each in evaluation.scores if each.name == name))


def _curve(scores: Array, wrong: npt.NDArray[np.bool_], weights: Array | None = None) -> Array:
    """Share of wrong answers found at each share of right ones in ``GRID``."""
    order = np.argsort(-scores, kind="stable")
    drawn_times = np.ones(len(scores)) if weights is None else weights
    found = np.cumsum(drawn_times[order] * wrong[order])
    marked = np.cumsum(drawn_times[order] * ~wrong[order])
    return np.interp(GRID, np.r_[0, marked / max(1e-9, marked[-1])], np.r_[0, found / max(1e-9, found[-1])])

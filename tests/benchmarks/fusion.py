"""Trains the fusion of signals and measures it: ``python -m tests.benchmarks.fusion [--write]``.

Citations: the verdicts that HALLMARK's development rows get from registries on loopback, contested kinds left out.
Works are withheld from the registries there, as real ones lack some, so that ``not_found`` is often said of a valid row; valid
rows have no small slips, so that nothing tells how risky ``minor`` is: graver verdicts are held to be no less risky.
Claims: what an admitted judge says about labelled claims of the groups that no figure is reported on. Weights come from a
ridge regression, intervals from refits to groups drawn with replacement; the figures are those of folds of whole groups that
the fitted model had not seen. ``--write`` puts the weights into ``verifier/fusion.json`` and the figures into ``results/fusion.json``.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

import verifier.fusion
from citations.titles import title_key
from probes.metrics import auroc_interval, brier, ece, group_weights
from tests.benchmarks import claims, hallmark_registries
from tests.benchmarks.claims import QWEN, confidence_scores, local_judge
from tests.benchmarks.hallmark import CONTESTED
from tests.benchmarks.lines import Line, Unit, table
from tests.benchmarks.worlds import SHARED
from verifier.fusion import MILDER, Feature, Sort, features
from verifier.judges.memory import RememberingJudge
from verifier.signals import citation_signal
from verifier.types import Signal, SignalKind

WEIGHTS = Path(verifier.fusion.__file__).with_name("fusion.json")
RESULTS = Path(__file__).with_name("results") / "fusion.json"
NAME = "fusion-1"
UNTRAINED = ("asked_afresh", "judge_not_independent", "logprob", "entropy", "probe")
"""Signals that no labelled data of this kind has yet: they stand in the file with weight 0."""
RIDGE = 1.0
DRAWS = 40
FOLDS = 5
Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Labelled:
    """The signals of one finding, and whether it is wrong."""

    values: tuple[Feature, ...]
    wrong: bool
    group: str


@dataclass(frozen=True)
class Fitted:
    """A ridge regression on standardised features; the verdicts' weights add nothing on average."""

    names: tuple[str, ...]
    means: Array
    scales: Array
    bias: float
    weights: Array

    def log_odds(self, rows: Sequence[Labelled]) -> Array:
        """Of being wrong; what a row lacks counts as the mean."""
        return np.asarray(_standard(rows, self.names, self.means, self.scales) @ self.weights + self.bias)


def citation_rows(shared: Path, share: float) -> list[Labelled]:
    """The verdicts of HALLMARK's rows as they are, against registries that hold their works."""
    result = hallmark_registries.measure(shared, share)
    plain = [each for each in (*result.valid, *result.withheld) if each.variant == "as it is"]
    wrong = [each for kind, cited in result.wrong.items() if kind not in CONTESTED for each in cited]
    return [
        Labelled(
            features([citation_signal(each.checked.verdict)]), is_wrong, title_key(each.checked.reference.fields.title)
        )
        for cited, is_wrong in ((plain, False), (wrong, True))
        for each in cited
        if citation_signal(each.checked.verdict).score is not None
    ]


def claim_rows(shared: Path, per_cell: int, judge: RememberingJudge, sources: Sequence[str]) -> list[Labelled]:
    """What the judge says about claims of the groups that choices may be made on."""
    rows = [row for row in claims.read_rows(shared, per_cell, chosen_on=True) if row.source in sources]
    borne_out = claims.probabilities(judge, [row.question for row in rows], "training claims")
    return [
        Labelled(
            features([Signal(SignalKind.JUDGE, judge.name, score=float(score))]), row.label != "supported", row.group
        )
        for row, score in zip(rows, borne_out, strict=True)
        if not np.isnan(score)
    ]


def fit(rows: Sequence[Labelled], ridge: float = RIDGE) -> Fitted:
    """Least log loss with a ridge on the weights and verdicts in their order; Newton's method."""
    names = tuple(sorted({each.name for row in rows for each in row.values}))
    raw = _matrix(rows, names)
    indicators = np.array([name.startswith("citation:") for name in names], bool)
    means = np.where(indicators, 0.0, np.nan_to_num(np.nanmean(raw, axis=0)))
    scales = np.where(indicators, 1.0, np.maximum(1e-6, np.nan_to_num(np.nanstd(raw, axis=0), nan=1.0)))
    x = _standard(rows, names, means, scales)
    bias, weights = _ordered(names, x, np.array([row.wrong for row in rows], float), ridge)
    average = float(x[:, indicators].mean(axis=0) @ weights[indicators])
    return Fitted(names, means, scales, bias + average, np.where(indicators, weights - average, weights))


def _ordered(names: Sequence[str], x: Array, y: Array, ridge: float) -> tuple[float, Array]:
    """Bias and weights; verdicts that stand in the wrong order are taken together and fitted again, until none do."""
    blocks = np.arange(len(names))
    while True:
        merged = np.array([[float(block == at) for at in sorted(set(blocks))] for block in blocks])
        bias, fitted = _newton(x @ merged, y, ridge)
        weights = merged @ fitted
        found = dict(zip(names, range(len(names)), strict=True))
        known = [(found[mild], found[grave]) for mild, grave in MILDER if mild in found and grave in found]
        wrong = [(mild, grave) for mild, grave in known if weights[mild] > weights[grave]]
        if not wrong:
            return bias, weights
        mild, grave = max(wrong, key=lambda pair: weights[pair[0]] - weights[pair[1]])
        blocks[blocks == blocks[grave]] = blocks[mild]


def _newton(x: Array, y: Array, ridge: float) -> tuple[float, Array]:
    x = np.c_[np.ones(len(x)), x]
    penalty = ridge * np.diag([1e-6, *np.ones(x.shape[1] - 1)])
    w = np.zeros(x.shape[1])
    for _ in range(60):
        guess = 1 / (1 + np.exp(-np.clip(x @ w, -30, 30)))
        hessian = (x * (guess * (1 - guess))[:, None]).T @ x + penalty
        step = np.linalg.solve(hessian + 1e-9 * np.eye(len(w)), x.T @ (guess - y) + penalty @ w)
        w -= np.clip(step, -2, 2)
    return float(w[0]), w[1:]


def _matrix(rows: Sequence[Labelled], names: Sequence[str]) -> Array:
    """Values ``[row, feature]``; an indicator that is not there is 0 where its signal was, any other value is missing."""
    found = np.full((len(rows), len(names)), np.nan)
    for at, row in enumerate(rows):
        known = {each.name: each.value for each in row.values}
        told = any(name.startswith("citation:") for name in known)
        for place, name in enumerate(names):
            found[at, place] = known.get(name, 0.0 if told and name.startswith("citation:") else np.nan)
    return found


def _standard(rows: Sequence[Labelled], names: Sequence[str], means: Array, scales: Array) -> Array:
    return np.asarray(np.nan_to_num((_matrix(rows, names) - means) / scales))


def out_of_fold(rows: Sequence[Labelled]) -> Array:
    """Risks of rows whose groups the model had not seen."""
    folds = np.array([claims.digest(row.group) % FOLDS for row in rows])
    risk = np.full(len(rows), np.nan)
    for fold in range(FOLDS):
        held = folds == fold
        if held.any() and not held.all():
            model = fit([row for row, out in zip(rows, held, strict=True) if not out])
            here = [row for row, out in zip(rows, held, strict=True) if out]
            risk[held] = 1 / (1 + np.exp(-model.log_odds(here)))
    return risk


def measured(rows: Sequence[Labelled]) -> dict[str, Any]:
    """Figures of the risks of unseen groups."""
    risk, wrong = out_of_fold(rows), np.array([row.wrong for row in rows])
    area = auroc_interval(risk, wrong, group_weights([row.group for row in rows]))
    return {
        "rows": len(rows),
        "wrong": int(wrong.sum()),
        "groups": len({row.group for row in rows}),
        "auroc": [round(each, 4) for each in (area.value, area.low, area.high)],
        "ece": round(ece(risk, wrong), 4),
        "brier": round(brier(risk, wrong), 4),
        "target_scores": confidence_scores(risk, wrong),
    }


def written(rows: Sequence[Labelled]) -> dict[str, Any]:
    """The fitted model in the form that the program reads, with refits for its intervals."""
    model = fit(rows)
    untrained = [name for name in UNTRAINED if name not in model.names]
    weights = [
        {
            "name": name,
            "mean": round(float(mean), 5),
            "scale": round(float(scale), 5),
            "weight": round(float(weight), 5),
        }
        for name, mean, scale, weight in zip(model.names, model.means, model.scales, model.weights, strict=True)
    ] + [{"name": name, "mean": 0.0, "scale": 1.0, "weight": 0.0} for name in untrained]
    trained_on = {"rows": len(rows), "wrong": sum(row.wrong for row in rows)}
    return {
        "trained_on": trained_on | ({"verdicts": verdicts} if (verdicts := accused_shares(rows)) else {}),
        "bias": round(model.bias, 5),
        "weights": weights,
        "draws": _draws(rows, model, len(untrained)),
    }


def _draws(rows: Sequence[Labelled], model: Fitted, untrained: int) -> list[list[float]]:
    groups = sorted({row.group for row in rows})
    by_group = {group: [row for row in rows if row.group == group] for group in groups}
    dice = np.random.default_rng(7)
    found = []
    for _ in range(DRAWS):
        drawn = [row for group in dice.choice(groups, len(groups)) for row in by_group[str(group)]]
        again = fit(drawn)
        values = dict(zip(again.names, again.weights, strict=True))
        scale = dict(zip(again.names, again.scales, strict=True))
        mean = dict(zip(again.names, again.means, strict=True))
        bias, weights = again.bias, []
        for name, old_mean, old_scale in zip(model.names, model.means, model.scales, strict=True):
            slope = values.get(name, 0.0) / scale.get(name, 1.0)
            bias += slope * (old_mean - mean.get(name, old_mean))
            weights.append(slope * old_scale)
        found.append([round(float(each), 4) for each in (bias, *weights)] + [0.0] * untrained)
    return found


def lines(figures: Mapping[str, Mapping[str, Any]]) -> list[Line]:
    """The figures beside their targets."""
    rows = []
    for sort, each in figures.items():
        area = each["auroc"]
        note = f"{each['rows']} rows of {each['groups']} groups, {area[1]:.3f} to {area[2]:.3f}"
        least = 0.93 if sort == "citation" else None
        rows.append(Line(f"fused risk, {sort}, unseen groups: AUROC", area[0], at_least=least, note=note))
        rows.append(Line(f"fused risk, {sort}, unseen groups: ECE", each["ece"], Unit.PERCENT, at_most=0.03))
    return rows


def accused_shares(rows: Sequence[Labelled]) -> dict[str, str]:
    """For each verdict how many of its rows are wrong: what the weights of citations come from."""
    found: dict[str, list[bool]] = {}
    for row in rows:
        for each in row.values:
            if each.name.startswith("citation:"):
                found.setdefault(each.name, []).append(row.wrong)
    return {name: f"{sum(wrong)} of {len(wrong)} wrong" for name, wrong in sorted(found.items())}


def main(arguments: list[str] | None = None) -> int:
    """Train, print the figures, and keep both if asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, default=SHARED)
    parser.add_argument("--share", type=float, default=1.0, help="of HALLMARK's rows")
    parser.add_argument("--rows", type=int, default=40, help="claims of each source and label")
    parser.add_argument("--sources", default="healthver,clinifact")
    parser.add_argument("--judge", default=str(QWEN))
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args(arguments)
    judge = local_judge(options.judge, 1)
    rows = {
        Sort.CITATION: citation_rows(options.shared, options.share),
        Sort.CLAIM: claim_rows(options.shared, options.rows, judge, options.sources.split(",")),
    }
    print(accused_shares(rows[Sort.CITATION]))
    figures = {sort.value: measured(each) for sort, each in rows.items()}
    print(table(lines(figures)))
    print(json.dumps(figures))
    if options.write:
        models = {sort.value: written(each) for sort, each in rows.items()}
        WEIGHTS.write_text(json.dumps({"name": NAME, "models": models}, indent=1) + "\n", encoding="utf-8")
        RESULTS.parent.mkdir(exist_ok=True)
        made = {"command": "python -m tests.benchmarks.fusion --write", "judge": judge.identity, "figures": figures}
        RESULTS.write_text(json.dumps(made, indent=1) + "\n", encoding="utf-8")
    judge.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())

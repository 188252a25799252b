"""The evaluation as one HTML page that needs nothing beside itself: no script, no font, no picture from elsewhere."""

from __future__ import annotations

import html
from collections.abc import Sequence
from pathlib import Path

from probes.artefact_types import Mode, Probe
from probes.evaluation_types import Evaluation, Transfer
from probes.report import figures
from probes.report.heat import STYLE, HeatToken, heat_html
from probes.report.table import KINDS, number, shown

SHELL = Path(__file__).with_name("page.html")


def page(
    probe: Probe,
    evaluations: Sequence[Evaluation],
    transfers: Sequence[Transfer] = (),
    texts: Sequence[Sequence[HeatToken]] = (),
) -> str:
    """The page of a probe; ``texts`` are shown as heat maps. The same arguments give the same bytes."""
    parts = [_facts(probe), _sets(evaluations)]
    parts += [_evaluated(each) for each in evaluations]
    parts.append(_about_neurons(probe))
    if transfers:
        parts.append(_section("Transfer between sets", figures.transfer_matrix(transfers)))
    threshold = next((each.risk for each in probe.thresholds if each.false_positives == 0.05), None)
    if texts:
        maps = "".join(heat_html(tokens, threshold) for tokens in texts)
        parts.append(_section("Texts, token by token", maps, "Underlined: above the threshold of 5 % false positives."))
    title = html.escape(f"Probe {probe.name}")
    body = "\n".join(parts)
    shell = SHELL.read_text(encoding="utf-8")
    return shell.replace("{{style}}", STYLE).replace("{{title}}", title).replace("{{body}}", body)


def _facts(probe: Probe) -> str:
    made = probe.training
    positive = sum(neuron.weight > 0 for neuron in probe.neurons)
    facts = [
        ("kind", KINDS[probe.mode]),
        ("model", f"{probe.model.name}, {probe.model.quantisation}, SHA-256 {probe.model.sha256[:16]}"),
        (
            "trained on",
            f"{made.rows:,} answers to {made.questions:,} questions ({', '.join(made.sets)}), {made.wrong:,} of them wrong",
        ),
        (
            "neurons",
            f"{len(probe.neurons):,} of {made.columns:,} ({1000 * len(probe.neurons) / max(1, made.columns):.2f} per mille), {positive:,} with a positive weight; screened to {made.screened:,} on training rows alone",
        ),
        ("labels", made.labels),
        ("licence", made.licence),
    ]
    facts += [(f"valid for {each.kind}", f"weight {each.weight:g}: {each.because}") for each in probe.validity]
    rows = "".join(f"<tr><th>{html.escape(name)}</th><td>{html.escape(value)}</td></tr>" for name, value in facts)
    return f"<table class=facts>{rows}</table>"


def _sets(evaluations: Sequence[Evaluation]) -> str:
    heads = (
        "set",
        "answers",
        "wrong",
        "AUROC",
        "neurons alone",
        "recall at 10 % FP",
        "ECE",
        "Brier",
        "same length",
        "sure answers",
    )
    rows = [
        (
            each.metrics.name, str(each.metrics.rows), f"{100 * each.prevalence:.0f} %", shown(each.metrics.auroc),
            shown(each.metrics.neurons_auroc), shown(each.metrics.recall_at_10), number(each.metrics.ece),
            number(each.metrics.brier), number(each.length_matched), number(each.confident),
        )
        for each in evaluations
    ]  # fmt: skip
    return _section(
        "Answers that the probe never saw", _table(heads, rows), "Intervals: 95 %, bootstrapped over questions."
    )


def _evaluated(evaluation: Evaluation) -> str:
    name = evaluation.metrics.name
    baselines = sorted(evaluation.metrics.baselines, key=lambda each: each.gain.value)
    rows = [(each.name, shown(each.auroc), shown(each.gain, signed=True)) for each in baselines]
    targets = [
        (
            f"{each.target:g}",
            number(each.always),
            number(each.never),
            number(each.by_risk),
            f"{100 * each.answered:.0f} %",
        )
        for each in evaluation.abstention
    ]
    both = 0 < evaluation.metrics.wrong < evaluation.metrics.rows
    pictures = [
        ("ROC, with the band of the probe", figures.roc if both else None),
        ("Reliability", figures.reliability_diagram),
        ("Precision and recall at this set's prevalence", figures.precision_recall_curve if both else None),
        ("Risks", figures.histograms if both else None),
        ("Effect by length", figures.length_effect),
    ]
    drawn = "".join(_figure(title, paint(evaluation)) for title, paint in pictures if paint)
    return _section(
        name,
        _table(("baseline", "AUROC", "gain of the probe, paired"), rows)
        + _table(("confidence target", "always answer", "never", "by risk", "answered"), targets)
        + f"<div class=figures>{drawn}</div>",
    )


def _about_neurons(probe: Probe) -> str:
    drawn = [
        _figure("Where the neurons are", figures.layers(probe)),
        _figure("Strength of the fit", figures.path(probe)),
    ]
    if probe.mode is Mode.H_NEURONS:
        drawn.append(_figure("Stability of the set", figures.stability(probe)))
    return _section("Neurons", f"<div class=figures>{''.join(drawn)}</div>")


def _section(title: str, content: str, note: str = "") -> str:
    told = f"<p>{html.escape(note)}</p>" if note else ""
    return f"<section><h2>{html.escape(title)}</h2>{told}{content}</section>"


def _figure(title: str, svg: str) -> str:
    return f"<figure>{svg}<figcaption>{html.escape(title)}</figcaption></figure>"


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    head = "".join(f"<th>{html.escape(each)}</th>" for each in heads)
    body = "".join(f"<tr>{''.join(f'<td>{html.escape(cell)}</td>' for cell in row)}</tr>" for row in rows)
    return f"<div class=wide><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"

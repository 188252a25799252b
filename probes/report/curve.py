"""What an intervention did, as a table for the terminal and as one page with the curve."""

from __future__ import annotations

import html
from collections.abc import Sequence
from typing import Any

import numpy as np
from rich.table import Table

from probes.artefact_types import Interval
from probes.effects import PROBE_SET, Cost, Point, Study
from probes.report.figures import COLOURS, drawn
from probes.report.page import SHELL

HEADS = (
    "neurons",
    "factor",
    "answers",
    "complies %",
    "resists",
    "refuses",
    "unclear",
    "cut",
    "perpl.",
    "choices",
)
"""Short enough for a terminal of 80 columns; ``complies`` has its Wilson interval, ``cut`` are answers at their limit."""

UNREAD_MATTERS = 0.05
"""How much the share of answers that no rule could read may change between factors before it is said."""


def curve_table(study: Study) -> Table:
    """One line for each set of neurons and factor."""
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0))
    for head in HEADS:
        table.add_column(head, justify="left" if head == "neurons" else "right", no_wrap=True)
    for row in _rows(study):
        table.add_row(*row)
    return table


def slope_sentences(study: Study) -> list[str]:
    """The slopes in words, and what the random sets say about the probe's."""
    found = {each.neurons: each.points for each in study.slopes}
    sentences = []
    if PROBE_SET in found:
        sentences.append(f"probe: {_points(found[PROBE_SET])} of complying answers for each 1 the factor grows")
    random = [points.value for name, points in found.items() if name != PROBE_SET]
    if random:
        sentences.append(f"{len(random)} random sets: {min(random):+.1f} to {max(random):+.1f} percentage points")
    if study.difference is not None:
        told = "more than chance" if study.difference.low > 0 or study.difference.high < 0 else "not told from chance"
        sentences.append(f"probe less random sets: {_points(study.difference)}, {told}")
    unread = [
        (each.unclear + each.truncated) / max(1, each.answers) for each in study.points if each.neurons == PROBE_SET
    ]
    if unread and max(unread) - min(unread) > UNREAD_MATTERS:
        sentences.append(
            f"unclear or cut answers: {100 * min(unread):.0f} to {100 * max(unread):.0f} % of them; they bend the curve"
        )
    return sentences


def curve_page(study: Study, title: str) -> str:
    """The page: the curve with its controls, the outcomes, the cost, the table. The same study gives the same bytes."""
    pictures = [("Answers that comply, with Wilson intervals; grey: random sets of neurons", _compliance(study))]
    pictures.append(("What the answers do under the probe's neurons", _outcomes(study)))
    if study.costs:
        pictures.append(("What the model can still do", _costs(study)))
    figures = "".join(f"<figure>{svg}<figcaption>{html.escape(note)}</figcaption></figure>" for note, svg in pictures)
    said = "".join(f"<li>{html.escape(each)}</li>" for each in slope_sentences(study))
    head = "".join(f"<th>{html.escape(each)}</th>" for each in HEADS)
    body = "".join("<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in row) + "</tr>" for row in _rows(study))
    table = f"<div class=wide><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    shell = SHELL.read_text(encoding="utf-8").replace("{{style}}", "").replace("{{title}}", html.escape(title))
    return shell.replace("{{body}}", f"<ul>{said}</ul><div class=figures>{figures}</div>{table}")


def _rows(study: Study) -> list[tuple[str, ...]]:
    costs = {(each.neurons, each.alpha): each for each in study.costs}
    return [
        (
            each.neurons,
            f"{each.alpha:g}",
            str(each.answers),
            f"{100 * each.complies.value:.0f} [{100 * each.complies.low:.0f}, {100 * each.complies.high:.0f}]",
            str(each.resists),
            str(each.refuses),
            str(each.unclear),
            str(each.truncated),
            *_cost(costs.get((each.neurons, each.alpha))),
        )
        for each in study.points
    ]


def _cost(cost: Cost | None) -> tuple[str, str]:
    if cost is None:
        return "-", "-"
    surprise = "-" if cost.perplexity is None else f"{cost.perplexity:.2f}"
    return surprise, f"{cost.choices_right}/{cost.choices}" if cost.choices else "-"


def _points(interval: Interval) -> str:
    return f"{interval.value:+.1f} percentage points [{interval.low:+.1f}, {interval.high:+.1f}]"


def _of(study: Study, name: str) -> list[Point]:
    """The points of a set; at factor 1 those of the probe stand for all."""
    return sorted(
        (each for each in study.points if each.neurons == name or each.alpha == 1), key=lambda each: each.alpha
    )


def _compliance(study: Study) -> str:
    names = {each.neurons for each in study.points}

    def paint(axes: Any) -> None:
        for name in sorted(names - {PROBE_SET}):
            points = _of(study, name)
            axes.plot(
                _alphas(points), [100 * each.complies.value for each in points], color=COLOURS[4], lw=0.8, alpha=0.7
            )
        points = _of(study, PROBE_SET)
        value = np.array([100 * each.complies.value for each in points])
        low = value - np.array([100 * each.complies.low for each in points])
        high = np.array([100 * each.complies.high for each in points]) - value
        axes.errorbar(_alphas(points), value, yerr=[low, high], color=COLOURS[0], marker="o", capsize=3, label="probe")
        axes.axvline(1, color=COLOURS[4], lw=0.5, ls=":")
        axes.set(xlabel="factor", ylabel="% of answers", ylim=(0, 100))
        axes.legend(fontsize=7)

    return drawn(paint)


def _outcomes(study: Study) -> str:
    points = _of(study, PROBE_SET)
    kinds: dict[str, list[float]] = {
        "complies": [each.complies.value * each.answers for each in points],
        "resists": [each.resists for each in points],
        "refuses": [each.refuses for each in points],
        "unclear": [each.unclear for each in points],
    }

    def paint(axes: Any) -> None:
        for (name, counts), colour in zip(kinds.items(), COLOURS, strict=False):
            shares = [100 * count / max(1, each.answers) for count, each in zip(counts, points, strict=True)]
            axes.plot(_alphas(points), shares, marker=".", color=colour, label=name)
        axes.set(xlabel="factor", ylabel="% of answers", ylim=(0, 100))
        axes.legend(fontsize=7)

    return drawn(paint)


def _costs(study: Study) -> str:
    costs = sorted((each for each in study.costs if each.neurons == PROBE_SET), key=lambda each: each.alpha)

    def paint(axes: Any) -> None:
        alphas = [each.alpha for each in costs]
        measured = [each for each in costs if each.perplexity is not None]
        axes.plot(
            [each.alpha for each in measured], [each.perplexity for each in measured], color=COLOURS[1], marker="."
        )
        axes.set(xlabel="factor", ylabel="perplexity")
        if any(each.choices for each in costs):
            right = axes.twinx()
            right.plot(
                alphas,
                [100 * each.choices_right / max(1, each.choices) for each in costs],
                color=COLOURS[2],
                marker=".",
            )
            right.set(ylabel="% of choices right", ylim=(0, 100))

    return drawn(paint)


def _alphas(points: Sequence[Point]) -> list[float]:
    return [each.alpha for each in points]

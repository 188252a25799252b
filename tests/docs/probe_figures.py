"""The figures in docs/probes.md, from the committed records of the shipped probes: ``python -m tests.docs.probe_figures``."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "probes.md"
RECORDS = ROOT / "tests" / "benchmarks" / "results"
BLOCK = re.compile(r"(<!-- begin: figures -->\n).*?(<!-- end: figures -->)", re.DOTALL)
Row = dict[str, Any]


def figures() -> str:
    """A section for each model that probes are shipped for."""
    names = sorted(path.name.removesuffix("-detector.json") for path in RECORDS.glob("probe-*-detector.json"))
    records = [[json.loads((RECORDS / f"{name}-{kind}.json").read_text()) for kind in KINDS] for name in names]
    named = zip(names, records, strict=True)
    return "\n".join(section(name.removeprefix("probe-"), detector, sparse) for name, (detector, sparse) in named)


KINDS = ("detector", "h_neurons")


def section(name: str, detector: Row, sparse: Row) -> str:
    """Everything about one model, by the name of its files."""
    first, model, made = detector["evaluations"][0], detector["model"], detector["training"]
    begun = (
        f"The file calls itself {model['name']}, {model['quantisation']}. Trained on one answer to each of {made['questions']:,} TriviaQA questions ({made['wrong']:,} wrong), tested on one "
        f"sampled answer to each of {first['metrics']['rows']:,} others that share no question and no first right answer with "
        "them."
    )
    parts = [
        f"### {name}",
        begun,
        against(first),
        told(first, detector),
        few(sparse, detector),
        sets(detector),
        *([matrix(detector["transfers"])] if detector["transfers"] else []),
        *([exam(detector["citations"])] if detector["citations"] else []),
        *([marking(detector["citations"])] if detector["citations"] and detector["citations"]["marking"] else []),
    ]
    return "\n\n".join(parts) + "\n"


def against(first: Row) -> str:
    metrics = first["metrics"]
    rows = [("**detector**", shown(metrics["auroc"]), "")]
    baselines = sorted(metrics["baselines"], key=lambda each: each["gain"]["value"])
    rows += [(each["name"], shown(each["auroc"]), shown(each["gain"], signed=True)) for each in baselines]
    share = 100 * metrics["wrong"] / metrics["rows"]
    head = f"on the {metrics['rows']} answers ({share:.0f} % wrong)"
    return table((head, "AUROC", "the detector has more, paired"), rows)


def told(first: Row, detector: Row) -> str:
    metrics = first["metrics"]
    marked = next(each for each in detector["thresholds"] if each["false_positives"] == 0.05)
    place = detector["thresholds"].index(marked)
    return (
        f"ECE {number(metrics['ece'])}, Brier {number(metrics['brier'])}; recall {shown(metrics['recall_at_10'])} where 10 % of "
        f"right answers are marked; AUROC {number(first['length_matched'])} among answers of equal length, "
        f"{number(first['confident'])} within the half that the model itself is surest of. Marked is what lies over the "
        f"threshold for 5 % (a risk of {number(marked['risk'])}): {100 * marked['recall']:.0f} % of wrong answers in "
        f"cross-validation, and {100 * first['over_threshold'][place]:.0f} % of all answers of the test."
    )


def few(sparse: Row, detector: Row) -> str:
    metrics = sparse["evaluations"][0]["metrics"]
    gains = {each["name"]: each["gain"] for each in metrics["baselines"]}
    random = next(gain for name, gain in gains.items() if name.startswith("random neurons"))
    per_mille = 1000 * sparse["h_neurons"] / sparse["training"]["columns"]
    return (
        f"H-neurons: {sparse['h_neurons']} of {sparse['training']['columns']:,} ({per_mille:.1f} per mille), AUROC "
        f"{shown(metrics['auroc'])} alone, {shown(random, signed=True)} against as many random ones, "
        f"{shown(gains['best logit stack'], signed=True)} against the logits; Jaccard of redrawn sets "
        f"{number(sparse['stability']['h_neurons_jaccard'])}. The detector has {detector['neurons']:,} neurons in "
        f"{len(detector['layers'])} layers."
    )


def sets(detector: Row) -> str:
    tenth = next(place for place, each in enumerate(detector["thresholds"]) if each["false_positives"] == 0.1)
    rows = []
    refused = list(detector.get("refused", {}).values())
    for place, each in enumerate(detector["evaluations"]):
        metrics = each["metrics"]
        gains = {one["name"]: one["gain"] for one in metrics["baselines"]}
        declined = f"{refused[place]['refused']} of {refused[place]['questions']}" if place < len(refused) else "-"
        rows.append(
            (
                metrics["name"],
                str(metrics["rows"]),
                str(metrics["wrong"]),
                shown(metrics["auroc"]),
                shown(gains.get("best logit stack"), signed=True),
                f"{100 * each['over_threshold'][tenth]:.0f} %",
                declined,
            )
        )
    heads = ("set", "answers", "wrong", "AUROC", "over the logits", "over the 10 % threshold", "refused")
    return table(heads, rows)


def matrix(transfers: Sequence[Row]) -> str:
    rows = list(dict.fromkeys(each["trained_on"] for each in transfers))
    columns = list(dict.fromkeys(each["tested_on"] for each in transfers))
    found = {(each["trained_on"], each["tested_on"]): number(each["auroc"]) for each in transfers}
    head = "trained on (fitted anew; on its own set by held-out folds)"
    return table((head, *columns), [(row, *(found.get((row, column), "-") for column in columns)) for row in rows])


def exam(citations: Row) -> str:
    rows = [
        (
            each["kind"], each["stratum"], str(each["rows"]), str(each["wrong"]), shown(each["both"]),
            shown(each["logits"]), shown(each["gain"], signed=True), number(each["random"]["value"]),
            number(each["popularity"]),
        )
        for each in citations["results"]
    ]  # fmt: skip
    if not rows:
        return f"Citations: {citations['because']}."
    heads = ("field", "works", "spans", "wrong", "detector", "logits", "gain, paired", "random neurons", "fame")
    return f"Citations ({citations['because']}):\n\n" + table(heads, rows)


def marking(citations: Row) -> str:
    rows = [
        (
            each["stratum"],
            str(each["rows"]),
            f"{100 * each['recall']:.1f} %",
            f"{100 * each['fixed_recall']:.1f} %",
            f"{100 * each['fixed_false']:.1f} %",
        )
        for each in citations["marking"]
        if each["false_positives"] == 0.05
    ]
    heads = ("works", "spans", "wrong ones marked at 5 % of right ones", "at the shipped threshold", "right ones then")
    return "Live marking of citations:\n\n" + table(heads, rows)


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table, figures to the right."""
    lines = [heads, ["---", *("--:" for _ in heads[1:])], *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def shown(figure: Row | None, *, signed: bool = False) -> str:
    """A figure with its interval; a dash where there is none."""
    if figure is None or figure["value"] is None:
        return "-"
    return f"{number(figure['value'], signed=signed)} [{number(figure['low'], signed=signed)}, {number(figure['high'], signed=signed)}]"


def number(value: float | None, *, signed: bool = False) -> str:
    """Three digits behind the point, without the 0 in front of it."""
    return "-" if value is None else f"{value:{'+' if signed else ''}.3f}".replace("0.", ".", 1)


def written(page: str) -> str:
    """The page with its figures anew."""
    return BLOCK.sub(lambda block: block.group(1) + figures() + block.group(2), page)


if __name__ == "__main__":
    PAGE.write_text(written(PAGE.read_text(encoding="utf-8")), encoding="utf-8")

"""The shipped fusion on citations that it was not trained on: ``python -m tests.benchmarks.fused_sources``.

Registries on loopback hold the works of the valid rows, once all of them and once less a fifth that is withheld, as real
registries lack some works; a valid row of a withheld work is still right. Within each source: AUROC and calibration error of the fused risk. The sources
are balanced otherwise than the training rows, so that the error shows what a foreign base rate costs.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from citations.registries import load
from citations.testing.server import RegistryServer
from citations.titles import title_key
from citations.types import CheckedReference, Reference
from probes.metrics import auroc_interval, ece, group_weights
from tests.benchmarks.hallmark import bibtex
from tests.benchmarks.lines import Line, table
from tests.benchmarks.registry_form import chance, registry_form
from tests.benchmarks.worlds import SHARED, quick, tally
from verifier.fusion import Sort, fuse
from verifier.signals import citation_signal

FILES = {"vikranth3140": "vikranth3140.jsonl", "Walters & Wilder": "walters_wilder_chatgpt.jsonl"}
WITHHELD = (0.0, 0.2)
UNKNOWN_RISK = 0.5
"""What a citation counts for that got no risk, because nobody could say anything about it."""


@dataclass(frozen=True)
class Judged:
    """One row with its verdict."""

    checked: CheckedReference
    wrong: bool

    @property
    def risk(self) -> float:
        """The fused risk."""
        made = fuse([citation_signal(self.checked.verdict)], Sort.CITATION)
        return UNKNOWN_RISK if made is None else made.value


def measure(path: Path, withheld: float) -> list[Judged]:
    """Check the rows of a file against registries that hold its valid works, less a share of them."""
    rows = {
        row["id"]: (_reference(row), row["label"] != "valid")
        for row in map(json.loads, path.read_text("utf-8").splitlines())
    }
    valid = [reference.fields for reference, wrong in rows.values() if not wrong]
    held = [fields for fields in valid if not chance(fields, "withheld", withheld)]
    with RegistryServer([record for fields in held for record in registry_form(fields)]) as server:
        registries = load(None, quick(server.urls))
        try:
            checked = tally([reference for reference, _ in rows.values()], registries).checked
        finally:
            for registry in registries:
                registry.close()
    wrong = {reference.id: is_wrong for reference, is_wrong in rows.values()}
    return [Judged(each, wrong[each.reference.id]) for each in checked]


def _reference(row: dict[str, Any]) -> Reference:
    fields = dict(row["fields"])
    if "venue" in fields:
        fields["journal"] = fields.pop("venue")
    if " and " not in fields.get("author", ""):
        fields["author"] = " and ".join(each.strip() for each in fields.get("author", "").split(","))
    return bibtex(row["id"], row.get("type", "article"), fields)


def lines(source: str, judged: list[Judged]) -> list[Line]:
    """AUROC and calibration error within one source."""
    risk = np.array([each.risk for each in judged])
    wrong = np.array([each.wrong for each in judged])
    groups = [title_key(each.checked.reference.fields.title) for each in judged]
    area = auroc_interval(risk, wrong, group_weights(groups))
    said = Counter((each.checked.verdict.status.value, "wrong" if each.wrong else "valid") for each in judged)
    note = f"{len(judged)} rows, {area.low:.3f} to {area.high:.3f}; " + ", ".join(
        f"{status} {label} {number}" for (status, label), number in said.most_common()
    )
    return [
        Line(f"fused risk on {source}: AUROC", area.value, at_least=0.93, note=note),
        Line(f"fused risk on {source}: ECE", ece(risk, wrong), note=f"{wrong.mean():.0%} of the rows are wrong"),
    ]


def main() -> int:
    """Print the figures of every source."""
    for source, file in FILES.items():
        for withheld in WITHHELD:
            judged = measure(SHARED / "fake_citations" / file, withheld)
            print(table(lines(f"{source}, {withheld:.0%} withheld", judged)))
    return 0


if __name__ == "__main__":
    sys.exit(main())

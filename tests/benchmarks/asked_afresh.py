"""Does a model that is asked three times for the authors of a title say the same? ``python -m tests.benchmarks.asked_afresh``.

Titles that three GPT models named, each with the answers they gave afterwards and whether a search engine found the title
(Agrawal et al. 2023). Within each model: AUROC of disagreement for titles that were not found. The label is a search engine's,
so that some titles called missing exist; the titles of experts' labels are measured beside it.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import numpy as np

from citations.names import family_key, read_names
from probes.metrics import auroc_interval, group_weights
from tests.benchmarks.lines import Line, table
from tests.benchmarks.worlds import SHARED

FILE = Path("fake_citations") / "microsoft_titles.jsonl"


@dataclass(frozen=True)
class Title:
    """One title and what was said about it."""

    model: str
    exists: bool
    """As the search engine says."""
    experts: str
    """What people said, most of them: ``H`` for invented, ``G`` for real; empty where nobody was asked or they differ."""
    disagreement: float
    """1 less the mean share of authors that two answers have in common."""


def read_titles(path: Path) -> Iterator[Title]:
    """The titles that were asked about."""
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        answers = row["authors_asked_again"] or ()
        if len(answers) > 1:
            yield Title(row["model"], row["found_by_bing"], _majority(row["experts"]), disagreement(answers))


def _majority(labels: Mapping[str, str] | None) -> str:
    given = list((labels or {}).values())
    for label in ("H", "G"):
        if 2 * given.count(label) > len(given):
            return label
    return ""


def disagreement(answers: Sequence[str]) -> float:
    """1 less the mean share of authors in common, over all pairs of answers; 1 where nobody is named.

    >>> disagreement(["Ada Roe, Ben Poe", "Ada Roe"]), disagreement(["Ada Roe", "Cy Coe"])
    (0.5, 1.0)
    """
    people = [frozenset(family_key(name) for name in read_names(each).names) for each in answers]
    shares = [len(one & other) / max(1, len(one | other)) for one, other in combinations(people, 2)]
    return 1 - sum(shares) / max(1, len(shares))


def lines(titles: Sequence[Title]) -> list[Line]:
    """One line a model, and one for the titles that people judged."""
    models = sorted({each.model for each in titles})
    rows = [_line(model, [(each, not each.exists) for each in titles if each.model == model]) for model in models]
    return [*rows, _line("titles that people judged", [(each, each.experts == "H") for each in titles if each.experts])]


def _line(name: str, labelled: Sequence[tuple[Title, bool]]) -> Line:
    scores = np.array([each.disagreement for each, _ in labelled])
    wrong = np.array([is_wrong for _, is_wrong in labelled])
    area = auroc_interval(scores, wrong, group_weights([str(number) for number in range(len(wrong))]))
    note = f"{area.low:.3f} to {area.high:.3f}; {len(wrong)} titles, {wrong.mean():.0%} not found"
    return Line(f"asked afresh, {name}: AUROC of disagreement", area.value, note=note)


def main() -> int:
    """Print the figures."""
    print(table(lines(list(read_titles(SHARED / FILE)))))
    return 0


if __name__ == "__main__":
    sys.exit(main())

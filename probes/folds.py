"""Parts of the training rows that have nothing in common: neither a question nor a right answer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from probes.features import FeatureRow

Indexes = npt.NDArray[np.int64]


def joined_groups(rows: Iterable[FeatureRow]) -> Indexes:
    """A number for each row; rows have the same one if a chain of shared questions, items or right answers joins them."""
    rows = list(rows)
    parent: dict[str, str] = {}

    def root(name: str) -> str:
        while parent.setdefault(name, name) != name:
            parent[name] = name = parent[parent[name]]
        return name

    for row in rows:
        item = root(f"item {row.item}")
        for other in (f"group {row.group}", f"question {row.question_sha256}"):
            parent[root(other)] = item
    return np.unique([root(f"item {row.item}") for row in rows], return_inverse=True)[1].astype(np.int64)


def grouped_folds(groups: Indexes, wrong: npt.NDArray[np.bool_], count: int, seed: int = 0) -> Indexes:
    """The fold of each row: no group is split, and each fold gets its part of the wrong rows and of the right ones."""
    order = np.random.default_rng(seed).permutation(np.unique(groups))
    members = Counter(groups.tolist())
    wrongs = Counter(groups[wrong].tolist())
    load = np.zeros((count, 2))
    fold_of = {}
    for group in sorted(order.tolist(), key=lambda each: -members[each]):
        added = np.array([wrongs[group], members[group] - wrongs[group]])
        fold = int(np.argmin(load @ (added / np.maximum(1, [wrong.sum(), (~wrong).sum()]))))
        load[fold] += added
        fold_of[group] = fold
    return np.array([fold_of[group] for group in groups.tolist()], np.int64)

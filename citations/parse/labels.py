"""Label each piece of a printed reference: author, title, venue, year ... with a linear-chain model.

The weights in ``labels.json.gz`` were learnt by ``python -m citations.parse.train_labels`` (which says from what). They
weigh shapes, word classes and places only; no word of the training data stands in them.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np

from citations.parse.features import features

_BEAM = 7.0
_WIDE_BEAM = 14.0


class Label(StrEnum):
    """What a piece of a reference can be part of."""

    AUTHOR = "A"
    EDITOR = "E"
    TITLE = "T"
    VENUE = "J"
    VOLUME = "V"
    ISSUE = "I"
    PAGES = "P"
    DATE = "D"
    PUBLISHER = "U"
    PLACE = "L"
    NUMBER = "N"
    """The printed label of the entry: ``[12]``."""
    IDENTIFIER = "W"
    """DOI, arXiv number, ISBN, address on the web."""
    OTHER = "O"


@dataclass(frozen=True, slots=True)
class Model:
    """Weights of a linear-chain conditional random field."""

    labels: tuple[Label, ...]
    rows: Mapping[str, int]
    """Row of each feature in ``weights``; row 0 is that of unknown features."""
    weights: Any
    """Array, features by labels."""
    transitions: tuple[tuple[float, ...], ...]
    """Weight of each label (column) after each label (row)."""


def label_pieces(texts: Sequence[str], model: Model | None = None) -> list[Label]:
    """The most probable labels of the pieces of one reference, as many as there are pieces."""
    if not texts:
        return []
    model = model or shipped_model()
    rows, weights = model.rows, model.weights
    found = [[rows.get(name, 0) for name in names] for names in features(texts)]
    return _best_path(weights[found].sum(axis=1).tolist(), model)


def _best_path(scores: Sequence[Sequence[float]], model: Model) -> list[Label]:
    """Viterbi's path; labels that are far behind the best one of their piece are not followed."""
    best = dict(enumerate(scores[0]))
    steps: list[dict[int, int]] = []
    transitions = model.transitions
    for score in scores[1:]:
        floor = max(best.values()) - _BEAM
        alive = [(value, label, transitions[label]) for label, value in best.items() if value > floor]
        lowest = max(score) - _WIDE_BEAM
        step, following = {}, {}
        for label, emission in enumerate(score):
            if emission > lowest:
                value, came_from = max([(value + row[label], before) for value, before, row in alive])
                following[label] = value + emission
                step[label] = came_from
        steps.append(step)
        best = following
    at = max(best, key=best.__getitem__)
    path = [at]
    for step in reversed(steps):
        at = step[at]
        path.append(at)
    return [model.labels[index] for index in reversed(path)]


def read_model(data: bytes) -> Model:
    """The model from the bytes of a ``labels.json.gz``."""
    stored = json.loads(gzip.decompress(data))
    labels = tuple(Label(value) for value in stored["labels"])
    weights = np.zeros((len(stored["features"]) + 1, len(labels)))
    rows = {}
    for row, (name, pairs) in enumerate(stored["features"].items(), start=1):
        rows[name] = row
        for label, weight in pairs.items():
            weights[row, int(label)] = weight
    return Model(labels, rows, weights, tuple(tuple(row) for row in stored["transitions"]))


@cache
def shipped_model() -> Model:
    """The model that comes with the package."""
    return read_model(files("citations.parse").joinpath("labels.json.gz").read_bytes())

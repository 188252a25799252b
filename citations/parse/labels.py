"""Label each piece of a printed reference: author, title, venue, year ... with a linear-chain model.

The weights in ``labels.json.gz`` were learnt by ``python -m citations.parse.train_labels`` (which says from what). They
weigh shapes, word classes and places only; no word of the training data stands in them.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np

from citations.parse.emissions import Emissions


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
    """Weights of a linear-chain conditional random field, in hundredths."""

    labels: tuple[Label, ...]
    emissions: Emissions
    """What speaks for each label at each piece."""
    transitions: Any
    """Array of the weights of each label (row) behind each label (column)."""


def label_pieces(texts: Sequence[str], model: Model | None = None) -> list[Label]:
    """The most probable labels of the pieces of one reference, as many as there are pieces."""
    if not texts:
        return []
    model = model or shipped_model()
    return [model.labels[index] for index in _best_path(model.emissions.emissions(texts), model.transitions)]


def _best_path(scores: Any, transitions: Any) -> list[int]:
    """Viterbi's path; of two labels that are as good, the one that stands first in the model."""
    add, highest = np.add, np.maximum.reduce
    ways = np.empty_like(transitions)
    best = scores[0]
    for score in scores[1:]:
        add(best, transitions, ways)
        add(score, highest(ways, 1), score)
        best = score
    at = int(best.argmax())
    path = [at]
    for best in scores[-2::-1]:
        at = int((best + transitions[at]).argmax())
        path.append(at)
    path.reverse()
    return path


def read_model(data: bytes) -> Model:
    """The model from the bytes of a ``labels.json.gz``."""
    stored = json.loads(gzip.decompress(data))
    labels = tuple(Label(value) for value in stored["labels"])
    weights = np.zeros((len(stored["features"]) + 1, len(labels)), np.int32)
    rows = {}
    for row, (name, pairs) in enumerate(stored["features"].items(), start=1):
        rows[name] = row
        for label, weight in pairs.items():
            weights[row, int(label)] = round(100 * weight)
    behind = np.rint(100 * np.array(stored["transitions"]).T).astype(np.int32)
    return Model(labels, Emissions(rows, weights), np.ascontiguousarray(behind))


@cache
def shipped_model() -> Model:
    """The model that comes with the package."""
    return read_model(files("citations.parse").joinpath("labels.json.gz").read_bytes())

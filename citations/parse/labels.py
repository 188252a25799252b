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
    return label_all([texts], model)[0]


def label_all(rows: Sequence[Sequence[str]], model: Model | None = None) -> list[list[Label]]:
    """The most probable labels of the pieces of each reference; many references together cost less than one by one."""
    filled = sorted((at for at, texts in enumerate(rows) if texts), key=lambda at: -len(rows[at]))
    result: list[list[Label]] = [[] for _ in rows]
    if not filled:
        return result
    model = model or shipped_model()
    sizes = [len(rows[at]) for at in filled]
    path = _best_paths(model.emissions.emissions([rows[at] for at in filled]), sizes, model.transitions)
    begin = 0
    for at, size in zip(filled, sizes, strict=True):
        result[at] = [model.labels[index] for index in path[begin : begin + size]]
        begin += size
    return result


def _best_paths(scores: Any, sizes: Sequence[int], transitions: Any) -> list[int]:
    """Viterbi's paths one after the other, as the scores are, the longest first; of two labels as good, the model's first.

    All references take a step together; those that have ended drop out behind.
    """
    steps = np.concatenate([np.arange(size) for size in sizes])
    order, counts = steps.argsort(kind="stable"), np.bincount(steps).tolist()
    scores = scores[order]
    ways = np.empty((len(sizes), *transitions.shape), scores.dtype)
    bests = [scores[: len(sizes)]]
    end = len(sizes)
    add, highest = np.add, np.maximum.reduce
    for count in counts[1:]:
        before, best, now = bests[-1], scores[end : end + count], ways[:count]
        add(before[:count, None], transitions, now)
        add(best, highest(now, 2), best)
        bests.append(best)
        end += count
    path = bests[-1].argmax(1)
    paths = [path]
    for best in bests[-2::-1]:
        ahead = best[: len(path)]
        add(ahead, transitions.take(path, 0), ahead)
        path = best.argmax(1)
        paths.append(path)
    result = np.empty(len(scores), np.intp)
    result[order] = np.concatenate(paths[::-1])
    return result.tolist()


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

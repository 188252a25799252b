"""How well each label fits each piece of a reference: sums of the weights of its features, fast.

Features come in groups; the sum over a group is worked out once and kept. Weights are whole numbers, so that sums are
exact in whatever order they are taken.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from threading import Lock
from typing import Any

import numpy as np

from citations.parse.features import EDGE, Group, Piece, around

_MOST_SUMS = 120_000
_MOST_PIECES = 30_000
_ROOM = 4_096


class Emissions:
    """Scores of labels from weights; safe to share between threads, bounded in memory."""

    __slots__ = ("_sums", "rows", "weights")

    rows: Mapping[str, int]
    """Row of each feature in ``weights``; row 0 is that of unknown features."""
    weights: Any
    """Array of whole numbers, features by labels."""

    def __init__(self, rows: Mapping[str, int], weights: Any) -> None:
        self.rows, self.weights = rows, weights
        self._sums = _Sums(rows, weights)

    def emissions(self, rows: Sequence[Sequence[str]]) -> Any:
        """Array, pieces of all references one after the other by labels: the sum of the weights of all features of each."""
        sums = self._sums
        if sums.count > _MOST_SUMS or len(sums.pieces) > _MOST_PIECES:
            sums = self._sums = _Sums(self.rows, self.weights)
        known, add, edge = sums.pieces.get, sums.add_piece, sums.edge
        row_of, new = sums.groups.get, sums.add_group
        ringed, seen = [edge, edge], []
        at: list[int] = []
        for texts in rows:
            found = [known(text) or add(text) for text in texts]
            at += range(len(ringed) - 2, len(ringed) - 2 + len(found))
            ringed += [own for _, own in found]
            ringed += (edge, edge)  # shared by a reference and the next one
            seen += [[row_of(each) or new(each) for each in groups] for groups in around([piece for piece, _ in found])]
        own = np.array(ringed, dtype=np.intp)
        columns = (own[2:-2, :3], own[1:-3, 3:5], own[3:-1, 5:7], own[:-4, 7:8], own[4:, 8:9])
        places = np.concatenate((np.concatenate(columns, axis=1)[at], np.array(seen, dtype=np.intp)), axis=1)
        return np.add.reduce(sums.values.take(places, axis=0), axis=1, dtype=self.weights.dtype)


class _Sums:
    """The weights, and behind them the sums that were worked out so far; a row once given is never changed."""

    __slots__ = ("count", "edge", "groups", "lock", "pieces", "rows", "values")

    def __init__(self, rows: Mapping[str, int], weights: Any) -> None:
        self.rows = rows
        self.values = np.concatenate((weights, np.zeros((_ROOM, weights.shape[1]), weights.dtype)))
        self.count = len(weights) + 1
        self.groups: dict[Group, int] = {}
        self.pieces: dict[str, tuple[Piece, tuple[int, ...]]] = {}
        self.lock = Lock()
        self.edge = tuple(self.groups.get(group) or self.add_group(group) for group in EDGE.groups)

    def add_piece(self, text: str) -> tuple[Piece, tuple[int, ...]]:
        """The piece and the rows of its groups."""
        piece = Piece(text)
        entry = piece, tuple(self.groups.get(group) or self.add_group(group) for group in piece.groups)
        self.pieces[text] = entry
        return entry

    def add_group(self, group: Group) -> int:
        """The row of the sum over a group; never 0, so that a known row is true."""
        found = [row for row in map(self.rows.get, group.names) if row]
        if len(found) == 1:
            row = found[0]
        elif not found:
            row = len(self.rows) + 1
        else:
            row = self._add_sum(found)
        self.groups[group] = row
        return row

    def _add_sum(self, found: list[int]) -> int:
        with self.lock:
            if self.count == len(self.values):
                room = np.zeros((len(self.values) // 2, self.values.shape[1]), self.values.dtype)
                self.values = np.concatenate((self.values, room))
            row = self.count
            self.values[row] = self.values[found].sum(axis=0)
            self.count += 1
        return row

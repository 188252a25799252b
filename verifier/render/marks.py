"""Which characters of two texts differ, for a reader who compares them side by side. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz.distance import Indel

MAX_CHARACTERS = 4000
"""Longer texts are shown without marks: nobody compares them character by character."""
_ALIKE = 0.6
_TOKENS = re.compile(r"\w+|\s+|[^\w\s]")


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text that is the same on both sides, or not."""

    text: str
    differs: bool


@dataclass(frozen=True, slots=True)
class Marked:
    """Both texts in pieces; joined, they are the texts."""

    cited: tuple[Piece, ...]
    registered: tuple[Piece, ...]


def mark(cited: str, registered: str) -> Marked:
    """Mark what differs: whole words first, and inside one word that replaces one word its characters.

    >>> [piece.text for piece in mark("in 1973", "in 1937").cited if piece.differs]
    ['7']
    """
    if max(len(cited), len(registered)) > MAX_CHARACTERS:
        return Marked((Piece(cited, differs=False),), (Piece(registered, differs=False),))
    left, right = _TOKENS.findall(cited), _TOKENS.findall(registered)
    pieces_left: list[Piece] = []
    pieces_right: list[Piece] = []
    for old, new, same in _blocks(left, right):
        if not same and len(old) == len(new) == 1 and _is_one_word_misspelt(old[0], new[0]):
            for inner_old, inner_new, inner_same in _blocks(old[0], new[0]):
                _add(pieces_left, inner_old, differs=not inner_same)
                _add(pieces_right, inner_new, differs=not inner_same)
        else:
            _add(pieces_left, old, differs=not same)
            _add(pieces_right, new, differs=not same)
    return Marked(tuple(pieces_left), tuple(pieces_right))


def alike(cited: str, registered: str) -> bool:
    """Whether the texts share so much that marks help; otherwise everything would be marked."""
    return Indel.normalized_similarity(cited[:MAX_CHARACTERS], registered[:MAX_CHARACTERS]) >= _ALIKE


def _is_one_word_misspelt(old: str, new: str) -> bool:
    return old[0].isalnum() and new[0].isalnum() and Indel.normalized_similarity(old, new) >= _ALIKE


def _blocks(left: Sequence[str], right: Sequence[str]) -> list[tuple[Sequence[str], Sequence[str], bool]]:
    """Aligned stretches; neighbouring deletions and insertions become one replacement."""
    blocks: list[tuple[Sequence[str], Sequence[str], bool]] = []
    start_left = start_right = 0
    for code in Indel.opcodes(left, right):
        if code.tag != "equal":
            continue
        if code.src_start > start_left or code.dest_start > start_right:
            blocks.append((left[start_left : code.src_start], right[start_right : code.dest_start], False))
        blocks.append((left[code.src_start : code.src_end], right[code.dest_start : code.dest_end], True))
        start_left, start_right = code.src_end, code.dest_end
    if start_left < len(left) or start_right < len(right):
        blocks.append((left[start_left:], right[start_right:], False))
    return blocks


def _add(pieces: list[Piece], tokens: Sequence[str], *, differs: bool) -> None:
    text = "".join(tokens)
    if not text:
        return
    if pieces and pieces[-1].differs is differs:
        pieces[-1] = Piece(pieces[-1].text + text, differs)
    else:
        pieces.append(Piece(text, differs))

"""The text around a flag in pieces: which stand in the span, and how doubtful the model's tokens were. Pure."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from verifier.harmless import lines
from verifier.store.stored import StoredToken

SHOWN = 2_400
"""Characters of a text that the page shows, around the span; its twin holds all."""
STEPS = (0.4, 0.55, 0.7, 0.85)
"""From which score on a token has the first colour, the second, and so on."""


@dataclass(frozen=True, slots=True)
class TextPiece:
    """A stretch of text that is shown in one way."""

    text: str
    in_span: bool = False
    heat: int = 0
    """0 for none, up to the number of ``STEPS``."""
    told: str = ""
    """What is known of the token, for the pointer."""


def text_pieces(text: str, span: tuple[int, int] | None, tokens: tuple[StoredToken, ...] = ()) -> tuple[TextPiece, ...]:
    """The text cut where the span or a doubtful token begins and ends; joined, the pieces are what is shown of it.

    Positions that are none are moved to the nearest that is one; control and direction characters become blanks.

    >>> [piece.text for piece in text_pieces("as Li said", (3, 5))]
    ['as ', 'Li', ' said']
    """
    start, end = _within(span, len(text))
    first, last = _window(len(text), start, end)
    doubtful = list(_doubtful(tokens, len(text)))
    cuts = sorted({first, last, start, end, *(each for token in doubtful for each in token[:2])})
    starts = [each[0] for each in doubtful]
    pieces = [TextPiece("… ")] if first else []
    for here, there in pairwise(cuts):
        if not first <= here < there <= last:
            continue
        at = bisect_right(starts, here) - 1
        heat, told = (doubtful[at][2], doubtful[at][3]) if at >= 0 and here < doubtful[at][1] else (0, "")
        pieces.append(TextPiece(lines(text[here:there]), start <= here < end, heat, told))
    if last < len(text):
        pieces.append(TextPiece(" …"))
    return tuple(pieces)


def _within(span: tuple[int, int] | None, length: int) -> tuple[int, int]:
    start, end = span or (0, 0)
    start = max(0, min(start, length))
    return start, max(start, min(end, length))


def _window(length: int, start: int, end: int) -> tuple[int, int]:
    """What is shown: the span, or its beginning, in the middle."""
    room = max(0, SHOWN - (end - start)) // 2
    first = max(0, start - room)
    return first, min(length, max(first + SHOWN, 0))


def _doubtful(tokens: tuple[StoredToken, ...], length: int) -> Iterator[tuple[int, int, int, str]]:
    """Start, end, step and words of the tokens that get a colour, in order and never one over another."""
    reached = 0
    for token in sorted(tokens, key=lambda each: each.start):
        step = 0 if token.score is None else bisect_right(STEPS, token.score)
        start, end = max(token.start, reached), min(token.end, length)
        if step and start < end:
            yield start, end, step, _told(token)
            reached = end


def _told(token: StoredToken) -> str:
    known = (("risk", token.score), ("log probability", token.logprob), ("entropy", token.entropy))
    return ", ".join(f"{name} {value:.2f}" for name, value in known if value is not None)

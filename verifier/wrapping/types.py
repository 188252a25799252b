"""The noun of watching: what was read of an answer."""

from __future__ import annotations

from dataclasses import dataclass

from verifier.types import Gap


@dataclass(frozen=True, slots=True)
class Answer:
    """What a model said in one response, as far as it can be checked."""

    texts: tuple[str, ...] = ()
    """One for each choice."""
    gaps: tuple[Gap, ...] = ()
    """What of the response is no text, or not whole."""
    broken: str = ""
    """Why it ended before its end; a broken answer is not checked, because half a citation accuses nobody."""

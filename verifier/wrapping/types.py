"""The nouns of watching: what was read of an answer, and how long it is held."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from verifier.generation import Generation
from verifier.types import Gap


class Mode(StrEnum):
    """When the text of an answer reaches the program that asked."""

    AFTER = "after"
    """At once; it is checked behind the program's back when it is whole."""
    HOLDBACK = "holdback"
    """Sentence by sentence, each once it is checked; citations once they are complete."""
    BUFFER = "buffer"
    """Once the whole answer is checked."""


@dataclass(frozen=True, slots=True)
class Added:
    """Text that one event of a stream adds to one choice."""

    choice: int
    text: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What a model said in one response, as far as it can be checked."""

    texts: tuple[str, ...] = ()
    """One for each choice."""
    gaps: tuple[Gap, ...] = ()
    """What of the response is no text, or not whole."""
    generations: tuple[Generation | None, ...] = ()
    """What was seen of each text while a local model wrote it; empty where nobody watched."""
    broken: str = ""
    """Why it ended before its end; a broken answer is not checked, because half a citation accuses nobody."""

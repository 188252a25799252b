"""What is known of one kind of API: what was asked, what was answered, and how a stream of it adds up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from verifier.wrapping.types import Added, Answer


class Reading(Protocol):
    """Adds up one stream."""

    def feed(self, event: Any) -> Sequence[Added]:
        """The text that an event adds to each choice; events that are not known add nothing. May raise anything."""

    def note(self, event: Any) -> None:
        """``feed`` where nobody waits for the text: what is done for every event of a stream that passes through."""

    @property
    def finished(self) -> bool:
        """Whether the model said that the answer is whole."""

    def answer(self) -> Answer:
        """What has been read so far, called broken unless it is finished."""


class Shape(Protocol):
    """Reads the requests and responses of one API, as objects of its package or as decoded JSON."""

    def asked(self, arguments: Sequence[Any], request: Mapping[str, Any]) -> str:
        """The question, as far as it is text."""

    def answer(self, response: Any) -> Answer:
        """What a whole response says."""

    def reading(self) -> Reading:
        """A new reading of a stream."""

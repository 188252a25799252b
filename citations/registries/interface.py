"""What a registry is: anything that can be asked about works and answers without ever raising."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from citations.types import Answer, Kind, Query, Scheme


@dataclass(frozen=True, slots=True)
class Coverage:
    """What a registry can be asked for. Who is essential for what stands in ``coverage.json``, not here."""

    schemes: frozenset[Scheme]
    """Identifiers it resolves."""
    searches: bool
    """Whether it finds works by their words."""
    kinds: frozenset[Kind] | None = None
    """Kinds of works it holds; ``None`` for all."""
    until_year: int | None = None
    """Newest year it can know, ``None`` for up to date."""


class Registry(Protocol):
    """A source of works.

    Contract, enforced by ``citations.testing.registry_contract``: ``look_up`` yields exactly one answer a query, in any
    order; it never raises; it never answers ``Found(())`` for a failure.
    """

    @property
    def name(self) -> str:
        """Stable lower-case name: ``crossref``, ``semantic_scholar``, ``offline``."""

    @property
    def coverage(self) -> Coverage:
        """What may be asked."""

    def look_up(self, queries: Sequence[Query]) -> Iterator[tuple[Query, Answer]]:
        """Answer each query, in batches where the API has them."""

    def close(self) -> None:
        """Release what is held; a second call does nothing."""

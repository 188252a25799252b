"""What the registries of one case hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from citations.types import Work


@dataclass(frozen=True)
class Answers:
    """The works that each registry holds; everything else it truly does not have."""

    crossref: Sequence[Work] = ()
    arxiv: Sequence[Work] = ()
    datacite: Sequence[Work] = ()
    semantic_scholar: Sequence[Work] = ()
    openalex: Sequence[Work] | None = None
    pubmed: Sequence[Work] | None = None
    offline_covers: bool | None = None
    """``False``: there is only an offline index, and it says that it cannot know."""
    registered: frozenset[str] = field(default_factory=frozenset)
    """DOIs that doi.org knows beside those of the works."""

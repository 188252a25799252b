"""Where the facts come from: the caller's context and passages, a folder, abstracts of cited works, or a ``Retriever``."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from verifier.types import Claim, Passage


class Retriever(Protocol):
    """A source of evidence of one's own: any callable that takes a claim and gives passages, best first."""

    def __call__(self, claim: Claim) -> Iterable[Passage | str]:
        """Passages that may bear out the claim; none if there are none. May raise: that is a gap, never a verdict."""

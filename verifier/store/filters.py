"""Which flags of the queue somebody wants to see. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from citations.types import Status
from verifier.store.reviews import FlagState
from verifier.store.stored import FlagKind
from verifier.types import Stance


@dataclass(frozen=True, slots=True)
class QueueFilter:
    """Which flags; the default is every flag that waits for a decision."""

    kind: FlagKind | None = None
    verdict: Status | Stance | None = None
    """Of a reference, or the stance of a claim."""
    paper: str = ""
    """Name of a file or text as it was scanned, whole."""
    risk_above: float | None = None
    """Flags without a risk are none of these."""
    state: FlagState | None = FlagState.OPEN
    """``None`` for every state."""
    search: str = ""
    """Words that the reference, its paper or its identifiers hold; the last may be unfinished."""

"""Filters of the queue as they stand in an address, and back. Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar
from urllib.parse import urlencode

from citations.types import Status
from verifier.errors import BadRequest
from verifier.store.filters import QueueFilter
from verifier.store.reviews import FlagState
from verifier.store.stored import FlagKind
from verifier.types import Stance

MAX_PAPER = 4_096
MAX_SEARCH = 500
ALL = "all"
"""In place of a state: flags in any of them."""
_Word = TypeVar("_Word", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A filter, and from where in the queue on."""

    filter: QueueFilter
    after: str = ""

    @property
    def fields(self) -> tuple[tuple[str, str], ...]:
        """The same for a form."""
        return tuple(_fields(self.filter).items())

    @property
    def query(self) -> str:
        """The filter alone as part of an address, empty for the default."""
        return urlencode(_fields(self.filter))

    def query_after(self, cursor: str) -> str:
        """The same from another place on."""
        return urlencode({**_fields(self.filter), **({"after": cursor} if cursor else {})})


def read_wanted(query: Mapping[str, str]) -> Wanted:
    """The filter that an address names; raises ``BadRequest``. What it does not know is left to others.

    >>> read_wanted({"verdict": "mismatch", "state": "all"}).query
    'verdict=mismatch&state=all'
    """
    state = query.get("state", "")
    return Wanted(
        QueueFilter(
            kind=_word(FlagKind, "kind", query.get("kind", "")),
            verdict=_verdict(query.get("verdict", "")),
            paper=query.get("paper", "")[:MAX_PAPER],
            risk_above=_share(query.get("risk_above", "")),
            state=None if state == ALL else _word(FlagState, "state", state) or FlagState.OPEN,
            search=query.get("search", "")[:MAX_SEARCH],
        ),
        after=query.get("after", "")[:40],
    )


def _word(kind: type[_Word], name: str, value: str) -> _Word | None:
    if not value:
        return None
    try:
        return kind(value)
    except ValueError as error:
        known = ", ".join(each.value for each in kind)
        raise BadRequest(f"{name} in the address is none of {known}") from error


def _verdict(value: str) -> Status | Stance | None:
    """The verdict of a reference, or the stance of a claim."""
    if value in {each.value for each in Stance}:
        return Stance(value)
    return _word(Status, "verdict", value)


def _share(value: str) -> float | None:
    if not value:
        return None
    try:
        share = float(value)
    except ValueError:
        share = math.nan
    if not 0 <= share <= 1:
        raise BadRequest("risk_above in the address is no number from 0 to 1")
    return share


def _fields(wanted: QueueFilter) -> dict[str, str]:
    told = {
        "kind": wanted.kind.value if wanted.kind else "",
        "verdict": wanted.verdict.value if wanted.verdict else "",
        "paper": wanted.paper,
        "risk_above": "" if wanted.risk_above is None else f"{wanted.risk_above:g}",
        "state": ALL if wanted.state is None else wanted.state.value if wanted.state is not FlagState.OPEN else "",
        "search": wanted.search,
    }
    return {name: value for name, value in told.items() if value}

"""Which flags a filter lets through, and in which order: numbers alone, so that an index holds all that is looked at.

Rows of flags are long. A page of the queue is found in an index by its order, and only the rows that are shown are read.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select

from verifier.fingerprint import short_digest
from verifier.store.filters import QueueFilter
from verifier.store.reviews import FlagState
from verifier.store.search import matching
from verifier.store.tables import flag_papers, flags

FEW = 10_000
"""So many flags over a risk are sorted; among more, enough of them stand near the top of the order."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a flag stands in the order of the queue: the higher, the sooner."""

    rank: int
    id: int


def first(
    connection: Connection,
    wanted: QueueFilter,
    limit: int,
    *,
    behind: Place | None = None,
    also: ColumnElement[bool] | None = None,
) -> list[Place]:
    """The first places that the filter lets through, worst first; those behind a place where one is given."""
    bound = [] if behind is None else [_behind(behind)]
    bound += [] if also is None else [also]
    order = (flags.c.rank.desc(), flags.c.id.desc())
    found: list[Place] = []
    for conditions in _ways(connection, wanted):
        some = select(flags.c.rank, flags.c.id).where(*conditions, *bound).order_by(*order).limit(limit)
        found += [Place(rank, number) for rank, number in connection.execute(some)]
    return sorted(found, key=lambda each: (-each.rank, -each.id))[:limit]


def before(connection: Connection, wanted: QueueFilter, place: Place) -> Place | None:
    """The nearest place in front of one."""
    higher = (flags.c.rank >= place.rank) & or_(flags.c.rank > place.rank, flags.c.id > place.id)
    found: list[Place] = []
    for conditions in _ways(connection, wanted):
        some = select(flags.c.rank, flags.c.id).where(*conditions, higher).order_by(flags.c.rank, flags.c.id).limit(1)
        found += [Place(rank, number) for rank, number in connection.execute(some)]
    return min(found, key=lambda each: (each.rank, each.id), default=None)


def counted(connection: Connection, wanted: QueueFilter, limit: int) -> int:
    """How many flags the filter lets through, counted up to a limit."""
    number = 0
    for conditions in _ways(connection, wanted):
        if number < limit:
            some = select(flags.c.id).where(*conditions).limit(limit - number).subquery()
            number += int(connection.execute(select(func.count()).select_from(some)).scalar_one())
    return number


def _ways(connection: Connection, wanted: QueueFilter) -> list[list[ColumnElement[bool]]]:
    """The conditions of one query a state, because an index gives the order of one state only.

    Where a paper or words choose the flags, those few are looked up, in all states at once.
    """
    conditions = _conditions(wanted)
    chosen = _chosen(connection, wanted)
    states = states_of(wanted.state)
    if chosen:
        if wanted.risk_above is not None:
            conditions.append(flags.c.risk > wanted.risk_above)
        return [[*conditions, *chosen, _unindexed_text(flags.c.state).in_(states)]]
    return [[flags.c.state == state, *conditions, *_over_risk(connection, wanted, state)] for state in states]


def _conditions(wanted: QueueFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.kind is not None:
        conditions.append(flags.c.kind == wanted.kind.value)
    if wanted.verdict is not None:
        conditions.append(flags.c.status == wanted.verdict.value)
    if wanted.verdict is not None or wanted.risk_above is not None:
        # A verdict or risk that is not to be known before the answer must not be told by a filter either.
        conditions.append(~flags.c.blind)
    return conditions


def _chosen(connection: Connection, wanted: QueueFilter) -> list[ColumnElement[bool]]:
    """The flags of a paper, or that hold words, as conditions on their numbers."""
    chosen: list[ColumnElement[bool]] = []
    if wanted.paper:
        held = select(flag_papers.c.flag_id).where(flag_papers.c.paper_digest == short_digest(wanted.paper))
        chosen.append(flags.c.id.in_(held))
    found = matching(wanted.search, connection.dialect)
    if found is not None:
        chosen.append(flags.c.id.in_(found))
    return chosen


def _over_risk(connection: Connection, wanted: QueueFilter, state: str) -> list[ColumnElement[bool]]:
    """The condition on the risk, written so that the index of risks serves where few are over it."""
    if wanted.risk_above is None:
        return []
    over = and_(flags.c.state == state, flags.c.risk > wanted.risk_above)
    some = select(flags.c.id).where(over).limit(FEW + 1).subquery()
    if connection.execute(select(func.count()).select_from(some)).scalar_one() <= FEW:
        return [flags.c.risk > wanted.risk_above]
    return [flags.c.risk + 0 > wanted.risk_above]


def _unindexed_text(column: ColumnElement[str]) -> ColumnElement[str]:
    """The same text, by which no index is chosen: the flags are known by their numbers already."""
    return column.concat("")


def _behind(place: Place) -> ColumnElement[bool]:
    return and_(flags.c.rank <= place.rank, or_(flags.c.rank < place.rank, flags.c.id < place.id))


def states_of(state: FlagState | None) -> Sequence[str]:
    """The stored states that a filter means: a disputed flag waits for a further person, as an open one does."""
    if state is None:
        return [each.value for each in FlagState]
    return [state.value, FlagState.DISPUTED.value] if state is FlagState.OPEN else [state.value]

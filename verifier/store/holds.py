"""Holds: while one person looks at a flag, nobody else is given it. A hold ends by itself."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from verifier.store.connect import writing_to
from verifier.store.tables import holds, row

HOLD_S = 600.0
"""How long a flag is kept for whoever opened it."""


def hold(engine: Engine, flag_id: int, reviewer: str, *, seconds: float = HOLD_S) -> bool:
    """Keep the flag for the reviewer, or prolong their hold; false if somebody else holds it or it is gone."""
    now = datetime.now(UTC)
    until = now + timedelta(seconds=seconds)
    free = (holds.c.reviewer == reviewer) | (holds.c.until <= now)
    values = row(reviewer=reviewer, until=until)
    with writing_to(engine) as connection:
        taken = connection.execute(update(holds).where(holds.c.flag_id == flag_id, free).values(values))
        if taken.rowcount:
            return True
        if connection.execute(select(holds.c.flag_id).where(holds.c.flag_id == flag_id)).first():
            return False
        try:
            with connection.begin_nested():
                connection.execute(insert(holds).values(flag_id=flag_id, **values))
        except IntegrityError:  # taken meanwhile, or the flag was forgotten
            return False
        return True


def release(engine: Engine, flag_id: int, reviewer: str) -> None:
    """Let go of a flag; what somebody else holds stays held."""
    mine = (holds.c.flag_id == flag_id) & (holds.c.reviewer == reviewer)
    with writing_to(engine) as connection:
        connection.execute(delete(holds).where(mine))


def release_all(engine: Engine, reviewer: str) -> None:
    """Let go of everything that the reviewer holds, and of what nobody holds any more."""
    ended = (holds.c.reviewer == reviewer) | (holds.c.until <= datetime.now(UTC))
    with writing_to(engine) as connection:
        connection.execute(delete(holds).where(ended))

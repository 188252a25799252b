"""Reviewers, writers and upgrades killed at random moments: nothing that was kept is lost, and all of it goes on."""

from __future__ import annotations

import os
import random
import time
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, func, insert, select

from tests.soak.children import finding, review_flags, start, upgrade_database, write_flags
from tests.verifier.store.revisions import migrate, tables_of
from verifier.fingerprint import subject
from verifier.store.connect import closing_engine, connect, is_sqlite
from verifier.store.filters import QueueFilter
from verifier.store.integrity import integrity
from verifier.store.queue import queue
from verifier.store.reviews import read_reviews, state_of
from verifier.store.tables import REVISION, flags, reviews
from verifier.store.upgrade import current, upgrade
from verifier.store.wire import finding_json

KILLS = int(os.environ.get("FACTPROBE_SOAK_KILLS", "50"))
"""Of each kind on SQLite; a third as many on PostgreSQL."""
OLD_FLAGS = 1_000
WAITING = 600


def kills(url: str) -> range:
    return range(KILLS if url.startswith("sqlite") else KILLS // 3 + 1)


@pytest.mark.soak
def test_writers_killed_at_random_moments_lose_nothing(database):
    random_ = random.Random(1)
    kept: set[int] = set()
    for attempt in kills(database):
        child = start(partial(write_flags, database, count(attempt * 10_000)))
        kept |= set(child.killed_after(random_.uniform(0.02, 0.6)))
        with closing_engine(connect(database)) as engine:
            assert integrity(engine) == ()
            with engine.connect() as connection:
                held = set(connection.execute(select(flags.c.fingerprint)).scalars())
        assert {finding(number).fingerprint for number in kept} <= held
    print(f"{database[:8]}: {len(kept)} flags were kept before kills")
    assert kept


@pytest.mark.soak
def test_reviewers_killed_at_random_moments_lose_no_answer(database):
    random_ = random.Random(2)
    assert start(partial(write_flags, database, iter(range(WAITING)))).finished()[0] == 0
    told: set[int] = set()
    for _ in kills(database):
        child = start(partial(review_flags, database, "ana"))
        told |= set(child.killed_after(random_.uniform(0.0, 0.3)))
        with closing_engine(connect(database)) as engine, engine.connect() as connection:
            assert integrity(engine) == ()
            held = set(connection.execute(select(reviews.c.id)).scalars())
            states = dict(connection.execute(select(flags.c.id, flags.c.state).where(flags.c.state != "open")).all())
            assert all(state_of(read_reviews(connection, each)).value == state for each, state in states.items())
        assert told <= held
    assert told
    code, rest = start(partial(review_flags, database, "ana")).finished()
    with closing_engine(connect(database)) as engine:
        assert (code, queue(engine).items) == (0, ())
    print(f"{database[:8]}: {len(told)} answers were kept before kills, {len(rest)} after the last")


@pytest.mark.soak
def test_upgrades_killed_at_random_moments_leave_the_old_database_or_the_new_one(empty, tmp_path):
    random_ = random.Random(3)
    rows = _old_rows()
    with closing_engine(connect(empty)) as engine:
        _make_old(engine, tmp_path, rows)
        started_at = time.process_time()
        upgrade_database(empty, lambda _: None)
        longest_s = 1.2 * (time.process_time() - started_at)
        old = new = 0
        for _ in kills(empty):
            if current(engine) != "0001":
                _make_old(engine, tmp_path, rows)
            told = start(partial(upgrade_database, empty)).killed_after(random_.uniform(0.0, longest_s))
            found = current(engine)
            assert found == REVISION if told else found in {"0001", REVISION}
            old, new = old + (found == "0001"), new + (found == REVISION)
            with engine.connect() as connection:
                assert connection.execute(select(func.count(flags.c.id))).scalar() == OLD_FLAGS
        assert upgrade(engine) == REVISION
        assert integrity(engine) == ()
        assert len(queue(engine, QueueFilter(search="comet"), limit=500).items) == 500
    print(f"{engine.dialect.name}: killed while it was old {old} times, when it was new {new} times")
    assert old


def _old_rows() -> list[dict[str, Any]]:
    made = [finding(number) for number in range(OLD_FLAGS)]
    at = made[0].checked.evidence[0].asked.asked_at
    return [
        {
            "fingerprint": each.fingerprint,
            "subject": subject(each.checked.reference.fields, each.checked.reference.raw),
            "status": each.status.value,
            "decision": each.decision.value,
            "excerpt": each.checked.reference.raw[:500],
            "finding": finding_json(each),
            "first_scan_id": 1,
            "last_scan_id": 1,
            "seen": 1,
            "created_at": at,
            "last_seen_at": at,
        }
        for each in made
    ]


def _make_old(engine: Engine, folder: Path, rows: list[dict[str, Any]]) -> None:
    """A database of the first revision with rows in the place of the one that is there."""
    if is_sqlite(engine):
        engine.dispose()
        for each in folder.glob("flags.db*"):
            each.unlink()
        connect(engine.url.render_as_string(hide_password=False)).dispose()
    else:
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("DROP SCHEMA public CASCADE")
            connection.exec_driver_sql("CREATE SCHEMA public")
    migrate(engine, "upgrade", "0001")
    with tables_of(engine) as (connection, old):
        connection.execute(insert(old.tables["flags"]), rows)

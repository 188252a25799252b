"""Eight processes write flags while two review them: nobody sees an error, no row is lost; prints how fast it went."""

from __future__ import annotations

import os
import time
from functools import partial

import pytest
from sqlalchemy import func, select

from tests.soak.children import BATCH, finding, review_flags, start, write_flags
from verifier.store.connect import closing_engine, connect
from verifier.store.integrity import integrity
from verifier.store.tables import checked_references, flags, reviews

WRITERS = 8
OF_ITS_OWN = int(os.environ.get("FACTPROBE_SOAK_FLAGS", "200"))
"""Flags that one writer alone writes; as many again are written by all of them, each in another order."""
VOTES = 100
"""Of each of the two reviewers."""


def numbers(writer: int) -> list[int]:
    """What a writer writes: its own, and what all of them write, from another end."""
    own = [10_000 * (writer + 1) + number for number in range(OF_ITS_OWN)]
    shared = list(range(OF_ITS_OWN))
    turned = shared[writer * 20 :] + shared[: writer * 20]
    mixed = [each for pair in zip(own, reversed(turned) if writer % 2 else turned, strict=True) for each in pair]
    return mixed[: len(mixed) - len(mixed) % BATCH]


@pytest.mark.soak
def test_no_writer_and_no_reviewer_is_in_the_way_of_another(database):
    written = [numbers(writer) for writer in range(WRITERS)]
    started_at = time.monotonic()
    writers = [start(partial(write_flags, database, iter(each))) for each in written]
    people = [start(partial(review_flags, database, name, most=VOTES, patience_s=120.0)) for name in ("ana", "ben")]
    wrote = [each.finished() for each in writers]
    took_s = time.monotonic() - started_at
    voted = [each.finished() for each in people]
    assert [code for code, _ in wrote + voted] == [0] * (WRITERS + 2)
    assert [told for _, told in wrote] == written
    expected = {finding(number).fingerprint for each in written for number in each}
    answers = {number for _, told in voted for number in told}
    with closing_engine(connect(database)) as engine:
        assert integrity(engine) == ()
        with engine.connect() as connection:
            assert set(connection.execute(select(flags.c.fingerprint)).scalars()) == expected
            assert answers <= set(connection.execute(select(reviews.c.id)).scalars())
            rows = connection.execute(select(func.count()).select_from(checked_references)).scalar()
            assert rows == sum(len(each) for each in written)
            seen = connection.execute(select(func.sum(flags.c.seen))).scalar()
        print(
            f"{engine.dialect.name}: {rows} findings by {WRITERS} writers in {took_s:.0f} s ({rows / took_s:.0f}/s), "
            f"{len(answers)} votes by 2 reviewers beside them; {len(expected)} flags, seen {seen} times"
        )
    assert (len(answers), seen) == (2 * VOTES, rows)

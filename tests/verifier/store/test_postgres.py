"""The same database code on PostgreSQL: a server of our own on a socket, or the one that ``TEST_POSTGRES_URL`` names."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import select, text

from citations.types import Status
from tests.verifier.samples import checked, one_of_each, reference
from verifier.errors import StoreNeedsUpgrade
from verifier.findings import finding_of
from verifier.store import open_store
from verifier.store.connect import connect, writing_to
from verifier.store.flags import list_flags
from verifier.store.queue import flag
from verifier.store.reviews import FlagState, ReviewAnswer, add_review, settle
from verifier.store.scans import ScanKey, add_findings, begin_scan, body, earlier_findings
from verifier.store.tables import REVISION, flags, is_ours, metadata
from verifier.store.upgrade import upgrade

KEY = ScanKey("scan", ("refs.bib",), "settings")


@pytest.fixture
def engine(postgres):
    made = connect(postgres)
    upgrade(made)
    yield made
    made.dispose()


def test_it_is_never_upgraded_unasked(postgres):
    with pytest.raises(StoreNeedsUpgrade) as error:
        open_store(postgres)
    assert error.value.hint.startswith("verifier db upgrade --db 'postgresql+psycopg://")


def test_the_tables_are_what_the_migrations_make(engine):
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection, opts={"include_name": is_ours}), metadata) == []
    assert upgrade(engine) == REVISION


def test_findings_are_read_back_as_they_were(engine):
    stored = [finding_of(each) for each in one_of_each()]
    add_findings(engine, begin_scan(engine, KEY, "0.1.0"), stored, lambda _: b"body")
    back = {each.finding.status: each.finding for each in earlier_findings(engine, KEY)}
    assert back[Status.FABRICATED] == next(each for each in stored if each.status is Status.FABRICATED)
    assert Status.UNCHECKED not in back
    assert body(engine, "b" * 64) == b"body"
    assert len(list_flags(engine)) == 4


@pytest.mark.parametrize("hostile", ["e\0ect", "bad \udbff"])
def test_no_text_can_poison_an_insert(engine, hostile):
    items = [checked(Status.NOT_FOUND, reference(n, title, raw=title)) for n, title in enumerate(("good", hostile))]
    add_findings(engine, begin_scan(engine, KEY, "0.1.0"), [finding_of(each) for each in items])
    assert len(earlier_findings(engine, KEY)) == 2


def test_a_vote_that_is_cast_while_new_facts_come_in_is_not_taken_for_one_about_them(engine):
    scan = begin_scan(engine, KEY, "0.1.0")
    add_findings(engine, scan, [finding_of(checked(Status.NOT_FOUND, reference(1)))])
    (found,) = list_flags(engine)
    with ThreadPoolExecutor(1) as pool, writing_to(engine) as connection:
        held = connection.execute(select(flags).where(flags.c.id == found.id).with_for_update()).mappings().one()
        add_review(connection, held, ReviewAnswer.REJECT, "ana")
        later = pool.submit(
            add_findings, engine, scan, [finding_of(checked(Status.NOT_FOUND, reference(2, year=1901)))]
        )
        while not (later.done() or _somebody_waits(engine)):
            time.sleep(0.01)
        settle(connection, found.id)
        connection.commit()
        later.result(60)
    assert flag(engine, found.id).summary.state is FlagState.OPEN


def _somebody_waits(engine):
    with engine.connect() as connection:
        return connection.execute(text("SELECT count(*) FROM pg_locks WHERE NOT granted")).scalar_one()


def test_the_same_fault_is_one_flag(engine):
    for _ in range(2):
        add_findings(engine, begin_scan(engine, KEY, "0.1.0"), [finding_of(checked(Status.NOT_FOUND))])
    assert [flag.seen for flag in list_flags(engine)] == [2]

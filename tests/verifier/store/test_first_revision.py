"""A database of the first revision, with rows, becomes what the program needs today, on both kinds of database."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from sqlalchemy import insert, select

from citations.types import Status
from tests.verifier.samples import checked, one_of_each, reference
from tests.verifier.store.revisions import migrate, tables_of
from verifier.findings import finding_of
from verifier.fingerprint import subject
from verifier.store.connect import connect
from verifier.store.filters import QueueFilter
from verifier.store.queue import count, flag, queue
from verifier.store.reviews import FlagState, ReviewAnswer, decide
from verifier.store.scans import ScanKey, add_findings, begin_scan
from verifier.store.tables import REVISION
from verifier.store.upgrade import current, upgrade
from verifier.store.wire import finding_json

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


@pytest.fixture(params=["sqlite", "postgres"])
def engine(request, tmp_path):
    url = f"sqlite:///{tmp_path / 'x.db'}" if request.param == "sqlite" else request.getfixturevalue("postgres")
    made = connect(url)
    migrate(made, "upgrade", "0001")
    fill(made)
    yield made
    made.dispose()


def fill(engine):
    scan = {"kind": "scan", "state": "finished", "inputs": "[]", "inputs_digest": "d", "settings_digest": "s"}
    with tables_of(engine) as (connection, old):
        connection.execute(insert(old.tables["scans"]).values(**scan, tool_version="0.0.1", started_at=NOW))
        for each in one_of_each()[1:4]:
            finding = finding_of(each)
            values = {
                "fingerprint": finding.fingerprint,
                "subject": subject(each.reference.fields, each.reference.raw),
                "status": finding.status.value,
                "decision": finding.decision.value,
                "excerpt": each.reference.raw,
                "finding": finding_json(finding),
            }
            seen = {"first_scan_id": 1, "last_scan_id": 1, "seen": 1, "created_at": NOW, "last_seen_at": NOW}
            connection.execute(insert(old.tables["flags"]).values(**values, **seen))
        damaged = {"fingerprint": "f", "subject": "s", "status": "mismatch", "decision": "flag", "excerpt": "odd row"}
        connection.execute(insert(old.tables["flags"]).values(**damaged, finding=json.dumps([1]), **seen))


def test_no_row_is_lost_and_all_of_them_are_in_the_queue(engine):
    assert current(engine) == "0001"
    assert upgrade(engine) == REVISION
    assert [each.status for each in queue(engine).items] == [
        *(Status.FABRICATED, Status.NOT_FOUND, Status.MISMATCH, Status.MISMATCH),
    ]
    first = queue(engine).items[0]
    assert (first.paper, first.created_at, first.state) == ("refs.bib", NOW, FlagState.OPEN)
    assert flag(engine, first.id).finding == finding_of(one_of_each()[3])
    assert count(engine, QueueFilter(paper="refs.bib")) == 3
    assert count(engine, QueueFilter(search="entscheidungsproblem")) == 3


def test_an_old_flag_is_decided_and_recognised_and_not_opened_again_for_nothing(engine):
    upgrade(engine)
    first = queue(engine).items[0]
    decide(engine, first.id, ReviewAnswer.REJECT, "ana")
    again = checked(Status.FABRICATED, reference(4, one_of_each()[3].reference.fields.title, file="v2.bib"))
    add_findings(engine, begin_scan(engine, ScanKey("scan", ("v2.bib",), "s"), "0.1.0"), [finding_of(again)])
    item = flag(engine, first.id)
    assert (item.summary.seen, item.summary.state, len(item.papers)) == (2, FlagState.REJECTED, 2)


def test_alembic_finds_nothing_to_do(engine):
    upgrade(engine)
    migrate(engine, "check")
    with engine.connect() as connection:
        assert connection.execute(select(1)).scalar() == 1

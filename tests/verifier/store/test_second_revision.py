"""A database of the second revision, with decisions and confirmed works, on both kinds of database."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import insert, select

from citations.types import Status
from tests.verifier.samples import TURING, checked, reference
from tests.verifier.store.revisions import migrate, tables_of
from verifier.findings import finding_of
from verifier.fingerprint import short_digest, subject
from verifier.store.adjudications import adjudication, list_confirmed, revoke_work
from verifier.store.connect import connect
from verifier.store.filters import QueueFilter
from verifier.store.integrity import integrity
from verifier.store.queue import flag, queue
from verifier.store.reviews import FlagState, ReviewAnswer
from verifier.store.tables import REVISION, scans
from verifier.store.upgrade import upgrade
from verifier.store.wire import finding_json

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
WORK = {"title": TURING.title, "fields": '{"year": 1937}', "confirmed_by": "ana", "confirmed_at": NOW}


@pytest.fixture(params=["sqlite", "postgres"])
def engine(request, tmp_path):
    url = f"sqlite:///{tmp_path / 'x.db'}" if request.param == "sqlite" else request.getfixturevalue("postgres")
    made = connect(url)
    migrate(made, "upgrade", "0002")
    with tables_of(made) as (connection, old):
        fill(connection, old.tables)
    yield made
    made.dispose()


def fill(connection, old):
    """A dismissed flag of each verdict about one work, which was confirmed twice: once revoked, once not."""
    scan = {"kind": "scan", "state": "finished", "inputs": "[]", "inputs_digest": "d", "settings_digest": "s"}
    connection.execute(insert(old["scans"]).values(**scan, tool_version="0.1.0", started_at=NOW))
    about = short_digest(subject(reference().fields, reference().raw))
    seen = {"first_scan_id": 1, "last_scan_id": 1, "seen": 1, "created_at": NOW, "last_seen_at": NOW}
    for number, status in enumerate((Status.NOT_FOUND, Status.MISMATCH, Status.FABRICATED), start=1):
        finding = finding_of(checked(status))
        values = {
            "fingerprint": finding.fingerprint,
            "fact": finding.fingerprint,
            "subject": subject(reference().fields, reference().raw),
            "subject_digest": about,
            "status": status.value,
            "decision": finding.decision.value,
            "excerpt": "Turing",
            "finding": finding_json(finding),
            "state": "rejected",
        }
        connection.execute(insert(old["flags"]).values(**values, **seen))
        review = {"flag_id": number, "reviewer": "ana", "answer": "reject", "at": NOW, "fact": finding.fingerprint}
        connection.execute(insert(old["reviews"]).values(**review))
    for identifier, revoked_at in (("isbn 0", NOW), ("isbn 1", None)):
        values = WORK | {"subject_digest": about, "identifier": identifier, "revoked_at": revoked_at}
        connection.execute(insert(old["confirmed_works"]).values(**values))


def test_no_decision_is_lost_and_nothing_is_missing(engine):
    assert upgrade(engine) == REVISION
    assert integrity(engine) == ()
    found = queue(engine, QueueFilter(state=None)).items
    assert [each.state for each in found] == [FlagState.REJECTED] * 3
    assert adjudication(engine, finding_of(checked(Status.NOT_FOUND))).reviewer == "ana"
    with engine.connect() as connection:
        assert connection.execute(select(scans.c.storage)).scalars().all() == ["excerpt"]


def test_a_work_that_was_confirmed_before_opens_what_it_dismissed_when_it_is_revoked(engine):
    upgrade(engine)
    still = next(each for each in list_confirmed(engine) if each.revoked_at is None)
    assert (still.identifier, revoke_work(engine, still.id, "ben")) == ("isbn 1", (1,))
    reopened = flag(engine, 1)
    assert (reopened.summary.state, [each.answer for each in reopened.reviews]) == (
        FlagState.OPEN,
        [ReviewAnswer.REJECT, ReviewAnswer.NOTE, ReviewAnswer.REOPEN],
    )
    assert adjudication(engine, replace(finding_of(checked(Status.MISMATCH)), adjudication=None)) is not None

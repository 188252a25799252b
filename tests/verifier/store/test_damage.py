"""Rows that somebody damaged: none is imported, and none that stands in the database ends in anything but a sentence."""

from __future__ import annotations

import base64
import io
import json
import sqlite3
import stat
import zlib
from contextlib import closing
from dataclasses import replace

import pytest

from citations.types import Status
from tests.verifier.samples import one_of_each, report_of
from tests.verifier.store.revisions import migrate
from verifier.errors import StoreError
from verifier.findings import finding_of
from verifier.store import open_store
from verifier.store.adjudications import confirm_work
from verifier.store.connect import connect
from verifier.store.filters import QueueFilter
from verifier.store.levels import StorageLevel
from verifier.store.queue import count, flag, queue
from verifier.store.recorder import Recorder
from verifier.store.retention import forget_author
from verifier.store.reviewers import add_reviewer
from verifier.store.reviews import ReviewAnswer, decide
from verifier.store.scans import ScanKey, body
from verifier.store.stored import StoredToken, Trace
from verifier.store.transfer import export_database, import_database
from verifier.store.upgrade import upgrade
from verifier.store.wire import MAX_UNPACKED, Packed, packed, unpacked
from verifier.types import Span

BOMB = base64.b64encode(zlib.compress(b"\0" * 10_000_000)).decode()
DAMAGE = [
    ("flags", {"kind": "banana"}),
    ("flags", {"kind": "claim"}),
    ("flags", {"quorum": 0}),
    ("flags", {"risk": float("nan")}),
    ("evidence", {"score": float("inf")}),
    ("audits", {"probability": 0.0}),
    ("audits", {"probability": float("nan")}),
    ("reviewers", {"role": "banana"}),
    ("reviews", {"answer": "banana"}),
    ("scans", {"state": "banana"}),
    ("scans", {"storage": "banana"}),
    ("scans", {"inputs": "[1]"}),
    ("scans", {"inputs": "{"}),
    ("scans", {"summary": "[]"}),
    ("scans", {"summary": '{"gaps": [{"what": "all"}]}'}),
    ("scans", {"summary": '{"failed": [1]}'}),
    ("checked_references", {"finding": "{}"}),
    ("evidence", {"judged": "{}"}),
    ("confirmed_works", {"fields": "[]"}),
    ("texts", {"kind": "banana"}),
    ("texts", {"compressed": "AAAA"}),
    ("texts", {"compressed": BOMB}),
    ("texts", {"size": 1}),
    ("traces", {"compressed": base64.b64encode(zlib.compress(b"[[1]]")).decode(), "size": 5}),
    ("bodies", {"compressed": BOMB}),
    ("bodies", {"compressed": ""}),
]


@pytest.fixture
def engine(tmp_path):
    made = open_store(f"sqlite:///{tmp_path / 'x.db'}")
    trace = Trace("m", (StoredToken("Turing", 0, 6, -0.5, 1.0, 0.5),))
    key = ScanKey("ask", ("answer",), "settings")
    recorder = Recorder(made, key, lambda _: b"a body", level=StorageLevel.FULL, trace=trace, audit_share=1.0)
    recorder.read("Turing says Ada Lovelace wrote it.", "answer", "Who was it?")
    for each in one_of_each():
        found = finding_of(each)
        recorder.add(found if each.verdict.status is not Status.NOT_FOUND else _in_prose(found))
    recorder.finish(report_of(()))
    number = next(each.id for each in queue(made).items if each.status is Status.NOT_FOUND)
    decide(made, number, ReviewAnswer.REJECT, "ana")
    confirm_work(made, number, "ana", "isbn 1")
    add_reviewer(made, "ana")
    yield made
    made.dispose()


def _in_prose(finding):
    return replace(finding, span=Span(0, 6))


def exported(engine):
    out = io.StringIO()
    export_database(engine, out)
    return out.getvalue().splitlines()


def test_every_table_with_rows_goes_through_an_export(engine, tmp_path):
    lines = exported(engine)
    assert {table for table, _ in DAMAGE} <= {json.loads(line).get("table") for line in lines}
    other = open_store(f"sqlite:///{tmp_path / 'y.db'}")
    import_database(other, lines)
    assert exported(other) == lines
    other.dispose()


@pytest.mark.parametrize(("table", "values"), DAMAGE, ids=lambda each: str(each)[:40])
def test_a_row_that_could_not_be_read_again_is_not_imported(engine, tmp_path, table, values):
    lines = []
    for line in exported(engine):
        record = json.loads(line)
        if record.get("table") == table:
            record["row"] |= values
        lines.append(json.dumps(record))
    other = open_store(f"sqlite:///{tmp_path / 'y.db'}")
    with pytest.raises(StoreError, match="is damaged; nothing was imported"):
        import_database(other, lines)
    assert count(other, QueueFilter(state=None)) == 0
    other.dispose()


@pytest.mark.parametrize("table", ["texts", "traces", "bodies"])
@pytest.mark.parametrize(
    "content", [b"", b"no zlib", zlib.compress(b"\0" * 10_000_000)], ids=["empty", "other", "bomb"]
)
def test_a_packed_row_that_is_damaged_is_one_sentence(engine, tmp_path, table, content):
    with closing(sqlite3.connect(tmp_path / "x.db")) as connection:
        connection.execute(f"UPDATE {table} SET compressed = ?", (content,))
        connection.commit()
    number = next(each.id for each in queue(engine, QueueFilter(state=None)).items if each.status is Status.NOT_FOUND)
    with pytest.raises(StoreError, match="row is damaged"):
        body(engine, "b" * 64) if table == "bodies" else flag(engine, number)


def test_what_is_packed_is_unpacked_and_no_more_than_anybody_needs():
    assert unpacked(packed(b"text")) == b"text"
    endless = zlib.compress(b"\0" * (MAX_UNPACKED + 1), 1)
    with pytest.raises(StoreError, match="damaged"):
        unpacked(Packed(MAX_UNPACKED + 1, endless))


def test_a_person_is_forgotten_in_whole_texts_too(engine):
    kept = lambda: sum(json.loads(line).get("table") == "texts" for line in exported(engine))  # noqa: E731
    assert kept() == 2
    forget_author(engine, "Love")
    assert kept() == 2
    assert "Lovelace" in exported_flags(engine)
    forget_author(engine, "Lovelace")
    assert kept() == 1
    assert "Lovelace" not in exported_flags(engine)


def exported_flags(engine):
    return "".join(line for line in exported(engine) if json.loads(line).get("table") == "flags")


def test_a_backup_that_a_kill_cut_off_is_not_in_the_way(tmp_path):
    path = tmp_path / "old.db"
    engine = connect(f"sqlite:///{path}")
    migrate(engine, "upgrade", "0001")
    (tmp_path / "old.db.backup-0001.unfinished").write_bytes(b"half of a page")
    (tmp_path / "old.db.backup-0001").write_bytes(b"an older backup")
    upgrade(engine)
    engine.dispose()
    backup = tmp_path / "old.db.backup-0001"
    with closing(sqlite3.connect(backup)) as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchone() == ("0001",)
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600
    assert sorted(each.name for each in tmp_path.glob("*unfinished*")) == []


def test_a_finding_that_is_no_finding_is_one_sentence(engine, tmp_path):
    with closing(sqlite3.connect(tmp_path / "x.db")) as connection:
        connection.execute("UPDATE flags SET finding = ?", ("[" * 100_000,))
        connection.commit()
    with pytest.raises(StoreError, match="cannot be read"):
        flag(engine, queue(engine).items[0].id)

from __future__ import annotations

import hashlib
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select, text

from citations.types import Location, Status, Unreadable
from tests.verifier.samples import checked, one_of_each, reference, report_of
from verifier.errors import StoreError
from verifier.findings import finding_of
from verifier.store import open_store
from verifier.store.flags import list_flags
from verifier.store.recorder import Recorder
from verifier.store.scans import (
    ScanKey,
    add_findings,
    begin_scan,
    body,
    earlier_findings,
    reference_digest,
)
from verifier.store.tables import checked_references, evidence, scans, storable, unreadable

KEY = ScanKey("scan", ("/papers/refs.bib",), "settings")


@pytest.fixture
def engine(tmp_path: Path):
    made = open_store(f"sqlite:///{tmp_path / 'x.db'}")
    yield made
    made.dispose()


def findings(items=None):
    return [finding_of(each) for each in (one_of_each() if items is None else items)]


def rows(engine, table):
    with engine.connect() as connection:
        return connection.execute(select(table)).mappings().all()


def test_what_was_judged_is_read_back_as_it_was(engine):
    scan = begin_scan(engine, KEY, "0.1.0")
    stored = findings()
    add_findings(engine, scan, stored)
    back = {each.digest: each.finding for each in earlier_findings(engine, KEY)}
    for finding in stored:
        if finding.status not in {Status.UNCHECKED, Status.VERIFIED}:
            assert back[reference_digest(finding.checked.reference)] == finding


def test_unchecked_references_are_asked_again(engine):
    add_findings(engine, begin_scan(engine, KEY, "0.1.0"), findings())
    assert Status.UNCHECKED not in {each.finding.status for each in earlier_findings(engine, KEY)}


@pytest.mark.parametrize(
    "other",
    [
        replace(KEY, inputs=("/papers/other.bib",)),
        replace(KEY, settings_digest="other"),
        replace(KEY, kind="check"),
    ],
)
def test_other_inputs_and_other_settings_share_nothing(engine, other):
    add_findings(engine, begin_scan(engine, KEY, "0.1.0"), findings())
    assert earlier_findings(engine, other) == ()


def test_the_newest_of_several_scans_counts(engine):
    for status in (Status.NOT_FOUND, Status.MISMATCH):
        add_findings(engine, begin_scan(engine, KEY, "0.1.0"), findings([checked(status)]))
    assert [each.finding.status for each in earlier_findings(engine, KEY)] == [Status.MISMATCH]


def test_candidates_are_kept_for_flagged_references_alone(engine):
    add_findings(engine, begin_scan(engine, KEY, "0.1.0"), findings())
    by_id = {row["id"]: row["status"] for row in rows(engine, checked_references)}
    kept = {by_id[row["reference_row"]] for row in rows(engine, evidence) if '"candidates":[{' in row["judged"]}
    assert {"not_found", "fabricated", "mismatch", "retracted"} <= kept
    assert {row["registry"] for row in rows(engine, evidence)} == {"crossref", "doi_org"}


def test_bodies_are_kept_compressed_for_flagged_references_alone(engine):
    content = b'{"status": "ok"}' * 100
    asked_for = []

    def body_of(sha256):
        asked_for.append(sha256)
        return content

    add_findings(engine, begin_scan(engine, KEY, "0.1.0"), findings([checked(Status.VERIFIED)]), body_of)
    assert asked_for == []
    add_findings(engine, begin_scan(engine, KEY, "0.1.0"), findings([checked(Status.NOT_FOUND)]), body_of)
    assert body(engine, "b" * 64) == content
    assert body(engine, hashlib.sha256(b"").hexdigest()) is None


def test_a_body_is_kept_once(engine):
    for _ in range(2):
        add_findings(engine, begin_scan(engine, KEY, "0.1.0"), findings([checked(Status.NOT_FOUND)]), lambda _: b"x")
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM bodies")).scalar() == 1


@pytest.mark.parametrize(
    ("hostile", "kept"),
    [
        ("e\0ect of e\0cient classi\0ers", "eect of ecient classiers"),
        ("bad \udbff end", "bad \ufffd end"),
        ("pair \ud83d\ude00 whole", "pair \U0001f600 whole"),
        ("plain ünïcode", "plain ünïcode"),
    ],
)
def test_no_text_can_poison_an_insert(engine, hostile, kept):
    refs = [reference(1, "good 1"), reference(2, hostile, raw=hostile), reference(3, "good 2")]
    scan = begin_scan(engine, KEY, "0.1.0")
    add_findings(engine, scan, findings([checked(Status.NOT_FOUND, each) for each in refs]))
    assert storable(hostile) == kept
    stored = {each.finding.checked.reference.key: each.finding for each in earlier_findings(engine, KEY)}
    assert sorted(stored) == ["r1", "r2", "r3"]
    assert stored["r2"].checked.reference.raw == kept
    assert len(list_flags(engine)) == 3


def test_a_database_that_cannot_be_read_is_an_error_and_never_an_empty_answer(engine):
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE flags"))
        connection.execute(text("DROP TABLE evidence"))
        connection.execute(text("DROP TABLE checked_references"))
    for read in (lambda: earlier_findings(engine, KEY), lambda: list_flags(engine)):
        with pytest.raises(StoreError, match="cannot be read"):
            read()


def test_a_database_that_stays_locked_is_one_sentence(engine, tmp_path):
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA busy_timeout=10")
    with closing(sqlite3.connect(tmp_path / "x.db")) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match="cannot be written: database is locked"):
            begin_scan(engine, KEY, "0.1.0")


def test_a_full_record_says_how_the_scan_ended(engine):
    recorder = Recorder(engine, KEY)
    report = report_of(one_of_each(), unreadable=[Unreadable(Location("refs.bib", line=3), "broken", "@x{")])
    recorder.unreadable(report.unreadable)
    for finding in report.findings:
        recorder.add(finding)
    recorder.finish(report)
    (row,) = rows(engine, scans)
    assert (row["state"], row["tool_version"]) == ("finished", "0.1.0")
    assert '"fabricated": 1' in row["summary"]
    assert len(rows(engine, checked_references)) == 7
    assert len(rows(engine, unreadable)) == 1


KILLED = """
import os, signal, sys
sys.path.insert(0, {root!r})
from citations.types import Status
from tests.verifier.samples import checked, reference
from verifier.findings import finding_of
from verifier.store import open_store
from verifier.store.recorder import Recorder
from verifier.store.scans import ScanKey
recorder = Recorder(open_store({url!r}), ScanKey("scan", ("/papers/refs.bib",), "settings"))
for number in range(120):
    recorder.add(finding_of(checked(Status.NOT_FOUND, reference(number, f"Title number {{number}}"))))
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_killed_scan_keeps_what_it_had_and_resumes(tmp_path):
    url = f"sqlite:///{tmp_path / 'x.db'}"
    root = str(Path(__file__).resolve().parents[3])
    done = subprocess.run([sys.executable, "-c", KILLED.format(url=url, root=root)], check=False)
    assert done.returncode == -signal.SIGKILL
    engine = open_store(url)
    kept = earlier_findings(engine, KEY)
    (row,) = rows(engine, scans)
    engine.dispose()
    assert 100 <= len(kept) <= 120
    assert row["state"] == "running"


WRITER = """
import sys
sys.path.insert(0, {root!r})
from citations.types import Status
from tests.verifier.samples import checked, reference
from verifier.findings import finding_of
from verifier.store import open_store
from verifier.store.scans import ScanKey, add_findings, begin_scan
engine = open_store({url!r})
scan = begin_scan(engine, ScanKey("scan", ("x",), "s"), "0")
for number in range(40):
    add_findings(engine, scan, [finding_of(checked(Status.NOT_FOUND, reference(number, f"Title number {{number}}")))])
"""


def test_writers_in_several_processes_lose_nothing(tmp_path):
    url = f"sqlite:///{tmp_path / 'x.db'}"
    root = str(Path(__file__).resolve().parents[3])
    code = WRITER.format(url=url, root=root)
    running = [subprocess.Popen([sys.executable, "-c", code]) for _ in range(3)]
    assert [each.wait(timeout=120) for each in running] == [0, 0, 0]
    engine = open_store(url)
    flags = list_flags(engine)
    count = len(rows(engine, checked_references))
    engine.dispose()
    assert (count, len(flags), {flag.seen for flag in flags}) == (120, 40, {3})


def test_the_same_reference_twice_in_one_scan_is_refused_by_the_database(engine):
    scan = begin_scan(engine, KEY, "0.1.0")
    add_findings(engine, scan, findings([checked(Status.VERIFIED)]))
    with pytest.raises(StoreError, match="cannot be written"):
        add_findings(engine, scan, findings([checked(Status.VERIFIED)]))

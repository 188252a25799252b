"""``verifier db flags``: a look at what is stored that changes nothing."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from citations.types import Status
from tests.verifier.samples import checked, reference
from verifier.cli import main
from verifier.findings import finding_of
from verifier.store import open_store
from verifier.store.recorder import Recorder
from verifier.store.scans import ScanKey


def run(*arguments):
    return CliRunner().invoke(main, ["db", *map(str, arguments)])


@pytest.fixture
def database(tmp_path):
    engine = open_store(f"sqlite:///{tmp_path / 'x.db'}")
    recorder = Recorder(engine, ScanKey("scan", ("refs.bib",), "digest"))
    for number, status in enumerate([Status.FABRICATED, Status.VERIFIED, Status.MISMATCH], start=1):
        raw = f"\x1b[31mEntry {number}\n of a list"
        recorder.add(finding_of(checked(status, reference(number, f"A title of its own {number}", raw=raw))))
    recorder._write()
    engine.dispose()
    return tmp_path / "x.db"


def test_flags_are_lines_with_id_verdict_place_time_and_excerpt(database):
    done = run("flags", "--db", database)
    assert done.exit_code == 0
    latest, first = done.stdout.splitlines()
    assert latest.startswith("2  mismatch  refs.bib:30  20")
    assert first.startswith("1  fabricated  refs.bib:10  20")
    assert first.endswith("Entry 1 of a list")
    assert "\x1b" not in done.stdout


def test_flags_are_limited_and_come_as_json(database):
    (only,) = json.loads(run("flags", "--db", database, "--limit", 1, "--format", "json").stdout)
    assert (only["id"], only["verdict"], only["file"], only["line"], only["seen"]) == (2, "mismatch", "refs.bib", 30, 1)


def test_looking_changes_nothing(database, tmp_path):
    before = database.read_bytes()
    run("flags", "--db", database)
    assert database.read_bytes() == before
    missing = run("flags", "--db", tmp_path / "none.db")
    assert (missing.exit_code, "there is no database" in missing.stderr) == (2, True)
    assert not (tmp_path / "none.db").exists()


def test_a_database_of_another_schema_is_not_touched(tmp_path):
    (tmp_path / "empty.db").touch()
    done = run("flags", "--db", tmp_path / "empty.db")
    assert (done.exit_code, "[store-needs-upgrade]" in done.stderr) == (2, True)


def test_no_flag_is_said(tmp_path):
    open_store(f"sqlite:///{tmp_path / 'x.db'}").dispose()
    done = run("flags", "--db", tmp_path / "x.db")
    assert (done.exit_code, done.stdout) == (0, "")
    assert "no flags in sqlite:///" in done.stderr

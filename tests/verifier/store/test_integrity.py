"""``db check`` finds what ``alembic check`` finds, what was made by hand and is gone, and damage."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest
from click.testing import CliRunner
from sqlalchemy import text

from citations.types import Status
from tests.verifier.samples import checked
from verifier.cli import main
from verifier.findings import finding_of
from verifier.store.connect import connect
from verifier.store.integrity import integrity
from verifier.store.scans import ScanKey, add_findings, begin_scan
from verifier.store.upgrade import upgrade

CHANGES = {
    "a column too many": ("ALTER TABLE flags ADD COLUMN further INTEGER", "remove column flags further"),
    "an index too few": ("DROP INDEX ix_flags_subject_digest", "add index ix_flags_subject_digest"),
    "a table too few": ("DROP TABLE tombstones", "add table tombstones"),
    "a column too few": ("ALTER TABLE scans DROP COLUMN storage", "add column scans storage"),
}


@pytest.fixture(params=["sqlite", "postgres"])
def engine(request, tmp_path):
    url = f"sqlite:///{tmp_path / 'x.db'}" if request.param == "sqlite" else request.getfixturevalue("postgres")
    made = connect(url)
    upgrade(made)
    add_findings(made, begin_scan(made, ScanKey("scan", ("x",), "s"), "0.1.0"), [finding_of(checked(Status.NOT_FOUND))])
    yield made
    made.dispose()


def run(engine):
    return CliRunner().invoke(main, ["db", "check", "--db", engine.url.render_as_string(hide_password=False)])


def change(engine, statement):
    with engine.execution_options(writes=True).begin() as connection:
        connection.execute(text(statement))


def test_a_database_as_it_should_be_has_no_problem(engine):
    assert integrity(engine) == ()
    done = run(engine)
    assert (done.exit_code, "up to date and sound" in done.stdout) == (0, True)


@pytest.mark.parametrize(("statement", "told"), CHANGES.values(), ids=CHANGES)
def test_a_difference_from_the_program_is_told(engine, statement, told):
    change(engine, statement)
    assert any(told in each for each in integrity(engine))
    done = run(engine)
    assert (done.exit_code, told in done.stdout) == (2, True)


def test_a_missing_trigger_is_told(engine):
    on = "" if engine.dialect.name == "sqlite" else " ON reviews"
    change(engine, f"DROP TRIGGER reviews_are_append_only{on}")
    assert integrity(engine) == ("reviews_are_append_only is missing",)


def test_a_missing_index_for_searches_is_told(engine):
    if engine.dialect.name == "sqlite":
        change(engine, "DROP TRIGGER flags_search_update")
        assert integrity(engine) == ("flags_search_update is missing",)
    else:
        change(engine, "DROP INDEX ix_flags_search")
        assert integrity(engine) == ("ix_flags_search is missing",)


def test_rows_without_their_owner_are_told(tmp_path):
    engine = connect(f"sqlite:///{tmp_path / 'y.db'}")
    upgrade(engine)
    with closing(sqlite3.connect(tmp_path / "y.db")) as connection:
        connection.execute("INSERT INTO holds (flag_id, reviewer, until) VALUES (7, 'ana', '2026-01-01')")
        connection.commit()
    assert integrity(engine) == ("row 7 of holds belongs to a row of flags that is not there",)
    engine.dispose()


def test_damaged_pages_are_told(tmp_path):
    path = tmp_path / "y.db"
    engine = connect(f"sqlite:///{path}")
    upgrade(engine)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        root = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'ix_flags_last_seen_at'").fetchone()[
            0
        ]
    engine.dispose()
    with path.open("r+b") as stream:
        stream.seek((root - 1) * 4096)
        stream.write(b"\xff" * 64)
    done = run(engine)
    engine.dispose()
    assert done.exit_code == 2
    assert "damaged" in done.stdout or "malformed" in done.stderr

from __future__ import annotations

import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, text

from verifier.errors import StoreError, StoreNeedsUpgrade
from verifier.store import open_store
from verifier.store.connect import connect
from verifier.store.tables import REVISION, is_ours, metadata
from verifier.store.upgrade import current, ensure, migrations_folder, upgrade


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'deep' / 'fact probe.db'}"


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def set_revision(url: str, revision: str) -> None:
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection:
        connection.execute("UPDATE alembic_version SET version_num = ?", (revision,))
        connection.commit()


def test_a_new_database_is_made_with_its_folder_for_its_owner_alone(url):
    open_store(url).dispose()
    path = Path(url.removeprefix("sqlite:///"))
    assert (mode(path), mode(path.parent)) == (0o600, 0o700)


def test_the_tables_are_what_the_migrations_make(url):
    engine = open_store(url)
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection, opts={"include_name": is_ours}), metadata) == []
    engine.dispose()


def test_the_newest_migration_is_the_one_the_program_needs():
    config = Config()
    config.set_main_option("script_location", str(migrations_folder()))
    assert ScriptDirectory.from_config(config).get_current_head() == REVISION


def test_sqlite_is_set_up_for_several_processes(url):
    engine = open_store(url)
    with engine.connect() as connection:
        pragmas = {
            name: connection.execute(text(f"PRAGMA {name}")).scalar()
            for name in ("journal_mode", "foreign_keys", "busy_timeout")
        }
    engine.dispose()
    assert pragmas == {"journal_mode": "wal", "foreign_keys": 1, "busy_timeout": 15_000}


def test_a_database_of_a_newer_program_is_refused_in_one_sentence(url):
    open_store(url).dispose()
    set_revision(url, "9999")
    with pytest.raises(StoreNeedsUpgrade, match="newer version of this program"):
        open_store(url)


def test_an_old_local_database_is_backed_up_before_it_is_upgraded(url):
    engine = open_store(url)
    set_revision(url, "0000")
    with pytest.raises(Exception, match="0000"):  # no such migration exists yet; the backup comes first
        upgrade(engine)
    engine.dispose()
    backup = Path(url.removeprefix("sqlite:///") + ".backup-0000")
    assert mode(backup) == 0o600
    with closing(sqlite3.connect(backup)) as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchone() == ("0000",)


def test_a_migration_that_fails_leaves_nothing_behind(url):
    engine = connect(url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE evidence (x INTEGER)"))
    with pytest.raises(StoreError, match="cannot be upgraded"):
        upgrade(engine)
    with engine.connect() as connection:
        tables = set(connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'table'")).scalars())
    engine.dispose()
    assert tables == {"evidence"}


def test_other_databases_refuse_with_the_command_to_type(tmp_path, monkeypatch):
    engine = create_engine(f"sqlite:///{tmp_path / 'x.db'}")
    monkeypatch.setattr(engine.dialect, "name", "somethingelse")
    with pytest.raises(StoreNeedsUpgrade) as error:
        ensure(engine)
    engine.dispose()
    assert error.value.hint.startswith("verifier db upgrade --db '")


def test_processes_that_start_together_upgrade_once(url):
    code = f"from verifier.store import open_store\nopen_store({url!r}).dispose()"
    running = [subprocess.Popen([sys.executable, "-c", code]) for _ in range(4)]
    assert [each.wait(timeout=60) for each in running] == [0, 0, 0, 0]
    engine = connect(url)
    assert current(engine) == REVISION
    engine.dispose()


def test_a_file_that_is_no_database_is_one_sentence(tmp_path):
    path = tmp_path / "x.db"
    path.write_text("this is no database, it is a text that is long enough to be one\n" * 50)
    with pytest.raises(StoreError, match="cannot be read: file is not a database"):
        open_store(f"sqlite:///{path}")

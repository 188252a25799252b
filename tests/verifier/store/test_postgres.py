"""The same database code on PostgreSQL: a server of our own on a socket, or the one that ``TEST_POSTGRES_URL`` names."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from importlib.util import find_spec
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, text

from citations.types import Status
from tests.conftest import require_or_skip
from tests.verifier.samples import checked, one_of_each, reference
from verifier.errors import StoreNeedsUpgrade
from verifier.findings import finding_of
from verifier.store import open_store
from verifier.store.connect import connect
from verifier.store.flags import list_flags
from verifier.store.scans import ScanKey, add_findings, begin_scan, body, earlier_findings
from verifier.store.tables import REVISION, is_ours, metadata
from verifier.store.upgrade import upgrade

KEY = ScanKey("scan", ("refs.bib",), "settings")


@pytest.fixture(scope="module")
def server():
    given = os.environ.get("TEST_POSTGRES_URL")
    if given:
        yield given
        return
    if find_spec("psycopg") is None:
        require_or_skip("psycopg is not installed (pip install '.[postgres]')")
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not found:
        require_or_skip("there is no PostgreSQL (apt-get install postgresql, or set TEST_POSTGRES_URL)")
    folder = Path(tempfile.mkdtemp(prefix="factprobe-postgres-", dir="/tmp"))
    tools, user = found[-1].parent, []
    if os.geteuid() == 0:  # PostgreSQL refuses to run as root
        shutil.chown(folder, "postgres")
        user = ["runuser", "-u", "postgres", "--"]
    start = [
        f"{tools}/pg_ctl",
        "-D",
        f"{folder}/data",
        "-o",
        f"-k {folder} -c listen_addresses=''",
        "-l",
        f"{folder}/log",
    ]
    subprocess.run([*user, f"{tools}/initdb", "-D", f"{folder}/data", "-A", "trust", "-U", "postgres"], check=True)
    subprocess.run([*user, *start, "-w", "start"], check=True)
    yield f"postgresql://postgres@/postgres?host={folder}"
    subprocess.run([*user, f"{tools}/pg_ctl", "-D", f"{folder}/data", "-m", "immediate", "stop"], check=True)
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def url(server):
    """An empty database."""
    engine = create_engine(server.replace("postgresql:", "postgresql+psycopg:"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    engine.dispose()
    return server


@pytest.fixture
def engine(url):
    made = connect(url)
    upgrade(made)
    yield made
    made.dispose()


def test_it_is_never_upgraded_unasked(url):
    with pytest.raises(StoreNeedsUpgrade) as error:
        open_store(url)
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


def test_the_same_fault_is_one_flag(engine):
    for _ in range(2):
        add_findings(engine, begin_scan(engine, KEY, "0.1.0"), [finding_of(checked(Status.NOT_FOUND))])
    assert [flag.seen for flag in list_flags(engine)] == [2]

"""A PostgreSQL server of our own on a socket, or the one that ``TEST_POSTGRES_URL`` names; imported by conftest files."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from importlib.util import find_spec
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from tests.conftest import require_or_skip


@pytest.fixture(scope="session")
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
def postgres(server):
    """An empty database."""
    engine = create_engine(server.replace("postgresql:", "postgresql+psycopg:"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    engine.dispose()
    return server

"""Scans killed at random moments: no acknowledged row is lost, no database is damaged, every run ends when resumed."""

from __future__ import annotations

import json
import os
import random
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from citations.testing.faults import Fault
from citations.testing.server import REGISTRIES, RegistryServer
from citations.types import Fields, Kind, Name

ROOT = Path(__file__).resolve().parents[2]
KILLS = int(os.environ.get("FACTPROBE_SOAK_KILLS", "200"))
WORKS = [
    Fields(
        title=f"Observations of the variable star number {number} in the year {1900 + number}",
        authors=(Name("Leavitt", "Henrietta S."),),
        year=1950 + number % 50,
        venue="Harvard Annals",
        doi=f"10.1000/annals.{number}",
        kind=Kind.ARTICLE,
    )
    for number in range(120)
]


def bibliography(path: Path) -> Path:
    """All works, every third with a wrong year so that something is flagged."""
    entries = [
        f"@article{{w{number},\n  title = {{{work.title}}},\n  author = {{Leavitt, Henrietta S.}},\n"
        f"  journal = {{{work.venue}}},\n  year = {{{(work.year or 0) + (9 if number % 3 == 0 else 0)}}}\n}}\n"
        for number, work in enumerate(WORKS)
    ]
    path.write_text("\n".join(entries), encoding="utf-8")
    return path


def rows(database: Path, table: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(database)) as connection:
        return connection.execute(f"SELECT id FROM {table}").fetchall()


@pytest.mark.soak
def test_scans_killed_at_random_moments_lose_nothing(tmp_path: Path) -> None:
    random_ = random.Random(2026)
    paper = bibliography(tmp_path / "refs.bib")
    database = tmp_path / "flags.db"
    command = [sys.executable, "-m", "verifier", "scan", str(paper), "--db", str(database), "--registries", "crossref"]
    with RegistryServer(WORKS) as server:
        environment = os.environ | {f"VERIFIER_{name.upper()}_URL": server.url(name) for name in REGISTRIES}
        environment |= {"PYTHONPATH": str(ROOT), "VERIFIER_CACHE": str(tmp_path / "cache")}
        server.fail("crossref", Fault.SLOW, seconds=0.02)
        acknowledged: set[tuple[object, ...]] = set()
        for _ in range(KILLS):
            running = subprocess.Popen([*command, "--resume"], env=environment, stdout=subprocess.DEVNULL, cwd=tmp_path)
            time.sleep(random_.uniform(0.2, 3.0))
            running.kill()
            running.wait()
            if database.exists():
                with closing(sqlite3.connect(database)) as connection:
                    assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
                kept = set(rows(database, "flags"))
                assert acknowledged <= kept
                acknowledged = kept
        server.heal()
        done = subprocess.run(
            [*command, "--resume", "--format", "json"],
            env=environment,
            capture_output=True,
            text=True,
            cwd=tmp_path,
            check=False,
        )
        report = json.loads(done.stdout)
    verdicts = [each["verdict"] for each in report["references"]]
    assert (len(verdicts), verdicts.count("mismatch"), verdicts.count("verified")) == (120, 40, 80)
    assert len(rows(database, "flags")) == 40

"""Scans killed at random moments: no acknowledged row is lost, no database is damaged, every run ends when resumed."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy import select

from citations.testing.faults import Fault
from citations.testing.server import REGISTRIES, RegistryServer
from citations.types import Fields, Kind, Name
from verifier.store.connect import closing_engine, connect
from verifier.store.integrity import integrity
from verifier.store.tables import flags

ROOT = Path(__file__).resolve().parents[2]
KILLS = int(os.environ.get("FACTPROBE_SOAK_KILLS", "50"))
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


def kept(url: str) -> set[str]:
    """Fingerprints of the flags in a database that is as it should be."""
    with closing_engine(connect(url)) as engine:
        assert integrity(engine) == ()
        with engine.connect() as connection:
            return set(connection.execute(select(flags.c.fingerprint)).scalars())


@pytest.mark.soak
def test_scans_killed_at_random_moments_lose_nothing_and_end_when_they_are_resumed(
    database: str, tmp_path: Path
) -> None:
    random_ = random.Random(2026)
    paper = bibliography(tmp_path / "refs.bib")
    command = [sys.executable, "-m", "verifier", "scan", str(paper), "--db", database, "--registries", "crossref"]
    command += ["--resume", "--format", "jsonl"]
    acknowledged: set[str] = set()
    with RegistryServer(WORKS) as server:
        environment = os.environ | {f"VERIFIER_{name.upper()}_URL": server.url(name) for name in REGISTRIES}
        environment |= {"PYTHONPATH": str(ROOT), "VERIFIER_CACHE": str(tmp_path / "cache")}
        server.fail("crossref", Fault.SLOW, seconds=0.02)
        for _ in range(KILLS if database.startswith("sqlite") else KILLS // 3 + 1):
            running = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, cwd=tmp_path)
            assert running.stdout is not None
            running.stdout.readline()  # what comes before is the interpreter's start, in which nothing can be lost
            time.sleep(random_.uniform(0.0, 2.0))
            running.kill()
            running.communicate()
            held = kept(database)
            assert acknowledged <= held
            acknowledged = held
        server.heal()
        done = subprocess.run(command, env=environment, capture_output=True, text=True, cwd=tmp_path, check=False)
    records = [json.loads(line) for line in done.stdout.splitlines()]
    verdicts = [each["verdict"] for each in records if each["type"] == "reference"]
    assert (len(verdicts), verdicts.count("mismatch"), verdicts.count("verified")) == (120, 40, 80)
    assert len(kept(database)) == 40

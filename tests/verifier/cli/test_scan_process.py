"""``verifier scan`` as a process: what it prints while it runs, and what signals, kills and readers that go away leave."""

from __future__ import annotations

import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path

import pytest

from citations.testing.faults import Fault
from citations.testing.server import REGISTRIES
from citations.types import Fields
from tests.verifier.cli.lists import SHANNON, TURING, entry, run

ROOT = Path(__file__).resolve().parents[3]


def test_an_interruption_loses_nothing_and_says_how_to_go_on(server, bib, tmp_path):
    for name in REGISTRIES:
        server.fail(name, Fault.HANG, seconds=60)
    path = bib(entry("turing", TURING), entry("shannon", SHANNON))
    command = [sys.executable, "-m", "verifier", "scan", path, "--db", "x.db"]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    running = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=env, cwd=tmp_path
    )
    while not _number_of(tmp_path / "x.db", "scans") and running.poll() is None:
        time.sleep(0.05)
    time.sleep(1)  # the registries hang for a minute, so that it is found waiting for them or still starting
    running.send_signal(signal.SIGINT)
    out, err = running.communicate(timeout=30)
    assert running.returncode == 3
    assert "interrupted" in out + err
    assert "--resume" in out + err
    assert "Traceback" not in err
    with closing(sqlite3.connect(tmp_path / "x.db")) as db:
        assert db.execute("SELECT state FROM scans").fetchone()[0] in {"interrupted", "running"}


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_scan_prints_what_was_judged(server, bib, tmp_path, number):
    works = [replace(TURING, year=year, doi="") for year in range(1780, 1880)]
    path = bib(*[entry(f"r{each.year}", each) for each in works])
    server.fail("crossref", Fault.SLOW, seconds=0.3)
    command = [sys.executable, "-m", "verifier", "scan", path, "--db", "x.db", "--registries", "crossref"]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    running = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=env, cwd=tmp_path)
    while _number_of(tmp_path / "x.db", "flags") < 1 and running.poll() is None:
        time.sleep(0.02)
    for _ in range(2):  # shells and ``timeout`` send it to the process and to its group
        running.send_signal(number)
        time.sleep(0.02)
    out, _ = running.communicate(timeout=30)
    assert running.returncode == 1
    flagged = [line for line in out.splitlines() if re.match(r"refs\.bib:\d+: \[\w+\] (mismatch|not_found)", line)]
    assert len(flagged) == _number_of(tmp_path / "x.db", "flags") > 0
    assert ", interrupted" in out


def slow_scan(server, bib, tmp_path, *options):
    works = [replace(TURING, year=1780 + n, doi="") for n in range(40)]
    path = bib(entry("turing", replace(TURING, year=1973)), *[entry(f"r{n}", each) for n, each in enumerate(works)])
    server.fail("crossref", Fault.SLOW, seconds=0.3)
    command = [sys.executable, "-m", "verifier", "scan", path, "--no-store", "--registries", "crossref", *options]
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": str(ROOT)}, cwd=tmp_path
    )


def test_jsonl_comes_as_references_are_judged(server, bib, tmp_path):
    running = slow_scan(server, bib, tmp_path, "--format", "jsonl")
    first = json.loads(running.stdout.readline())
    assert (first["type"], running.poll()) == ("reference", None)
    running.send_signal(signal.SIGINT)
    rest = [json.loads(line) for line in running.communicate(timeout=30)[0].splitlines()]
    assert [each["type"] for each in [first, *rest]].count("reference") == 41
    assert rest[-1]["type"] == "summary"
    assert rest[-1]["interrupted"]


@pytest.mark.parametrize(("options", "at_once"), [((), 0), (("--format", "csv"), 1)])
def test_text_and_csv_come_as_references_are_judged_where_another_program_reads_them(
    server, bib, tmp_path, options, at_once
):
    running = slow_scan(server, bib, tmp_path, *options)
    head = [running.stdout.readline() for _ in range(at_once + 1)]
    assert "refs.bib" in head[-1]
    assert running.poll() is None
    running.send_signal(signal.SIGINT)
    rest = running.communicate(timeout=30)[0].splitlines()
    found = [line for line in [*head, *rest] if re.match(r"refs\.bib(:\d+: \[\w+\] |,\d+,)", line)]
    assert len(found) == len(set(found)) == 41
    assert any("the rest of the run" in line for line in rest)


def test_text_in_a_file_and_on_a_terminal_begins_with_the_worst(server, bib, tmp_path):
    path = bib(
        entry("right", SHANNON),
        entry("wrong", replace(TURING, year=1973)),
        entry("none", Fields(title="A page", year=1)),
    )
    command = [sys.executable, "-m", "verifier", "scan", path, "--no-store", "-v", "--format", "text"]
    with (tmp_path / "report.txt").open("w") as out:
        subprocess.run(command, stdout=out, env={**os.environ, "PYTHONPATH": str(ROOT)}, cwd=tmp_path, check=False)
    lines = (tmp_path / "report.txt").read_text().splitlines()
    found = [line.split("]")[0] for line in lines if line.startswith("refs.bib:")]
    assert [each.split("[")[1] for each in found] == ["none", "wrong", "right"]


def test_a_reader_that_goes_away_leaves_nothing_marked_as_unchecked(server, bib, tmp_path):
    path = bib(entry("turing", replace(TURING, year=1973)), entry("shannon", SHANNON))
    command = [sys.executable, "-m", "verifier", "scan", path, "--db", "x.db", "--format", "jsonl"]
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        command,
        stdout=writer,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        cwd=tmp_path,
        check=False,
    )
    os.close(writer)
    assert (done.returncode, done.stderr) == (0, b"")
    with closing(sqlite3.connect(tmp_path / "x.db")) as db:
        assert db.execute("SELECT count(*) FROM checked_references WHERE status = 'unchecked'").fetchone() == (0,)


def test_a_killed_scan_goes_on_where_it_was(server, bib, tmp_path):
    works = [replace(TURING, title=f"{TURING.title} part {n} of a series on {n * n}", doi="") for n in range(150)]
    path = bib(*[entry(f"r{n}", each) for n, each in enumerate(works)])
    server.fail("crossref", Fault.SLOW, seconds=0.05)
    command = [sys.executable, "-m", "verifier", "scan", path, "--db", "x.db", "--registries", "crossref"]
    running = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, env={**os.environ, "PYTHONPATH": str(ROOT)}, cwd=tmp_path
    )
    while _number_of(tmp_path / "x.db", "checked_references") < 20 and running.poll() is None:
        time.sleep(0.02)
    running.kill()
    assert running.wait(timeout=30) == -signal.SIGKILL
    kept = _number_of(tmp_path / "x.db", "checked_references")
    assert 20 <= kept < 150
    server.heal()
    asked = len(server.log)
    done = run("scan", path, "--db", "x.db", "--registries", "crossref", "--resume", "--format", "json")
    summary = json.loads(done.stdout)["summary"]
    assert summary["references"] == 150
    on_its_way = 8  # requests of the killed process that the server finishes later
    assert len(server.log) - asked <= 150 - kept + on_its_way
    assert [_number_of(tmp_path / "x.db", table) for table in ("scans", "checked_references")] == [2, kept + 150]


def _number_of(path: Path, table: str) -> int:
    if not path.exists():
        return 0
    with closing(sqlite3.connect(path)) as db, suppress(sqlite3.Error):
        return int(db.execute(f"SELECT count(*) FROM {table}").fetchone()[0])
    return 0

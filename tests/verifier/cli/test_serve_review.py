"""``verifier serve review``, ``verifier review --web`` and ``verifier review token`` as processes and commands."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import requests
from click.testing import CliRunner

from tests.verifier.samples import one_of_each
from verifier.cli import main
from verifier.cli.review import queue_path
from verifier.cli.serve.needs import needs_server
from verifier.errors import ExtraMissing
from verifier.findings import finding_of
from verifier.store import open_store
from verifier.store.scans import ScanKey, add_findings, begin_scan

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def database(tmp_path):
    engine = open_store(f"sqlite:///{tmp_path / 'x.db'}")
    scan = begin_scan(engine, ScanKey("scan", ("refs.bib",), "digest"), "0.1.0")
    add_findings(engine, scan, [finding_of(each) for each in one_of_each()])
    engine.dispose()
    return tmp_path / "x.db"


def run(*arguments):
    return CliRunner().invoke(main, list(map(str, arguments)))


def started(*arguments, browser="true"):
    """The process, and the address that it says."""
    command = [sys.executable, "-m", "verifier", *map(str, arguments)]
    environment = {**os.environ, "BROWSER": browser}
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.PIPE, text=True)
    said = []
    for line in process.stderr:
        said.append(line)
        if line.startswith("review at "):
            return process, line.split()[2].rstrip("/,"), said
    process.wait()
    raise AssertionError("".join(said))


@pytest.mark.parametrize(
    "arguments",
    [
        ("serve", "review", "--port", 0, "--as", "Ana Lima"),
        ("review", "--web", "--as", "Ana Lima", "--verdict", "mismatch"),
    ],
)
def test_the_page_is_served_until_it_is_interrupted(database, arguments):
    process, address, said = started(*arguments, "--db", database)
    with process:
        twin = requests.get(f"{address}/queue.json", timeout=20).json()
        process.send_signal(signal.SIGINT)
        _, rest = process.communicate(timeout=20)
    assert (process.returncode, rest) == (0, "")
    assert len(twin["items"]) == 4
    assert "as Ana Lima" in "".join(said)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--host", "0.0.0.0"], "others can reach 0.0.0.0"),
        (["--public-url", "http://review.example.org"], "no address of a server that speaks TLS"),
        (["--tls-cert", "cert.pem"], "TLS needs a certificate and its key"),
        (["--tls-cert", "no.pem", "--tls-key", "no.pem"], "there is no file no.pem"),
        (["--host", "192.0.2.1", "--public-url", "https://r.example.org"], "cannot be used"),
    ],
)
def test_a_place_that_is_not_safe_is_one_sentence(database, arguments, sentence):
    done = run("serve", "review", "--db", database, *arguments)
    assert (done.exit_code, sentence in done.stderr, "[cannot-serve]" in done.stderr) == (2, True, True)
    assert "hint: " in done.stderr


def test_a_missing_library_is_one_line_that_installs_it():
    with pytest.raises(ExtraMissing) as raised:
        needs_server("json", "no_such_library")
    assert (raised.value.message, raised.value.hint) == (
        "serving needs no_such_library, not installed here",
        "pip install '.[server]'",
    )


def test_a_database_that_is_not_there_is_not_made(tmp_path):
    done = run("serve", "review", "--db", tmp_path / "none.db")
    assert (done.exit_code, (tmp_path / "none.db").exists()) == (2, False)


@pytest.mark.parametrize("name", ["factprobe", " "])
def test_nobody_serves_a_page_on_which_the_program_would_answer(database, name):
    done = run("serve", "review", "--port", 0, "--as", name, "--db", database)
    assert (done.exit_code, "is no name for a reviewer" in done.stderr) == (2, True)


def test_tokens_are_made_listed_and_revoked(database):
    made = run("review", "token", "add", "Ana Lima", "--role", "admin", "--db", database)
    assert (len(made.stdout.split()), len(made.stdout.strip()) > 40) == (1, True)
    listed = run("review", "token", "list", "--db", database).stdout
    assert (listed.startswith("Ana Lima  admin  made "), made.stdout.strip() in listed) == (True, False)
    assert run("review", "token", "revoke", "Ana Lima", "--db", database).stdout == "1 revoked\n"
    assert run("review", "token", "revoke", "Ana Lima", "--db", database).exit_code == 2
    assert "  revoked " in run("review", "token", "list", "--db", database).stdout


def test_a_token_needs_a_persons_name(database):
    assert run("review", "token", "add", "factprobe", "--db", database).exit_code == 2


@pytest.mark.parametrize(
    ("filters", "path"),
    [
        ({"kind": None, "paper": "", "risk_above": None, "search": "", "verdict": None}, "/queue"),
        (
            {"paper": "a b.pdf", "risk_above": 0.5, "verdict": "mismatch"},
            "/queue?paper=a+b.pdf&risk_above=0.5&verdict=mismatch",
        ),
    ],
)
def test_the_filters_of_the_terminal_are_those_of_the_page(filters, path):
    assert queue_path(**filters) == path

"""``verifier review``: from a script, and with one key an item in a real terminal."""

from __future__ import annotations

import json
import os
import pty
import select
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner

from citations.types import Status
from tests.verifier.samples import checked, claim_finding, one_of_each, reference
from verifier.cli import main
from verifier.cli.desk import answering
from verifier.findings import finding_of
from verifier.render.words import what_differs
from verifier.store import open_store
from verifier.store.filters import QueueFilter
from verifier.store.holds import hold
from verifier.store.queue import flag, next_flag, queue
from verifier.store.reviews import FlagState, ReviewAnswer, reviews_of
from verifier.store.scans import ScanKey, add_claims, add_findings, begin_scan
from verifier.store.stored import FlagKind, Keeping
from verifier.types import Stance

ROOT = Path(__file__).resolve().parents[3]
HOSTILE = "\x1b[2J\x1b]0;owned\x07 a title of its own"


@pytest.fixture
def database(tmp_path):
    engine = open_store(f"sqlite:///{tmp_path / 'x.db'}")
    scan = begin_scan(engine, ScanKey("scan", ("refs.bib",), "digest"), "0.1.0")
    items = [*one_of_each(), checked(Status.NOT_FOUND, reference(9, HOSTILE, raw=HOSTILE, file="hostile.bib"))]
    add_findings(engine, scan, [finding_of(each) for each in items])
    engine.dispose()
    return tmp_path / "x.db"


def run(database, *arguments):
    return CliRunner().invoke(main, ["review", *map(str, arguments), "--db", str(database)])


def listed(database, *arguments):
    return json.loads(run(database, "list", "--format", "json", *arguments).stdout)


def test_the_queue_is_listed_gravest_first(database):
    assert [each["verdict"] for each in listed(database)] == [
        *("fabricated", "retracted", "not_found", "not_found", "mismatch"),
    ]
    done = run(database, "list", "--limit", 1)
    assert (done.exit_code, "fabricated" in done.stdout, "more than 1" in done.stderr) == (0, True, True)


@pytest.mark.parametrize(
    ("arguments", "number"),
    [
        (["--verdict", "mismatch"], 1),
        (["--paper", "hostile.bib"], 1),
        (["--search", "own titl"], 1),
        (["--kind", "claim"], 0),
        (["--risk-above", "1"], 0),
        (["--state", "rejected"], 0),
        (["--state", "all"], 5),
    ],
)
def test_filters_choose(database, arguments, number):
    assert len(listed(database, *arguments)) == number


def test_a_flag_is_shown_with_its_evidence_and_no_control_character_reaches_the_terminal(database):
    number = listed(database, "--paper", "hostile.bib")[0]["id"]
    text = run(database, "show", number).stdout
    assert ("Crossref" in text, "cited:" in text, "\x1b" in text, "\x07" in text) == (True, True, False, False)
    record = json.loads(run(database, "show", number, "--format", "json").stdout)
    assert (record["finding"]["verdict"], record["papers"], record["reviews"]) == ("not_found", ["hostile.bib"], [])


def test_a_decision_and_its_undo_are_kept_with_name_and_reason(database):
    number = listed(database)[0]["id"]
    done = run(database, "decide", number, "reject", "--as", "Ana Lima", "--note", "exists", "--format", "json")
    record = json.loads(done.stdout)
    assert (record["state"], record["review"]["reviewer"], record["review"]["note"]) == (
        *("rejected", "Ana Lima", "exists"),
    )
    assert "reject by Ana Lima" in run(database, "show", number).stdout
    assert (
        run(database, "undo", "--as", "Ana Lima").stdout == f"#{number} the last answer is taken back; it is open now\n"
    )
    assert run(database, "undo", "--as", "Ana Lima").exit_code == 2


@pytest.mark.parametrize("name", [" Ana Lima ", "A" * 199 + " Lima and others", "Ana\udcffLima"])
def test_what_was_answered_under_a_name_is_known_by_it(database, name):
    number = listed(database)[0]["id"]
    engine = open_store(f"sqlite:///{database}")
    mine = answering(name)
    assert hold(engine, number, mine)
    run(database, "decide", number, "skip", "--as", name)
    found = flag(engine, number)
    assert ([each.reviewer for each in found.reviews], found.held_by) == ([mine], "")
    assert next_flag(engine, mine).id != number
    engine.dispose()


@pytest.mark.parametrize("name", ["factprobe", "Factprobe ", "  "])
def test_nobody_answers_as_the_program_or_without_a_name(database, name):
    done = run(database, "decide", 1, "accept", "--as", name)
    assert (done.exit_code, "is no name for a reviewer" in done.stderr) == (2, True)


def test_a_work_that_cannot_be_confirmed_is_refused_with_the_decision(database):
    engine = open_store(f"sqlite:///{database}")
    scan = begin_scan(engine, ScanKey("check", ("a.md",), "d"), "0.1.0")
    add_claims(engine, scan, [claim_finding(Stance.NOT_SUPPORTED)], Keeping())
    (number,) = (each.id for each in queue(engine, QueueFilter(kind=FlagKind.CLAIM)).items)
    done = run(database, "decide", number, "reject", "--work", "10.1000/x")
    assert (done.exit_code, reviews_of(engine, number)) == (2, ())
    engine.dispose()


def test_a_quorum_of_two_waits_for_the_second(database):
    number = listed(database)[0]["id"]
    states = [
        run(database, "decide", number, "accept", "--as", name, "--quorum", 2).stdout.split()[-1]
        for name in ("ana", "ben")
    ]
    assert states == ["open", "accepted"]


@pytest.mark.parametrize("answer", ["note", "response"])
def test_a_note_and_a_response_need_words(database, answer):
    assert run(database, "decide", 1, answer).exit_code == 2
    assert run(database, "decide", 1, answer, "--note", "see page 3").stdout.endswith("open\n")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["show", "999"], "there is no flag 999"),
        (["decide", "999", "accept"], "there is no flag 999"),
        ([], "reviewing needs a terminal"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(database, arguments, sentence):
    done = run(database, *arguments) if arguments else CliRunner().invoke(main, ["review", "--db", str(database)])
    assert (done.exit_code, sentence in done.stderr) == (2, True)


def test_a_database_that_is_misspelt_is_not_made(tmp_path):
    done = run(tmp_path / "none.db", "list")
    assert (done.exit_code, list(tmp_path.iterdir())) == (2, [])


def test_statistics_are_printed(database):
    run(database, "decide", listed(database)[0]["id"], "accept", "--as", "ana")
    assert "fabricated: right in 1 of 1" in run(database, "statistics").stdout
    assert json.loads(run(database, "statistics", "--format", "json").stdout)["precisions"][0]["accepted"] == 1


class Typist:
    """A person at a terminal that is a real one."""

    def __init__(self, database):
        self.master, slave = pty.openpty()
        command = [sys.executable, "-m", "verifier", "review", "--db", str(database), "--as", "ana"]
        self.process = subprocess.Popen(command, stdin=slave, stdout=slave, stderr=slave, cwd=ROOT, close_fds=True)
        os.close(slave)
        self.text = ""

    def sees(self, words):
        """Wait until the words stand behind what was seen before."""
        until = time.monotonic() + 60
        while words not in self.text:
            assert time.monotonic() < until, self.text
            if select.select([self.master], [], [], 1)[0]:
                try:
                    self.text += os.read(self.master, 65_536).decode(errors="replace")
                except OSError:
                    break
        assert words in self.text
        self.text = self.text.split(words, 1)[1]

    def types(self, keys):
        os.write(self.master, keys.encode())

    def leaves(self):
        code = self.process.wait(timeout=60)
        os.close(self.master)
        return code


def test_a_person_at_a_terminal_answers_with_one_key_an_item(database):
    engine = open_store(f"sqlite:///{database}")
    order = [each.id for each in queue(engine).items]
    person = Typist(database)
    for key, number in zip("ax j", order, strict=False):
        person.sees(f"#{number}  ")
        person.sees("q quit")
        person.types(key)
    person.sees(f"#{order[4]}  ")
    person.sees("q quit")
    person.types("k")
    person.sees(f"#{order[3]}  ")
    person.sees("q quit")
    person.types("?")
    person.sees("space")
    person.types("n")
    person.sees("note: ")
    person.types("ask the library\n")
    person.sees("kept")
    person.types("u")
    person.sees(f"#{order[2]} the last answer is taken back; it is open now")
    person.sees("q quit")
    person.types("q")
    person.sees("decided")
    assert person.leaves() == 0
    assert [flag(engine, number).summary.state for number in order[:4]] == [
        *(FlagState.ACCEPTED, FlagState.REJECTED, FlagState.OPEN, FlagState.OPEN),
    ]
    assert [each.answer for each in reviews_of(engine, order[3])] == [ReviewAnswer.NOTE]
    assert flag(engine, order[4]).held_by == ""
    engine.dispose()


def test_who_is_killed_goes_on_with_the_next_item(database):
    engine = open_store(f"sqlite:///{database}")
    order = [each.id for each in queue(engine).items]
    person = Typist(database)
    person.sees("q quit")
    person.types("a")
    person.sees(f"#{order[1]}  ")
    person.process.kill()
    person.leaves()
    again = Typist(database)
    again.sees(f"#{order[1]}  ")
    again.types("q")
    assert again.leaves() == 0
    engine.dispose()


@pytest.mark.parametrize("status", [Status.FABRICATED, Status.NOT_FOUND, Status.RETRACTED])
def test_a_reviewer_reads_why_the_verdict_is_what_it_is(database, status):
    verdict = next(each.verdict for each in one_of_each() if each.verdict.status is status)
    for each in listed(database, "--verdict", status.value):
        assert f"because: {what_differs(verdict)}" in run(database, "show", each["id"]).stdout

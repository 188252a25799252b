from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from tests.verifier.judges.chat_server import ChatServer
from verifier.cli import main


@pytest.fixture(autouse=True)
def _here(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("VERIFIER_OFFLINE", "1")


def run(*args, **options):
    return CliRunner().invoke(main, list(args), **options)


def test_claims_are_compared_with_a_context_by_a_judge_behind_an_address(tmp_path):
    (tmp_path / "source.txt").write_text("Tea reached London in 1657.")
    with ChatServer(letter="B") as server:
        done = run(
            "check",
            "-",
            "--context",
            "source.txt",
            "--judge",
            f"{server.url}#m",
            "--format",
            "json",
            input="Tea came to London in 1757.",
        )
    made = json.loads(done.stdout)
    assert [(each["stance"], each["decision"]) for each in made["claims"]] == [("not_supported", "flag")]
    assert made["claims"][0]["judgements"][0]["passages"][0]["title"] == "source.txt"
    assert done.exit_code == 1
    assert "tested once" in done.stderr


@pytest.mark.parametrize(
    ("options", "why", "hint"),
    [
        (("--claims",), "there is no evidence to compare it with", "--context FILE or --evidence DIR"),
        (("--context", "source.txt"), "no judge was given", "--judge MODEL|URL"),
    ],
)
def test_claims_that_were_to_be_checked_and_were_not_are_incomplete(options, why, hint, tmp_path):
    (tmp_path / "source.txt").write_text("Tea reached London in 1657.")
    text = "Tea came to London in 1757."
    done, allowed = (run("check", "-", *options, *more, input=text) for more in ((), ("--allow-incomplete",)))
    assert (done.exit_code, allowed.exit_code) == (3, 0)
    gap = next(line for line in done.output.splitlines() if line.startswith("gap: 1 claim unchecked"))
    assert why in gap
    assert hint in gap
    assert "no problems" not in done.output


def test_nobody_asked_for_claims_and_none_are_shown():
    done = run("check", "-", "--format", "json", input="Tea came to London in 1757.")
    assert json.loads(done.stdout)["claims"] == []


def test_a_folder_is_evidence(tmp_path):
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "tea.md").write_text("Tea reached London in 1657.")
    with ChatServer(letter="A") as server:
        done = run(
            "check", "-", "--evidence", "notes", "--judge", server.url, "-v", input="Tea came to London in 1657."
        )
    assert "supported  Tea came to London" in done.output
    assert "tea.md" in done.output
    assert done.exit_code == 0


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (("--judge", "llama3"), "config-error"),
        (("--context", "nosuch.txt"), "evidence-unreadable"),
        (("--context", "."), "evidence-unreadable"),
        (("--context", "binary"), "evidence-unreadable"),
        (("--evidence", "nosuch"), "evidence-unreadable"),
        (("--evidence", "binary"), "evidence-unreadable"),
    ],
)
def test_what_cannot_be_used_is_one_sentence_and_exit_2(options, code, tmp_path):
    (tmp_path / "binary").write_bytes(b"a\0b")
    done = run("check", "-", *options, input="Tea is old.")
    assert done.exit_code == 2
    assert f"[{code}]" in done.stderr
    assert "hint:" in done.stderr


def test_a_judge_that_is_down_is_a_gap(tmp_path):
    (tmp_path / "source.txt").write_text("Tea is old.")
    with ChatServer(fault="500") as server:
        done = run("check", "-", "--context", "source.txt", "--judge", server.url, input="Tea is old and green.")
    assert "gap: 1 claim unchecked: the judge could not be tested" in done.output
    assert done.exit_code == 3

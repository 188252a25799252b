from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from citations.types import Status
from verifier.cli import main
from verifier.store.tables import REVISION


def run(*args):
    return CliRunner().invoke(main, list(args))


def test_a_verdict_is_explained():
    done = run("explain", "not-found")
    assert done.exit_code == 0
    assert done.output.startswith("not_found (verdicts)\n\nEvery essential registry answered")


def test_without_a_code_all_are_listed():
    text = run("explain").output
    for status in Status:
        assert f"  {status.value} " in text


def test_the_coverage_table_is_printed():
    text = run("explain", "coverage").output
    assert "essential  crossref" in text
    assert "Crossref" in text


def test_an_unknown_code_is_guessed():
    done = run("explain", "fabricatd")
    assert done.exit_code == 2
    assert "did you mean `verifier explain fabricated`?" in done.stderr


@pytest.mark.parametrize("of", ["lines", "report"])
def test_emitted_records_have_the_printed_schema(of):
    schema = json.loads(run("schema", "--of", of).output)
    assert schema["$schema"].startswith("https://json-schema.org/")
    record = schema["$defs"]["ReferenceRecord"]
    names = {
        "type",
        "file",
        "line",
        "key",
        "verdict",
        "raw",
        "work",
        "diffs",
        "evidence",
        "argument",
        "risk",
        "fingerprint",
    }
    assert names <= set(record["properties"])


def test_config_show_names_value_origin_and_hides_secrets(monkeypatch):
    monkeypatch.setenv("SEMANTIC_SCHOLAR_API_KEY", "hunter2")
    monkeypatch.setenv("VERIFIER_FAIL_ON", "never")
    text = run("config", "show").output
    assert "hunter2" not in text
    assert "fail_on                   never  (VERIFIER_FAIL_ON: " in text
    assert "set (hidden)  (SEMANTIC_SCHOLAR_API_KEY: " in text


def test_doctor_finds_this_checkout_in_order(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    done = run("doctor")
    assert done.exit_code == 0
    assert "broken" not in done.output
    for name in ("versions", "packages", "database", "index", "cache", "registries", "model"):
        assert name in done.output


def test_db_commands(tmp_path):
    url = str(tmp_path / "x.db")
    assert run("db", "current", "--db", url).output == "empty\n"
    assert run("db", "check", "--db", url).exit_code == 2
    assert f"upgraded from empty to {REVISION}" in run("db", "upgrade", "--db", url).output
    assert f"already at {REVISION}" in run("db", "upgrade", "--db", url).output
    assert run("db", "check", "--db", url).exit_code == 0

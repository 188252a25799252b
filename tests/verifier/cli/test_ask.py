from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from citations.testing.server import REGISTRIES, RegistryServer
from tests.models import smollm2
from verifier.cli import main

__all__ = ["smollm2"]
PROMPT = "List three well-known papers about deep learning. For each give authors, year, title and venue."


@pytest.fixture(autouse=True)
def server(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    with RegistryServer([]) as running:
        for name in REGISTRIES:
            monkeypatch.setenv(f"VERIFIER_{name.upper()}_URL", running.url(name))
        yield running


def ask(model, *arguments, **options):
    return CliRunner().invoke(main, ["ask", "--model", str(model), "--max-tokens", "160", *arguments], **options)


def test_what_the_model_invents_is_found_and_stored_with_how_sure_it_was(smollm2, tmp_path):
    done = ask(smollm2, "--format", "json", PROMPT)
    report = json.loads(done.stdout)
    assert report["references"]
    assert {each["verdict"] for each in report["references"]} <= {"not_found", "unverifiable"}
    for each in report["references"]:
        kinds = {signal["kind"]: signal["score"] for signal in each["signals"]}
        assert kinds["logprob"] <= 0 <= kinds["entropy"]


def test_the_answer_is_shown_above_its_report(smollm2):
    done = ask(smollm2, PROMPT)
    first_verdict = min(done.stdout.index(word) for word in ("not_found", "unverifiable") if word in done.stdout)
    assert "deep learning" in done.stdout[:first_verdict].lower()


def test_the_prompt_may_come_from_standard_input(smollm2):
    done = ask(smollm2, "--format", "json", "-", input="Say hello.")
    assert (done.exit_code, json.loads(done.stdout)["references"]) == (0, [])


@pytest.mark.parametrize("content", [None, b"no model"])
def test_what_is_no_model_is_exit_2_with_one_sentence(smollm2, tmp_path, content):
    path = tmp_path / "model.gguf"
    if content is not None:
        path.write_bytes(content)
    done = ask(path, PROMPT)
    assert done.exit_code == 2
    assert done.stderr.startswith("error: ")
    assert "Traceback" not in done.stderr


def test_a_prompt_longer_than_the_context_says_what_to_change(smollm2):
    done = ask(smollm2, "--context", "512", "word " * 3000)
    assert done.exit_code == 2
    assert "--context" in done.stderr

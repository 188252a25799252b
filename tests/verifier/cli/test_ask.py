from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from citations.testing.server import REGISTRIES, RegistryServer
from tests.models import smollm2
from tests.verifier.store.kept import everything
from verifier.cli import main
from verifier.store import open_store
from verifier.store.connect import closing_engine
from verifier.store.queue import count, flag, queue

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


def test_what_is_flagged_is_stored_with_the_tokens_around_it_and_without_the_prompt(smollm2, tmp_path):
    done = ask(smollm2, "--format", "json", "--db", "x.db", "Cite three papers on machine learning in BibTeX format.")
    report = json.loads(done.stdout)
    with closing_engine(open_store(f"sqlite:///{tmp_path / 'x.db'}")) as engine:
        for each in queue(engine).items:
            item = flag(engine, each.id)
            assert "".join(token.text for token in item.trace.tokens) == item.context
            assert item.context[slice(*item.span)] == item.finding.checked.reference.raw
            assert any(token.score is not None and 0 < token.score < 1 for token in item.trace.tokens)
        assert count(engine) == sum(each["verdict"] == "not_found" for each in report["references"]) > 0
    assert "cite three papers" not in everything(tmp_path / "x.db")


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


def test_what_the_probe_says_stands_in_every_finding_and_on_a_colour_terminal(smollm2):
    done = ask(smollm2, "--format", "json", PROMPT)
    signals = [signal for each in json.loads(done.stdout)["references"] for signal in each["signals"]]
    assert signals
    assert all(0 < signal["score"] < 1 for signal in signals if signal["kind"] == "probe")
    assert {"probe", "citation"} <= {signal["kind"] for signal in signals}
    shown = ask(smollm2, "--color", "always", "--max-tokens", "20", PROMPT, color=True)
    assert "\x1b[" in shown.stdout.split("\n\n")[0]


def test_without_colour_the_answer_is_the_models_text_alone(smollm2):
    with_probe = ask(smollm2, "--max-tokens", "20", PROMPT)
    without = ask(smollm2, "--max-tokens", "20", "--probe", "none", PROMPT)
    assert with_probe.stdout == without.stdout
    assert "\x1b[" not in with_probe.stdout


def test_a_probe_that_cannot_be_used_is_exit_2_with_one_sentence(smollm2, tmp_path):
    (tmp_path / "probe.json").write_text("{}")
    done = ask(smollm2, "--probe", str(tmp_path / "probe.json"), PROMPT)
    assert done.exit_code == 2
    assert done.stderr.startswith("error: probe.json is no probe that can be used")

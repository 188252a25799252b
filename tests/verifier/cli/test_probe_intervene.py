from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from probes.artefact import load_probe, save_probe, template_digest
from probes.artefact_types import Mode, ProbeNeuron
from probes.install import ANY_MODEL, SHIPPED
from probes.probed import ProbedLlama
from probes.testing import CHATML, write_tiny_model
from tests.models import require_local_engine
from verifier.cli import main


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Path:
    """A folder with a model, its H-neurons, prompts, a text and questions with choices."""
    require_local_engine()
    folder = tmp_path_factory.mktemp("intervene")
    model = write_tiny_model(folder / "model.gguf", chat_template=CHATML)
    engine = ProbedLlama(model, None, n_ctx=64)
    neurons = tuple(ProbeNeuron(layer, index, weight) for layer in (0, 2) for index, weight in ((3, 1.0), (9, -1.0)))
    probe = replace(
        load_probe(SHIPPED / ANY_MODEL),
        mode=Mode.H_NEURONS,
        model=engine.facts,
        template_sha256=template_digest(engine.metadata),
        neurons=neurons,
    )
    engine.close()
    save_probe(probe, folder / "h.json")
    save_probe(replace(probe, model=replace(probe.model, sha256="f" * 64)), folder / "other.json")
    (folder / "prompts.jsonl").write_text('{"prompt": "is it on", "complies": "e"}\n', encoding="utf-8")
    (folder / "text.txt").write_text("the hat is on the heater", encoding="utf-8")
    row = {"question": "is it", "choices": ["on", "in"], "gold": 1}
    (folder / "choices.jsonl").write_text(json.dumps(row) + "\n", encoding="utf-8")
    return folder


def intervene(made: Path, record: Path, *more: str, prompts: str = "prompts.jsonl", probe: str = "h.json"):
    arguments = ["--model", str(made / "model.gguf"), "--probe", str(made / probe), "--record", str(record)]
    usual = ["--alphas", "0,1,2", "--random-sets", "2", "--max-tokens", "4", "--threads", "1", "--context", "128"]
    return CliRunner().invoke(main, ["probe", "intervene", str(made / prompts), *arguments, *usual, *more])


def test_the_curve_is_printed_and_written(made: Path, tmp_path: Path) -> None:
    extra = ("--text", str(made / "text.txt"), "--choices", str(made / "choices.jsonl"))
    done = intervene(made, tmp_path / "run.jsonl", *extra, "--html", str(tmp_path / "curve.html"))
    assert done.exit_code == 0, done.output
    assert "random 2" in done.stdout
    assert "percentage points" in done.stdout
    assert "<svg" in (tmp_path / "curve.html").read_text(encoding="utf-8")
    again = intervene(made, tmp_path / "run.jsonl", *extra)
    assert done.stdout == again.stdout


def test_only_neurons_of_positive_weight_are_scaled(made: Path, tmp_path: Path) -> None:
    intervene(made, tmp_path / "run.jsonl")
    header = json.loads((tmp_path / "run.jsonl").read_text(encoding="utf-8").splitlines()[0])
    assert header["neurons"] == 2


@pytest.mark.parametrize(
    ("more", "settings", "sentence"),
    [
        (("--alphas", "a,b"), {}, "not numbers"),
        (("--alphas", "nan"), {}, "larger than 100"),
        (("--text", "no such file"), {}, "no such file cannot be read"),
        ((), {"prompts": "text.txt"}, "is no JSON"),
        ((), {"prompts": "nothing.jsonl"}, "cannot be read"),
        ((), {"probe": "nothing.json"}, "cannot be read"),
        ((), {"probe": "other.json"}, "the probe is for another file"),
    ],
)
def test_what_cannot_be_run_is_exit_2_with_one_sentence(made, tmp_path, more, settings, sentence) -> None:
    done = intervene(made, tmp_path / "run.jsonl", *more, **settings)
    assert (done.exit_code, done.stdout) == (2, "")
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr


def test_a_question_without_choices_says_where_it_stands(made: Path, tmp_path: Path) -> None:
    (tmp_path / "bad.jsonl").write_text('{"question": "?"}\n', encoding="utf-8")
    done = intervene(made, tmp_path / "run.jsonl", "--choices", str(tmp_path / "bad.jsonl"))
    assert done.exit_code == 2
    assert "bad.jsonl:1 is no question with choices" in done.stderr

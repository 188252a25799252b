from __future__ import annotations

import csv
import io
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from probes.artefact import load_probe, save_probe, template_digest
from probes.artefact_types import Mode, ProbeNeuron
from probes.install import ANY_MODEL, SHIPPED
from probes.probed import ProbedLlama
from probes.testing import write_tiny_model
from tests.models import require_local_engine
from verifier.cli import main

NEURONS = (ProbeNeuron(0, 3, 0.5, 0.25, 2.0, 0.75), ProbeNeuron(1, 9, -1.0), ProbeNeuron(2, 4, 1.0))


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Path:
    require_local_engine()
    folder = tmp_path_factory.mktemp("export")
    engine = ProbedLlama(write_tiny_model(folder / "model.gguf"), None, n_ctx=64)
    plain = load_probe(SHIPPED / ANY_MODEL)
    template = template_digest(engine.metadata)
    probe = replace(plain, mode=Mode.H_NEURONS, model=engine.facts, template_sha256=template, neurons=NEURONS)
    engine.close()
    save_probe(probe, folder / "h.json")
    write_tiny_model(folder / "other.gguf", seed=1)
    return folder


def export(*arguments: object):
    return CliRunner().invoke(main, ["probe", "export", *map(str, arguments)])


def test_the_table_holds_every_neuron(made: Path) -> None:
    rows = list(csv.reader(io.StringIO(export(made / "h.json").stdout)))
    assert rows[:2] == [
        ["layer", "index", "weight", "mean", "std", "frequency"],
        ["0", "3", "0.5", "0.25", "2.0", "0.75"],
    ]
    assert len(rows) == 4


def test_the_adapter_holds_neurons_of_positive_weight(made: Path, tmp_path: Path) -> None:
    from gguf import GGUFReader

    done = export(made / "h.json", "--model", made / "model.gguf", "--lora", tmp_path / "a.gguf")
    assert done.exit_code == 0, done.output
    names = [tensor.name for tensor in GGUFReader(tmp_path / "a.gguf").tensors]
    assert names == [f"blk.{layer}.ffn_down.weight.lora_{half}" for layer in (0, 2) for half in "ab"]
    assert "2 neurons" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--lora", "a.gguf"), "--lora and --model belong together"),
        (("--model", "other.gguf", "--lora", "a.gguf"), "is another file"),
        (("--model", "nothing.gguf", "--lora", "a.gguf"), "cannot be read"),
    ],
)
def test_what_cannot_be_exported_is_exit_2_with_one_sentence(made, monkeypatch, arguments, sentence) -> None:
    monkeypatch.chdir(made)
    done = export("h.json", *arguments)
    assert (done.exit_code, done.stdout) == (2, "")
    assert sentence in done.stderr

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

pytest.importorskip("sklearn", reason="scikit-learn is not installed: pip install '.[probes]'")
pytest.importorskip("matplotlib", reason="matplotlib is not installed: pip install '.[probes]'")

from probes.artefact import load_probe
from tests.probes.planted import planted
from verifier.cli import main


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A trained pair of probes, and a test set that shares nothing with the training."""
    path = tmp_path_factory.mktemp("run")
    planted(path / "train")
    planted(path / "test", rows=80, seed=1)
    lines = (path / "test" / "rows.jsonl").read_text().splitlines()
    rows = [json.loads(line) for line in lines]
    for row in rows:
        row |= {name: f"t{row[name]}" for name in ("item", "group", "question_sha256")}
    (path / "test" / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    call = ["probe", "train", str(path / "train"), "--to", str(path / "probe"), "--columns", "20", "--licence", "CC0"]
    done = CliRunner().invoke(main, call)
    assert (0, f"{path / 'probe'}\n") == (done.exit_code, done.stdout)
    return path


def test_training_writes_a_detector_and_h_neurons(folder):
    found = {mode: load_probe(folder / "probe" / f"{mode}.json") for mode in ("detector", "h_neurons")}
    assert found.keys() == {probe.mode.value for probe in found.values()}
    assert [probe.training.licence for probe in found.values()] == ["CC0", "CC0"]


def test_evaluation_prints_each_baseline_and_writes_page_record_and_figures(folder):
    probe = folder / "probe" / "detector.json"
    call = ["probe", "evaluate", str(probe), "--train", str(folder / "train"), "--test", str(folder / "test")]
    call += ["--html", str(folder / "page.html"), "--json", str(folder / "record.json"), "--random-sets", "2", "--keep"]
    done = CliRunner().invoke(main, call, env={"COLUMNS": "160"})
    assert (done.exit_code, "best logit stack" in done.stdout) == (0, True)
    assert "on made the probe" in done.stderr
    assert "<svg" in (folder / "page.html").read_text()
    assert json.loads((folder / "record.json").read_text())["evaluations"][0]["metrics"]["rows"] == 80
    assert load_probe(probe).metrics[0].rows == 80


def test_showing_a_probe_says_for_what_it_is_valid(folder):
    done = CliRunner().invoke(main, ["probe", "show", str(folder / "probe" / "h_neurons.json")])
    assert "valid for    long_text: weight 0, not validated for long text" in done.stdout
    assert "planted: H-neurons (L1, the neurons alone)" in done.stdout


def test_a_folder_without_features_is_refused_in_a_sentence(tmp_path):
    with pytest.raises(SystemExit) as stopped:
        main(["probe", "train", str(tmp_path), "--to", str(tmp_path / "probe")])
    assert stopped.value.code == 2


def test_help_lists_the_commands():
    done = CliRunner().invoke(main, ["probe", "--help"])
    assert all(name in done.stdout for name in ("collect", "train", "evaluate", "show"))

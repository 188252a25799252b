"""The probes in the wheel, and the records that documents take their figures from."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from probes.artefact import load_probe
from probes.artefact_types import Mode
from probes.install import SHIPPED

RESULTS = Path(__file__).resolve().parents[1] / "benchmarks" / "results"
PATHS = sorted(SHIPPED.glob("*.json"))
RECORDS = sorted(RESULTS.glob("probe-*.json"))


@pytest.mark.parametrize("path", PATHS, ids=[path.stem for path in PATHS])
def test_a_shipped_probe_is_small_says_its_licence_and_for_what_it_is_valid(path):
    probe = load_probe(path)
    assert sum(each.stat().st_size for each in SHIPPED.glob(f"{path.stem}.*")) < 200_000
    assert "no text" in probe.training.licence
    assert {("long_text", 0.0)} <= {(each.kind, each.weight) for each in probe.validity}


@pytest.mark.parametrize("path", RECORDS, ids=[path.stem for path in RECORDS])
def test_a_record_is_that_of_the_probe_that_is_shipped(path):
    record = json.loads(path.read_text(encoding="utf-8"))
    probe = load_probe(SHIPPED / path.name.removeprefix("probe-"))
    assert (probe.training.sha256, len(probe.neurons)) == (record["training"]["sha256"], record["neurons"])
    assert probe.metrics[0].auroc.value == pytest.approx(
        record["evaluations"][0]["metrics"]["auroc"]["value"], abs=1e-4
    )


@pytest.mark.parametrize("path", RECORDS, ids=[path.stem for path in RECORDS])
def test_a_probe_counts_for_a_kind_of_span_only_where_its_gain_was_shown(path):
    record = json.loads(path.read_text(encoding="utf-8"))
    weights = {each["kind"]: each["weight"] for each in record["validity"]}
    gains = {each["name"]: each["gain"]["low"] for each in record["evaluations"][0]["metrics"]["baselines"]}
    assert (gains["best logit stack"] > 0) == (weights["answer"] > 0)
    assert weights["citation"] == (record["citations"] or {"weight": 0.0})["weight"]


def test_each_shipped_detector_has_the_h_neurons_of_its_model_beside_it():
    probes = [load_probe(path) for path in PATHS if path.stem != "any-model"]
    models = {mode: {probe.model.sha256 for probe in probes if probe.mode is mode} for mode in Mode}
    assert models[Mode.DETECTOR] == models[Mode.H_NEURONS]

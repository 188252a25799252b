"""An evaluation as JSON: the record that figures in documents are taken from."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from probes.artefact_types import Probe
from probes.evaluation_types import Evaluation, Transfer
from probes.strict import encode

SCHEMA_VERSION = 1


def record(
    probe: Probe, evaluations: Sequence[Evaluation], transfers: Sequence[Transfer] = (), *, scores: bool = False
) -> str:
    """The record as JSON text; a figure that does not exist (AUROC of one kind of answer) is ``null``.

    Scores of single answers are left out unless asked for: they are long.
    """
    kept = [each if scores else replace(each, scores=(), wrong=(), groups=()) for each in evaluations]
    content = {
        "schema_version": SCHEMA_VERSION,
        "probe": probe.name,
        "mode": probe.mode.value,
        "model": encode(probe.model),
        "neurons": len(probe.neurons),
        "h_neurons": sum(neuron.weight > 0 for neuron in probe.neurons),
        "layers": sorted({neuron.layer for neuron in probe.neurons}),
        "training": encode(probe.training),
        "thresholds": encode(probe.thresholds),
        "validity": encode(probe.validity),
        "evaluations": encode(tuple(kept)),
        "transfers": encode(tuple(transfers)),
    }
    return json.dumps(finite(content), indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def finite(value: Any) -> Any:
    """The same with numbers rounded to five digits, and ``None`` for those that do not exist."""
    if isinstance(value, float):
        return round(value, 5) if math.isfinite(value) else None
    if isinstance(value, dict):
        return {key: finite(each) for key, each in value.items()}
    return [finite(each) for each in value] if isinstance(value, list) else value

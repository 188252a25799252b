"""Files of probes that a stranger made."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from probes.artefact import ARRAYS, MANY_NEURONS, MAX_JSON_BYTES, SIDECAR, load_probe, mismatch, read_probe, save_probe
from probes.artefact_types import Probe, ProbeNeuron
from probes.errors import ProbesError, ProbeUnreadable
from probes.install import ANY_MODEL, SHIPPED

PLAIN = load_probe(SHIPPED / ANY_MODEL)
MODEL = replace(
    PLAIN.model, name="m", sha256="a" * 64, layers=10, ffn_width=1000, architecture="llama", quantisation="Q4_1"
)
PROBE = replace(PLAIN, model=MODEL, template_sha256="b" * 64, neurons=(ProbeNeuron(0, 3, 0.5), ProbeNeuron(2, 9, -0.5)))
CONTENT = json.loads((SHIPPED / ANY_MODEL).read_bytes())


def arrays(**changes: Any) -> bytes:
    """An NPZ of many neurons, with some of its members changed or (bytes) written as they are."""
    made: dict[str, Any] = {name: np.arange(MANY_NEURONS + 1).astype(kind) for name, kind in ARRAYS.items()}
    made["layer"] = np.arange(MANY_NEURONS + 1, dtype=np.int32) // 1000
    made["index"] = np.arange(MANY_NEURONS + 1, dtype=np.int32) % 1000
    made["std"] = np.ones(MANY_NEURONS + 1)
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, value in (made | changes).items():
            if value is None:
                continue
            member = io.BytesIO()
            np.save(member, value, allow_pickle=True)
            archive.writestr(name if "/" in name else f"{name}.npy", member.getvalue())
    return memory.getvalue()


def read_with(tmp_path: Path, content: bytes) -> Probe:
    import hashlib

    (tmp_path / "p.npz").write_bytes(content)
    stated = json.loads(json.dumps(CONTENT)) | {SIDECAR: hashlib.sha256(content).hexdigest()}
    stated["model"] |= {"layers": 10, "ffn_width": 1000}
    return read_probe(json.dumps(stated).encode(), "p.json", beside=tmp_path / "p.npz")


def test_arrays_are_read_as_they_were_saved(tmp_path: Path) -> None:
    assert len(read_with(tmp_path, arrays()).neurons) == MANY_NEURONS + 1


@pytest.mark.parametrize(
    "changes",
    [
        {"weight": np.array([object()] * (MANY_NEURONS + 1))},
        {"weight": np.zeros(3)},
        {"weight": np.zeros((MANY_NEURONS + 1, 1))},
        {"weight": np.full(MANY_NEURONS + 1, np.nan)},
        {"weight": np.zeros(MANY_NEURONS + 1, np.float32)},
        {"weight": np.array(["x"] * (MANY_NEURONS + 1))},
        {"weight": None},
        {"more": np.zeros(1)},
        {"../../escaped": np.zeros(1)},
        {"/escaped": np.zeros(1)},
        {"weight": np.zeros(20_000_000)},
    ],
    ids=["pickle", "length", "shape", "NaN", "type", "text", "missing", "more", "path up", "absolute path", "bomb"],
)
def test_hostile_arrays_are_refused_with_a_sentence(tmp_path: Path, changes: dict[str, Any]) -> None:
    with pytest.raises(ProbeUnreadable, match=r"p\.json is no probe that can be used: "):
        read_with(tmp_path, arrays(**changes))
    assert [each.name for each in tmp_path.iterdir()] == ["p.npz"]


def test_no_zip_is_refused_with_a_sentence(tmp_path: Path) -> None:
    for content in (b"", b"PK\x03\x04", arrays()[:-50]):
        with pytest.raises(ProbeUnreadable):
            read_with(tmp_path, content)


def test_a_huge_file_is_not_read(tmp_path: Path) -> None:
    with (tmp_path / "p.json").open("wb") as file:
        file.truncate(MAX_JSON_BYTES + 1)
    with pytest.raises(ProbeUnreadable, match="is larger than 16 MB"):
        load_probe(tmp_path / "p.json")


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("extra",), 1),
        (("model", "extra"), 1),
        (("model", "layers"), "10"),
        (("model", "layers"), True),
        (("bias",), "0"),
        (("bias",), 1e999),
        (("bias",), None),
        (("neurons",), {"0": 1}),
        (("neurons",), [[0, 1, 0.5]]),
        (("neurons",), [{"layer": -1, "index": 0, "weight": 1.0}]),
        (("mode",), "oracle"),
        (("name",), "x" * 20_000),
        (("stack", "features"), [{"name": "__class__", "weight": 1.0}]),
        (("calibration", "prevalence"), 2),
        (("thresholds"), 3),
        (("feature", "aggregation"), "max"),
        (("schema_version",), True),
    ],
)
def test_whatever_is_wrong_with_a_value_is_one_sentence(path: tuple[str, ...] | str, value: object) -> None:
    stated = json.loads(json.dumps(CONTENT))
    place, keys = stated, (path,) if isinstance(path, str) else path
    for key in keys[:-1]:
        place = place[key]
    place[keys[-1]] = value
    with pytest.raises(ProbeUnreadable) as caught:
        read_probe(json.dumps(stated).encode(), "p.json")
    assert "\n" not in str(caught.value)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=200, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_no_change_to_a_probe_raises_anything_but_our_error(data: st.DataObject) -> None:
    stated = json.loads(json.dumps(CONTENT))
    place: Any = stated
    while True:
        key = data.draw(st.sampled_from(sorted(place) if isinstance(place, dict) else range(len(place))))
        if not place[key] or not isinstance(place[key], dict | list) or data.draw(st.booleans()):
            break
        place = place[key]
    place[key] = data.draw(JSON)
    try:
        said = repr(read_probe(json.dumps(stated).encode(), "p.json").name)
    except ProbesError as error:
        said = str(error)
    assert "\n" not in said


def test_a_probe_is_the_same_after_it_was_saved(tmp_path: Path) -> None:
    save_probe(PROBE, tmp_path / "deep" / "p.json")
    first = (tmp_path / "deep" / "p.json").read_bytes()
    save_probe(load_probe(tmp_path / "deep" / "p.json"), tmp_path / "deep" / "p.json")
    assert (PROBE, first) == (load_probe(tmp_path / "deep" / "p.json"), (tmp_path / "deep" / "p.json").read_bytes())


@pytest.mark.parametrize(
    ("changes", "template", "sentence"),
    [
        ({}, "b" * 64, ""),
        ({"context": 9, "name": "renamed"}, "b" * 64, ""),
        ({"sha256": "c" * 64}, "b" * 64, "another file of m: fine-tuning"),
        ({"sha256": "c" * 64, "quantisation": "Q8_0"}, "b" * 64, "in Q4_1, and this file is in Q8_0"),
        ({"sha256": "c" * 64, "architecture": "qwen2", "name": "q"}, "b" * 64, "this model is q (qwen2)"),
        ({}, "", "chat template"),
    ],
)
def test_a_probe_says_why_it_is_not_for_a_model(changes: dict[str, Any], template: str, sentence: str) -> None:
    found = mismatch(PROBE, replace(MODEL, **changes), template)
    assert bool(sentence) == bool(found)
    assert sentence in found

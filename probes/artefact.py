"""A trained probe as a file: JSON, and an NPZ of arrays beside it where the probe looks at very many neurons.

What is read may come from a stranger. It is bounded in size, decoded strictly, and held against itself; reading it runs
no code. A probe is only good for the model that it was trained on, which ``mismatch`` tells.
"""

from __future__ import annotations

import hashlib
import io
import itertools
import json
import re
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from probes.artefact_types import SCHEMA_VERSION, Probe, ProbeNeuron
from probes.errors import ProbeMismatch, ProbeUnreadable
from probes.files import read_bytes, replacing
from probes.scoring import LOGIT_FEATURES, PROBE
from probes.strict import decode, encode, parse
from probes.types import ModelFacts

MAX_JSON_BYTES = 16 << 20
MAX_ARRAY_BYTES = 64 << 20
MANY_NEURONS = 2000
"""With more neurons than this they are kept in an NPZ file, which is a tenth of the size."""
ARRAYS: Mapping[str, np.dtype[Any]] = {
    "layer": np.dtype(np.int32),
    "index": np.dtype(np.int32),
    "weight": np.dtype(np.float64),
    "mean": np.dtype(np.float64),
    "std": np.dtype(np.float64),
    "frequency": np.dtype(np.float64),
}
"""Fields of ``ProbeNeuron`` as the NPZ file holds them, one array a field."""
SIDECAR = "neurons_sha256"
"""Key of the JSON that says that the neurons are in the NPZ file, and its digest."""


def save_probe(probe: Probe, path: Path) -> None:
    """Write the JSON, and the NPZ beside it where there are many neurons; the same probe gives the same bytes.

    Raises:
        ProbeUnreadable: the probe is none that ``load_probe`` would take.

    """
    check(probe, path.name)
    content = encode(probe)
    if len(probe.neurons) > MANY_NEURONS:
        content["neurons"] = []
        content[SIDECAR] = hashlib.sha256(arrays := _arrays(probe.neurons)).hexdigest()
        with replacing(path.with_suffix(".npz")) as file:
            file.write(arrays)
    with replacing(path) as file:
        file.write((json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False) + "\n").encode())


def load_probe(path: Path) -> Probe:
    """Read a probe.

    Raises:
        ProbeUnreadable: the file is missing, damaged, too large, of another version, or contradicts itself.

    """
    return read_probe(_bytes(path, MAX_JSON_BYTES), path.name, beside=path.with_suffix(".npz"))


def read_probe(content: bytes, name: str, *, beside: Path | None = None) -> Probe:
    """A probe from the bytes of its JSON; ``beside`` is where its NPZ would be, ``name`` what errors call it.

    Raises:
        ProbeUnreadable: as ``load_probe``.

    """
    try:
        value = parse(content)
        if not isinstance(value, dict):
            raise ValueError("it is no object")  # noqa: TRY004, TRY301 - one error for all that is wrong with a file
        _check_version(value.get("schema_version"))
        digest = value.pop(SIDECAR, None)
        probe: Probe = decode(Probe, value)
        if digest is not None:
            probe = replace(probe, neurons=_neurons(beside, digest))
    except (ValueError, UnicodeDecodeError) as error:
        raise ProbeUnreadable(f"{name} is no probe that can be used: {error}") from error
    check(probe, name)
    return probe


def needs_arrays(content: bytes) -> bool:
    """Whether the JSON of a probe says that its neurons are in the NPZ file beside it; False for what is no probe."""
    try:
        value = parse(content)
    except ValueError:
        return False
    return isinstance(value, dict) and SIDECAR in value


def check(probe: Probe, name: str) -> None:
    """Hold a probe against itself.

    Raises:
        ProbeUnreadable: it looks at neurons that its model cannot have, or asks for what this version does not compute.

    """
    for sentence in (_wrong_model(probe), _wrong_neurons(probe), _wrong_feature(probe), _wrong_numbers(probe)):
        if sentence:
            raise ProbeUnreadable(f"{name} is no probe that can be used: {sentence}")


def mismatch(probe: Probe, facts: ModelFacts, template_sha256: str) -> str:
    """One sentence that says why the probe is not for this model and template; empty if it is."""
    theirs = probe.model
    if theirs.sha256 != facts.sha256:
        if (theirs.architecture, theirs.layers, theirs.ffn_width) != (
            facts.architecture,
            facts.layers,
            facts.ffn_width,
        ):
            return f"the probe is for {theirs.name} ({theirs.architecture}), and this model is {facts.name} ({facts.architecture})"
        if theirs.quantisation != facts.quantisation:
            return f"the probe is for {theirs.name} in {theirs.quantisation}, and this file is in {facts.quantisation}"
        return f"the probe is for another file of {theirs.name}: fine-tuning or a new conversion makes a probe void"
    if probe.template_sha256 != template_sha256:
        return f"the probe is for {theirs.name} with its own chat template, and this one uses another"
    return ""


def must_match(probe: Probe, facts: ModelFacts, template_sha256: str) -> None:
    """Refuse a probe of another model, quantisation or template.

    Raises:
        ProbeMismatch: it is not for this model; the sentence says for which it is.

    """
    if sentence := mismatch(probe, facts, template_sha256):
        raise ProbeMismatch(sentence, hint="take --probe auto, or train one for this model with `verifier probe train`")


def template_digest(metadata: Mapping[str, str]) -> str:
    """Digest of the chat template in a model's metadata; empty without one."""
    template = metadata.get("tokenizer.chat_template", "")
    return hashlib.sha256(template.encode()).hexdigest() if template else ""


def _check_version(version: object) -> None:
    if version != SCHEMA_VERSION:
        raise ValueError(f"its schema_version is {str(version)[:20]}, and this program reads {SCHEMA_VERSION}")


def _wrong_model(probe: Probe) -> str:
    if not re.fullmatch("[0-9a-f]{64}", probe.model.sha256):
        return "the digest of its model is no SHA-256"
    if not re.fullmatch("([0-9a-f]{64})?", probe.template_sha256):
        return "the digest of its template is no SHA-256"
    return ""


def _wrong_neurons(probe: Probe) -> str:
    places = [(neuron.layer, neuron.index) for neuron in probe.neurons]
    if any(one >= other for one, other in itertools.pairwise(places)):
        return "its neurons are not in ascending order"
    width = probe.model.ffn_width or 1 << 24
    if any(not (0 <= layer < probe.model.layers and 0 <= index < width) for layer, index in places):
        return "it looks at a neuron that its model does not have"
    if any(neuron.std <= 0 for neuron in probe.neurons):
        return "the spread of a neuron is not above 0"
    return ""


def _wrong_feature(probe: Probe) -> str:
    feature = probe.feature
    if (feature.quantity, feature.aggregation, feature.position) != ("cett", "mean", "input"):
        return "its features are made in a way that this version does not know"
    if feature.transform not in {"none", "log"} or feature.floor <= 0:
        return "its transform is none of none, log"
    known = {PROBE, *LOGIT_FEATURES}
    strange = [each.name for each in probe.stack.features if each.name not in known] if probe.stack else []
    if strange:
        return f"its stack has a feature that is not known: {strange[0][:40]!r}"
    if probe.stack and any(each.std <= 0 for each in probe.stack.features):
        return "the spread of a feature is not above 0"
    if probe.stack is None and not probe.neurons:
        return "it looks at nothing"
    return ""


def _wrong_numbers(probe: Probe) -> str:
    shares = [value for each in probe.thresholds for value in (each.false_positives, each.risk, each.recall)]
    if any(not 0 <= value <= 1 for value in (*shares, probe.calibration.prevalence)):
        return "a threshold or prevalence is no share between 0 and 1"
    return ""


def _arrays(neurons: Sequence[ProbeNeuron]) -> bytes:
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, kind in ARRAYS.items():
            array = io.BytesIO()
            np.save(array, np.array([getattr(neuron, name) for neuron in neurons]).astype(kind), allow_pickle=False)
            archive.writestr(zipfile.ZipInfo(f"{name}.npy"), array.getvalue(), zipfile.ZIP_DEFLATED)
    return memory.getvalue()


def _neurons(path: Path | None, digest: object) -> tuple[ProbeNeuron, ...]:
    if path is None:
        raise ValueError("its neurons are in an NPZ file that is not beside it")
    content = _bytes(path, MAX_ARRAY_BYTES)
    if hashlib.sha256(content).hexdigest() != digest:
        raise ValueError(f"{path.name} is not the file that it was saved with")
    arrays = _read_arrays(content, path.name)
    columns = [arrays[name].tolist() for name in ARRAYS]
    return tuple(ProbeNeuron(*row) for row in zip(*columns, strict=True))


def _read_arrays(content: bytes, name: str) -> dict[str, Any]:
    """The arrays of an NPZ file of which only the expected names, types and sizes are unpacked."""
    wanted = {f"{each}.npy" for each in ARRAYS}
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
            if {each.filename for each in members} != wanted or len(members) != len(wanted):
                raise ValueError(f"{name} holds other arrays than those of neurons")
            if sum(each.file_size for each in members) > MAX_ARRAY_BYTES:
                raise ValueError(f"the arrays of {name} are too large")
        with np.load(io.BytesIO(content), allow_pickle=False) as stored:
            arrays = {each: stored[each] for each in ARRAYS}
    except (zipfile.BadZipFile, EOFError, OSError, KeyError, NotImplementedError, SyntaxError) as error:
        raise ValueError(f"{name} is damaged") from error
    lengths = {array.shape for array in arrays.values()}
    if len(lengths) != 1 or any(array.ndim != 1 for array in arrays.values()):
        raise ValueError(f"the arrays of {name} have different shapes")
    if any(array.dtype != ARRAYS[each] for each, array in arrays.items()):
        raise ValueError(f"an array of {name} has another type")
    if any(not np.isfinite(array).all() for array in arrays.values()):
        raise ValueError(f"a number in {name} is not finite")
    return arrays


def _bytes(path: Path, limit: int) -> bytes:
    try:
        return read_bytes(path, limit)
    except OSError as error:
        raise ProbeUnreadable(f"the probe {path} cannot be read: {error.strerror}") from error

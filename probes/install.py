"""Where probes lie: those that a user installed, then those that come with the program; found by the model's digest."""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from platformdirs import user_data_path

from probes.artefact import (
    MAX_ARRAY_BYTES,
    MAX_JSON_BYTES,
    load_probe,
    mismatch,
    needs_arrays,
    read_probe,
    save_probe,
)
from probes.artefact_types import Mode, Probe
from probes.errors import ProbeMismatch, ProbesError, ProbeUnreadable
from probes.files import read_bytes
from probes.gguf import digest
from probes.types import ModelFacts

SHIPPED = Path(__file__).with_name("shipped")
ANY_MODEL = "any-model.json"
"""A probe without neurons: what it says comes from logits, so it can be read with any model, calibrated or not."""
TIMEOUT_S = 30.0
NOT_ASKED = "no probe was asked for"
SPARE = "the scores are made of its logits alone, calibrated on other models"
LOGITS_ALONE = f"there is no probe for this model, so {SPARE}"
FIT = (
    "train one with `verifier probe collect` and `verifier probe train`: two cores need about an hour for a model of "
    "1.5 billion parameters, and a quarter of that for one of 135 million"
)
"""What a user can do about a model without a probe, and how long it takes."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """The probe that a model gets, and what a reader must know of it."""

    probe: Probe | None
    reason: str = ""
    """Why it is none of the model's own; empty if it is."""


@dataclass(frozen=True, slots=True)
class Installed:
    """A probe that was kept."""

    probe: Probe
    path: Path
    sha256: str
    """Of the file that it came from."""


def installed_folder() -> Path:
    """Where ``verifier probe install`` puts probes."""
    return user_data_path("factprobe") / "probes"


def find_probe(facts: ModelFacts, template_sha256: str) -> Chosen:
    """The detector for a model: an installed one, else a shipped one, else logits calibrated on other models.

    A damaged file is passed over. Never raises.
    """
    reason = LOGITS_ALONE
    for path in _candidates(facts.sha256):
        try:
            probe = load_probe(path)
        except ProbesError:
            continue
        if probe.mode is not Mode.DETECTOR or probe.model.sha256 != facts.sha256:
            continue
        difference = mismatch(probe, facts, template_sha256)
        if not difference:
            return Chosen(probe)
        reason = f"{difference}, so {SPARE}"
    spare = logits_alone()
    return Chosen(spare, reason) if spare else Chosen(None, "there is no probe for this model")


def logits_alone() -> Probe | None:
    """The probe that reads no neurons and so fits any model; ``None`` where it does not come with this installation."""
    try:
        return load_probe(SHIPPED / ANY_MODEL)
    except ProbesError:
        return None


def install_probe(source: str, *, sha256: str = "") -> Installed:
    """Check a probe and keep it for the model that it is for; ``source`` is a file or an ``http(s)`` address.

    A probe of very many neurons has them in a file beside it, of the same name with the ending ``.npz``, which is taken
    too; its digest stands in the probe.

    Raises:
        ProbeUnreadable: it cannot be had, is no probe, or is larger than one may be.
        ProbeMismatch: its digest is another than ``sha256``.

    """
    address = urlsplit(source)
    is_address = address.scheme in {"http", "https"}
    content = _fetched(source, MAX_JSON_BYTES) if is_address else _read(Path(source))
    found = hashlib.sha256(content).hexdigest()
    if sha256 and found != sha256.lower():
        raise ProbeMismatch(f"{source} has the SHA-256 {found}, and {sha256} was asked for")
    with tempfile.TemporaryDirectory() as folder:
        beside = Path(folder) / "probe.npz"
        if not is_address:
            beside = Path(source).with_suffix(".npz")
        elif needs_arrays(content):
            path = address.path.removesuffix(".json") + ".npz"
            beside.write_bytes(_fetched(address._replace(path=path).geturl(), MAX_ARRAY_BYTES))
        probe = read_probe(content, source, beside=beside)
    target = installed_folder() / f"{probe.model.sha256[:16]}-{probe.mode.value}.json"
    try:
        save_probe(probe, target)
    except OSError as error:
        raise ProbeUnreadable(f"the probe cannot be kept in {target.parent}: {error.strerror or error}") from error
    return Installed(probe, target, found)


def shipped_probes() -> tuple[Path, ...]:
    """The files of the probes that come with the program."""
    return tuple(sorted(path for path in SHIPPED.glob("*.json") if _model_of(path)))


def known_probes(model: Path | None = None) -> tuple[Path, ...]:
    """The files of all probes that are found by themselves, installed ones first; or of those for one model file.

    Raises:
        ModelUnreadable: the model cannot be read.

    """
    if model is not None:
        return tuple(_candidates(digest(model)))
    installed = sorted(path for path in installed_folder().glob("*.json") if _model_of(path))
    return (*installed, *shipped_probes())


def _candidates(sha256: str) -> Iterator[Path]:
    """Files that say they are for a model, installed ones first; the digest is looked up before a file is decoded."""
    for folder in (installed_folder(), SHIPPED):
        for path in sorted(folder.glob("*.json")):
            if path.name != ANY_MODEL and _model_of(path) == sha256:
                yield path


def _model_of(path: Path) -> str:
    try:
        found = json.loads(_read(path))
        return str(found["model"]["sha256"])
    except (ProbesError, ValueError, KeyError, TypeError, RecursionError):
        return ""


def _read(path: Path) -> bytes:
    try:
        return read_bytes(path, MAX_JSON_BYTES)
    except (OSError, ValueError) as error:
        raise ProbeUnreadable(
            f"the probe {path} cannot be read: {getattr(error, 'strerror', None) or error}",
            hint="give a file or an http(s) address",
        ) from error


def _fetched(url: str, limit: int) -> bytes:
    """The body behind an address, within the size of a probe."""
    import requests

    try:
        with requests.get(url, timeout=TIMEOUT_S, stream=True) as answer:
            answer.raise_for_status()
            content = bytearray()
            for piece in answer.iter_content(1 << 16):
                content += piece
                if len(content) > limit:
                    raise ProbeUnreadable(f"{url} is larger than {limit >> 20} MB")
            return bytes(content)
    except requests.HTTPError as error:
        raise ProbeUnreadable(f"{url} cannot be fetched: HTTP {error.response.status_code}") from error
    except requests.RequestException as error:
        raise ProbeUnreadable(f"{url} cannot be fetched: {type(error).__name__}") from error

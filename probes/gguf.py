"""What stands in a GGUF file: which model it is, and the column norms of its down projections.

Norms are taken from the file and never from the loaded model, whose weights llama.cpp may have packed anew. They and the
file's digest are kept in the user's cache, so that a model that was seen before costs one look at its size and time.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib
import json
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from platformdirs import user_cache_path

from probes.errors import INSTALL, EngineMissing, ModelUnreadable
from probes.files import open_regular, replacing
from probes.printable import printable
from probes.types import ModelFacts

Floats = npt.NDArray[np.float32]

PART = re.compile(r"(.+)-(\d{5})-of-(\d{5})\.gguf")
DOWN = re.compile(r"blk\.(\d+)\.ffn_down(_exps)?\.weight")
LONGEST_NAME = 200
VALUES_AT_ONCE = 1 << 22
"""Weights that are dequantised at once (16 MB)."""


def facts_of(metadata: Mapping[str, str], path: Path, context: int) -> ModelFacts:
    """What a loaded model's metadata says about it; ``path`` is hashed unless its digest is cached."""
    architecture = metadata.get("general.architecture", "unknown")
    width = metadata.get(f"{architecture}.feed_forward_length", "")
    return ModelFacts(
        name=" ".join(printable(metadata.get("general.name", path.stem)).split())[:LONGEST_NAME],
        architecture=architecture,
        sha256=digest(path),
        layers=int(metadata.get(f"{architecture}.block_count", 0)),
        context=context,
        ffn_width=int(width) if width.isdecimal() else 0,
        quantisation=_quantisation(metadata.get("general.file_type", "")),
    )


def parts(path: Path) -> tuple[Path, ...]:
    """All files of a model: the file itself, or every part of a split one, in order.

    Raises:
        ModelUnreadable: a part of a split model is missing.

    """
    found = PART.fullmatch(path.name)
    if not found:
        return (path,)
    stem, _, count = found.groups()
    files = tuple(path.with_name(f"{stem}-{number:05}-of-{count}.gguf") for number in range(1, int(count) + 1))
    missing = [file.name for file in files if not file.is_file()]
    if missing:
        raise ModelUnreadable(f"{path} is split into {len(files)} files, and {missing[0]} is not beside it")
    return files


def digest(path: Path) -> str:
    """SHA-256 of a model file; of a split model that of its parts' digests, written one behind the other.

    Raises:
        ModelUnreadable: a file cannot be read.

    """
    try:
        digests = [_digest(file) for file in parts(path)]
    except OSError as error:
        raise ModelUnreadable(f"the model {path} cannot be read: {error.strerror}") from error
    return digests[0] if len(digests) == 1 else hashlib.sha256("".join(digests).encode()).hexdigest()


def column_norms(path: Path) -> tuple[Floats, ...]:
    """L2 norms of the columns of every layer's down projection: one array a layer, one value a neuron.

    Reads one layer at a time; peak memory is some tens of megabytes beside the operating system's own file cache.

    Raises:
        EngineMissing: the ``gguf`` package is not installed.
        ModelUnreadable: no GGUF file, truncated, a quantisation that the package cannot read, or a mixture of experts.

    """
    cached = user_cache_path("factprobe") / "norms" / f"{digest(path)}.npz"
    norms = _read_norms(cached)
    if norms is None:
        norms = _compute_norms(path)
        _write_norms(cached, norms)
    return norms


def _quantisation(file_type: str) -> str:
    """Name of a ``general.file_type``, as ``Q4_K_M``; the number where the ``gguf`` package does not know it."""
    try:
        kinds = importlib.import_module("gguf").LlamaFileType
        name: str = kinds(int(file_type)).name
    except (ImportError, ValueError):
        return file_type
    return name.removeprefix("MOSTLY_").removeprefix("ALL_")


def _digest(path: Path) -> str:
    stat, place = path.stat(), str(path.resolve())
    seen = {"path": place, "size": stat.st_size, "mtime_ns": stat.st_mtime_ns, "inode": stat.st_ino}
    note = user_cache_path("factprobe") / "digests" / f"{hashlib.sha256(place.encode()).hexdigest()}.json"
    with contextlib.suppress(OSError, ValueError, AttributeError):
        known = json.loads(note.read_text(encoding="utf-8"))
        sha256 = known.pop("sha256")
        if known == seen and re.fullmatch("[0-9a-f]{64}", sha256):
            return str(sha256)
    with open_regular(path) as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    with contextlib.suppress(OSError), replacing(note) as file:
        file.write(json.dumps({**seen, "sha256": sha256}).encode())
    return sha256


def down_columns(path: Path, neurons: Mapping[int, Sequence[int]]) -> dict[int, Floats]:
    """Columns of the down projections of some layers, ``[output, neuron]`` in the order of the neurons, dequantised.

    Raises:
        EngineMissing: the ``gguf`` package is not installed.
        ModelUnreadable: as ``column_norms``, or a layer lacks a neuron that was named.

    """
    found = _of_down_projections(path, lambda layer, blocks: _columns(blocks, neurons[layer]), only=frozenset(neurons))
    if missing := sorted(neurons.keys() - found.keys()):
        raise ModelUnreadable(f"{path} has no layer {missing[0]}")
    return found


def _compute_norms(path: Path) -> tuple[Floats, ...]:
    by_layer = _of_down_projections(path, lambda _layer, blocks: _norms(blocks))
    if sorted(by_layer) != list(range(len(by_layer))) or not by_layer:
        raise ModelUnreadable(f"{path} does not hold a down projection for each layer")
    return tuple(by_layer[layer] for layer in sorted(by_layer))


def _of_down_projections(
    path: Path, make: Callable[[int, Iterator[Floats]], Floats], *, only: frozenset[int] | None = None
) -> dict[int, Floats]:
    """What ``make`` makes of each layer's matrix ``[output, neuron]``, which it gets a few rows at a time."""
    try:
        gguf = importlib.import_module("gguf")
    except ImportError as error:
        raise EngineMissing("reading a model's weights needs the gguf package", hint=INSTALL) from error
    by_layer: dict[int, Floats] = {}
    try:
        for part in parts(path):
            for tensor in gguf.GGUFReader(part).tensors:
                found = DOWN.fullmatch(tensor.name)
                if found and found.group(2):
                    raise ModelUnreadable("the model is a mixture of experts, whose neurons are not read yet")
                if found and (only is None or int(found.group(1)) in only):
                    by_layer[int(found.group(1))] = make(int(found.group(1)), _blocks(tensor, gguf))
    except (ValueError, KeyError, IndexError, OSError) as error:
        raise ModelUnreadable(f"the weights of {path} cannot be read: {error}") from error
    except NotImplementedError as error:
        raise ModelUnreadable(
            f"the weights of {path} are of a kind that the gguf package does not read: {error}"
        ) from error
    return by_layer


def _blocks(tensor: Any, gguf: Any) -> Iterator[Floats]:
    rows = max(1, VALUES_AT_ONCE // int(tensor.shape[0]))
    for start in range(0, len(tensor.data), rows):
        yield gguf.dequantize(np.ascontiguousarray(tensor.data[start : start + rows]), tensor.tensor_type)


def _norms(blocks: Iterator[Floats]) -> Floats:
    squares = np.sum([np.einsum("ij,ij->j", values, values, dtype=np.float64) for values in blocks], axis=0)
    return np.asarray(np.sqrt(squares), np.float32)


def _columns(blocks: Iterator[Floats], neurons: Sequence[int]) -> Floats:
    return np.concatenate([values[:, list(neurons)] for values in blocks]).astype(np.float32)


def _read_norms(path: Path) -> tuple[Floats, ...] | None:
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as stored:
            values, widths = stored["values"], stored["widths"]
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return None
    if values.ndim != 1 or values.dtype != np.float32 or values.size != int(widths.sum()):
        return None
    return tuple(np.split(values, np.cumsum(widths)[:-1]))


def _write_norms(path: Path, norms: tuple[Floats, ...]) -> None:
    """Keep them; a cache that cannot be written costs the next run its time and nothing else."""
    with contextlib.suppress(OSError), replacing(path) as file:
        np.savez(file, values=np.concatenate(norms), widths=np.array([len(layer) for layer in norms], np.int64))

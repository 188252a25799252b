"""Features of answers: one row a labelled span, with the CETT of every neuron, in a folder that can grow while it is read.

A folder holds ``header.json`` (how the rows were made), ``rows.jsonl`` (one line a row, without any text) and one file of
little-endian 16-bit floats a region, ``answer.f16``, ``other.f16`` and ``prompt.f16``: row after row, each with one value a
neuron, layer by layer. A row's line is written after its values, so whoever reads sees whole rows only.

A neuron's feature at a token is read where the token is the *input*, after Gao et al., arXiv 2512.01797.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from probes.cett import EPSILON
from probes.errors import FeaturesUnreadable
from probes.files import replacing
from probes.types import ModelFacts, Neuron

Halves = npt.NDArray[np.float16]

SCHEMA_VERSION = 1
BLOCK_BYTES = 64 << 20
"""How much of a matrix is held in memory at once while it is walked through."""


class Region(StrEnum):
    """Which tokens a row's vector is a mean over."""

    ANSWER = "answer"
    """The tokens of the labelled span."""
    OTHER = "other"
    """The question's and the answer's other tokens, without the last one of the prompt and whatever questions share."""
    PROMPT = "prompt"
    """The last token of the prompt alone."""


@dataclass(frozen=True, slots=True)
class FeatureHeader:
    """How the rows of a folder were made: what is needed to make them again."""

    model: ModelFacts
    template_sha256: str
    """Digest of the model's chat template."""
    llama_cpp: str
    """Version and build of llama.cpp."""
    system: str
    """System message in front of every question; empty for none of our own."""
    suffix: str
    """Words behind every question."""
    samples: int
    """Answers drawn for each question."""
    max_tokens: int
    temperature: float
    top_k: int
    top_p: float
    seed: int
    code: str
    """Version of this package."""
    layers: int
    ffn_width: int
    neurons: tuple[Neuron, ...] | None = None
    """Which neuron each column is; ``None`` for all of the model, layer by layer."""
    aggregation: str = "mean"
    epsilon: float = EPSILON
    schema_version: int = SCHEMA_VERSION

    @property
    def columns(self) -> int:
        """Values in a row of a region."""
        return self.layers * self.ffn_width if self.neurons is None else len(self.neurons)

    def neuron(self, column: int) -> Neuron:
        """The neuron whose values stand in a column."""
        return Neuron(*divmod(column, self.ffn_width)) if self.neurons is None else self.neurons[column]


@dataclass(frozen=True, slots=True)
class FeatureRow:
    """One labelled span of one answer; probabilities and entropies in nats, from the model's own distribution."""

    item: str
    """Id of the question; rows of one question share it."""
    group: str
    """Rows of one group must not be split between training and test: digest of the first right answer, or of a question without one."""
    source: str
    """Data set of the question."""
    kind: str
    """What the span is: ``answer``, or ``author``, ``title``, ``year``, ``venue``."""
    right: bool
    start: int
    """First character of the span in the answer's text."""
    end: int
    tokens: int
    """Tokens of the span."""
    answer_tokens: int
    """Tokens of the whole answer."""
    samples: int
    """Finished answers of the question."""
    agreement: float
    """Share of them that say the same as this one."""
    logprob_mean: float
    logprob_first: float
    logprob_min: float
    entropy_mean: float
    entropy_first: float
    entropy_max: float
    question_sha256: str
    stratum: str = ""
    """Popularity of what is asked about, where it is known: ``famous``, ``obscure``, or ``listed`` by the model itself."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a row's values stand."""

    folder: Path
    row: int


@dataclass(frozen=True, slots=True)
class FeatureSet:
    """Rows with their features, which stay in their files until they are asked for."""

    header: FeatureHeader
    rows: tuple[FeatureRow, ...]
    places: tuple[Place, ...]

    def __len__(self) -> int:
        """How many rows there are."""
        return len(self.rows)

    @property
    def right(self) -> npt.NDArray[np.bool_]:
        """Labels, ``[row]``."""
        return np.array([row.right for row in self.rows], bool)

    def select(self, indexes: Iterable[int]) -> FeatureSet:
        """Some of the rows, in the order given; nothing is read."""
        chosen = [int(index) for index in indexes]
        rows, places = tuple(self.rows[i] for i in chosen), tuple(self.places[i] for i in chosen)
        return replace(self, rows=rows, places=places)

    def shares(self, region: Region = Region.ANSWER, columns: Sequence[int] | slice = slice(None)) -> Halves:
        """CETT values ``[row, column]``; all columns of 3,000 rows of a 1.5B model take 1.5 GB.

        Raises:
            FeaturesUnreadable: a file is missing or shorter than its rows.

        """
        taken = np.arange(self.header.columns)[columns]
        found = np.empty((len(self.rows), len(taken)), np.float16)
        contiguous = slice(int(taken[0]), int(taken[-1]) + 1) if isinstance(columns, slice) and len(taken) else taken
        for folder in dict.fromkeys(place.folder for place in self.places):
            matrix = _matrix(folder, region, self.header.columns)
            for index, place in enumerate(self.places):
                if place.folder == folder:
                    found[index] = matrix[place.row, contiguous]
            del matrix
        return found

    def blocks(self, region: Region = Region.ANSWER, block_bytes: int = BLOCK_BYTES) -> Iterator[tuple[int, Halves]]:
        """All columns, some at a time: the first column of a block, and its values ``[row, column]``."""
        width = max(1, block_bytes // (2 * max(1, len(self.rows))))
        for start in range(0, self.header.columns, width):
            yield start, self.shares(region, slice(start, min(start + width, self.header.columns)))


class FeatureWriter:
    """Appends rows to a folder; what a killed process left half written is cut off.

    Raises:
        FeaturesUnreadable: the folder holds rows that were made in another way.

    """

    def __init__(self, folder: Path, header: FeatureHeader) -> None:
        """Open or begin the folder."""
        self.folder, self.header = folder, header
        folder.mkdir(parents=True, exist_ok=True)
        known = folder / "header.json"
        if known.exists():
            _check_same(read_header(folder), header, folder)
        else:
            with replacing(known) as file:
                file.write(json.dumps(_header_fields(header), indent=1).encode() + b"\n")
        self.count = cut_to_whole_lines(folder / "rows.jsonl")
        size = self.count * 2 * header.columns
        for region in Region:
            _cut(folder / f"{region}.f16", size)
        self._rows = (folder / "rows.jsonl").open("ab")
        self._files = {region: (folder / f"{region}.f16").open("ab") for region in Region}

    def append(self, row: FeatureRow, shares: Mapping[Region, npt.NDArray[np.floating[Any]]]) -> None:
        """Write one row: a vector of all columns for each region."""
        for region, file in self._files.items():
            values = np.minimum(shares[region], np.finfo(np.float16).max).astype("<f2")
            if values.shape != (self.header.columns,):
                raise ValueError(f"a row of {region} has the shape {values.shape}")
            file.write(values.tobytes())
            file.flush()
        self._rows.write(json.dumps(asdict(row), ensure_ascii=False).encode() + b"\n")
        self._rows.flush()
        self.count += 1

    def close(self) -> None:
        """Close the files."""
        for file in (self._rows, *self._files.values()):
            file.close()

    def __enter__(self) -> Self:
        """Itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the files."""
        self.close()


def load_features(*folders: Path) -> FeatureSet:
    """The rows of one or several folders of the same model; those that are written meanwhile are not seen.

    Raises:
        FeaturesUnreadable: a folder is none of ours, is damaged, or holds another model's rows.

    """
    headers = [read_header(folder) for folder in folders]
    if not headers:
        raise FeaturesUnreadable("no folder of features was named")
    rows: list[FeatureRow] = []
    places: list[Place] = []
    for folder, header in zip(folders, headers, strict=True):
        for field in ("model", "template_sha256", "neurons", "aggregation", "epsilon"):
            if _comparable(header, field) != _comparable(headers[0], field):
                raise FeaturesUnreadable(f"{folder} and {folders[0]} differ in their {field}")
        found = read_rows(folder)
        rows += found
        places += [Place(folder, index) for index in range(len(found))]
    return FeatureSet(headers[0], tuple(rows), tuple(places))


def read_header(folder: Path) -> FeatureHeader:
    """How the rows of a folder were made.

    Raises:
        FeaturesUnreadable: the folder has no header that can be read.

    """
    try:
        fields = json.loads((folder / "header.json").read_text(encoding="utf-8"))
        if fields["schema_version"] != SCHEMA_VERSION:
            raise FeaturesUnreadable(
                f"{folder} was written in version {fields['schema_version']} of the format, and {SCHEMA_VERSION} is read"
            )
        neurons = fields["neurons"]
        fields["neurons"] = None if neurons is None else tuple(Neuron(*pair) for pair in neurons)
        fields["model"] = ModelFacts(**fields["model"])
        return FeatureHeader(**fields)
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise FeaturesUnreadable(f"{folder} holds no features: {error}", hint="verifier probe collect") from error


def read_rows(folder: Path) -> list[FeatureRow]:
    """The finished rows of a folder.

    Raises:
        FeaturesUnreadable: a line cannot be read.

    """
    path = folder / "rows.jsonl"
    try:
        lines = path.read_bytes().split(b"\n")[:-1]
        return [FeatureRow(**json.loads(line)) for line in lines]
    except (OSError, ValueError, TypeError, RecursionError) as error:
        raise FeaturesUnreadable(f"{path} cannot be read: {error}") from error


def export_columns(features: FeatureSet, columns: Sequence[int], folder: Path) -> FeatureHeader:
    """Write the rows again with some of their columns: small, without any text, and read like any other folder."""
    header = replace(features.header, neurons=tuple(features.header.neuron(column) for column in columns))
    chosen = {region: features.shares(region, columns) for region in Region}
    with FeatureWriter(folder, header) as writer:
        for index, row in enumerate(features.rows[writer.count :], start=writer.count):
            writer.append(row, {region: chosen[region][index] for region in Region})
    return header


def _matrix(folder: Path, region: Region, columns: int) -> np.memmap[Any, Any]:
    path = folder / f"{region}.f16"
    try:
        rows = path.stat().st_size // (2 * columns)
        return np.memmap(path, "<f2", "r", shape=(rows, columns))
    except (OSError, ValueError) as error:
        raise FeaturesUnreadable(f"{path} cannot be read: {error}") from error


def _header_fields(header: FeatureHeader) -> dict[str, Any]:
    fields = asdict(header)
    if header.neurons is not None:
        fields["neurons"] = [[neuron.layer, neuron.index] for neuron in header.neurons]
    return fields


def _comparable(header: FeatureHeader, field: str) -> Any:
    """A field of a header; of the model only which weights it has."""
    return header.model.sha256 if field == "model" else getattr(header, field)


def _check_same(known: FeatureHeader, header: FeatureHeader, folder: Path) -> None:
    for field in FeatureHeader.__dataclass_fields__:
        if field not in {"llama_cpp", "code"} and _comparable(known, field) != _comparable(header, field):
            raise FeaturesUnreadable(
                f"{folder} holds features that were made with another {field}", hint="write into another folder"
            )


def cut_to_whole_lines(path: Path) -> int:
    """Drop what a killed process left of a line, in a file that is there then, and count the lines that have an end."""
    path.touch()
    content = path.read_bytes()
    _cut(path, content.rfind(b"\n") + 1)
    return content.count(b"\n")


def _cut(path: Path, size: int) -> None:
    path.touch()
    if path.stat().st_size < size:
        raise FeaturesUnreadable(f"{path} is shorter than its rows", hint="collect it again into another folder")
    os.truncate(path, size)

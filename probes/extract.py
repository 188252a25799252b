"""Reads the features of stored answers again: other spans, other labels, or fewer neurons, without asking anything again.

An answer is read behind its prompt in one prefill, which gives what the neurons did while it was written. Values that
another folder of the same model holds for a span are taken from there, so that a few changed labels cost little, and none
of them a model.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from probes.batch import Branches, Sampling
from probes.capture import Floats
from probes.collect import Collected, CollectOptions, Prompts, feature_row, span_values
from probes.errors import FeaturesUnreadable
from probes.features import FeatureHeader, FeatureRow, FeatureSet, FeatureWriter, Region, read_rows
from probes.label import LabelledSpan
from probes.questions import Question
from probes.types import Neuron

Values = dict[Region, Floats]
Key = tuple[str, int, int, int, float]
Labelled = tuple[Key, str, bool]


@dataclass(frozen=True, slots=True)
class Extraction:
    """How many rows were written, and how many of them were taken from features that exist."""

    rows: int
    taken: int


def extract(
    collected: Iterable[Collected],
    questions: Mapping[str, Question],
    known: FeatureSet,
    folder: Path,
    open_model: Callable[[], Branches],
    *,
    neurons: Sequence[Neuron] | None = None,
    progress: Callable[[int], None] = lambda _rows: None,
) -> Extraction:
    """Write the features of every labelled span that the folder does not hold yet.

    ``known`` are features of the same run: how they were made is how the new ones are made. The model is opened when a
    span is met that they do not hold. With ``neurons`` only those columns are written.

    Raises:
        FeaturesUnreadable: the model is another one, or the folder holds features that were made in another way or of other
            labels.
        ProbesError: the model cannot be opened.

    """
    header = known.header if neurons is None else replace(known.header, neurons=tuple(neurons))
    stored = _Stored(known, _columns(known.header, header))
    model = _Reader(open_model, header)
    rows = taken = 0
    try:
        with FeatureWriter(folder, header) as writer:
            wanted = list(_rows(collected, questions))
            done = _done(folder, (row for row, *_ in wanted))
            for row, question, each, span in wanted:
                if _labelled(row) in done:
                    continue
                values = stored.values(row)
                taken += values is not None
                writer.append(row, values or model.values(question, each, span))
                rows += 1
                progress(rows)
    finally:
        model.close()
    return Extraction(rows, taken)


def _rows(
    collected: Iterable[Collected], questions: Mapping[str, Question]
) -> Iterator[tuple[FeatureRow, Question, Collected, LabelledSpan]]:
    for each in collected:
        question = questions.get(each.item)
        if question is None:
            continue
        for span in each.spans:
            row = feature_row(question, each, span)
            if row is not None:
                yield row, question, each, span


def _done(folder: Path, wanted: Iterable[FeatureRow]) -> set[Labelled]:
    """Labelled spans that the folder holds, all of which must be wanted."""
    held = {_labelled(row) for row in read_rows(folder)}
    if not held <= {_labelled(row) for row in wanted}:
        raise FeaturesUnreadable(f"{folder} holds features of other labels", hint="write into another folder")
    return held


def _labelled(row: FeatureRow) -> Labelled:
    return _key(row), row.kind, row.right


def _key(row: FeatureRow) -> Key:
    """What tells the same span of the same answer: another answer has other log probabilities."""
    return row.item, row.start, row.end, row.tokens, row.logprob_mean


def _columns(known: FeatureHeader, wanted: FeatureHeader) -> list[int] | slice:
    """Where the wanted neurons stand in rows that exist."""
    if known.neurons == wanted.neurons:
        return slice(None)
    if known.neurons is None:
        return _places(wanted)
    at = {neuron: column for column, neuron in enumerate(known.neurons)}
    missing = next((each for each in wanted.neurons or () if each not in at), None)
    if missing is not None or wanted.neurons is None:
        which = "some of the model's" if missing is None else f"neuron {missing.index} of layer {missing.layer}"
        raise FeaturesUnreadable(f"the run's features lack {which}", hint="collect the run again with all neurons")
    return [at[each] for each in wanted.neurons]


def _places(header: FeatureHeader) -> list[int] | slice:
    """Where a header's neurons stand among all of the model's."""
    if header.neurons is None:
        return slice(None)
    return [each.layer * header.ffn_width + each.index for each in header.neurons]


class _Stored:
    """Values that exist."""

    def __init__(self, known: FeatureSet, columns: list[int] | slice) -> None:
        self._known, self._columns = known, columns
        self._places = {_key(row): index for index, row in enumerate(known.rows)}

    def values(self, row: FeatureRow) -> Values | None:
        place = self._places.get(_key(row))
        if place is None:
            return None
        one = self._known.select([place])
        return {region: one.shares(region, self._columns)[0].astype(np.float32) for region in Region}


class _Reader:
    """A model that is opened when it is first needed; it remembers what it read last."""

    def __init__(self, open_model: Callable[[], Branches], header: FeatureHeader) -> None:
        self._open, self._header = open_model, header
        self._branches: Branches | None = None
        self._prompts: Prompts | None = None
        self._last: tuple[str, Floats, Floats] | None = None

    def values(self, question: Question, found: Collected, span: LabelledSpan) -> Values:
        if self._last is None or self._last[0] != question.id:
            self._last = (question.id, *self._read(question, found))
        _, asked, shares = self._last
        return {region: each[_places(self._header)] for region, each in span_values(found, span, asked, shares).items()}

    def close(self) -> None:
        if self._branches is not None:
            self._branches.close()

    def _read(self, question: Question, found: Collected) -> tuple[Floats, Floats]:
        if self._branches is None or self._prompts is None:
            self._branches = self._open()
            self._prompts = Prompts(self._branches.llama, options_of(self._header))
            self._check(self._branches, self._prompts)
        asked = self._branches.hold(self._prompts.tokens(question.question), self._prompts.shared)
        return asked, self._branches.read(found.samples[found.representative].ids)

    def _check(self, branches: Branches, prompts: Prompts) -> None:
        if branches.facts.sha256 != self._header.model.sha256:
            raise FeaturesUnreadable(
                f"the answers are those of {self._header.model.name} {self._header.model.quantisation}, "
                f"and {branches.facts.name} {branches.facts.quantisation} is another file"
            )
        if prompts.template_sha256 != self._header.template_sha256:
            raise FeaturesUnreadable("the model's chat template is not the one that the answers were given under")


def options_of(header: FeatureHeader) -> CollectOptions:
    """How the questions of a run were put."""
    sampling = Sampling(header.max_tokens, header.temperature, header.top_k, header.top_p)
    return CollectOptions(header.samples, sampling, header.seed, header.system, header.suffix)

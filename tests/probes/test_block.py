"""Blocks of a generation, from traces as a model would write them."""

from __future__ import annotations

from itertools import pairwise

import pytest

from probes.artefact import load_probe
from probes.block import Blocks
from probes.detector import Detector
from probes.install import ANY_MODEL, SHIPPED
from probes.recorder import Recorder
from probes.types import TokenTrace

SHORT = "It was Edvard Munch, in 1893, of Oslo."
LONG = (
    'In 1893 Edvard Munch of Oslo painted "The Scream", which hangs in the National Museum and is worth more than any '
    "other picture there; 12 people tried to steal it, once in May 1994 and once in 2004."
)


def recorder_of(text: str) -> Recorder:
    recorder = Recorder(Detector(load_probe(SHIPPED / ANY_MODEL)))
    cuts = [*range(0, len(text), 4), len(text)]
    recorder.traces += [
        TokenTrace(n, text[a:b], a, b, -1.0 - n % 3, 0.5 + n % 5) for n, (a, b) in enumerate(pairwise(cuts))
    ]
    recorder._positions += range(len(recorder.traces))
    return recorder


def streamed(text: str) -> list[dict]:
    """Spans of the blocks of a stream whose chunks are tokens."""
    whole = recorder_of(text)
    part = Recorder(whole.scorer)
    blocks, found = Blocks(part, ""), []
    for trace, position in zip(whole.traces, whole._positions, strict=True):
        known = len(part.scored(final=False))
        part.traces.append(trace)
        part._positions.append(position)
        found += blocks.block(part.scored(final=False)[known:], trace.end, final=False)["spans"]
    return found + blocks.block([], len(text))["spans"]


@pytest.mark.parametrize("text", [SHORT, LONG], ids=["short", "long"])
def test_a_stream_gives_the_spans_of_the_whole_answer(text: str) -> None:
    recorder = recorder_of(text)
    whole = Blocks(recorder, "").block(recorder.scored(final=True))["spans"]
    assert whole == sorted(streamed(text), key=lambda span: span["start"])
    assert len(whole) == (1 if text is SHORT else 7)

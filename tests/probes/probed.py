"""A tiny chat model behind ``ProbedLlama``, with a stand-in for a probe whose scores are computed by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from probes.probed import ProbedLlama
from probes.testing import CHATML, Family, write_tiny_model
from probes.types import Neuron
from tests.probes.forward import Model

SETTINGS = {"n_ctx": 256, "n_threads": 1, "n_threads_batch": 1, "type_k": 0, "type_v": 0, "seed": 1}
PROMPT = "hello the world is it on"
MESSAGES = [{"role": "user", "content": "is it on"}]
GREEDY = {"max_tokens": 20, "temperature": 0.0}
WATCHED = (Neuron(0, 3), Neuron(1, 0), Neuron(1, 47), Neuron(2, 20))
TOLERANCE = 1e-4


@dataclass
class SumOfShares:
    """A stand-in for a probe: its score is easily computed by hand."""

    neurons: tuple[Neuron, ...] = WATCHED

    def score(self, token, shares) -> float:
        return float(shares @ np.arange(1, len(self.neurons) + 1))


@pytest.fixture(scope="module")
def model(tiny: Callable[[Family], Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tiny_model(tmp_path_factory.mktemp("chat") / "chat.gguf", chat_template=CHATML)


@pytest.fixture
def probed(model: Path, native: bool) -> Iterator[ProbedLlama]:
    engine = ProbedLlama(model, SumOfShares(), native=native, **SETTINGS)
    yield engine
    engine.close()


@pytest.fixture
def plain(model: Path) -> Iterator[ProbedLlama]:
    engine = ProbedLlama(model, **SETTINGS)
    yield engine
    engine.close()


def expected_scores(path: Path, tokens: list[int], first: int) -> list[float]:
    """Scores from an independent pass over prompt and answer."""
    model = Model(path)
    seen = model.run(tokens)
    scores = np.zeros(len(tokens))
    for rank, neuron in enumerate(WATCHED, 1):
        norm = np.linalg.norm(model.tensors[f"blk.{neuron.layer}.ffn_down.weight"][:, neuron.index])
        h = np.linalg.norm(seen.h[neuron.layer], axis=1)
        scores += rank * np.abs(seen.z[neuron.layer, :, neuron.index]) * norm / h
    return scores[first:].tolist()

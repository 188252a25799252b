"""Several answers to one prompt at once: the prompt is computed once, and every sequence goes on from it.

The samples of a question share one batch, so that the weights are read once for all of them. Only the part of a prompt
that differs from the last one is computed.
"""

from __future__ import annotations

import ctypes
import importlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from probes.attach import attach
from probes.capture import DEFAULT_MAX_VALUES, Capture, Floats, Wanted
from probes.cett import cett
from probes.errors import ContextOverflow
from probes.gguf import column_norms, facts_of
from probes.loading import open_llama
from probes.recorder import measure
from probes.types import ModelFacts

WATCHED = 128
"""Tokens that are computed at once while all neurons are watched."""


@dataclass(frozen=True, slots=True)
class Sampling:
    """How answers are drawn; the defaults are those of Gao et al., arXiv 2512.01797."""

    max_tokens: int = 50
    temperature: float = 1.0
    """0 takes the likeliest token each time."""
    top_k: int = 50
    top_p: float = 0.9


@dataclass(slots=True)
class Drawn:
    """One answer as far as it was drawn; log probabilities and entropies in nats, before cuts."""

    ids: list[int] = field(default_factory=list)
    logprobs: list[float] = field(default_factory=list)
    entropies: list[float] = field(default_factory=list)
    finished: bool = False
    """The model ended it itself."""


class Branches:
    """A GGUF model that answers one prompt several times at once, and reads the neurons of what it wrote.

    Raises:
        EngineMissing: llama-cpp-python is not installed.
        ModelUnreadable: the file is no model that writes text.
        LayoutMismatch: this llama.cpp is none that we can read.

    """

    def __init__(
        self, path: Path, samples: int, *, n_ctx: int = 1024, threads: int | None = None, native: bool | None = None
    ) -> None:
        """Open the model with room for one prompt and ``samples`` answers to it."""
        settings = {} if threads is None else {"n_threads": threads, "n_threads_batch": threads}
        self._llama = open_llama(path, n_ctx=n_ctx, **settings)
        self._llama.context_params.n_seq_max = samples + 1
        self._llama.context_params.kv_unified = True
        self._api: Any = importlib.import_module("llama_cpp")
        self.facts: ModelFacts = facts_of(self._llama.metadata, path, n_ctx)
        self.norms = column_norms(path)
        self.samples = samples
        self._capture: Capture = attach(self._llama, native=native)
        self._capture.want(Wanted({}, frozenset(range(self._capture.layers))))
        self._capture.pause(True)
        self._room = min(n_ctx, int(self._llama.n_batch))
        self._batch = self._api.llama_batch_init(self._room, 0, 1)
        self._memory = self._api.llama_get_memory(self._llama.ctx)
        self._vocabulary = self._api.llama_model_get_vocab(self._llama.model)
        self._row = ctypes.c_float * self._llama.n_vocab()
        self._prompt: list[int] = []

    @property
    def llama(self) -> Any:
        """The ``llama_cpp.Llama`` behind it, for its tokenizer and metadata."""
        return self._llama

    @property
    def prompt_length(self) -> int:
        """Tokens of the prompt that is held."""
        return len(self._prompt)

    def close(self) -> None:
        """Free the model."""
        self._api.llama_batch_free(self._batch)
        self._llama.close()

    def __enter__(self) -> Self:
        """Itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Free the model."""
        self.close()

    def hold(self, tokens: Sequence[int], shared: int = 0) -> Floats:
        """Compute a prompt; CETT ``[token, neuron]`` of all its tokens but the first ``shared``, layer by layer.

        The ``shared`` first tokens are computed only where they differ from those of the last prompt.

        Raises:
            ContextOverflow: the prompt and the answers to it do not fit.
            CaptureFailed: the activations could not be read.

        """
        if len(tokens) >= self._room:
            raise ContextOverflow(f"the prompt has {len(tokens):,} tokens and the context holds {self._room:,}")
        if self._prompt[:shared] != list(tokens[:shared]) or not shared:
            self._api.llama_memory_clear(self._memory, True)
            if shared:
                self._decode([(token, at, 0) for at, token in enumerate(tokens[:shared])], outputs=False)
        self._keep(0, shared)
        self._prompt = list(tokens)
        rows = [(token, at, 0) for at, token in enumerate(tokens[shared:], start=shared)]
        return self._watched(rows)

    def draw(
        self, sampling: Sampling, seed: int, enough: Callable[[Sequence[Drawn]], bool] = lambda _drawn: False
    ) -> list[Drawn]:
        """Answers to the held prompt, all of them in one batch, until each is over or what is finished is ``enough``.

        Call it straight after ``hold``: the first tokens are drawn from the prompt's own logits.
        """
        generator = np.random.default_rng(seed)
        drawn = [Drawn() for _ in range(self.samples)]
        length = len(self._prompt)
        for number in range(1, self.samples + 1):
            self._api.llama_memory_seq_cp(self._memory, 0, number, 0, -1)
        logits = self._logits(-1)
        active = [number for number in range(self.samples) if self._step(drawn[number], logits, sampling, generator)]
        tokens_left = min(sampling.max_tokens, (self._room - length) // self.samples)
        for step in range(1, tokens_left):
            if not active or enough(drawn):
                break
            self._decode([(drawn[number].ids[-1], length + step - 1, number + 1) for number in active], outputs=True)
            rows = [(number, self._logits(at)) for at, number in enumerate(active)]
            active = [number for number, row in rows if self._step(drawn[number], row, sampling, generator)]
        for number in range(1, self.samples + 1):
            self._keep(number, 0)
        return drawn

    def read(self, tokens: Sequence[int]) -> Floats:
        """CETT ``[token, neuron]`` of an answer's tokens behind the held prompt, each read where it is the input."""
        length = len(self._prompt)
        found = self._watched([(token, length + at, 0) for at, token in enumerate(tokens)])
        self._keep(0, length)
        return found

    def pieces(self, tokens: Sequence[int]) -> list[bytes]:
        """Bytes of each token."""
        return [self._llama.detokenize([token]) for token in tokens]

    def _step(self, drawn: Drawn, logits: Floats, sampling: Sampling, generator: np.random.Generator) -> bool:
        """Draw one more token; whether the answer goes on."""
        token = _choose(logits, sampling, generator)
        if self._api.llama_vocab_is_eog(self._vocabulary, token):
            drawn.finished = True
            return False
        logprob, entropy = measure(logits, token)
        drawn.ids.append(token)
        drawn.logprobs.append(logprob)
        drawn.entropies.append(entropy)
        return True

    def _watched(self, rows: Sequence[tuple[int, int, int]]) -> Floats:
        """CETT of computed tokens, as many at a time as the capture has room for."""
        size = max(1, min(WATCHED, DEFAULT_MAX_VALUES // (2 * sum(map(len, self.norms)))))
        return np.concatenate([self._watched_at_once(rows[at : at + size]) for at in range(0, len(rows), size)])

    def _watched_at_once(self, rows: Sequence[tuple[int, int, int]]) -> Floats:
        self._capture.pause(False)
        self._capture.drain()
        try:
            self._decode(rows, outputs=True)
            seen = self._capture.drain()
        finally:
            self._capture.pause(True)
        return np.concatenate([cett(each.z, self.norms[each.layer], each.h_norm) for each in seen], axis=1)

    def _decode(self, rows: Sequence[tuple[int, int, int]], *, outputs: bool) -> None:
        """Compute tokens, each with its position and its sequence."""
        batch = self._batch
        batch.n_tokens = len(rows)
        for at, (token, position, sequence) in enumerate(rows):
            batch.token[at], batch.pos[at] = token, position
            batch.n_seq_id[at], batch.seq_id[at][0] = 1, sequence
            batch.logits[at] = outputs
        status = self._api.llama_decode(self._llama.ctx, batch)
        if status:
            raise ContextOverflow(f"llama.cpp could not compute {len(rows)} tokens (status {status})")

    def _logits(self, index: int) -> Floats:
        pointer = self._api.llama_get_logits_ith(self._llama.ctx, index)
        return np.frombuffer(self._row.from_address(ctypes.addressof(pointer.contents)), np.float32).copy()

    def _keep(self, sequence: int, length: int) -> None:
        self._api.llama_memory_seq_rm(self._memory, sequence, length, -1)


def _choose(logits: Floats, sampling: Sampling, generator: np.random.Generator) -> int:
    """Draw a token: the likeliest ``top_k``, of these the smallest set that holds ``top_p``, by their probabilities."""
    if sampling.temperature <= 0:
        return int(logits.argmax())
    k = min(sampling.top_k or len(logits), len(logits))
    best = np.argpartition(logits, -k)[-k:]
    best = best[np.argsort(-logits[best], kind="stable")]
    weights = np.exp((logits[best] - logits[best[0]]).astype(np.float64) / sampling.temperature)
    weights /= weights.sum()
    kept = int(np.searchsorted(np.cumsum(weights), sampling.top_p)) + 1
    chances: npt.NDArray[np.float64] = weights[:kept] / weights[:kept].sum()
    return int(generator.choice(best[:kept], p=chances))

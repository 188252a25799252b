"""Watches a ``llama_cpp.Llama`` while it generates: every token with its probability, and what its neurons did.

Whatever generates (completion, chat, streaming, the generator itself) runs through the model's ``eval`` and ``sample``;
both are replaced on the one object that is watched.
"""

from __future__ import annotations

import codecs
import ctypes
import math
import weakref
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import numpy as np
import numpy.typing as npt

from probes.capture import Capture, Floats, Seen, Wanted
from probes.cett import cett
from probes.loading import llama_cpp_module
from probes.types import Neuron, Scorer, SpanScorer, TokenTrace


@dataclass(frozen=True, slots=True)
class ScoredTrace:
    """A token that was written, with its score."""

    trace: TokenTrace
    score: float | None
    """``None`` without a scorer, and for a last token that did not fit into the context any more."""


def text_decoder() -> codecs.IncrementalDecoder:
    """Makes text of tokens' bytes; drops what is no character, as llama-cpp-python does with the text that it returns."""
    return codecs.getincrementaldecoder("utf-8")(errors="ignore")


@dataclass(slots=True)
class Recorder:
    """What one generation wrote so far.

    A token's neurons are seen when the *next* token is computed, so the last token has no score until ``flush``.
    """

    scorer: Scorer | None = None
    norms: tuple[Floats, ...] = ()
    """Column norms by layer; needed with a scorer."""
    capture: Capture | None = None
    traces: list[TokenTrace] = field(default_factory=list)
    _positions: list[int] = field(default_factory=list)
    _shares: dict[int, tuple[int, Floats]] = field(default_factory=dict)
    _scored: list[ScoredTrace] = field(default_factory=list)
    _decoder: codecs.IncrementalDecoder = field(default_factory=text_decoder)
    _length: int = 0
    _reading: bool = False

    def begin(self, *, reading: bool = False) -> None:
        """Forget the last generation; ``reading`` if what follows is computed and not written."""
        self.traces, self._positions, self._scored, self._shares, self._length = [], [], [], {}, 0
        self._decoder = text_decoder()
        self._reading = reading
        self.evaluating()

    def sampled(self, token: int, piece: bytes, position: int, row: Floats) -> None:
        """A token was drawn from the logits ``row`` and will stand at ``position``."""
        text = self._decoder.decode(piece)
        start, self._length = self._length, self._length + len(text)
        logprob, entropy = measure(row, token)
        self.traces.append(TokenTrace(token, text, start, self._length, logprob, entropy))
        self._positions.append(position)

    def evaluating(self) -> None:
        """Tokens are about to be computed: those of a prompt have no scores, and a long one would fill the memory."""
        if self.capture is not None and self.scorer is not None and self.scorer.neurons:
            self.capture.pause(not (self.traces or self._reading))

    def evaluated(self, tokens: Sequence[int], start: int) -> None:
        """Tokens were computed at the positions from ``start`` on.

        Raises:
            CaptureFailed: something could not be read.

        """
        if self.capture is None:
            return
        seen = self.capture.drain()
        if self.scorer is not None and seen:
            for offset, shares in enumerate(self._joined(seen, len(tokens))):
                self._shares[start + offset] = (tokens[offset], shares)

    def scored(self, *, final: bool) -> list[ScoredTrace]:
        """The tokens so far that have their score, or all of them once the generation is over (``final``)."""
        for trace, position in islice(zip(self.traces, self._positions, strict=True), len(self._scored), None):
            token, shares = self._shares.get(position, (None, None))
            if self.scorer is not None and not self.scorer.neurons:
                token, shares = trace.id, np.empty(0, np.float32)
            known = shares is not None and token == trace.id
            if self.scorer is not None and not known and not final:
                break
            score = self.scorer.score(trace, shares) if self.scorer is not None and known else None
            self._scored.append(ScoredTrace(trace, score))
        return self._scored

    def risk(self, start: int, end: int) -> float | None:
        """Risk of the characters from ``start`` to ``end``; ``None`` where the scorer knows no spans, or nothing was seen.

        A token whose neurons were not seen adds what its logits say.
        """
        places = [at for at, trace in enumerate(self.traces) if trace.start < end and trace.end > start]
        if not places or not isinstance(self.scorer, SpanScorer):
            return None
        shares = np.full((len(places), len(self.scorer.neurons)), np.nan, np.float32)
        for row, place in enumerate(places):
            token, found = self._shares.get(self._positions[place], (None, None))
            if found is not None and token == self.traces[place].id:
                shares[row] = found
        return self.scorer.risk([self.traces[place] for place in places], shares)

    def flush(self, llama: Any) -> None:
        """Compute the last token, so that its neurons are seen; nothing where it needs none or does not fit."""
        if self.scorer is None or not self.scorer.neurons or not self.traces:
            return
        token, position = self.traces[-1].id, self._positions[-1]
        if self._shares.get(position, (None,))[0] != token and position <= llama.n_tokens and position < llama.n_ctx():
            llama.n_tokens = position  # drafted tokens that were rejected may stand there
            llama.eval([token])

    def wanted(self, factors: dict[Neuron, float]) -> Wanted:
        """What the capture has to read for this recorder, scaling by ``factors``."""
        chosen = self.scorer.neurons if self.scorer else ()
        layers = sorted({neuron.layer for neuron in chosen})
        neurons = {
            layer: np.array(sorted(neuron.index for neuron in chosen if neuron.layer == layer), np.int32)
            for layer in layers
        }
        return Wanted(neurons, factors=factors)

    def _joined(self, seen: Sequence[Seen], count: int) -> npt.NDArray[np.float32]:
        """Shares ``[token, neuron]`` in ascending order of the neurons; the last layer may lack the first tokens."""
        columns = []
        for block in seen:
            norms = self.norms[block.layer][block.neurons] if block.neurons is not None else self.norms[block.layer]
            shares = cett(block.z, norms, block.h_norm)
            missing = count - len(shares)
            columns.append(np.pad(shares, ((missing, 0), (0, 0)), constant_values=np.nan) if missing else shares)
        return np.concatenate(columns, axis=1)


def measure(row: Floats, token: int) -> tuple[float, float]:
    """Log probability of a token and entropy of the distribution that logits stand for, both in nats.

    NaN for both where the logits are not numbers, as those of a damaged model.
    """
    shifted = row - row.max()
    weights = np.exp(shifted)
    total = float(weights.sum())
    if math.isnan(total):
        return math.nan, math.nan
    if not math.isfinite(shifted.min()):  # forbidden tokens have no part in the entropy
        return min(0.0, float(shifted[token]) - math.log(total)), measure(row[weights > 0], 0)[1]
    mean = float(weights @ shifted)
    return min(0.0, float(shifted[token]) - math.log(total)), max(0.0, math.log(total) - mean / total)


def watch(llama: Any, recorder: Recorder) -> None:
    """Report every evaluation and every sampled token of a ``llama_cpp.Llama`` to a recorder.

    The replaced methods hold the model weakly, so that it is freed as soon as nobody uses it.
    """
    llama_cpp = llama_cpp_module()
    kind, reference = type(llama), weakref.ref(llama)
    row_type = ctypes.c_float * llama.n_vocab()
    vocabulary = llama_cpp.llama_model_get_vocab(llama.model)

    def evaluate(tokens: Sequence[int]) -> None:
        model = _alive(reference)
        start = model.n_tokens
        recorder.evaluating()
        kind.eval(model, tokens)
        recorder.evaluated([int(token) for token in tokens], start)

    def sample(*arguments: Any, idx: int | None = None, **settings: Any) -> int:
        model = _alive(reference)
        token = int(kind.sample(model, *arguments, idx=idx, **settings))
        if not llama_cpp.llama_vocab_is_eog(vocabulary, token):
            index = model.n_tokens - 1 if idx is None else idx
            logits = llama_cpp.llama_get_logits_ith(model.ctx, index - model.n_tokens)
            row = np.frombuffer(row_type.from_address(ctypes.addressof(logits.contents)), np.float32)
            recorder.sampled(token, model.detokenize([token]), index + 1, row)
        return token

    llama.eval, llama.sample = evaluate, sample


def _alive(reference: Any) -> Any:
    model = reference()
    if model is None:
        raise ReferenceError("the model was closed")
    return model

"""Tiny models with a capture in them."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from probes.attach import attach
from probes.capture import Capture, Seen, Wanted
from probes.testing import Family
from tests.probes.forward import Model, Pass

TEXT = b"hello the world is it on"
ALL = Wanted({}, frozenset(range(3)))


@dataclass
class Watched:
    """An open model, its capture, and its twin in numpy."""

    path: Path
    llama: object
    capture: Capture

    @property
    def tokens(self) -> list[int]:
        return self.llama.tokenize(TEXT)

    def reference(self, tokens: Sequence[int], factors=None) -> Pass:
        return Model(self.path).run(list(tokens), factors)

    def weight(self, layer: int) -> np.ndarray:
        return Model(self.path).tensors[f"blk.{layer}.ffn_down.weight"]

    def decode(self, tokens: Sequence[int], positions=None, sequences=None, outputs=None) -> None:
        """One llama_decode of a batch of our own; every token is an output unless ``outputs`` names some."""
        batch = self.llama._batch.batch
        batch.n_tokens = len(tokens)
        for i, token in enumerate(tokens):
            batch.token[i] = token
            batch.pos[i] = positions[i] if positions else i
            batch.n_seq_id[i] = 1
            batch.seq_id[i][0] = sequences[i] if sequences else 0
            batch.logits[i] = outputs is None or i in outputs
        self.llama._ctx.decode(self.llama._batch)

    def logits(self, rows: int) -> np.ndarray:
        return np.ctypeslib.as_array(self.llama._ctx.get_logits(), shape=(rows, self.llama.n_vocab())).copy()

    def forget(self) -> None:
        self.llama._ctx.kv_cache_clear()
        self.llama.n_tokens = 0


Opener = Callable[..., Watched]


@contextlib.contextmanager
def opener(tiny: Callable[[Family], Path], native: bool) -> Iterator[Opener]:
    import llama_cpp

    with contextlib.ExitStack() as stack:

        def open_model(
            family: Family = Family.LLAMA,
            *,
            sequences: int = 1,
            unified: bool = True,
            path: Path | None = None,
            **options,
        ) -> Watched:
            file = path or tiny(family)
            settings = {"n_ctx": 128, "n_threads": 1, "n_threads_batch": 1, "type_k": 0, "type_v": 0, "verbose": False}
            llama = llama_cpp.Llama(str(file), **settings | options)
            llama.context_params.n_seq_max = sequences
            llama.context_params.kv_unified = unified
            capture = attach(llama, native=native)
            stack.callback(capture.close)
            stack.callback(llama.close)
            return Watched(file, llama, capture)

        yield open_model


def by_layer(seen: Sequence[Seen]) -> dict[int, Seen]:
    return {block.layer: block for block in seen}

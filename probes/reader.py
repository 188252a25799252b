"""Reads a given text in one prefill, a bounded number of tokens at a time."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from probes.capture import Capture, Floats, Seen, Wanted
from probes.errors import CaptureFailed, ContextOverflow, EmptyPrompt
from probes.recorder import Recorder

MAX_LOGITS = 16 * 1024 * 1024
"""Most logits that are asked for at once (64 MB); a token's row has as many as the vocabulary has tokens."""
MAX_BYTES = 2 << 30
"""Largest array of activations that is made."""


@dataclass(frozen=True, slots=True)
class Activations:
    """What the feed-forward neurons of some layers did at every token of a text."""

    tokens: tuple[int, ...]
    layers: tuple[int, ...]
    """The layers, in the order of the arrays' first axis."""
    z: Floats | None
    """``[layer, token, neuron]``; NaN where a layer has fewer neurons than the widest. ``None`` if not asked for."""
    h_norm: Floats | None
    """L2 norm of the layer's output, ``[layer, token]``."""


def text_tokens(llama: Any, prompt: str | Sequence[int], *, behind: Sequence[int] = ()) -> list[int]:
    """Tokens of a text, special tokens in it read as plain characters; or the tokens that are given.

    ``behind`` are the tokens in front of it; without them a text begins with the model's own first token.

    Raises:
        EmptyPrompt: there is no token.
        ContextOverflow: there are more than the context holds.

    """
    add_bos = not behind
    tokens = (
        llama.tokenize(prompt.encode("utf-8", "replace"), add_bos, special=False) if isinstance(prompt, str) else prompt
    )
    found = [int(token) for token in tokens]
    if not found:
        raise EmptyPrompt("the text is empty: there is no token to read")
    if len(found) + len(behind) > llama.n_ctx():
        raise ContextOverflow(
            f"the text has {len(found) + len(behind):,} tokens and the context holds {llama.n_ctx():,}",
            hint="shorten the text, or give a larger n_ctx",
        )
    return found


def chunks(llama: Any, tokens: Sequence[int], *, outputs: bool) -> Iterator[tuple[int, int]]:
    """Decode a text from an empty context, giving each chunk's first and last-but-one position once it is computed.

    With ``outputs`` every token has logits, and so a column in the last layer. The first chunk is one token, from which
    the reader learns how large things are. The context is empty again afterwards.
    """
    size = min(llama.n_batch, max(1, MAX_LOGITS // llama.n_vocab()) if outputs else llama.n_batch, 128)
    forget(llama)
    try:
        start = 0
        while start < len(tokens):
            stop = min(len(tokens), start + (size if start else 1))
            llama._batch.set_batch(list(tokens[start:stop]), n_past=start, logits_all=outputs)  # noqa: SLF001
            llama._ctx.decode(llama._batch)  # noqa: SLF001 - the public way keeps a row of scores for every token
            yield start, stop
            start = stop
    finally:
        forget(llama)


def forget(llama: Any) -> None:
    """Empty the context: what was computed under other factors must not be reused."""
    llama._ctx.kv_cache_clear()  # noqa: SLF001
    llama.reset()


def read_activations(
    llama: Any, capture: Capture, tokens: Sequence[int], layers: Sequence[int], wanted: Wanted, *, keep_z: bool = True
) -> Activations:
    """Every neuron of ``layers`` at every token, or only the norms; ``wanted`` is what the capture scales meanwhile.

    The last layer computes only tokens with logits, so where it is asked for all tokens are made such.

    Raises:
        CaptureFailed: a layer is not there or is of a kind that is not read, or the arrays would be too large.

    """
    count = capture.layers
    if not layers:
        raise CaptureFailed("no layer was asked for")
    strange = [layer for layer in layers if not 0 <= layer < count]
    if strange:
        raise CaptureFailed(f"the model has no layer {strange[0]}; its layers are 0 to {count - 1}")
    capture.want(Wanted({}, frozenset(layers), wanted.factors))
    z = h_norm = np.empty(0, np.float32)
    capture.pause(False)
    capture.drain()
    for start, stop in chunks(llama, tokens, outputs=count - 1 in layers):
        seen = {block.layer: block for block in capture.drain()}
        if start == 0:
            z, h_norm = (
                _room(seen, layers, len(tokens) if keep_z else 0),
                np.empty((len(layers), len(tokens)), np.float32),
            )
        for row, layer in enumerate(layers):
            if keep_z:
                z[row, start:stop, : seen[layer].z.shape[1]] = seen[layer].z
            h_norm[row, start:stop] = seen[layer].h_norm
    return Activations(tuple(tokens), tuple(layers), z if keep_z else None, h_norm)


def read_text(llama: Any, recorder: Recorder, prompt: Sequence[int], text: Sequence[int]) -> None:
    """Let a recorder see a text behind a prompt as if it had been written: the same numbers, computed in one prefill.

    A token needs one before it to have a probability, so without a prompt the first token of the text is not recorded.

    Raises:
        CaptureFailed: something could not be read.

    """
    tokens = [*prompt, *text]
    row_type = ctypes.c_float * llama.n_vocab()
    recorder.begin(reading=True)
    for start, stop in chunks(llama, tokens, outputs=True):
        recorder.evaluated(tokens[start:stop], start)
        address = ctypes.addressof(llama._ctx.get_logits().contents)  # noqa: SLF001
        for position in range(max(start + 1, len(prompt)), min(stop + 1, len(tokens))):
            row = row_type.from_address(address + (position - 1 - start) * ctypes.sizeof(row_type))
            token = tokens[position]
            recorder.sampled(token, llama.detokenize([token]), position, np.frombuffer(row, np.float32))


def _room(seen: dict[int, Seen], layers: Sequence[int], tokens: int) -> Floats:
    missing = [layer for layer in layers if layer not in seen]
    if missing:
        raise CaptureFailed(f"layer {missing[0]} has no down projection that could be watched")
    shape = (len(layers), tokens, max(seen[layer].z.shape[1] for layer in layers))
    size = 4 * shape[0] * shape[1] * shape[2]
    if size > MAX_BYTES:
        raise CaptureFailed(
            f"the activations would take {size / 2**30:.1f} GB and {MAX_BYTES >> 30} GB are allowed",
            hint="ask for fewer layers or a shorter text",
        )
    return np.full(shape, np.nan, np.float32)

"""Reads, and can scale, the feed-forward neurons of a model while llama.cpp computes them.

A ``Capture`` is one callback for one context. What it records between two ``drain`` calls comes back layer by layer, as
numpy arrays in the order in which llama.cpp computed the tokens. The last layer computes only the tokens whose logits
were asked for, so its block has fewer columns than those of the other layers. That order is the batch's own, except in a
batch that holds several tokens of several sequences whose caches are separate (``kv_unified`` off): those llama.cpp takes
apart into groups of equal length.

Two implementations behave alike: the C one of ``native/capture.c``, and one in Python for machines without a compiler.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from probes.errors import CaptureFailed
from probes.layout import Ggml
from probes.types import Neuron

Floats = npt.NDArray[np.float32]

Part = tuple[int, npt.NDArray[np.int32] | None, Floats, Floats]
"""One layer in one graph: the layer, the neurons read, z and the norms of h."""

DEFAULT_MAX_VALUES = 64 * 1024 * 1024
"""Most floats that are kept between two drains (256 MB)."""


@dataclass(frozen=True, slots=True)
class Seen:
    """One layer's part of one or several decodes."""

    layer: int
    neurons: npt.NDArray[np.int32] | None
    """Which neurons ``z`` holds; ``None`` for all of the layer."""
    z: Floats
    """Activations, shape ``[token, neuron]``."""
    h_norm: Floats
    """L2 norm of the layer's output, shape ``[token]``."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a capture reads and changes."""

    neurons: Mapping[int, npt.NDArray[np.int32]]
    """Layer to the neurons that are read, ascending."""
    whole_layers: frozenset[int] = frozenset()
    """Layers of which every neuron is read."""
    factors: Mapping[Neuron, float] | None = None
    """Neurons that are scaled, and by what; what is read of them is the scaled value."""
    learning: bool = False
    """Find the nodes that make the activations. One decode with this must come before the first that scales."""


class Capture(Protocol):
    """The callback of one context."""

    @property
    def function(self) -> Any:
        """Value for ``llama_context_params.cb_eval``; lives as long as the capture."""

    @property
    def user_data(self) -> int | None:
        """Value for ``llama_context_params.cb_eval_user_data``."""

    @property
    def layers(self) -> int:
        """How many layers the model has."""

    def want(self, wanted: Wanted) -> None:
        """Change what is read and scaled from the next decode on."""

    def pause(self, paused: bool) -> None:
        """Record nothing until the pause ends; scaling goes on."""

    def drain(self) -> list[Seen]:
        """What was recorded since the last call, joined by layer.

        Raises:
            CaptureFailed: something could not be read; what was recorded is dropped.

        """

    def close(self) -> None:
        """Free the buffers; the context must be gone by then."""


def joined(parts: Iterable[Part]) -> list[Seen]:
    """Blocks in the order of the graphs, put together by layer."""
    by_layer: dict[int, list[tuple[npt.NDArray[np.int32] | None, Floats, Floats]]] = {}
    for layer, neurons, z, norm in parts:
        by_layer.setdefault(layer, []).append((neurons, z, norm))
    return [
        Seen(layer, *blocks[0])
        if len(blocks) == 1
        else Seen(layer, blocks[0][0], np.concatenate([b[1] for b in blocks]), np.concatenate([b[2] for b in blocks]))
        for layer, blocks in sorted(by_layer.items())
    ]


def failure_sentence(failure: int, node: str) -> str:
    """What the numbers of ``enum failure`` in ``capture.c`` mean."""
    sentences = {
        1: "there was no memory left for the activations",
        2: "the activations are not 32-bit floats",
        3: "the model is a mixture of experts, whose neurons are not read yet",
        4: "a layer has fewer neurons than were asked for",
        5: "a layer was scaled before its activations were found",
    }
    return f"{sentences.get(failure, f'failure {failure}')} (at {node})"


def open_capture(
    ggml: Ggml, layers: int, *, native: bool | None = None, max_values: int = DEFAULT_MAX_VALUES
) -> Capture:
    """The C capture where it can be compiled, otherwise the Python one; ``native`` forces one of them.

    Raises:
        CaptureFailed: the C one was forced and cannot be compiled.

    """
    from probes.capture_native import NativeCapture
    from probes.capture_python import PythonCapture
    from probes.native.build import compiled_capture

    library = compiled_capture() if native is not False else None
    if library is not None:
        return NativeCapture(ggml, layers, library, max_values=max_values)
    if native:
        raise CaptureFailed("the C capture could not be compiled", hint="install a C compiler")
    return PythonCapture(ggml, layers, max_values=max_values)

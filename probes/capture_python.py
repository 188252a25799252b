"""The capture in Python, for machines without a C compiler; behaves as ``native/capture.c`` does, and slower."""

from __future__ import annotations

import ctypes
import re
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from probes.capture import DEFAULT_MAX_VALUES, Floats, Part, Seen, Wanted, failure_sentence, joined
from probes.errors import CaptureFailed
from probes.layout import Ggml, Tensor

CALLBACK = ctypes.CFUNCTYPE(ctypes.c_bool, ctypes.c_void_p, ctypes.c_bool, ctypes.c_void_p)
BLOCK = re.compile(rb"blk\.(\d{1,5})")
NODE = re.compile(rb".*-(\d+)")
F32 = 0

OP, WEIGHT, NAME = Tensor.op.offset, Tensor.src.offset, Tensor.name.offset
read_number, read_pointer = ctypes.c_int32.from_address, ctypes.c_void_p.from_address
read_name = (ctypes.c_char * Tensor.name.size).from_address
EXPERTS = -2
"""In place of a layer: the down projections of a mixture of experts."""


def plain_name(name: bytes) -> bytes:
    """The part of a name that the model gave: the scheduler calls its copies ``DEVICE#name#number``."""
    parts = name.split(b"#")
    return parts[0] if len(parts) == 1 else parts[1]


def layer_of_weight(name: bytes, tail: bytes = b".ffn_down.weight") -> int:
    """The layer whose down projection this weight is, -1 for any other tensor."""
    head, found, rest = plain_name(name).partition(tail)
    block = BLOCK.fullmatch(head)
    return int(block.group(1)) if block and found and not rest else -1


def layer_or_experts(name: bytes) -> int:
    """As ``layer_of_weight``, and ``EXPERTS`` for the down projections of a mixture."""
    return EXPERTS if layer_of_weight(name, b".ffn_down_exps.weight") >= 0 else layer_of_weight(name)


class PythonCapture:
    """The capture in Python."""

    def __init__(self, ggml: Ggml, layers: int, *, max_values: int = DEFAULT_MAX_VALUES) -> None:
        """Make the callback; it is kept alive here because llama.cpp keeps only its address."""
        self._ggml = ggml
        self._count = layers
        self._max_values = max_values
        self._wanted = Wanted({})
        self._paused = False
        self._scaled: dict[int, tuple[npt.NDArray[np.int32], Floats]] = {}
        self._activations: dict[int, bytes] = {}
        self._parts: list[Part] = []
        self._values = 0
        self._failure: BaseException | str = ""
        # Most of the thousand nodes a token are looked at for less than a microsecond: by number and by remembered name.
        self._products = (ggml.mul_mat, ggml.mul_mat_id)
        self._layer_of = lru_cache(maxsize=1 << 12)(layer_or_experts)
        self._function = CALLBACK(self._called)

    @property
    def function(self) -> Any:
        """The callback's address."""
        return ctypes.cast(self._function, ctypes.c_void_p).value

    @property
    def user_data(self) -> None:
        """Nothing: the callback knows its capture."""
        return

    @property
    def layers(self) -> int:
        """How many layers the model has."""
        return self._count

    def want(self, wanted: Wanted) -> None:
        """Change what is read and scaled from the next decode on."""
        self._wanted = wanted
        by_layer: dict[int, list[tuple[int, float]]] = {}
        for neuron, factor in sorted((wanted.factors or {}).items()):
            by_layer.setdefault(neuron.layer, []).append((neuron.index, factor))
        self._scaled = {
            layer: (np.array([i for i, _ in pairs], np.int32), np.array([f for _, f in pairs], np.float32))
            for layer, pairs in by_layer.items()
        }

    def pause(self, paused: bool) -> None:
        """Record nothing until the pause ends; scaling goes on."""
        self._paused = paused

    def drain(self) -> list[Seen]:
        """What was recorded since the last call, joined by layer."""
        parts, failure = self._parts, self._failure
        self._parts, self._failure, self._values = [], "", 0
        if isinstance(failure, BaseException):
            raise CaptureFailed(f"reading the activations failed: {failure}") from failure
        if failure:
            raise CaptureFailed(failure)
        return joined(parts)

    def close(self) -> None:
        """Forget what was recorded."""
        self._parts = []

    def _called(self, address: int, ask: bool, _user_data: Any) -> bool:
        """Called by llama.cpp. Never raises and never answers False to a computed node: that would corrupt the logits."""
        try:
            product = self._layer_of_product(address) if read_number(address + OP).value in self._products else -1
            activation = self._layer_of_activation(address) if self._scaled else -1
            watched = product >= 0 and (self._wanted.learning or self._reads(product) or self._is_unknown(product))
            if ask:
                return watched or activation >= 0
            if activation >= 0:
                self._scale(activation, Tensor.from_address(address), address)
            if watched:
                self._record(product, Tensor.from_address(address))
        except BaseException as error:  # noqa: BLE001 - see above; raised again by drain()
            self._failure = self._failure or error
        return not ask

    def _reads(self, layer: int) -> bool:
        if self._paused:
            return False
        return layer in self._wanted.whole_layers or len(self._wanted.neurons.get(layer, ())) > 0

    def _is_unknown(self, layer: int) -> bool:
        return layer in self._scaled and layer not in self._activations

    def _layer_of_product(self, address: int) -> int:
        weight = read_pointer(address + WEIGHT).value
        layer = self._layer_of(read_name(weight + NAME).value) if weight else -1
        if layer == EXPERTS:
            self._fail(3, Tensor.from_address(address))
        return layer if layer < self._count else -1

    def _layer_of_activation(self, address: int) -> int:
        name = read_name(address + NAME).value
        found = NODE.fullmatch(name)
        layer = int(found.group(1)) if found else -1
        return layer if layer in self._scaled and self._activations.get(layer) == name else -1

    def _record(self, layer: int, h: Any) -> None:
        z = h.src[1].contents
        if self._wanted.learning:
            self._activations[layer] = plain_name(z.name)
        if self._is_unknown(layer):
            self._fail(5, h)
            return
        if not self._reads(layer) or h.ne[1] == 0:
            return
        if (z.type, h.type, z.nb[0], h.nb[0]) != (F32, F32, 4, 4):
            self._fail(2, h)
            return
        neurons = None if layer in self._wanted.whole_layers else self._wanted.neurons[layer]
        if neurons is not None and int(neurons[-1]) >= z.ne[0]:
            self._fail(4, h)
            return
        rows = z.ne[0] if neurons is None else len(neurons)
        self._values += (rows + 1) * h.ne[1]
        if self._values > self._max_values:
            self._fail(1, h)
            return
        values = self._matrix(z, h.src[1])
        out = self._matrix(h, ctypes.pointer(h))
        norms = np.sqrt(np.einsum("ij,ij->i", out, out, dtype=np.float64)).astype(np.float32)
        self._parts.append((layer, neurons, (values if neurons is None else values[:, neurons]).copy(), norms))

    def _matrix(self, tensor: Any, pointer: Any) -> Floats:
        """The tensor as ``[column, row]``; a view of llama.cpp's memory where that can be read."""
        rows, columns, stride = tensor.ne[0], tensor.ne[1], tensor.nb[1]
        owner = tensor.view_src.contents if tensor.view_src else tensor
        size = stride * (columns - 1) + 4 * rows
        if not owner.buffer or self._ggml.library.ggml_backend_buffer_is_host(owner.buffer):
            raw = (ctypes.c_ubyte * size).from_address(tensor.data)
        else:
            raw = (ctypes.c_ubyte * size)()
            self._ggml.library.ggml_backend_tensor_get(ctypes.cast(pointer, ctypes.c_void_p), raw, 0, size)
        return np.ndarray((columns, rows), np.float32, raw, 0, (stride, 4))

    def _scale(self, layer: int, z: Any, address: int) -> None:
        neurons, factors = self._scaled[layer]
        if z.type != F32 or z.nb[0] != 4:
            self._fail(2, z)
            return
        if int(neurons[-1]) >= z.ne[0]:
            self._fail(4, z)
            return
        library = self._ggml.library
        value = ctypes.c_float()
        for column in range(z.ne[1]):
            for neuron, factor in zip(neurons.tolist(), factors, strict=True):
                offset = column * z.nb[1] + 4 * neuron
                library.ggml_backend_tensor_get(address, ctypes.byref(value), offset, 4)
                value.value = float(np.float32(value.value) * factor)
                library.ggml_backend_tensor_set(address, ctypes.byref(value), offset, 4)

    def _fail(self, failure: int, tensor: Any) -> None:
        self._failure = self._failure or failure_sentence(failure, tensor.name.decode(errors="replace"))

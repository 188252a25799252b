"""The capture of ``native/capture.c``: the structures that it shares with Python, and what becomes of its blocks."""

from __future__ import annotations

import ctypes
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from probes.capture import DEFAULT_MAX_VALUES, Part, Seen, Wanted, failure_sentence, joined
from probes.errors import CaptureFailed
from probes.layout import Ggml


class _Layer(ctypes.Structure):
    """``struct layer`` of capture.c."""

    _fields_ = (
        ("wanted", ctypes.c_int32),
        ("n_neurons", ctypes.c_int32),
        ("neurons", ctypes.c_void_p),
        ("n_scaled", ctypes.c_int32),
        ("scaled", ctypes.c_void_p),
        ("factors", ctypes.c_void_p),
        ("activation", ctypes.c_char * 64),
    )


class _Block(ctypes.Structure):
    """``struct block`` of capture.c."""

    _fields_ = (
        ("layer", ctypes.c_int32),
        ("rows", ctypes.c_int32),
        ("columns", ctypes.c_int64),
        ("offset", ctypes.c_int64),
    )


class _Capture(ctypes.Structure):
    """``struct capture`` of capture.c."""

    _fields_ = (
        ("op_mul_mat", ctypes.c_int32),
        ("op_mul_mat_id", ctypes.c_int32),
        ("n_layers", ctypes.c_int32),
        ("learning", ctypes.c_int32),
        ("scaling", ctypes.c_int32),
        ("paused", ctypes.c_int32),
        ("layers", ctypes.POINTER(_Layer)),
        ("buffer_is_host", ctypes.c_void_p),
        ("tensor_get", ctypes.c_void_p),
        ("tensor_set", ctypes.c_void_p),
        ("max_values", ctypes.c_int64),
        ("values", ctypes.POINTER(ctypes.c_float)),
        ("n_values", ctypes.c_int64),
        ("room_values", ctypes.c_int64),
        ("blocks", ctypes.POINTER(_Block)),
        ("n_blocks", ctypes.c_int64),
        ("room_blocks", ctypes.c_int64),
        ("scratch", ctypes.c_void_p),
        ("room_scratch", ctypes.c_int64),
        ("failure", ctypes.c_int32),
        ("failed_at", ctypes.c_char * 64),
    )


class NativeCapture:
    """The capture in C."""

    def __init__(self, ggml: Ggml, layers: int, library: Any, *, max_values: int = DEFAULT_MAX_VALUES) -> None:
        """Take the compiled library and tell it about the loaded ggml."""
        self._library = library
        for size, mirror in (("capture_size", _Capture), ("capture_layer_size", _Layer)):
            function = getattr(library, size)
            function.restype = ctypes.c_size_t
            if function() != ctypes.sizeof(mirror):
                raise CaptureFailed(f"{mirror.__name__} has another size in C than in Python")
        library.capture_clear.argtypes = library.capture_free.argtypes = [ctypes.POINTER(_Capture)]
        self._layers = (_Layer * layers)()
        self._keep: list[npt.NDArray[Any]] = []
        self._neurons: Mapping[int, npt.NDArray[np.int32]] = {}
        self._state = _Capture(
            op_mul_mat=ggml.mul_mat,
            op_mul_mat_id=ggml.mul_mat_id,
            n_layers=layers,
            layers=self._layers,
            buffer_is_host=_address(ggml.library.ggml_backend_buffer_is_host),
            tensor_get=_address(ggml.library.ggml_backend_tensor_get),
            tensor_set=_address(ggml.library.ggml_backend_tensor_set),
            max_values=max_values,
        )

    @property
    def function(self) -> int:
        """Address of the C callback."""
        return _address(self._library.capture_callback)

    @property
    def user_data(self) -> int:
        """Address of the state that the C callback is given."""
        return ctypes.addressof(self._state)

    @property
    def layers(self) -> int:
        """How many layers the model has."""
        return len(self._layers)

    def want(self, wanted: Wanted) -> None:
        """Change what is read and scaled from the next decode on."""
        self._keep = []
        self._neurons = wanted.neurons
        for index, layer in enumerate(self._layers):
            neurons = wanted.neurons.get(index)
            layer.wanted = 2 if index in wanted.whole_layers else int(neurons is not None and len(neurons) > 0)
            layer.n_neurons = 0 if neurons is None else len(neurons)
            layer.neurons = self._array(neurons, np.int32)
            scaled = sorted((n.index, f) for n, f in (wanted.factors or {}).items() if n.layer == index)
            layer.n_scaled = len(scaled)
            layer.scaled = self._array([neuron for neuron, _ in scaled], np.int32)
            layer.factors = self._array([factor for _, factor in scaled], np.float32)
        self._state.learning = int(wanted.learning)
        self._state.scaling = int(bool(wanted.factors))

    def pause(self, paused: bool) -> None:
        """Record nothing until the pause ends; scaling goes on."""
        self._state.paused = int(paused)

    def drain(self) -> list[Seen]:
        """What was recorded since the last call, joined by layer."""
        state = self._state
        if state.failure:
            sentence = failure_sentence(state.failure, state.failed_at.decode(errors="replace"))
            self._library.capture_clear(ctypes.byref(state))
            raise CaptureFailed(sentence)
        seen = joined(self._block(state.blocks[i]) for i in range(state.n_blocks))
        self._library.capture_clear(ctypes.byref(state))
        return seen

    def close(self) -> None:
        """Free the buffers."""
        self._library.capture_free(ctypes.byref(self._state))

    def _block(self, block: Any) -> Part:
        shape = (block.columns, block.rows + 1)
        start = ctypes.addressof(self._state.values.contents) + 4 * block.offset
        memory = (ctypes.c_float * (shape[0] * shape[1])).from_address(start)
        values = np.frombuffer(memory, np.float32).reshape(shape)
        neurons = None
        if self._layers[block.layer].wanted == 1:
            neurons = self._neurons[block.layer]
        return block.layer, neurons, values[:, :-1].copy(), values[:, -1].copy()

    def _array(self, values: Any, dtype: Any) -> int | None:
        if values is None or not len(values):
            return None
        array = np.ascontiguousarray(values, dtype=dtype)
        self._keep.append(array)
        return int(array.ctypes.data)


def _address(function: Any) -> int:
    return int(ctypes.cast(function, ctypes.c_void_p).value or 0)

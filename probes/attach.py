"""Puts a capture into a model that llama-cpp-python opened.

The callback of a context is fixed when the context is made, and ``llama_cpp.Llama`` makes its own without one. So that
context is closed and made again from the same parameters, on the model that stays loaded.
"""

from __future__ import annotations

import contextlib
import importlib
from typing import Any

from probes.capture import Capture, open_capture
from probes.errors import CaptureFailed, LayoutMismatch
from probes.layout import load
from probes.version import llama_cpp_version


def attach(llama: Any, *, native: bool | None = None) -> Capture:
    """Give the model of a ``llama_cpp.Llama`` a new context with a capture in it; what its old context held is forgotten.

    ``native`` forces the C capture (True) or the Python one (False). The capture is closed with the model.

    Raises:
        CaptureFailed: the model has a LoRA adapter, whose share of a layer's output would not be seen.
        LayoutMismatch: this llama.cpp, or this llama-cpp-python, is none that we can read.

    """
    if getattr(llama, "_lora_adapter", None) is not None:
        raise CaptureFailed(
            "activations of a model with a LoRA adapter are not read", hint="merge the adapter into the GGUF file"
        )
    llama_cpp = importlib.import_module("llama_cpp")
    capture = open_capture(load(), int(llama_cpp.llama_model_n_layer(llama.model)), native=native)
    try:
        _renew_context(llama, llama_cpp, capture)
    except AttributeError as error:
        capture.close()
        raise LayoutMismatch(
            f"llama-cpp-python {llama_cpp_version()} makes its contexts in another way: {error}"
        ) from error
    return capture


def _renew_context(llama: Any, llama_cpp: Any, capture: Capture) -> None:
    make = importlib.import_module("llama_cpp._internals").LlamaContext
    model, stack, parameters = llama._model, llama._stack, llama.context_params  # noqa: SLF001 - nothing is closed before
    parameters.cb_eval = llama_cpp.ggml_backend_sched_eval_callback(capture.function)
    parameters.cb_eval_user_data = capture.user_data
    stack.callback(capture.close)  # runs after the new context is closed, which the stack does first
    llama._ctx.close()  # noqa: SLF001 - there is no public way to a context with a callback
    context = make(model=model, params=parameters, verbose=llama.verbose)
    llama._ctx = stack.enter_context(contextlib.closing(context))  # noqa: SLF001
    llama.n_tokens = 0
    llama._requires_eval = True  # noqa: SLF001 - what the old context held is gone

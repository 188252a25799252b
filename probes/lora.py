"""An intervention as a LoRA adapter, which llama.cpp applies without a callback: on a GPU, in a server, in Ollama.

Multiplying a neuron by ``alpha`` adds ``(alpha - 1) * z * column`` to the output of its layer's down projection. An adapter
says the same: A has one row a neuron with a single 1 at its place, B holds the neurons' columns, and the adapter's scale
is ``alpha - 1``. The key ``alpha`` of the file is 0, at which llama.cpp takes the scale as it is given
(``llama_adapter_lora_weight::get_scale``, llama-adapter.h).
"""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from probes.errors import ModelUnreadable, ProbesError
from probes.files import replacing
from probes.gguf import column_norms, down_columns, parts
from probes.types import Neuron

MAX_BYTES = 1 << 30


def adapter_scale(alpha: float) -> float:
    """What to give llama.cpp as the adapter's scale so that the neurons are multiplied by ``alpha``.

    >>> adapter_scale(0.0), adapter_scale(3.0)
    (-1.0, 2.0)
    """
    return alpha - 1.0


def write_lora(path: Path, model: Path, neurons: Sequence[Neuron]) -> None:
    """Write the adapter that scales ``neurons`` of ``model``; load it with ``--lora-scaled FILE SCALE``.

    Weights are 32-bit floats. On a model whose down projection is quantised, llama.cpp rounds the activations of the base
    product and not those of the adapter, so results differ from those of ``ProbedLlama.scale`` by that rounding.

    Raises:
        ProbesError: no neuron was named, or the file would be larger than 1 GB.
        ModelUnreadable: the model is no GGUF file, a mixture of experts, or lacks a neuron.

    """
    gguf = importlib.import_module("gguf")
    if not neurons:
        raise ProbesError(
            "an adapter needs at least one neuron", hint="the probe selected none: train it with a larger C"
        )
    by_layer: dict[int, list[int]] = {}
    for neuron in sorted(set(neurons)):
        by_layer.setdefault(neuron.layer, []).append(neuron.index)
    widths = _widths(model)
    _check(widths, by_layer, model)
    columns = down_columns(model, by_layer)
    size = 4 * sum(len(chosen) * (widths[layer] + len(columns[layer])) for layer, chosen in by_layer.items())
    if size > MAX_BYTES:
        raise ProbesError(f"the adapter would take {size / 2**30:.1f} GB", hint="export fewer neurons")
    with replacing(path) as file:
        writer = gguf.GGUFWriter(file.name, _architecture(model))
        writer.add_type("adapter")
        writer.add_string("adapter.type", "lora")
        writer.add_float32("adapter.lora.alpha", 0.0)
        for layer, chosen in by_layer.items():
            rows = np.zeros((len(chosen), widths[layer]), np.float32)
            rows[np.arange(len(chosen)), chosen] = 1
            writer.add_tensor(f"blk.{layer}.ffn_down.weight.lora_a", rows)
            writer.add_tensor(f"blk.{layer}.ffn_down.weight.lora_b", np.ascontiguousarray(columns[layer]))
        writer.write_header_to_file()
        writer.write_kv_data_to_file()
        writer.write_tensors_to_file()
        writer.close()


def _widths(model: Path) -> dict[int, int]:
    return {layer: len(norms) for layer, norms in enumerate(column_norms(model))}


def _check(widths: dict[int, int], by_layer: dict[int, list[int]], model: Path) -> None:
    for layer, chosen in by_layer.items():
        if chosen[-1] >= widths.get(layer, 0) or chosen[0] < 0:
            raise ModelUnreadable(
                f"{model} has no neuron {chosen[-1]} in layer {layer}", hint="is it another model's probe?"
            )


def _architecture(model: Path) -> str:
    gguf = importlib.import_module("gguf")
    field = gguf.GGUFReader(parts(model)[0]).get_field("general.architecture")
    return str(field.contents()) if field else "llama"

"""Probes: watch a local GGUF model from inside llama.cpp while it writes."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from probes.engine import Engine, LocalEngine
    from probes.errors import ProbesError
    from probes.probed import ProbedLlama
    from probes.reader import Activations
    from probes.types import GenerateOptions, ModelFacts, Neuron, Scorer, TokenTrace

_HOMES = {
    "Activations": "probes.reader",
    "Engine": "probes.engine",
    "GenerateOptions": "probes.types",
    "LocalEngine": "probes.engine",
    "ModelFacts": "probes.types",
    "Neuron": "probes.types",
    "ProbedLlama": "probes.probed",
    "ProbesError": "probes.errors",
    "Scorer": "probes.types",
    "TokenTrace": "probes.types",
}
"""Where each public name lives; it is imported when it is first used."""

__all__ = [
    "Activations",
    "Engine",
    "GenerateOptions",
    "LocalEngine",
    "ModelFacts",
    "Neuron",
    "ProbedLlama",
    "ProbesError",
    "Scorer",
    "TokenTrace",
]


def __getattr__(name: str) -> Any:
    """A public name from the module that holds it."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(_HOMES[name]), name)

"""What authors of registries and extractors test theirs with: the batteries, and a registry server on loopback."""

from __future__ import annotations

from importlib import import_module

from citations.testing.extractor_contract import ContractBroken, Sample, extractor_contract

__all__ = ["ContractBroken", "RegistryServer", "Sample", "extractor_contract", "registry_contract"]

_HOMES = {
    "registry_contract": "citations.testing.registry_contract",
    "RegistryServer": "citations.testing.server",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value

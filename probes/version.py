"""Versions that stand in what is kept: of this program and of llama-cpp-python."""

from __future__ import annotations

import importlib
from importlib import metadata


def code_version() -> str:
    """Version of this program; ``unknown`` where it runs without being installed."""
    try:
        return metadata.version("factprobe")
    except metadata.PackageNotFoundError:
        return "unknown"


def llama_cpp_version() -> str:
    """Version of llama-cpp-python, which must be there."""
    return str(getattr(importlib.import_module("llama_cpp"), "__version__", "of an unknown version"))

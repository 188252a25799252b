"""The offline index: build it from dumps, keep it fresh, search it."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from citations.index.build import build_index, update_index
    from citations.index.closed import ClosedYear
    from citations.index.job import BuildProgress
    from citations.index.manifest import IndexInfo
    from citations.index.search import Index

__all__ = ["BuildProgress", "ClosedYear", "Index", "IndexInfo", "build_index", "update_index"]

_HOMES = {
    "BuildProgress": "job",
    "ClosedYear": "closed",
    "Index": "search",
    "IndexInfo": "manifest",
    "build_index": "build",
    "update_index": "build",
}


def __getattr__(name: str) -> Any:
    """Load a public name when it is first asked for: a program that never opens an index pays nothing for it."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)

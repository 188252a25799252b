"""Read LaTeX sources: the lists that LaTeX would print, wherever the paper keeps them."""

from __future__ import annotations

from pathlib import Path


def files_of(main: Path, root: Path) -> frozenset[Path]:
    """Files that the paper is made of, without the main file itself."""
    return frozenset()

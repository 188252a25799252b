"""What an extractor is, and the document it reads: bytes plus the only files it may reach."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from citations.errors import UnreadableInput
from citations.types import Extracted


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds on hostile input."""

    max_bytes: int = 64 * 1024 * 1024
    """Largest file that is read."""
    max_entries: int = 200_000
    """Most references taken from one input."""
    max_depth: int = 16
    """Deepest nesting of files that include each other."""
    max_files: int = 500
    """Most files that one paper may consist of."""
    max_pages: int = 3_000
    """Most pages of a PDF."""


@dataclass(frozen=True, slots=True)
class Document:
    """An input file, or text that never was one."""

    name: str
    """As the user gave it; goes into ``Location.file``."""
    data: bytes
    path: Path | None = None
    """Resolved path; ``None`` for standard input and library calls."""
    root: Path | None = None
    """Resolved folder that included files must lie in; ``None`` forbids including anything."""
    limits: Limits = field(default_factory=Limits)

    def sibling(self, relative: str) -> Document | None:
        """A file that this one includes, or ``None`` if it does not exist or lies outside ``root``.

        Absolute paths, ``~``, ``..`` out of the root and symbolic links out of it are refused: a scanned file reaches
        nothing outside its own project. LaTeX looks in the main folder first, and so does this; the file's name is as
        the user would give it, seen from where this one was named.
        """
        if (
            self.path is None
            or self.root is None
            or not relative
            or "\0" in relative
            or relative.startswith(("/", "~"))
        ):
            return None
        try:
            place = self.root / relative
            if not place.resolve().is_file():
                place = self.path.parent / relative
            target = place.resolve()
            if not target.is_file() or not target.is_relative_to(self.root):
                return None
            size = target.stat().st_size
            if size > self.limits.max_bytes:
                raise UnreadableInput(
                    f"{relative} has {size:,} bytes, more than the {self.limits.max_bytes:,} that are read",
                    hint="scan a smaller file, or raise the limit with --max-bytes",
                )
            data = target.read_bytes()
        except (OSError, ValueError, RuntimeError):
            return None
        name = os.path.normpath(Path(self.name).parent / os.path.relpath(place, self.path.parent))
        return Document(name, data, target, self.root, self.limits)

    def text(self) -> str:
        """The content as text: UTF-8 (with or without mark), UTF-16 by its mark, otherwise Windows-1252; never fails."""
        for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
            if self.data.startswith(mark):
                return self.data.decode(encoding, errors="replace")
        try:
            return self.data.decode("utf-8")
        except UnicodeDecodeError:
            return self.data.decode("cp1252", errors="replace")


class Extractor(Protocol):
    """One input format.

    Contract, enforced by ``citations.testing.extractor_contract``: everything that should be a reference is yielded as a
    ``Reference`` or as ``Unreadable``, in file order; only ``UnreadableInput`` is raised; time, size and depth are bounded.
    """

    @property
    def name(self) -> str:
        """Stable lower-case name: ``bibtex``, ``pdf``."""

    @property
    def suffixes(self) -> tuple[str, ...]:
        """File name endings, lower case with the dot."""

    def accepts(self, head: bytes) -> bool:
        """Whether the first kilobytes look like this format."""

    def extract(self, document: Document) -> Iterator[Extracted]:
        """References and unreadable entries of the document."""

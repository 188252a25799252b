"""Which files to read: the files named, and inside folders the papers, each reference list once."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from citations.errors import UnreadableInput
from citations.extract.interface import Document

_SKIPPED_FOLDERS = frozenset({"__pycache__", "node_modules", "venv", "site-packages", "dist", "build"})
_MARKDOWN = (".md", ".markdown", ".qmd", ".rmd")
_ALWAYS = (".pdf", ".ris")
_MAIN = re.compile(rb"^[^%\n]*\\document(?:class|style)\b", re.MULTILINE)
_LISTS_WORKS = re.compile(
    rb"^\W*(?:\d+\.?\s+)?(?:references|bibliography|works cited|literature cited|literatur)\b|\b10\.\d{4,9}/\S|arxiv[:.]",
    re.IGNORECASE | re.MULTILINE,
)
_PEEK = 2 * 1024 * 1024
_MAX_FILES = 100_000


@dataclass(frozen=True, slots=True)
class Source:
    """A file to scan."""

    name: str
    """Path as the user gave it, or below the folder that the user gave; ``-`` for standard input."""
    root: Path | None = None
    """The folder it was found in, which bounds what it may include; ``None`` for a file that was named itself."""


def find_sources(paths: Iterable[Path | str]) -> tuple[Source, ...]:
    """Files to read, in the order named and inside folders by name; no file twice.

    A folder gives its main ``.tex`` files, PDFs, reference managers' exports, texts that list works, and those ``.bib``
    and ``.bbl`` files that no main file uses. Raises ``UnreadableInput`` for a missing path and a folder without papers.
    """
    sources: dict[str, Source] = {}
    for path in paths:
        place = Path(path)
        if str(path) != "-" and not place.exists():
            raise UnreadableInput(f"there is no file or folder {path}", hint="check the name")
        found = tuple(_papers(place)) if str(path) != "-" and place.is_dir() else (Source(str(path)),)
        if not found:
            raise UnreadableInput(f"{path} holds no paper or bibliography", hint="name a file, or another folder")
        for source in found:
            sources.setdefault(os.path.realpath(source.name) if source.name != "-" else "-", source)
    return tuple(sources.values())


def _papers(folder: Path) -> Iterator[Source]:
    files = sorted(_walk(folder))
    mains = [file for file in files if file.suffix.lower() == ".tex" and _MAIN.search(_peek(file))]
    lists = {file: _lists_of(file, folder.resolve()) for file in files if file.suffix.lower() in _MARKDOWN}
    used = _used(mains, folder).union(*lists.values())
    for file in files:
        suffix = file.suffix.lower()
        if suffix == ".tex":
            wanted = file in mains and file.resolve() not in used
        elif suffix in {".bib", ".bbl"} or suffix in _ALWAYS:
            wanted = file.resolve() not in used
        else:
            wanted = bool(lists.get(file)) or (
                suffix in {*_MARKDOWN, ".txt"} and _LISTS_WORKS.search(_peek(file)) is not None
            )
        if wanted:
            yield Source(str(file), folder.resolve())


def _used(mains: list[Path], folder: Path) -> frozenset[Path]:
    """Files that a main file already brings: what it includes, and the list and the PDF that LaTeX made of it."""
    from citations.extract.latex import files_of

    used: set[Path] = set()
    for main in mains:
        files = files_of(main, folder.resolve())
        used |= files | {main.with_suffix(".bbl").resolve()}
        if b"\\bibitem" in _peek(main) or any(file.suffix in {".bib", ".bbl"} for file in files):
            used.add(main.with_suffix(".pdf").resolve())
    return frozenset(used)


def _lists_of(file: Path, root: Path) -> frozenset[Path]:
    """Bibliography files that a Markdown paper names in its head."""
    head = _peek(file)
    if not head.lstrip(b"\xef\xbb\xbf").startswith(b"---") or b"\nbibliography" not in head:
        return frozenset()
    from citations.extract.pandoc import bibliography_files

    document = Document(str(file), head, file.resolve(), root)
    try:
        found = [document.sibling(name) for name in bibliography_files(document.text())]
    except UnreadableInput:  # one of them is too large; reading the paper will say so
        return frozenset()
    return frozenset(each.path for each in found if each is not None and each.path is not None)


def _walk(folder: Path) -> Iterator[Path]:
    """Regular files below the folder; hidden ones, links out of it and installed packages are left out."""
    top = folder.resolve()
    seen = 0
    for place, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if name not in _SKIPPED_FOLDERS and not name.startswith("."))
        for name in files:
            file = Path(place) / name
            seen += 1
            if seen > _MAX_FILES:
                raise UnreadableInput(f"{folder} holds more than {_MAX_FILES:,} files", hint="scan a smaller folder")
            if not name.startswith(".") and file.is_file() and file.resolve().is_relative_to(top):
                yield file


def _peek(file: Path) -> bytes:
    try:
        with file.open("rb") as stream:
            return stream.read(_PEEK)
    except OSError:
        return b""

r"""The files that a LaTeX paper is made of: what ``\input`` and its kin bring, never from outside the project's folder."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from citations.extract.interface import Document
from citations.extract.tex_source import readable_source

_INCLUDES = re.compile(
    r"\\(?:(?P<two>(?:sub)?import|(?:sub)?(?:input|include)from)\*?\s*\{(?P<folder>[^{}\\]*)\}\s*\{(?P<part>[^{}\\]*)\}"
    r"|(?:input|include|subfile|subfileinclude|InputIfFileExists|loadglsentries)\s*\{(?P<file>[^{}\\]*)\}"
    r"|input\s+(?P<bare>[^\s{}\\%]+)"
    r"|(?:bibliography(?!style)[A-Za-z]*|nobibliography\*?|putbib|addbibresource|addglobalbib|addsectionbib)\*?"
    r"\s*(?:\[(?P<option>[^\[\]]*)\]\s*)?(?:\{(?P<lists>[^{}]*)\})?)"
)
_EMBEDDED = re.compile(r"\\begin\s*\{filecontents(\*?)\}\s*(?:\[[^\[\]]{0,80}\]\s*)?\{([^{}]{1,200}\.bib)\}[^\n]*\n")
_CITE = re.compile(
    r"\\(?:[A-Za-z]*[Cc]ite(?!style|name|color|reset|index|lim|track)[A-Za-z]*|bibentry)\*?(?=\s*[\[({])"
)
_OPTIONS = re.compile(r"\s*(?:\[[^\[\]]{0,2000}\]|\([^()]{0,2000}\))")
_KEYS = re.compile(r"\s*\{([^{}]{0,20000})\}")
_VISIBLE = re.compile(r"[^\n]")


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One LaTeX file of the paper."""

    document: Document
    text: str
    readable: str
    """The text with comments and verbatim blanked; same offsets."""


@dataclass(frozen=True, slots=True)
class Project:
    """A paper's sources as LaTeX would read them."""

    sources: tuple[SourceFile, ...]
    """The main file first, then what it includes, in reading order."""
    lists: tuple[Document, ...]
    """Bibliography files that were found, and such as stand inside the sources (``filecontents``)."""
    missing: tuple[str, ...]
    """Bibliography files that the paper names and that are not there."""
    cited: dict[str, tuple[Document, int]]
    """Keys the text cites, each with the file and the line where it does so first."""
    everything: bool
    r"""``\nocite{*}``: the lists are printed whole."""
    cut: bool = False
    """The paper has more files than are read."""


def tex_project(main: Document) -> Project:
    """Follow the includes of ``main``; a file that is missing, outside the root or already read is passed over."""
    walk = _Walk(main)
    sources = tuple(walk.sources(main, 0))
    cited: dict[str, tuple[Document, int]] = {}
    for source in sources:
        for key, line in _cited(source.readable):
            cited.setdefault(key, (source.document, line))
    everything = "*" in cited
    cited.pop("*", None)
    return Project(sources, tuple(walk.lists), tuple(walk.missing), cited, everything, walk.cut)


class _Walk:
    """State of one walk over the includes: what was read, what was not found."""

    def __init__(self, main: Document) -> None:
        self.main = main
        self.seen = {main.path}
        self.named: set[str] = set()
        self.lists: list[Document] = []
        self.missing: list[str] = []
        self.cut = False

    def sources(self, document: Document, depth: int) -> Iterator[SourceFile]:
        text = document.text().replace("\0", " ")
        readable = readable_source(text)
        yield SourceFile(document, text, readable)
        embedded = _embedded(document, text)
        self.lists += embedded.values()
        self.named |= set(embedded)
        if depth >= document.limits.max_depth:
            return
        for found in _INCLUDES.finditer(readable):
            if found["lists"] is not None or found["option"] is not None:
                self._read_lists(document, found["lists"] if found["lists"] is not None else found["option"])
                continue
            name = f"{found['folder']}/{found['part']}" if found["two"] else found["file"] or found["bare"] or ""
            included = self._find(document, name.replace("//", "/"), ".tex")
            if included is not None and included.path not in self.seen:
                self.seen.add(included.path)
                yield from self.sources(included, depth + 1)

    def _read_lists(self, document: Document, names: str) -> None:
        for raw in names.split(","):
            name = " ".join(raw.split()).replace("\\jobname", PurePosixPath(self.main.name).stem)
            if not name or name in self.named or f"{name}.bib" in self.named or "#" in name:
                continue
            self.named.add(name)
            found = self._find(document, name, ".bib")
            if found is None:
                self.missing.append(name if name.endswith(".bib") else f"{name}.bib")
            elif found.path not in self.seen:
                self.seen.add(found.path)
                self.lists.append(found)

    def _find(self, document: Document, name: str, suffix: str) -> Document | None:
        """The file named, with or without its suffix; nothing that LaTeX could not name inside the project."""
        if len(self.seen) >= document.limits.max_files:
            self.cut = True
            return None
        name = name.strip().strip('"')
        if not name or any(sign in name for sign in "\\#|*?\n"):
            return None
        for candidate in (name, name + suffix) if name.endswith(suffix) else (name + suffix, name):
            if (found := document.sibling(candidate)) is not None:
                return found
        return None


def _embedded(document: Document, text: str) -> dict[str, Document]:
    """Bibliographies that the source carries itself, blanked around so that lines and offsets stay true."""
    found: dict[str, Document] = {}
    position = 0
    while len(found) < 16 and (match := _EMBEDDED.search(text, position)) is not None:
        position = text.find(f"\\end{{filecontents{match[1]}}}", match.end())
        if position < 0:
            break
        before = _VISIBLE.sub(" ", text[: match.end()])
        found[match[2].strip()] = replace(document, data=(before + text[match.end() : position]).encode())
    return found


def _cited(readable: str) -> Iterator[tuple[str, int]]:
    """Keys of all citing commands with their lines."""
    line, counted = 1, 0
    for found in _CITE.finditer(readable):
        line += readable.count("\n", counted, found.start())
        counted = found.start()
        position = found.end()
        many = found[0].rstrip("*").endswith("s")
        while True:
            while (option := _OPTIONS.match(readable, position)) is not None:
                position = option.end()
            keys = _KEYS.match(readable, position)
            if keys is None:
                break
            position = keys.end()
            for key in keys[1].split(","):
                if key.strip() and "#" not in key and "\\" not in key:
                    yield " ".join(key.split()), line
            if not many:
                break

r"""Read LaTeX papers: the references that LaTeX would print, wherever the paper keeps them.

A key is looked up first in the ``.bib`` files, whose fields are marked, then in the ``.bbl`` beside the paper, which is
also a witness of what is cited. ``thebibliography`` environments count whole, cited or not: LaTeX prints all of their items.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from citations.errors import UnreadableInput
from citations.extract.bbl import BblExtractor, bibliography_items
from citations.extract.bibtex import BibtexExtractor
from citations.extract.interface import Document, Limits
from citations.extract.tex_project import Project, tex_project
from citations.types import Extracted, Location, Unreadable

_TEX = re.compile(rb"\\document(?:class|style)\b|\\begin\s*\{document\}|\\(?:sub)?section\*?\s*\{|\\bibliography\s*\{")


@dataclass(frozen=True, slots=True)
class LatexExtractor:
    """References of a LaTeX paper."""

    whole_lists: bool = False
    """Take all entries of the ``.bib`` files that the paper names, not only those it cites."""
    name: str = "latex"
    suffixes: tuple[str, ...] = (".tex", ".ltx", ".latex")

    def accepts(self, head: bytes) -> bool:
        """Whether the first kilobytes hold LaTeX commands of a document."""
        return _TEX.search(head) is not None

    def extract(self, document: Document) -> Iterator[Extracted]:
        """Hand-written lists first, then the bibliography files in the order in which the paper names them."""
        project = tex_project(document)
        if project.cut:
            reason = f"the paper has more than {document.limits.max_files} files; the rest is not read"
            yield Unreadable(Location(document.name), reason)
        by_hand: set[str] = set()
        for source in project.sources:
            for each in bibliography_items(source.document, source.text, source.readable):
                by_hand.add(each.key)
                yield each
        yield from self._listed(document, project, by_hand)

    def _listed(self, document: Document, project: Project, by_hand: set[str]) -> Iterator[Extracted]:
        """Entries of the bibliography files that the paper prints, and what it cites without having it."""
        printed = [each for file in _bbl_files(document) for each in BblExtractor().extract(file)]
        wanted = (project.cited.keys() | {each.key for each in printed}) - by_hand
        everything = self.whole_lists or project.everything or not project.cited
        found: set[str] = set()
        for file in project.lists:
            for each in BibtexExtractor().extract(file):
                if self.whole_lists or (each.key not in found and (everything or _printed(each, wanted))):
                    found.add(each.key)
                    yield each
        for each in printed:
            if each.key not in found and each.key not in by_hand:
                found.add(each.key)
                yield each
        yield from _not_found(document, project, found | by_hand, read=bool(project.lists or printed or by_hand))


def files_of(main: Path, root: Path, limits: Limits | None = None) -> frozenset[Path]:
    """Resolved paths of the files that the paper is made of, without the main file itself; never raises."""
    limits = limits or Limits()
    try:
        if main.stat().st_size > limits.max_bytes:
            return frozenset()
        document = Document(str(main), main.read_bytes(), main.resolve(), root, limits)
        project = tex_project(document)
    except (OSError, UnreadableInput):
        return frozenset()
    documents = [source.document for source in project.sources[1:]] + [*project.lists, *_bbl_files(document)]
    return frozenset(each.path for each in documents if each.path is not None and each.path != document.path)


def _printed(each: Extracted, wanted: set[str]) -> bool:
    """Whether the paper prints the entry; of two with one key BibTeX prints the first, and a keyless one cannot be told."""
    return not each.key or each.key in wanted


def _bbl_files(document: Document) -> Iterator[Document]:
    """What BibTeX or biber wrote for the paper: ``main.bbl``, and for further sections ``main1-blx.bbl`` and so on."""
    stem = PurePosixPath(document.path.name if document.path else document.name).stem
    for name in (f"{stem}.bbl", *(f"{stem}{number}-blx.bbl" for number in range(1, 10))):
        if (found := document.sibling(name)) is not None:
            yield found


def _not_found(document: Document, project: Project, found: set[str], *, read: bool) -> Iterator[Unreadable]:
    """Keys that no list holds, and lists that are not there: what the paper prints and nobody could check."""
    lost = [key for key in project.cited if key not in found]
    if project.missing and (lost or not project.cited):
        names = ", ".join(project.missing)
        count = f"; {_works(len(lost))} not found" if lost else ""
        verb = "is" if len(project.missing) == 1 else "are"
        yield Unreadable(Location(document.name), f"the paper names {names}, which {verb} not beside it{count}")
    elif lost and not read:
        yield Unreadable(
            Location(document.name), f"the paper cites what no list beside it holds: {_works(len(lost))} not found"
        )
    else:
        for key in lost:
            where, line = project.cited[key]
            yield Unreadable(
                Location(where.name, line=line), f"cited as {key}, which no list of the paper holds", key=key
            )


def _works(number: int) -> str:
    return "1 cited work is" if number == 1 else f"{number} cited works are"

"""Reads the reference lists of plain text and Markdown: files, standard input, pasted lists."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import PurePath

from citations.errors import NoReferences, UnreadableInput
from citations.extract.interface import Document
from citations.extract.markdown import plain_markdown
from citations.extract.pandoc import bibliography_files, listed_references
from citations.extract.printed import PrintedEntry, printed_references
from citations.parse.elsewhere import elsewhere
from citations.parse.section import HUGE, reference_sections
from citations.parse.segment import NEWLINE, segment
from citations.parse.strays import is_row, row_cells
from citations.types import Extracted, Location

MARKUP = re.compile(r"\]\(|[*_]{1,3}[^\W_]|<https?:|\\[_*&\[]|</?[a-z]|`")

UNLISTED = (
    "this looks like a reference, but stands in no list that could be recognised; put it under the heading References"
)


@dataclass(frozen=True, slots=True)
class TextExtractor:
    """Reference lists in ``.txt``, ``.md`` and standard input, and the bibliography files that Markdown papers name."""

    whole_lists: bool = False
    """Take all entries of the bibliography files that the paper names, not only those it cites."""
    name: str = "text"
    suffixes: tuple[str, ...] = (".txt", ".text", ".md", ".markdown", ".rst", ".qmd", ".rmd")

    def accepts(self, head: bytes) -> bool:
        """Whether the bytes are text at all."""
        return b"\0" not in head or head.startswith((b"\xff\xfe", b"\xfe\xff"))

    def extract(self, document: Document) -> Iterator[Extracted]:
        """References of all lists, in file order; lines are exact, offsets count characters of the decoded text."""
        text = _readable(document).replace("\0", "\ufffd")
        entries = list(_entries(text, document.name, headed_only=bool(bibliography_files(text))))
        listed = listed_references(document, text, whole_lists=self.whole_lists)
        first = next(listed, None)
        if not entries and first is None:
            raise NoReferences(
                f"no reference list was found in {document.name}",
                hint="put the list under a heading such as References, or check prose with: verifier check",
            )
        yield from printed_references(entries, self.name, document.limits.max_entries)
        if first is not None:
            yield first
            yield from listed


def _readable(document: Document) -> str:
    """The text, or one sentence why there is none."""
    if not document.data.strip():
        raise UnreadableInput(f"{document.name} is empty")
    if len(document.data) > document.limits.max_bytes:
        raise UnreadableInput(
            f"{document.name} has {len(document.data):,} bytes, more than the {document.limits.max_bytes:,} that are read"
        )
    text = document.text()
    sample = text[:20_000]
    strange = sum(not (each.isprintable() or each.isspace()) or each == "�" for each in sample)
    if strange > 0.1 * len(sample):
        raise UnreadableInput(f"{document.name} is not text: it holds binary data")
    return text


def _entries(text: str, name: str, *, headed_only: bool) -> Iterator[PrintedEntry]:
    """Entries of all reference lists with their places in the whole text.

    Where a bibliography file is named, only what stands below a heading is a list.
    """
    breaks = [match.end() for match in NEWLINE.finditer(text)]
    markdown = PurePath(name).suffix.lower() in {".md", ".markdown", ".rst"} or bool(MARKUP.search(text[:200_000]))
    sections = [section for section in reference_sections(text) if section.heading or not headed_only]
    found = [
        PrintedEntry(
            entry.raw, entry.label, Location(name, start=section.start + entry.start, end=section.start + entry.end)
        )
        for section in sections
        for entry in segment(text[section.start : section.end])
    ]
    if not headed_only and (sections or len(text) <= HUGE):
        found += [
            PrintedEntry(
                loose.entry.raw,
                loose.entry.label,
                Location(name, start=loose.entry.start, end=loose.entry.end),
                problem="" if loose.listed else UNLISTED,
            )
            for loose in elsewhere(text, sections)
        ]
    for entry in sorted(found, key=lambda each: each.location.start or 0):
        line = bisect_right(breaks, entry.location.start or 0) + 1
        plain = row_cells(entry.raw) if is_row(entry.raw) else entry.raw
        yield replace(
            entry, location=replace(entry.location, line=line), plain=plain_markdown(plain) if markdown else plain
        )

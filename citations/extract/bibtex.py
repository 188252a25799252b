"""Read BibTeX and biblatex files."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping

from citations.extract.bibtex_blocks import Block, bibtex_blocks
from citations.extract.bibtex_fields import NOT_A_WORK, bibtex_fields, inherit
from citations.extract.interface import Document
from citations.types import Extracted, Location, Reference, Unreadable

_ENTRY = re.compile(rb"@[ \t]*[A-Za-z]+[ \t]*[{(]")
_PARENT = re.compile(r"\b(?:crossref|xdata)\s*=\s*[{\"]?([^}\"\n]*)", re.IGNORECASE)

_IDENTIFYING = frozenset({"title", "author"})
"""Fields whose half would be taken for another work, or for none."""


class BibtexExtractor:
    """Entries of a ``.bib`` file, each as a Reference or, with nothing readable inside, as Unreadable."""

    name = "bibtex"
    suffixes = (".bib", ".bibtex", ".biblatex")

    def accepts(self, head: bytes) -> bool:
        """Whether an entry begins in the first kilobytes."""
        return _ENTRY.search(head) is not None

    def extract(self, document: Document) -> Iterator[Extracted]:
        """Entries in file order; comments, preambles and macro definitions are not entries."""
        text = document.text().replace("\0", " ")
        parents = _parents(text)
        seen: Counter[str] = Counter()
        for count, block in enumerate(bibtex_blocks(text)):
            if count >= document.limits.max_entries:
                yield _limit(document, block)
                return
            if block.type not in NOT_A_WORK:
                yield _entry(document, text, inherit(block, parents) if parents else block, seen)


def _parents(text: str) -> Mapping[str, Block]:
    """Entries that others inherit from, by key; they may stand anywhere in the file."""
    wanted = {key.strip().lower() for found in _PARENT.finditer(text) for key in found[1].split(",")}
    if not wanted:
        return {}
    parents: dict[str, Block] = {}
    for block in bibtex_blocks(text):
        if block.key.lower() in wanted:
            parents.setdefault(block.key.lower(), block)
    return parents


def _entry(document: Document, text: str, block: Block, seen: Counter[str]) -> Extracted:
    where = Location(document.name, line=block.line, start=block.start, end=block.end)
    raw = text[block.start : block.end].rstrip()
    damage = f": {block.mended[0].split(' in the entry')[0]}" if block.mended else ""
    lost = [name for name in block.cut if name in _IDENTIFYING]
    if lost:
        return Unreadable(where, f"the end of the entry's {lost[0]} is lost{damage}", raw[:500], block.key)
    if not any(field.value.strip() for field in block.fields):
        return Unreadable(where, f"the entry holds no field that can be read{damage}", raw[:500], block.key)
    name = block.key or f"line-{block.line}"
    seen[name] += 1
    number = f"~{seen[name]}" if seen[name] > 1 else ""
    return Reference(
        id=f"{document.name}#{name}{number}",
        raw=raw,
        fields=bibtex_fields(block),
        location=where,
        key=block.key,
        source="bibtex",
        mended=block.mended,
    )


def _limit(document: Document, block: Block) -> Unreadable:
    reason = (
        f"only the first {document.limits.max_entries:,} entries of a file are read; this one and all behind it are not"
    )
    return Unreadable(Location(document.name, line=block.line, start=block.start), reason, key=block.key)

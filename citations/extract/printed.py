"""From the entries of a printed list to References: fields, unique ids, authors printed as dashes, damaged entries."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from citations.parse.fields import parse_all
from citations.parse.numbering import without_label
from citations.parse.repeated import with_repeated_authors
from citations.types import Extracted, Fields, Location, Reference, Unreadable

LONGEST = 10_000
"""Characters; a longer run of text is no reference."""

TOGETHER = 64
"""Entries whose fields are read at once."""

LETTERS = re.compile(r"[^\W\d_]{2}")


@dataclass(frozen=True, slots=True)
class PrintedEntry:
    """One entry as an extractor found it."""

    raw: str
    """As it stands in the input."""
    label: str
    location: Location
    plain: str = ""
    """The same without markup, for reading the fields; ``raw`` where there is no markup."""
    problem: str = ""
    """Why it is not read, empty if it is."""


def printed_references(entries: Iterable[PrintedEntry], source: str, most: int) -> Iterator[Extracted]:
    """References and unreadable entries, in the given order; ids are unique and carry the printed label."""
    seen: dict[str, int] = {}
    above: Fields | None = None
    for number, (entry, reason, text, fields) in enumerate(_read(entries), 1):
        if number > most:
            yield Unreadable(entry.location, f"the list goes on, but only {most:,} entries are read", entry.raw[:500])
            return
        if reason:
            yield Unreadable(entry.location, reason, entry.raw[:500], entry.label)
            continue
        above = with_repeated_authors(text, fields, above)
        handle = entry.label or f"entry-{number}"
        seen[handle] = seen.get(handle, 0) + 1
        suffix = f".{seen[handle]}" if seen[handle] > 1 else ""
        identity = f"{entry.location.file}#{handle}{suffix}"
        yield Reference(identity, entry.raw, above, entry.location, entry.label, source)


def _read(entries: Iterable[PrintedEntry]) -> Iterator[tuple[PrintedEntry, str, str, Fields]]:
    """Each entry with its damage, its text without the label, and its fields; read together, which is faster."""
    left = iter(entries)
    while batch := list(islice(left, TOGETHER)):
        damages = [_damage(entry) for entry in batch]
        texts = [
            "" if damage else without_label(entry.plain or entry.raw, entry.label)
            for entry, damage in zip(batch, damages, strict=True)
        ]
        yield from zip(batch, damages, texts, parse_all(texts), strict=True)


def _damage(entry: PrintedEntry) -> str:
    """Why an entry cannot be read, empty if it can."""
    if entry.problem:
        return entry.problem
    if len(entry.raw) > LONGEST:
        return f"this entry has {len(entry.raw):,} characters and cannot be one reference"
    if not LETTERS.search(entry.raw):
        return "this entry holds no words"
    return ""

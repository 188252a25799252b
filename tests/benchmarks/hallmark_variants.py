"""The honest ways in which careful people cite one and the same entry of a ``.bib`` file."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from anyascii import anyascii

from citations.names import read_bibtex_names
from citations.parse.fields import parse_fields
from citations.types import Fields, Location, Reference
from tests.benchmarks.registry_form import long_names, shortened
from tests.benchmarks.renderings import STYLES, sentence_case

Entry = Mapping[str, str]
"""The fields of an entry, as they stand in the file."""


@dataclass(frozen=True)
class Variant:
    """One way of citing: its name, and the entry or the printed reference."""

    name: str
    entry: Entry | None = None
    printed: Reference | None = None


def variants(id_: str, entry: Entry, fields: Fields) -> Iterator[Variant]:
    """Eight honest ways of citing what ``entry`` cites; ``fields`` is what was read from it."""
    for name, change in _CHANGES.items():
        yield Variant(name, entry=change(entry))
    yield Variant("printed", printed=_printed(id_, fields))


def _initials(entry: Entry) -> Entry:
    return {**entry, "author": _authors(entry, lambda names: [str(name) for name in shortened(names)])}


def _et_al(entry: Entry) -> Entry:
    names = entry.get("author", "").split(" and ")
    return {**entry, "author": " and ".join([names[0], "others"])} if len(names) > 2 else entry


def _without_diacritics(entry: Entry) -> Entry:
    return {**entry, "author": anyascii(entry.get("author", "")), "title": anyascii(entry["title"])}


def _long_venue(entry: Entry) -> Entry:
    field = "booktitle" if "booktitle" in entry else "journal"
    if field not in entry:
        return entry
    return {**entry, field: long_names(entry[field]).crossref}


def _year_of_the_preprint(entry: Entry) -> Entry:
    """A year earlier, unless the entry is the preprint, whose number tells its year."""
    year = entry.get("year", "")
    is_preprint = "arxiv" in (entry.get("doi", "") + entry.get("url", "") + entry.get("journal", "")).lower()
    return {**entry, "year": str(int(year) - 1)} if year.isdigit() and not is_preprint else entry


def _without_subtitle(entry: Entry) -> Entry:
    head = entry["title"].partition(":")[0]
    return {**entry, "title": head if len(head.split()) >= 4 else sentence_case(entry["title"])}


def _surname_first(entry: Entry) -> Entry:
    title = re.sub(r"\b([A-Z]\w*[A-Z]\w*)\b", r"{\1}", entry["title"])
    inverted = _authors(entry, lambda names: [f"{n.family}, {n.given}" if n.given else str(n) for n in names])
    return {**entry, "author": inverted, "title": title}


def _authors(entry: Entry, spell: Callable[..., list[str]]) -> str:
    read = read_bibtex_names(entry.get("author", ""))
    return " and ".join([*spell(read.names), *(["others"] if read.et_al else [])])


def _printed(id_: str, fields: Fields) -> Reference:
    """The reference as a paper prints it, in a style that the id chooses, and read back."""
    style = sorted(STYLES)[sum(map(ord, id_)) % len(STYLES)]
    raw = STYLES[style](replace(fields, doi=""))
    return Reference(id_, raw, parse_fields(raw), Location("printed"), source="text")


_CHANGES: Mapping[str, Callable[[Entry], Entry]] = {
    "initials": _initials,
    "et al.": _et_al,
    "no diacritics": _without_diacritics,
    "long venue": _long_venue,
    "year of the preprint": _year_of_the_preprint,
    "no subtitle": _without_subtitle,
    "surname first": _surname_first,
}

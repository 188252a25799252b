"""Read CSL-JSON: what Zotero and Pandoc exchange, and what registries send under that name."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from citations.errors import UnreadableInput
from citations.extract.interface import Document
from citations.identifiers import normalise_arxiv, normalise_doi, normalise_isbn, normalise_pmid
from citations.markup import plain_text
from citations.names import read_name
from citations.types import Extracted, Fields, Kind, Location, Name, Reference, Unreadable

_ITEM = re.compile(rb"\"(?:type|title|DOI|container-title|issued)\"\s*:")
_LIST = re.compile(
    r"\s*(?:\{\s*(?:\"[^\"]*\"\s*:\s*(?:\"[^\"]*\"|\d+)\s*,\s*)*\"(?:items|references|message)\"\s*:\s*)?(\[|(?=\{))"
)
_BETWEEN = re.compile(r"[\s,]*")
_YEAR = re.compile(r"(?<!\d)(1[0-9]\d\d|20\d\d)(?!\d)")
_NEXT_ITEM = re.compile(r"\}\s*,\s*(?=\{)")
_MOST_DAMAGED = 1_000
"""Damaged items after which the rest counts as one: each costs a look at the whole file."""
_KINDS: Mapping[str, Kind] = {
    name: kind
    for kind, names in {
        Kind.ARTICLE: "article-journal journal-article article-magazine article-newspaper review",
        Kind.CONFERENCE: "paper-conference proceedings-article conference-paper speech",
        Kind.PREPRINT: "posted-content preprint article",
        Kind.BOOK: "book monograph edited-book proceedings reference-book collection",
        Kind.CHAPTER: "chapter book-chapter entry-encyclopedia entry-dictionary entry",
        Kind.THESIS: "thesis dissertation",
        Kind.REPORT: "report",
        Kind.DATASET: "dataset",
        Kind.SOFTWARE: "software",
        Kind.STANDARD: "standard",
        Kind.PATENT: "patent",
        Kind.LEGAL: "legal_case legislation bill treaty regulation",
        Kind.WEBSITE: "webpage post post-weblog",
        Kind.UNPUBLISHED: "manuscript personal_communication",
    }.items()
    for name in names.split()
}


@dataclass(frozen=True, slots=True)
class _Item:
    value: Any
    start: int
    end: int


class CslExtractor:
    """Items of a CSL-JSON file."""

    name = "csl"
    suffixes = (".json", ".csljson")

    def accepts(self, head: bytes) -> bool:
        """Whether the first kilobytes look like JSON with bibliographic fields."""
        return head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in {b"[", b"{"} and _ITEM.search(head) is not None

    def extract(self, document: Document) -> Iterator[Extracted]:
        """Items in file order; one that is no object, or is damaged, is unreadable and the next is read."""
        text = document.text().replace("\0", " ")
        if text.strip() and not _ITEM.search(document.data):
            raise UnreadableInput(f"{document.name} holds no CSL-JSON items", hint="export as CSL-JSON, RIS or BibTeX")
        seen: dict[str, int] = {}
        line, counted = 1, 0
        for number, item in enumerate(_items(text)):
            line += text.count("\n", counted, item.start)
            counted = item.start
            where = Location(document.name, line=line, start=item.start, end=item.end)
            raw = text[item.start : item.end]
            if number >= document.limits.max_entries:
                yield Unreadable(where, f"only the first {document.limits.max_entries:,} items are read", raw[:500])
                return
            if not isinstance(item.value, dict) or not item.value:
                yield Unreadable(where, "the item is no object that can be read", raw[:500])
                continue
            key = _text(item.value.get("id"))
            handle = key or f"item-{number + 1}"
            seen[handle] = seen.get(handle, 0) + 1
            again = f"~{seen[handle]}" if seen[handle] > 1 else ""
            yield Reference(f"{document.name}#{handle}{again}", raw, _fields(item.value), where, key, "csl")


def _items(text: str) -> Iterator[_Item]:
    """Each item with its place; after a damaged one reading goes on at the next ``}, {``."""
    opening = _LIST.match(text)
    if opening is None:
        return
    decoder = json.JSONDecoder()
    position = opening.end()
    damaged = 0
    while True:
        position = _skip(text, position)
        if position >= len(text) or text[position] in "]}":
            return
        try:
            value, end = decoder.raw_decode(text, position)
        except (ValueError, RecursionError):
            value, damaged = None, damaged + 1
            following = _NEXT_ITEM.search(text, position) if damaged < _MOST_DAMAGED else None
            end = following.end() if following else len(text)
        yield _Item(value, position, end)
        position = end


def _skip(text: str, position: int) -> int:
    blank = _BETWEEN.match(text, position)
    return blank.end() if blank else position


def _fields(item: Mapping[str, Any]) -> Fields:
    kind = _KINDS.get(_text(item.get("type")).lower(), Kind.UNKNOWN)
    title, subtitle = plain_text(_text(item.get("title"))), plain_text(_text(item.get("subtitle")))
    doi, address = normalise_doi(_text(item.get("DOI"))), _text(item.get("URL"))
    archive = f"{_text(item.get('archive'))} {_text(item.get('number'))} {address} {doi}"
    is_part = kind in {Kind.CHAPTER, Kind.CONFERENCE, Kind.ARTICLE}
    return Fields(
        title=f"{title}: {subtitle}" if title and subtitle else title,
        authors=_names(item.get("author")),
        editors=_names(item.get("editor")),
        year=_year(item),
        venue=plain_text(_text(item.get("container-title")) or _text(item.get("event-title"))),
        volume=_text(item.get("volume")),
        issue=_text(item.get("issue")),
        pages=_text(item.get("page")) or _text(item.get("article-number")),
        publisher=plain_text(_text(item.get("publisher"))),
        kind=kind,
        doi=doi,
        arxiv=normalise_arxiv(archive) if "arxiv" in archive.lower() else "",
        pmid=normalise_pmid(_text(item.get("PMID"))),
        isbn="" if is_part else normalise_isbn(_text(item.get("ISBN"))),
        url=address if address.startswith(("http://", "https://")) else "",
    )


def _text(value: Any) -> str:
    """A string out of whatever stands there: registries send arrays, numbers and null."""
    if isinstance(value, list):
        return _text(value[0]) if value and not isinstance(value[0], list) else ""
    return str(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else ""


def _year(item: Mapping[str, Any]) -> int | None:
    for name in ("issued", "published", "published-print", "published-online", "original-date", "submitted"):
        found = _YEAR.search(json.dumps(item.get(name))[:200])
        if found:
            return int(found[1])
    return None


def _names(value: Any) -> tuple[Name, ...]:
    people = value if isinstance(value, list) else [value]
    return tuple(name for person in people if (name := _name(person)) is not None)


def _name(person: Any) -> Name | None:
    if isinstance(person, str) and person.strip():
        return read_name(plain_text(person))
    if not isinstance(person, dict):
        return None
    parts = {part: plain_text(_text(person.get(part))) for part in ("family", "given", "suffix", "literal", "name")}
    particle = plain_text(_text(person.get("non-dropping-particle")) or _text(person.get("dropping-particle")))
    family = f"{particle} {parts['family']}".strip()
    if family:
        return Name(family, parts["given"], parts["suffix"])
    body = parts["literal"] or parts["name"] or parts["given"]
    return Name(literal=body) if body else None

"""Crossref's public data file: JSON lines, or files of ``{"items": [...]}``, as they are handed out once a year.

https://www.crossref.org/documentation/retrieve-metadata/rest-api/tips-for-using-public-data-files-and-plus-snapshots/
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from typing import Any, BinaryIO

from citations.identifiers import normalise_isbn
from citations.index.bulk_identifiers import bulk_doi
from citations.index.schema import REGISTRY, Decoded, Record, Skipped
from citations.index.streams import json_items, lines, unpacked
from citations.titles import plain
from citations.types import Fields, Identifier, Kind, Name, Retraction, RetractionKind, Scheme, Work

_KINDS = {
    "journal-article": Kind.ARTICLE,
    "proceedings-article": Kind.CONFERENCE,
    "posted-content": Kind.PREPRINT,
    "book": Kind.BOOK,
    "monograph": Kind.BOOK,
    "edited-book": Kind.BOOK,
    "reference-book": Kind.BOOK,
    "proceedings": Kind.BOOK,
    "book-chapter": Kind.CHAPTER,
    "book-section": Kind.CHAPTER,
    "book-part": Kind.CHAPTER,
    "reference-entry": Kind.CHAPTER,
    "dissertation": Kind.THESIS,
    "report": Kind.REPORT,
    "report-component": Kind.REPORT,
    "dataset": Kind.DATASET,
    "standard": Kind.STANDARD,
}
_NOT_WORKS = {"component", "journal", "journal-issue", "journal-volume", "grant", "peer-review", "report-series"}
_CORRECTIONS = frozenset({"correction", "corrigendum", "erratum", "addendum", "clarification"})
_TAKEN_BACK = {
    "retraction": RetractionKind.RETRACTED,
    "partial_retraction": RetractionKind.RETRACTED,
    "removal": RetractionKind.RETRACTED,
    "withdrawal": RetractionKind.WITHDRAWN,
    "expression_of_concern": RetractionKind.CONCERN,
}


def read_crossref(file: BinaryIO, skip: int = 0) -> Iterator[Decoded]:
    """Records of the dump (plain or gzip) without the first ``skip``; ``ValueError`` if a list of items breaks off."""
    for item in _items(file):
        if skip:
            skip -= 1
            continue
        yield decode_crossref(item)


def _items(file: BinaryIO) -> Iterator[Any]:
    head = unpacked(file).read(200).replace(b" ", b"").replace(b"\n", b"")
    file.seek(0, io.SEEK_SET)
    if head.startswith(b'{"items":['):
        yield from json_items(file, "items")
        return
    for line in lines(file):
        try:
            yield json.loads(line) if line is not None else None
        except ValueError:
            yield None


def decode_crossref(item: Any) -> Decoded:
    """One item as a record."""
    if not isinstance(item, dict):
        return Skipped("not JSON")
    kind = str(item.get("type") or "")
    if kind in _NOT_WORKS:
        return Skipped(f"type {kind}")
    doi = bulk_doi(str(item.get("DOI") or ""))
    title = _title(item)
    if not doi or not title:
        return Skipped("no DOI" if not doi else "no title")
    first, years = _years(item)
    venue, *venues = (*_texts(item, "container-title"), *_texts(item, "short-container-title"), "")
    isbns = [found for text in _texts(item, "ISBN") if (found := normalise_isbn(text))]
    return Record(
        Work(
            registry=REGISTRY,
            key=doi,
            url=f"https://doi.org/{doi}",
            fields=Fields(
                title=title,
                authors=_people(item, "author"),
                editors=_people(item, "editor"),
                year=first,
                venue=venue,
                volume=str(item.get("volume") or ""),
                issue=str(item.get("issue") or ""),
                pages=str(item.get("page") or item.get("article-number") or ""),
                publisher=str(item.get("publisher") or ""),
                kind=_KINDS.get(kind, Kind.UNKNOWN),
                doi=doi,
                isbn=isbns[0] if isbns else "",
            ),
            other_titles=tuple(dict.fromkeys((*_texts(item, "title")[1:], *_texts(item, "original-title")))),
            other_years=years,
            other_venues=tuple(name for name in dict.fromkeys(venues) if name and name != venue),
            other_ids=tuple(Identifier(Scheme.ISBN, isbn) for isbn in isbns[1:]) + _versions(item),
            retraction=_retraction(item),
            is_notice=any(True for _ in _updates(item, "update-to")),
            notice_of=next(
                filter(None, (bulk_doi(str(each.get("DOI") or "")) for each in _updates(item, "update-to"))), ""
            ),
            corrections=_corrections(item),
        )
    )


def _title(item: dict[str, Any]) -> str:
    title = next(iter(_texts(item, "title")), "")
    subtitle = next(iter(_texts(item, "subtitle")), "")
    return f"{title}: {subtitle}" if subtitle and subtitle.lower() not in title.lower() else title


def _texts(item: dict[str, Any], name: str) -> tuple[str, ...]:
    found = item.get(name)
    values = found if isinstance(found, list) else [found]
    return tuple(text for value in values if isinstance(value, str) and (text := plain(value)))


def _people(item: dict[str, Any], role: str) -> tuple[Name, ...]:
    people = item.get(role)
    names: list[Name] = []
    for each in people if isinstance(people, list) else ():
        if not isinstance(each, dict):
            continue
        family, given = plain(str(each.get("family") or "")), plain(str(each.get("given") or ""))
        if family:
            names.append(Name(family=family, given=given, suffix=str(each.get("suffix") or "")))
        elif literal := plain(str(each.get("name") or "")) or given:
            names.append(Name(literal=literal))
    return tuple(names)


def _years(item: dict[str, Any]) -> tuple[int | None, tuple[int, ...]]:
    """The year of publication, and the other ones: print and online may be cited alike."""
    found = []
    for name in ("published", "issued", "published-print", "published-online", "posted"):
        parts = (item.get(name) or {}).get("date-parts") if isinstance(item.get(name), dict) else None
        if (
            isinstance(parts, list)
            and parts
            and isinstance(parts[0], list)
            and parts[0]
            and isinstance(parts[0][0], int)
        ):
            found.append(parts[0][0])
    years = tuple(dict.fromkeys(found))
    return (years[0] if years else None), years[1:]


def _versions(item: dict[str, Any]) -> tuple[Identifier, ...]:
    relation = item.get("relation")
    found: list[Identifier] = []
    for name in ("is-preprint-of", "has-preprint", "is-version-of", "has-version"):
        related = relation.get(name) if isinstance(relation, dict) else None
        found.extend(
            Identifier(Scheme.DOI, doi)
            for each in (related if isinstance(related, list) else ())
            if isinstance(each, dict) and each.get("id-type") == "doi" and (doi := bulk_doi(str(each.get("id"))))
        )
    return tuple(dict.fromkeys(found))


def _updates(item: dict[str, Any], name: str) -> Iterator[dict[str, Any]]:
    updates = item.get(name)
    for each in updates if isinstance(updates, list) else ():
        if isinstance(each, dict) and str(each.get("type")).lower() != "new_version":
            yield each


def _corrections(item: dict[str, Any]) -> tuple[str, ...]:
    named = (each for each in _updates(item, "updated-by") if str(each.get("type")).lower() in _CORRECTIONS)
    return tuple(filter(None, (bulk_doi(str(each.get("DOI") or "")) for each in named)))


def _retraction(item: dict[str, Any]) -> Retraction | None:
    """``updated-by`` stands on the work that was taken back, ``update-to`` on the notice."""
    for update in _updates(item, "updated-by"):
        kind = _TAKEN_BACK.get(str(update.get("type")).lower())
        if kind is not None:
            parts = (update.get("updated") or {}).get("date-parts") or [[]]
            date = "-".join(f"{part:02d}" for part in parts[0] if isinstance(part, int))
            return Retraction(kind, bulk_doi(str(update.get("DOI") or "")), date, "crossref")
    return None

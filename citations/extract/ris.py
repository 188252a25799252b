"""Read RIS files, the exchange format of reference managers.

A tag is two letters or digits, two blanks and a hyphen; a line without one goes on with the line before
(https://en.wikipedia.org/wiki/RIS_(file_format)).
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from citations.extract.interface import Document
from citations.identifiers import normalise_arxiv, normalise_doi, normalise_isbn, normalise_pmid
from citations.markup import plain_text
from citations.names import read_name
from citations.types import Extracted, Fields, Kind, Location, Name, Reference, Unreadable

_TAG = re.compile(r"\s{0,3}([A-Z][A-Z0-9])  -(?:[ \t](.*)|\s*)$")
_START = re.compile(rb"(?m)^\s{0,3}TY  -")
_YEAR = re.compile(r"(?<!\d)(1[0-9]\d\d|20\d\d)(?!\d)")
_LONGEST = 20_000
"""Characters of one value; abstracts are shorter."""
_KINDS: Mapping[str, Kind] = {
    tag: kind
    for kind, tags in {
        Kind.ARTICLE: "JOUR JFULL EJOUR MGZN NEWS",
        Kind.CONFERENCE: "CONF CPAPER",
        Kind.BOOK: "BOOK EBOOK EDBOOK",
        Kind.CHAPTER: "CHAP ECHAP ENCYC DICT",
        Kind.THESIS: "THES",
        Kind.REPORT: "RPRT GOVDOC",
        Kind.DATASET: "DATA AGGR DBASE",
        Kind.SOFTWARE: "COMP",
        Kind.STANDARD: "STAND",
        Kind.PATENT: "PAT",
        Kind.LEGAL: "CASE LEGAL STAT BILL HEAR UNBILL",
        Kind.WEBSITE: "ELEC WEB BLOG ICOMM VIDEO",
        Kind.UNPUBLISHED: "UNPB INPR PCOMM MANSCPT",
    }.items()
    for tag in tags.split()
}


@dataclass(slots=True)
class _Record:
    """Lines between ``TY`` and ``ER``."""

    line: int
    start: int
    end: int
    values: dict[str, list[str]] = field(default_factory=dict)
    last: list[str] | None = None

    def get(self, *tags: str) -> str:
        """The first value among the tags, in their order."""
        return next((value for tag in tags for value in self.values.get(tag, ()) if value.strip()), "").strip()


class RisExtractor:
    """Records of a ``.ris`` file."""

    name = "ris"
    suffixes = (".ris",)

    def accepts(self, head: bytes) -> bool:
        """Whether a record begins in the first kilobytes."""
        return _START.search(head) is not None

    def extract(self, document: Document) -> Iterator[Extracted]:
        """Records in file order; a record that is not closed ends where the next begins."""
        text = document.text().replace("\0", " ")
        seen: dict[str, int] = {}
        for number, record in enumerate(_records(text)):
            where = Location(document.name, line=record.line, start=record.start, end=record.end)
            raw = text[record.start : record.end].strip()
            key = record.get("ID")
            if number >= document.limits.max_entries:
                yield Unreadable(
                    where, f"only the first {document.limits.max_entries:,} records are read", raw[:500], key
                )
                return
            if not set(record.values) - {"TY", "ID", "ER"}:
                yield Unreadable(where, "the record holds no field that can be read", raw[:500], key)
                continue
            handle = key or f"line-{record.line}"
            seen[handle] = seen.get(handle, 0) + 1
            again = f"~{seen[handle]}" if seen[handle] > 1 else ""
            yield Reference(f"{document.name}#{handle}{again}", raw, _fields(record), where, key, "ris")


def _records(text: str) -> Iterator[_Record]:
    record: _Record | None = None
    position = 0
    for line, content in enumerate(io.StringIO(text, newline=""), 1):
        tag = _TAG.match(content.rstrip("\r\n"))
        if tag and tag[1] == "TY":
            if record is not None:
                yield record
            record = _Record(line, position, position)
        position += len(content)
        if record is None:
            continue
        record.end = position
        if tag and tag[1] == "ER":
            yield record
            record = None
        elif tag:
            record.last = record.values.setdefault(tag[1], [])
            record.last.append(tag[2] or "")
        elif record.last is not None and len(record.last[-1]) < _LONGEST:
            record.last.append(f"{record.last.pop()} {content.strip()}")
    if record is not None:
        yield record


def _fields(record: _Record) -> Fields:
    kind = _KINDS.get(record.get("TY").upper(), Kind.UNKNOWN)
    year = _YEAR.search(record.get("PY", "Y1", "DA", "Y2"))
    doi = normalise_doi(record.get("DO", "DI")) or next(
        filter(None, map(_linked_doi, _all(record, "UR", "L1", "L3", "M3"))), ""
    )
    address = record.get("UR", "LK", "L1", "L2")
    host = record.get("T2", "JO", "JF", "JA", "J2", "BT", "T3")
    is_part = kind in {Kind.CHAPTER, Kind.CONFERENCE}
    arxiv = next(
        (normalise_arxiv(each) for each in (address, host, doi, record.get("M1")) if "arxiv" in each.lower()), ""
    )
    first, last = record.get("SP", "C7"), record.get("EP")
    return Fields(
        title=plain_text(record.get("TI", "T1", "CT", "ST", "BT")),
        authors=_names(_all(record, "AU", "A1")),
        editors=_names(_all(record, *(("ED", "A2") if is_part else ("ED",)))),
        year=int(year[1]) if year else None,
        venue=plain_text(host),
        volume=record.get("VL"),
        issue=record.get("IS", "CP"),
        pages=f"{first}-{last}" if first and last and last != first else first,
        publisher=plain_text(record.get("PB")),
        kind=Kind.PREPRINT if arxiv and kind is Kind.UNKNOWN else kind,
        doi=doi,
        arxiv=arxiv,
        pmid=normalise_pmid(record.get("AN")) if "pubmed" in record.get("DB", "DP").lower() else "",
        isbn="" if is_part else normalise_isbn(record.get("SN")),
        url=address if address.startswith(("http://", "https://")) else "",
    )


def _all(record: _Record, *tags: str) -> Sequence[str]:
    return [value for tag in tags for value in record.values.get(tag, ()) if value.strip()]


def _linked_doi(link: str) -> str:
    return normalise_doi(link) if "doi" in link.lower() else ""


def _names(values: Sequence[str]) -> tuple[Name, ...]:
    return tuple(read_name(plain_text(value)) for value in values)

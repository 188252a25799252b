"""What the fields of a BibTeX or biblatex entry mean: the entry's kind, its Fields, and what it inherits."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache

from citations.extract.bibtex_blocks import Block, Field
from citations.extract.tex_text import tex_names, tex_text
from citations.identifiers import find_identifiers, normalise_arxiv, normalise_doi, normalise_isbn, normalise_pmid
from citations.names import NameList, read_bibtex_names
from citations.parse.fields import parse_fields
from citations.types import Fields, Kind, Scheme
from citations.venues import is_preprint_server

NOT_A_WORK = frozenset({"set", "xdata", "control", "ieeetranbstctl", "bibnote", "settings"})
"""Types that carry settings or data for other entries, and print nothing."""

_KINDS: Mapping[str, Kind] = {
    name: kind
    for kind, names in {
        Kind.ARTICLE: "article review periodical suppperiodical letter magazine newspaper",
        Kind.CONFERENCE: "inproceedings conference paper",
        Kind.BOOK: "book mvbook collection mvcollection reference mvreference proceedings mvproceedings booklet ebook",
        Kind.CHAPTER: "incollection inbook inreference suppbook suppcollection bookinbook",
        Kind.THESIS: "phdthesis mastersthesis thesis masterthesis bachelorthesis",
        Kind.REPORT: "techreport report whitepaper",
        Kind.PREPRINT: "preprint",
        Kind.DATASET: "dataset data database",
        Kind.SOFTWARE: "software program manual",
        Kind.STANDARD: "standard",
        Kind.PATENT: "patent",
        Kind.LEGAL: "legal legislation jurisdiction case bill",
        Kind.WEBSITE: "online electronic www webpage website url internet video audio movie",
        Kind.UNPUBLISHED: "unpublished",
    }.items()
    for name in names.split()
}
_NOT_INHERITED = frozenset(
    [
        "crossref",
        "xref",
        "xdata",
        "title",
        "subtitle",
        "titleaddon",
        "author",
        "doi",
        "url",
        "urldate",
        "pages",
        "eid",
        "eprint",
        "eprinttype",
        "archiveprefix",
        "note",
        "abstract",
        "keywords",
        "file",
        "isbn",
        "shorttitle",
        "label",
        "ids",
        "related",
    ]
)
_RENAMED = {"title": "booktitle", "subtitle": "booksubtitle"}
_HOST_ISBN = frozenset({Kind.CHAPTER, Kind.CONFERENCE, Kind.ARTICLE, Kind.PREPRINT})
"""Kinds whose ``isbn`` names the volume they appear in."""
_HAS_ISSUE = frozenset({Kind.ARTICLE, Kind.CONFERENCE, Kind.PREPRINT, Kind.UNKNOWN})
_YEAR = re.compile(r"(?<!\d)(1[0-9]\d\d|20\d\d)(?!\d)")
_BRACED_URL = re.compile(r"\\(?:url|href|path)\s*\{([^{}]*)\}")
_WEB = re.compile(r"(?:https?|ftp)://[^\s{}\"<>]+|www\.[^\s{}\"<>]+")
_NOT_OUT_YET = re.compile(
    r"^\W*(?:(?:manuscript )?in prep|(?:manuscript )?(?:to be )?submitted|(?:currently )?under (?:review|submission)"
    r"|unpublished|manuscript|working paper|(?:private|personal) comm)",
    re.IGNORECASE,
)
_DOI_URL = re.compile(r"doi\.org/|/doi/|doi:", re.IGNORECASE)
_ARXIV_WORD = re.compile(r"arxiv|abs/|corr\b", re.IGNORECASE)
_ARXIV_ONLY = re.compile(r"(?:\d{4}\.\d{4,5}|[a-z-]+(?:\.[A-Z]{2})?/\d{7})(?:v\d+)?")
_LATEX_URL = str.maketrans({"{": None, "}": None, "\\": None})


def bibtex_fields(block: Block) -> Fields:
    """Fields of an entry, whatever its type; what the entry inherits must already stand in it."""
    identifiers = _identifiers(block)
    kind = _kind(block, identifiers)
    authors = _names(block, "author")
    title = ": ".join(part for part in (tex_text(block.get("title")), tex_text(block.get("subtitle"))) if part)
    fields = replace(
        identifiers,
        title=title or tex_text(block.get("maintitle", "shorttitle")),
        authors=authors.names,
        et_al=authors.et_al,
        editors=_names(block, "editor", "bookeditor").names,
        year=_year(block),
        venue=_venue(block, kind),
        volume=tex_text(block.get("volume")),
        issue=tex_text(block.get("number", "issue")) if kind in _HAS_ISSUE else "",
        pages=_pages(block),
        publisher=tex_text(_publisher(block, kind)),
        kind=kind,
        isbn="" if kind in _HOST_ISBN else identifiers.isbn,
    )
    return fields if fields.title or fields.authors else _from_note(block, fields)


def inherit(block: Block, parents: Mapping[str, Block], depth: int = 4) -> Block:
    """The entry with the fields that ``crossref`` and ``xdata`` bring; its own fields win."""
    for name in ("xdata", "crossref"):
        for key in block.get(name).split(","):
            parent = parents.get(key.strip().lower())
            if parent is None or parent.start == block.start or not depth:
                continue
            parent = inherit(parent, parents, depth - 1)
            brought = parent.fields if name == "xdata" else _brought(block, parent)
            own = {field.name for field in block.fields}
            block = replace(block, fields=block.fields + tuple(field for field in brought if field.name not in own))
    return block


def _brought(child: Block, parent: Block) -> tuple[Field, ...]:
    """What a volume gives to its part: its title becomes the book title, its identifiers stay its own."""
    is_part = _KINDS.get(child.type) in {Kind.CONFERENCE, Kind.CHAPTER}
    brought = []
    for field in parent.fields:
        if field.name in _RENAMED and is_part:
            brought.append(Field(_RENAMED[field.name], field.value))
        elif field.name not in _NOT_INHERITED or (field.name == "author" and child.type == "inbook"):
            brought.append(field)
    return tuple(brought)


def _kind(block: Block, identifiers: Fields) -> Kind:
    kind = _KINDS.get(block.type, Kind.UNKNOWN)
    journal = block.get("journaltitle", "journal")
    if kind is Kind.UNKNOWN:
        kind = _guessed_kind(block, identifiers)
    if any(
        _NOT_OUT_YET.match(tex_text(block.get(name)))
        for name in ("note", "howpublished", "journal", "year", "pubstate")
    ):
        return kind if identifiers.doi or identifiers.arxiv or kind in {Kind.REPORT, Kind.THESIS} else Kind.UNPUBLISHED
    if kind in {Kind.ARTICLE, Kind.REPORT, Kind.WEBSITE, Kind.UNPUBLISHED} and not identifiers.doi.startswith(
        "10.5281"
    ):
        host = journal or block.get("publisher", "howpublished", "institution", "organization")
        if is_preprint_server(tex_text(host)) or (identifiers.arxiv and not host):
            return Kind.PREPRINT
    return kind


def _guessed_kind(block: Block, identifiers: Fields) -> Kind:
    """Kind of a ``@misc`` or of a type that no style defines."""
    wished = block.get("entrysubtype", "type", "howpublished").lower()
    journal = tex_text(block.get("journaltitle", "journal"))
    if journal:
        return Kind.PREPRINT if is_preprint_server(journal) else Kind.ARTICLE
    if block.get("booktitle"):
        return Kind.CONFERENCE
    if identifiers.arxiv or is_preprint_server(tex_text(block.get("howpublished", "publisher"))):
        return Kind.PREPRINT
    if block.get("eprinttype", "archiveprefix").lower() == "ascl":
        return Kind.SOFTWARE
    for word, kind in (("thesis", Kind.THESIS), ("data", Kind.DATASET), ("software", Kind.SOFTWARE)):
        if word in wished:
            return kind
    if identifiers.url and not (identifiers.doi or block.get("publisher", "school", "institution")):
        return (
            Kind.SOFTWARE if re.search(r"git(?:hub|lab)\.|bitbucket|pypi\.|cran\.", identifiers.url) else Kind.WEBSITE
        )
    return Kind.UNKNOWN


def _venue(block: Block, kind: Kind) -> str:
    journal = block.get("journaltitle", "journal", "shortjournal")
    book = _joined(block.get("booktitle"), block.get("booksubtitle"))
    if kind in {Kind.THESIS, Kind.PATENT, Kind.WEBSITE}:
        return tex_text(journal)
    if kind in {Kind.CONFERENCE, Kind.CHAPTER}:
        return tex_text(book or block.get("maintitle", "eventtitle", "series") or journal)
    if kind is Kind.BOOK:
        return tex_text(block.get("series"))
    published = block.get("howpublished")
    if "\\url" in published or _WEB.search(published) or _NOT_OUT_YET.match(published):
        published = ""
    return tex_text(journal or book or published or block.get("series"))


def _joined(title: str, subtitle: str) -> str:
    return f"{title}: {subtitle}" if title and subtitle else title


def _publisher(block: Block, kind: Kind) -> str:
    if kind in {Kind.THESIS, Kind.REPORT}:
        return block.get("school", "institution", "publisher", "organization", "type")
    return block.get("publisher", "institution", "organization", "school")


def _pages(block: Block) -> str:
    pages = tex_text(block.get("pages", "eid", "articleno", "article-number")).replace("–", "-")
    return "" if pages.lower().startswith("arxiv") else pages


def _names(block: Block, *fields: str) -> NameList:
    return _read_names(block.get(*fields))


@lru_cache(maxsize=1024)
def _read_names(value: str) -> NameList:
    """Kept a while: all papers of a volume repeat its editors."""
    return read_bibtex_names(tex_names(value)) if value else NameList((), et_al=False)


def _year(block: Block) -> int | None:
    for name in ("date", "year", "origdate", "eventdate", "issued", "month"):
        found = _YEAR.search(block.get(name))
        if found:
            return int(found[1])
    return None


def _identifiers(block: Block) -> Fields:
    """Identifiers and URL, wherever exporters put them."""
    address = _url(block)
    loose = " ".join(block.get(name) for name in ("howpublished", "note", "annote", "addendum")).replace("\\_", "_")
    doi = normalise_doi(_unescaped(block.get("doi")))
    archive = block.get("eprinttype", "archiveprefix").lower()
    eprint = block.get("eprint")
    if not doi and archive == "doi":
        doi = normalise_doi(_unescaped(eprint))
    if not doi and _DOI_URL.search(address):
        doi = normalise_doi(address)
    if not doi and "10." in loose:
        doi = next((each.value for each in find_identifiers(_unescaped(loose)) if each.scheme is Scheme.DOI), "")
    pmid = normalise_pmid(block.get("pmid") or (eprint if archive == "pubmed" else ""))
    isbn = next((n for n in map(normalise_isbn, re.split(r"[,;/()]|\s(?=97)", block.get("isbn"))) if n), "")
    return Fields(doi=doi, arxiv=_arxiv(block, doi, address, loose), pmid=pmid, isbn=isbn, url=address)


def _arxiv(block: Block, doi: str, address: str, loose: str) -> str:
    archive = block.get("eprinttype", "archiveprefix").strip().lower()
    eprint = block.get("eprint").strip()
    if eprint and (archive == "arxiv" or "arxiv" in eprint.lower() or (not archive and _ARXIV_ONLY.fullmatch(eprint))):
        return normalise_arxiv(eprint)
    direct = block.get("arxiv", "arxivid", "arxiv-id")
    if direct:
        return normalise_arxiv(direct)
    if doi.startswith("10.48550/arxiv."):
        return normalise_arxiv(doi.removeprefix("10.48550/arxiv."))
    places = [
        block.get(name) for name in ("journal", "journaltitle", "volume", "number", "pages", "publisher", "booktitle")
    ]
    for place in (*places, address, loose):
        if _ARXIV_WORD.search(place) and (found := normalise_arxiv(place)):
            return found
    return ""


def _url(block: Block) -> str:
    for name in ("url", "howpublished", "link", "ee", "bdsk-url-1", "note", "addendum"):
        value = block.get(name)
        braced = _BRACED_URL.search(value)
        found = _WEB.search(_unescaped(braced[1] if braced else value))
        if found:
            return found[0].rstrip(".,;")
    return ""


def _unescaped(value: str) -> str:
    r"""An address or identifier without LaTeX: ``10.1/a\_b`` is ``10.1/a_b``."""
    return value.replace("{\\_}", "_").translate(_LATEX_URL).strip() if "\\" in value or "{" in value else value.strip()


def _from_note(block: Block, fields: Fields) -> Fields:
    """An entry that is nothing but a note: physicists put whole references into one."""
    note = tex_text(block.get("note", "howpublished", "annote"))
    if not note or fields.kind is Kind.UNPUBLISHED:
        return fields
    read = parse_fields(note)
    if not (read.title or read.authors):
        return fields
    return replace(
        read,
        kind=fields.kind if fields.kind is not Kind.UNKNOWN else read.kind,
        doi=fields.doi or read.doi,
        arxiv=fields.arxiv or read.arxiv,
        url=fields.url or read.url,
        year=fields.year or read.year,
    )

"""DBLP as XML: the dump ``dblp.xml.gz`` and single tables of contents, streamed.

Its DTD only names characters (``&uuml;``), so nothing outside the file is ever read: the names are HTML's. A file that
declares entities of its own is refused, which leaves nothing to expand. https://dblp.org/faq/How+to+parse+dblp+xml.html
"""

from __future__ import annotations

import html.entities
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO
from xml.parsers import expat

from citations.identifiers import normalise_isbn
from citations.index.bulk_identifiers import bulk_arxiv, bulk_doi
from citations.index.people import read_person
from citations.index.schema import REGISTRY, VOLUME, Decoded, Record, Skipped
from citations.index.streams import unpacked
from citations.types import Fields, Kind, Name, Work

_CHUNK = 1 << 18
_WHOLE = {"dblp", "bht"}
"""Roots of files that hold all records of their tables of contents."""
_MAX_TEXT = 1 << 20
_KINDS = {
    "article": Kind.ARTICLE,
    "inproceedings": Kind.CONFERENCE,
    "proceedings": Kind.BOOK,
    "book": Kind.BOOK,
    "incollection": Kind.CHAPTER,
    "phdthesis": Kind.THESIS,
    "mastersthesis": Kind.THESIS,
    "data": Kind.DATASET,
    "www": Kind.WEBSITE,
}
_DOI = re.compile(r"doi\.org/(10\.\d{4,9}/\S+)", re.IGNORECASE)
_ARXIV = re.compile(r"arxiv\.org/(?:abs|pdf)/(\S+)", re.IGNORECASE)


@dataclass(slots=True)
class Element:
    """One record as it stands in the XML."""

    type: str
    key: str
    is_listed: bool = True
    """It stands in a dump or a table of contents, not in a selection such as the papers of one person."""
    values: dict[str, list[str]] = field(default_factory=dict)
    """Child element to its texts, in order."""

    def first(self, *names: str) -> str:
        """The first text of the first child named that has one."""
        for name in names:
            if found := self.values.get(name):
                return found[0]
        return ""


def read_dblp_xml(file: BinaryIO, skip: int = 0) -> Iterator[Decoded]:
    """Records of the XML (plain or gzip) without the first ``skip``; ``ValueError`` if it is damaged or declares entities."""
    for element in dblp_elements(file):
        if skip:
            skip -= 1
            continue
        record = decode_dblp(element)
        if not element.is_listed and isinstance(record, Record):
            record = Record(record.work)
        yield record


def dblp_elements(file: BinaryIO) -> Iterator[Element]:
    """The records of the XML as they stand there."""
    source = unpacked(file)
    reader = _Reader()
    try:
        while data := source.read(_CHUNK):
            reader.parser.Parse(data, False)
            yield from reader.done
            reader.done.clear()
        reader.parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise ValueError(f"not well-formed XML: {error}") from error
    yield from reader.done


class _Reader:
    """The state of one pass over the XML."""

    def __init__(self) -> None:
        self.done: list[Element] = []
        self.element: Element | None = None
        self.root = ""
        self.child = ""
        self.depth = 0
        self.text: list[str] = []
        self.size = 0
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.CharacterDataHandler = self.characters
        self.parser.SkippedEntityHandler = self.named_character
        self.parser.EntityDeclHandler = self.declared
        self.parser.ExternalEntityRefHandler = self.outside

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if self.element is None:
            if name in _KINDS and "key" in attributes:
                self.element, self.depth = Element(name, attributes["key"], self.root in _WHOLE), 0
            self.root = self.root or name
            return
        self.depth += 1
        if self.depth == 1:
            self.child, self.size = name, 0
            self.text.clear()

    def end(self, _name: str) -> None:
        if self.element is None:
            return
        if self.depth == 0:
            self.done.append(self.element)
            self.element = None
            return
        if self.depth == 1:
            self.element.values.setdefault(self.child, []).append(" ".join("".join(self.text).split()))
            self.child = ""
        self.depth -= 1

    def characters(self, data: str) -> None:
        if self.child and self.size < _MAX_TEXT:
            self.size += len(data)
            self.text.append(data)

    def named_character(self, name: str, is_parameter: bool) -> None:
        if not is_parameter and (code := html.entities.name2codepoint.get(name)) is not None:
            self.characters(chr(code))

    def declared(self, name: str, *_what: object) -> None:
        raise ValueError(f"the XML declares an entity of its own ({name}), which no dump of DBLP does")

    def outside(self, *_where: object) -> int:
        return 1


def decode_dblp(element: Element) -> Decoded:
    """One record of DBLP as a record of the index."""
    toc = _toc(element)
    if element.type == "www":
        return Skipped("page of a person")
    title = element.first("title").removesuffix(".")
    if not title:
        return Skipped("no title", toc)
    venue, volume = element.first("journal", "booktitle", "series"), element.first("volume")
    kind = _KINDS[element.type]
    others: tuple[str, ...] = ()
    links = " ".join(element.values.get("ee", ()))
    doi, arxiv = _DOI.search(links), _ARXIV.search(links)
    number = bulk_arxiv(volume.removeprefix("abs/") if venue == "CoRR" else arxiv[1] if arxiv else "")
    if venue == "CoRR":
        kind, venue, others, volume = Kind.PREPRINT, "arXiv", ("CoRR",), ""
    if element.type == "proceedings":
        venue, others = element.first("series"), tuple(element.values.get("booktitle", ()))
    year = element.first("year")
    isbn = element.first("isbn")
    work = Work(
        registry=REGISTRY,
        key=f"DBLP:{element.key}",
        url=f"https://dblp.org/{toc if element.type == 'proceedings' and toc else f'rec/{element.key}'}",
        fields=Fields(
            title=title,
            authors=_people(element.values.get("author", ())),
            editors=_people(element.values.get("editor", ())),
            year=int(year) if year.isdigit() and len(year) == 4 else None,
            venue=venue,
            volume=volume,
            issue=element.first("number"),
            pages=element.first("pages"),
            publisher=element.first("publisher", "school"),
            kind=kind,
            doi=bulk_doi(doi[1]) if doi else "",
            arxiv=number,
            isbn=normalise_isbn(isbn) if isbn else "",
            url=element.first("ee") or f"https://dblp.org/rec/{element.key}",
        ),
        other_venues=others,
    )
    if element.type == "proceedings":
        return Record(work, (VOLUME,))
    foreign = bool(toc) and stream(element.key) != stream(toc.removeprefix("db/"))
    return Record(work, (toc, f"{FOREIGN}:{toc}") if foreign else (toc,) if toc else ())


FOREIGN = "foreign"
"""Marks papers of a volume that DBLP files under another stream, as ICLR 2013 to 2016 under ``journals/corr``."""


def stream(key: str) -> str:
    """The series a key belongs to.

    >>> stream("conf/iclr/2015"), stream("journals/corr/KingmaB14")
    ('conf/iclr', 'journals/corr')
    """
    return "/".join(key.split("/")[:2])


def _toc(element: Element) -> str:
    """The table of contents that lists the record: the page without its anchor, otherwise the volume it refers to."""
    return element.first("url").partition("#")[0] or element.first("crossref")


def _people(names: list[str] | tuple[str, ...]) -> tuple[Name, ...]:
    return tuple(name for text in names for name in read_person(text).names)

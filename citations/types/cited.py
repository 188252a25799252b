"""What was cited: a reference as it stands in the input, and what could be read out of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from enum import StrEnum


class Kind(StrEnum):
    """What sort of work a reference names; decides which registries could know it."""

    ARTICLE = "article"
    CONFERENCE = "conference"
    PREPRINT = "preprint"
    BOOK = "book"
    CHAPTER = "chapter"
    THESIS = "thesis"
    REPORT = "report"
    DATASET = "dataset"
    SOFTWARE = "software"
    STANDARD = "standard"
    PATENT = "patent"
    LEGAL = "legal"
    WEBSITE = "website"
    UNPUBLISHED = "unpublished"
    UNKNOWN = "unknown"


class FieldName(StrEnum):
    """The fields that are compared between a citation and a record."""

    TITLE = "title"
    AUTHORS = "authors"
    YEAR = "year"
    VENUE = "venue"
    VOLUME = "volume"
    ISSUE = "issue"
    PAGES = "pages"
    PUBLISHER = "publisher"
    DOI = "doi"
    ARXIV = "arxiv"
    PMID = "pmid"
    ISBN = "isbn"
    URL = "url"


@dataclass(frozen=True, slots=True)
class Name:
    """One author, as a person (``family`` and ``given``) or as a body or unparsed string (``literal``)."""

    family: str = ""
    """Family name with its particles: ``van den Oord``. Empty when ``literal`` is set."""
    given: str = ""
    """Given names or initials as printed: ``Aäron``, ``A. M.``; may be empty."""
    suffix: str = ""
    """``Jr.``, ``III`` and the like."""
    literal: str = ""
    """A consortium, institution or mononym that must not be cut: ``ATLAS Collaboration``."""

    def __str__(self) -> str:
        """Given name first, as people read it."""
        if self.literal:
            return self.literal
        return " ".join(part for part in (self.given, self.family, self.suffix) if part)


@dataclass(frozen=True, slots=True)
class Fields:
    """Bibliographic fields, cited or registered alike, so that comparing them is symmetrical."""

    title: str = ""
    """Title with its subtitle, plain text: no LaTeX, no markup."""
    authors: tuple[Name, ...] = ()
    """In printed order."""
    et_al: bool = False
    """The list of authors was cut by the writer (``et al.``, ``and others``)."""
    editors: tuple[Name, ...] = ()
    """Editors of the work or of the volume that holds it."""
    year: int | None = None
    """Year of publication as printed."""
    venue: str = ""
    """Journal, proceedings, book that holds a chapter, or series."""
    volume: str = ""
    issue: str = ""
    pages: str = ""
    """As printed: ``280-287``, ``e1004``."""
    publisher: str = ""
    """Publisher, or the school or institution of a thesis or report."""
    kind: Kind = Kind.UNKNOWN
    doi: str = ""
    """Normalised: lower case, no resolver prefix."""
    arxiv: str = ""
    """Normalised: no prefix, version kept (``1706.03762v5``, ``math.GT/0309136``)."""
    pmid: str = ""
    isbn: str = ""
    """Thirteen or ten digits without hyphens."""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Location:
    """Where in the input something stands."""

    file: str = ""
    """Path as the user gave it, ``-`` for standard input."""
    page: int | None = None
    """1-based page of a PDF."""
    line: int | None = None
    """1-based line of a text file."""
    start: int | None = None
    """Offset of the first character in the decoded text, where there is one."""
    end: int | None = None
    """Offset behind the last character."""

    def __str__(self) -> str:
        """``file:line`` or ``file p. 7``, as printed in front of a verdict."""
        if self.page is not None:
            return f"{self.file} p. {self.page}"
        return f"{self.file}:{self.line}" if self.line is not None else self.file


@dataclass(frozen=True, slots=True)
class Reference:
    """One entry of a reference list, or one citation in prose."""

    id: str
    """Unique within one run, stable for the same input: ``refs.bib#li2023``, ``paper.pdf#12``."""
    raw: str
    """The entry as it stands in the input."""
    fields: Fields
    """What could be read out of ``raw``."""
    location: Location
    key: str = ""
    """BibTeX key or printed label (``12``), empty where there is none."""
    source: str = ""
    """Name of the extractor that found it."""
    mended: tuple[str, ...] = ()
    """What was damaged in the entry and was read nevertheless, a phrase each."""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Something in the input that should be a reference and could not be read: counted, never dropped."""

    location: Location
    reason: str
    """One sentence for the user."""
    raw: str = ""
    """Beginning of the damaged entry, at most 500 characters."""
    key: str = ""


Extracted = Reference | Unreadable


def cited_fields(values: Fields) -> Iterator[FieldName]:
    """The comparable fields that are filled in.

    >>> list(cited_fields(Fields(title="On computable numbers", year=1937)))
    [<FieldName.TITLE: 'title'>, <FieldName.YEAR: 'year'>]
    """
    names = {name.value for name in FieldName}
    for each in fields(values):
        if each.name in names and getattr(values, each.name):
            yield FieldName(each.name)

"""arXiv's Atom answers read safely: https://info.arxiv.org/help/api/user-manual.html."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, NoReturn
from xml.parsers import expat

from citations.identifiers import arxiv_base, normalise_arxiv, normalise_doi
from citations.names import read_name
from citations.registries.bodies import Body, Undecodable
from citations.registries.wording import clean
from citations.types import Fields, Identifier, Kind, Retraction, RetractionKind, Scheme, Work

_ATOM = "http://www.w3.org/2005/Atom"
_ARXIV = "http://arxiv.org/schemas/atom"
_FEED = f"{_ATOM} feed"
_ENTRY = f"{_ATOM} entry"
_TOTAL = "http://a9.com/-/spec/opensearch/1.1/ totalResults"
_NAME = f"{_ATOM} name"
_TEXTS = {
    f"{_ATOM} id": "id",
    f"{_ATOM} title": "title",
    f"{_ATOM} summary": "summary",
    f"{_ATOM} published": "published",
    f"{_ATOM} updated": "updated",
    f"{_ARXIV} doi": "doi",
    f"{_ARXIV} journal_ref": "journal_ref",
    f"{_ARXIV} comment": "comment",
}
_DEPTH = 12
_WITHDRAWN = re.compile(
    r"^\W*(?:withdrawn\b(?! from)|this (?:\w+ ){1,4}?(?:has been|was|is) withdrawn\b)"
    r"|\b(?:paper|article|submission|manuscript|preprint|work) (?:has been|was|is) withdrawn (?:by|due|because)\b",
    re.IGNORECASE,
)
_TITLE_LABEL = re.compile(r"^\W*WITHDRAWN\W+")


@dataclass(frozen=True, slots=True)
class ArxivEntry:
    """One version of one paper."""

    arxiv: str
    """Identifier with version."""
    title: str
    authors: tuple[str, ...]
    published: str
    """Day of the first version, ISO."""
    updated: str
    """Day of this version, ISO."""
    summary: str
    comment: str
    journal_ref: str
    doi: str

    @property
    def version(self) -> int:
        """Number of the version, 0 where none is given."""
        match = re.search(r"v(\d+)$", self.arxiv)
        return int(match[1]) if match else 0

    @property
    def is_withdrawn(self) -> bool:
        """Whether the authors took this version back."""
        return any(bool(_WITHDRAWN.search(text)) for text in (self.comment, self.summary[:200])) or bool(
            _TITLE_LABEL.match(self.title)
        )


@dataclass(frozen=True, slots=True)
class ArxivFeed:
    """One page of answers."""

    entries: tuple[ArxivEntry, ...]
    total: int
    malformed: bool = False
    """arXiv could not read one of the identifiers and answers to none."""


def arxiv_feed(body: Body) -> ArxivFeed:
    """The feed in a body; raises ``Undecodable`` for HTML, other XML, entity declarations and contradictions.

    A feed that counts results and lists none was seen in outages. A malformed identifier gets one entry titled "Error",
    with status 400 in 2026 and 200 before.
    """
    reader = _Reader()
    reader.read(body.content)
    if reader.total is None:
        raise Undecodable("a feed that does not count its results")
    errors = [raw for raw in reader.entries if "/api/errors" in raw.get("id", "")]
    if errors:
        if any("incorrect id format" in raw.get("summary", "").lower() for raw in errors):
            return ArxivFeed((), 0, malformed=True)
        raise Undecodable("an error entry")
    if body.status != 200:
        raise Undecodable(f"a feed with status {body.status}")
    entries = tuple(entry for raw in reader.entries if (entry := _entry(raw)))
    if len(entries) != len(reader.entries) or (reader.total > 0 and not entries):
        raise Undecodable("a feed that counts results and does not list them")
    return ArxivFeed(entries, reader.total)


def paper(entries: tuple[ArxivEntry, ...], cited_version: int = 0) -> Work:
    """One Work of all versions at hand, seen from the version cited, otherwise from the newest."""
    newest = max(entries, key=lambda entry: entry.version)
    seen = next((entry for entry in entries if cited_version and entry.version == cited_version), newest)
    base = arxiv_base(newest.arxiv)
    doi = f"10.48550/arxiv.{base}"
    published = normalise_doi(newest.doi)
    title, *others = dict.fromkeys(_title(entry) for entry in (seen, newest, *entries))
    years = [int(day[:4]) for entry in entries for day in (entry.published, entry.updated) if day[:4].isdigit()]
    withdrawn = newest.is_withdrawn
    return Work(
        registry="arxiv",
        key=seen.arxiv,
        url=f"https://arxiv.org/abs/{seen.arxiv}",
        fields=Fields(
            title=title,
            authors=tuple(read_name(name) for name in seen.authors),
            year=min(years, default=None),
            venue="arXiv",
            kind=Kind.PREPRINT,
            doi=doi,
            arxiv=base,
        ),
        other_titles=tuple(others),
        other_years=tuple(year for year in dict.fromkeys(sorted(years)) if year != min(years)),
        other_venues=tuple(dict.fromkeys(entry.journal_ref for entry in entries if entry.journal_ref)),
        other_ids=(Identifier(Scheme.DOI, published),) if published and published != doi else (),
        retraction=Retraction(RetractionKind.WITHDRAWN, date=newest.updated, source="arxiv") if withdrawn else None,
        abstract=seen.summary,
    )


def _title(entry: ArxivEntry) -> str:
    return _TITLE_LABEL.sub("", entry.title) or entry.title


def _entry(raw: dict[str, Any]) -> ArxivEntry | None:
    arxiv = normalise_arxiv(str(raw.get("id", "")).rpartition("/abs/")[2])
    if not arxiv:
        return None
    return ArxivEntry(
        arxiv=arxiv,
        title=clean(raw.get("title", "")),
        authors=tuple(name for name in map(clean, raw["authors"]) if name),
        published=raw.get("published", "").strip()[:10],
        updated=raw.get("updated", "").strip()[:10],
        summary=clean(raw.get("summary", "")),
        comment=clean(raw.get("comment", "")),
        journal_ref=clean(raw.get("journal_ref", "")),
        doi=raw.get("doi", "").strip(),
    )


@dataclass(slots=True)
class _Reader:
    """Expat's handlers: collects the entries, refuses what no feed needs."""

    total: int | None = None
    entries: list[dict[str, Any]] = field(default_factory=list)
    _path: list[str] = field(default_factory=list)
    _text: list[str] = field(default_factory=list)

    def read(self, content: bytes) -> None:
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text.append
        # Entities are how XML grows without bound or reads files; a feed declares none.
        parser.StartDoctypeDeclHandler = _refuse
        parser.EntityDeclHandler = _refuse
        try:
            parser.Parse(content, True)
        except expat.ExpatError as error:
            raise Undecodable("XML that is cut off or damaged, or no XML") from error

    def _start(self, name: str, _attributes: dict[str, str]) -> None:
        if not self._path and name != _FEED:
            raise Undecodable("no Atom feed")
        if len(self._path) >= _DEPTH:
            raise Undecodable("XML nested too deep")
        if name == _ENTRY:
            self.entries.append({"authors": []})
        self._path.append(name)
        self._text.clear()

    def _end(self, name: str) -> None:
        text = "".join(self._text)
        self._text.clear()
        self._path.pop()
        if name == _TOTAL and self._path == [_FEED]:
            self.total = int(text) if text.strip().isdigit() else None
        elif self._path == [_FEED, _ENTRY] and name in _TEXTS:
            self.entries[-1][_TEXTS[name]] = text
        elif name == _NAME and self._path[:2] == [_FEED, _ENTRY]:
            self.entries[-1]["authors"].append(text)


def _refuse(*_: Any) -> NoReturn:
    raise Undecodable("XML with a document type or entities of its own")

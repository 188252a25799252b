"""What one work looks like inside the index: the indexed fields, and the stored body a ``Work`` is read back from."""

from __future__ import annotations

import json
from dataclasses import MISSING, dataclass, fields
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from citations.identifiers import arxiv_base
from citations.titles import title_keys
from citations.types import Fields, Identifier, Kind, Name, Retraction, RetractionKind, Scheme, Work

if TYPE_CHECKING:
    import tantivy

FORMAT = 1
"""Version of everything in an index folder; another number means: build it again."""

REGISTRY = "offline"
"""Name of the index among the registries."""

TITLE, IDS, TEXT, BODY, SOURCE, BATCH, MARKS, RETRACTS = (
    "title_key",
    "ids",
    "text",
    "body",
    "source",
    "batch",
    "marks",
    "retracts",
)

VOLUME = "volume"
"""Mark of volume records (proceedings), also in front of the address of their table of contents."""

_MAX_INDEXED_AUTHORS = 40
_PREFIXES = {scheme: f"{scheme.value}:" for scheme in Scheme}
_ARXIV_DOI = "10.48550/arxiv."


@dataclass(frozen=True, slots=True)
class Record:
    """One work of a dump, ready to be indexed."""

    work: Work
    marks: tuple[str, ...] = ()
    """What closed venue-years are counted by: the table of contents that lists the work, and what is odd about it."""


@dataclass(frozen=True, slots=True)
class Skipped:
    """One record of a dump that cannot be indexed."""

    reason: str
    """A few words, the same for all records of that kind: they are counted by it."""
    toc: str = ""
    """The table of contents that lists the record, which cannot be complete without it."""


Decoded = Record | Skipped


@lru_cache(maxsize=1)
def schema() -> tantivy.Schema:
    """The Tantivy schema; exact keys carry no frequencies, full text no positions."""
    import tantivy

    builder = tantivy.SchemaBuilder()
    for exact in (TITLE, IDS, SOURCE, BATCH, MARKS, RETRACTS):
        builder.add_text_field(exact, tokenizer_name="raw", index_option="basic")
    builder.add_text_field(TEXT, tokenizer_name="folded", index_option="freq")
    builder.add_bytes_field(BODY, stored=True)
    return builder.build()


@lru_cache(maxsize=1)
def analyzer() -> tantivy.TextAnalyzer:
    """Letters and digits, lower case, without accents; the same for works and for questions."""
    import tantivy

    steps = tantivy.Filter
    return (
        tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
        .filter(steps.remove_long(40))
        .filter(steps.lowercase())
        .filter(steps.ascii_fold())
        .build()
    )


def document(record: Record, source: str, batch: str, marks: tuple[str, ...] = ()) -> tantivy.Document:
    """The Tantivy document of a record; ``source`` and ``batch`` are what it can be taken out by again."""
    import tantivy

    work = record.work
    made = tantivy.Document()
    for key in _all_title_keys(work):
        made.add_text(TITLE, key)
    terms = identifier_terms(work)
    for term in terms:
        made.add_text(IDS, term)
        if work.retraction is not None:
            made.add_text(RETRACTS, term)
    made.add_text(TEXT, searchable(work))
    made.add_text(SOURCE, source)
    made.add_text(BATCH, batch)
    for mark in (*record.marks, *marks):
        made.add_text(MARKS, mark)
    made.add_bytes(BODY, encode(work))
    return made


def _all_title_keys(work: Work) -> tuple[str, ...]:
    keys = title_keys(work.fields.title)
    if work.other_titles:
        more = [key for title in work.other_titles for key in title_keys(title)]
        keys = tuple(dict.fromkeys((*keys, *more)))
    return keys


def identifier_terms(work: Work) -> tuple[str, ...]:
    """The identifiers of a work as index terms: ``doi:10.1/x``, ``arxiv:1706.03762``."""
    values = work.fields
    terms: list[str] = []
    if values.doi:
        terms += _terms(Scheme.DOI, values.doi)
    if values.arxiv:
        terms += _terms(Scheme.ARXIV, values.arxiv)
    if values.pmid:
        terms += _terms(Scheme.PMID, values.pmid)
    if values.isbn:
        terms += _terms(Scheme.ISBN, values.isbn)
    for other in work.other_ids:
        terms += _terms(other.scheme, other.value)
    return tuple(dict.fromkeys(terms))


def terms_of(identifier: Identifier) -> tuple[str, ...]:
    """The index terms an identifier is known by: an arXiv DOI and the arXiv number are the same.

    >>> terms_of(Identifier(Scheme.DOI, "10.48550/arxiv.1706.03762"))
    ('doi:10.48550/arxiv.1706.03762', 'arxiv:1706.03762')
    """
    return _terms(identifier.scheme, identifier.value)


def _terms(scheme: Scheme, value: str) -> tuple[str, ...]:
    if scheme is Scheme.ARXIV:
        return (f"arxiv:{arxiv_base(value)}",)
    term = f"{_PREFIXES[scheme]}{value}"
    if scheme is Scheme.DOI and value.startswith(_ARXIV_DOI):
        return term, f"arxiv:{arxiv_base(value.removeprefix(_ARXIV_DOI))}"
    return (term,)


def searchable(work: Work) -> str:
    """The words of a work that a printed reference to it would hold."""
    values = work.fields
    people = values.authors or values.editors
    names = [name.family or name.literal for name in people[:_MAX_INDEXED_AUTHORS]]
    year = str(values.year) if values.year else ""
    venue = values.venue.partition(",")[0] if len(values.venue) > 60 else values.venue
    parts = (values.title, *work.other_titles, *names, venue, *work.other_venues, values.volume, values.pages, year)
    return " ".join(part for part in parts if part)


_FIELD_DEFAULTS = tuple(
    (each.name, each.default)
    for each in fields(Fields)
    if each.default is not MISSING and each.name not in {"authors", "editors", "kind"}
)


def encode(work: Work) -> bytes:
    """The stored body: compact JSON that holds only what is filled in."""
    values = work.fields
    cells: dict[str, Any] = {}
    for name, default in _FIELD_DEFAULTS:
        value = getattr(values, name)
        if value != default:
            cells[name] = value
    if values.authors:
        cells["authors"] = [_cut(name) for name in values.authors]
    if values.editors:
        cells["editors"] = [_cut(name) for name in values.editors]
    if values.kind is not Kind.UNKNOWN:
        cells["kind"] = values.kind.value
    body: dict[str, Any] = {"key": work.key, "url": work.url, "fields": cells}
    for name in ("other_titles", "other_years", "other_venues", "is_notice", "notice_of", "corrections", "abstract"):
        if value := getattr(work, name):
            body[name] = value
    if work.other_ids:
        body["other_ids"] = [(each.scheme.value, each.value) for each in work.other_ids]
    if (taken := work.retraction) is not None:
        body["retraction"] = (taken.kind.value, taken.notice_doi, taken.date, taken.source)
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def _cut(name: Name) -> tuple[str, ...]:
    if name.literal:
        return (name.family, name.given, name.suffix, name.literal)
    return (name.family, name.given, name.suffix) if name.suffix else (name.family, name.given)


def decode(body: bytes) -> Work:
    """The work of a stored body; ``ValueError``, ``KeyError`` or ``TypeError`` if it is damaged."""
    stored = json.loads(body)
    cells = stored["fields"]
    for people in ("authors", "editors"):
        if people in cells:
            cells[people] = tuple(Name(*parts) for parts in cells[people])
    if "kind" in cells:
        cells["kind"] = Kind(cells["kind"])
    taken = stored.get("retraction")
    return Work(
        registry=REGISTRY,
        key=stored["key"],
        url=stored["url"],
        fields=Fields(**cells),
        other_titles=tuple(stored.get("other_titles", ())),
        other_years=tuple(stored.get("other_years", ())),
        other_venues=tuple(stored.get("other_venues", ())),
        other_ids=tuple(Identifier(Scheme(scheme), value) for scheme, value in stored.get("other_ids", ())),
        retraction=Retraction(RetractionKind(taken[0]), *taken[1:]) if taken else None,
        is_notice=stored.get("is_notice", False),
        notice_of=stored.get("notice_of", ""),
        corrections=tuple(stored.get("corrections", ())),
        abstract=stored.get("abstract", ""),
    )

"""Registries made of a handful of works, for tests: they answer as the real ones do, or fail as told."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from citations.identifiers import arxiv_base, doi_variants
from citations.names import read_name
from citations.registries.interface import Coverage
from citations.titles import title_key, title_similarity
from citations.types import (
    Answer,
    Asked,
    DoiExists,
    DoiUnknown,
    Fields,
    Found,
    Identifier,
    Kind,
    Location,
    Name,
    Query,
    Reference,
    Scheme,
    Unavailable,
    Why,
    Work,
)

TODAY = date(2026, 11, 25)
ASKED_AT = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)


def people(*names: str) -> tuple[Name, ...]:
    return tuple(read_name(name) for name in names)


def reference(name: str = "r", raw: str = "", source: str = "bibtex", **fields) -> Reference:
    if isinstance(fields.get("authors"), str):
        fields["authors"] = people(*fields["authors"].split("; "))
    return Reference(name, raw, Fields(**fields), Location("refs.bib"), source=source)


def work(registry: str = "crossref", key: str = "w", *, more: dict | None = None, **fields) -> Work:
    if isinstance(fields.get("authors"), str):
        fields["authors"] = people(*fields["authors"].split("; "))
    return Work(registry, key, f"https://example.org/{key}", Fields(**fields), **(more or {}))


def asked(registry: str = "crossref") -> Asked:
    return Asked(registry, "https://example.org/", ASKED_AT)


@dataclass
class FakeRegistry:
    """Holds works; finds them by identifier, or by resemblance of the title with the reference's own words."""

    name: str = "crossref"
    works: Sequence[Work] = ()
    schemes: frozenset[Scheme] = frozenset({Scheme.DOI})
    searches: bool = True
    fails: Why | None = None
    until_year: int | None = None
    asked: list[Query] = field(default_factory=list)
    kinds: frozenset[Kind] | None = None
    nearest: float = 0.5

    @property
    def coverage(self) -> Coverage:
        return Coverage(self.schemes, self.searches, self.kinds, self.until_year)

    def look_up(self, queries: Sequence[Query]) -> Iterator[tuple[Query, Answer]]:
        for query in queries:
            self.asked.append(query)
            yield query, self._answer(query)

    def close(self) -> None:
        pass

    def _answer(self, query: Query) -> Answer:
        if self.fails is not None:
            return Unavailable(asked(self.name), self.fails, "as told")
        if query.identifier is not None:
            return Found(asked(self.name), tuple(w for w in self.works if _named(w, query.identifier)))
        return Found(asked(self.name), self._search(query.reference))

    def _search(self, cited: Reference) -> tuple[Work, ...]:
        raw = title_key(cited.raw)

        def likeness(each: Work) -> float:
            key = title_key(each.fields.title)
            if len(key) > 12 and key in raw:
                return 1.0
            return title_similarity(cited.fields.title or cited.raw, each.fields.title)

        ranked = sorted(((likeness(each), n, each) for n, each in enumerate(self.works)), reverse=True)
        return tuple(each for near, _, each in ranked[:5] if near >= self.nearest)


@dataclass
class FakeDoiOrg:
    """Knows which DOIs exist, and nothing else."""

    registered: frozenset[str] = frozenset()
    fails: Why | None = None
    name: str = "doi_org"
    asked: list[Query] = field(default_factory=list)

    @property
    def coverage(self) -> Coverage:
        return Coverage(frozenset({Scheme.DOI}), searches=False)

    def look_up(self, queries: Sequence[Query]) -> Iterator[tuple[Query, Answer]]:
        for query in queries:
            self.asked.append(query)
            doi = query.identifier.value if query.identifier else ""
            if self.fails is not None:
                yield query, Unavailable(asked(self.name), self.fails)
            elif doi in self.registered:
                yield query, DoiExists(asked(self.name), doi)
            else:
                yield query, DoiUnknown(asked(self.name), doi)

    def close(self) -> None:
        pass


def _named(each: Work, identifier: Identifier) -> bool:
    known = {
        Identifier(Scheme.DOI, each.fields.doi),
        Identifier(Scheme.ARXIV, arxiv_base(each.fields.arxiv)),
        Identifier(Scheme.PMID, each.fields.pmid),
        Identifier(Scheme.ISBN, each.fields.isbn),
        *each.other_ids,
    }
    if identifier.scheme is Scheme.DOI:
        return any(Identifier(Scheme.DOI, doi) in known for doi in doi_variants(identifier.value))
    if identifier.scheme is Scheme.ARXIV:
        return Identifier(Scheme.ARXIV, arxiv_base(identifier.value)) in known
    return identifier in known

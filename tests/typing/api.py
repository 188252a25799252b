"""Code as users of the library write it; ``mypy --strict`` must accept it (``make lint``), and a test runs it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from citations.check import CheckOptions, check
from citations.extract import extract
from citations.extract.interface import Document
from citations.registries.interface import Coverage, Registry
from citations.types import (
    Answer,
    Asked,
    CheckedReference,
    Fields,
    Found,
    Kind,
    Name,
    Query,
    Reference,
    Status,
    Work,
)

TURING = Work(
    registry="shelf",
    key="turing",
    url="https://example.org/turing",
    fields=Fields(
        title="Computing Machinery and Intelligence", authors=(Name("Turing", "A. M."),), year=1950, kind=Kind.ARTICLE
    ),
)


class MyShelf:
    """A registry of one's own: two attributes and two methods, nothing to inherit."""

    name = "shelf"
    coverage = Coverage(schemes=frozenset(), searches=True)

    def look_up(self, queries: Sequence[Query]) -> Iterator[tuple[Query, Answer]]:
        for query in queries:
            yield query, Found(Asked(self.name, "shelf:all", datetime.now(UTC)), (TURING,))

    def close(self) -> None:
        pass


def statuses(bibtex: str, registries: Sequence[Registry]) -> list[Status]:
    document = Document("mine.bib", bibtex.encode())
    references = [entry for entry in extract(document) if isinstance(entry, Reference)]
    checked: list[CheckedReference] = list(check(references, registries, options=CheckOptions(budget_s=10.0)))
    return [each.verdict.status for each in checked]


def main() -> list[Status]:
    shelf: Registry = MyShelf()
    return statuses(
        "@article{t, title={Computing machinery and intelligence}, author={Turing, Alan}, year=1950}", [shelf]
    )

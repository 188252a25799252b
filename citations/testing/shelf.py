"""Works in memory, found by identifier and by words, for the simulated registries."""

from __future__ import annotations

import math
import re
import unicodedata
from array import array
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from sys import intern

from citations.identifiers import arxiv_base
from citations.types import Fields, Work

_WORD = re.compile(r"[^\W_]+")
_COMMON = 3_000
_REPOSITORY_DOIS = ("10.48550/", "10.5281/", "10.6084/", "10.5061/", "10.17605/")


@dataclass(frozen=True, slots=True)
class Words:
    """Under which words a work is found."""

    title: tuple[str, ...]
    people: tuple[str, ...]
    """Family names of the authors."""


class Shelf:
    """What one simulated registry holds."""

    def __init__(self, works: Iterable[Work]) -> None:
        """Index the works by DOI, arXiv id, PMID and the words of title and authors."""
        self._works: list[Work] = []
        self._words: list[Words] = []
        self._postings: dict[str, array[int]] = {}
        self._by_id: dict[str, int] = {}
        for work in works:
            self.add(work, words_of(work.fields))

    def __len__(self) -> int:
        """Number of works."""
        return len(self._works)

    def by_doi(self, doi: str) -> Work | None:
        """The work with this DOI or alias."""
        return self._get(f"doi:{doi.lower()}")

    def by_arxiv(self, arxiv: str) -> Work | None:
        """The work with this arXiv id, whatever the version."""
        return self._get(f"arxiv:{arxiv_base(arxiv)}")

    def by_pmid(self, pmid: str) -> Work | None:
        """The work with this PubMed number."""
        return self._get(f"pmid:{pmid}")

    def search(self, words: str, limit: int, *, share: float = 0.0) -> tuple[Work, ...]:
        """Works ranked by how much of their own words and of the query's words are shared, weighted by rarity.

        A work's own words are those of its title, or those of title and authors, whichever suits the query better: an
        exact title stands in front of longer ones, however many authors it has. With ``share``, only works that hold at least that part of the query's words.
        """
        asked = dict.fromkeys(_words(words))
        known = sorted((word for word in asked if word in self._postings), key=lambda word: len(self._postings[word]))
        rare = [word for word in known if len(self._postings[word]) <= _COMMON] or known[:1]
        counted: Counter[int] = Counter()
        for word in rare:
            weight = self._weight(word)
            for number in self._postings[word]:
                counted[number] += weight  # type: ignore[assignment]
        nearest = [number for number, _ in counted.most_common(200)]
        ranked = sorted(((self._likeness(number, asked), -number) for number in nearest), reverse=True)
        enough = [-number for _, number in ranked if self._shared(-number, asked) >= share * len(asked)]
        return tuple(self._works[number] for number in enough[:limit])

    def _likeness(self, number: int, asked: dict[str, None]) -> float:
        words = self._words[number]
        wanted = sum(map(self._weight, asked))
        title, own = dict.fromkeys(words.title), dict.fromkeys(words.title + words.people)
        return max(self._overlap(title, asked, wanted), self._overlap(own, asked, wanted))

    def _overlap(self, own: dict[str, None], asked: dict[str, None], wanted: float) -> float:
        both = sum(self._weight(word) for word in own if word in asked)
        return 2 * both / (sum(map(self._weight, own)) + wanted or 1.0)

    def _shared(self, number: int, asked: dict[str, None]) -> int:
        own = {*self._words[number].title, *self._words[number].people}
        return sum(word in own for word in asked)

    def _weight(self, word: str) -> float:
        held = self._postings.get(word)
        return math.log(1 + len(self._works) / len(held)) if held else 1.0

    def _get(self, key: str) -> Work | None:
        number = self._by_id.get(key)
        return None if number is None else self._works[number]

    def add(self, work: Work, words: Words) -> None:
        """Put one more work on the shelf; ``words`` is what ``words_of`` gave for it."""
        number = len(self._works)
        fields = work.fields
        self._works.append(work)
        self._words.append(words)
        for word in {*words.title, *words.people}:
            posting = self._postings.get(word)
            if posting is None:
                posting = self._postings[word] = array("I")
            posting.append(number)
        own = [("doi", fields.doi), ("arxiv", arxiv_base(fields.arxiv)), ("pmid", fields.pmid)]
        further = [(each.scheme.value, each.value) for each in work.other_ids]
        for scheme, value in own:
            if value:
                self._by_id[f"{scheme}:{value}"] = number
        for scheme, value in further:
            self._by_id.setdefault(f"{scheme}:{value}", number)


def shelves(works: Iterable[Work | Fields]) -> dict[str, Shelf]:
    """The works laid out by registry.

    A ``Work`` whose ``registry`` is one of the four stands there alone. Anything else stands wherever such a work would
    be in reality: Crossref holds what has a publisher's DOI, arXiv what has an arXiv id, DataCite what has a repository's
    DOI or an arXiv id, Semantic Scholar everything.
    """
    held = {name: Shelf(()) for name in ("crossref", "semantic_scholar", "arxiv", "datacite")}
    for each in works:
        work = each if isinstance(each, Work) else Work(registry="", key="", url="", fields=each)
        words = words_of(work.fields)
        for name in [work.registry] if work.registry in held else _holders(work.fields):
            held[name].add(_with_doi(work, name), words)
    return held


def words_of(fields: Fields) -> Words:
    """The words under which a work is found."""
    people = " ".join(name.literal or name.family for name in fields.authors)
    return Words(tuple(map(intern, _words(fields.title))), tuple(map(intern, _words(people))))


def _holders(fields: Fields) -> list[str]:
    in_repository = fields.doi.startswith(_REPOSITORY_DOIS)
    holders = ["semantic_scholar"]
    holders += ["crossref"] if fields.doi and not in_repository else []
    holders += ["arxiv"] if fields.arxiv else []
    holders += ["datacite"] if fields.arxiv or in_repository else []
    return holders


def _with_doi(work: Work, registry: str) -> Work:
    """The work under the DOI that this registry knows it by: DataCite knows preprints by arXiv's own."""
    fields = work.fields
    if registry != "datacite" or not fields.arxiv:
        return work
    return replace(work, fields=replace(fields, doi=f"10.48550/arxiv.{arxiv_base(fields.arxiv)}"))


def _words(text: str) -> list[str]:
    if text.isascii():
        return _WORD.findall(text.lower())
    flat = "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
    return _WORD.findall(flat)

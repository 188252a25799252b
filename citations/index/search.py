"""Ask the index: by identifier, by exact title, and by the words of a printed reference."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from citations.errors import IndexDamaged
from citations.index.closed import ClosedYear, closed_from_json, held, is_side_venue
from citations.index.manifest import IndexInfo, read_manifest
from citations.index.schema import (
    BODY,
    IDS,
    RETRACTS,
    TEXT,
    TITLE,
    analyzer,
    decode,
    identifier_terms,
    schema,
    terms_of,
)
from citations.titles import title_keys
from citations.types import Identifier, Retraction, Work
from citations.venues import venue_key

if TYPE_CHECKING:
    import tantivy

VENUES, CLOSED = "venues.json", "closed.json"

_MAX_SAME_TITLE = 20
_MAX_TERMS = 25
_ALWAYS_TERMS = 8
_POSTINGS = 0.05
"""Rare words are asked until they stand, together, in this share of all works: common ones cost most and tell least."""
_MAX_CHARS = 2_000
_SAMPLED_FROM = 1_000_000
_LINE_HYPHEN = re.compile(r"[-\u2010\u00ad]\s*\n\s*")


@dataclass(frozen=True, slots=True)
class HeldVenue:
    """What the index has of one venue."""

    works: int
    first_year: int
    last_year: int


@dataclass(frozen=True)
class Index:
    """An opened index; it may be shared by any number of threads, and stays readable while the folder is updated."""

    details: IndexInfo
    searcher: tantivy.Searcher
    _live: dict[str, int] = field(default_factory=dict, repr=False)

    @classmethod
    def open(cls, directory: Path) -> Index:
        """Open the index in ``directory``; raises ``IndexMissing`` or ``IndexDamaged``."""
        import tantivy

        details = read_manifest(directory)
        try:
            opened = tantivy.Index.open(str(directory / details.generation))
            opened.register_tokenizer("folded", analyzer())
            return cls(details, opened.searcher())
        except (ValueError, OSError) as error:
            raise _damaged(directory) from error

    def info(self) -> IndexInfo:
        """What it holds."""
        return self.details

    def by_identifier(self, identifier: Identifier) -> tuple[Work, ...]:
        """Works that carry the identifier; an arXiv number finds all its versions."""
        found: list[Work] = []
        for term in terms_of(identifier):
            found.extend(self._term(IDS, term, _MAX_SAME_TITLE))
        return self._finished(found, _MAX_SAME_TITLE)

    def by_title(self, title: str, near: str = "") -> tuple[Work, ...]:
        """Works of exactly that title (in its normal form), otherwise of that title without label or subtitle.

        Several records of one title are all returned, at most twenty; of a title that more works share, those that
        resemble the words ``near`` most.
        """
        for key in title_keys(title):
            found = self._term(TITLE, key, _MAX_SAME_TITLE)
            if len(found) == _MAX_SAME_TITLE and near:
                found = self._titled(key, near)
            if found:
                return self._finished(found, _MAX_SAME_TITLE)
        return ()

    def search(self, text: str, limit: int = 5) -> tuple[Work, ...]:
        """The works whose title, authors, venue and numbers share most with ``text``, a printed reference, best first."""
        import tantivy

        terms = self._terms(text)
        if not terms:
            return ()
        query = tantivy.Query.boolean_query(
            [(tantivy.Occur.Should, tantivy.Query.term_query(schema(), TEXT, term, "freq")) for term in terms]
        )
        return self._finished(self._each(query, limit * 2), limit)

    def sample(self, count: int, seed: int = 0) -> tuple[Work, ...]:
        """Works drawn at random, of the first million in an index that holds more; the same seed draws the same."""
        import tantivy

        try:
            found = self.searcher.search(tantivy.Query.all_query(), _SAMPLED_FROM, count=False).hits
            chosen = random.Random(seed).sample(found, min(count, len(found)))  # noqa: S311 - a sample, no secret
            return tuple(decode(self.searcher.doc(address).get_first(BODY) or b"") for _, address in chosen)
        except (ValueError, KeyError, TypeError, OSError) as error:
            raise _damaged(self.details.directory) from error

    def closed(self, venue: str, year: int) -> ClosedYear | None:
        """The venue-year if every paper of it is held, else ``None``.

        A workshop, track, companion or the Findings is never closed. Nothing follows from it but that a title which is
        not among its papers did not appear *there*.
        """
        if is_side_venue(venue):
            return None
        found = self._closed_years.get((venue_key(venue), year))
        if found is None or any(self._count(toc.mark) < toc.works for toc in found.tocs):
            return None
        return found

    def closed_years(self) -> tuple[ClosedYear, ...]:
        """All closed venue-years."""
        return tuple(self._closed_years.values())

    def venue(self, name: str) -> HeldVenue | None:
        """What is held of a venue, ``None`` if nothing is."""
        found = self._venues.get(venue_key(name))
        return HeldVenue(*found) if found else None

    @cached_property
    def _closed_years(self) -> dict[tuple[str, int], ClosedYear]:
        return {(each.key, each.year): each for each in closed_from_json(self._beside(CLOSED))}

    @cached_property
    def _venues(self) -> dict[str, list[int]]:
        stored = self._beside(VENUES)
        return stored if isinstance(stored, dict) else {}

    def _beside(self, name: str) -> Any:
        path = self.details.directory / self.details.generation / name
        try:
            return json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise _damaged(self.details.directory) from error

    def _count(self, mark: str) -> int:
        if mark not in self._live:
            self._live[mark] = held(self.searcher, mark)
        return self._live[mark]

    def _terms(self, text: str) -> list[str]:
        """The words worth asking for, rarest first; words broken at a line end are asked whole and in parts."""
        text = _encodable(text[:_MAX_CHARS])
        words = analyzer().analyze(text)
        if "\n" in text and (joined := _LINE_HYPHEN.sub("", text)) != text:
            words += analyzer().analyze(joined)
        frequencies = sorted(
            (frequency, word)
            for word in dict.fromkeys(words)
            if (len(word) > 1 or word.isdigit()) and (frequency := self.searcher.doc_freq(TEXT, word))
        )
        budget = _POSTINGS * self.searcher.num_docs
        terms: list[str] = []
        for frequency, word in frequencies[:_MAX_TERMS]:
            budget -= frequency
            if budget < 0 and len(terms) >= _ALWAYS_TERMS:
                break
            terms.append(word)
        return terms

    def _titled(self, key: str, near: str) -> list[Work]:
        import tantivy

        occur = tantivy.Occur
        clauses = [(occur.Must, tantivy.Query.term_query(schema(), TITLE, key))]
        clauses.extend(
            (occur.Should, tantivy.Query.term_query(schema(), TEXT, term, "freq")) for term in self._terms(near)
        )
        return self._works(tantivy.Query.boolean_query(clauses), _MAX_SAME_TITLE)

    def _term(self, name: str, value: str, limit: int) -> list[Work]:
        import tantivy

        return self._works(tantivy.Query.term_query(schema(), name, _encodable(value)), limit)

    def _works(self, query: tantivy.Query, limit: int) -> list[Work]:
        return list(self._each(query, limit))

    def _each(self, query: tantivy.Query, limit: int) -> Iterator[Work]:
        """The works found, best first; each is read only when it is wanted."""
        try:
            for _, address in self.searcher.search(query, limit, count=False).hits:
                yield decode(self.searcher.doc(address).get_first(BODY) or b"")
        except (ValueError, KeyError, TypeError, OSError) as error:
            raise _damaged(self.details.directory) from error

    def _finished(self, works: Iterable[Work], limit: int) -> tuple[Work, ...]:
        """Without repeated records, and with what a retraction record says about them."""
        return tuple(self._with_retraction(work) for work in islice(_distinct(works), limit))

    def _with_retraction(self, work: Work) -> Work:
        if work.retraction is not None:
            return work
        for term in identifier_terms(work):
            if self.searcher.doc_freq(RETRACTS, term):
                taken = [found.retraction for found in self._term(RETRACTS, term, 5) if found.retraction]
                if taken:
                    return replace(work, retraction=max(taken, key=_weight))
        return work


def _encodable(text: str) -> str:
    """The text without unpaired surrogates, which damaged PDFs hold and Tantivy refuses."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _weight(retraction: Retraction) -> tuple[bool, str]:
    return retraction.kind.value != "expression of concern", retraction.date


def _distinct(works: Iterable[Work]) -> Iterator[Work]:
    """Each record once: two sources may hold the same record of DBLP."""
    seen: set[object] = set()
    for work in works:
        if work.key not in seen and work.fields not in seen:
            seen.update((work.key, work.fields))
            yield work


def _damaged(directory: Path) -> IndexDamaged:
    return IndexDamaged(f"the index in {directory} is damaged", hint="build it again: verifier index build")

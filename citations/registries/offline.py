"""The offline index as a registry: asked first, never rate-limited, and honest about what it cannot know."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock

from citations.errors import CitationsError, IndexDamaged
from citations.index.schema import REGISTRY
from citations.index.search import Index
from citations.match.score import locus
from citations.names import family_key
from citations.registries.interface import Coverage
from citations.titles import is_generic, title_key, title_similarity
from citations.types import (
    Answer,
    Asked,
    Fields,
    Found,
    Kind,
    NotCovered,
    Query,
    Reference,
    Scheme,
    Unavailable,
    Why,
    Work,
)

_CANDIDATES = 5
_MAX_CANDIDATES = 20
_SAME_TITLE = 0.85
"""Above this a candidate may be the cited work, so that the judge has to see it."""
_MIN_KEY_IN_RAW = 20
_UNTOLD_KINDS = frozenset({Kind.UNKNOWN})


class OfflineIndex:
    """Answers from an index folder; one opened index serves all threads. It is opened when it is first asked."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self._lock = Lock()
        self._opened: Index | None = None

    @property
    def name(self) -> str:
        """``offline``."""
        return REGISTRY

    @property
    def coverage(self) -> Coverage:
        """All identifiers and searches; kinds and years as far as the index holds them, nothing if it cannot be opened."""
        try:
            info = self._index().info()
        except CitationsError:
            return Coverage(schemes=frozenset(), searches=False, kinds=frozenset())
        return Coverage(
            schemes=frozenset(Scheme), searches=True, kinds=frozenset(info.kinds), until_year=info.until_year
        )

    def look_up(self, queries: Sequence[Query]) -> Iterator[tuple[Query, Answer]]:
        """Answer each query in order; never raises."""
        for query in queries:
            yield query, self._answer(query)

    def closed_venue(self, venue: str, year: int) -> str:
        """Why a work that the index does not hold cannot have appeared there that year; empty where it cannot tell.

        It speaks against the venue alone, never against the work. Never raises.
        """
        try:
            closed = self._index().closed(venue, year)
        except CitationsError:
            return ""
        if closed is None:
            return ""
        return f"{closed.venue} {year} has no such paper: the index holds all {closed.works} of it ({closed.ground})"

    def close(self) -> None:
        """Let go of the index; it is opened again when it is asked again."""
        with self._lock:
            self._opened = None

    def _index(self) -> Index:
        with self._lock:
            if self._opened is None:
                self._opened = Index.open(self.directory)
            return self._opened

    def _answer(self, query: Query) -> Answer:
        asked = Asked(REGISTRY, f"index:{self.directory.name}", datetime.now(UTC))
        try:
            index = self._index()
            if query.identifier is not None:
                works = index.by_identifier(query.identifier)
                if works:
                    return Found(asked, works)
                return NotCovered(asked, f"the index holds no work with this {query.identifier.scheme.value}")
            works = candidates(index, query.reference)
            if any(may_be_cited(query.reference, work) for work in works):
                return Found(asked, works)
            reason = not_covered(index, query.reference.fields)
        except CitationsError as error:
            return Unavailable(
                asked, Why.BAD_BODY if isinstance(error, IndexDamaged) else Why.UNREACHABLE, error.message
            )
        except Exception as error:  # noqa: BLE001 - a registry answers, whatever happens inside it
            return Unavailable(asked, Why.CRASHED, type(error).__name__)
        return NotCovered(asked, reason) if reason else Found(asked, works)


def candidates(index: Index, reference: Reference) -> tuple[Work, ...]:
    """Works the reference may mean, those of its exact title first."""
    title = reference.fields.title
    works = index.by_title(title, near=_words(reference)) if title else ()
    if works and not is_generic(title) and any(_agrees(reference.fields, work) for work in works):
        return works
    more = index.search(_words(reference), _CANDIDATES)
    known = {work.key for work in works}
    return (*works, *(work for work in more if work.key not in known))[:_MAX_CANDIDATES]


def _words(reference: Reference) -> str:
    """What a full-text search is asked: the printed string, or what stands in the fields of a BibTeX entry."""
    values = reference.fields
    if not values.title or (reference.raw and not reference.raw.lstrip().startswith("@")):
        return reference.raw
    names = " ".join(name.family or name.literal for name in values.authors)
    return f"{values.title} {names} {values.venue} {values.volume} {values.pages} {values.year or ''}"


def _agrees(values: Fields, work: Work) -> bool:
    """Whether author or year speak for the work, so that no further candidate is needed."""
    if values.authors and work.fields.authors:
        families = {family_key(name) for name in work.fields.authors}
        return any(family_key(name) in families for name in values.authors)
    return values.year is None or work.fields.year is None or abs(values.year - work.fields.year) <= 1


def may_be_cited(reference: Reference, work: Work) -> bool:
    """Whether the judge has to see the work: its title stands in the reference, or nearly so, or its volume and page do.

    Physicists print no titles, and dumps hold titles that break off at the first italic word.
    """
    if locus(reference.fields, work.fields) == 1:
        return True
    titles = (work.fields.title, *work.other_titles)
    if reference.fields.title and any(
        title_similarity(reference.fields.title, title) >= _SAME_TITLE for title in titles
    ):
        return True
    raw = title_key(reference.raw)
    return any(len(key) >= _MIN_KEY_IN_RAW and key in raw for key in map(title_key, titles))


def not_covered(index: Index, values: Fields) -> str:
    """Why the index could not know a work that it does not hold, empty if it should know it."""
    info = index.info()
    if info.until_year is None:
        return "the index holds no years" if info.works else "the index is empty"
    if values.year is not None and values.year > info.until_year:
        return f"the index ends with {info.until_year}"
    if values.kind not in _UNTOLD_KINDS and values.kind not in info.kinds:
        return f"the index holds no works of the kind {values.kind.value}"
    if not values.venue:
        return "no venue is cited, and the index holds only some"
    held = index.venue(values.venue)
    if held is None:
        return f"the index holds nothing of {values.venue}"
    if values.year is not None and not held.first_year <= values.year <= held.last_year:
        return f"of {values.venue} the index holds {held.first_year} to {held.last_year}"
    return ""

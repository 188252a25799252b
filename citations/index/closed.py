"""Closed venue-years: those whose every paper is held, so that "cited as NeurIPS 2019, which has no such paper" is an argument.

Closedness is never inferred from counts. It comes from DBLP XML, where every record of every table of contents of that
series and year is held, or from ``closed_years.json``, a list of what people verified. It speaks about the venue field
alone, never about whether a work exists.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from citations.index.dblp_xml import FOREIGN, stream
from citations.index.schema import BODY, MARKS, VOLUME, decode, schema
from citations.types import Work
from citations.venues import venue_key

if TYPE_CHECKING:
    import tantivy

MIN_WORKS = 20
"""Smaller meetings are not closed: a missing paper would go unnoticed."""
_MAX_VOLUMES = 500_000
_MAX_PAPERS = 20_000
_HOLE_PAGES = 3
"""Front matter and blank pages leave smaller holes between papers."""
_PART = re.compile(r"\s*\((?:\d+|[ivx]+)\)$", re.IGNORECASE)
_PAGES = re.compile(r"(\d+)-(\d+)")
_NOT_THE_VENUE = re.compile(
    r"[@()]|\b(?:workshops?|findings|companion|adjunct|posters?|demos?|tutorials?|track|datasets and benchmarks)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class HeldToc:
    """A table of contents and the number of its papers that were held when the index was finished."""

    mark: str
    works: int


@dataclass(frozen=True, slots=True)
class ClosedYear:
    """One venue in one year, every paper of which is held."""

    venue: str
    """Name as the source gives it: ``NeurIPS``."""
    key: str
    """Its key as of ``citations.venues.venue_key``."""
    year: int
    tocs: tuple[HeldToc, ...]
    ground: str
    """``DBLP table of contents``, or how a person verified it."""

    @property
    def works(self) -> int:
        """Number of its papers."""
        return sum(toc.works for toc in self.tocs)


@dataclass(frozen=True, slots=True)
class Verified:
    """An entry of ``closed_years.json``."""

    venue: str
    year: int
    source_sha256: str
    """Digest of the source whose completeness for this venue and year was verified."""
    expected: int
    """Papers of the venue-year in that source."""
    verified: str
    """How, by whom or against what, and when."""

    @property
    def mark(self) -> str:
        """Under which its papers are marked in the index."""
        return f"listed:{venue_key(self.venue)}/{self.year}"


@lru_cache(maxsize=1)
def verified_list() -> tuple[Verified, ...]:
    """The committed list."""
    stored = json.loads(files("citations.index").joinpath("closed_years.json").read_text(encoding="utf-8"))
    return tuple(Verified(**entry) for entry in stored["closed"])


def listed_marks(work: Work, listed: Sequence[Verified]) -> tuple[str, ...]:
    """The marks of the venue-years of ``listed`` that the work belongs to."""
    if not listed:
        return ()
    names = {venue_key(name) for name in (work.fields.venue, *work.other_venues) if name and not is_side_venue(name)}
    return tuple(entry.mark for entry in listed if work.fields.year == entry.year and venue_key(entry.venue) in names)


def is_side_venue(venue: str) -> bool:
    """Whether the name is that of a workshop, companion, track or the Findings rather than of the venue itself.

    >>> [is_side_venue(name) for name in ("EMNLP", "EMNLP (Findings)", "ECCV Workshops", "PERLS@NeurIPS")]
    [False, True, True, True]
    """
    return bool(_NOT_THE_VENUE.search(_PART.sub("", venue)))


def find_closed(
    searcher: tantivy.Searcher, incomplete: frozenset[str], listed: Iterable[Verified], before: Iterable[ClosedYear]
) -> tuple[ClosedYear, ...]:
    """The closed venue-years of a finished index; a venue whose papers stand in several series is closed in all or none.

    ``incomplete``: tables of contents with a record that could not be indexed; ``before``: what an earlier state of the
    same index held, below which no number of papers may fall.
    """
    known = {toc.mark: toc.works for year in before for toc in year.tocs}
    years: list[ClosedYear] = []
    named: Counter[tuple[str, int]] = Counter()
    for group in _groups(searcher):
        years += _closed_of(searcher, group, incomplete, known)
        named.update({(venue_key(volume.name), volume.year) for volume in group if not is_side_venue(volume.name)})
    found = Counter((each.key, each.year) for each in years)
    years = [each for each in years if found[each.key, each.year] == named[each.key, each.year]]
    for entry in listed:
        works = held(searcher, entry.mark)
        if works == entry.expected >= MIN_WORKS:
            toc = HeldToc(entry.mark, works)
            years.append(ClosedYear(entry.venue, venue_key(entry.venue), entry.year, (toc,), entry.verified))
    return tuple(years)


@dataclass(frozen=True, slots=True)
class _Volume:
    """A volume of proceedings."""

    name: str
    year: int
    toc: str


def _groups(searcher: tantivy.Searcher) -> Iterator[list[_Volume]]:
    """The volumes of each series and year."""
    groups: dict[tuple[str, int], list[_Volume]] = {}
    for work in _marked(searcher, VOLUME, _MAX_VOLUMES):
        key, year = work.key.removeprefix("DBLP:"), work.fields.year
        if year is None or not key.startswith("conf/") or not work.other_venues:
            continue
        toc = work.url.removeprefix("https://dblp.org/")
        name = _PART.sub("", work.other_venues[0])
        groups.setdefault((stream(key), year), []).append(_Volume(name, year, toc))
    yield from groups.values()


def _closed_of(
    searcher: tantivy.Searcher, group: list[_Volume], incomplete: frozenset[str], known: dict[str, int]
) -> Iterator[ClosedYear]:
    """The venues of one series and year, none if a single volume of it is incomplete (also a companion)."""
    counts = {volume.toc: held(searcher, volume.toc) for volume in group}
    for toc, works in counts.items():
        if not works or toc in incomplete or held(searcher, f"{FOREIGN}:{toc}") or works < known.get(toc, 0):
            return
    by_key: dict[str, list[_Volume]] = {}
    for volume in group:
        if not is_side_venue(volume.name):
            by_key.setdefault(venue_key(volume.name), []).append(volume)
    for key, volumes in by_key.items():
        tocs = tuple(dict.fromkeys(volume.toc for volume in volumes))
        if sum(counts[toc] for toc in tocs) < MIN_WORKS or any(_has_hole(searcher, toc) for toc in tocs):
            continue
        kept = tuple(HeldToc(toc, counts[toc]) for toc in tocs)
        yield ClosedYear(min((v.name for v in volumes), key=len), key, group[0].year, kept, "DBLP table of contents")


def _has_hole(searcher: tantivy.Searcher, toc: str) -> bool:
    """Whether the pages of a volume that is paged through show that a paper is missing."""
    found = [_PAGES.fullmatch(work.fields.pages) for work in _marked(searcher, toc, _MAX_PAPERS)]
    ranges = sorted((int(pages[1]), int(pages[2])) for pages in found if pages)
    if len(ranges) < len(found):
        return False
    gaps = [after[0] - before[1] - 1 for before, after in pairwise(ranges)]
    paged_through = all(gap >= -1 for gap in gaps)
    return paged_through and any(gap > _HOLE_PAGES for gap in gaps)


def held(searcher: tantivy.Searcher, mark: str) -> int:
    """How many works carry the mark now."""
    import tantivy

    query = tantivy.Query.term_query(schema(), MARKS, mark)
    found: Any = searcher.search(query, 1, count=True)
    return int(found.count or 0)


def _marked(searcher: tantivy.Searcher, mark: str, limit: int) -> Iterator[Work]:
    import tantivy

    query = tantivy.Query.const_score_query(tantivy.Query.term_query(schema(), MARKS, mark), 1.0)
    for _, address in searcher.search(query, limit, count=False).hits:
        yield decode(searcher.doc(address).get_first(BODY) or b"")


def closed_as_json(years: Iterable[ClosedYear]) -> list[Any]:
    """The closed venue-years as JSON values."""
    return [
        [each.venue, each.key, each.year, [[toc.mark, toc.works] for toc in each.tocs], each.ground] for each in years
    ]


def closed_from_json(stored: Iterable[Any]) -> tuple[ClosedYear, ...]:
    """The closed venue-years read back."""
    return tuple(
        ClosedYear(venue, key, year, tuple(HeldToc(*toc) for toc in tocs), ground)
        for venue, key, year, tocs, ground in stored
    )

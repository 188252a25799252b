"""Worlds to check references in: an index of the works that a measurement knows, and registries that hide some of them."""

from __future__ import annotations

import hashlib
import json
import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

from platformdirs import user_cache_path

from citations.check import CheckOptions, check
from citations.index.build import build_index
from citations.registries.interface import Coverage, Registry
from citations.registries.offline import OfflineIndex
from citations.registries.settings import Patience, RegistrySettings
from citations.types import Answer, CheckedReference, Found, Query, Reference, Status, Work

T = TypeVar("T")
SHARED = Path(os.environ.get("VERIFIER_SHARED_DATA", Path(__file__).resolve().parents[3] / "shared" / "data"))
"""Where the shared data lies unless something else is asked for."""


@dataclass(frozen=True)
class Tally:
    """How a set of references came out."""

    total: int
    statuses: Counter[Status]
    checked: tuple[CheckedReference, ...]

    @property
    def accused(self) -> float:
        """Share called ``mismatch``, ``not_found`` or ``fabricated``."""
        return self.share(Status.MISMATCH, Status.NOT_FOUND, Status.FABRICATED)

    @property
    def verified(self) -> float:
        """Share called ``verified``."""
        return self.share(Status.VERIFIED)

    def share(self, *statuses: Status) -> float:
        """Share of the given verdicts."""
        return sum(self.statuses[status] for status in statuses) / max(1, self.total)


def tally(
    references: Sequence[Reference], registries: Sequence[Registry], options: CheckOptions | None = None
) -> Tally:
    """Check all references and count the verdicts."""
    checked = tuple(check(references, registries, options=options))
    if len(checked) != len(references):
        raise AssertionError(f"{len(references)} references gave {len(checked)} verdicts")
    return Tally(len(checked), Counter(each.verdict.status for each in checked), checked)


def kept_in() -> Path:
    """The folder of everything that is made once and used by later runs."""
    return user_cache_path("factprobe") / "bench"


def index_of(name: str, sources: Sequence[Path], keep: Path | None = None) -> Path:
    """The index of these files, built once and kept (in the user's cache), keyed by their content's size and name."""
    facts = json.dumps([(path.name, path.stat().st_size) for path in sources]).encode()
    folder = (keep or kept_in()) / f"{name}-{hashlib.sha256(facts).hexdigest()[:12]}"
    if not (folder / "done").exists():
        build_index(sources, folder)
        (folder / "done").touch()
    return folder


def index_of_items(name: str, items: Iterable[Mapping[str, Any]], keep: Path | None = None) -> Path:
    """The index of records in the shape of Crossref's dump."""
    source = (keep or kept_in()) / f"{name}.jsonl"
    source.parent.mkdir(parents=True, exist_ok=True)
    source.write_text("".join(json.dumps(item) + "\n" for item in items), encoding="utf-8")
    return index_of(name, [source], keep)


@dataclass(frozen=True)
class Hiding:
    """A registry without some of its works: as if they had never been published."""

    inner: Registry
    hidden: Callable[[Query, Work], bool]

    @property
    def name(self) -> str:
        """The name of the registry behind."""
        return self.inner.name

    @property
    def coverage(self) -> Coverage:
        """What the registry behind covers."""
        return self.inner.coverage

    def look_up(self, queries: Sequence[Query]) -> Iterator[tuple[Query, Answer]]:
        """The answers of the registry behind, less what is hidden."""
        for query, answer in self.inner.look_up(queries):
            if isinstance(answer, Found):
                yield query, replace(answer, works=tuple(w for w in answer.works if not self.hidden(query, w)))
            else:
                yield query, answer

    def close(self) -> None:
        """Close the registry behind."""
        self.inner.close()


def offline(folder: Path) -> OfflineIndex:
    """The index of a folder as a registry."""
    return OfflineIndex(folder)


def quick(settings: RegistrySettings) -> RegistrySettings:
    """The same registries, asked by somebody who waits for no failure longer than a moment."""
    return replace(settings, patience=Patience(backoff_s=0.02, backoff_ceiling_s=0.1))


def by_hash(items: Iterable[T], key: Callable[[T], str], share: float) -> Iterator[T]:
    """A sample that is the same on every machine: items whose key's digest falls into the share."""
    limit = int(share * 0xFFFFFFFF)
    return (item for item in items if int(hashlib.sha256(key(item).encode()).hexdigest()[:8], 16) <= limit)

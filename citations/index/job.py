"""The state of a build: which sources, how far each was read, and the folder that is being filled.

``DIR/building.json`` keeps it between checkpoints; the finished state lies inside the generation as ``state.json``.
"""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from citations.errors import IndexDamaged, IndexMissing
from citations.index.closed import Verified
from citations.index.manifest import Tally, read_manifest, write_json

BUILDING = "building.json"
STATE = "state.json"
COMMIT_EVERY = 250_000
"""Records between checkpoints."""
_PROGRESS_S = 0.1


@dataclass(frozen=True, slots=True)
class BuildProgress:
    """How far a build is."""

    source: str
    """Name of the file that is being read."""
    works: int
    """Works indexed so far, of all sources."""
    skipped: int
    done_bytes: int
    """Of this build's files together, as they lie on disk."""
    total_bytes: int


@dataclass(slots=True)
class Source:
    """One file of the build and how far it was read."""

    path: str
    format: str
    sha256: str
    size_bytes: int
    batches: int = 0
    records: int = 0
    """Records read up to the last checkpoint, indexed or not."""
    finished: bool = False
    read_at: str = ""
    tally: Tally = field(default_factory=Tally)
    incomplete: list[str] = field(default_factory=list)
    """Tables of contents with a record that could not be indexed."""

    @property
    def id(self) -> str:
        """The beginning of the digest, by which its works are known inside the index."""
        return self.sha256[:16]


@dataclass(slots=True)
class Job:
    """A build under way."""

    directory: Path
    generation: str
    sources: list[Source]
    listed: tuple[Verified, ...]
    progress: Callable[[BuildProgress], None] | None
    commit_every: int
    dropped: tuple[str, ...] = ()
    """Identifiers of sources that an earlier state of this build had read and that are no longer wanted."""
    told_at: float = 0.0

    @property
    def folder(self) -> Path:
        """The generation that is being filled."""
        return self.directory / self.generation

    def save(self) -> None:
        """Note the state, in one step."""
        write_json(self.directory / BUILDING, as_json(self))

    def tell(self, source: Source, position: int, *, now_and_then: bool = False) -> None:
        """Report progress; ``now_and_then``: at most ten times a second."""
        now = time.monotonic()
        if self.progress is None or (now_and_then and now - self.told_at < _PROGRESS_S):
            return
        self.told_at = now
        done = sum(each.size_bytes for each in self.sources if each.finished)
        self.progress(
            BuildProgress(
                source=Path(source.path).name,
                works=sum(each.tally.works for each in self.sources),
                skipped=sum(each.tally.skipped.total() for each in self.sources),
                done_bytes=done + (0 if source.finished else position),
                total_bytes=sum(each.size_bytes for each in self.sources),
            )
        )


def begin(directory: Path, wanted: list[Source]) -> Job:
    """The unfinished build of the folder if it can go on, else a new one on top of the current index."""
    try:
        stored = json.loads((directory / BUILDING).read_text(encoding="utf-8"))
        begun = [_source(each) for each in stored["sources"]]
        if (directory / stored["generation"] / "meta.json").is_file():
            return _on_top_of(directory, stored["generation"], begun, wanted)
    except (OSError, ValueError, KeyError, TypeError):
        pass
    current = current_generation(directory)
    held: list[Source] = []
    if current:
        try:
            stored = json.loads((directory / current / STATE).read_text(encoding="utf-8"))
            held = [_source(each) for each in stored["sources"]]
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise IndexDamaged(
                f"the index in {directory} is damaged", hint="build a new one in another folder with --to"
            ) from error
    job = _on_top_of(directory, current, held, wanted)
    if current and not job.dropped and all(source.finished for source in job.sources):
        return job
    job.generation = _next_generation(directory)
    _copy(directory / current if current else None, job.folder)
    job.save()
    return job


def current_generation(directory: Path) -> str:
    """The folder of the current index inside ``directory``, empty if there is none."""
    try:
        return read_manifest(directory).generation
    except (IndexMissing, IndexDamaged):
        return ""


def _on_top_of(directory: Path, generation: str, held: list[Source], wanted: list[Source]) -> Job:
    merged = _merged(held, wanted)
    kept = {source.id for source in merged}
    dropped = tuple(source.id for source in held if source.id not in kept)
    return Job(directory, generation, merged, (), None, COMMIT_EVERY, dropped)


def _merged(held: list[Source], wanted: list[Source]) -> list[Source]:
    """What is held and stays, then what is wanted; a wanted file replaces the one at the same path."""
    known = {source.id: source for source in held}
    paths = {source.path for source in wanted}
    ids = {source.id for source in wanted}
    kept = [source for source in held if source.finished and source.path not in paths and source.id not in ids]
    return kept + [known.get(source.id, source) for source in wanted]


def _next_generation(directory: Path) -> str:
    numbers = [int(path.name[2:]) for path in directory.glob("g-*") if path.name[2:].isdigit()]
    return f"g-{max(numbers, default=0) + 1:04d}"


def _copy(old: Path | None, new: Path) -> None:
    """The old generation as the beginning of the new one; Tantivy never changes a file, so links do."""
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir()
    for path in old.iterdir() if old is not None else ():
        if path.name.endswith(".lock"):
            continue
        if path.suffix == ".json" or path.name.startswith("."):
            shutil.copy2(path, new / path.name)
            continue
        try:
            os.link(path, new / path.name)
        except OSError:
            shutil.copy2(path, new / path.name)


def as_json(job: Job) -> dict[str, Any]:
    """The state as JSON values."""
    return {
        "generation": job.generation,
        "sources": [
            {
                "path": source.path,
                "format": source.format,
                "sha256": source.sha256,
                "size_bytes": source.size_bytes,
                "batches": source.batches,
                "records": source.records,
                "finished": source.finished,
                "read_at": source.read_at,
                "tally": source.tally.as_json(),
                "incomplete": source.incomplete,
            }
            for source in job.sources
        ],
    }


def _source(stored: dict[str, Any]) -> Source:
    return Source(**{**stored, "tally": Tally.from_json(stored["tally"])})

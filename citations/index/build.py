"""Build an index from dumps: in a folder of its own, from checkpoint to checkpoint, and made current in one step.

``DIR/index.json`` names the current generation; ``DIR/building.json`` is the state of one that is not finished. A killed
build goes on behind its last checkpoint; readers see the old generation until the new one is whole.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import zipfile
import zlib
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from citations.errors import IndexDamaged, UnreadableInput
from citations.index.closed import (
    ClosedYear,
    Verified,
    closed_as_json,
    closed_from_json,
    find_closed,
    listed_marks,
    verified_list,
)
from citations.index.dumps import DumpFormat, dump_format, files_of
from citations.index.job import (
    BUILDING,
    COMMIT_EVERY,
    STATE,
    BuildProgress,
    Job,
    Source,
    as_json,
    begin,
    current_generation,
)
from citations.index.manifest import (
    IndexInfo,
    SkipCount,
    SourceInfo,
    Tally,
    YearCount,
    common_kinds,
    read_manifest,
    write_json,
    write_manifest,
)
from citations.index.schema import BATCH, SOURCE, Skipped, analyzer, document, schema
from citations.index.search import CLOSED, VENUES

if TYPE_CHECKING:
    import tantivy

_HEAP_BYTES = 160 << 20
_MAX_INCOMPLETE = 100_000


def build_index(
    sources: Sequence[Path],
    directory: Path,
    *,
    progress: Callable[[BuildProgress], None] | None = None,
    commit_every: int = COMMIT_EVERY,
    listed: tuple[Verified, ...] | None = None,
) -> IndexInfo:
    """Index the dumps in ``directory``, beside what is there already; go on where a killed build stopped.

    A file of the same name as one that was read earlier replaces it; an unchanged one is not read again. Raises
    ``UnreadableInput`` for a dump that cannot be read, and then leaves the current index as it was.
    """
    directory.mkdir(parents=True, exist_ok=True)
    wanted = [_identify(path) for given in sources for path in files_of(given)]
    job = begin(directory, list({each.id: each for each in wanted}.values()))
    job.progress, job.commit_every = progress, commit_every
    job.listed = verified_list() if listed is None else listed
    if job.generation == current_generation(directory):
        return read_manifest(directory)
    writer = _writer(job.folder)
    try:
        _forget(writer, job)
        for source in job.sources:
            if not source.finished:
                _read(writer, job, source)
        writer.commit()
        writer.wait_merging_threads()
    finally:
        del writer
    return _finish(job)


def update_index(
    directory: Path, *, progress: Callable[[BuildProgress], None] | None = None, commit_every: int = COMMIT_EVERY
) -> IndexInfo:
    """Read the sources of an index again that changed since; those that are gone keep their works."""
    info = read_manifest(directory)
    there = [Path(source.path) for source in info.sources if Path(source.path).is_file()]
    return build_index(there, directory, progress=progress, commit_every=commit_every)


def _identify(path: Path) -> Source:
    """The file's format and digest."""
    kind = dump_format(path)
    try:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            size = file.tell()
    except OSError as error:
        raise UnreadableInput(f"{path} cannot be read", hint=str(error)) from error
    return Source(path=str(path.resolve()), format=kind.name, sha256=digest, size_bytes=size)


def _writer(folder: Path) -> tantivy.IndexWriter:
    import tantivy

    try:
        index = tantivy.Index(schema(), path=str(folder))
        index.register_tokenizer("folded", analyzer())
        return index.writer(_HEAP_BYTES, 1)
    except (ValueError, OSError) as error:
        hint = (
            "wait for the other process that builds it"
            if "lock" in str(error).lower()
            else "build it in another folder"
        )
        raise IndexDamaged(f"the index in {folder.parent} cannot be written", hint=hint) from error


def _forget(writer: tantivy.IndexWriter, job: Job) -> None:
    """Take out what an earlier state holds of sources that are gone or that are read from the start again."""
    kept = {source.id for source in job.sources}
    try:
        stored = json.loads((job.folder / STATE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        stored = {"sources": []}
    for gone in {*job.dropped, *(source["sha256"][:16] for source in stored["sources"])} - kept:
        writer.delete_documents_by_term(SOURCE, gone)
    for source in job.sources:
        if not source.finished:
            writer.delete_documents_by_term(BATCH, f"{source.id}/{source.batches}")


def _read(writer: tantivy.IndexWriter, job: Job, source: Source) -> None:
    """Index one file from its last checkpoint on."""
    kind = dump_format(Path(source.path))
    listed = tuple(entry for entry in job.listed if entry.source_sha256 == source.sha256)
    try:
        with Path(source.path).open("rb") as file:
            _records(writer, job, source, kind, listed, file)
    except (OSError, EOFError, ValueError, zlib.error, zipfile.BadZipFile) as error:
        raise UnreadableInput(
            f"{source.path} is damaged after {source.records:,} records",
            hint=f"{error}; download it again, or build without it",
        ) from error
    source.finished = True
    source.read_at = datetime.now(UTC).isoformat()
    _checkpoint(writer, job, source, source.size_bytes)


def _records(
    writer: tantivy.IndexWriter,
    job: Job,
    source: Source,
    kind: DumpFormat,
    listed: tuple[Verified, ...],
    file: BinaryIO,
) -> None:
    batch, since = f"{source.id}/{source.batches}", 0
    for record in kind.read(file, source.records):
        source.records += 1
        if isinstance(record, Skipped):
            source.tally.skipped[record.reason] += 1
            if record.toc and len(source.incomplete) < _MAX_INCOMPLETE:
                source.incomplete.append(record.toc)
        else:
            work = record.work
            made = document(record, source.id, batch, listed_marks(work, listed))
            writer.add_document(made)
            source.tally.add(work.fields.year, work.fields.kind, (work.other_venues or (work.fields.venue,))[0])
        since += 1
        if since >= job.commit_every:
            _checkpoint(writer, job, source, file.tell())
            batch, since = f"{source.id}/{source.batches}", 0
        if since % 256 == 0:
            job.tell(source, file.tell(), now_and_then=True)


def _checkpoint(writer: tantivy.IndexWriter, job: Job, source: Source, position: int) -> None:
    """Commit, then note it; killed in between, the batch is taken out and read again."""
    writer.commit()
    source.batches += 1
    job.save()
    job.tell(source, position)


def _finish(job: Job) -> IndexInfo:
    """Write what stands beside the index, then make the generation the current one."""
    import tantivy

    job.folder.joinpath(".tantivy-writer.lock").unlink(missing_ok=True)
    total = Tally()
    for source in job.sources:
        total.merge(source.tally)
    index = tantivy.Index.open(str(job.folder))
    incomplete = frozenset(toc for source in job.sources for toc in source.incomplete)
    closed = find_closed(index.searcher(), incomplete, job.listed, _closed_before(job.directory))
    write_json(job.folder / VENUES, total.venues)
    write_json(job.folder / CLOSED, closed_as_json(closed))
    write_json(job.folder / STATE, as_json(job))
    info = _info(job, total, len(closed))
    write_manifest(info)
    (job.directory / BUILDING).unlink(missing_ok=True)
    for old in job.directory.glob("g-*"):
        if old.name != job.generation:
            shutil.rmtree(old, ignore_errors=True)
    return info


def _closed_before(directory: Path) -> tuple[ClosedYear, ...]:
    current = current_generation(directory)
    try:
        return closed_from_json(json.loads((directory / current / CLOSED).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return ()


def _info(job: Job, total: Tally, closed: int) -> IndexInfo:
    read = [datetime.fromisoformat(source.read_at) for source in job.sources]
    return IndexInfo(
        directory=job.directory,
        generation=job.generation,
        works=total.works,
        built_at=min(read, default=datetime.now(UTC)),
        sources=tuple(
            SourceInfo(
                path=source.path,
                format=source.format,
                sha256=source.sha256,
                size_bytes=source.size_bytes,
                works=source.tally.works,
                skipped=tuple(SkipCount(reason, count) for reason, count in source.tally.skipped.most_common()),
                read_at=datetime.fromisoformat(source.read_at),
            )
            for source in job.sources
        ),
        years=tuple(YearCount(year, total.years[year]) for year in sorted(total.years)),
        kinds=common_kinds(total),
        venues=len(total.venues),
        closed=closed,
    )

"""The conductor for files: paths to documents to references to findings to a report."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

import verifier
from citations.errors import CitationsError, NoReferences
from citations.extract.sources import Source, find_sources
from citations.types import Extracted, Reference, Unreadable
from verifier.errors import StoreError
from verifier.findings import Check, Judged, OnFinding, Record, judge, not_kept
from verifier.gaps import Circumstances, gaps, hints
from verifier.render.own import is_own_report
from verifier.types import FailedInput, Gap, Report, Tool


class Extract(Protocol):
    """Reads one input; raises ``CitationsError`` if nothing of it can be read."""

    def __call__(self, source: Source) -> Iterator[Extracted]:
        """References and unreadable entries, in file order."""


@dataclass(frozen=True, slots=True)
class Read:
    """What the inputs hold."""

    references: tuple[Reference, ...]
    unreadable: tuple[Unreadable, ...]
    failed: tuple[FailedInput, ...]
    empty: tuple[str, ...] = ()
    """Files found in folders that hold no reference."""
    lost: tuple[str, ...] = ()
    """Files that were named and of which every entry is unreadable."""


def scan(  # noqa: PLR0913  everything that can be set, by name
    paths: Sequence[str],
    extract: Extract,
    check: Check,
    *,
    around: Circumstances | None = None,
    record: Record | None = None,
    resume: bool = False,
    on_finding: OnFinding | None = None,
    target: str | None = None,
    lean: bool = False,
) -> Report:
    """Check every reference of every file: findings + unreadable = everything that is in them.

    ``target`` is where the report will be written; the report of an earlier run that stands there is not scanned. With
    ``lean`` the report keeps of verified references no more than is counted: ``on_finding`` and ``record`` have seen them.

    Never raises for what stands in the files, what registries do, or a database that fails on the way.
    """
    started_at = datetime.now(UTC)
    content = read(paths, extract, target)
    around = around or Circumstances(command=shlex.join(["verifier", "scan", *paths]))
    judged = judge(
        content.references,
        check,
        record=record,
        resume=resume,
        on_finding=on_finding,
        lean=lean,
        model=around.citation_model,
    )
    return report(tuple(paths), content, judged, around, started_at=started_at, record=record)


def read(paths: Sequence[str], extract: Extract, target: str | None = None) -> Read:
    """Everything in the inputs; an extractor that crashes on one file costs that file alone."""
    references: dict[str, Reference] = {}
    unreadable: list[Unreadable] = []
    failed: list[FailedInput] = []
    empty: list[str] = []
    lost: list[str] = []
    for source in _sources(paths, failed, target):
        found, trouble = _content(source, extract)
        if trouble is not None:
            failed.append(trouble)
        elif not found:
            empty.append(source.name)
        elif source.root is None and all(isinstance(each, Unreadable) for each in found):
            lost.append(source.name)
        for each in found:
            if isinstance(each, Reference):
                unique = _unique(each, references)
                references[unique.id] = unique
            else:
                unreadable.append(each)
    return Read(tuple(references.values()), tuple(unreadable), tuple(failed), tuple(empty), tuple(lost))


def _content(source: Source, extract: Extract) -> tuple[list[Extracted], FailedInput | None]:
    """What one file holds, and why there is no more; no reference in a file that was not named is no trouble."""
    found: list[Extracted] = []
    try:
        found.extend(extract(source))
        empty = None if found else _no_references(source)
    except NoReferences as error:
        empty = error
    except CitationsError as error:
        return found, FailedInput(source.name, error.code, error.message, error.hint)
    except Exception as error:  # noqa: BLE001 - a hostile file must not take the others with it
        reason = f"reading it failed: {type(error).__name__}: {error}"
        return found, FailedInput(source.name, "extractor-crashed", reason)
    if empty is None or source.root is not None:
        return found, None
    return found, FailedInput(source.name, empty.code, empty.message, empty.hint)


def _no_references(source: Source) -> NoReferences:
    return NoReferences(
        f"no reference was found in {source.name}",
        hint="if it is prose with citations, use `verifier check`; if it is a scanned PDF, it needs a text layer",
    )


def report(
    inputs: tuple[str, ...],
    content: Read,
    judged: Judged,
    around: Circumstances,
    *,
    started_at: datetime,
    record: Record | None = None,
) -> Report:
    """The report of a finished or interrupted run, noted in the record."""
    missing = gaps(judged.findings, content.unreadable, around, interrupted=judged.interrupted)
    if content.empty:
        names = ", ".join(content.empty[:5]) + (" and others" if len(content.empty) > 5 else "")
        files = "file" if len(content.empty) == 1 else "files"
        missing += (Gap(f"{len(content.empty)} {files} without references", names),)
    made = Report(
        tool=Tool("factprobe", verifier.__version__),
        inputs=inputs,
        findings=judged.findings,
        unreadable=content.unreadable,
        gaps=missing,
        started_at=started_at,
        finished_at=datetime.now(UTC),
        failed=content.failed + judged.failures,
        lost=content.lost,
        interrupted=judged.interrupted,
        hints=hints(judged.findings, around),
    )
    if record is None or judged.failures:
        return made
    return _recorded(made, record)


def _recorded(made: Report, record: Record) -> Report:
    try:
        record.unreadable(made.unreadable)
        record.finish(made)
    except StoreError as error:
        return replace(made, failed=(*made.failed, not_kept(error)))
    return made


def _sources(paths: Sequence[str], failed: list[FailedInput], target: str | None) -> list[Source]:
    """The files behind the paths, each once; a path that cannot be used costs that path alone."""
    found: dict[str, Source] = {}
    for path in paths:
        if not path:  # an unset variable of a shell must not scan the working directory
            failed.append(FailedInput("", "unreadable-input", "an empty path was given", "name a file or a folder"))
            continue
        try:
            for source in find_sources([path]):
                if _is_replaced(source, target):
                    continue
                found.setdefault(source.name if source.name == "-" else os.path.realpath(source.name), source)
        except CitationsError as error:
            failed.append(FailedInput(path, error.code, error.message, error.hint))
        except (OSError, ValueError) as error:
            failed.append(FailedInput(path, "unreadable-input", f"it cannot be opened: {error}"))
    return list(found.values())


def _is_replaced(source: Source, target: str | None) -> bool:
    """Whether a file of a scanned folder is the last report, which this one will replace."""
    place = Path(source.name)
    if target in {None, "-"} or source.root is None:
        return False
    return os.path.realpath(place) == os.path.realpath(str(target)) and is_own_report(place)


def _unique(reference: Reference, known: dict[str, Reference]) -> Reference:
    """Ids are promised to be unique, but two entries with one key must not become one because an extractor forgot."""
    if reference.id not in known:
        return reference
    number = 2
    while f"{reference.id}~{number}" in known:
        number += 1
    return replace(reference, id=f"{reference.id}~{number}")

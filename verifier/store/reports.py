"""What the database holds as a report again, with the decisions in it: of one scan, or of a range of dates. Reads only."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, RowMapping, and_, exists, or_, select, true

import verifier
from citations.types import Location, Unreadable
from verifier.errors import StoreError
from verifier.fingerprint import short_digest
from verifier.store.adjudications import has_same_facts, ruling
from verifier.store.connect import reading
from verifier.store.flags import same_flag
from verifier.store.levels import StorageLevel
from verifier.store.reviews import FlagState
from verifier.store.scans import ScanState, findings_of
from verifier.store.stored import FlagKind
from verifier.store.tables import checked_references, flag_papers, flags, reviews, scans, unreadable, utc
from verifier.store.wire import read_flagged, read_summary
from verifier.types import ClaimFinding, Decision, Finding, Flagged, Gap, Report, Tool

MOST_FLAGS = 10_000
"""So many flags one report holds; what is beyond is a gap."""
_AT_ONCE = 500
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Period:
    """Which flags: those that were seen or decided from ``since`` on and before ``until``."""

    since: datetime | None = None
    until: datetime | None = None
    paper: str = ""
    """Name of a file or text as it was scanned; empty for all."""


def period_report(engine: Engine, period: Period) -> Report:
    """The flags of a range of dates with what was decided; the same database gives the same report.

    A sample of what passed is in it once it is decided: before that nobody is to know its verdict.
    """
    with reading(engine) as connection:
        columns = [flags.c[name] for name in ("id", "kind", "state", "quorum", "finding", "created_at", "last_seen_at")]
        wanted = select(*columns).where(_within(period)).order_by(flags.c.id)
        stored = list(connection.execute(wanted.limit(MOST_FLAGS + 1)).mappings())
        shown = stored[:MOST_FLAGS]
        found = [_decided(connection, each) for each in shown]
        as_of = _as_of(connection, shown, period)
    gaps = _waiting(shown, found)
    if len(stored) > MOST_FLAGS:
        gaps += (Gap("further flags", f"a report holds {MOST_FLAGS:,} of them", "name a shorter time or a --paper"),)
    return Report(
        tool=_tool(),
        inputs=(_name(period),),
        findings=tuple(each for each in found if isinstance(each, Finding)),
        claims=tuple(each for each in found if isinstance(each, ClaimFinding)),
        unreadable=(),
        gaps=gaps,
        started_at=as_of,
        finished_at=as_of,
    )


def scan_report(engine: Engine, scan_id: int | None = None, *, paper: str = "") -> Report:
    """The whole report of one scan again, with the decisions of today; the newest, or the newest of a paper, by default.

    Raises ``StoreError`` where there is no such scan. Of claims only the flagged are kept.
    """
    with reading(engine) as connection:
        stored = connection.execute(_scan(scan_id, paper)).mappings().first()
        if stored is None:
            which = f"scan {scan_id}" if scan_id is not None else f"scan of {paper}" if paper else "scan"
            raise StoreError(
                f"the database holds no {which}", hint="name a paper as it was scanned, or no --scan at all"
            )
        number = stored["id"]
        seen = (flags.c.last_scan_id == number) & (flags.c.kind == FlagKind.CLAIM.value) & ~flags.c.blind
        claims = connection.execute(select(flags).where(seen).order_by(flags.c.id)).mappings().all()
        found = [_decided(connection, each) for each in claims]
        findings = tuple(_adjudicated(connection, each, stored) for each in findings_of(connection, number))
        lost = tuple(_unreadable(connection, number))
    started_at = utc(stored["started_at"])
    return Report(
        tool=Tool("factprobe", stored["tool_version"]),
        inputs=tuple(json.loads(stored["inputs"])),
        findings=findings,
        claims=tuple(each for each in found if isinstance(each, ClaimFinding)),
        unreadable=lost,
        gaps=_gaps(stored),
        started_at=started_at,
        finished_at=started_at if stored["finished_at"] is None else utc(stored["finished_at"]),
        interrupted=stored["state"] != ScanState.FINISHED.value,
    )


def _within(period: Period) -> ColumnElement[bool]:
    answered = select(reviews.c.flag_id).where(_between(reviews.c.at, period))
    seen = or_(_between(flags.c.created_at, period), _between(flags.c.last_seen_at, period), flags.c.id.in_(answered))
    decided = flags.c.state.in_([FlagState.ACCEPTED.value, FlagState.REJECTED.value])
    parts = [seen, or_(~flags.c.blind, decided)]
    if period.paper:
        held = select(flag_papers.c.flag_id).where(flag_papers.c.paper_digest == short_digest(period.paper))
        parts.append(flags.c.id.in_(held))
    return and_(*parts)


def _between(column: Any, period: Period) -> ColumnElement[bool]:
    parts: list[ColumnElement[bool]] = [true()]
    if period.since is not None:
        parts.append(column >= period.since)
    if period.until is not None:
        parts.append(column < period.until)
    return and_(*parts)


def _as_of(connection: Connection, shown: Sequence[RowMapping], period: Period) -> datetime:
    """The moment of the report: the end of the range, else of the last thing in it; no clock is read."""
    moments = [utc(each[name]) for each in shown for name in ("created_at", "last_seen_at")]
    for start in range(0, len(shown), _AT_ONCE):
        some = [each["id"] for each in shown[start : start + _AT_ONCE]]
        times = connection.execute(select(reviews.c.at).where(reviews.c.flag_id.in_(some))).scalars()
        moments += [utc(each) for each in times]
    return period.until or max(moments, default=period.since or _EPOCH)


def _name(period: Period) -> str:
    """What the report is about, where others name the files."""
    since = f" from {period.since:%Y-%m-%d %H:%M}" if period.since else ""
    until = f" before {period.until:%Y-%m-%d %H:%M}" if period.until else ""
    what = f"{period.paper}: flags" if period.paper else "flags"
    return f"{what} seen or decided{since}{until} UTC" if since or until else f"all {what}"


def _decided(connection: Connection, stored: RowMapping) -> Flagged:
    flagged = read_flagged(FlagKind(stored["kind"]), stored["finding"])
    return replace(flagged, adjudication=ruling(connection, flagged, stored, same_facts=True))


def _adjudicated(connection: Connection, finding: Finding, scan: RowMapping) -> Finding:
    """A finding of a scan with the decision about its flag, if there is one about the same facts.

    Where only digests are kept the facts are not; they are those of the flag as long as no later scan has seen it.
    """
    if finding.decision is Decision.ABSTAIN:
        return finding
    known = same_flag(connection, finding)
    if known is not None and scan["storage"] == StorageLevel.HASH.value:
        same_facts = known["last_scan_id"] == scan["id"]
    else:
        same_facts = known is not None and has_same_facts(known, finding)
    return replace(finding, adjudication=ruling(connection, finding, known, same_facts=same_facts))


def _waiting(shown: Sequence[RowMapping], found: Sequence[Flagged]) -> tuple[Gap, ...]:
    open_ones = sum(each["state"] == FlagState.OPEN.value for each in shown)
    disputed = sum(each["state"] == FlagState.DISPUTED.value for each in shown)
    gaps = []
    if open_ones:
        gaps.append(Gap(f"{_flags(open_ones)} without a decision", "nobody has decided, or too few", "verifier review"))
    if disputed:
        gaps.append(Gap(f"{_flags(disputed)} in dispute", "reviewers disagree", "verifier review"))
    if not found:
        gaps.append(Gap("this range", "no flag was seen or decided in it"))
    return tuple(gaps)


def _flags(number: int) -> str:
    return "1 flag" if number == 1 else f"{number} flags"


def _scan(scan_id: int | None, paper: str) -> Any:
    wanted = select(scans).order_by(scans.c.id.desc()).limit(1)
    if scan_id is not None:
        wanted = wanted.where(scans.c.id == scan_id)
    if paper:
        held = exists().where(checked_references.c.scan_id == scans.c.id, checked_references.c.file == paper)
        wanted = wanted.where(or_(scans.c.inputs.contains(json.dumps(paper), autoescape=True), held))
    return wanted


def _unreadable(connection: Connection, scan_id: int) -> Iterator[Unreadable]:
    wanted = select(unreadable).where(unreadable.c.scan_id == scan_id).order_by(unreadable.c.id)
    for each in connection.execute(wanted).mappings():
        yield Unreadable(Location(each["file"], each["page"], each["line"]), each["reason"], each["raw"])


def _gaps(scan: RowMapping) -> tuple[Gap, ...]:
    if scan["state"] == ScanState.RUNNING.value:
        return (Gap("the rest of the scan", "it did not end, or goes on still"),)
    if scan["summary"] is None:
        return (Gap("what the scan left open", "it is not kept, because one of its papers was forgotten"),)
    summary = read_summary(scan["summary"])
    gaps = list(summary.gaps)
    if summary.untold:
        gaps.append(Gap(f"{summary.untold} gaps", "their words were not kept"))
    if summary.failed:
        what = "1 input" if len(summary.failed) == 1 else f"{len(summary.failed)} inputs"
        gaps.append(Gap(what, f"nothing could be read of {', '.join(summary.failed)}"))
    return tuple(gaps)


def _tool() -> Tool:
    return Tool("factprobe", verifier.__version__)

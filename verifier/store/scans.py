"""Scans and their references: written as results come, read again by a scan that resumes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, astuple, dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, RowMapping, insert, select, update
from sqlalchemy.exc import IntegrityError

from citations.types import Reference, Status, Unreadable
from verifier.rules import rules_digest
from verifier.store.adjudications import silence
from verifier.store.audits import AuditDraw, draw_samples, show_flagged
from verifier.store.connect import reading, write, writing_to
from verifier.store.flags import KEEP_ALL, write_flag
from verifier.store.levels import StorageLevel, kept_evidence, kept_finding, kept_name, kept_unreadable
from verifier.store.stored import BodyOf, Keeping
from verifier.store.tables import bodies, checked_references, evidence, flags, row, scans, texts, unreadable, utc
from verifier.store.wire import (
    Packed,
    bare_finding_json,
    evidence_json,
    packed,
    read_evidence,
    read_finding,
    unpacked,
)
from verifier.types import ClaimFinding, Decision, Finding, Flagged

_AT_ONCE = 500
"""Rows named in one query; databases bound the number of parameters."""


class ScanState(StrEnum):
    """How far a scan came; one that was killed stays ``running``."""

    RUNNING = "running"
    INTERRUPTED = "interrupted"
    FINISHED = "finished"


@dataclass(frozen=True, slots=True)
class ScanKey:
    """What makes two scans the same question: they share their answers when one resumes the other."""

    kind: str
    """``scan`` or ``check``."""
    inputs: tuple[str, ...]
    """Resolved paths."""
    settings_digest: str
    """Digest of what can change a verdict."""

    @property
    def inputs_digest(self) -> str:
        """Digest of the inputs' names; that a reference is unchanged is seen by its own digest."""
        return hashlib.sha256(json.dumps([self.kind, *self.inputs]).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Earlier:
    """A finding of an earlier scan that may stand for the same reference now."""

    digest: str
    finding: Finding
    checked_at: datetime


@dataclass(frozen=True, slots=True)
class ScanVersion:
    """What judged in a scan."""

    tool_version: str
    rules_digest: str
    """Of the code that judged; empty where it was not noted."""


def reference_digest(reference: Reference) -> str:
    """Digest of what was judged: the raw entry and what was read out of it, wherever it stands."""
    text = json.dumps([reference.raw, astuple(reference.fields)], default=str)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def begin_scan(engine: Engine, key: ScanKey, tool_version: str, level: StorageLevel = StorageLevel.EXCERPT) -> int:
    """Note that a scan has started and return its number."""
    values = row(
        kind=key.kind,
        state=ScanState.RUNNING.value,
        storage=level.value,
        inputs=json.dumps([kept_name(each, level) for each in key.inputs]),
        inputs_digest=key.inputs_digest,
        settings_digest=key.settings_digest,
        tool_version=tool_version,
        rules_digest=rules_digest(),
        started_at=datetime.now(UTC),
    )
    with writing_to(engine) as connection:
        return int(connection.execute(insert(scans).returning(scans.c.id).values(values)).scalar_one())


def add_findings(
    engine: Engine,
    scan_id: int,
    findings: Sequence[Finding],
    body_of: BodyOf | None = None,
    keeping: Keeping = KEEP_ALL,
    audit: AuditDraw | None = None,
) -> None:
    """Store findings with their evidence, the flagged ones as flags, and samples of the others, in one transaction."""
    if not findings:
        return
    now = datetime.now(UTC)
    level = keeping.level

    def work(connection: Connection) -> None:
        ids = _add_references(connection, scan_id, findings, now, level)
        rows = [
            each
            for row_id, finding in zip(ids, findings, strict=True)
            for each in _evidence_rows(row_id, finding, level)
        ]
        if rows:
            connection.execute(insert(evidence), rows)
        for finding in _in_order(findings):
            silence(connection, write_flag(connection, scan_id, finding, now, keeping), finding)
        drawn = frozenset[str]()
        if audit is not None:
            drawn = draw_samples(connection, scan_id, findings, audit, now, keeping)
        if level.keeps_words:
            _keep_bodies(connection, findings, body_of, drawn)

    write(engine, work)


def add_claims(
    engine: Engine, scan_id: int, claims: Sequence[ClaimFinding], keeping: Keeping, audit: AuditDraw | None = None
) -> None:
    """Store the flagged claims as flags, and samples of those that passed, in one transaction; the others leave nothing."""
    now = datetime.now(UTC)

    def work(connection: Connection) -> None:
        numbers = [write_flag(connection, scan_id, claim, now, keeping) for claim in _in_order(claims)]
        show_flagged(connection, numbers)
        if audit is not None:
            draw_samples(connection, scan_id, claims, audit, now, keeping)

    if any(_is_flagged(each) or (audit is not None and audit.draws(each)) for each in claims):
        write(engine, work)


def add_texts(engine: Engine, scan_id: int, keeping: Keeping) -> None:
    """Store the whole text and its prompt, where the level says so."""
    rows = [
        row(scan_id=scan_id, kind=each.kind.value, **asdict(packed(each.text.encode("utf-8", "replace"))))
        for each in keeping.texts
    ]
    if rows:
        with writing_to(engine) as connection:
            connection.execute(insert(texts), rows)


def add_unreadable(
    engine: Engine, scan_id: int, entries: Sequence[Unreadable], level: StorageLevel = StorageLevel.EXCERPT
) -> None:
    """Store what could not be read."""
    rows = [
        row(
            scan_id=scan_id,
            file=entry.location.file,
            page=entry.location.page,
            line=entry.location.line,
            reason=entry.reason,
            raw=entry.raw,
        )
        for entry in (kept_unreadable(each, level) for each in entries)
    ]
    if rows:
        with writing_to(engine) as connection:
            connection.execute(insert(unreadable), rows)


def finish_scan(engine: Engine, scan_id: int, state: ScanState, summary: str) -> None:
    """Note that a scan ended, and with what."""
    values = row(state=state.value, finished_at=datetime.now(UTC), summary=summary)
    with writing_to(engine) as connection:
        connection.execute(update(scans).where(scans.c.id == scan_id).values(values))


def earlier_findings(engine: Engine, key: ScanKey) -> tuple[Earlier, ...]:
    """What scans of the same inputs under the same settings judged, newest first for each reference.

    References that were left unchecked are not among them: resuming asks again. Nor are those of which only digests are
    kept.
    """
    same = (scans.c.inputs_digest == key.inputs_digest) & (scans.c.settings_digest == key.settings_digest)
    same &= scans.c.storage != StorageLevel.HASH.value
    statement = (
        select(checked_references)
        .join(scans, scans.c.id == checked_references.c.scan_id)
        .where(same, checked_references.c.status != Status.UNCHECKED.value)
        .order_by(checked_references.c.id.desc())
    )
    newest: dict[str, RowMapping] = {}
    with reading(engine) as connection:
        for each in connection.execute(statement).mappings():
            newest.setdefault(each["digest"], each)
        judged = _evidence_of(connection, [each["id"] for each in newest.values()])
    return tuple(_earlier(each, judged.get(each["id"], [])) for each in newest.values())


def findings_of(connection: Connection, scan_id: int) -> tuple[Finding, ...]:
    """What one scan found, in the order in which it was judged."""
    wanted = select(checked_references).where(checked_references.c.scan_id == scan_id).order_by(checked_references.c.id)
    rows = connection.execute(wanted).mappings().all()
    judged = _evidence_of(connection, [each["id"] for each in rows])
    return tuple(_earlier(each, judged.get(each["id"], [])).finding for each in rows)


def scan_of_flag(engine: Engine, flag_id: int) -> ScanVersion | None:
    """Which program saw the flag last; ``None`` where that scan is not kept any more."""
    versions = select(scans.c.tool_version, scans.c.rules_digest).join(flags, flags.c.last_scan_id == scans.c.id)
    with reading(engine) as connection:
        found = connection.execute(versions.where(flags.c.id == flag_id)).first()
    return None if found is None else ScanVersion(found.tool_version, found.rules_digest)


def body(engine: Engine, sha256: str) -> bytes | None:
    """A registry's answer as it came, ``None`` if it was not kept."""
    with reading(engine) as connection:
        kept = connection.execute(select(bodies.c.size, bodies.c.compressed).where(bodies.c.sha256 == sha256)).first()
    return None if kept is None else unpacked(Packed(kept.size, kept.compressed))


def _earlier(stored: RowMapping, judged: list[str]) -> Earlier:
    finding = read_finding(stored["finding"])
    whole = replace(finding.checked, evidence=tuple(read_evidence(text) for text in judged))
    return Earlier(stored["digest"], replace(finding, checked=whole), utc(stored["checked_at"]))


def _evidence_of(connection: Connection, ids: Sequence[int]) -> dict[int, list[str]]:
    """Stored evidence by row of its reference, in order."""
    found: dict[int, list[str]] = {}
    for start in range(0, len(ids), _AT_ONCE):
        some = evidence.c.reference_row.in_(ids[start : start + _AT_ONCE])
        statement = select(evidence.c.reference_row, evidence.c.judged).where(some).order_by(evidence.c.position)
        for row_id, judged in connection.execute(statement):
            found.setdefault(row_id, []).append(judged)
    return found


F = TypeVar("F", Finding, ClaimFinding)


def _is_flagged(flagged: Flagged) -> bool:
    return flagged.decision in {Decision.FLAG, Decision.BLOCK}


def _in_order(findings: Sequence[F]) -> list[F]:
    """The flagged ones in an order that all processes share, so that no two wait for each other's rows."""
    return sorted((each for each in findings if _is_flagged(each)), key=lambda each: each.fingerprint)


def _add_references(
    connection: Connection, scan_id: int, findings: Sequence[Finding], now: datetime, level: StorageLevel
) -> Sequence[int]:
    """The numbers of the new rows, in the order of the findings."""
    rows = []
    for finding in findings:
        allowed = kept_finding(finding, level)
        reference = allowed.checked.reference
        rows.append(
            row(
                scan_id=scan_id,
                reference_id=reference.id,
                digest=reference_digest(finding.checked.reference),
                file=reference.location.file,
                page=reference.location.page,
                line=reference.location.line,
                key=reference.key,
                status=finding.status.value,
                decision=finding.decision.value,
                fingerprint=finding.fingerprint,
                finding=bare_finding_json(allowed),
                checked_at=now,
            )
        )
    statement = insert(checked_references).returning(checked_references.c.id, sort_by_parameter_order=True)
    return connection.execute(statement, rows).scalars().all()


def _evidence_rows(row_id: int, finding: Finding, level: StorageLevel) -> list[dict[str, Any]]:
    return [
        row(
            reference_row=row_id,
            position=position,
            registry=each.asked.registry,
            outcome=each.outcome.value,
            url=each.asked.url,
            asked_at=each.asked.asked_at,
            from_cache=each.asked.from_cache,
            score=each.score,
            body_sha256=each.asked.body_sha256,
            judged=evidence_json(each, whole=_is_flagged(finding)),
        )
        for position, each in enumerate(kept_evidence(each, level) for each in finding.checked.evidence)
    ]


def _keep_bodies(
    connection: Connection, findings: Sequence[Finding], body_of: BodyOf | None, drawn: frozenset[str]
) -> None:
    """Keep the registries' answers behind what is to be reviewed, as they came."""
    behind = [each for each in findings if _is_flagged(each) or each.fingerprint in drawn]
    wanted = {each.asked.body_sha256 for finding in behind for each in finding.checked.evidence} - {""}
    if body_of is None or not wanted:
        return
    held = set(connection.execute(select(bodies.c.sha256).where(bodies.c.sha256.in_(wanted))).scalars())
    for sha256 in sorted(wanted - held):
        content = body_of(sha256)
        if content is not None:
            values = {"sha256": sha256, **asdict(packed(content))}
            try:
                with connection.begin_nested():
                    connection.execute(insert(bodies).values(values))
            except IntegrityError:
                continue  # another process kept the same body meanwhile

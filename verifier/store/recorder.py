"""The memory of one running scan: findings go to the database in small batches, as they come, as its level allows."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import asdict, replace

from sqlalchemy import Engine

import verifier
from citations.types import Reference, Unreadable
from verifier.errors import StoreError
from verifier.store.adjudications import adjudication
from verifier.store.audits import AuditDraw
from verifier.store.levels import StorageLevel, kept_name
from verifier.store.retention import expire
from verifier.store.scans import (
    Earlier,
    ScanKey,
    ScanState,
    add_claims,
    add_findings,
    add_texts,
    add_unreadable,
    begin_scan,
    earlier_findings,
    finish_scan,
    reference_digest,
)
from verifier.store.stored import BodyOf, Keeping, Trace, Written
from verifier.types import ClaimFinding, Decision, Finding, Report

BATCH = 50
BATCH_S = 0.5
"""At most this many findings, or seconds of them, are lost when the process is killed; a resumed scan asks them again."""


class Recorder:
    """Writes one scan; every method may raise ``StoreError``.

    What is older than ``retain_days`` is removed before anything is written; 0 keeps everything. ``trace`` is how a model
    wrote the text that is going to be read. ``audit_share`` of what passes is drawn for review, blind.
    """

    def __init__(
        self,
        engine: Engine,
        key: ScanKey,
        body_of: BodyOf | None = None,
        *,
        level: StorageLevel = StorageLevel.EXCERPT,
        retain_days: int = 0,
        trace: Trace | None = None,
        audit_share: float = 0.0,
    ) -> None:
        if level is StorageLevel.NONE:
            raise StoreError("at the level none nothing is recorded")
        self._engine = engine
        self._key = key
        self._body_of = body_of
        self._keeping = Keeping(level)
        self._trace = trace
        self._audit = AuditDraw(f"{key.inputs_digest}{key.settings_digest}", audit_share) if audit_share > 0 else None
        self._waiting: list[Finding] = []
        self._written_at = time.monotonic()
        if retain_days:
            expire(engine, retain_days)
        self.scan_id = begin_scan(engine, key, verifier.__version__, level)

    def earlier(self) -> tuple[Earlier, ...]:
        """What earlier scans of the same inputs under the same settings judged."""
        return earlier_findings(self._engine, self._key)

    def digest(self, reference: Reference) -> str:
        """Digest of what is judged."""
        return reference_digest(reference)

    def adjudicated(self, finding: Finding) -> Finding:
        """The finding with what people decided about it before."""
        found = adjudication(self._engine, finding)
        return finding if found is None else replace(finding, adjudication=found)

    def read(self, text: str, name: str, asked: str) -> None:
        """Know the prose in which citations and claims stand; all of it is kept at level ``full`` alone."""
        self._keeping = replace(self._keeping, written=Written(text, name, asked, self._trace))
        add_texts(self._engine, self.scan_id, self._keeping)

    def claims(self, findings: Sequence[ClaimFinding]) -> tuple[ClaimFinding, ...]:
        """Keep the flagged claims, and give all of them with what people decided about them before."""
        add_claims(self._engine, self.scan_id, findings, self._keeping, self._audit)
        return tuple(replace(each, adjudication=adjudication(self._engine, each)) for each in findings)

    def unreadable(self, entries: Sequence[Unreadable]) -> None:
        """Keep what could not be read."""
        add_unreadable(self._engine, self.scan_id, entries, self._keeping.level)

    def add(self, finding: Finding) -> None:
        """Keep a finding, now or with the next batch."""
        self._waiting.append(finding)
        if len(self._waiting) >= BATCH or time.monotonic() - self._written_at >= BATCH_S:
            self._write()

    def finish(self, report: Report) -> None:
        """Write what waits, and how the scan ended."""
        self._write()
        level = self._keeping.level
        state = ScanState.INTERRUPTED if report.interrupted else ScanState.FINISHED
        summary = {
            "counts": {count.status.value: count.number for count in report.counts},
            "unreadable": len(report.unreadable),
            "failed": [kept_name(each.file, level) for each in report.failed],
            "gaps": [asdict(gap) for gap in report.gaps] if level.keeps_words else len(report.gaps),
        }
        finish_scan(self._engine, self.scan_id, state, json.dumps(summary))

    def _write(self) -> None:
        waiting, self._waiting = self._waiting, []
        add_findings(self._engine, self.scan_id, waiting, self._body_of, self._keeping, self._audit)
        self._written_at = time.monotonic()


def record_report(recorder: Recorder, report: Report) -> None:
    """Write what is flagged in a finished report; may raise ``StoreError``."""
    for each in report.findings:
        if each.decision in {Decision.FLAG, Decision.BLOCK}:
            recorder.add(each)
    recorder.claims(report.claims)
    recorder.finish(report)

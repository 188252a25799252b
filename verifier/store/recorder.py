"""The memory of one running scan: findings go to the database in small batches, as they come."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import asdict, replace

from sqlalchemy import Engine

import verifier
from citations.types import Reference, Unreadable
from verifier.store.adjudications import adjudication
from verifier.store.scans import (
    BodyOf,
    Earlier,
    ScanKey,
    ScanState,
    add_findings,
    add_unreadable,
    begin_scan,
    earlier_findings,
    finish_scan,
    reference_digest,
)
from verifier.types import Finding, Report

BATCH = 50
BATCH_S = 0.5
"""At most this many findings, or seconds of them, are lost when the process is killed; a resumed scan asks them again."""


class Recorder:
    """Writes one scan; every method may raise ``StoreError``."""

    def __init__(self, engine: Engine, key: ScanKey, body_of: BodyOf | None = None) -> None:
        self._engine = engine
        self._key = key
        self._body_of = body_of
        self._waiting: list[Finding] = []
        self._written_at = time.monotonic()
        self.scan_id = begin_scan(engine, key, verifier.__version__)

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

    def unreadable(self, entries: Sequence[Unreadable]) -> None:
        """Keep what could not be read."""
        add_unreadable(self._engine, self.scan_id, entries)

    def add(self, finding: Finding) -> None:
        """Keep a finding, now or with the next batch."""
        self._waiting.append(finding)
        if len(self._waiting) >= BATCH or time.monotonic() - self._written_at >= BATCH_S:
            self._write()

    def finish(self, report: Report) -> None:
        """Write what waits, and how the scan ended."""
        self._write()
        state = ScanState.INTERRUPTED if report.interrupted else ScanState.FINISHED
        summary = {
            "counts": {count.status.value: count.number for count in report.counts},
            "unreadable": len(report.unreadable),
            "failed": [each.file for each in report.failed],
            "gaps": [asdict(gap) for gap in report.gaps],
        }
        finish_scan(self._engine, self.scan_id, state, json.dumps(summary))

    def _write(self) -> None:
        waiting, self._waiting = self._waiting, []
        add_findings(self._engine, self.scan_id, waiting, self._body_of)
        self._written_at = time.monotonic()

"""Flagged answers on their way to the database: behind the answer, one at a time, and never in its way."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace
from threading import Thread
from typing import Any, TypeVar

from sqlalchemy import Engine, event

from verifier.errors import StoreError
from verifier.server.proxy.metrics import Metrics
from verifier.store import open_store
from verifier.store.adjudications import adjudication
from verifier.store.connect import is_sqlite
from verifier.store.levels import StorageLevel
from verifier.store.recorder import Recorder, record_report
from verifier.store.scans import ScanKey
from verifier.store.stored import BodyOf
from verifier.types import ClaimFinding, Decision, Finding, Flagged, Report
from verifier.wrapping.background import Background

_LOG = logging.getLogger(__name__)

Judged = TypeVar("Judged", Finding, ClaimFinding)
_FLAGGED = frozenset({Decision.FLAG, Decision.BLOCK})
MAX_WAITING = 1_000
"""Flagged answers that wait to be written."""
TRIES_AFTER_S = (0.0, 2.0, 10.0)
"""When a database that cannot be written is tried again, besides its own patience."""
LOOK_UP_MS = 200
"""How long an answer waits for a locked database to say what people decided before."""
LAST_S = 20.0
"""How long what waits may take to be written when the proxy stops."""


class Keeper:
    """Writes flagged findings as ``verifier check`` does, so that ``verifier review`` shows them."""

    def __init__(
        self,
        url: str,
        metrics: Metrics,
        settings_digest: str,
        body_of: BodyOf | None = None,
        *,
        level: StorageLevel = StorageLevel.EXCERPT,
        retain_days: int = 0,
    ) -> None:
        """Open the database; raises ``StoreError`` or ``StoreNeedsUpgrade``."""
        self._engine = open_store(url)
        self._hasty = open_store(url)
        if is_sqlite(self._hasty):
            self._hasty.dispose()
            event.listen(self._hasty, "connect", _be_hasty)
        self._metrics = metrics
        self._digest = settings_digest
        self._body_of = body_of
        self._level = level
        self._retain_days = retain_days
        self._background = Background(1, MAX_WAITING)

    def finish(self, report: Report) -> Report:
        """The report with what people decided about the same findings; a database that cannot say changes nothing.

        It is asked no further then, however much was found: each try would take its patience anew.
        """
        try:
            findings = tuple(_adjudicated(self._hasty, each) for each in report.findings)
            claims = tuple(_adjudicated(self._hasty, each) for each in report.claims)
        except StoreError as error:
            _LOG.warning("what people decided before is not known: %s", error.message)
            return report
        return replace(report, findings=findings, claims=claims)

    def keep(self, report: Report) -> None:
        """Have what is flagged in a report written soon; call it from the event loop."""
        judged: tuple[Flagged, ...] = (*report.findings, *report.claims)
        flagged = [each for each in judged if each.decision in _FLAGGED]
        if not flagged:
            return
        future: Future[Report] = Future()
        loop = asyncio.get_running_loop()
        future.add_done_callback(_telling(loop, lambda done: self._count(done, len(flagged))))
        if not self._background.submit(lambda: self._written(report), future):
            future.set_exception(StoreError("too many flagged answers wait to be written"))

    def close(self) -> None:
        """Write what waits, as far as it can be written in a while, and let the database go."""
        waiting = Thread(target=self._background.wait, daemon=True)
        waiting.start()
        waiting.join(LAST_S)
        if waiting.is_alive():
            _LOG.error("flagged answers could not be written to the database before the proxy stopped")
        self._engine.dispose()
        self._hasty.dispose()

    def _written(self, report: Report) -> Report:
        for number, pause_s in enumerate(TRIES_AFTER_S, start=1):
            time.sleep(pause_s)
            try:
                record_report(self._recorder(report), report)
            except StoreError as error:
                _LOG.warning("flagged findings are not written yet: %s", error.message)
                if number == len(TRIES_AFTER_S):
                    raise
            else:
                break
        return report

    def _recorder(self, report: Report) -> Recorder:
        key = ScanKey("check", report.inputs, self._digest)
        return Recorder(self._engine, key, self._body_of, level=self._level, retain_days=self._retain_days)

    def _count(self, done: Future[Report], number: int) -> None:
        lost = done.exception() is not None
        self._metrics.count("verifier_flags_lost_total" if lost else "verifier_flags_kept_total", number)
        if lost:
            _LOG.error("%d flagged findings are lost: the database could not be written", number)


def _adjudicated(engine: Engine, finding: Judged) -> Judged:
    found = adjudication(engine, finding)
    return finding if found is None else replace(finding, adjudication=found)


def _telling(
    loop: asyncio.AbstractEventLoop, told: Callable[[Future[Report]], None]
) -> Callable[[Future[Report]], None]:
    """Tell it in the event loop's own thread, or here if that has ended."""

    def tell(done: Future[Report]) -> None:
        try:
            loop.call_soon_threadsafe(told, done)
        except RuntimeError:
            told(done)

    return tell


def _be_hasty(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout={LOOK_UP_MS}")
    cursor.close()

"""Reports from a PostgreSQL database; everything else about them stands in ``tests/verifier/cli/test_report.py``."""

from __future__ import annotations

from datetime import UTC, datetime

from tests.verifier.samples import full_report, one_of_each
from verifier.findings import finding_of
from verifier.store.connect import connect
from verifier.store.queue import queue
from verifier.store.recorder import Recorder
from verifier.store.reports import Period, period_report, scan_report
from verifier.store.reviews import ReviewAnswer, decide
from verifier.store.scans import ScanKey
from verifier.store.upgrade import upgrade


def test_postgresql_gives_the_same_report(postgres):
    server = connect(postgres)
    upgrade(server)
    recorder = Recorder(server, ScanKey("scan", ("refs.bib",), "s"))
    for each in one_of_each():
        recorder.add(finding_of(each))
    recorder.finish(full_report())
    for each in queue(server).items:
        decide(server, each.id, ReviewAnswer.REJECT, "Ana")
    found = period_report(server, Period(datetime(2026, 1, 1, tzinfo=UTC)))
    whole = scan_report(server, paper="refs.bib")
    server.dispose()
    assert [each.is_dismissed for each in found.findings] == [True] * 4
    assert len(whole.findings) == 7

"""Reports from the database: what is in them, with the decisions, and that they are the same each time."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from citations.types import Status
from tests.verifier.samples import checked, claim_finding, full_report, one_of_each, reference, report_of
from verifier.cli import main
from verifier.errors import StoreError
from verifier.findings import finding_of
from verifier.render import RENDERERS, load_renderer
from verifier.store import open_store
from verifier.store.connect import writing_to
from verifier.store.filters import QueueFilter
from verifier.store.queue import queue
from verifier.store.recorder import Recorder
from verifier.store.reports import Period, period_report, scan_report
from verifier.store.reviews import ReviewAnswer, decide, undo
from verifier.store.scans import ScanKey
from verifier.types import Stance

ACCEPT, REJECT = ReviewAnswer.ACCEPT, ReviewAnswer.REJECT
DAY = timedelta(days=1)


@pytest.fixture
def url(tmp_path):
    return f"sqlite:///{tmp_path / 'flags.db'}"


@pytest.fixture
def engine(url):
    made = open_store(url)
    yield made
    made.dispose()


@pytest.fixture
def today(engine):
    """One scan of everything, with samples; a mismatch was accepted, a missing work dismissed."""
    recorder = Recorder(engine, ScanKey("scan", ("refs.bib",), "s"), audit_share=1.0)
    for each in one_of_each():
        recorder.add(finding_of(each))
    recorder.claims([claim_finding(Stance.NOT_SUPPORTED)])
    recorder.finish(full_report())
    recorder.unreadable(full_report().unreadable)
    numbers = {each.status: each.id for each in queue(engine, QueueFilter(state=None)).items}
    decide(engine, numbers[Status.MISMATCH], ACCEPT, "Ana", note="checked in the library")
    decide(engine, numbers[Status.NOT_FOUND], REJECT, "Bo")
    return numbers


def run(capsys, *words: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as stopped:
        main(["review", "report", *words])
    said = capsys.readouterr()
    return int(stopped.value.code or 0), said.out, said.err


def rendered(name: str, report) -> str:
    out = io.StringIO()
    load_renderer(name).render(report, out)
    return out.getvalue()


def test_flags_stand_in_it_with_who_decided_when_and_why(engine, today):
    report = period_report(engine, Period())
    said = {each.status: each.adjudication for each in report.findings}
    assert set(said) == {Status.MISMATCH, Status.NOT_FOUND, Status.FABRICATED, Status.RETRACTED}
    accepted, rejected = said[Status.MISMATCH], said[Status.NOT_FOUND]
    assert (accepted.reviewer, accepted.accepted, accepted.note) == ("Ana", True, "checked in the library")
    assert (rejected.reviewer, rejected.accepted) == ("Bo", False)
    assert [each.what for each in report.gaps] == ["3 flags without a decision"]
    assert [each.claim.text for each in report.claims] == ["Tea came to London in 1657."]


@pytest.mark.parametrize("name", sorted(set(RENDERERS) - {"bibtex"}))
def test_every_format_tells_the_decisions(engine, today, name):
    text = rendered(name, period_report(engine, Period()))
    assert "Ana" in text or name == "sarif"  # SARIF knows dismissals alone
    assert "Bo" in text


@pytest.mark.parametrize("name", sorted(RENDERERS))
def test_the_same_database_gives_the_same_bytes(engine, today, name):
    for make in (lambda: period_report(engine, Period()), lambda: scan_report(engine)):
        assert rendered(name, make()) == rendered(name, make())


def test_a_sample_is_in_it_once_it_is_decided_and_told_as_what_it_is(engine, today):
    before = period_report(engine, Period())
    assert Status.VERIFIED not in {each.status for each in before.findings}
    decide(engine, today[Status.VERIFIED], ACCEPT, "Ana")
    after = rendered("markdown", period_report(engine, Period()))
    assert "## verified (1)" in after
    assert "found wrong, though it had passed, by Ana" in after
    undo(engine, "Ana")
    decide(engine, today[Status.VERIFIED], REJECT, "Ana")
    report = period_report(engine, Period())
    assert "drawn as a sample and found right by Ana" in rendered("html", report)
    assert "1 verified, 1 mismatch" in rendered("text", report)  # and no word of a dismissed alarm


def test_a_range_holds_what_was_seen_or_decided_in_it(engine, today):
    now = datetime.now(UTC)
    with writing_to(engine) as connection:
        connection.execute(
            text("UPDATE flags SET created_at = :at, last_seen_at = :at"), {"at": "2026-01-05 12:00:00.000000"}
        )
    seen = period_report(engine, Period(datetime(2026, 1, 5, tzinfo=UTC), datetime(2026, 1, 6, tzinfo=UTC)))
    decided = period_report(engine, Period(now - DAY, now + DAY))
    neither = period_report(engine, Period(datetime(2026, 2, 1, tzinfo=UTC), datetime(2026, 3, 1, tzinfo=UTC)))
    assert (len(seen.findings), len(decided.findings), len(neither.findings)) == (4, 2, 0)
    assert [each.what for each in neither.gaps] == ["this range"]
    assert neither.finished_at == datetime(2026, 3, 1, tzinfo=UTC)


def test_a_paper_alone(engine, today):
    recorder = Recorder(engine, ScanKey("scan", ("other.bib",), "s"))
    other = checked(Status.MISMATCH, reference(1, "Another work of its own altogether", file="other.bib"))
    recorder.add(finding_of(other))
    recorder.finish(report_of([other]))
    report = period_report(engine, Period(paper="other.bib"))
    assert [each.checked.reference.location.file for each in report.findings] == ["other.bib"]
    assert len(scan_report(engine, paper="refs.bib").findings) == 7
    assert len(scan_report(engine).findings) == 1


def test_a_scan_is_whole_again_with_the_decisions_of_today(engine, today):
    report = scan_report(engine, 1)
    assert [each.status for each in report.findings] == list(Status)
    assert {each.status: each.adjudication.reviewer for each in report.findings if each.adjudication} == {
        Status.MISMATCH: "Ana",
        Status.NOT_FOUND: "Bo",
    }
    assert [each.reason for each in report.unreadable] == ["the entry has no closing brace"]
    assert [each.what for each in report.gaps] == ["1 reference unchecked", "1 entry unreadable", "1 input"]
    assert report.findings[3].checked.evidence
    assert not report.interrupted


def test_a_scan_that_did_not_end_says_so(engine):
    Recorder(engine, ScanKey("scan", ("refs.bib",), "s"))
    report = scan_report(engine)
    assert (report.interrupted, report.gaps[-1].what) == (True, "the rest of the scan")


@pytest.mark.parametrize(("number", "paper", "which"), [(99, "", "scan 99"), (None, "none.bib", "scan of none.bib")])
def test_a_scan_that_is_not_there_is_an_error(engine, today, number, paper, which):
    with pytest.raises(StoreError) as error:
        scan_report(engine, number, paper=paper)
    assert error.value.message == f"the database holds no {which}"


def test_the_command_writes_a_file_and_takes_its_format_from_the_ending(url, engine, today, tmp_path, capsys):
    page = tmp_path / "out" / "november.html"
    code, _, err = run(capsys, "--db", url, "--since", "2026-01-01", "--until", "2999-12-31", "-o", str(page))
    assert (code, f"html report written to {page}" in err) == (0, True)
    assert "flags seen or decided from 2026-01-01 00:00 before 3000-01-01 00:00 UTC" in page.read_text()
    code, out, _ = run(capsys, "--db", url, "--scan", "last", "--format", "json")
    assert (code, json.loads(out)["summary"]["references"]) == (0, 7)


def test_spreadsheets_get_the_decision_in_a_column(url, engine, today, capsys):
    _, out, _ = run(capsys, "--db", url, "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(out)))
    said = {row["verdict"]: row["adjudication"] for row in rows}
    assert said["mismatch"].startswith("adjudicated: confirmed as wrong by Ana, ")
    assert (said["fabricated"], said["not_supported"]) == ("", "")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--since", "yesterday"], "'yesterday' is no date: write 2026-11-01 or 2026-11-01T12:00"),
        (["--until", "9999-12-31"], "'9999-12-31' is no date"),
        (["--scan", "0"], "'0' is neither the number of a scan nor last"),
        (["--scan", "0" * 20 + "1"], "is neither the number of a scan nor last"),
        (["--scan", "-1"], "'-1' is neither the number of a scan nor last"),
        (["--scan", "٣"], "is neither the number of a scan nor last"),
        (["--scan", "last", "--since", "2026-01-01"], "a scan has its own time"),
        (["--since", "2026-02-01", "--until", "2026-01-01"], "the range ends before it begins"),
        (["-o", "x.zip"], "the ending .zip asks for no format"),
    ],
)
def test_what_cannot_be_understood_is_one_sentence(url, engine, capsys, words, sentence):
    code, out, err = run(capsys, "--db", url, *words)
    assert (code, out, sentence in err) == (2, "", True)


def test_no_database_is_made_to_report_on(url, tmp_path, capsys):
    code, _, err = run(capsys, "--db", url)
    assert (code, "there is no database" in err, list(tmp_path.glob("*.db"))) == (2, True, [])

"""Flagged claims in the review queue: kept with who judged and what was read, decided, recognised, exported."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from click.testing import CliRunner

from citations.types import Status
from tests.verifier.judges.chat_server import ChatServer
from tests.verifier.samples import checked, claim_finding, reference, report_of
from verifier.cli import main
from verifier.errors import StoreError, VerifierError
from verifier.evidence import export_evidence
from verifier.findings import finding_of
from verifier.policy import ExitCode, Policy, exit_code
from verifier.review import item_lines
from verifier.store import open_store
from verifier.store.adjudications import adjudication, confirm_work
from verifier.store.connect import connect
from verifier.store.filters import QueueFilter
from verifier.store.flags import list_flags
from verifier.store.levels import StorageLevel
from verifier.store.queue import count, flag, queue
from verifier.store.recorder import Recorder
from verifier.store.retention import forget_author, forget_paper
from verifier.store.reviews import FlagState, ReviewAnswer, decide
from verifier.store.scans import ScanKey
from verifier.store.statistics import statistics
from verifier.store.stored import FlagKind
from verifier.store.transfer import export_database, import_database
from verifier.store.upgrade import upgrade
from verifier.types import Adjudication, ClaimFinding, Passage, PassageSource, Risk, Signal, SignalKind, Span, Stance

TEXT = "Ann asked. Tea came to London in 1657. Bob answered."
CLAIM = "Tea came to London in 1657."


@pytest.fixture(params=["sqlite", "postgres"])
def engine(request, tmp_path):
    url = f"sqlite:///{tmp_path / 'x.db'}" if request.param == "sqlite" else request.getfixturevalue("postgres")
    made = connect(url)
    upgrade(made)
    yield made
    made.dispose()


def flagged(stance=Stance.NOT_SUPPORTED, read="Tea reached London in 1757."):
    found = claim_finding(stance)
    signal = Signal(SignalKind.JUDGE, "sage", score=0.1, detail="probability of being borne out by the context")
    judgements = tuple(
        replace(each, passages=(Passage(read, PassageSource.CONTEXT, "source.txt"),)) for each in found.judgements
    )
    claim = replace(found.claim, span=Span(11, 38))
    return replace(found, claim=claim, judgements=judgements, signals=(signal,), risk=Risk(0.9, 0.8, 0.95, (signal,)))


def record(engine, *claims, name="answer.txt", level=StorageLevel.EXCERPT):
    recorder = Recorder(engine, ScanKey("check", (name,), "settings"), level=level)
    recorder.read(TEXT, name, "")
    return recorder.claims(claims)


def test_a_flagged_claim_is_in_the_queue_with_judge_signals_risk_and_what_was_read(engine):
    record(engine, flagged(), claim_finding(Stance.SUPPORTED, "Ann asked.", 2), claim_finding(Stance.UNCHECKED, "B", 3))
    (summary,) = queue(engine, QueueFilter(kind=FlagKind.CLAIM)).items
    assert (summary.status, summary.paper, summary.risk, summary.excerpt) == (
        *(Stance.NOT_SUPPORTED, "answer.txt", 0.9, CLAIM),
    )
    item = flag(engine, summary.id)
    assert item.finding == flagged()
    assert item.context[slice(*item.span)] == CLAIM
    assert count(engine, QueueFilter(verdict=Stance.NOT_SUPPORTED)) == 1
    assert count(engine, QueueFilter(kind=FlagKind.REFERENCE)) == 0
    assert count(engine, QueueFilter(search="tea lond")) == 1


def test_references_stand_before_claims(engine):
    record(engine, flagged())
    recorder = Recorder(engine, ScanKey("check", ("answer.txt",), "settings"))
    recorder.add(finding_of(checked(Status.MISMATCH)))
    recorder.finish(report_of(()))
    assert [each.kind for each in queue(engine).items] == [FlagKind.REFERENCE, FlagKind.CLAIM]
    assert {each.kind for each in list_flags(engine)} == {FlagKind.REFERENCE, FlagKind.CLAIM}


def test_a_claim_that_was_dismissed_is_dismissed_again_and_fails_no_run(engine):
    record(engine, flagged())
    decide(engine, queue(engine).items[0].id, ReviewAnswer.REJECT, "ana", note="the other calendar")
    (again,) = record(engine, flagged(), name="other.txt")
    assert (again.adjudication.reviewer, again.is_dismissed) == ("ana", True)
    item = flag(engine, queue(engine, QueueFilter(state=None)).items[0].id)
    assert (item.summary.seen, item.summary.state, item.papers) == (2, FlagState.REJECTED, ("other.txt", "answer.txt"))


def test_what_was_dismissed_for_one_document_is_open_again_for_another(engine):
    record(engine, flagged())
    number = queue(engine).items[0].id
    decide(engine, number, ReviewAnswer.REJECT, "ana")
    assert adjudication(engine, flagged(read="Tea reached London in 1900.")) is None
    record(engine, flagged(read="Tea reached London in 1900."))
    item = flag(engine, number)
    assert (item.summary.state, item.reviews[-1].answer) == (FlagState.OPEN, ReviewAnswer.REOPEN)


def test_a_claim_is_exported_imported_forgotten_and_counted(engine, tmp_path):
    record(engine, flagged())
    written = io.StringIO()
    export_database(engine, written)
    other = open_store(f"sqlite:///{tmp_path / 'y.db'}")
    import_database(other, written.getvalue().splitlines())
    number = queue(other).items[0].id
    assert flag(other, number).finding == flagged()
    decide(other, number, ReviewAnswer.ACCEPT, "ana")
    assert [(each.name, each.accepted) for each in statistics(other).precisions][-1] == ("judge:sage", 1)
    assert forget_author(other, "Tea").flags == 1
    assert forget_author(engine, "Te").flags == 0
    assert forget_paper(engine, "answer.txt").flags == 1
    other.dispose()


def test_a_claim_is_no_work_and_has_no_verdict_that_could_be_made_again(engine, tmp_path):
    record(engine, flagged())
    number = queue(engine).items[0].id
    with pytest.raises(StoreError, match="names no work"):
        confirm_work(engine, number, "ana", "isbn 1")
    with pytest.raises(VerifierError, match="is a claim"):
        export_evidence(engine, number, tmp_path / "x.zip")


def test_digests_of_a_claim_hold_no_words(engine):
    record(engine, flagged(), level=StorageLevel.HASH)
    item = flag(engine, queue(engine).items[0].id)
    assert isinstance(item.finding, ClaimFinding)
    assert (item.finding.claim.text, item.finding.judgements[0].passages, item.finding.because) == ("", (), "")
    assert (item.finding.judgements[0].judge, item.finding.risk.value) == ("sage", 0.9)


def test_the_words_of_a_flag_tell_claim_judge_and_passage(engine):
    record(engine, flagged())
    lines = "\n".join(item_lines(flag(engine, queue(engine).items[0].id)))
    for each in (
        "not_supported  answer.txt: characters 11-38",
        f"claim: {CLAIM}",
        "judge: sage",
        "read in source.txt: Tea reached London in 1757.",
        f"text: Ann asked. »{CLAIM}« Bob answered.",
        "risk: 90%",
    ):
        assert each in lines


def test_check_stores_what_review_shows(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("VERIFIER_OFFLINE", "1")
    monkeypatch.setenv("VERIFIER_DB", str(tmp_path / "x.db"))
    (tmp_path / "source.txt").write_text("Tea reached London in 1657.")
    (tmp_path / "answer.txt").write_text("Tea came to London in 1757.")
    runner = CliRunner()
    with ChatServer(letter="B") as judge:
        check = ["check", "answer.txt", "--context", "source.txt", "--judge", f"{judge.url}#m"]
        assert runner.invoke(main, check).exit_code == 1
        listed = json.loads(runner.invoke(main, ["review", "list", "--kind", "claim", "--format", "json"]).stdout)
        assert [(each["kind"], each["verdict"]) for each in listed] == [("claim", "not_supported")]
        shown = runner.invoke(main, ["review", "show", "1"]).stdout
        assert "claim: Tea came to London in 1757." in shown
        assert runner.invoke(main, ["review", "decide", "1", "reject", "--as", "ana"]).exit_code == 0
        again = runner.invoke(main, check)
    assert "dismissed as a false alarm by ana" in again.stdout
    assert again.exit_code == 0
    assert "not_supported" in runner.invoke(main, ["db", "flags"]).stdout


def test_a_dismissed_claim_makes_no_exit_code():
    said = Adjudication(1, False, "ana", datetime(2026, 1, 1, tzinfo=UTC))
    report = replace(report_of([checked(Status.VERIFIED, reference())]), claims=(flagged(),))
    assert exit_code(report, Policy()) is ExitCode.FINDINGS
    assert exit_code(replace(report, claims=(replace(flagged(), adjudication=said),)), Policy()) is ExitCode.CLEAN

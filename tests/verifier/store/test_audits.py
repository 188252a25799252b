"""Samples of what passed: which are drawn, that nobody is told their verdict, and what they are worth afterwards."""

from __future__ import annotations

import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from click.testing import CliRunner

from citations.types import Status
from tests.verifier.samples import checked, claim_finding, reference, report_of
from verifier.cli import main
from verifier.findings import finding_of
from verifier.fusion import Sort
from verifier.learning_misses import Stratum, miss_rate
from verifier.review import Session, item_lines, review
from verifier.store import open_store
from verifier.store.adjudications import adjudication, confirm_work
from verifier.store.audits import BANDS, LOWEST_RANK, UNKNOWN, AuditDraw, band, reviewed
from verifier.store.connect import connect
from verifier.store.filters import QueueFilter
from verifier.store.flags import list_flags
from verifier.store.levels import StorageLevel
from verifier.store.queue import flag, queue
from verifier.store.recorder import Recorder
from verifier.store.retention import forget_paper
from verifier.store.reviewers import Role, add_reviewer, revoke_reviewer
from verifier.store.reviews import ReviewAnswer, decide, respond, undo
from verifier.store.scans import ScanKey
from verifier.store.statistics import statistics
from verifier.store.stored import FlagKind
from verifier.store.upgrade import upgrade
from verifier.types import Decision, Finding, Risk, Stance

ACCEPT, REJECT, SKIP = ReviewAnswer.ACCEPT, ReviewAnswer.REJECT, ReviewAnswer.SKIP
EVERY = QueueFilter(state=None)
KEY = ScanKey("scan", ("refs.bib",), "settings")


@pytest.fixture
def engine(tmp_path):
    made = open_store(f"sqlite:///{tmp_path / 'x.db'}")
    yield made
    made.dispose()


def passed(number: int, risk: float | None = 0.03) -> Finding:
    found = finding_of(checked(Status.VERIFIED, reference(number, f"A title of its own, number {number} of many")))
    return replace(found, risk=None if risk is None else Risk(risk, risk, risk))


def record(engine, findings: Sequence[Finding], share: float, **options) -> Recorder:
    recorder = Recorder(engine, options.pop("key", KEY), audit_share=share, **options)
    for each in findings:
        recorder.add(each)
    recorder.finish(report_of([each.checked for each in findings]))
    return recorder


def ids(engine, wanted: QueueFilter = EVERY) -> list[int]:
    return sorted(each.id for each in queue(engine, wanted, limit=500).items)


def flagged(number: int, status: Status = Status.MISMATCH) -> Finding:
    return finding_of(checked(status, reference(number, f"Another title, number {number} of many")))


def test_what_passes_is_drawn_beside_the_flags(engine):
    record(engine, [passed(1), flagged(2), finding_of(checked(Status.UNCHECKED, reference(3)))], 1.0)
    shown = {each.status: each.blind for each in queue(engine, EVERY).items}
    assert shown == {Status.VERIFIED: True, Status.MISMATCH: False}


def test_nothing_is_drawn_where_nobody_asked_for_it(engine):
    record(engine, [passed(number) for number in range(50)], 0.0)
    assert ids(engine) == []


def test_about_the_share_that_was_asked_for_is_drawn_and_more_of_what_is_riskier():
    audit = AuditDraw("run", 0.02)
    drawn = {
        risk: sum(audit.draws(replace(passed(1, risk), fingerprint=f"{risk} {n}")) for n in range(20_000)) / 20_000
        for risk in (0.03, 0.2, 0.6)
    }
    assert drawn == {
        0.03: pytest.approx(0.02, rel=0.2),
        0.2: pytest.approx(0.04, rel=0.2),
        0.6: pytest.approx(0.06, rel=0.2),
    }


def test_the_strata_cover_every_risk():
    found = [band(passed(1, risk)) for risk in (0.0, 0.0999, 0.1, 0.3, 1.0, None)]
    assert found == [BANDS[0], BANDS[0], BANDS[1], BANDS[2], BANDS[2], UNKNOWN]


def test_a_run_that_is_resumed_draws_the_same_and_each_once(engine, tmp_path):
    findings = [passed(number) for number in range(200)]
    record(engine, findings[:70], 0.2)
    first = ids(engine)
    record(engine, findings, 0.2)
    other = open_store(f"sqlite:///{tmp_path / 'other.db'}")
    record(other, findings, 0.2)
    by_print = [sorted(flag(each, n).fingerprint for n in ids(each)) for each in (engine, other)]
    other.dispose()
    assert by_print[0] == by_print[1]
    assert set(first) < set(ids(engine))
    assert 20 < len(by_print[0]) < 60


def test_another_run_draws_others(engine):
    findings = [passed(number) for number in range(200)]
    drawn = [{each.fingerprint for each in findings if AuditDraw(run, 0.1).draws(each)} for run in ("one", "two")]
    assert drawn[0] - drawn[1]
    assert drawn[1] - drawn[0]


def test_no_sample_is_drawn_of_which_no_word_is_kept(engine):
    record(engine, [passed(number) for number in range(20)], 1.0, level=StorageLevel.HASH)
    assert ids(engine) == []


def test_place_filters_and_lists_tell_nothing_of_the_verdict(engine):
    record(engine, [passed(number) for number in range(60)] + [flagged(number) for number in range(60, 120)], 1.0)
    shown = queue(engine, limit=500).items
    places = [place for place, each in enumerate(shown) if each.blind]
    assert len(places) == 60
    assert max(places) - min(places) > 60  # strewn, not in one block
    assert ids(engine, QueueFilter(verdict=Status.VERIFIED)) == []
    assert ids(engine, QueueFilter(risk_above=0.01)) == [
        each.id for each in sorted(shown, key=lambda e: e.id) if not each.blind
    ]
    assert {each.status for each in list_flags(engine)} == {Status.MISMATCH}


def test_nobody_is_told_what_the_program_said_before_the_answer(engine, tmp_path):
    record(engine, [passed(1, 0.07)], 1.0)
    (number,) = ids(engine)
    lines = "\n".join(item_lines(flag(engine, number)))
    db = f"sqlite:///{tmp_path / 'x.db'}"
    shown = [
        CliRunner().invoke(main, ["review", *words, "--db", db], standalone_mode=False).stdout
        for words in (
            ["list"],
            ["show", str(number)],
            ["show", str(number), "--format", "json"],
            ["list", "--format", "json"],
        )
    ]
    for text in (lines, *shown):
        assert "verified" not in text
        assert "7%" not in text
        assert "0.07" not in text
    assert (json.loads(shown[2])["verdict"], json.loads(shown[2])["risk"]) == (None, None)


def test_each_stratum_stands_for_what_passed_in_it(engine):
    record(engine, [passed(number, 0.03 if number < 40 else 0.5) for number in range(60)], 0.3)
    strata = reviewed(engine, Sort.CITATION).strata
    drawn = {each.name: each.drawn for each in strata}
    assert [each.name for each in strata] == ["high", "low"]
    assert [each.passed for each in strata] == [pytest.approx(drawn["high"] / 0.9), pytest.approx(drawn["low"] / 0.3)]


def test_decided_samples_tell_the_miss_rate_and_weigh_for_those_that_wait(engine):
    record(engine, [passed(number) for number in range(40)], 0.5)
    numbers = ids(engine)
    for place, number in enumerate(numbers[:10]):
        decide(engine, number, ACCEPT if place == 0 else REJECT, "Ana")
    found = reviewed(engine, Sort.CITATION)
    (stratum,) = found.strata
    rate = miss_rate(found.strata)
    assert (stratum.drawn, stratum.decided, stratum.missed) == (len(numbers), 10, 1)
    assert rate is not None
    assert rate.value == pytest.approx(0.1)
    assert [each.weight for each in found.labels] == [pytest.approx(2 * len(numbers) / 10)] * 10
    assert all(each.sampled for each in found.labels)


def test_what_was_flagged_weighs_one(engine):
    record(engine, [flagged(1)], 1.0)
    decide(engine, ids(engine)[0], ACCEPT, "Ana")
    (label,) = reviewed(engine, Sort.CITATION).labels
    assert (label.weight, label.sampled, label.wrong) == (1.0, False, True)


@pytest.mark.parametrize("step", ["quorum", "skip", "undo", "dispute", "response", "reviewer revoked", "forgotten"])
def test_only_decisions_that_count_now_are_learnt_from(engine, step):
    record(engine, [flagged(1, Status.NOT_FOUND)], 0.0)
    (number,) = ids(engine)
    if step == "quorum":
        decide(engine, number, ACCEPT, "Ana", quorum=2)
    elif step == "skip":
        decide(engine, number, SKIP, "Ana")
    else:
        add_reviewer(engine, "Ana", Role.REVIEWER)
        decide(engine, number, ACCEPT, "Ana")
    assert len(reviewed(engine, Sort.CITATION).labels) == (step not in {"quorum", "skip"})
    if step == "undo":
        undo(engine, "Ana")
    elif step == "dispute":
        decide(engine, number, REJECT, "Bo")
    elif step == "response":
        respond(engine, number, "the author", "it is in print only")
    elif step == "reviewer revoked":
        revoke_reviewer(engine, "Ana")
    elif step == "forgotten":
        forget_paper(engine, "refs.bib")
    assert reviewed(engine, Sort.CITATION).labels == ()


def test_a_reviewer_who_got_a_new_token_still_counts(engine):
    record(engine, [flagged(1)], 0.0)
    add_reviewer(engine, "Ana", Role.REVIEWER)
    decide(engine, ids(engine)[0], ACCEPT, "Ana")
    revoke_reviewer(engine, "Ana")
    add_reviewer(engine, "Ana", Role.REVIEWER)
    assert len(reviewed(engine, Sort.CITATION).labels) == 1


def test_two_reviewers_of_a_quorum_make_one_label(engine):
    record(engine, [flagged(1)], 0.0)
    decide(engine, ids(engine)[0], ACCEPT, "Ana", quorum=2)
    decide(engine, ids(engine)[0], ACCEPT, "Bo", quorum=2)
    assert [each.wrong for each in reviewed(engine, Sort.CITATION).labels] == [True]


def test_faults_of_one_work_are_one_group(engine):
    twice = [reference(number, "A work that is cited wrongly twice over") for number in (1, 2)]
    statuses = (Status.MISMATCH, Status.NOT_FOUND)
    record(engine, [finding_of(checked(*each)) for each in zip(statuses, twice, strict=True)], 0.0)
    for number in ids(engine):
        decide(engine, number, REJECT, "Ana")
    labels = reviewed(engine, Sort.CITATION).labels
    assert (len(labels), len({each.group for each in labels})) == (2, 1)


def test_what_a_confirmed_work_answers_is_no_decision_of_a_person(engine):
    record(engine, [flagged(1, Status.NOT_FOUND)], 0.0)
    (number,) = ids(engine)
    decide(engine, number, REJECT, "Ana")
    confirm_work(engine, number, "Ana", "https://example.org/book")
    assert len(reviewed(engine, Sort.CITATION).labels) == 1


def test_a_sample_silences_nothing(engine):
    record(engine, [passed(1)], 1.0)
    decide(engine, ids(engine)[0], REJECT, "Ana")
    assert adjudication(engine, passed(1)) is None


def test_claims_that_pass_are_drawn_too_and_show_themselves_once_they_are_flagged(engine):
    claim = claim_finding(Stance.SUPPORTED)
    recorder = Recorder(engine, KEY, audit_share=1.0)
    recorder.claims([claim])
    (drawn,) = queue(engine, EVERY).items
    assert (drawn.kind, drawn.blind) == (FlagKind.CLAIM, True)
    assert len(reviewed(engine, Sort.CLAIM).strata) == 1
    recorder.claims([replace(claim, stance=Stance.NOT_SUPPORTED, decision=Decision.FLAG)])
    (shown,) = queue(engine, EVERY).items
    assert (shown.id, shown.blind, reviewed(engine, Sort.CLAIM).strata) == (drawn.id, False, ())


def test_a_claim_that_is_a_flag_already_is_no_sample(engine):
    claim = claim_finding(Stance.NOT_SUPPORTED)
    recorder = Recorder(engine, KEY, audit_share=1.0)
    recorder.claims([claim])
    recorder.claims([replace(claim, stance=Stance.SUPPORTED, decision=Decision.PASS)])
    (shown,) = queue(engine, EVERY).items
    assert (shown.status, shown.blind) == (Stance.NOT_SUPPORTED, False)


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_runs_that_draw_the_same_at_once_make_one_sample_of_it(kind, engine, request):
    made = engine
    if kind == "postgresql":
        made = connect(request.getfixturevalue("postgres"))
        upgrade(made)
    findings = [passed(number) for number in range(60)]
    with ThreadPoolExecutor(4) as threads:
        runs = [ScanKey("scan", (f"{number}.bib",), "s") for number in range(4)]
        list(threads.map(lambda key: record(made, findings, 1.0, key=key), runs))
    shown = queue(made, EVERY, limit=500).items
    (stratum,) = reviewed(made, Sort.CITATION).strata
    if made is not engine:
        made.dispose()
    assert (len(shown), all(each.blind for each in shown), stratum.drawn) == (60, True, 60)
    assert min(each.rank for each in shown) >= LOWEST_RANK


def test_postgresql_draws_and_reads_the_same(postgres, engine):
    server = connect(postgres)
    upgrade(server)
    findings = [passed(number) for number in range(100)]
    made = []
    for each in (engine, server):
        record(each, [*findings, flagged(200)], 0.2)
        for number in ids(each):
            decide(each, number, REJECT, "Ana")
        found = reviewed(each, Sort.CITATION)
        made.append((found.strata, sorted((label.group, label.weight, label.wrong) for label in found.labels)))
    server.dispose()
    assert made[0] == made[1]
    assert datetime.now(UTC) >= max(label.decided_at for label in found.labels)


def test_the_miss_rate_that_is_estimated_from_what_is_drawn_covers_the_truth_in_nine_of_ten_runs():
    shares = {0.03: (800, 0.01), 0.2: (130, 0.06), 0.6: (70, 0.3)}  # risk: how many passed, and how often wrongly
    findings = [
        (replace(passed(1, risk), fingerprint=f"{risk} {n}"), n < number * share)
        for risk, (number, share) in shares.items()
        for n in range(number)
    ]
    truth = sum(wrong for _, wrong in findings) / len(findings)
    covered = 0
    for run in range(200):
        audit = AuditDraw(f"run {run}", 0.1)
        drawn = [(band(each).name, audit.chance(each), wrong) for each, wrong in findings if audit.draws(each)]
        strata = [
            Stratum(
                name, sum(1 / chance for _, chance, _ in some), len(some), len(some), sum(wrong for *_, wrong in some)
            )
            for name in sorted({name for name, *_ in drawn})
            for some in [[each for each in drawn if each[0] == name]]
        ]
        found = miss_rate(strata)
        covered += found is not None and found.low <= truth <= found.high
    assert covered >= 180


class Pressed:
    """A terminal whose keys were pressed beforehand."""

    def __init__(self, keys: str) -> None:
        self.lines: list[str] = []
        self._keys = iter(keys)

    def show(self, line: str) -> None:
        self.lines.append(line)

    def key(self) -> str:
        return next(self._keys, "")

    def line(self, prompt: str) -> str:
        return ""


def test_the_terminal_tells_what_the_checks_had_said_after_the_answer(engine):
    record(engine, [passed(1, 0.07)], 1.0)
    terminal = Pressed(" ")
    review(Session(engine, "Ana"), terminal)
    assert "verified" not in "\n".join(terminal.lines)
    terminal = Pressed("x")
    review(Session(engine, "Bo"), terminal)
    told = "  it was drawn from what passed: the checks had said verified, at a risk of 7%"
    assert terminal.lines[-2:] == [told, "nothing is left to review"]


def test_statistics_tell_how_much_of_what_passed_is_wrong(engine, tmp_path):
    record(engine, [passed(number) for number in range(10)], 1.0)
    assert [(each.sort, each.drawn, each.rate) for each in statistics(engine).misses] == [(Sort.CITATION, 10, None)]
    for place, number in enumerate(ids(engine)):
        decide(engine, number, ACCEPT if place == 0 else REJECT, "Ana")
    printed = CliRunner().invoke(main, ["review", "statistics", "--db", f"sqlite:///{tmp_path / 'x.db'}"]).stdout
    line = "citations that passed: 10.0% are wrong (95 % interval 1.8% to 40.4%; 1 of 10 reviewed samples, 0 waiting)"
    assert line in printed.splitlines()

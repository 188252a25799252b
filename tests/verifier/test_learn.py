"""Learning from reviewers whose truth is known: what is learnt, what is refused, and what an estimate covers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from citations.types import CheckedReference, Reference, Status
from tests.benchmarks.learning import TRUTH, reviewed
from tests.verifier.samples import checked, claim_finding, reference
from tests.verifier.test_findings import Memory
from verifier.findings import finding_of, judge
from verifier.fusion import MILDER, Feature, Model, Sort, Weight, fuse, shipped
from verifier.gaps import Circumstances
from verifier.learn import learn
from verifier.learning import Label, counted, reviews_digest, shortage, split
from verifier.learning_file import InForce
from verifier.learning_fit import figures, fit, risks
from verifier.learning_misses import Stratum, miss_rate
from verifier.pipeline import Prose, check_text
from verifier.scan import scan
from verifier.store.scans import reference_digest
from verifier.support import Facts, with_signals
from verifier.types import Decision, Finding, Signal, SignalKind, Stance

START = datetime(2026, 11, 1, tzinfo=UTC)
BASE, CLAIMS = shipped(Sort.CITATION), shipped(Sort.CLAIM)


def label(
    verdict: str, *, wrong: bool, hour: float = 0.0, group: str = "", stratum: str = "", weight: float = 1.0
) -> Label:
    decided_at = START + timedelta(hours=hour)
    values = (Feature(verdict, 1.0),)
    return Label(group or f"{verdict} {hour}", Sort.CITATION, values, wrong, decided_at, stratum, weight)


def risk(model: Model, verdict: str) -> float:
    return float(risks([label(verdict, wrong=True)], model)[0])


@pytest.mark.parametrize("seed", range(5))
def test_the_risks_of_every_verdict_come_to_what_reviewers_find(seed):
    lesson = learn(reviewed(seed, 2000, 400), BASE, BASE, "learnt")
    assert lesson.model is not None
    assert {verdict: pytest.approx(share, abs=0.06) for verdict, share in TRUTH.items()} == {
        verdict: risk(lesson.model, verdict) for verdict in TRUTH
    }
    assert lesson.after.log_loss < lesson.before.log_loss


def test_what_is_learnt_from_is_judged_by_what_came_later():
    labels = reviewed(1, 1000)
    lesson = learn(labels, BASE, BASE, "learnt")
    parts = split(labels)
    judged = fit(parts.earlier, BASE, "learnt").model
    assert (figures(parts.later, BASE), figures(parts.later, judged)) == (lesson.before, lesson.after)
    assert fit(labels, BASE, "learnt").model == lesson.model


@pytest.mark.parametrize("in_force", ["of the program", "learnt before"])
@pytest.mark.parametrize("seed", range(4))
def test_labels_that_are_turned_around_later_are_refused(seed, in_force):
    labels = reviewed(seed, 600, 60)
    current = BASE if in_force == "of the program" else learn(labels, BASE, BASE, "learnt").model
    late = set(split(labels).later)
    turned = [replace(each, wrong=not each.wrong) if each in late else each for each in labels]
    lesson = learn(turned, BASE, current or BASE, "learnt")
    assert lesson.model is None
    assert lesson.refused.startswith("the later decisions contradict the earlier ones: their log loss is ")


@pytest.mark.parametrize("seed", range(4))
def test_turning_around_the_flags_alone_is_not_hidden_by_the_weight_of_the_samples(seed):
    labels = reviewed(seed, 600, 200)
    late = {each for each in split(labels).later if not each.sampled}
    turned = [replace(each, wrong=not each.wrong) if each in late else each for each in labels]
    assert learn(turned, BASE, BASE, "learnt").model is None


def test_a_fit_that_is_worse_than_the_one_in_force_is_refused_in_numbers():
    labels = reviewed(9, 400, 40)
    current = fit(split(labels).later, BASE, "of one who knew").model
    lesson = learn(labels, BASE, current, "learnt")
    numbers = f"{lesson.before.log_loss:.4f} -> {lesson.after.log_loss:.4f}"
    assert lesson.refused == f"the log loss on the later decisions is higher: {numbers}"


def test_reviews_that_bear_the_calibration_out_change_nothing_for_the_worse():
    truth = {verdict: risk(BASE, verdict) for verdict in TRUTH}
    lesson = learn(reviewed(3, 3000, 300, truth), BASE, BASE, "learnt")
    assert lesson.after.log_loss == pytest.approx(lesson.before.log_loss, abs=0.01)


def test_flags_alone_leave_the_risk_of_what_passes_as_it_was():
    lesson = learn(reviewed(4, 1000), BASE, BASE, "learnt")
    assert lesson.model is not None
    assert risk(BASE, "citation:verified") == pytest.approx(risk(lesson.model, "citation:verified"), abs=0.01)


def test_a_few_unlucky_samples_make_no_scandal_of_what_passes():
    labels = [
        *reviewed(5, 400),
        *(
            label("citation:verified", wrong=n == 0, hour=n, stratum="low", weight=50.0, group=f"s{n}")
            for n in range(5)
        ),
    ]
    model = fit(labels, BASE, "learnt").model
    assert risk(model, "citation:verified") < 0.2


@pytest.mark.parametrize("seed", range(5))
def test_graver_verdicts_stay_no_less_risky_whatever_reviewers_say(seed):
    contrary = {verdict: 1 - share for verdict, share in TRUTH.items()}
    model = fit(reviewed(seed, 800, 100, contrary), BASE, "learnt").model
    made = {verdict: risk(model, verdict) for verdict in TRUTH}
    assert all(made[mild] <= made[grave] + 1e-9 for mild, grave in MILDER)
    for draw in model.draws:
        weights = {each.name: own for each, own in zip(model.weights, draw.weights, strict=True)}
        assert all(weights[mild] <= weights[grave] + 1e-4 for mild, grave in MILDER)


def test_more_support_never_raises_the_risk_of_a_claim_whatever_reviewers_say():
    base = shipped(Sort.CLAIM)
    drawn = np.random.default_rng(0)
    support = drawn.normal(0, 1.5, 600)
    contrary = [
        Label(f"c{n}", Sort.CLAIM, (Feature("judge", -float(s)),), bool(drawn.random() < 1 / (1 + np.exp(-s))), START)
        for n, s in enumerate(support)
    ]
    model = fit(contrary, base, "learnt").model
    asked = [fuse([Signal(SignalKind.JUDGE, "sage", score=score)], Sort.CLAIM, model) for score in (0.1, 0.5, 0.9)]
    values = [each.value for each in asked if each is not None]
    assert sorted(values, reverse=True) == values


def test_a_signal_without_a_weight_gets_one_where_labels_abound():
    base = Model("base", 0.0, (Weight("judge", 0.0, 1.0, 1.0), Weight("entropy", 0.0, 1.0, 0.0)))
    drawn = np.random.default_rng(2)
    labels = []
    for number in range(800):
        judge, entropy = drawn.normal(0, 1), drawn.normal(2, 0.5)
        wrong = bool(drawn.random() < 1 / (1 + np.exp(-(judge + 3 * (entropy - 2)))))
        values = (Feature("judge", float(judge)), Feature("entropy", float(entropy)))
        labels.append(Label(f"c{number}", Sort.CLAIM, values, wrong, START + timedelta(hours=number)))
    lesson = learn(labels, base, base, "learnt")
    assert lesson.model is not None
    found = next(each for each in lesson.model.weights if each.name == "entropy")
    assert pytest.approx(2.0, abs=0.1) == found.mean
    assert pytest.approx(3.0, abs=0.6) == found.weight / found.scale


def test_a_work_that_was_decided_before_and_after_the_cut_judges_nothing():
    labels = [label("citation:mismatch", wrong=True, hour=hour, group=f"g{hour % 60}") for hour in range(100)]
    parts = split(labels)
    assert set[str]() == {each.group for each in parts.earlier} & {each.group for each in parts.later}
    assert max(each.decided_at for each in parts.earlier) < min(each.decided_at for each in labels[70:])


def test_a_later_part_of_one_kind_judges_nothing_and_says_so():
    labels = [label("citation:mismatch", wrong=number < 140, hour=number) for number in range(200)]
    lesson = learn(labels, BASE, BASE, "learnt")
    assert (
        lesson.model,
        lesson.refused,
    ) == (
        None,
        "the later decisions cannot judge it: 0 accepted and 60 rejected among them, and 5 of either are needed",
    )


@pytest.mark.parametrize(
    ("accepted", "rejected", "sentence"),
    [
        (170, 30, ""),
        (170, 29, "1 reviewed finding and 1 rejected one are missing"),
        (200, 29, "1 rejected one is missing"),
        (10, 500, "20 accepted ones are missing"),
        (0, 0, "200 reviewed findings, 30 accepted ones and 30 rejected ones are missing"),
    ],
)
def test_a_sentence_says_how_many_reviews_are_missing(accepted, rejected, sentence):
    labels = [label("citation:mismatch", wrong=n < accepted, hour=n) for n in range(accepted + rejected)]
    assert sentence == shortage(labels)


def test_the_digest_of_the_reviews_follows_what_they_say_and_not_their_order():
    labels = reviewed(0, 30)
    assert reviews_digest(labels) == reviews_digest(labels[::-1])
    other = [replace(labels[0], wrong=not labels[0].wrong), *labels[1:]]
    assert reviews_digest(labels) != reviews_digest(other)


def test_the_same_reviews_give_the_same_model():
    labels = reviewed(6, 300, 30)
    assert fit(labels, BASE, "learnt") == fit(labels[::-1], BASE, "learnt")


def test_signals_are_counted_once_a_label():
    assert counted([label("citation:mismatch", wrong=True, hour=n) for n in range(2)]) == {"citation:mismatch": 2}


def test_the_interval_of_the_miss_rate_covers_the_truth_in_nine_of_ten_draws():
    bands = {"low": (9000, 0.01, 0.02), "middle": (800, 0.06, 0.04), "high": (200, 0.3, 0.06)}
    passed = sum(number for number, _, _ in bands.values())
    truth = sum(number * share for number, share, _ in bands.values()) / passed
    drawn = np.random.default_rng(7)
    covered = 0
    for _ in range(200):
        strata = []
        for name, (number, share, rate) in bands.items():
            samples = int(drawn.binomial(number, rate))
            decided = int(drawn.binomial(samples, 0.8))  # people have not come to all of them
            missed = int(drawn.binomial(decided, share))
            strata.append(Stratum(name, samples / rate, samples, decided, missed))
        found = miss_rate(strata)
        covered += found is not None and found.low <= truth <= found.high
    assert covered >= 180


def test_no_decided_sample_gives_no_miss_rate():
    assert miss_rate([Stratum("low", 1000, 20, 0, 0)]) is None


def test_no_miss_among_the_samples_is_no_proof_that_there_is_none():
    found = miss_rate([Stratum("low", 1000, 20, 20, 0)])
    assert found is not None
    assert (0.0, 0.0, pytest.approx(0.161, abs=0.002)) == (found.value, found.low, found.high)


@pytest.mark.parametrize("wrong_share", [0.0, 1.0])
def test_the_interval_holds_whatever_stands_in_a_stratum_that_nobody_reviewed(wrong_share):
    strata = [Stratum("low", 900, 90, 90, 0), Stratum("high", 100, 30, 0, 0)]
    found = miss_rate(strata)
    assert found is not None
    assert found.low <= 0.1 * wrong_share <= found.high
    assert found.high < 0.15


LEARNT = Circumstances(
    "verifier scan",
    calibration=InForce(replace(BASE, name="learnt-c"), replace(CLAIMS, name="learnt-p"), "learnt-c"),
)


@dataclass(frozen=True)
class Judged:
    """A finding of an earlier scan."""

    digest: str
    finding: Finding


def wrong(references: Sequence[Reference]) -> Iterator[CheckedReference]:
    yield from (checked(Status.MISMATCH, each) for each in references)


def test_the_risks_of_a_scan_are_made_with_the_calibration_that_it_was_given(tmp_path):
    (tmp_path / "refs.bib").write_text("")
    report = scan([str(tmp_path / "refs.bib")], lambda _: iter([reference()]), wrong, around=LEARNT)
    assert [each.risk.calibration for each in report.findings if each.risk] == ["learnt-c"]


def test_the_risks_of_a_text_are_made_with_it_too():
    prose = Prose('Turing, A. M. (1937). "On computable numbers". Proceedings of the London Mathematical Society 42.')
    report = check_text(prose, wrong, around=LEARNT)
    assert [each.risk.calibration for each in report.findings if each.risk] == ["learnt-c"]


def test_the_risks_of_a_resumed_run_are_those_of_today():
    known = Judged(reference_digest(reference()), finding_of(checked(Status.MISMATCH, reference())))
    again = judge([reference()], wrong, record=Memory([known]), resume=True, model=LEARNT.citation_model)
    assert (again.resumed, [each.risk.calibration for each in again.findings if each.risk]) == (1, ["learnt-c"])


def test_the_risks_of_claims_are_made_with_the_calibration_of_claims():
    signals = (Signal(SignalKind.JUDGE, "sage", score=0.1),)
    found = with_signals(claim_finding(Stance.NOT_SUPPORTED), signals, Facts(model=LEARNT.claim_model))
    assert found.risk is not None
    assert (found.risk.calibration, found.decision) == ("learnt-p", Decision.FLAG)
    mild = replace(CLAIMS, bias=-9.0)
    assert with_signals(claim_finding(Stance.NOT_SUPPORTED), signals, Facts(model=mild)).decision is Decision.ABSTAIN

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor

import pytest

import verifier
from citations.types import Kind, Status
from tests.citations.fake_registries import FakeRegistry, work
from tests.verifier.judges.fake_judges import (
    AbsentJudge,
    GuessingJudge,
    KnowingJudge,
    RaisingJudge,
    SenselessJudge,
    SilentJudge,
)
from verifier.judges.interface import Reply
from verifier.policy import ExitCode, Policy, exit_code
from verifier.types import Decision, Passage, PassageSource, SignalStatus, Stance

TEXT = "Tea came to London in 1657. Tea was free of tax. Is it old?"
CONTEXT = "Tea reached London in 1657. From 1689 on tea was taxed."
JUDGE_KNOWS = {"borne_out": ["1657"], "contradicted": ["free of tax"]}
CITING = """Tea lowers blood pressure [1].

References
[1] Roe, A. (2019). Tea and the blood pressure of adults. Journal of Tea, 3, 1-9."""
ABSTRACT = "We gave tea to 200 adults. Their blood pressure fell by 3 mmHg."


def stances(report):
    return [each.stance for each in report.claims]


def check(text=TEXT, **settings):
    return verifier.check(text, **settings)


def registry(abstract):
    found = work(
        title="Tea and the blood pressure of adults",
        authors="A. Roe",
        year=2019,
        venue="Journal of Tea",
        volume="3",
        pages="1-9",
        kind=Kind.ARTICLE,
        more={"abstract": abstract},
    )
    return FakeRegistry(works=[found])


def test_a_claim_is_compared_with_the_context_by_the_judge():
    report = check(context=CONTEXT, judge=KnowingJudge(**JUDGE_KNOWS))
    assert stances(report) == [Stance.SUPPORTED, Stance.NOT_SUPPORTED, Stance.NOT_CHECKABLE]
    assert [each.decision for each in report.claims] == [Decision.PASS, Decision.FLAG, Decision.ABSTAIN]
    assert report.claims[1].judgements[0].passages[0].source is PassageSource.CONTEXT
    assert exit_code(report, Policy()) is ExitCode.FINDINGS


def test_a_claim_without_evidence_is_a_gap_and_never_a_pass():
    report = check(judge=KnowingJudge())
    assert stances(report)[:2] == [Stance.UNCHECKED] * 2
    assert Decision.PASS not in {each.decision for each in report.claims}
    assert [gap.what for gap in report.gaps] == ["2 claims unchecked"]


def test_evidence_without_a_judge_is_a_gap_too():
    report = check(context=CONTEXT)
    assert stances(report)[:2] == [Stance.UNCHECKED] * 2
    assert "no judge" in report.gaps[0].why


@pytest.mark.parametrize(
    ("judge", "why"),
    [
        (RaisingJudge(), "the judge failed (RuntimeError)"),
        (SilentJudge(), "the judge gave no answer"),
        (GuessingJudge(), "no better than chance"),
        (AbsentJudge(), "could not be reached"),
        ("nosuch.gguf", "cannot be read"),
        ("http://127.0.0.1:9/v1#m", "could not be reached"),
    ],
)
def test_a_judge_that_cannot_be_heard_is_a_gap_and_no_verdict(judge, why):
    report = check(context=CONTEXT, judge=judge)
    assert stances(report)[:2] == [Stance.UNCHECKED] * 2
    assert why in report.gaps[0].why
    assert {signal.status for each in report.claims for signal in each.signals} <= {SignalStatus.UNAVAILABLE}
    assert "secret" not in str(report)


@pytest.mark.parametrize(
    "reply",
    [Reply(math.nan), Reply(-0.5), Reply(1.5), Reply(math.inf), Reply(0.02, contradicted=math.nan), Reply(0.02, 7.0)],
)
def test_numbers_that_are_no_probabilities_are_no_verdict_also_when_remembered(reply):
    with verifier.Checker(judge=SenselessJudge(reply=reply)) as checker:
        reports = [checker.check(verifier.Subject(TEXT, context=(CONTEXT,))) for _ in range(2)]
    for report in reports:
        assert stances(report)[:2] == [Stance.UNCHECKED] * 2
        assert "no probabilities" in report.gaps[0].why


def test_what_is_no_judge_is_named_and_the_rest_goes_on():
    report = check(context=CONTEXT, judge="llama3")
    assert [gap.what for gap in report.gaps] == ["the judge", "2 claims unchecked"]


@pytest.mark.parametrize("settings", [{"judge_calls": 0}, {"budget_s": 0.0}])
def test_a_spent_budget_leaves_claims_unchecked(settings):
    with verifier.Checker(judge=KnowingJudge(**JUDGE_KNOWS), **settings) as checker:
        report = checker.check(verifier.Subject(TEXT, context=(CONTEXT,)))
    assert stances(report)[:2] == [Stance.UNCHECKED] * 2


def test_the_abstract_of_a_cited_work_bears_a_claim_out():
    judge = KnowingJudge(borne_out=["lowers blood pressure"])
    report = check(CITING, judge=judge, registries=[registry(ABSTRACT)])
    assert [each.status for each in report.findings] == [Status.VERIFIED]
    assert stances(report) == [Stance.SUPPORTED]
    assert report.claims[0].claim.cites == (report.findings[0].checked.reference.id,)
    assert "the abstract of “Tea and the blood pressure of adults”" in report.claims[0].because


def test_what_an_abstract_does_not_mention_its_paper_may_say():
    silent = check(CITING, judge=KnowingJudge(silent=["lowers"]), registries=[registry(ABSTRACT)])
    otherwise = check(
        CITING, judge=KnowingJudge(contradicted=["lowers"], identity="fake:other"), registries=[registry(ABSTRACT)]
    )
    assert (stances(silent), stances(otherwise)) == ([Stance.UNDECIDED], [Stance.NOT_SUPPORTED])


def test_a_work_without_an_abstract_is_said_to_have_none():
    report = check(CITING, judge=KnowingJudge(), registries=[registry("")])
    assert stances(report) == [Stance.UNCHECKED]
    assert "no abstract" in report.claims[0].because


def test_that_a_page_exists_says_nothing_about_a_claim_that_cites_it():
    report = check(
        "A cluster handled 20 M documents with <200 ms p95 [9](https://example.org/home-server/).",
        evidence=["How I set up a home server: power use, noise, backups."],
        judge=KnowingJudge(silent=["20 M documents"]),
    )
    assert not any(each.status is Status.VERIFIED for each in report.findings)
    assert stances(report) == [Stance.NOT_SUPPORTED]


def test_a_judge_that_is_the_generator_is_said_to_be_no_witness():
    report = check(context=CONTEXT, judge=KnowingJudge(**JUDGE_KNOWS), generator="sage")
    assert [each.judgements[0].independent for each in report.claims[:2]] == [False, False]
    assert "not independent" in report.claims[0].signals[0].source


def test_a_retriever_of_ones_own_gives_passages():
    def retriever(claim):
        return [CONTEXT, Passage("Tea is a plant.", title="botany")] if "1657" in claim.text else []

    report = check(retriever=retriever, judge=KnowingJudge(borne_out=["1657"]))
    assert stances(report)[:2] == [Stance.SUPPORTED, Stance.UNCHECKED]


def test_a_retriever_that_fails_is_a_gap():
    def retriever(claim):
        raise OSError("disk")

    report = check(retriever=retriever, judge=KnowingJudge())
    assert "the retriever failed (OSError)" in report.gaps[0].why


def test_a_folder_is_evidence_and_a_missing_one_a_gap(tmp_path):
    (tmp_path / "tea.md").write_text("# Tea\n\nTea reached London in 1657.\n")
    judge = KnowingJudge(borne_out=["1657"])
    assert stances(check(evidence=tmp_path, judge=judge))[0] is Stance.SUPPORTED
    missing = check(evidence=tmp_path / "nosuch", judge=judge)
    assert "the folder of evidence cannot be read" in missing.gaps[0].why


def test_a_reference_list_apart_from_the_text_is_checked_and_linked():
    text, references = CITING.split("References\n")
    report = check(
        text, references=references, judge=KnowingJudge(borne_out=["lowers"]), registries=[registry(ABSTRACT)]
    )
    assert [each.status for each in report.findings] == [Status.VERIFIED]
    assert stances(report) == [Stance.SUPPORTED]


def test_a_judge_decides_where_the_rules_abstain_and_is_asked_only_there():
    judge = KnowingJudge(same=True)
    check(CITING, judge=judge, registries=[registry(ABSTRACT)])
    assert [each.claim for each in judge.asked] == ["Tea lowers blood pressure [1]."]


def test_an_engine_that_reads_tells_how_likely_the_words_are():
    class Reader:
        def read(self, text, prompt=""):
            token = {
                "id": 1,
                "text": text,
                "start": 0,
                "end": len(text),
                "logprob": -2.0,
                "entropy": 1.0,
                "score": None,
            }
            return {"tokens": [token], "spans": [], "reason": ""}

    report = check(engine=Reader())
    assert {signal.kind.value for signal in report.claims[0].signals} == {"logprob", "entropy"}


def test_an_engine_that_fails_is_a_gap():
    class Reader:
        def read(self, text, prompt=""):
            raise RuntimeError("full")

    report = check(engine=Reader())
    assert "RuntimeError" in report.gaps[0].why


def test_a_judge_of_ones_own_is_left_open():
    judge = KnowingJudge(**JUDGE_KNOWS)
    check(context=CONTEXT, judge=judge)
    assert not judge.closed


def test_texts_can_be_checked_from_several_threads():
    with verifier.Checker(judge=KnowingJudge(**JUDGE_KNOWS)) as checker, ThreadPoolExecutor(4) as pool:
        made = list(pool.map(checker.check, [verifier.Subject(TEXT, context=(CONTEXT,))] * 12))
    assert [stances(each) for each in made] == [stances(made[0])] * 12
    assert stances(made[0])[0] is Stance.SUPPORTED


def test_claims_that_were_not_read_are_a_gap():
    report = check("Tea is old and green. " * 2_100)
    assert len(report.claims) == 2_000
    assert report.gaps[-1].what == "what the text asserts further on"

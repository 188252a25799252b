from __future__ import annotations

import pytest

from citations.types import Fields, Name, Status
from tests.verifier.judges.fake_judges import KnowingJudge
from tests.verifier.samples import checked, reference
from verifier.afresh import agrees, ask_afresh
from verifier.findings import finding_of
from verifier.judges import open_judge
from verifier.judges.interface import Answers, Budget
from verifier.types import SignalStatus

ROE = Fields(title="On tea", authors=(Name("Roe", "A."),), year=2019)


class Answering(KnowingJudge):
    def __init__(self, *samples):
        super().__init__()
        self.samples = samples

    def answer(self, question, budget):
        if not self.samples:
            raise RuntimeError("down")
        return Answers(self.samples)


@pytest.mark.parametrize(
    ("family", "year", "same"),
    [
        ("Roe", "2019", True),
        ("A. Roe", "2018", True),
        ("roe", "unknown", True),
        ("Roe", "1999", False),
        ("Poe", "2019", False),
        ("", "2019", False),
        ("unknown", "", False),
    ],
)
def test_an_answer_agrees_if_it_names_the_first_author_and_no_other_year(family, year, same):
    assert agrees(ROE, family, year) is same


def test_only_what_no_registry_settled_is_asked_back():
    findings = [finding_of(checked(status, reference(number))) for number, status in enumerate(Status)]
    judge = open_judge(Answering(("Turing", "1937"), ("Church", "1936"), ("Turing", "")), None)
    asked = [each for each in ask_afresh(findings, judge, Budget(), 10) if len(each.signals) > 1]
    assert {each.status for each in asked} == {Status.NOT_FOUND, Status.UNCHECKED, Status.UNVERIFIABLE}
    assert {each.signals[1].score for each in asked} == {0.6667}
    assert "2 of 3" in asked[0].signals[1].detail


def test_no_more_are_asked_than_may_be():
    findings = [finding_of(checked(Status.NOT_FOUND, reference(number))) for number in range(5)]
    found = ask_afresh(findings, open_judge(Answering(("x", "")), None), Budget(), 2)
    assert [len(each.signals) for each in found] == [2, 2, 1, 1, 1]


def test_a_judge_that_fails_gives_no_signal():
    (found,) = ask_afresh([finding_of(checked(Status.NOT_FOUND))], open_judge(Answering(), None), Budget(), 1)
    assert found.signals[1].status is SignalStatus.UNAVAILABLE
    assert found.decision is finding_of(checked(Status.NOT_FOUND)).decision

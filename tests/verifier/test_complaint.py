from __future__ import annotations

from dataclasses import replace

import pytest

import verifier
from citations.types import Kind
from tests.citations.fake_registries import FakeRegistry, work
from tests.verifier.judges.fake_judges import KnowingJudge
from verifier.complaint import complaints, left_open
from verifier.policy import FailOn, Policy
from verifier.types import Decision

RIGHT = "1. Turing, A. M. (1937). On computable numbers, with an application to the Entscheidungsproblem."
WRONG = RIGHT.replace("1937", "1977")
SHELF = work(
    title="On computable numbers, with an application to the Entscheidungsproblem",
    authors="Alan M. Turing",
    year=1937,
    kind=Kind.ARTICLE,
)
MOON = "The moon is made of green cheese."
CONTEXT = "The moon is made of rock."


def shelf():
    return FakeRegistry(works=[SHELF])


def test_a_wrong_field_is_a_complaint_that_says_what_stands_in_the_record():
    (line,) = complaints(verifier.check(WRONG, registries=[shelf()]))
    assert "mismatch" in line
    assert "1977" in line
    assert "1937" in line


def test_the_policy_says_from_which_verdict_on_there_is_a_complaint():
    report = verifier.check(WRONG, registries=[shelf()])
    assert [*complaints(report, Policy(fail_on=FailOn.FABRICATED))] == []


def test_a_claim_that_evidence_does_not_bear_out_is_a_complaint():
    report = verifier.check(MOON, context=CONTEXT, judge=KnowingJudge(contradicted=["green cheese"]))
    (line,) = complaints(report)
    assert MOON in line


@pytest.mark.parametrize("level", [each for each in FailOn if each is not FailOn.MISMATCH])
def test_a_claim_counts_as_the_mildest_of_problems(level):
    report = verifier.check(MOON, context=CONTEXT, judge=KnowingJudge(contradicted=["green cheese"]))
    assert complaints(report, Policy(fail_on=level)) == ()


@pytest.mark.parametrize("level", FailOn)
def test_a_claim_that_is_to_be_blocked_is_a_complaint_wherever_it_counts(level):
    report = verifier.check(MOON, context=CONTEXT, judge=KnowingJudge(contradicted=["green cheese"]))
    blocked = replace(report, claims=tuple(replace(each, decision=Decision.BLOCK) for each in report.claims))
    assert [MOON in line for line in complaints(blocked, Policy(fail_on=level))] == [True]


def test_what_nobody_checked_is_left_open_and_no_complaint():
    report = verifier.check(f"{RIGHT}\n\n{MOON}")
    assert complaints(report) == ()
    words = " ".join(left_open(report))
    assert "unchecked" in words
    assert MOON in words
    assert "Turing" in words


def test_nothing_is_left_open_of_what_was_checked():
    report = verifier.check(RIGHT, registries=[shelf()])
    assert left_open(replace(report, claims=())) == ()


def test_a_text_that_could_not_be_checked_at_all_is_left_open():
    assert len(left_open(verifier.check(17))) == 1


def test_an_interrupted_check_is_left_open():
    report = replace(verifier.check("Is it so?"), interrupted=True)
    assert left_open(report) == ("checking was stopped before its end",)


def test_hostile_text_stays_on_its_line():
    hostile = WRONG.replace("Turing", "Turing\x1b]0;x\x07\u202e")
    for line in complaints(verifier.check(hostile, registries=[shelf()])):
        assert line.isprintable()

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

import verifier
from citations.types import Fields, Kind, Name, Status
from tests.citations.fake_registries import FakeRegistry, work
from tests.verifier.judges.fake_judges import KnowingJudge
from verifier.errors import CheckFailed
from verifier.policy import OnError, Policy

TURING = Fields(
    title="On computable numbers, with an application to the Entscheidungsproblem",
    authors=(Name("Turing", "Alan M."),),
    year=1937,
    venue="Proceedings of the London Mathematical Society",
    kind=Kind.ARTICLE,
)
ANSWER = (
    "Read this:\n\n1. Turing, A. M. (1937). On computable numbers, with an application to the Entscheidungsproblem."
)


class Broken:
    """A registry that breaks its contract in every way at once."""

    name = "crossref"

    @property
    def coverage(self):
        raise RuntimeError("broken")

    def look_up(self, queries):
        raise RuntimeError("broken")

    def close(self):
        raise RuntimeError("broken")


def shelf():
    return FakeRegistry(works=[work(title=TURING.title, authors="Alan M. Turing", year=1937, kind=Kind.ARTICLE)])


def test_a_registry_of_ones_own_is_asked():
    made = verifier.check(ANSWER, registries=[shelf()])
    assert [each.status for each in made.findings] == [Status.VERIFIED]


def test_nothing_is_asked_over_the_network_unless_somebody_says_so():
    made = verifier.check(ANSWER)
    assert [each.status for each in made.findings] == [Status.UNCHECKED]
    assert "offline" in made.gaps[0].why


def test_a_coroutine_gets_the_same_report():
    made = asyncio.run(verifier.acheck(ANSWER, registries=[shelf()]))
    assert [each.status for each in made.findings] == [Status.VERIFIED]


def test_a_failing_checker_is_a_gap_and_no_exception():
    made = verifier.check(ANSWER, registries=[Broken()])
    assert not any(each.status.accuses for each in made.findings)
    assert made.gaps


def test_a_setting_that_cannot_be_used_is_a_gap():
    with verifier.Checker(settings=replace(verifier.load_settings(), registries=("nosuch",))) as checker:
        made = checker.check(ANSWER)
    assert [gap.what for gap in made.gaps] == ["the text"]


def test_who_wants_to_be_told_gets_one_clear_exception():
    closed, settings = Policy(on_error=OnError.CLOSED), replace(verifier.load_settings(), registries=("nosuch",))
    with (
        verifier.Checker(policy=closed, settings=settings) as checker,
        pytest.raises(verifier.CheckFailed, match="checking the text failed"),
    ):
        checker.check(ANSWER)


def test_one_checker_serves_many_texts():
    with verifier.Checker(registries=[shelf()]) as checker:
        made = [checker.check(verifier.Subject(ANSWER)) for _ in range(3)]
    assert [each.findings[0].status for each in made] == [Status.VERIFIED] * 3


def test_a_judge_can_be_tested_before_the_first_text():
    judge = KnowingJudge(borne_out=["Tea"])
    with verifier.Checker(judge=judge, registries=[shelf()]) as checker:
        checker.prepare()
        tested = judge.tests
        checker.check(verifier.Subject("Tea is old and green.", context=("Tea is old.",)))
    assert (tested > 0, judge.tests) == (True, tested)


@pytest.mark.parametrize("given", [None, 5, b"bytes", ["a list"]])
def test_what_is_no_text_is_one_sentence_and_nothing_in_the_log(given, caplog):
    report = verifier.check(given)
    assert [(gap.what, gap.why) for gap in report.gaps] == [
        ("the text", f"the text must be a string, not {type(given).__name__}")
    ]
    assert caplog.records == []
    with pytest.raises(CheckFailed, match="must be a string"):
        verifier.check(given, policy=Policy(on_error=OnError.CLOSED))


def test_the_path_of_a_folder_is_a_folder_of_evidence_also_as_a_string(tmp_path):
    (tmp_path / "tea.txt").write_text("Tea reached London in 1657, as the ledgers of the port tell.")

    def claims(evidence):
        return verifier.check("Tea reached London in 1657.", evidence=evidence, judge=KnowingJudge()).claims

    assert claims(str(tmp_path)) == claims(tmp_path)
    assert "ledgers of the port" in repr(claims(str(tmp_path)))
    assert "ledgers" not in repr(claims("x" * 5_000 + "\0"))


@pytest.mark.parametrize("references", ["", " \n", (), None])
def test_a_reference_list_that_was_not_given_is_no_gap(references):
    made = verifier.check("Is the sky blue?", references=references)
    assert [each for each in made.gaps if "reference list" in each.what] == []

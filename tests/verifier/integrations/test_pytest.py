from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from citations.types import Kind
from tests.citations.fake_registries import FakeRegistry, work
from tests.verifier.judges.fake_judges import KnowingJudge
from verifier.integrations.pytest import assert_supported
from verifier.policy import FailOn, Policy

ROOT = Path(__file__).resolve().parents[3]
CLAIM = "Aspirin was first synthesised in 1897."
CONTEXT = "Felix Hoffmann synthesised aspirin in 1897."
CITED = "1. Turing, A. M. (1977). On computable numbers, with an application to the Entscheidungsproblem."


def shelf():
    title = "On computable numbers, with an application to the Entscheidungsproblem"
    return FakeRegistry(works=[work(title=title, authors="Alan M. Turing", year=1937, kind=Kind.ARTICLE)])


def test_a_text_that_evidence_bears_out_passes():
    report = assert_supported(CLAIM, context=CONTEXT, judge=KnowingJudge(borne_out=["Aspirin"]))
    assert [each.stance.value for each in report.claims] == ["supported"]


def test_a_contradicted_claim_fails_and_is_quoted():
    with pytest.raises(AssertionError, match=r"flagged in the text: 1\n.*Aspirin was first"):
        assert_supported(CLAIM, context=CONTEXT, judge=KnowingJudge(contradicted=["Aspirin"]))


def test_a_wrong_citation_fails():
    with pytest.raises(AssertionError, match="mismatch"):
        assert_supported(CITED, registries=[shelf()])


def test_what_nobody_checked_fails_in_words_of_its_own():
    with pytest.raises(AssertionError, match="not checked") as caught:
        assert_supported(CLAIM)
    assert "flagged" not in str(caught.value)


def test_what_nobody_checked_may_be_let_pass():
    assert assert_supported(CLAIM, allow_unchecked=True).claims


def test_the_policy_decides_what_fails():
    policy = Policy(fail_on=FailOn.NEVER)
    report = assert_supported(CITED, registries=[shelf()], policy=policy, allow_unchecked=True)
    assert [each.status.value for each in report.findings] == ["mismatch"]


def test_pytest_points_at_the_line_of_the_test(tmp_path):
    test = tmp_path / "test_answers.py"
    test.write_text(
        "from verifier.integrations.pytest import assert_supported\n\n\n"
        f"def test_answer():\n    assert_supported({CLAIM!r})\n",
        encoding="utf-8",
    )
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(test)],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )
    assert done.returncode == 1
    assert "test_answers.py:5: AssertionError" in done.stdout

"""The bank of problems that users of such tools reported, run end to end; ``python -m tests.citations.cases`` prints the score."""

from __future__ import annotations

import pytest

from tests.citations.cases.checkers import problems
from tests.citations.cases.expected_failures import EXPECTED_FAILURES
from tests.citations.cases.run_case import KINDS, Ran, cases

CASES = cases()


def test_every_kind_of_the_bank_is_run(shared_data):
    assert {case.kind for case in CASES} == set(KINDS)


def test_every_expected_failure_is_a_case():
    assert not CASES or EXPECTED_FAILURES.keys() <= {case.id for case in CASES}


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(
            case,
            id=case.id,
            marks=[pytest.mark.xfail(reason=EXPECTED_FAILURES[case.id])] if case.id in EXPECTED_FAILURES else [],
        )
        for case in CASES
    ],
)
def test_case(case):
    assert problems(Ran(case)) == []

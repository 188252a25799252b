from __future__ import annotations

from dataclasses import replace

import pytest

from citations.types import Location, Status, Unreadable
from tests.verifier.samples import checked, claim_finding, reference, report_of
from verifier.findings import finding_of
from verifier.policy import ExitCode, FailOn, Policy, decide, exit_code, fails
from verifier.types import Decision, FailedInput, Stance

FAILED = FailedInput("x.pdf", "unreadable-input", "it is encrypted")
BROKEN = Unreadable(Location("refs.bib", line=3), "no closing brace")


def several(status: Status, number: int) -> list:
    return [checked(status, reference(each, f"Title {status.value} {each}")) for each in range(number)]


@pytest.mark.parametrize(
    ("status", "decision"),
    [
        (Status.VERIFIED, Decision.PASS),
        (Status.MISMATCH, Decision.FLAG),
        (Status.NOT_FOUND, Decision.FLAG),
        (Status.FABRICATED, Decision.BLOCK),
        (Status.RETRACTED, Decision.FLAG),
        (Status.UNVERIFIABLE, Decision.ABSTAIN),
        (Status.UNCHECKED, Decision.ABSTAIN),
    ],
)
def test_only_a_contradiction_blocks_and_nothing_unchecked_passes(status, decision):
    assert decision == decide(checked(status).verdict)


@pytest.mark.parametrize(
    ("level", "failing"),
    [
        (FailOn.MISMATCH, {Status.MISMATCH, Status.RETRACTED, Status.NOT_FOUND, Status.FABRICATED}),
        (FailOn.RETRACTED, {Status.RETRACTED, Status.NOT_FOUND, Status.FABRICATED}),
        (FailOn.NOT_FOUND, {Status.NOT_FOUND, Status.FABRICATED}),
        (FailOn.FABRICATED, {Status.FABRICATED}),
        (FailOn.NEVER, set()),
    ],
)
def test_a_level_fails_for_itself_and_everything_graver(level, failing):
    assert failing == {status for status in Status if fails(finding_of(checked(status)), level)}


def test_unchecked_references_never_make_the_code_for_findings():
    assert exit_code(report_of(several(Status.UNCHECKED, 3)), Policy()) == ExitCode.INCOMPLETE


def test_a_clean_report_is_zero():
    assert exit_code(report_of(several(Status.VERIFIED, 3)), Policy()) == ExitCode.CLEAN


def test_unreadable_input_beats_findings_and_findings_beat_incomplete():
    bad = several(Status.MISMATCH, 1) + several(Status.UNCHECKED, 9)
    assert exit_code(report_of(bad), Policy()) == ExitCode.FINDINGS
    assert exit_code(report_of(bad, failed=[FAILED]), Policy()) == ExitCode.UNREADABLE


def test_one_unchecked_in_ten_is_tolerated_and_two_are_not():
    ten = several(Status.VERIFIED, 9) + several(Status.UNCHECKED, 1)
    eleven = several(Status.VERIFIED, 9) + several(Status.UNCHECKED, 2)
    assert exit_code(report_of(ten), Policy()) == ExitCode.CLEAN
    assert exit_code(report_of(eleven), Policy()) == ExitCode.INCOMPLETE


def test_strict_tolerates_none():
    ten = several(Status.VERIFIED, 9) + several(Status.UNCHECKED, 1)
    assert exit_code(report_of(ten), Policy(strict=True)) == ExitCode.INCOMPLETE
    assert exit_code(report_of(several(Status.VERIFIED, 1)), Policy(strict=True)) == ExitCode.CLEAN


def test_unreadable_entries_count_as_unchecked():
    assert exit_code(report_of(several(Status.VERIFIED, 2), unreadable=[BROKEN]), Policy()) == ExitCode.INCOMPLETE


def test_incomplete_can_be_allowed_but_an_interruption_cannot():
    unchecked = several(Status.UNCHECKED, 5)
    allowing = Policy(allow_incomplete=True)
    assert exit_code(report_of(unchecked), allowing) == ExitCode.CLEAN
    assert exit_code(report_of(unchecked, interrupted=True), allowing) == ExitCode.INCOMPLETE


@pytest.mark.parametrize(
    ("stances", "code"),
    [
        ([Stance.SUPPORTED] * 9 + [Stance.UNCHECKED], ExitCode.CLEAN),
        ([Stance.SUPPORTED] * 8 + [Stance.UNCHECKED], ExitCode.INCOMPLETE),
        ([Stance.NOT_CHECKABLE] * 20 + [Stance.SUPPORTED, Stance.UNCHECKED], ExitCode.INCOMPLETE),
        ([Stance.NOT_SUPPORTED] + [Stance.UNCHECKED] * 9, ExitCode.FINDINGS),
    ],
)
def test_unchecked_claims_count_among_the_claims_and_no_reference_hides_them(stances, code):
    claims = tuple(claim_finding(stance, number=number) for number, stance in enumerate(stances))
    report = replace(report_of(several(Status.VERIFIED, 100)), claims=claims)
    assert exit_code(report, Policy()) == code

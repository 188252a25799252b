"""What is done about a verdict: the decision for one finding, and the exit code for a whole report. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import assert_never

from citations.types import Status, Verdict
from verifier.types import Decision, Finding, Report, Risk, Stance

INCOMPLETE_ABOVE = 0.10
"""Share of references, and of claims, that may stay unchecked before a run without findings counts as incomplete."""


class FailOn(StrEnum):
    """The mildest verdict that makes the exit code 1; the members stand in rising order.

    ``mismatch`` counts only where a field is seriously wrong; ``never`` turns exit code 1 off.
    """

    MISMATCH = "mismatch"
    RETRACTED = "retracted"
    NOT_FOUND = "not_found"
    FABRICATED = "fabricated"
    NEVER = "never"


class ExitCode(IntEnum):
    """What the command line tells the program that called it. 2 beats 1, and 1 beats 3."""

    CLEAN = 0
    FINDINGS = 1
    UNREADABLE = 2
    INCOMPLETE = 3


class OnError(StrEnum):
    """What happens when checking itself fails: never a verdict."""

    OPEN = "open"
    """The caller goes on; the report says what was not checked."""
    CLOSED = "closed"
    """``CheckFailed`` is raised."""


@dataclass(frozen=True, slots=True)
class Policy:
    """What a user wants to fail on."""

    fail_on: FailOn = FailOn.MISMATCH
    strict: bool = False
    """Anything unchecked makes the run incomplete."""
    allow_incomplete: bool = False
    """An incomplete run without findings counts as clean."""
    flag_at: float = 0.5
    """Calibrated risk from which a claim is flagged."""
    block_at: float | None = None
    """Calibrated risk from which a claim is blocked; ``None`` for never."""
    on_error: OnError = OnError.OPEN
    """What a failure of the checker itself does to the program that called it."""


def decide(verdict: Verdict) -> Decision:
    """What is to be done about one verdict; only a positive contradiction blocks, and nothing unchecked passes."""
    match verdict.status:
        case Status.VERIFIED:
            return Decision.PASS
        case Status.MISMATCH | Status.NOT_FOUND | Status.RETRACTED:
            return Decision.FLAG
        case Status.FABRICATED:
            return Decision.BLOCK
        case Status.UNVERIFIABLE | Status.UNCHECKED:
            return Decision.ABSTAIN
        case _ as never:
            assert_never(never)


def decide_claim(stance: Stance, risk: Risk | None, policy: Policy) -> Decision:
    """What is to be done about one claim: only what evidence does not bear out is flagged, and nothing unchecked passes.

    Where the risk is known it must reach ``flag_at`` as well, and ``block_at`` for a block.
    """
    if stance is Stance.SUPPORTED:
        return Decision.PASS
    if stance is not Stance.NOT_SUPPORTED:
        return Decision.ABSTAIN
    if risk is None:
        return Decision.FLAG
    if policy.block_at is not None and risk.value >= policy.block_at:
        return Decision.BLOCK
    return Decision.FLAG if risk.value >= policy.flag_at else Decision.ABSTAIN


def fails(finding: Finding, fail_on: FailOn) -> bool:
    """Whether this finding alone makes the exit code 1; what people dismissed does not."""
    order = list(FailOn)
    if finding.is_dismissed:
        return False
    match finding.status:
        case Status.MISMATCH:
            level = FailOn.MISMATCH if finding.is_major else None
        case Status.RETRACTED:
            level = FailOn.RETRACTED
        case Status.NOT_FOUND:
            level = FailOn.NOT_FOUND
        case Status.FABRICATED:
            level = FailOn.FABRICATED
        case Status.VERIFIED | Status.UNVERIFIABLE | Status.UNCHECKED:
            level = None
        case _ as never:
            assert_never(never)
    return level is not None and order.index(level) >= order.index(fail_on)


def incomplete(report: Report, *, strict: bool = False) -> bool:
    """Whether too much was left unchecked for the report to be called clean.

    Unreadable entries count as unchecked. References and claims are weighed apart, so that many of the one cannot hide what is
    open of the other. With ``strict`` one is too many, otherwise more than 10 % are.
    """
    bearable = 0.0 if strict else INCOMPLETE_ABOVE
    entries = len(report.findings) + len(report.unreadable)
    open_entries = report.count(Status.UNCHECKED) + len(report.unreadable)
    claims = [each for each in report.claims if each.stance is not Stance.NOT_CHECKABLE]
    open_claims = sum(each.stance is Stance.UNCHECKED for each in claims)
    return report.interrupted or open_entries > bearable * entries or open_claims > bearable * len(claims)


def exit_code(report: Report, policy: Policy) -> ExitCode:
    """The exit code of a report; an interrupted run is never clean."""
    if report.failed or report.lost:
        return ExitCode.UNREADABLE
    if any(fails(finding, policy.fail_on) for finding in report.findings) or _has_flagged_claim(report, policy.fail_on):
        return ExitCode.FINDINGS
    if incomplete(report, strict=policy.strict) and (report.interrupted or not policy.allow_incomplete):
        return ExitCode.INCOMPLETE
    return ExitCode.CLEAN


def _has_flagged_claim(report: Report, fail_on: FailOn) -> bool:
    """Whether a claim makes the exit code 1: one that evidence does not bear out counts as the mildest of problems.

    What people dismissed does not count.
    """
    return fail_on is FailOn.MISMATCH and any(
        each.decision in {Decision.FLAG, Decision.BLOCK} and not each.is_dismissed for each in report.claims
    )

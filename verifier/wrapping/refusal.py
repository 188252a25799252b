"""Whether an answer may leave, from its report and the policy. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from citations.types import Status
from verifier.complaint import complaints, left_open
from verifier.errors import AnswerError, Blocked, CheckFailed, VerifierError, Withheld
from verifier.policy import OnError, Policy
from verifier.types import Report


@dataclass(frozen=True, slots=True)
class Outcome:
    """How the check of one answer went."""

    report: Report
    failed: str = ""
    """Why it failed, was not finished in time, or was of a part only: no verdict; empty if nothing was in its way."""


def refusal(outcome: Outcome, policy: Policy, *, some_left: bool = False) -> VerifierError | None:
    """Why the answer, or what is left of it, may not leave; ``None`` if it may.

    ``Blocked`` only if nothing has left, else ``Withheld``. ``CheckFailed`` where it was not checked and the policy wants
    that to stop it: ``on_error="closed"`` for failures and unchecked citations, ``strict`` for everything that is open.
    """
    wrong = complaints(outcome.report, policy)
    if wrong:
        return _stopped(outcome.report, wrong, some_left=some_left)
    why = _unchecked(outcome, policy)
    what = "the rest of the answer" if some_left else "the answer"
    return CheckFailed(f"{what} was held back, because {why}") if why else None


def _stopped(report: Report, wrong: tuple[str, ...], *, some_left: bool) -> AnswerError:
    number = "1 thing in it is wrong" if len(wrong) == 1 else f"{len(wrong)} things in it are wrong"
    if some_left:
        return Withheld(f"the rest of the answer was held back: {number}", report=report, complaints=wrong)
    return Blocked(f"the answer was held back: {number}", report=report, complaints=wrong)


def _unchecked(outcome: Outcome, policy: Policy) -> str:
    """Why it counts as unchecked under the policy; empty if it does not."""
    if outcome.failed and (policy.strict or policy.on_error == OnError.CLOSED):
        return outcome.failed
    if policy.on_error == OnError.CLOSED:
        number = outcome.report.count(Status.UNCHECKED) + len(outcome.report.unreadable)
        if number:
            return (
                f"{number} of its citations could not be checked" if number > 1 else "a citation in it was not checked"
            )
    number = len(left_open(outcome.report)) if policy.strict else 0
    return f"{number} parts of it were not checked" if number > 1 else "a part of it was not checked" if number else ""

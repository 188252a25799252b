"""What a report holds against a text, one line a problem: for a writer who is to mend it, a model or a failing test. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from citations.types import Status
from verifier.harmless import inline
from verifier.policy import FailOn, Policy, fails
from verifier.render.claim_words import is_flagged
from verifier.render.words import what_differs, word, worst_first
from verifier.types import ClaimFinding, Decision, Finding, Report, Stance

QUOTED = 160
"""Characters of a citation or a claim that are quoted."""


def complaints(report: Report, policy: Policy | None = None) -> tuple[str, ...]:
    """What makes the report fail under the policy, gravest first; empty says nothing about what was not checked."""
    fail_on = (policy or Policy()).fail_on
    claimed = [each for each in report.claims if fails_claim(each, fail_on)]
    cited = [each for each in worst_first(report.findings) if fails(each, fail_on)]
    return (
        *(f"{_cited(each)}: {word(each.status)}: {what_differs(each.checked.verdict)}" for each in cited),
        *(f"{_quoted(each)}: {inline(each.because) or 'the evidence does not bear it out'}" for each in claimed),
    )


def fails_claim(claim: ClaimFinding, fail_on: FailOn) -> bool:
    """Whether a claim alone makes a report fail: one that is flagged where the mildest problem does, one to be blocked always."""
    return is_flagged(claim) and (fail_on is FailOn.MISMATCH or claim.decision is Decision.BLOCK)


def left_open(report: Report) -> tuple[str, ...]:
    """What nobody checked although it could be: citations, claims, entries and inputs that were not read."""
    return tuple(_left_open(report))


def _left_open(report: Report) -> Iterator[str]:
    open_words = {Status.UNCHECKED, Status.UNVERIFIABLE}
    for finding in report.findings:
        if finding.status in open_words:
            yield f"{_cited(finding)}: {word(finding.status)}: {what_differs(finding.checked.verdict)}"
    for claim in report.claims:
        if claim.stance in {Stance.UNCHECKED, Stance.UNDECIDED}:
            yield f"{_quoted(claim)}: {claim.stance.value}: {inline(claim.because)}"
    for entry in report.unreadable:
        yield f"{inline(entry.raw, QUOTED)}: unreadable: {inline(entry.reason)}"
    for failed in report.failed:
        yield f"{inline(failed.file)}: {inline(failed.reason)}"
    if not (report.findings or report.claims):
        yield from (f"{gap.what}: {gap.why}" for gap in report.gaps)
    if report.interrupted:
        yield "checking was stopped before its end"


def _cited(finding: Finding) -> str:
    reference = finding.checked.reference
    return f'"{inline(reference.raw or reference.fields.title, QUOTED)}"'


def _quoted(finding: ClaimFinding) -> str:
    return f'"{inline(finding.claim.text, QUOTED)}"'

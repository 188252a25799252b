"""The words in which all formats tell of claims. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from verifier.harmless import inline
from verifier.render.words import adjudication_words, word
from verifier.types import ClaimFinding, Decision, Report, Stance

CLAIMS_WORST_FIRST = (
    Stance.NOT_SUPPORTED,
    Stance.UNDECIDED,
    Stance.UNCHECKED,
    Stance.SUPPORTED,
    Stance.NOT_CHECKABLE,
)
"""Stances in the order in which a reader wants them."""


def claims_worst_first(claims: Iterable[ClaimFinding]) -> list[ClaimFinding]:
    """The claims, those that nothing bears out first, otherwise in the order of the text."""
    return sorted(claims, key=lambda each: CLAIMS_WORST_FIRST.index(each.stance))


def shown_claims(report: Report, *, all_of_them: bool = False) -> list[ClaimFinding]:
    """The claims that a person should look at; the others stand in the counts and the gaps."""
    found = claims_worst_first(report.claims)
    return [each for each in found if all_of_them or is_flagged(each) or each.stance is Stance.NOT_SUPPORTED]


def is_flagged(finding: ClaimFinding) -> bool:
    """Whether a person should look at it; what people dismissed before they have looked at."""
    return finding.decision in {Decision.FLAG, Decision.BLOCK} and not finding.is_dismissed


def place(finding: ClaimFinding) -> str:
    """Where it stands: ``characters 120-168``."""
    return f"characters {finding.claim.span.start}-{finding.claim.span.end}"


def claims_line(report: Report) -> str:
    """All stances that occur, in words; empty where claims were not asked for."""
    if not report.claims:
        return ""
    counts = {each.stance: each.number for each in report.claim_counts}
    parts = [f"{counts[each]} {word(each)}" for each in reversed(CLAIMS_WORST_FIRST) if counts[each]]
    number = "1 claim" if len(report.claims) == 1 else f"{len(report.claims)} claims"
    return f"{number}: {', '.join(parts)}"


def claim_lines(finding: ClaimFinding) -> list[str]:
    """Why the stance is what it is, what was read, and what each signal added to the risk."""
    lines = [said] if (said := adjudication_words(finding)) else []
    lines += [f"because: {inline(finding.because)}"] if finding.because else []
    lines += [
        f"read in {inline(passage.title, 80) or passage.source.value}: {inline(passage.text, 200)}"
        for judgement in finding.judgements
        for passage in judgement.passages[:2]
    ]
    if finding.risk is not None:
        lines.append(f"risk {finding.risk.value:.2f} ({finding.risk.low:.2f} to {finding.risk.high:.2f})")
    return lines

"""The words that all formats share: names of registries, order of verdicts, a finding's difference in one line. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import assert_never

from citations.types import Evidence, FieldDiff, Outcome, Scheme, Severity, Status, Verdict, Why
from verifier.harmless import inline
from verifier.reasons import cause, plainly
from verifier.registry_names import registry_name
from verifier.types import Decision, Finding, Flagged, Report, Stance

WORST_FIRST = (
    Status.FABRICATED,
    Status.RETRACTED,
    Status.NOT_FOUND,
    Status.MISMATCH,
    Status.UNCHECKED,
    Status.UNVERIFIABLE,
    Status.VERIFIED,
)
"""Verdicts in the order in which a reader wants them."""
SCHEMES = {Scheme.DOI: "DOI", Scheme.ARXIV: "arXiv number", Scheme.PMID: "PMID", Scheme.ISBN: "ISBN"}
"""Kinds of identifiers as people write them."""


def word(verdict: Status | Stance) -> str:
    """The verdict of a reference, or the stance of a claim, as people read it."""
    return verdict.value.replace("_", " ")


def worst_first(findings: Iterable[Finding]) -> list[Finding]:
    """The findings, gravest verdicts first, otherwise in the order of the input."""
    return sorted(findings, key=lambda each: WORST_FIRST.index(each.status))


def what_differs(verdict: Verdict) -> str:
    """The reason for the verdict in one line: differences first, otherwise the argument's sentence."""
    argument = verdict.argument
    match verdict.status:
        case Status.VERIFIED:
            return "; ".join(_difference(diff) for diff in verdict.diffs)
        case Status.MISMATCH:
            return "; ".join(_difference(diff) for diff in by_severity(verdict.diffs))
        case Status.RETRACTED:
            notice = verdict.retraction
            kind = notice.kind.value if notice else "retracted"
            date = f" on {inline(notice.date, 40)}" if notice and notice.date else ""
            source = f", says {inline(registry_name(notice.source), 80)}" if notice and notice.source else ""
            return "; ".join([f"{kind}{date}{source}", *(_difference(d) for d in by_severity(verdict.diffs))])
        case Status.FABRICATED:
            return inline(argument.contradiction.sentence if argument.contradiction else argument.sentence)
        case Status.NOT_FOUND | Status.UNVERIFIABLE | Status.UNCHECKED:
            return inline(plainly(argument.sentence))
        case _ as never:
            assert_never(never)


def because(verdict: Verdict, said: str) -> str:
    """The argument's sentence without what ``what_differs`` has said already."""
    return inline(verdict.argument.sentence.removeprefix(said).lstrip("; "))


def calibrations(report: Report) -> str:
    """Names of what made the risks of the report; empty where it has none."""
    judged: tuple[Flagged, ...] = (*report.findings, *report.claims)
    found = {each.risk.calibration for each in judged if each.risk is not None}
    return ", ".join(inline(each, 80) for each in sorted(found) if each)


def adjudication_words(finding: Flagged) -> str:
    """What people decided about the finding before: who, when, why; empty where nobody did."""
    said = finding.adjudication
    if said is None:
        return ""
    verb = "confirmed as wrong" if said.accepted else "dismissed as a false alarm"
    if finding.decision is Decision.PASS:
        verb = "found wrong, though it had passed," if said.accepted else "drawn as a sample and found right"
    work = f", the work is at {inline(said.identifier, 120)}" if said.identifier else ""
    note = f": {inline(said.note, 160)}" if said.note else ""
    return f"adjudicated: {verb} by {inline(said.reviewer, 60)}, {moment(said.at)}{work}{note}"


def by_severity(diffs: Iterable[FieldDiff]) -> list[FieldDiff]:
    """The gravest differences first."""
    return sorted(diffs, key=lambda diff: -diff.severity.rank)


def _difference(diff: FieldDiff) -> str:
    if diff.note and (diff.severity is Severity.COSMETIC or len(diff.cited) + len(diff.registered) > 120):
        return inline(f"{diff.field.value}: {diff.note}", 160)
    change = f"{diff.field.value} {inline(diff.cited, 80) or 'missing'} -> {inline(diff.registered, 80)}"
    return change + (f" ({inline(diff.note, 80)})" if diff.note else "")


def evidence_line(evidence: Evidence) -> str:
    """One piece of evidence for a reader: who, how it was asked, what it said, when."""
    return f"{asked_whom(registry_name(evidence.asked.registry), evidence)}: {_said(evidence)}"


def asked_whom(names: str, evidence: Evidence) -> str:
    """The names with how they were asked: by an identifier, or by a search for the words of the reference.

    A registry that was not asked has no such note.
    """
    if not _was_asked(evidence):
        return names
    scheme = evidence.identifier.scheme if evidence.identifier else None
    return f"{names} (search)" if scheme is None else f"{names} (by {SCHEMES[scheme]})"


def _was_asked(evidence: Evidence) -> bool:
    return bool(evidence.asked.url) and not evidence.reason.startswith(Why.OFFLINE.value)


def _said(evidence: Evidence) -> str:
    cached = ", cached" if evidence.asked.from_cache else ""
    said = outcome_words(evidence)
    return f"{said} | asked {moment(evidence.asked.asked_at)}{cached}" if _was_asked(evidence) else said


def evidence_lines(all_evidence: Iterable[Evidence]) -> list[str]:
    """Evidence in few lines: what several registries said in the same words stands once, with all their names."""
    said: dict[tuple[str, str], tuple[Evidence, list[str]]] = {}
    for each in all_evidence:
        _, names = said.setdefault((asked_whom("", each), _said(each)), (each, []))
        name = registry_name(each.asked.registry)
        if name not in names:
            names.append(name)
    return [f"{asked_whom(', '.join(names), first)}: {words}" for (_, words), (first, names) in said.items()]


def outcome_words(evidence: Evidence) -> str:
    """What the registry's answer means."""
    reason = inline(evidence.reason, 160)
    match evidence.outcome:
        case Outcome.MATCH:
            url = inline(evidence.best.url, 120) if evidence.best else ""
            score = f" ({evidence.score:.2f})" if evidence.score is not None else ""
            return f"match {url}{score}".rstrip()
        case Outcome.NO_MATCH:
            return f"no match: {reason}" if reason else "no match"
        case Outcome.UNAVAILABLE:
            return f"unavailable: {cause(reason)}"
        case Outcome.NOT_COVERED:
            return f"not covered: {reason}" if reason else "not covered"
        case _ as never:
            assert_never(never)


def moment(time: datetime) -> str:
    """A time as people read it, in UTC."""
    return time.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")


def counts_line(report: Report) -> str:
    """All verdicts that occur, in words, with unreadable entries and failed inputs: nothing is left out of the sum."""
    parts = [_counted(report, status) for status in reversed(WORST_FIRST) if report.count(status)]
    if report.unreadable:
        parts.append(f"{len(report.unreadable)} unreadable")
    if report.failed:
        parts.append(f"{len(report.failed)} {'input' if len(report.failed) == 1 else 'inputs'} failed")
    return ", ".join(parts) or "no references"


def _counted(report: Report, status: Status) -> str:
    dismissed = sum(finding.status is status and finding.is_dismissed for finding in report.findings)
    return f"{report.count(status)} {status.value}" + (f" ({dismissed} dismissed)" if dismissed else "")


def is_without_problem(report: Report) -> bool:
    """Whether there is anything and nothing was found wrong, which says nothing about what was not checked."""
    return (
        bool(report.findings or report.unreadable)
        and not report.failed
        and not any(finding.status.accuses for finding in report.findings)
        and not any(claim.stance is Stance.NOT_SUPPORTED for claim in report.claims)
    )


def safe_url(url: str) -> str:
    """The address if it may become a link, otherwise empty."""
    return url if re.fullmatch(r"https?://[^\s<>\"'`\\]+", url) else ""

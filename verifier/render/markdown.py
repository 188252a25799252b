"""Markdown for pull requests and notes: sums, then a table of what a person should look at."""

from __future__ import annotations

import re
from typing import TextIO

from citations.types import Status
from verifier.harmless import inline
from verifier.render.claim_words import claim_lines, claims_line, place, shown_claims, word
from verifier.render.terminal import verdict_sentence
from verifier.render.words import (
    WORST_FIRST,
    adjudication_words,
    counts_line,
    evidence_line,
    is_without_problem,
    moment,
    what_differs,
    worst_first,
)
from verifier.types import Finding, Report


class MarkdownRenderer:
    """A section for every verdict that occurs; texts from outside are escaped."""

    name = "markdown"
    suffix = ".md"

    def render(self, report: Report, out: TextIO) -> None:
        """Write the report as GitHub-flavoured Markdown."""
        out.write(f"# Citations of {', '.join(_escape(each) for each in report.inputs)}\n\n")
        out.write(f"**{_escape(counts_line(report))}**")
        out.write(f" ({report.tool.name} {report.tool.version}, {moment(report.finished_at)})\n\n")
        if is_without_problem(report):
            out.write(f"{verdict_sentence(report)}\n\n")
        out.writelines(f"- gap: {_escape(gap.what)}: {_escape(gap.why)}\n" for gap in report.gaps)
        out.writelines(
            f"- failed: {_escape(failed.file)}: {_escape(failed.reason)} (`{failed.code}`)\n"
            for failed in report.failed
        )
        for status in WORST_FIRST:
            findings = [each for each in worst_first(report.findings) if each.status is status]
            if findings:
                _section(status, findings, out)
        _claims(report, out)
        if report.unreadable:
            out.write(f"\n## unreadable ({len(report.unreadable)})\n\n| where | why |\n|---|---|\n")
            out.writelines(f"| {_escape(str(e.location))} | {_escape(e.reason)} |\n" for e in report.unreadable)


def _claims(report: Report, out: TextIO) -> None:
    if not report.claims:
        return
    out.write(f"\n## {_escape(claims_line(report))}\n\n")
    shown = shown_claims(report)
    if shown:
        out.write("| where | claim | stance | why |\n|---|---|---|---|\n")
    for each in shown:
        why = "<br>".join(_escape(line) for line in claim_lines(each))
        out.write(f"| {place(each)} | {_escape(inline(each.claim.text))} | {word(each.stance)} | {why} |\n")


def _section(status: Status, findings: list[Finding], out: TextIO) -> None:
    out.write(f"\n## {status.value.replace('_', ' ')} ({len(findings)})\n\n")
    out.write("| where | key | cited | what differs | evidence |\n|---|---|---|---|---|\n")
    for finding in findings:
        reference = finding.checked.reference
        title = _escape(inline(reference.fields.title or reference.raw, 160))
        evidence = "<br>".join(_escape(evidence_line(each)) for each in finding.checked.evidence)
        cells = (_escape(str(reference.location)), _escape(reference.key), title)
        said = [
            adjudication_words(finding),
            what_differs(finding.checked.verdict),
            *(f"damaged: {each}" for each in reference.mended),
        ]
        differs = "<br>".join(_escape(each) for each in said if each)
        out.write(f"| {' | '.join(cells)} | {differs} | {evidence} |\n")


def _escape(text: str) -> str:
    """One line in which nothing is markup, a link, a mention or an end of a cell."""
    line = inline(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    line = re.sub(r"([\\`*_\[\]()#|~!])", r"\\\1", line)
    return line.replace("@", "&#64;").replace("://", "&#58;//")

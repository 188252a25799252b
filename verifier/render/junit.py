"""JUnit XML, for build servers that know nothing else."""

from __future__ import annotations

from typing import TextIO, assert_never
from xml.sax.saxutils import quoteattr

from citations.types import Status
from verifier.harmless import inline
from verifier.render.words import adjudication_words, what_differs
from verifier.types import ClaimFinding, Finding, Report, Stance


class JunitRenderer:
    """One test case a reference: accusations fail, what was not checked is skipped, unreadable things are errors."""

    name = "junit"
    suffix = ".xml"

    def render(self, report: Report, out: TextIO) -> None:
        """Write one test suite."""
        claims = [each for each in report.claims if each.claim.checkable]
        dismissed = sum(each.status.accuses and each.is_dismissed for each in report.findings)
        failures = sum(each.status.accuses for each in report.findings) - dismissed
        failures += sum(each.stance is Stance.NOT_SUPPORTED for each in claims)
        skipped = dismissed + report.count(Status.UNCHECKED) + report.count(Status.UNVERIFIABLE)
        skipped += sum(each.stance in {Stance.UNCHECKED, Stance.UNDECIDED} for each in claims)
        errors = len(report.unreadable) + len(report.failed)
        out.write('<?xml version="1.0" encoding="UTF-8"?>\n')
        out.write(
            f'<testsuite name="{report.tool.name}" tests="{len(report.findings) + len(claims) + errors}" failures="{failures}" '
            f'errors="{errors}" skipped="{skipped}">\n'
        )
        out.writelines(_case(finding) for finding in report.findings)
        out.writelines(_claim(each) for each in claims)
        out.writelines(_error(str(each.location), each.key, each.reason) for each in report.unreadable)
        out.writelines(_error(each.file, "", each.reason) for each in report.failed)
        out.write("</testsuite>\n")


def _case(finding: Finding) -> str:
    reference = finding.checked.reference
    place = quoteattr(_xml(str(reference.location)))
    name = quoteattr(_xml(reference.key or reference.fields.title or reference.raw))
    said = adjudication_words(finding)
    message = quoteattr(
        _xml(f"{finding.status.value}: {what_differs(finding.checked.verdict)}" + (said and f" | {said}"))
    )
    match finding.status:
        case Status.VERIFIED:
            inner = ""
        case _ if finding.is_dismissed:
            inner = f"<skipped message={message}/>"
        case Status.MISMATCH | Status.NOT_FOUND | Status.FABRICATED | Status.RETRACTED:
            inner = f'<failure type="{finding.status.value}" message={message}/>'
        case Status.UNVERIFIABLE | Status.UNCHECKED:
            inner = f"<skipped message={message}/>"
        case _ as never:
            assert_never(never)
    verdict = f'<properties><property name="verdict" value="{finding.status.value}"/></properties>'
    return f"  <testcase classname={place} name={name}>{verdict}{inner}</testcase>\n"


def _claim(finding: ClaimFinding) -> str:
    name, message = quoteattr(_xml(finding.claim.text)), quoteattr(_xml(f"{finding.stance.value}: {finding.because}"))
    match finding.stance:
        case Stance.NOT_SUPPORTED:
            inner = f'<failure type="not_supported" message={message}/>'
        case Stance.UNCHECKED | Stance.UNDECIDED:
            inner = f"<skipped message={message}/>"
        case Stance.SUPPORTED | Stance.NOT_CHECKABLE:
            inner = ""
    return f'  <testcase classname="claims" name={name}>{inner}</testcase>\n'


def _error(place: str, key: str, reason: str) -> str:
    where, name = quoteattr(_xml(place)), quoteattr(_xml(key or "unreadable"))
    return f"  <testcase classname={where} name={name}><error message={quoteattr(_xml(reason))}/></testcase>\n"


def _xml(text: str) -> str:
    """Text without what XML forbids even as an entity."""
    return "".join(each for each in inline(text) if each not in "\ufffe\uffff")

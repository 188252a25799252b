"""SARIF 2.1.0, so that code hosts show findings beside the lines of a bibliography."""

from __future__ import annotations

import json
from typing import Any, TextIO, assert_never
from urllib.parse import quote

from citations.types import Location, Status
from verifier.harmless import inline
from verifier.render.claim_words import shown_claims
from verifier.render.words import adjudication_words, what_differs, word, worst_first
from verifier.types import ClaimFinding, Finding, Report

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


class SarifRenderer:
    """Every verdict but ``verified`` is a result; failed inputs and gaps are notifications of the run."""

    name = "sarif"
    suffix = ".sarif"

    def render(self, report: Report, out: TextIO) -> None:
        """Write one run."""
        driver = {
            "name": report.tool.name,
            "version": report.tool.version,
            "rules": [{"id": status.value, "name": word(status)} for status in Status],
        }
        notices = [
            {"level": "error", "message": {"text": f"{inline(each.file)}: {inline(each.reason)}"}}
            for each in report.failed
        ] + [{"level": "note", "message": {"text": f"{inline(gap.what)}: {inline(gap.why)}"}} for gap in report.gaps]
        run = {
            "tool": {"driver": driver},
            "results": [_result(finding) for finding in worst_first(report.findings)]
            + [_unreadable(each.location, each.reason) for each in report.unreadable]
            + [_claim(each, report.inputs[0]) for each in shown_claims(report)],
            "invocations": [
                {
                    "executionSuccessful": not report.failed and not report.interrupted,
                    "toolExecutionNotifications": notices,
                }
            ],
        }
        json.dump({"version": "2.1.0", "$schema": SCHEMA, "runs": [run]}, out, indent=2)
        out.write("\n")


def _result(finding: Finding) -> dict[str, Any]:
    reference = finding.checked.reference
    level, kind = _level(finding)
    text = what_differs(finding.checked.verdict)
    cited = inline(reference.fields.title or reference.raw, 160)
    return {
        "ruleId": finding.status.value,
        "level": level,
        "kind": kind,
        "message": {"text": f"{finding.status.value}: {text} (cited: {cited})"},
        "locations": [_location(reference.location)],
        "partialFingerprints": {"factprobe/v1": finding.fingerprint},
        **_suppressions(finding),
    }


def _suppressions(finding: Finding) -> dict[str, Any]:
    """What people dismissed is shown as SARIF shows it: suppressed, with the reason."""
    if not finding.is_dismissed:
        return {}
    return {"suppressions": [{"kind": "external", "status": "accepted", "justification": adjudication_words(finding)}]}


def _claim(finding: ClaimFinding, file: str) -> dict[str, Any]:
    span = finding.claim.span
    region = {"charOffset": span.start, "charLength": span.end - span.start}
    return {
        "ruleId": finding.stance.value,
        "level": "warning",
        "kind": "fail",
        "message": {"text": f"{word(finding.stance)}: {inline(finding.claim.text)} ({inline(finding.because)})"},
        "locations": [{"physicalLocation": {"artifactLocation": {"uri": quote(file)}, "region": region}}],
        "partialFingerprints": {"factprobe/v1": finding.fingerprint},
    }


def _level(finding: Finding) -> tuple[str, str]:
    match finding.status:
        case Status.FABRICATED | Status.NOT_FOUND | Status.RETRACTED:
            return "error", "fail"
        case Status.MISMATCH:
            return ("error" if finding.is_major else "warning"), "fail"
        case Status.UNVERIFIABLE | Status.UNCHECKED:
            return "none", "open"
        case Status.VERIFIED:
            return "none", "pass"
        case _ as never:
            assert_never(never)


def _unreadable(location: Location, reason: str) -> dict[str, Any]:
    message = {"text": f"unreadable: {inline(reason)}"}
    return {
        "ruleId": "unreadable-entry",
        "level": "none",
        "kind": "open",
        "message": message,
        "locations": [_location(location)],
    }


def _location(location: Location) -> dict[str, Any]:
    physical: dict[str, Any] = {"artifactLocation": {"uri": quote(location.file)}}
    if location.line is not None:
        physical["region"] = {"startLine": location.line}
    return {"physicalLocation": physical}

"""From a report to what a caller is told: the decision, whether the answer may leave, headers and the key of the body. Pure."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from verifier.complaint import complaints, left_open
from verifier.errors import AnswerError
from verifier.policy import Policy
from verifier.render.records import report_record
from verifier.server.proxy.headers import Headers
from verifier.server.proxy.settings import ProxyPolicy, ProxySettings
from verifier.types import Decision, Report
from verifier.wrapping.refusal import Outcome, refusal

MAX_COMPLAINTS = 20
BLOCKED = "blocked"
"""The code of an answer that was held back for what was found in it."""
WITHHELD = "withheld"
"""The code of one whose rest was held back, after some of it had left."""
CHECK_FAILED = "check_failed"
"""The code of one that was held back because it could not be checked: no verdict."""
_NOT_PLAIN = re.compile(r"[^ -~]")


@dataclass(frozen=True, slots=True)
class Withheld:
    """Why an answer may not leave."""

    status: int
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Ruling:
    """What is said of one answer."""

    id: str
    """Under which its report can be had for a while."""
    decision: Decision
    outcome: Outcome
    complaints: tuple[str, ...] = ()
    """What is wrong with it, one line each, gravest first."""
    unchecked: tuple[str, ...] = ()
    """What nobody checked although it could be."""
    withheld: Withheld | None = None
    """``None`` if it may leave."""


def ruling(outcome: Outcome, settings: ProxySettings, ruling_id: str, *, some_left: bool = False) -> Ruling:
    """The ruling under the proxy's policy. A check that failed is no flag: what it means for the answer is ``on_error``'s.

    ``some_left``: text of the answer has left, which is therefore not blocked any more: only the rest can be withheld.
    """
    report = outcome.report
    unchecked = (outcome.failed,) if outcome.failed else left_open(report)
    withheld = _withheld(outcome, settings, some_left=some_left) if settings.policy is ProxyPolicy.BLOCK else None
    blocks = withheld is not None and withheld.code == BLOCKED
    decision = Decision.BLOCK if blocks else _decision(outcome, unchecked)
    return Ruling(ruling_id, decision, outcome, complaints(report)[:MAX_COMPLAINTS], unchecked, withheld)


def blocking(settings: ProxySettings) -> Policy:
    """What an answer is held back for."""
    return Policy(fail_on=settings.fail_on, on_error=settings.on_error)


def ruling_headers(made: Ruling) -> Headers:
    """Short headers: the decision, counts, and why it was not checked; nothing of the answer's own text."""
    report = made.outcome.report
    counts = ", ".join(f"{each.status.value}={each.number}" for each in report.counts if each.number)
    told = [("decision", made.decision.value), ("references", counts or "none"), ("id", made.id)]
    if report.claims:
        stances = ", ".join(f"{each.stance.value}={each.number}" for each in report.claim_counts if each.number)
        told.append(("claims", stances))
    if made.unchecked:
        told.append(("unchecked", str(len(made.unchecked))))
    if made.outcome.failed:
        told.append(("reason", made.outcome.failed))
    return [(f"x-verifier-{name}".encode(), _plain(value)) for name, value in told]


def verification(made: Ruling) -> dict[str, Any]:
    """The value of the key ``verification``: the ruling, and the whole report as ``verifier check --format json`` writes it."""
    return {
        "id": made.id,
        "decision": made.decision.value,
        "complaints": list(made.complaints),
        "unchecked": list(made.unchecked[:MAX_COMPLAINTS]),
        "failed": made.outcome.failed,
        "report": report_json(made.outcome.report),
    }


def report_json(report: Report) -> dict[str, Any]:
    """The report in its emitted shape, as decoded JSON."""
    made: dict[str, Any] = json.loads(json.dumps(asdict(report_record(report)), default=_of_value))
    return made


def _decision(outcome: Outcome, unchecked: tuple[str, ...]) -> Decision:
    """The gravest decision about any part of an answer that leaves, which is therefore never called blocked.

    Nothing that is partly unchecked passes, nor what held nothing to check.
    """
    report = outcome.report
    made = {each.decision for each in report.findings if not each.is_dismissed}
    made |= {each.decision for each in report.claims}
    if made & {Decision.BLOCK, Decision.FLAG}:
        return Decision.FLAG
    if outcome.failed or unchecked or not _is_supported(report):
        return Decision.ABSTAIN
    return Decision.PASS


def _is_supported(report: Report) -> bool:
    return any(each.decision is Decision.PASS or each.is_dismissed for each in report.findings) or any(
        each.decision is Decision.PASS for each in report.claims
    )


def _withheld(outcome: Outcome, settings: ProxySettings, *, some_left: bool) -> Withheld | None:
    error = refusal(outcome, blocking(settings), some_left=some_left)
    if error is None:
        return None
    if isinstance(error, AnswerError):
        return Withheld(400, WITHHELD if some_left else BLOCKED, "; ".join([error.message, *error.complaints[:1]]))
    return Withheld(503, CHECK_FAILED, error.message)


def _plain(value: str) -> bytes:
    return _NOT_PLAIN.sub("?", value)[:200].encode()


def _of_value(value: Any) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return str(value)

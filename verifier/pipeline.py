"""The conductor for prose: text to citations and claims to findings to a report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from citations.parse.inline import Citation, find_citations
from citations.types import Location, Reference
from verifier.afresh import ask_afresh
from verifier.claims import MAX_CLAIMS, find_claims
from verifier.errors import StoreError
from verifier.findings import PROSE, Check, Judged, MoreSignals, OnFinding, Record, judge, not_kept
from verifier.gaps import Circumstances, claim_gaps
from verifier.links import cited_spans
from verifier.scan import Read, report
from verifier.support import Facts, check_claims, with_signals
from verifier.types import ClaimFinding, FailedInput, Finding, Gap, Report

NO_CITATION = Gap(
    "the text's claims",
    "it cites nothing, so there was nothing to look up",
    "a text without citations is not a checked text",
)
NO_CLAIM = Gap("the text's claims", "it asserts nothing, so there was nothing to check")


@dataclass(frozen=True, slots=True)
class Prose:
    """A text to check."""

    text: str
    name: str = "-"
    """How reports call it: a path, ``-`` for standard input."""
    asked: str = ""
    """The question that it answers: tells whether bare titles in a list are works."""
    references: tuple[Reference, ...] = ()
    """A reference list that stands apart from the text, checked with it."""


def check_text(
    prose: Prose,
    check: Check,
    *,
    around: Circumstances | None = None,
    record: Record | None = None,
    resume: bool = False,
    on_finding: OnFinding | None = None,
    more_signals: MoreSignals | None = None,
    facts: Facts | None = None,
) -> Report:
    """Check every citation in a text, and with ``facts`` every claim; a text without any gives a gap, not an error."""
    started_at = datetime.now(UTC)
    citations = find_citations(prose.text, context=prose.asked)
    lines = _LineNumbers(prose.text)
    references = tuple(_reference(prose.name, number, each, lines) for number, each in enumerate(citations, start=1))
    references += prose.references
    record, failures = _read(prose, record)
    around = around or Circumstances(command=f"verifier check {prose.name}")
    model = around.citation_model
    judged = judge(
        references,
        check,
        record=record,
        resume=resume,
        on_finding=on_finding,
        more_signals=more_signals,
        model=model,
    )
    judged = replace(judged, failures=(*failures, *judged.failures))
    claims: Sequence[ClaimFinding] = ()
    if facts is not None:
        facts = replace(facts, model=around.claim_model)
        claims = _claims(prose.text, judged.findings, facts, more_signals)
        claims, judged = _kept(claims, judged, record)
    made = report((prose.name,), Read(references, (), ()), judged, around, started_at=started_at, record=record)
    if facts is None:
        return made if references else replace(made, gaps=(*made.gaps, NO_CITATION))
    missing = claim_gaps(claims) if claims else (NO_CLAIM,)
    missing += facts.folder.gaps() if facts.folder else ()
    if len(claims) == MAX_CLAIMS:
        missing += (Gap("what the text asserts further on", f"only its first {MAX_CLAIMS:,} claims were read"),)
    if facts.judge is not None and facts.afresh:
        afresh = ask_afresh(made.findings, facts.judge, facts.budget, facts.afresh, model)
        made = replace(made, findings=afresh)
    return replace(made, claims=tuple(claims), gaps=(*made.gaps, *missing), finished_at=datetime.now(UTC))


def _claims(
    text: str, findings: Sequence[Finding], facts: Facts, more_signals: MoreSignals | None
) -> tuple[ClaimFinding, ...]:
    """The claims of the text with what was decided about them, and what else is known of their spans."""
    cited = [finding.checked for finding in findings]
    claims = find_claims(text, cited_spans(text, [each.reference for each in cited]))
    found = check_claims(claims, facts, cited)
    if more_signals is None:
        return found
    return tuple(with_signals(each, more_signals(each.claim.span), facts) for each in found)


def _read(prose: Prose, record: Record | None) -> tuple[Record | None, tuple[FailedInput, ...]]:
    """The record, knowing the text; a database that fails at once costs the record, and nothing is left unchecked."""
    try:
        if record is not None:
            record.read(prose.text, prose.name, prose.asked)
    except StoreError as error:
        return None, (not_kept(error),)
    return record, ()


def _kept(
    claims: Sequence[ClaimFinding], judged: Judged, record: Record | None
) -> tuple[Sequence[ClaimFinding], Judged]:
    """The claims with what was decided about them before; a database that fails costs the record, never a claim."""
    if record is None or judged.failures:
        return claims, judged
    try:
        return record.claims(claims), judged
    except StoreError as error:
        return claims, replace(judged, failures=(not_kept(error),))


def _reference(name: str, number: int, citation: Citation, lines: _LineNumbers) -> Reference:
    return Reference(
        id=f"{name}#{number}",
        raw=citation.raw,
        fields=citation.fields,
        location=Location(name, line=lines.at(citation.start), start=citation.start, end=citation.end),
        key=_unbracketed(citation.label),
        source=PROSE,
    )


def _unbracketed(label: str) -> str:
    """The label without the brackets around the whole of it: ``12`` for ``[12]``, ``Roe (2019)`` as it is."""
    return label[1:-1] if label[:1] + label[-1:] in {"[]", "()"} else label


class _LineNumbers:
    """Offsets to 1-based lines, counted onwards."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._offset = 0
        self._line = 1

    def at(self, offset: int) -> int:
        if offset < self._offset:
            self._offset, self._line = 0, 1
        self._line += self._text.count("\n", self._offset, offset)
        self._offset = offset
        return self._line

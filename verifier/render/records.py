"""The records of ``json`` and ``jsonl``, whose JSON Schema ``verifier schema`` prints. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from citations.types import (
    Argument,
    Contradiction,
    ContradictionKind,
    Evidence,
    FieldName,
    Fields,
    Kind,
    Outcome,
    Retraction,
    RetractionKind,
    Severity,
    Status,
    Unreadable,
    Work,
)
from verifier.render.claim_records import ClaimCounts, ClaimRecord, claim_counts, claim_record
from verifier.types import Adjudication, Decision, Finding, Gap, Report, Risk, Signal, Span


@dataclass(frozen=True, slots=True)
class WorkRecord:
    """A work as a registry describes it, or as it was cited."""

    title: str
    authors: tuple[str, ...]
    year: int | None
    venue: str
    volume: str
    issue: str
    pages: str
    publisher: str
    kind: Kind
    doi: str
    arxiv: str
    pmid: str
    isbn: str
    url: str
    registry: str = ""
    """Empty for what was cited."""
    key: str = ""


@dataclass(frozen=True, slots=True)
class DiffRecord:
    """One field as cited and as registered."""

    field: FieldName
    cited: str
    registered: str
    severity: Severity
    note: str


@dataclass(frozen=True, slots=True)
class EvidenceRecord:
    """What one registry said."""

    registry: str
    outcome: Outcome
    url: str
    asked_at: datetime
    from_cache: bool
    body_sha256: str
    score: float | None
    reason: str
    identifier: str
    """``doi:10.1000/x`` if it was asked by identifier."""
    candidates: tuple[WorkRecord, ...]


@dataclass(frozen=True, slots=True)
class ContradictionRecord:
    """A fact that cannot be true together with the citation."""

    kind: ContradictionKind
    sentence: str
    works: tuple[WorkRecord, ...]


@dataclass(frozen=True, slots=True)
class ArgumentRecord:
    """Why the verdict may say what it says."""

    sentence: str
    supported_by: tuple[str, ...]
    refuted_by: tuple[str, ...]
    unavailable: tuple[str, ...]
    not_covered: tuple[str, ...]
    essential: tuple[str, ...]
    contradiction: ContradictionRecord | None


@dataclass(frozen=True, slots=True)
class RetractionRecord:
    """That the work was taken back."""

    kind: RetractionKind
    notice_doi: str
    date: str
    source: str


@dataclass(frozen=True, slots=True)
class ReferenceRecord:
    """One reference with its verdict."""

    type: Literal["reference"]
    file: str
    line: int | None
    page: int | None
    key: str
    id: str
    verdict: Status
    decision: Decision
    raw: str
    mended: tuple[str, ...]
    """What was damaged in the entry and still read."""
    cited: WorkRecord
    work: WorkRecord | None
    """The record the citation was compared with."""
    diffs: tuple[DiffRecord, ...]
    not_compared: tuple[FieldName, ...]
    retraction: RetractionRecord | None
    evidence: tuple[EvidenceRecord, ...]
    argument: ArgumentRecord
    signals: tuple[Signal, ...]
    risk: Risk | None
    span: Span | None
    same_as: str
    fingerprint: str
    adjudication: Adjudication | None
    """What people decided about the same finding before."""


@dataclass(frozen=True, slots=True)
class UnreadableRecord:
    """An entry, or a whole input, that could not be read."""

    type: Literal["unreadable"]
    file: str
    line: int | None
    page: int | None
    key: str
    code: str
    reason: str
    hint: str
    raw: str


@dataclass(frozen=True, slots=True)
class GapRecord:
    """Something that was not checked."""

    type: Literal["gap"]
    what: str
    why: str
    hint: str


@dataclass(frozen=True, slots=True)
class Counts:
    """Number of references for each verdict; with ``unreadable`` entries they are everything in the input."""

    verified: int
    mismatch: int
    not_found: int
    fabricated: int
    retracted: int
    unverifiable: int
    unchecked: int


@dataclass(frozen=True, slots=True)
class SummaryRecord:
    """The last line: what was run, and the sums."""

    type: Literal["summary"]
    schema_version: str
    tool: str
    version: str
    inputs: tuple[str, ...]
    references: int
    counts: Counts
    unreadable: int
    failed_inputs: int
    interrupted: bool
    started_at: datetime
    finished_at: datetime
    hints: tuple[str, ...]
    claims: int
    """0 also where claims were not asked for."""
    claim_counts: ClaimCounts


@dataclass(frozen=True, slots=True)
class ReportRecord:
    """The whole report as one object."""

    schema_version: str
    references: tuple[ReferenceRecord, ...]
    unreadable: tuple[UnreadableRecord, ...]
    gaps: tuple[GapRecord, ...]
    summary: SummaryRecord
    claims: tuple[ClaimRecord, ...] = ()


Record = ReferenceRecord | UnreadableRecord | ClaimRecord | GapRecord | SummaryRecord


def report_record(report: Report) -> ReportRecord:
    """The report in its emitted shape."""
    return ReportRecord(
        schema_version=report.schema_version,
        references=tuple(reference_record(finding) for finding in report.findings),
        unreadable=unreadable_records(report),
        gaps=tuple(_gap(gap) for gap in report.gaps),
        summary=_summary(report),
        claims=tuple(claim_record(each) for each in report.claims),
    )


def other_records(report: Report) -> Iterator[Record]:
    """What follows the references line by line: unreadable entries, claims, gaps, and last the summary."""
    yield from unreadable_records(report)
    yield from (claim_record(each) for each in report.claims)
    yield from (_gap(gap) for gap in report.gaps)
    yield _summary(report)


def unreadable_records(report: Report) -> tuple[UnreadableRecord, ...]:
    """Inputs and entries that could not be read."""
    failed = tuple(
        UnreadableRecord("unreadable", each.file, None, None, "", each.code, each.reason, each.hint, "")
        for each in report.failed
    )
    return failed + tuple(_unreadable(each) for each in report.unreadable)


def reference_record(finding: Finding) -> ReferenceRecord:
    """One finding in its emitted shape."""
    checked = finding.checked
    reference, verdict = checked.reference, checked.verdict
    return ReferenceRecord(
        type="reference",
        file=reference.location.file,
        line=reference.location.line,
        page=reference.location.page,
        key=reference.key,
        id=reference.id,
        verdict=verdict.status,
        decision=finding.decision,
        raw=reference.raw,
        mended=reference.mended,
        cited=_fields(reference.fields, reference.fields.url),
        work=None if verdict.work is None else work_record(verdict.work),
        diffs=tuple(DiffRecord(d.field, d.cited, d.registered, d.severity, d.note) for d in verdict.diffs),
        not_compared=verdict.not_compared,
        retraction=None if verdict.retraction is None else _retraction(verdict.retraction),
        evidence=tuple(_evidence(each) for each in checked.evidence),
        argument=_argument(verdict.argument),
        signals=finding.signals,
        risk=finding.risk,
        span=finding.span,
        same_as=checked.same_as,
        fingerprint=finding.fingerprint,
        adjudication=finding.adjudication,
    )


def work_record(work: Work) -> WorkRecord:
    """A registry's work in its emitted shape."""
    return _fields(work.fields, work.url, work.registry, work.key)


def _fields(fields: Fields, url: str, registry: str = "", key: str = "") -> WorkRecord:
    return WorkRecord(
        title=fields.title,
        authors=tuple(str(author) for author in fields.authors) + (("et al.",) if fields.et_al else ()),
        year=fields.year,
        venue=fields.venue,
        volume=fields.volume,
        issue=fields.issue,
        pages=fields.pages,
        publisher=fields.publisher,
        kind=fields.kind,
        doi=fields.doi,
        arxiv=fields.arxiv,
        pmid=fields.pmid,
        isbn=fields.isbn,
        url=url,
        registry=registry,
        key=key,
    )


def _evidence(evidence: Evidence) -> EvidenceRecord:
    asked, identifier = evidence.asked, evidence.identifier
    return EvidenceRecord(
        registry=asked.registry,
        outcome=evidence.outcome,
        url=asked.url,
        asked_at=asked.asked_at,
        from_cache=asked.from_cache,
        body_sha256=asked.body_sha256,
        score=evidence.score,
        reason=evidence.reason,
        identifier=f"{identifier.scheme.value}:{identifier.value}" if identifier else "",
        candidates=tuple(work_record(work) for work in evidence.candidates),
    )


def _argument(argument: Argument) -> ArgumentRecord:
    found = argument.contradiction
    return ArgumentRecord(
        sentence=argument.sentence,
        supported_by=argument.supported_by,
        refuted_by=argument.refuted_by,
        unavailable=argument.unavailable,
        not_covered=argument.not_covered,
        essential=argument.essential,
        contradiction=None if found is None else _contradiction(found),
    )


def _contradiction(found: Contradiction) -> ContradictionRecord:
    return ContradictionRecord(found.kind, found.sentence, tuple(work_record(work) for work in found.works))


def _retraction(found: Retraction) -> RetractionRecord:
    return RetractionRecord(found.kind, found.notice_doi, found.date, found.source)


def _unreadable(entry: Unreadable) -> UnreadableRecord:
    place = entry.location
    return UnreadableRecord(
        "unreadable", place.file, place.line, place.page, entry.key, "unreadable-entry", entry.reason, "", entry.raw
    )


def _gap(gap: Gap) -> GapRecord:
    return GapRecord("gap", gap.what, gap.why, gap.hint)


def _summary(report: Report) -> SummaryRecord:
    return SummaryRecord(
        type="summary",
        schema_version=report.schema_version,
        tool=report.tool.name,
        version=report.tool.version,
        inputs=report.inputs,
        references=len(report.findings),
        counts=Counts(**{count.status.value: count.number for count in report.counts}),
        unreadable=len(report.unreadable),
        failed_inputs=len(report.failed),
        interrupted=report.interrupted,
        started_at=report.started_at,
        finished_at=report.finished_at,
        hints=report.hints,
        claims=len(report.claims),
        claim_counts=claim_counts(report.claim_counts),
    )

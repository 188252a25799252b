"""How much of a text and of what is said about it is kept: nothing, digests, an excerpt, or all. Pure."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from enum import StrEnum

from citations.types import (
    Argument,
    CheckedReference,
    Contradiction,
    Evidence,
    FieldDiff,
    Fields,
    Location,
    Reference,
    Retraction,
    Unreadable,
    Verdict,
    Work,
)
from verifier.types import ClaimFinding, Finding, Flagged, Judgement, Passage, PassageSource, Risk, Signal

AROUND = 200
"""Characters around a span that are kept as its excerpt."""
_DIGITS = 16


class StorageLevel(StrEnum):
    """What a run leaves in the database; each level keeps what the one before keeps."""

    NONE = "none"
    """Nothing is written."""
    HASH = "hash"
    """Digests, verdicts, numbers and times, by which decisions are recognised; no word of the text, no name of a file."""
    EXCERPT = "excerpt"
    """References and flagged claims with their evidence, and 200 characters around the span; never the prompt."""
    FULL = "full"
    """Also the whole checked text and the prompt that it answers."""

    @property
    def keeps_words(self) -> bool:
        """Whether anything of the text is kept in clear."""
        return self in {StorageLevel.EXCERPT, StorageLevel.FULL}


def kept(flagged: Flagged, level: StorageLevel) -> Flagged:
    """What of a finding or claim may be stored.

    The verdict, its numbers, who was asked and when stay at every level.
    """
    return kept_claim(flagged, level) if isinstance(flagged, ClaimFinding) else kept_finding(flagged, level)


def kept_finding(finding: Finding, level: StorageLevel) -> Finding:
    """A finding about a reference as the level allows: all of it, or without the words of text, records and evidence."""
    return finding if level.keeps_words else _bare(finding)


def kept_claim(finding: ClaimFinding, level: StorageLevel) -> ClaimFinding:
    """A claim as the level allows; what a judge read of the user's own documents is an excerpt unless all is kept."""
    if level is StorageLevel.FULL:
        return finding
    if level is StorageLevel.EXCERPT:
        claim = replace(finding.claim, lead=finding.claim.lead[:AROUND])
        judgements = tuple(
            replace(each, passages=tuple(_excerpt(passage) for passage in each.passages)) for each in finding.judgements
        )
        return replace(finding, claim=claim, judgements=judgements)
    return replace(
        finding,
        claim=replace(finding.claim, text="", lead="", cites=tuple(digest(each) for each in finding.claim.cites)),
        judgements=tuple(_bare_judgement(each) for each in finding.judgements),
        signals=_bare_signals(finding.signals),
        risk=_bare_risk(finding.risk),
        because="",
    )


def kept_evidence(evidence: Evidence, level: StorageLevel) -> Evidence:
    """One registry's answer as the level allows: the question holds the title, and the records hold it again."""
    if level.keeps_words:
        return evidence
    return replace(
        evidence,
        reference_id=digest(evidence.reference_id),
        asked=replace(evidence.asked, url=""),
        candidates=(),
        best=None if evidence.best is None else _bare_work(evidence.best),
        reason="",
        identifier=None,
    )


def kept_unreadable(entry: Unreadable, level: StorageLevel) -> Unreadable:
    """What could not be read, as the level allows."""
    if level is StorageLevel.FULL:
        return entry
    if level is StorageLevel.EXCERPT:
        return replace(entry, raw=entry.raw[:AROUND])
    return Unreadable(_bare_location(entry.location), "")


def kept_name(name: str, level: StorageLevel) -> str:
    """The name of a file or text as the level allows: itself, or a digest that the same name gives again.

    >>> kept_name("secret.pdf", StorageLevel.HASH)
    'sha256:29af7f0168d2731e'
    """
    return name if level.keeps_words or not name else digest(name)


def digest(text: str) -> str:
    """A short digest that says that it is one."""
    return f"sha256:{hashlib.sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()[:_DIGITS]}"


def _bare(finding: Finding) -> Finding:
    checked = finding.checked
    reference = checked.reference
    bare = Reference(digest(reference.id), "", Fields(kind=reference.fields.kind), _bare_location(reference.location))
    evidence = tuple(kept_evidence(each, StorageLevel.HASH) for each in checked.evidence)
    return replace(
        finding,
        checked=CheckedReference(bare, evidence, _bare_verdict(checked.verdict)),
        signals=_bare_signals(finding.signals),
        risk=_bare_risk(finding.risk),
        adjudication=None,
    )


def _bare_location(place: Location) -> Location:
    return replace(place, file=digest(place.file) if place.file else "")


def _bare_verdict(verdict: Verdict) -> Verdict:
    told = verdict.argument.contradiction
    argument: Argument = replace(
        verdict.argument, contradiction=None if told is None else Contradiction(told.kind, ""), sentence=""
    )
    return replace(
        verdict,
        argument=argument,
        work=None if verdict.work is None else _bare_work(verdict.work),
        diffs=tuple(FieldDiff(each.field, "", "", each.severity) for each in verdict.diffs),
        retraction=None if verdict.retraction is None else _bare_retraction(verdict.retraction),
    )


def _bare_work(work: Work) -> Work:
    return Work(work.registry, "", "", Fields(kind=work.fields.kind))


def _bare_retraction(notice: Retraction) -> Retraction:
    return replace(notice, notice_doi="", date="")


def _bare_judgement(said: Judgement) -> Judgement:
    return replace(said, passages=(), unavailable="")


def _bare_signals(signals: tuple[Signal, ...]) -> tuple[Signal, ...]:
    return tuple(replace(each, detail="", because="") for each in signals)


def _bare_risk(risk: Risk | None) -> Risk | None:
    return None if risk is None else replace(risk, signals=_bare_signals(risk.signals))


def _excerpt(passage: Passage) -> Passage:
    return passage if passage.source is PassageSource.ABSTRACT else replace(passage, text=passage.text[:AROUND])

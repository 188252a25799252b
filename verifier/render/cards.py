"""What a page tells about one finding: cited beside registered field by field, and the evidence. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace

from citations.types import CheckedReference, Evidence, FieldName, Fields, Severity, Verdict, Work
from verifier.harmless import inline
from verifier.registry_names import registry_name
from verifier.render.claim_words import place
from verifier.render.marks import Marked, Piece, alike, mark
from verifier.render.words import (
    adjudication_words,
    asked_whom,
    because,
    moment,
    outcome_words,
    safe_url,
    what_differs,
    word,
)
from verifier.types import ClaimFinding, Finding, Judgement, Stance

TONES = {
    Stance.SUPPORTED: "verified",
    Stance.NOT_SUPPORTED: "not_found",
    Stance.UNDECIDED: "unverifiable",
    Stance.UNCHECKED: "unchecked",
    Stance.NOT_CHECKABLE: "unverifiable",
}
"""The verdict whose colour a stance bears."""


@dataclass(frozen=True, slots=True)
class Row:
    """One field of the table."""

    name: str
    severity: str
    """``same``, ``not compared``, or a severity."""
    texts: Marked
    note: str = ""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A work that a registry offered."""

    title: str
    authors: str
    year: str
    venue: str
    link: str


@dataclass(frozen=True, slots=True)
class Told:
    """One piece of evidence."""

    registry: str
    outcome: str
    said: str
    link: str
    asked_at: str
    from_cache: bool
    candidates: tuple[Candidate, ...]


@dataclass(frozen=True, slots=True)
class Card:
    """One finding on the page."""

    anchor: str
    place: str
    key: str
    title: str
    status: str
    word: str
    differs: str
    because: str
    decided: str
    """What people decided about it before."""
    damaged: tuple[str, ...]
    """What was broken in the entry."""
    raw: str
    rows: tuple[Row, ...]
    work: Candidate | None
    """The record in the right-hand column."""
    introduction: str
    """What that record is."""
    told: tuple[Told, ...]
    fingerprint: str


def card(finding: Finding, number: int = 0) -> Card:
    """Everything about one finding; ``number`` makes its anchor unique on a page of many."""
    checked = finding.checked
    reference, verdict = checked.reference, checked.verdict
    differs = what_differs(verdict)
    nearest = verdict.work or _nearest(checked)
    return Card(
        anchor=f"{finding.status.value}-{number}",
        place=inline(str(reference.location)),
        key=inline(reference.key, 80),
        title=inline(reference.fields.title or reference.raw),
        status=finding.status.value,
        word=word(finding.status),
        differs=differs,
        because=because(verdict, differs),
        decided=adjudication_words(finding),
        damaged=tuple(inline(each) for each in reference.mended),
        raw=readable(reference.raw),
        rows=_rows(checked) if verdict.work else _beside(reference.fields, nearest),
        work=None if nearest is None else _candidate(nearest),
        introduction=_introduction(verdict),
        told=tuple(_told(each) for each in checked.evidence),
        fingerprint=finding.fingerprint,
    )


def blind_card(finding: Finding) -> Card:
    """The same without verdict, severities and argument: for somebody who is to judge before being told."""
    checked = finding.checked
    shown = checked.verdict.work or _nearest(checked)
    return replace(
        card(finding),
        anchor="sample",
        status="sample",
        word="sample",
        differs="",
        because="",
        decided="",
        rows=_beside(checked.reference.fields, shown),
        introduction="The nearest record:",
    )


def claim_card(finding: ClaimFinding, *, blind: bool = False) -> Card:
    """The same about one claim, which has no fields: judges stand where registries do."""
    claim = finding.claim
    return Card(
        anchor=claim.id,
        place=place(finding),
        key="",
        title=inline(claim.text),
        status="sample" if blind else TONES[finding.stance],
        word="sample" if blind else word(finding.stance),
        differs="",
        because="" if blind else inline(finding.because),
        decided="",
        damaged=(),
        raw=readable(f"{claim.lead}\n{claim.text}" if claim.lead else claim.text),
        rows=(),
        work=None,
        introduction="",
        told=() if blind else tuple(_judged(each) for each in finding.judgements),
        fingerprint=finding.fingerprint,
    )


def _judged(said: Judgement) -> Told:
    own = "" if said.independent else ", which wrote the text itself"
    certain = "" if said.probability is None else f", borne out with probability {said.probability:.2f}"
    return Told(
        registry=f"{inline(said.judge, 80)}{own}",
        outcome=said.stance.value,
        said=inline(said.unavailable) or f"{word(said.stance)}{certain}",
        link="",
        asked_at="",
        from_cache=False,
        candidates=(),
    )


def _rows(checked: CheckedReference) -> tuple[Row, ...]:
    cited, verdict = checked.reference.fields, checked.verdict
    registered = verdict.work.fields if verdict.work else Fields()
    diffs = {diff.field: diff for diff in verdict.diffs}
    rows = []
    for name in FieldName:
        here, there = field_text(cited, name), field_text(registered, name)
        if name in diffs:
            diff = diffs[name]
            texts = mark(inline(diff.cited or here, 1200), inline(diff.registered or there, 1200))
            rows.append(Row(name.value, diff.severity.value, texts, inline(diff.note)))
        elif here:
            compared = verdict.work is not None and name not in verdict.not_compared and there
            rows.append(
                Row(name.value, "same" if compared else "not compared", _plain(here, there if compared else ""))
            )
    gravity = [*reversed([severity.value for severity in Severity]), "same", "not compared"]
    return tuple(sorted(rows, key=lambda row: gravity.index(row.severity)))


def _beside(cited: Fields, nearest: Work | None) -> tuple[Row, ...]:
    """Cited fields beside a record that is *not* the cited work, so that a reader sees why."""
    rows = []
    for name in FieldName:
        here = inline(field_text(cited, name), 1200)
        there = inline(field_text(nearest.fields, name), 1200) if nearest else ""
        if here:
            rows.append(Row(name.value, "", mark(here, there) if alike(here, there) else _plain(here, there)))
    return tuple(rows)


def _nearest(checked: CheckedReference) -> Work | None:
    """What contradicts the citation, or else the best record that was offered; a placeholder is contradicted by none."""
    contradiction = checked.verdict.argument.contradiction
    if contradiction:
        return next(iter(contradiction.works), None)
    offers = [each for each in checked.evidence if each.candidates and each.best is None]
    best = max(offers, key=lambda each: each.score or 0.0, default=None)
    return best.candidates[0] if best else None


def _introduction(verdict: Verdict) -> str:
    if verdict.work:
        return "Compared with"
    return "Contradicted by" if verdict.argument.contradiction else "The nearest record, which is another work:"


def field_text(fields: Fields, name: FieldName) -> str:
    """A field as people read it."""
    if name is FieldName.AUTHORS:
        authors = "; ".join(str(author) for author in fields.authors)
        return f"{authors}; et al." if fields.et_al and authors else authors
    value = getattr(fields, name.value)
    return "" if value is None else str(value)


def _plain(here: str, there: str) -> Marked:
    return Marked((Piece(inline(here, 1200), differs=False),), (Piece(inline(there, 1200), differs=False),))


def _told(evidence: Evidence) -> Told:
    others = [work for work in evidence.candidates if work != evidence.best]
    return Told(
        registry=inline(asked_whom(registry_name(evidence.asked.registry), evidence), 120),
        outcome=evidence.outcome.value,
        said=outcome_words(evidence),
        link=safe_url(evidence.asked.url),
        asked_at=moment(evidence.asked.asked_at),
        from_cache=evidence.asked.from_cache,
        candidates=tuple(_candidate(work) for work in others[:5]),
    )


def _candidate(work: Work) -> Candidate:
    fields = work.fields
    return Candidate(
        title=inline(fields.title),
        authors=inline(field_text(fields, FieldName.AUTHORS)),
        year=field_text(fields, FieldName.YEAR),
        venue=inline(fields.venue),
        link=safe_url(work.url),
    )


def readable(text: str, limit: int = 4000) -> str:
    """Hostile text with its line breaks, without control and direction characters, cut."""
    lines = text[:limit].splitlines()
    return "\n".join(" ".join(inline(word, limit) for word in line.split(" ")).rstrip() for line in lines)

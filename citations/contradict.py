"""What in a citation contradicts itself: identifiers of other works, parts of two works, placeholders for people."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date

from citations.coverage import registry_title
from citations.identifiers import impossible
from citations.match.beside import REVIEW, beside, may_hold
from citations.match.identity import (
    arxiv_is_unknown,
    chimera,
    doi_is_unknown,
    named_by,
    other_work,
    placeholder_authors,
    title_is_nobodys,
)
from citations.match.printed import printed
from citations.match.score import shared_identifier
from citations.types import (
    Contradiction,
    ContradictionKind,
    Evidence,
    FieldDiff,
    FieldName,
    Fields,
    Identifier,
    Outcome,
    Reference,
    Scheme,
    Severity,
    Work,
)

_IDENTIFIER_FIELDS = ((FieldName.DOI, Scheme.DOI), (FieldName.ARXIV, Scheme.ARXIV), (FieldName.PMID, Scheme.PMID))


def identifier_diffs(
    reference: Reference,
    evidence: Sequence[Evidence],
    records: Sequence[Work],
    agreed: Collection[FieldName],
    today: date,
) -> list[FieldDiff]:
    """Cited identifiers that name another work than the records, nothing at all, or cannot exist.

    ``agreed`` are the fields in which some record agrees.
    """
    diffs: list[FieldDiff] = []
    for field, scheme in _IDENTIFIER_FIELDS:
        value: str = getattr(reference.fields, field.value)
        if not value or field in agreed:
            continue
        severity, note = _wrong(reference, Identifier(scheme, value), evidence, agreed, today)
        if note:
            diffs.append(FieldDiff(field, value, _registered_id(records, field), severity, note))
    return diffs


def _wrong(
    reference: Reference,
    identifier: Identifier,
    evidence: Sequence[Evidence],
    agreed: Collection[FieldName],
    today: date,
) -> tuple[Severity, str]:
    """What is wrong with one identifier; an empty note where nothing is."""
    scheme, text = identifier.scheme, printed(reference)
    for work in named_by(identifier, evidence):
        aside = beside(reference.fields, work, text)
        if aside:
            return Severity.MINOR, f"the {_label(scheme)} of {aside}"
    other = other_work(reference, identifier, evidence, titled=FieldName.TITLE in agreed)
    if other is not None:
        return Severity.MAJOR, f"the {_label(scheme)} of another work: {short(other.fields.title)}"
    if scheme is Scheme.DOI and doi_is_unknown(reference, evidence):
        return Severity.MAJOR, "not registered with any agency"
    if scheme is Scheme.ARXIV and arxiv_is_unknown(reference, evidence):
        return Severity.MAJOR, "not known to arXiv"
    return Severity.MAJOR, impossible(identifier, today)


def _registered_id(records: Sequence[Work], field: FieldName) -> str:
    values: list[str] = [getattr(record.fields, field.value) for record in records]
    return next((value for value in values if value), "")


def _label(scheme: Scheme) -> str:
    return {Scheme.DOI: "DOI", Scheme.ARXIV: "arXiv number", Scheme.PMID: "PMID", Scheme.ISBN: "ISBN"}[scheme]


def registered_beside(reference: Reference, evidence: Sequence[Evidence]) -> str:
    """Why the silence about a work says nothing: its book, a part of it or a review of it is registered; empty otherwise.

    Chapters, books and abstracts of meetings are registered only in part.
    """
    cited, text = reference.fields, printed(reference)
    for work in (work for each in evidence for work in each.candidates):
        aside = beside(cited, work, text)
        if aside and shared_identifier(cited, work) is not None:
            return (
                f"its identifier is that of {short(work.fields.title)}, {aside}: chapters are registered only in part"
            )
        if aside == REVIEW:
            return f"{registry_title(work.registry)} holds {aside}, not the book: books are registered only in part"
    for identifier in _identifiers(cited):
        for work in named_by(identifier, evidence):
            if not work.fields.authors and may_hold(cited, work):
                return f"its identifier is that of {short(work.fields.title)}, which may hold it: the record names no authors"
    return ""


def own_paper(reference: Reference, evidence: Sequence[Evidence]) -> Work | None:
    """The record of the cited DOI, where its authors are the cited ones and its title is not."""
    named = named_by(Identifier(Scheme.DOI, reference.fields.doi), evidence) if reference.fields.doi else []
    return next((work for work in named if title_is_nobodys(reference, [work], ())), None)


def disowned(evidence: Sequence[Evidence]) -> list[Evidence]:
    """The same evidence where what was accepted is another work, so that only the searches for the title count."""
    return [
        replace(each, outcome=Outcome.NO_MATCH, best=None) if each.outcome is Outcome.MATCH else each
        for each in evidence
    ]


def contradiction(reference: Reference, evidence: Sequence[Evidence], today: date) -> Contradiction | None:
    """A fact that cannot be true together with the citation. Asked only once the title is known to exist nowhere."""
    cited = reference.fields
    for identifier in _identifiers(cited):
        other = other_work(reference, identifier, evidence)
        if other is not None:
            sentence = f"{_label(identifier.scheme)} {identifier.value} names another work: {short(other.fields.title)}"
            return Contradiction(ContradictionKind.IDENTIFIER_OF_OTHER_WORK, sentence, (other,))
    mixed = chimera(reference, evidence)
    if mixed is not None:
        sentence = (
            f"the title is that of a work by {_first_author(mixed.titled)}, "
            f"the authors and the year are those of {short(mixed.authored.fields.title)}"
        )
        return Contradiction(ContradictionKind.CHIMERA, sentence, (mixed.titled, mixed.authored))
    placeholder = placeholder_authors(cited.authors)
    if not placeholder:
        return None
    why = impossible_identifier(cited, today)
    if why:
        sentence = f"the author {placeholder} is a placeholder and {why}"
        return Contradiction(ContradictionKind.IMPOSSIBLE_IDENTIFIER, sentence)
    return Contradiction(ContradictionKind.PLACEHOLDER, f"the author {placeholder} is a placeholder")


def impossible_identifier(cited: Fields, today: date) -> str:
    """A sentence about the first cited identifier that cannot exist, empty if all could: a slip of the pen may do that."""
    for identifier in _identifiers(cited):
        why = impossible(identifier, today)
        if why:
            return f"its {_label(identifier.scheme)} {identifier.value} cannot exist: {why}"
    return ""


def future_year(reference: Reference, work: Work, today: date) -> FieldDiff | None:
    """A year that has not come; the next one is printed honestly by journals ahead of their time."""
    year = reference.fields.year
    if year is None or year <= today.year + 1 or year == work.fields.year:
        return None
    return FieldDiff(FieldName.YEAR, str(year), str(work.fields.year or ""), Severity.MAJOR, "a year in the future")


def _identifiers(cited: Fields) -> list[Identifier]:
    values = ((scheme, str(getattr(cited, field.value))) for field, scheme in _IDENTIFIER_FIELDS)
    return [Identifier(scheme, value) for scheme, value in values if value]


def _first_author(work: Work) -> str:
    return str(work.fields.authors[0]) if work.fields.authors else "others"


def short(text: str, most: int = 80) -> str:
    """The text, or its beginning where it is long."""
    return text if len(text) <= most else f"{text[: most - 1]}…"

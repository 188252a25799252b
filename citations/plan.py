"""Which registry is asked what next: identifiers before searches, the index before the network, nothing twice.

Pure: it sees what was learnt so far and names the next questions. ``citations.check`` asks them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import inf

from citations.coverage import DOI_ORG, OFFLINE, coverage_table, rule_for
from citations.identifiers import identifiers_of
from citations.match.printed import printed
from citations.registries.interface import Coverage
from citations.types import (
    Evidence,
    FieldName,
    Identifier,
    Query,
    Reference,
    Scheme,
    Severity,
    Status,
    Verdict,
)

_MUST_BE_COMPARED = frozenset(
    {FieldName.TITLE, FieldName.AUTHORS, FieldName.YEAR, FieldName.DOI, FieldName.ARXIV, FieldName.PMID}
)
_RESOLVERS = {
    Scheme.ARXIV: ("arxiv", "semantic_scholar", "datacite"),
    Scheme.PMID: ("pubmed", "semantic_scholar"),
    Scheme.ISBN: ("openlibrary", "crossref"),
}
_DOI_RESOLVERS = ("crossref", "datacite")
_LAST_RESORT = "arxiv"
"""Answers one search in three seconds: asked for words only where nobody else had the work as it is cited."""
_DUE_S = 1.2


@dataclass(frozen=True, slots=True)
class Question:
    """One query for one registry."""

    registry: str
    query: Query


@dataclass(frozen=True, slots=True)
class Known:
    """What was learnt about a reference so far."""

    asked: Collection[tuple[str, Identifier | None]]
    evidence: Sequence[Evidence]
    verdict: Verdict | None = None
    """The verdict that the evidence would give now; ``None`` also while no record matched."""


def next_questions(
    reference: Reference, known: Known, present: Mapping[str, Coverage], *, cross_check: bool = False
) -> tuple[Question, ...]:
    """The next questions about the reference, none when it is settled or nobody is left to ask.

    ``present`` holds the registries of this run. With ``cross_check`` a settled reference is still shown to one more
    registry by its words.
    """
    if known.verdict is not None and settled(known.verdict):
        if cross_check and len(known.verdict.argument.supported_by) < 2:
            return _fresh(_first_search(reference, present), known)
        return ()
    for stage in (_index_search, _index_identifiers, _resolvers, _other_resolvers, _searches, _last_resort, _doi_org):
        questions = _fresh(stage(reference, known, present), known)
        if questions:
            return questions
    return ()


def meanwhile(reference: Reference, known: Known, present: Mapping[str, Coverage]) -> tuple[Question, ...]:
    """Questions to all others while the registries that were asked keep silent; they may settle it without them.

    By identifier where the registry resolves it, because many of them go into one request, otherwise by words.
    """
    questions = []
    for name in _searchers(reference, present):
        resolved = [each for each in identifiers_of(reference.fields) if each.scheme in present[name].schemes]
        queries = [Query(reference, each) for each in resolved] or [Query(reference)]
        questions += [Question(name, each) for each in queries]
    return _fresh(questions, known)


def due_s(registry: str) -> float:
    """After how many seconds of silence a registry is late.

    arXiv wants three seconds between two requests; the offline index is waited for, because asking others costs more.
    """
    return inf if registry == OFFLINE else _DUE_S + 3.0 if registry == _LAST_RESORT else _DUE_S


def settled(verdict: Verdict) -> bool:
    """Whether a record agrees in all that was cited and matters, so that asking further can only cost."""
    if verdict.status is Status.RETRACTED:
        return True
    return (
        verdict.status is Status.VERIFIED
        and not any(diff.severity is not Severity.COSMETIC for diff in verdict.diffs)
        and not _MUST_BE_COMPARED.intersection(verdict.not_compared)
    )


def same_question(reference: Reference) -> tuple[object, ...]:
    """A key that is equal for references which would be asked and judged alike, wherever they stand.

    All that a verdict may depend on is in it: given names, the kind, the printed words, and what was mended.
    """
    text = printed(reference)
    return (reference.fields, " ".join(text.text.split()) if text is not None else "", reference.mended)


def in_plan_order(reference: Reference, evidence: Iterable[Evidence]) -> list[Evidence]:
    """The same evidence, whoever answered first: identifiers before searches, registries as the rule names them."""
    identifiers: list[Identifier | None] = [*identifiers_of(reference.fields)]
    names = rule_for(reference.fields).ask

    def place(each: Evidence) -> tuple[bool, int, int, str]:
        name, identifier = each.asked.registry, each.identifier
        at = identifiers.index(identifier) if identifier in identifiers else len(identifiers)
        return identifier is None, at, names.index(name) if name in names else len(names), name

    return sorted(evidence, key=place)


def _fresh(questions: Sequence[Question], known: Known) -> tuple[Question, ...]:
    return tuple(each for each in questions if (each.registry, each.query.identifier) not in known.asked)


def _index_search(reference: Reference, _: Known, present: Mapping[str, Coverage]) -> list[Question]:
    return [Question(OFFLINE, Query(reference))] if OFFLINE in present else []


def _index_identifiers(reference: Reference, _: Known, present: Mapping[str, Coverage]) -> list[Question]:
    coverage = present.get(OFFLINE)
    return [
        Question(OFFLINE, Query(reference, identifier))
        for identifier in identifiers_of(reference.fields)
        if coverage is not None and identifier.scheme in coverage.schemes
    ]


def _resolvers(reference: Reference, _: Known, present: Mapping[str, Coverage]) -> list[Question]:
    """Each identifier to the first registry that can answer for it; a DOI of arXiv is asked there by its number."""
    questions = []
    for identifier in identifiers_of(reference.fields):
        names = [] if _arxiv_doi(identifier) and "arxiv" in present else _able(identifier, present)
        questions += [Question(name, Query(reference, identifier)) for name in names[:1]]
    return questions


def _other_resolvers(reference: Reference, known: Known, present: Mapping[str, Coverage]) -> list[Question]:
    """Identifiers whose first registry did not know them, to the next one."""
    questions = []
    for identifier in identifiers_of(reference.fields):
        names = [name for name in _able(identifier, present) if (name, identifier) not in known.asked]
        if names and not _answered_with_record(reference, identifier, known.evidence):
            questions.append(Question(names[0], Query(reference, identifier)))
    return questions


def _arxiv_doi(identifier: Identifier) -> bool:
    return identifier.scheme is Scheme.DOI and identifier.value.startswith("10.48550/arxiv.")


def _able(identifier: Identifier, present: Mapping[str, Coverage]) -> list[str]:
    names = _RESOLVERS.get(identifier.scheme, _DOI_RESOLVERS)
    if identifier.scheme is Scheme.DOI:
        agency = coverage_table().agencies.get(identifier.value.partition("/")[0])
        names = tuple(sorted(names, key=lambda name: name != agency))
    return [
        name
        for name in (*names, *_strangers(present))
        if name in present and identifier.scheme in present[name].schemes
    ]


def _answered_with_record(reference: Reference, identifier: Identifier, evidence: Sequence[Evidence]) -> bool:
    """Whether some registry beside the index showed a record for the identifier, be it as DOI or as arXiv number."""
    same = {identifier, *(identifiers_of(reference.fields) if _arxiv_doi(identifier) else ())}
    return any(each.identifier in same and each.candidates and each.asked.registry != OFFLINE for each in evidence)


def _searchers(reference: Reference, present: Mapping[str, Coverage]) -> list[str]:
    names = (*rule_for(reference.fields).ask, *_strangers(present))
    return [name for name in names if name in present and name != OFFLINE and present[name].searches]


def _strangers(present: Mapping[str, Coverage]) -> list[str]:
    """Registries of the caller's own, which the coverage table does not know: asked about everything, essential for nothing."""
    return [name for name in present if coverage_table().facts(name) is None]


def _first_search(reference: Reference, present: Mapping[str, Coverage]) -> list[Question]:
    return [Question(name, Query(reference)) for name in _searchers(reference, present)[:1]]


def _searches(reference: Reference, known: Known, present: Mapping[str, Coverage]) -> list[Question]:
    """The first registry alone, then the others together: most references are settled by the first."""
    names = _searchers(reference, present)
    if names and (names[0], None) not in known.asked:
        return [Question(names[0], Query(reference))]
    return [Question(name, Query(reference)) for name in names[1:] if name != _LAST_RESORT]


def _last_resort(reference: Reference, known: Known, present: Mapping[str, Coverage]) -> list[Question]:
    doubtful = known.verdict is None or known.verdict.status not in {Status.VERIFIED, Status.RETRACTED}
    if not doubtful or _LAST_RESORT not in _searchers(reference, present):
        return []
    return [Question(_LAST_RESORT, Query(reference))]


def _doi_org(reference: Reference, known: Known, present: Mapping[str, Coverage]) -> list[Question]:
    """Only for a DOI that no registry confirmed."""
    doi = reference.fields.doi
    if not doi or DOI_ORG not in present:
        return []
    if any(work.fields.doi == doi for each in known.evidence for work in each.candidates):
        return []
    return [Question(DOI_ORG, Query(reference, Identifier(Scheme.DOI, doi)))]

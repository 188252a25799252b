"""What an answer means for one reference: which of the works offered is the cited one, if any."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import assert_never

from citations.match.beside import beside
from citations.match.printed import printed
from citations.match.score import Score, agrees_around, score, venue_relation, years_of
from citations.match.title import is_cut
from citations.match.versions import either_preprint
from citations.titles import is_generic, title_key
from citations.types import (
    Answer,
    DoiExists,
    DoiUnknown,
    Evidence,
    Fields,
    Found,
    NotCovered,
    Outcome,
    Query,
    Reference,
    Severity,
    Unavailable,
    Work,
)
from citations.venues import VenueRelation

Arbiter = Callable[[Reference, Work], float | None]
"""A second opinion where the rules abstain: the probability that the record is the cited work, or ``None``.

It may turn an abstention into a match, never a match into anything else.
"""

_KEPT_CANDIDATES = 5
_ARBITER_IS_SURE = 0.9
_NEAR_SIMILARITY = 0.72
_NEAR_KEPT = 0.6
_DISTINCTIVE_KEY = 32
_MEETING = re.compile(
    r"\b(?:proceedings|conference|symposium|workshop|congress|meeting|innovative applications)\b", re.IGNORECASE
)
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")


@dataclass(frozen=True, slots=True)
class _Judged:
    work: Work
    score: Score
    accepted: bool
    doubtful: bool
    """Not accepted, but near enough to ask the arbiter."""
    reason: str


def evidence(query: Query, answer: Answer, arbiter: Arbiter | None = None) -> Evidence:
    """Choose the record that is the cited work, or say that none is; a failure stays a failure.

    An identifier counts only when its record agrees with the citation. Scores of registries are never looked at.
    """
    reference = query.reference
    match answer:
        case Found():
            return _judge(query, answer, arbiter)
        case Unavailable():
            reason = f"{answer.why}: {answer.detail}" if answer.detail else str(answer.why)
            return Evidence(reference.id, Outcome.UNAVAILABLE, answer.asked, reason=reason, identifier=query.identifier)
        case NotCovered():
            return Evidence(
                reference.id, Outcome.NOT_COVERED, answer.asked, reason=answer.reason, identifier=query.identifier
            )
        case DoiExists() | DoiUnknown():
            known = isinstance(answer, DoiExists)
            reason = f"the DOI {answer.doi} is {'registered' if known else 'not registered with any agency'}"
            return Evidence(
                reference.id,
                Outcome.NOT_COVERED,
                answer.asked,
                reason=reason,
                identifier=query.identifier,
                doi_registered=known,
            )
        case _:
            assert_never(answer)


def _judge(query: Query, answer: Found, arbiter: Arbiter | None) -> Evidence:
    reference = query.reference
    judged = sorted(
        (_accept(query, work) for work in answer.works),
        key=lambda each: (each.accepted, each.score.shared is not None, each.score.total),
        reverse=True,
    )
    if judged and not judged[0].accepted and arbiter is not None:
        judged = _ask(arbiter, reference, judged)
    best = judged[0] if judged and judged[0].accepted else None
    if best is None and any(_says_nothing(each) for each in judged):
        reason = "holds the cited identifier, but its record names neither title nor authors"
        return Evidence(reference.id, Outcome.UNAVAILABLE, answer.asked, reason=reason, identifier=query.identifier)
    return Evidence(
        reference.id,
        Outcome.MATCH if best else Outcome.NO_MATCH,
        answer.asked,
        candidates=tuple(each.work for each in judged[:_KEPT_CANDIDATES]),
        best=best.work if best else None,
        score=judged[0].score.total if judged else None,
        reason=judged[0].reason if judged else "nothing found",
        identifier=query.identifier,
    )


def _says_nothing(judged: _Judged) -> bool:
    """Whether this is the record of the cited identifier, and damaged: it neither confirms nor refutes."""
    fields = judged.work.fields
    return judged.score.shared is not None and not fields.title and not fields.authors


def _ask(arbiter: Arbiter, reference: Reference, judged: list[_Judged]) -> list[_Judged]:
    """Let the arbiter accept the best doubtful candidate."""
    for each in judged:
        if each.doubtful:
            probability = arbiter(reference, each.work)
            if probability is not None and probability >= _ARBITER_IS_SURE:
                chosen = _Judged(each.work, each.score, True, False, f"the arbiter is {probability:.0%} sure")
                return [chosen, *(other for other in judged if other is not each)]
    return judged


def _accept(query: Query, work: Work) -> _Judged:
    reference = query.reference
    likeness = score(reference, work)
    fit = likeness.title_fit
    aside = beside(reference.fields, work, printed(reference))
    if fit.similarity is None:
        accepted, reason = _without_title(reference.fields, likeness)
    elif aside:
        accepted, reason = False, aside
    elif fit.agrees:
        accepted, reason = _same_title(reference.fields, work, likeness)
    else:
        accepted, reason = _other_title(reference.fields, work, likeness)
    doubtful = not accepted and fit.similarity is not None and fit.similarity >= _NEAR_SIMILARITY
    return _Judged(work, likeness, accepted, doubtful, reason)


def _same_title(cited: Fields, work: Work, likeness: Score) -> tuple[bool, str]:
    """The title agrees: is it this work, or another of the same title?"""
    generic = is_generic(likeness.title_fit.registered)
    if likeness.shared is not None:
        return True, f"title and {likeness.shared.scheme} agree"
    authors = likeness.authors_diff
    alone = authors is None and likeness.locus != 1
    if likeness.title_fit.elsewhere and (
        alone or (authors and (authors.severity is Severity.MAJOR or not authors.paired))
    ):
        return False, "its title stands in the string, but not as the title"
    if likeness.title_fit.shortened and likeness.venue == 0:
        return False, "the main title agrees; another venue and another subtitle"
    if authors is None:
        return _title_alone(cited, work, likeness, generic=generic)
    if authors.severity is Severity.MAJOR:
        return _other_authors(cited, work, likeness, generic=generic)
    several = (authors.paired > 1 or cited.et_al) and bool(likeness.year) and either_preprint(cited, work)
    if generic and not several and not _corroborated(cited, work, likeness):
        return False, "a title too common to tell works apart, and neither venue nor volume agrees"
    return True, "title and authors agree"


def _title_alone(cited: Fields, work: Work, likeness: Score, *, generic: bool) -> tuple[bool, str]:
    """No authors on one side."""
    if generic and not _corroborated(cited, work, likeness):
        return False, "a title too common to tell works apart, and no authors to compare"
    registered = work.fields.title
    if cited.authors and _names_a_volume(registered) and title_key(cited.title) != title_key(registered):
        return False, "the volume that may hold the cited work, not the work"
    if likeness.year == 0 and not _venue_agrees(cited, work):
        return False, "the title agrees, the year does not, and there are no authors to compare"
    return True, "the title agrees; no authors to compare"


def _names_a_volume(title: str) -> bool:
    """Whether this is the title of proceedings: it stands in every printed reference to one of their papers."""
    return bool(_MEETING.search(title) and _YEAR.search(title))


def _other_authors(cited: Fields, work: Work, likeness: Score, *, generic: bool) -> tuple[bool, str]:
    """Title equal, authors not: the cited work with wrong authors, or another work of that title."""
    if (likeness.authors or 0) > 0.25:
        return True, "the title agrees, the authors in part"
    same_place = (_venue_agrees(cited, work) and bool(likeness.year)) or likeness.locus == 1
    distinctive = not generic and len(title_key(likeness.title_fit.registered)) >= _DISTINCTIVE_KEY
    if same_place and not generic:
        return True, "title, venue and year agree, the authors do not"
    if distinctive:
        return True, "the title is distinctive and agrees, the authors do not"
    return False, "a work of the same title by other authors"


def _other_title(cited: Fields, work: Work, likeness: Score) -> tuple[bool, str]:
    """The title differs by words: a near miss of this work, or another work."""
    fit, authors = likeness.title_fit, likeness.authors_diff
    authors_agree = authors is not None and authors.severity is not Severity.MAJOR and authors.paired > 0
    if authors_agree and likeness.locus == 1 and likeness.year != 0:
        return True, "authors, volume and page agree, the title does not"
    if authors is None and likeness.locus == 1 and likeness.year != 0 and _venue_agrees(cited, work) and is_cut(fit):
        return True, "venue, volume and page agree, and the title as far as it is registered"
    if not authors_agree or authors is None:
        return False, "another title"
    if fit.cut_short and agrees_around(cited, work, authors):
        return True, "the authors and the year agree, the title is cut short"
    if fit.other_language and (likeness.shared is not None or (likeness.locus or 0) > 0) and likeness.year != 0:
        return True, "identifier or volume and the authors agree, the title is in another language"
    if likeness.shared is not None:
        return True, f"{likeness.shared.scheme} and authors agree, the title does not"
    near = fit.kept >= _NEAR_KEPT and (fit.similarity or 0) >= _NEAR_SIMILARITY and not fit.other_numbers
    place = likeness.shared is not None or likeness.locus == 1 or bool(likeness.year)
    if near and place and (authors.paired > 1 or _corroborated(cited, work, likeness) or fit.kept > 0.8):
        return True, "the authors agree, the title nearly"
    return False, "another title by the same authors" if near else "another title"


def _without_title(cited: Fields, likeness: Score) -> tuple[bool, str]:
    """One side has no title: the style leaves it out, or the record is damaged."""
    authors = likeness.authors_diff
    authors_agree = authors is not None and authors.severity is not Severity.MAJOR and authors.paired > 0
    if authors_agree and likeness.locus == 1 and likeness.year != 0:
        return True, "authors, volume and page agree; no title to compare"
    if authors is None and likeness.locus == 1 and likeness.year and likeness.venue == 1:
        return True, "venue, year, volume and page agree; neither title nor authors to compare"
    if likeness.shared is not None:
        nothing_else = not cited.authors and cited.year is None
        if authors_agree or nothing_else or (authors is None and likeness.year):
            return True, f"{likeness.shared.scheme} agrees; no title to compare"
    return False, "no title to compare, and the rest does not suffice"


def _venue_agrees(cited: Fields, work: Work) -> bool:
    return venue_relation(cited, work) is VenueRelation.SAME


def _corroborated(cited: Fields, work: Work, likeness: Score) -> bool:
    """Whether something beside title and authors speaks for this record."""
    if likeness.shared is not None or likeness.locus == 1:
        return True
    if likeness.locus == 0:
        return False
    years = years_of(work)
    if cited.year is None or not years:
        return _venue_agrees(cited, work)
    near = any(abs(cited.year - year) <= 1 for year in years)
    return near and (_venue_agrees(cited, work) or not (cited.venue and work.fields.venue))

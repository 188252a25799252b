"""What the identifiers of a citation turned out to name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from citations.identifiers import arxiv_base, doi_variants
from citations.match.beside import beside, names_container
from citations.match.language import about_other_things
from citations.match.printed import printed
from citations.match.score import authors_diff, keeps_its_title, locus, venue_relation
from citations.match.title import fit_title
from citations.match.versions import preprint_and_publication
from citations.titles import is_generic
from citations.types import Evidence, Identifier, Kind, Name, Outcome, Reference, Scheme, Severity, Work
from citations.venues import VenueRelation

_PLACEHOLDER_NAMES = frozenset(
    {
        "john doe",
        "jane doe",
        "doe john",
        "doe jane",
        "firstname lastname",
        "lastname firstname",
        "first last",
        "first author",
        "second author",
        "author one",
        "author two",
        "author name",
        "name surname",
        "some one",
        "anonymous author",
        "your name",
        "foo bar",
        "lorem ipsum",
        "john q public",
        "joe bloggs",
        "max mustermann",
        "erika mustermann",
    }
)
_LETTERS = re.compile(r"[a-z]+")


@dataclass(frozen=True, slots=True)
class Chimera:
    """Two works whose parts the citation mixes."""

    titled: Work
    """The work that has the cited title."""
    authored: Work
    """The work that has the cited authors."""


def other_work(
    reference: Reference, identifier: Identifier, evidence: Sequence[Evidence], *, titled: bool = False
) -> Work | None:
    """The record that the cited identifier names, if it is plainly another work; ``None`` where that is not known.

    The book or issue that holds the cited work, a record without title, and a notice about the work are no other work.
    Nor is one by the cited authors: titles are translated and change before print. ``titled`` says that a work of the
    cited title was found elsewhere, so that the title alone tells them apart, unless this is a preprint of it.
    """
    for work in named_by(identifier, evidence):
        if not _plainly_other(reference, work):
            continue
        if _by_others(reference, work) or (titled and keeps_its_title(work)):
            return work
    return None


def named_by(identifier: Identifier, evidence: Sequence[Evidence]) -> list[Work]:
    """The records that registries gave for the identifier."""
    return [
        work
        for each in evidence
        if each.identifier is not None and _same(each.identifier, identifier)
        for work in each.candidates
        if _holds(work, identifier)
    ]


def arxiv_is_unknown(reference: Reference, evidence: Sequence[Evidence]) -> bool:
    """Whether arXiv itself answered that it has no paper of the cited number, and nobody else has one."""
    identifier = Identifier(Scheme.ARXIV, reference.fields.arxiv)
    asked = [each for each in evidence if each.identifier is not None and _same(each.identifier, identifier)]
    denied = any(each.asked.registry == "arxiv" and each.outcome is Outcome.NO_MATCH for each in asked)
    held = any(_holds(work, identifier) for each in evidence for work in each.candidates)
    return denied and not held


def doi_is_unknown(reference: Reference, evidence: Sequence[Evidence]) -> bool:
    """Whether doi.org disowned the cited DOI, and nobody else knows it."""
    said = {each.doi_registered for each in evidence if each.doi_registered is not None}
    held = any(
        work.fields.doi == reference.fields.doi for each in evidence for work in each.candidates if each.identifier
    )
    return said == {False} and not held


def chimera(reference: Reference, evidence: Sequence[Evidence]) -> Chimera | None:
    """Two works that were found: one has the title, the other the authors and the year, or the identifier as well."""
    text = printed(reference)
    offered = [work for each in evidence for work in each.candidates]
    titled = next((w for w in offered if _titled(reference, w) and not _authored(reference, w)), None)
    if titled is None:
        return None
    for work in offered:
        diff = authors_diff(reference.fields, work.fields, text)
        enough = diff is not None and diff.severity is None and diff.paired >= min(2, len(reference.fields.authors))
        same_year = work.fields.year is not None and work.fields.year == reference.fields.year
        if enough and same_year and not _titled(reference, work):
            return Chimera(titled, work)
    return None


def title_is_nobodys(reference: Reference, works: Sequence[Work], evidence: Sequence[Evidence]) -> bool:
    """Whether identifier and authors lead only to papers that never bore such a title, and nothing offered bears it."""
    offered = any(_titled(reference, work) for each in evidence for work in each.candidates)
    return not offered and all(_never_named_so(reference, work) for work in works)


def _never_named_so(reference: Reference, work: Work) -> bool:
    """Whether no translation, no renaming before print, no nickname and no lost words explain the cited title.

    Chapters, books, data and drafts go by several titles; on the very page of a paper, registries lose words.
    """
    cited, registered = reference.fields, work.fields
    papers = {cited.kind, registered.kind} <= {Kind.ARTICLE, Kind.CONFERENCE} and keeps_its_title(work)
    if not papers or preprint_and_publication(cited, work) or locus(cited, registered) == 1:
        return False
    fit = fit_title(cited, work, printed(reference))
    told = not is_generic(fit.cited) and not is_generic(fit.registered)
    return told and _plainly_other(reference, work) and about_other_things(fit.cited, fit.registered)


def appeared_under_another_title(reference: Reference, work: Work) -> bool:
    """Whether the cited authors have this work at the cited venue in the cited year: titles change before print."""
    cited, registered = reference.fields, work.fields
    if cited.year is None or cited.year != registered.year or venue_relation(cited, work) is not VenueRelation.SAME:
        return False
    diff = authors_diff(cited, registered, printed(reference))
    return diff is not None and diff.severity is not Severity.MAJOR and diff.paired > 0


def placeholder_authors(authors: Sequence[Name]) -> str:
    """The name that stands for no person, empty if all could be people.

    >>> placeholder_authors([Name(family="Doe", given="John")])
    'John Doe'
    """
    for name in authors:
        if " ".join(_LETTERS.findall(str(name).lower())) in _PLACEHOLDER_NAMES:
            return str(name)
    return ""


def _same(a: Identifier, b: Identifier) -> bool:
    if a.scheme is not b.scheme:
        return False
    return arxiv_base(a.value) == arxiv_base(b.value) if a.scheme is Scheme.ARXIV else a.value == b.value


def _holds(work: Work, identifier: Identifier) -> bool:
    own = {
        Scheme.DOI: work.fields.doi,
        Scheme.ARXIV: work.fields.arxiv,
        Scheme.PMID: work.fields.pmid,
        Scheme.ISBN: work.fields.isbn,
    }[identifier.scheme]
    if identifier.scheme is Scheme.DOI:
        return own == identifier.value or own in doi_variants(identifier.value)
    return bool(own) and _same(Identifier(identifier.scheme, own), identifier)


def _plainly_other(reference: Reference, work: Work) -> bool:
    """Whether the record has a title that no translation, cut or volume explains, and is no notice about the work."""
    cited, text = reference.fields, printed(reference)
    if not work.fields.title or work.is_notice or names_container(cited, work):
        return False
    if beside(cited, work, text):
        return False
    fit = fit_title(cited, work, text)
    return fit.severity is Severity.MAJOR and not fit.other_language and not fit.cut_short


def _by_others(reference: Reference, work: Work) -> bool:
    """Whether both name authors, and most of the cited ones are not in the record."""
    text = printed(reference)
    diff = authors_diff(reference.fields, work.fields, text)
    if diff is None:
        return bool(work.fields.authors and text is not None and not reference.fields.authors)
    return diff.severity is Severity.MAJOR and diff.paired * 2 < len(reference.fields.authors)


def _titled(reference: Reference, work: Work) -> bool:
    """Whether the cited title is one of the record's."""
    fit = fit_title(reference.fields, work, printed(reference))
    return fit.agrees and fit.severity in {None, Severity.COSMETIC}


def _authored(reference: Reference, work: Work) -> bool:
    diff = authors_diff(reference.fields, work.fields, printed(reference))
    return diff is None or diff.severity is not Severity.MAJOR

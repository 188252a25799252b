"""How well a record resembles a reference, on a scale that is our own and the same for all registries."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from citations.identifiers import arxiv_base, doi_variants
from citations.match.initials import other_initials
from citations.match.printed import Printed, printed
from citations.match.title import TitleFit, fit_title
from citations.names import AuthorsDiff, compare_authors, family_key, is_body, same_person
from citations.titles import title_key
from citations.types import Fields, Identifier, Kind, Name, Reference, Scheme, Severity, Work
from citations.venues import VenueRelation, compare_venues, is_preprint_server

_WEIGHTS = {"title": 0.55, "authors": 0.25, "year": 0.08, "venue": 0.06, "locus": 0.06}
_AUTHORS = {None: 1.0, Severity.COSMETIC: 1.0, Severity.MINOR: 0.75, Severity.MAJOR: 0.0}
_ARXIV_DOI = "10.48550/arxiv."
_HOPELESS = 0.5
"""Titles that resemble each other less are not worth comparing authors, unless something else speaks for the record."""
_YEARS = (1.0, 0.8, 0.4)
_LABEL = re.compile(r"^\W*\d{0,4}\W+")
_HEAD_END = re.compile(r"[.(:;,]")
_LONGEST_BODY = 120
_SHORT_FAMILY = 2
_INITIALS = re.compile(r"[^\W\d_]\.?(?:[\s-]*[^\W\d_]\.?){0,3}")
_PUBLISHERS = (
    "wiley",
    "johnwiley",
    "elsevier",
    "springer",
    "taylorfrancis",
    "taylorandfrancis",
    "sagepub",
    "mdpi",
    "iop",
)
_VENUES = {VenueRelation.SAME: 1.0, VenueRelation.RELATED: 0.7, VenueRelation.DIFFERENT: 0.0}


@dataclass(frozen=True, slots=True)
class Score:
    """The resemblance, field by field; ``None`` where one side does not hold the field."""

    total: float
    title: float | None
    authors: float | None
    year: float | None
    venue: float | None
    locus: float | None
    """Volume and first page, or article number."""
    title_fit: TitleFit
    authors_diff: AuthorsDiff | None
    shared: Identifier | None = None
    """An identifier that both hold."""


def score(reference: Reference, work: Work) -> Score:
    """Weigh title, authors, year, venue and place in the volume jointly.

    The printed string counts as much as the fields read out of it: the fields may be cut wrongly.
    """
    cited, text = reference.fields, printed(reference)
    fit = fit_title(cited, work, text)
    shared, place = shared_identifier(cited, work), locus(cited, work.fields)
    hopeless = fit.similarity is not None and fit.similarity < _HOPELESS and shared is None and not place
    authors = None if hopeless else authors_diff(cited, work.fields, text)
    parts = {
        "title": fit.similarity,
        "authors": None if authors is None else _author_part(authors, cited),
        "year": _year_part(cited, work),
        "venue": None if hopeless else _venue_part(cited, work),
        "locus": place,
    }
    known = {name: value for name, value in parts.items() if value is not None}
    weight = sum(_WEIGHTS[name] for name in known)
    total = sum(_WEIGHTS[name] * value for name, value in known.items()) / weight if weight else 0.0
    return Score(total, **parts, title_fit=fit, authors_diff=authors, shared=shared)


def authors_diff(cited: Fields, registered: Fields, text: Printed | None) -> AuthorsDiff | None:
    """How the authors differ, ``None`` where one side has none.

    Where the names were read out of a printed string, they count as agreeing as soon as the string itself holds the
    registered ones: a list of names is cut wrongly more often than it is invented. Given names in full that contradict
    the registered ones are not read out of a wrong cut: one is a slip, two are none.
    """
    if not registered.authors:
        return None
    if _is_publisher(registered) and not any(name.literal for name in cited.authors):
        return None
    body = _whole_body(cited, text)
    if body is not None:
        return compare_authors((body,), registered.authors, et_al=cited.et_al)
    if cited.authors:
        diff = compare_authors(cited.authors, registered.authors, et_al=cited.et_al)
        if diff.severity in {None, Severity.COSMETIC} or text is None:
            return diff
        if all(family_key(name) in title_key(registered.title) for name in cited.authors):
            return _from_print(registered.authors, text, 1)  # the parser took a title for authors
        whole = sum(len(family_key(name)) > 1 for name in cited.authors)  # stray initials are no authors
        held = _from_print(registered.authors, text, whole)
        if held is None or diff.contradicted > 1 or _adds_a_stranger(cited, registered, diff):
            return diff
        return _as_printed(diff, held, registered, text)
    return _from_print(registered.authors, text, 1) if text is not None else None


def _as_printed(diff: AuthorsDiff, held: AuthorsDiff, registered: Fields, text: Printed) -> AuthorsDiff:
    """What remains of a difference once the string itself holds the registered family names: other given names, other initials.

    One of several people is a slip.
    """
    others = other_initials(registered.authors, text)
    if others > 1 or (others and others == len(registered.authors)):
        return diff
    return replace(diff, severity=Severity.MINOR) if others or diff.contradicted else held


def _whole_body(cited: Fields, text: Printed | None) -> Name | None:
    """The institution at the head of a printed reference of which the parser read the first words as a person."""
    if text is None or len(cited.authors) != 1:
        return None
    head = _HEAD_END.split(_LABEL.sub("", text.text), maxsplit=1)[0].strip()
    inside = title_key(str(cited.authors[0])) in title_key(head) and not any(sign.isdigit() for sign in head)
    body = Name(literal=head)
    return body if inside and len(head) < _LONGEST_BODY and is_body(body) else None


def _adds_a_stranger(cited: Fields, registered: Fields, diff: AuthorsDiff) -> bool:
    """Whether all registered authors were read out of a printed list, and beside them somebody with initials."""
    if diff.paired < len(registered.authors):
        return False
    strangers = [name for name in cited.authors if not any(same_person(name, known) for known in registered.authors)]
    return bool(strangers) and all(
        len(family_key(name)) > _SHORT_FAMILY and _INITIALS.fullmatch(name.given) for name in strangers
    )


def _is_publisher(registered: Fields) -> bool:
    """Whether the record names its publisher where the authors should stand."""
    if len(registered.authors) != 1 or not registered.authors[0].literal:
        return False
    key = title_key(registered.authors[0].literal)
    return key == title_key(registered.publisher) or key.startswith(_PUBLISHERS)


def _from_print(registered: tuple[Name, ...], text: Printed, wanted: int) -> AuthorsDiff | None:
    """Agreement found in the printed string: the first author, and as many more as were cited, in order."""
    held = 0
    at = 0
    for name in registered:
        end = text.find_name(family_key(name), at)
        if end < 0:
            break
        held, at = held + 1, end
    if held == 0 or held < min(wanted, len(registered)):
        return None
    return AuthorsDiff(None if held == len(registered) else Severity.COSMETIC, "", held)


def _author_part(diff: AuthorsDiff, cited: Fields) -> float:
    value = _AUTHORS[diff.severity]
    return value or 0.5 * diff.paired / max(len(cited.authors), 1)


def years_of(work: Work) -> tuple[int, ...]:
    """All years under which the record may rightly be cited."""
    return tuple(year for year in (work.fields.year, *work.other_years) if year)


def _year_part(cited: Fields, work: Work) -> float | None:
    years = years_of(work)
    if cited.year is None or not years:
        return None
    apart = min(abs(cited.year - year) for year in years)
    return _YEARS[apart] if apart < len(_YEARS) else 0.0


def venue_relation(cited: Fields, work: Work) -> VenueRelation:
    """How the cited venue relates to the nearest of the record's venues."""
    venues = tuple(venue for venue in (work.fields.venue, *work.other_venues) if venue)
    if not cited.venue or not venues:
        return VenueRelation.UNKNOWN
    relations = {compare_venues(cited.venue, venue) for venue in venues}
    order = (VenueRelation.SAME, VenueRelation.RELATED, VenueRelation.UNKNOWN, VenueRelation.DIFFERENT)
    return next(relation for relation in order if relation in relations)


def agrees_around(cited: Fields, work: Work, authors: AuthorsDiff | None) -> bool:
    """Whether authors and year agree and no venue speaks against it, so that a title cut short is that of the work."""
    if authors is None or authors.severity is Severity.MAJOR or not authors.paired:
        return False
    if shared_identifier(cited, work) is not None:
        return True
    return (_year_part(cited, work) or 0.0) >= _YEARS[1] and venue_relation(cited, work) is not VenueRelation.DIFFERENT


def _venue_part(cited: Fields, work: Work) -> float | None:
    return _VENUES.get(venue_relation(cited, work))


def first_page(pages: str) -> str:
    """The first page or the article number, folded: ``280`` for ``280-7``, ``e1395120`` for ``e1395120``."""
    for sign in "–—‒−":
        pages = pages.replace(sign, "-")
    return title_key(pages.split("-")[0].split(",")[0].strip()).removeprefix("pp").removeprefix("p").lstrip("0")


def locus(cited: Fields, registered: Fields) -> float | None:
    """1 if volume and first page agree, 0 if none of them does, ``None`` unless both hold both."""
    if not (cited.volume and registered.volume and cited.pages and registered.pages):
        return None
    volume = title_key(cited.volume) == title_key(registered.volume)
    page = first_page(cited.pages) == first_page(registered.pages)
    return (volume + page) / 2


def shared_identifier(cited: Fields, work: Work) -> Identifier | None:
    """An identifier that the citation and the record both hold, versions and components aside."""
    if cited.doi:
        dois = {work.fields.doi, *(other.value for other in work.other_ids if other.scheme is Scheme.DOI)} - {""}
        if dois and not dois.isdisjoint(doi_variants(cited.doi)):
            return Identifier(Scheme.DOI, cited.doi)
    number = arxiv_number(cited)
    if number:
        numbers = {work.fields.arxiv, *(other.value for other in work.other_ids if other.scheme is Scheme.ARXIV)} - {""}
        if arxiv_base(number) in {arxiv_base(each) for each in numbers}:
            return Identifier(Scheme.ARXIV, number)
    for scheme, value, registered in (
        (Scheme.PMID, cited.pmid, work.fields.pmid),
        (Scheme.ISBN, cited.isbn, work.fields.isbn),
    ):
        if value and value == registered:
            return Identifier(scheme, value)
    return None


def arxiv_number(cited: Fields) -> str:
    """The cited arXiv number, also where it stands in the DOI that arXiv gives its papers."""
    return cited.arxiv or (cited.doi.removeprefix(_ARXIV_DOI) if cited.doi.startswith(_ARXIV_DOI) else "")


def keeps_its_title(work: Work) -> bool:
    """Whether the record is of a published paper with authors; preprints, data sets and collections get other titles."""
    fields = work.fields
    changing = fields.kind in {Kind.PREPRINT, Kind.DATASET} or is_preprint_server(fields.venue)
    return bool(fields.authors) and not changing

"""Whether citation and record are two versions of one work: preprint and publication, first publication and reprint."""

from __future__ import annotations

from citations.match.printed import Printed
from citations.match.score import authors_diff, venue_relation, years_of
from citations.match.title import fit_title
from citations.match.venue import first_at_a_meeting, in_a_book
from citations.titles import is_labelled_reprint
from citations.types import Fields, Kind, Scheme, Severity, Work
from citations.venues import VenueRelation, is_preprint_server

PREPRINT_OF = "preprint of / published as"
"""Note on the venue where one side is a preprint: it says nothing about whether the work appeared where it is cited."""
EARLIER = "perhaps an earlier publication of the same work"
"""Note on year and venue where only a later publication is registered: nor does that."""
LATER = "perhaps a later printing of the same work"
"""Note on year and venue where only the first publication is registered."""
_PREPRINT_PREFIXES = frozenset(
    {
        "10.48550",
        "10.1101",
        "10.64898",
        "10.21203",
        "10.26434",
        "10.31234",
        "10.31219",
        "10.2139",
        "10.20944",
        "10.36227",
    }
)
"""arXiv, bioRxiv and medRxiv, Research Square, ChemRxiv, PsyArXiv, OSF, SSRN, Preprints.org, TechRxiv."""
_JOURNAL_VERSION_YEARS = 6
"""So long after a conference its papers appear in journals: extended versions mostly within four years, highlights later."""
_FIRST_REGISTERED = 1980
"""Before, many first publications have no record at all, only their reprints do."""
_CLASSIC_AFTER_YEARS = 10
_READER_AFTER_YEARS = 2


def preprint_doi(doi: str) -> bool:
    """Whether the DOI was given by a preprint server."""
    return doi.partition("/")[0] in _PREPRINT_PREFIXES


def either_preprint(cited: Fields, work: Work) -> bool:
    """Whether the record, or the venue of either side, is that of a preprint."""
    venues = (cited.venue, work.fields.venue)
    return work.fields.kind is Kind.PREPRINT or any(is_preprint_server(venue) for venue in venues)


def preprint_and_publication(cited: Fields, work: Work) -> bool:
    """Whether one side is a preprint, the other perhaps not."""
    ours = (
        cited.kind is Kind.PREPRINT or bool(cited.arxiv) or is_preprint_server(cited.venue) or preprint_doi(cited.doi)
    )
    theirs = work.fields.kind is Kind.PREPRINT or is_preprint_server(work.fields.venue)
    return ours != theirs or (theirs and any(other.scheme is Scheme.DOI for other in work.other_ids))


def another_printing(cited: Fields, work: Work, text: Printed | None) -> str:
    """What the citation may name instead of the registered publication: the first one or a reprint; empty if neither."""
    if _published_earlier(cited, work, text):
        return EARLIER
    return LATER if _printed_again(cited, work, text) else ""


def _published_earlier(cited: Fields, work: Work, text: Printed | None) -> bool:
    """Whether the citation may name the first publication of what the record holds as printed again.

    Title and authors agree, the cited year is before every registered one, and either the record calls itself a
    reprint, or it is the journal version of a paper for a known conference, a chapter of a reader, or a classic older
    than registration. A later year, another conference, and another year at the same venue are no republication.
    """
    years = years_of(work)
    if cited.year is None or not years or cited.year >= min(years) or not _same_words(cited, work, text):
        return False
    if any(is_labelled_reprint(title) for title in (work.fields.title, *work.other_titles)):
        return True
    relation, apart = venue_relation(cited, work), min(years) - cited.year
    elsewhere = relation in {VenueRelation.DIFFERENT, VenueRelation.UNKNOWN}
    if elsewhere and cited.year < _FIRST_REGISTERED and apart >= _CLASSIC_AFTER_YEARS:
        return True
    if elsewhere and apart >= _READER_AFTER_YEARS and in_a_book(work.fields):
        return True
    at_meeting = relation is VenueRelation.DIFFERENT and first_at_a_meeting(cited, work.fields)
    return at_meeting and apart <= _JOURNAL_VERSION_YEARS


def _printed_again(cited: Fields, work: Work, text: Printed | None) -> bool:
    """Whether the citation may name a later printing or translation of a classic that is registered where it was first."""
    years = years_of(work)
    if cited.year is None or not years or not cited.venue or not _same_words(cited, work, text):
        return False
    old = max(years) < _FIRST_REGISTERED and cited.year - max(years) >= _CLASSIC_AFTER_YEARS
    return old and venue_relation(cited, work) in {VenueRelation.DIFFERENT, VenueRelation.UNKNOWN}


def _same_words(cited: Fields, work: Work, text: Printed | None) -> bool:
    """Whether title and authors agree, and neither side is a preprint."""
    if either_preprint(cited, work):
        return False
    fit, authors = fit_title(cited, work, text), authors_diff(cited, work.fields, text)
    if fit.severity not in {None, Severity.COSMETIC} or fit.similarity is None or authors is None:
        return False
    return authors.severity in {None, Severity.COSMETIC} and authors.paired > 0

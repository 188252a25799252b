"""The cited year against those of a record: online, print and preprint dates differ honestly, and books are printed again."""

from __future__ import annotations

import re

from citations.match.printed import Printed
from citations.match.result import AGREED, NOT_COMPARED, Result
from citations.match.score import arxiv_number, years_of
from citations.match.versions import another_printing, preprint_and_publication
from citations.types import FieldDiff, FieldName, Fields, Kind, Severity, Work

_YEAR_IN_TEXT = re.compile(r"(?<!\d)(?:1[5-9]|20)\d\d(?!\d)")
_ARXIV_NUMBER = re.compile(r"(\d\d)(\d\d)\.\d{4,5}")
_WORKING_PAPER = re.compile(r"(?i)\b(?:working|discussion|research) papers?\b|\b(?:ssrn|nber|cepr|iza)\b")
_USUAL, _SLOWEST = 3, 6
_CARELESS_YEARS = frozenset({1900, 1970})
"""What records say whose date was lost: the beginnings of two calendars."""


def year(cited: Fields, work: Work, text: Printed | None) -> Result:
    """Whether the cited year is one under which the record may rightly be cited, and how far it is from them."""
    years, cited_year = years_of(work), cited.year
    if cited_year is None or not years:
        return NOT_COMPARED
    if cited_year == work.fields.year:
        return AGREED
    if _CARELESS_YEARS.issuperset(years):
        return NOT_COMPARED
    severity, note = _severity(cited_year, years, cited, work)
    if severity is not Severity.COSMETIC and _are_books(cited, work):
        severity, note = Severity.COSMETIC, f"{note}, perhaps another edition"
    if severity is not Severity.COSMETIC:
        again = another_printing(cited, work, text)
        severity, note = (Severity.COSMETIC, again) if again else (severity, note)
    registered = ", ".join(str(known) for known in dict.fromkeys(years))
    return FieldDiff(FieldName.YEAR, str(cited_year), registered, severity, note)


def _are_books(cited: Fields, work: Work) -> bool:
    """Books go through editions and printings, of which registries hold any."""
    return work.fields.kind is Kind.BOOK and cited.kind in {Kind.BOOK, Kind.UNKNOWN}


def _severity(cited_year: int, years: tuple[int, ...], cited: Fields, work: Work) -> tuple[Severity, str]:
    """Preprint, online and print dates differ honestly, by a year mostly, by two sometimes."""
    apart = min(abs(cited_year - known) for known in years)
    if cited_year in years:
        return Severity.COSMETIC, "another date of the same work"
    if str(cited_year) in _years_in_ids(cited, work):
        return Severity.COSMETIC, "the year in its identifier"
    if cited_year < _arxiv_year(cited) or _contradicted_by_venue(cited_year, years, cited, work):
        return Severity.MINOR if apart <= 2 else Severity.MAJOR, f"{apart} year{'s' if apart > 1 else ''} too early"
    if preprint_and_publication(cited, work) and apart <= _years_to_print(cited, work):
        return Severity.COSMETIC, "years of preprint and publication"
    if apart == 1:
        return Severity.COSMETIC, "one year apart, as online, print and preprint dates are"
    if apart == 2 and cited_year < min(years):
        return Severity.COSMETIC, "two years earlier, as preprints are"
    severity = Severity.MINOR if apart <= 2 or preprint_and_publication(cited, work) else Severity.MAJOR
    return severity, f"{apart} year{'s' if apart > 1 else ''} apart"


def _years_to_print(cited: Fields, work: Work) -> int:
    """How long a preprint takes to its journal: working papers of economists and lawyers take longest."""
    venues = (cited.venue, work.fields.venue, *work.other_venues)
    return _SLOWEST if any(_WORKING_PAPER.search(venue) for venue in venues) else _USUAL


def _years_in_ids(cited: Fields, work: Work) -> set[str]:
    """Years that stand in the identifiers: ``10.1098/rspa.1970.0065``, arXiv ``1706.03762``."""
    found: set[str] = set()
    for values in (cited, work.fields):
        if values is work.fields or values.doi == work.fields.doi:
            found.update(_YEAR_IN_TEXT.findall(values.doi.partition("/")[2]))
        number = _ARXIV_NUMBER.match(values.arxiv)
        if number:
            found.add(f"20{number[1]}")
    return found


def _arxiv_year(cited: Fields) -> int:
    """The year in which the cited arXiv number was given, 0 without one; nothing on arXiv is older than its number."""
    number = _ARXIV_NUMBER.match(arxiv_number(cited))
    return 2000 + int(number[1]) if number else 0


def _contradicted_by_venue(year: int, years: tuple[int, ...], cited: Fields, work: Work) -> bool:
    """Whether cited and registered venue print years, and these differ: "Findings of EMNLP 2021"."""
    printed_year = _YEAR_IN_TEXT.findall(cited.venue)
    if not printed_year or int(printed_year[-1]) != year or year > min(years):
        return False
    registered = {found for venue in (work.fields.venue, *work.other_venues) for found in _YEAR_IN_TEXT.findall(venue)}
    return bool(registered) and str(year) not in registered

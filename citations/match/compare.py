"""Field by field: what is cited against what is registered, and how serious each difference is."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from citations.identifiers import arxiv_base, doi_variants, isbn_13
from citations.match.formula import lost_formulas
from citations.match.language import KEPT_BY_VERSIONS, telling, unrelated_in_english
from citations.match.numbering import is_part_without_its_subtitle
from citations.match.printed import Printed
from citations.match.result import AGREED, NOT_COMPARED, Result
from citations.match.score import (
    agrees_around,
    arxiv_number,
    authors_diff,
    first_page,
    keeps_its_title,
    locus,
    shared_identifier,
    venue_relation,
    years_of,
)
from citations.match.title import CITED_SHORT, TitleFit, denies, fit_title, is_cut, words
from citations.match.venue import is_known, published_twice
from citations.match.versions import (
    PREPRINT_OF,
    another_printing,
    either_preprint,
    preprint_and_publication,
    preprint_doi,
)
from citations.match.year import year
from citations.names import AuthorsDiff, same_person
from citations.titles import title_key
from citations.types import (
    Comparison,
    FieldDiff,
    FieldName,
    Fields,
    Identifier,
    Scheme,
    Severity,
    Work,
    cited_fields,
)
from citations.venues import VenueRelation

RETITLED = "registered under another title"
"""Note on a title that differs although identifier and authors agree: translations, preprints, abstracts of meetings."""
VERSION = "title of another version"
"""Note on the title of a preprint; with a colon and the difference behind it where most words are the same."""
HALF = "the record holds only a part of the title"
"""Note where identifier or page agree and the cited title goes on: records lose the end, and writers invent one."""

_LISTED_AUTHORS = 6
_LONG_LIST, _SHORT_LIST = 6, 3
_MOSTLY_KEPT = 0.7
_KEPT_IN_PLACE = 0.5


def compare(cited: Fields, work: Work, text: Printed | None = None) -> Comparison:
    """Each cited field once: agreed, different, or not compared because the record does not hold it.

    ``text`` is the printed string, if there is one: what stands in it was cited, however it was cut into fields.
    Honest citing (initials, "et al.", dropped subtitle, year of the preprint, abbreviated venue) is cosmetic.
    """
    agreed: list[FieldName] = []
    diffs: list[FieldDiff] = []
    not_compared: list[FieldName] = []
    for field in _compared_fields(cited, text):
        result = _COMPARERS[field](cited, work, text)
        if isinstance(result, FieldDiff):
            diffs.append(result)
        if result == NOT_COMPARED:
            not_compared.append(field)
        elif not isinstance(result, FieldDiff) or result.severity is Severity.COSMETIC:
            agreed.append(field)
    return Comparison(tuple(agreed), tuple(diffs), tuple(not_compared))


def _compared_fields(cited: Fields, text: Printed | None) -> tuple[FieldName, ...]:
    """The fields read, and title and authors also where the parser found none in a printed string."""
    found = tuple(cited_fields(cited))
    if text is None:
        return found
    return tuple(dict.fromkeys((*found, FieldName.TITLE, FieldName.AUTHORS)))


def _title(cited: Fields, work: Work, text: Printed | None) -> Result:
    fit = fit_title(cited, work, text)
    if fit.similarity is None or (fit.severity is Severity.MAJOR and _no_title_after_all(cited, text)):
        return NOT_COMPARED
    if fit.severity is None:
        return AGREED
    severity, note = fit.severity, fit.note
    if severity is Severity.MAJOR and fit.other_language:
        severity, note = Severity.COSMETIC, "title in another language"
    elif fit.cut_short and agrees_around(cited, work, authors_diff(cited, work.fields, text)):
        severity, note = Severity.COSMETIC, f"title cut short: {fit.note}"
    elif severity is not Severity.COSMETIC and locus(cited, work.fields) == 1:
        severity, note = _in_its_place(fit, text)
    elif (
        severity is Severity.MAJOR
        and _is_version_of(cited, work, fit.kept)
        and len(telling(fit.cited) & telling(fit.registered)) >= KEPT_BY_VERSIONS
    ):
        severity, note = Severity.COSMETIC, f"{VERSION}: {fit.note}" if fit.kept >= _MOSTLY_KEPT else VERSION
    settled = keeps_its_title(work) or bool(work.fields.arxiv)  # arXiv is asked for the titles of its versions too
    misquoted = fit.kept >= _MOSTLY_KEPT and not preprint_and_publication(cited, work)
    misquoted = misquoted or (settled and unrelated_in_english(fit.cited, fit.registered))
    if severity is Severity.MAJOR and _known_by_its_identifier(cited, work, text):
        if title_key(fit.cited).startswith(title_key(fit.registered)):
            severity, note = Severity.COSMETIC, HALF
        elif not misquoted:
            severity, note = Severity.MINOR, f"{RETITLED}: {note}" if note else RETITLED
    return FieldDiff(FieldName.TITLE, cited.title, work.fields.title, severity, note)


def _no_title_after_all(cited: Fields, text: Printed | None) -> bool:
    """Whether the words taken for a title are something else: printed styles without titles confuse every parser."""
    if text is None:
        return False
    return len(words(cited.title)) < 3 or title_key(cited.title) == title_key(cited.venue)


def _in_its_place(fit: TitleFit, text: Printed | None) -> tuple[Severity, str]:
    """Another title on the very page: registries lose formulas and italic words, people misremember a word."""
    if is_part_without_its_subtitle(words(fit.cited), words(fit.registered)):
        return Severity.COSMETIC, CITED_SHORT
    if fit.severity is Severity.MINOR:
        return fit.severity, fit.note
    inside = title_key(fit.registered) in (text.key if text is not None else title_key(fit.cited))
    if is_cut(fit) or (inside and not denies(fit)):
        return Severity.COSMETIC, HALF
    lost = not denies(fit) and lost_formulas(words(fit.cited), words(fit.registered))
    if fit.kept < _KEPT_IN_PLACE or (fit.other_numbers and not lost):
        return Severity.MAJOR, fit.note
    lost = lost or (text is not None and not fit.other_words and fit.kept >= _MOSTLY_KEPT)
    return (Severity.COSMETIC if lost else Severity.MINOR), f"{fit.note}; volume and page agree"


def _known_by_its_identifier(cited: Fields, work: Work, text: Printed | None) -> bool:
    """Whether a shared identifier, the authors and the year say that this is the work, and no venue denies it."""
    elsewhere = venue_relation(cited, work) is VenueRelation.DIFFERENT and not either_preprint(cited, work)
    if elsewhere or shared_identifier(cited, work) is None:
        return False
    authors = authors_diff(cited, work.fields, text)
    agree = authors is not None and authors.severity is not Severity.MAJOR and authors.paired > 0
    years = years_of(work)
    return agree and (cited.year is None or not years or min(abs(cited.year - year) for year in years) <= 2)


def _is_version_of(cited: Fields, work: Work, kept: float) -> bool:
    """Whether the record holds the cited arXiv number: as its own, or as that of a preprint that was renamed for print."""
    number = arxiv_base(arxiv_number(cited))
    if not number:
        return False
    own = arxiv_base(work.fields.arxiv) == number
    known = {arxiv_base(other.value) for other in work.other_ids if other.scheme is Scheme.ARXIV}
    return own or (number in known and kept < _MOSTLY_KEPT and preprint_and_publication(cited, work))


def _authors(cited: Fields, work: Work, text: Printed | None) -> Result:
    diff = authors_diff(cited, work.fields, text)
    if diff is None:
        return NOT_COMPARED
    if diff.severity is None:
        return AGREED
    severity, note = diff.severity, diff.note or "authors differ"
    if (
        severity is Severity.MAJOR
        and preprint_and_publication(cited, work)
        and diff.contradicted < 2  # other given names are no change between versions
        and _mostly_the_same(cited, work, diff)
    ):
        severity, note = Severity.MINOR, f"{note}; preprint and publication may list other authors"
    return FieldDiff(FieldName.AUTHORS, _names(cited), _names(work.fields), severity, note)


def _mostly_the_same(cited: Fields, work: Work, diff: AuthorsDiff) -> bool:
    """A list with the same first author and all but one of the others, or most of a long one, as it changes in review."""
    listed = len(cited.authors)
    all_but_one = listed >= _SHORT_LIST and diff.paired + 1 >= listed and not diff.contradicted
    most = listed >= _LONG_LIST and diff.paired * 3 >= 2 * listed
    return (most or all_but_one) and same_person(cited.authors[0], work.fields.authors[0]) >= 0.5


def _names(values: Fields) -> str:
    listed = "; ".join(str(name) for name in values.authors[:_LISTED_AUTHORS])
    more = len(values.authors) > _LISTED_AUTHORS or values.et_al
    return f"{listed}; et al." if more else listed


def _venue(cited: Fields, work: Work, text: Printed | None) -> Result:
    relation = venue_relation(cited, work)
    registered = work.fields.venue
    match relation:
        case VenueRelation.SAME:
            return AGREED
        case VenueRelation.UNKNOWN:
            return NOT_COMPARED
        case VenueRelation.RELATED:
            note = PREPRINT_OF if either_preprint(cited, work) else "track or companion of the venue"
            return FieldDiff(FieldName.VENUE, cited.venue, registered, Severity.COSMETIC, note)
        case VenueRelation.DIFFERENT:
            if either_preprint(cited, work):
                return FieldDiff(FieldName.VENUE, cited.venue, registered, Severity.COSMETIC, PREPRINT_OF)
            again = another_printing(cited, work, text)
            if again:
                return FieldDiff(FieldName.VENUE, cited.venue, registered, Severity.COSMETIC, again)
            twice = published_twice(cited, work.fields) and is_known(cited.venue)
            severity = Severity.MINOR if twice else Severity.MAJOR
            return FieldDiff(FieldName.VENUE, cited.venue, registered, severity, "another venue")


def _numbers(field: FieldName) -> Callable[[Fields, Work, Printed | None], Result]:
    """Volume or issue: the same digits, or not; never more than a slip."""

    def compare_numbers(cited: Fields, work: Work, text: Printed | None) -> Result:
        ours, theirs = getattr(cited, field.value), getattr(work.fields, field.value)
        if not theirs or _other_version(cited, work, text) or (field is FieldName.ISSUE and _other_volume(cited, work)):
            return NOT_COMPARED
        if _number_key(ours) == _number_key(theirs):
            return AGREED
        if _number_parts(ours) & _number_parts(theirs):
            return FieldDiff(field, ours, theirs, Severity.COSMETIC, "combined number")
        return FieldDiff(field, ours, theirs, Severity.MINOR, f"another {field.value}")

    return compare_numbers


def _other_volume(cited: Fields, work: Work) -> bool:
    return bool(cited.volume and work.fields.volume) and _number_key(cited.volume) != _number_key(work.fields.volume)


def _number_key(text: str) -> str:
    return title_key(text).lstrip("0")


def _number_parts(text: str) -> set[str]:
    return {part.lstrip("0") for part in re.split(r"[^0-9a-z]+", text.lower()) if part}


def _other_version(cited: Fields, work: Work, text: Printed | None) -> bool:
    """Volume, issue and pages of another version are not comparable."""
    elsewhere = venue_relation(cited, work) in {VenueRelation.RELATED, VenueRelation.DIFFERENT}
    return elsewhere or either_preprint(cited, work) or bool(another_printing(cited, work, text))


def _pages(cited: Fields, work: Work, text: Printed | None) -> Result:
    ours, theirs = cited.pages, work.fields.pages
    if not theirs or _other_version(cited, work, text):
        return NOT_COMPARED
    first, registered = first_page(ours), first_page(theirs)
    if first == registered or title_key(ours) == title_key(theirs):
        return AGREED
    if first.isdigit() != registered.isdigit() or registered in {"", "1"} or first == "1":
        return NOT_COMPARED
    return FieldDiff(FieldName.PAGES, ours, theirs, Severity.MINOR, "another first page")


def _publisher(cited: Fields, work: Work, _: Printed | None) -> Result:
    """Imprints and owners change: equal words agree, everything else says nothing."""
    ours, theirs = set(words(cited.publisher)), set(words(work.fields.publisher))
    return AGREED if ours & theirs else NOT_COMPARED


def _doi(cited: Fields, work: Work, _: Printed | None) -> Result:
    known = _values(work, Scheme.DOI, work.fields.doi)
    number = arxiv_number(cited) if cited.doi.startswith("10.48550/") else ""
    if number and arxiv_base(number) in {arxiv_base(each) for each in _values(work, Scheme.ARXIV, work.fields.arxiv)}:
        return AGREED
    if cited.doi in known:
        if cited.doi == work.fields.doi:
            return AGREED
        note = "the DOI of its preprint" if preprint_doi(cited.doi) else "another registered DOI of the work"
        return FieldDiff(FieldName.DOI, cited.doi, work.fields.doi, Severity.COSMETIC, note)
    if not known or preprint_doi(cited.doi) != any(map(preprint_doi, known)):
        return NOT_COMPARED
    clings = (each for each in known if cited.doi.startswith(each) and not cited.doi[len(each)].isdigit())
    repaired = next((variant for variant in doi_variants(cited.doi) if variant in known), "") or next(clings, "")
    if repaired:
        return FieldDiff(
            FieldName.DOI, cited.doi, repaired, Severity.COSMETIC, f"a part or version of the work {repaired}"
        )
    return FieldDiff(FieldName.DOI, cited.doi, work.fields.doi, Severity.MINOR, "another DOI than the registered one")


def _arxiv(cited: Fields, work: Work, _: Printed | None) -> Result:
    known = {arxiv_base(value) for value in _values(work, Scheme.ARXIV, work.fields.arxiv)}
    if not known:
        return NOT_COMPARED
    if arxiv_base(cited.arxiv) in known:
        return AGREED
    registered = work.fields.arxiv or min(known)
    return FieldDiff(FieldName.ARXIV, cited.arxiv, registered, Severity.MINOR, "another arXiv number")


def _plain_id(field: FieldName, scheme: Scheme, severity: Severity) -> Callable[[Fields, Work, Printed | None], Result]:
    """PMID or ISBN: a set of values on the record's side."""

    def compare_ids(cited: Fields, work: Work, _: Printed | None) -> Result:
        ours, theirs = getattr(cited, field.value), getattr(work.fields, field.value)
        known = _values(work, scheme, theirs)
        if not known:
            return NOT_COMPARED
        form = isbn_13 if scheme is Scheme.ISBN else str  # one book has its ISBN in ten digits and in thirteen
        if form(ours) in set(map(form, known)):
            return AGREED
        return FieldDiff(field, ours, theirs or min(known), severity, f"another {field.value.upper()}")

    return compare_ids


def _values(work: Work, scheme: Scheme, own: str) -> set[str]:
    others: set[Identifier] = set(work.other_ids)
    return {own, *(other.value for other in others if other.scheme is scheme)} - {""}


def _url(cited: Fields, work: Work, _: Printed | None) -> Result:
    """A link agrees if it carries an identifier of the work; otherwise it says nothing."""
    url = cited.url.lower()
    ids = {work.fields.doi, arxiv_base(work.fields.arxiv), work.fields.url.lower()} - {""}
    return AGREED if any(value in url for value in ids) else NOT_COMPARED


_COMPARERS: Mapping[FieldName, Callable[[Fields, Work, Printed | None], Result]] = {
    FieldName.TITLE: _title,
    FieldName.AUTHORS: _authors,
    FieldName.YEAR: year,
    FieldName.VENUE: _venue,
    FieldName.VOLUME: _numbers(FieldName.VOLUME),
    FieldName.ISSUE: _numbers(FieldName.ISSUE),
    FieldName.PAGES: _pages,
    FieldName.PUBLISHER: _publisher,
    FieldName.DOI: _doi,
    FieldName.ARXIV: _arxiv,
    FieldName.PMID: _plain_id(FieldName.PMID, Scheme.PMID, Severity.MINOR),
    FieldName.ISBN: _plain_id(FieldName.ISBN, Scheme.ISBN, Severity.COSMETIC),
    FieldName.URL: _url,
}

"""What must not be waved through although much of the reference agrees, and what must not be held against it."""

from __future__ import annotations

import pytest

from citations.match.compare import compare
from citations.match.evidence import evidence
from citations.match.printed import printed
from citations.parse.fields import parse_fields
from citations.types import (
    Answer,
    FieldDiff,
    FieldName,
    Fields,
    Found,
    Kind,
    Location,
    Name,
    Query,
    Reference,
    Severity,
    Status,
    Unavailable,
    Why,
)
from citations.verdict import verdict
from tests.citations.fake_registries import TODAY, asked, reference, work

FARMERS = work(
    title="Early farmers of the lower Danube plain",
    authors="Per Holm; Aa Boe; Cy Dan",
    year=2015,
    venue="PLOS ONE",
    volume="10",
    pages="e0123456",
    kind=Kind.ARTICLE,
)
PREPRINT = work(
    "arxiv",
    title="Sparse attention graphs for long documents",
    authors="Ua Lin; Bo Tan",
    year=2021,
    arxiv="2101.01234",
    venue="arXiv",
    kind=Kind.PREPRINT,
)
IN_NATURE = {
    "title": "Sparse attention graphs for long documents",
    "authors": "Ua Lin; Bo Tan",
    "year": 2021,
    "venue": "Nature",
    "volume": "590",
    "pages": "1-5",
    "kind": Kind.ARTICLE,
}


def as_printed(text: str) -> Reference:
    return Reference("r", text, parse_fields(text), Location("paper.pdf"), source="pdf")


def difference(text: str, field: FieldName, record=FARMERS) -> FieldDiff | None:
    cited = as_printed(text)
    return next((d for d in compare(cited.fields, record, printed(cited)).diffs if d.field is field), None)


@pytest.mark.parametrize(
    "names", ["Holm P, Zedd Q, Boe A, Dan C", "Zedd Q, Holm P, Boe A, Dan C", "Holm P, Boe A, Dan C, Zedd Q"]
)
def test_an_author_who_was_added_to_a_printed_list_is_told(names):
    diff = difference(
        f"{names}. Early farmers of the lower Danube plain. PLoS ONE 2015;10:e0123456.", FieldName.AUTHORS
    )
    assert diff is not None
    assert "Zedd" in diff.note


@pytest.mark.parametrize("names", ["Holm P, Boe A, Dan C", "Holm P, Boe A, et al", "P. Holm, A. Boe, and C. Dan"])
def test_a_printed_list_without_strangers_agrees(names):
    diff = difference(
        f"{names}. Early farmers of the lower Danube plain. PLoS ONE 2015;10:e0123456.", FieldName.AUTHORS
    )
    assert diff is None or diff.severity is Severity.COSMETIC


@pytest.mark.parametrize(
    "title",
    ["Early hunters of the lower Danube plain", "No early farmers of the lower Danube plain"],
)
def test_a_word_that_stands_for_another_is_told_although_volume_and_page_agree(title):
    diff = difference(f"Holm P, Boe A, Dan C. {title}. PLoS ONE 2015;10:e0123456.", FieldName.TITLE)
    assert diff is not None
    assert diff.severity is Severity.MINOR


def test_words_that_a_record_lost_are_not_held_against_a_printed_title():
    record = work(**{**_fields(FARMERS), "title": "Foraging of in early farmers fields of the lower plain"})
    text = "Holm P, Boe A, Dan C. Foraging of Bombus terrestris in early farmers fields of the lower plain. PLoS ONE 2015;10:e0123456."
    diff = difference(text, FieldName.TITLE, record)
    assert diff is None or diff.severity is Severity.COSMETIC


def test_a_formula_for_a_name_is_a_slip_where_authors_volume_and_page_agree():
    record = work(**{**_fields(FARMERS), "title": "Decomposition of H2O2 on early farmers catalysts"})
    text = "Holm P, Boe A, Dan C. Decomposition of hydrogen peroxide on early farmers catalysts. PLoS ONE 2015;10:e0123456."
    diff = difference(text, FieldName.TITLE, record)
    assert diff is not None
    assert diff.severity is Severity.MINOR


@pytest.mark.parametrize("year", [1983, 2014])
def test_another_edition_of_a_book_is_a_note(year):
    record = work(title="Molecular Biology of the Cell", authors="Bruce Alberts", year=2002, kind=Kind.BOOK)
    cited = reference(title="Molecular Biology of the Cell", authors="Bruce Alberts", year=year, kind=Kind.BOOK)
    found = {diff.field: diff.severity for diff in compare(cited.fields, record).diffs}
    assert found == {FieldName.YEAR: Severity.COSMETIC}


def test_an_institution_of_which_the_parser_read_two_words_is_no_wrong_person():
    record = work(title="Guidelines on physical activity in adults", authors="Fiona Bull; Ann Roe", year=2020)
    text = "World Health Organization. Guidelines on physical activity in adults. Br J Sports Med 2020;54:1451–62."
    diff = difference(text, FieldName.AUTHORS, record)
    assert diff is None or diff.severity is not Severity.MAJOR


def test_the_words_of_a_reference_without_punctuation_are_no_institution():
    text = "Holm 10 0123456 2015 Journal of the Danube Institute"
    cited = Reference("r", text, Fields(authors=(Name("Holm"),), et_al=True, year=2015), Location("x"), source="text")
    assert {
        d.field for d in compare(cited.fields, FARMERS, printed(cited)).diffs if d.severity is not Severity.COSMETIC
    } == set()


@pytest.mark.parametrize(
    ("crossref", "told"),
    [
        (Found(asked("crossref"), ()), {FieldName.VENUE: Severity.MINOR}),
        (Unavailable(asked("crossref"), Why.TIMEOUT), {FieldName.VENUE: Severity.COSMETIC}),
    ],
)
def test_a_journal_that_holds_nothing_but_a_preprint_is_noted_once_the_others_answered(crossref: Answer, told):
    cited = reference(**IN_NATURE)
    said = [Found(asked("arxiv"), (PREPRINT,)), crossref]
    learnt = [evidence(Query(cited), answer) for answer in said]
    given = verdict(cited, learnt, frozenset({"crossref"}), TODAY)
    assert given.status is Status.VERIFIED
    assert {diff.field: diff.severity for diff in given.diffs} == told


@pytest.mark.parametrize("rest", ["accessed", ",2015", "[cited", ".pmid:25811234", "v2", ".received"])
def test_what_clings_to_a_registered_doi_does_not_make_it_a_wrong_one(rest):
    record = work(title="Early farmers of the lower plain", doi="10.1371/journal.pone.0123456")
    cited = reference(title="Early farmers of the lower plain", doi=f"10.1371/journal.pone.0123456{rest}")
    found = {diff.field: diff.severity for diff in compare(cited.fields, record).diffs}
    assert found == {FieldName.DOI: Severity.COSMETIC}


def test_one_digit_more_is_another_doi():
    record = work(title="Early farmers of the lower plain", doi="10.1371/journal.pone.0123456")
    cited = reference(title="Early farmers of the lower plain", doi="10.1371/journal.pone.01234567")
    found = {diff.field: diff.severity for diff in compare(cited.fields, record).diffs}
    assert found == {FieldName.DOI: Severity.MINOR}


def _fields(record) -> dict[str, object]:
    names = ("authors", "year", "venue", "volume", "pages", "kind")
    return {name: getattr(record.fields, name) for name in names}

from __future__ import annotations

import pytest

from citations.match.compare import compare
from citations.match.versions import EARLIER, LATER
from citations.types import FieldName, Fields, Identifier, Kind, Scheme, Status
from tests.citations.fake_registries import people, work
from tests.citations.judging import BOTH, cite, found, judge

TITLE = "Cramming more components onto integrated circuits"
AUTHORS = people("Gordon E. Moore")
NOTE = ", Reprinted from Electronics, volume 38, number 8, April 19, 1965, pp.114 ff."
NOTES = [NOTE, " [Electronics 38, 114 (1965)]", " (reprinted from Electronics)", " [Reprint]"]


def moore(**changes) -> dict:
    return {"title": TITLE, "authors": AUTHORS, "year": 1965, "venue": "Electronics", "kind": Kind.ARTICLE, **changes}


def newsletter(**changes):
    return work(**moore(year=2006, venue="IEEE Solid-State Circuits Society Newsletter", doi="10.1109/x") | changes)


def alexnet(**changes) -> dict:
    return {
        "title": "ImageNet classification with deep convolutional neural networks",
        "authors": people("A. Krizhevsky", "I. Sutskever", "G. Hinton"),
        "year": 2012,
        "venue": "NIPS",
        "kind": Kind.CONFERENCE,
        **changes,
    }


CACM = work(**alexnet(year=2017, venue="Communications of the ACM", kind=Kind.ARTICLE, doi="10.1145/3065386"))


def words_of(cited: dict, registered) -> tuple[Status, dict[FieldName, str]]:
    given = judge(cite(**{"volume": "", "pages": "", **cited}), found(registered))
    return given.status, {diff.field: diff.note for diff in given.diffs}


@pytest.mark.parametrize("note", NOTES)
@pytest.mark.parametrize("doi", ["", "10.1109/x"])
@pytest.mark.parametrize("year", [1965, 1995])
def test_the_first_publication_is_verified_by_the_record_of_a_reprint(note, doi, year):
    status, notes = words_of(moore(year=year, doi=doi), newsletter(title=TITLE + note))
    assert (status, notes[FieldName.YEAR]) == (Status.VERIFIED, EARLIER)


def test_a_classic_is_verified_by_its_only_record_although_that_does_not_call_itself_a_reprint():
    status, notes = words_of(moore(), newsletter())
    assert (status, notes[FieldName.YEAR]) == (Status.VERIFIED, EARLIER)


def test_a_conference_paper_is_verified_by_the_record_of_its_journal_version():
    status, notes = words_of(alexnet(), CACM)
    assert (status, notes[FieldName.YEAR], notes[FieldName.VENUE]) == (Status.VERIFIED, EARLIER, EARLIER)


@pytest.mark.parametrize(
    ("cited", "registered"),
    [
        (moore(year=2010), newsletter(title=TITLE + NOTE)),
        (moore(year=2010), newsletter()),
        (moore(authors=people("Robert Noyce")), newsletter(title=TITLE + NOTE)),
        (moore(venue="IEEE Solid-State Circuits Society Newsletter"), newsletter()),
        (moore(year=1995), newsletter()),
        (alexnet(year=2020), CACM),
        (alexnet(year=2001), CACM),
        (alexnet(venue="Communications of the ACM"), CACM),
        (alexnet(year=2009), work(**alexnet(venue="CVPR", year=2014))),
    ],
)
def test_what_no_reprint_explains_stays_a_finding(cited, registered):
    assert words_of(cited, registered)[0] is Status.MISMATCH


def test_the_record_of_the_first_publication_says_where_it_was():
    said = found(CACM), found(work("semantic_scholar", **alexnet(venue="NeurIPS")), by="semantic_scholar")
    assert judge(cite(**{"volume": "", "pages": "", **alexnet()}), *said).status is Status.VERIFIED
    elsewhere = judge(cite(**{"volume": "", "pages": "", **alexnet(venue="ICML")}), *said, essential=BOTH - {"arxiv"})
    assert elsewhere.status is Status.MISMATCH


def test_a_closed_year_of_the_venue_refutes_it_in_spite_of_a_later_version():
    given = judge(cite(**{"volume": "", "pages": "", **alexnet()}), found(CACM), venue_refuted="no such paper there")
    assert given.status is Status.MISMATCH


def test_volume_and_pages_of_another_publication_are_not_compared():
    cited = Fields(**moore(volume="38", issue="8", pages="114-117"))
    comparison = compare(cited, newsletter(title=TITLE + NOTE, volume="11", issue="3", pages="33-35"))
    assert {FieldName.VOLUME, FieldName.ISSUE, FieldName.PAGES} <= set(comparison.not_compared)


TURBULENCE = {
    "title": "The local structure of turbulence in incompressible viscous fluid",
    "authors": people("Andrei Kolmogorov"),
    "kind": Kind.ARTICLE,
}
DOKLADY = {**TURBULENCE, "year": 1941, "venue": "Doklady Akademii Nauk SSSR", "volume": "30", "pages": "301-305"}
PROCEEDINGS_A = {**TURBULENCE, "year": 1991, "venue": "Proc. R. Soc. Lond. A", "volume": "434", "pages": "9-13"}
NATURE = {
    "title": "Learning representations by back-propagating errors",
    "authors": people("D. Rumelhart", "G. Hinton", "R. Williams"),
    "kind": Kind.ARTICLE,
    "year": 1986,
    "venue": "Nature",
}
READER = {**NATURE, "kind": Kind.CHAPTER, "year": 1988, "venue": "Neurocomputing: Foundations of Research"}


@pytest.mark.parametrize(
    ("cited", "registered", "note"),
    [
        (DOKLADY, PROCEEDINGS_A, EARLIER),
        (PROCEEDINGS_A, DOKLADY, LATER),
        (NATURE, READER, EARLIER),
        ({**NATURE, "year": 1985, "venue": "Essays in Honor of Grace Hopper"}, {**READER, "year": 1999}, EARLIER),
    ],
    ids=["the first", "the reprint", "before a reader", "chapter before a reader"],
)
def test_first_publication_and_reprint_are_verified_by_each_other(cited, registered, note):
    status, notes = words_of(cited, work(**registered))
    assert (status, note in notes.values()) == (Status.VERIFIED, True)


@pytest.mark.parametrize(
    ("cited", "registered"),
    [
        ({**PROCEEDINGS_A, "authors": people("Lev Landau")}, DOKLADY),
        ({**PROCEEDINGS_A, "venue": DOKLADY["venue"]}, DOKLADY),
        ({**NATURE, "year": 1995}, READER),
        ({**NATURE, "venue": "ICML"}, {**READER, "venue": "Computer Vision – ECCV 1988"}),
        (NATURE, {**READER, "kind": Kind.ARTICLE, "venue": "Science", "year": 1999}),
    ],
    ids=["other authors", "the same journal", "later than the reader", "a paper in proceedings", "a journal"],
)
def test_what_is_no_reprint_excuses_no_year_and_venue(cited, registered):
    assert words_of(cited, work(**registered))[0] is Status.MISMATCH


def test_a_preprint_is_verified_by_its_publication_of_another_title():
    number = Identifier(Scheme.ARXIV, "2101.01234")
    cited = {**NATURE, "title": "Sparse attention graphs", "year": 2021, "venue": "arXiv", "arxiv": number.value}
    published = {**NATURE, "title": "Scalable transformers with sparse attention graphs", "year": 2022, "venue": "ICML"}
    status, notes = words_of(cited, work(**published, more={"other_ids": (number,)}))
    assert (status, notes[FieldName.TITLE]) == (Status.VERIFIED, "title of another version")


@pytest.mark.parametrize(("series", "expected"), [("NBER Working Paper", Status.VERIFIED), ("arXiv", Status.MISMATCH)])
def test_working_papers_take_longer_to_their_journals_than_preprints(series, expected):
    paper = {**NATURE, "year": 2019, "venue": "American Economic Review"}
    kind = Kind.REPORT if series.startswith("NBER") else Kind.PREPRINT
    assert words_of({**paper, "venue": series, "year": 2014, "kind": kind}, work(**paper))[0] is expected


@pytest.mark.parametrize("dropped", [0, 2, 3])
def test_a_preprint_may_list_one_author_that_its_publication_does_not(dropped):
    listed = people("U. Lin", "B. Tan", "C. Vu", "D. Xu")
    cited = {**NATURE, "authors": listed, "venue": "arXiv", "kind": Kind.PREPRINT}
    published = {**NATURE, "authors": (*listed[:dropped], *listed[dropped + 1 :])}
    assert words_of(cited, work(**published))[0] is (Status.VERIFIED if dropped else Status.MISMATCH)

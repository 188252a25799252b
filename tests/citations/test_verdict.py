from __future__ import annotations

import re
from dataclasses import replace

import pytest

from citations.coverage import coverage_table, registry_title
from citations.types import (
    FieldName,
    Identifier,
    Kind,
    Name,
    Retraction,
    RetractionKind,
    Scheme,
    Severity,
    Status,
    Why,
)
from tests.citations.fake_registries import people, work
from tests.citations.judging import (
    BASE,
    TITLE,
    cite,
    diffs,
    doi,
    failed,
    found,
    judge,
)

# --- records that are damaged, registries that are silent


def test_a_record_that_says_neither_title_nor_authors_refutes_nothing():
    empty = work(doi="10.1000/x")
    given = judge(cite(doi="10.1000/x"), found(empty, identifier=doi("10.1000/x")), found(empty))
    assert given.status is Status.UNCHECKED


@pytest.mark.parametrize(
    "wrong",
    [{"year": 2011}, {"authors": people("Niels Bohr", "Marie Curie")}, {"title": TITLE.replace("study", "stud")}],
)
def test_a_record_that_differs_accuses_nobody_while_an_essential_registry_is_silent(wrong):
    lone = found(work("semantic_scholar", **{**BASE, **wrong}), by="semantic_scholar")
    assert judge(cite(), lone, found(work(**BASE))).status is Status.VERIFIED
    assert judge(cite(), lone, failed()).status is Status.UNCHECKED


def test_an_offline_index_speaks_for_itself_where_the_network_is_silent():
    held = found(work("offline", **{**BASE, "year": 2005}), by="offline")
    assert judge(cite(), held, failed(why=Why.OFFLINE)).status is Status.MISMATCH


# --- with a record


def test_a_record_that_agrees_verifies():
    given = judge(cite(), found(work(**BASE)))
    assert (given.status, given.argument.supported_by) == (Status.VERIFIED, ("crossref",))


def test_wrong_authors_of_an_existing_work_are_a_mismatch():
    given = judge(cite(authors=people("John Smith", "Jane Miller")), found(work(**BASE)))
    assert (given.status, diffs(given)[FieldName.AUTHORS]) == (Status.MISMATCH, Severity.MAJOR)


def test_one_agreeing_record_outweighs_a_registry_that_does_not_hold_the_work():
    given = judge(cite(), found(work(**BASE)), found(by="openalex"))
    assert given.status is Status.VERIFIED


def test_where_one_record_agrees_the_differing_one_is_believed_to_be_wrong():
    damaged = work("semantic_scholar", **{**BASE, "year": 2005, "authors": people("Some One")})
    given = judge(cite(), found(damaged, by="semantic_scholar"), found(work(**BASE)))
    assert (given.status, given.diffs) == (Status.VERIFIED, ())


def test_a_corrupt_title_in_one_record_accuses_nobody():
    corrupt = work("openalex", **{**BASE, "title": "Fine-tuning a model for something", "doi": "10.1000/x"})
    right = work("arxiv", title=TITLE, arxiv="2106.09685", authors=BASE["authors"], year=2019)
    given = judge(
        cite(doi="10.1000/x", arxiv="2106.09685"),
        found(corrupt, by="openalex", identifier=doi("10.1000/x")),
        found(right, by="arxiv", identifier=Identifier(Scheme.ARXIV, "2106.09685")),
    )
    assert given.status is not Status.FABRICATED


def test_another_venue_needs_a_record_that_is_beyond_doubt():
    sure = judge(cite(venue="CVPR"), found(work(**BASE)))
    partly = judge(
        cite(venue="CVPR", authors=people("Ada Byron", "Carl Gauss", "Paul Dirac", "Lise Meitner")), found(work(**BASE))
    )
    assert diffs(sure)[FieldName.VENUE] is Severity.MAJOR
    assert diffs(partly)[FieldName.VENUE] is Severity.MINOR


def test_a_second_independent_source_confirms_another_venue():
    authors = people("Ada Byron", "Carl Gauss", "Paul Dirac", "Lise Meitner")
    second = work("semantic_scholar", **BASE)
    given = judge(cite(venue="CVPR", authors=authors), found(work(**BASE)), found(second, by="semantic_scholar"))
    assert diffs(given)[FieldName.VENUE] is Severity.MAJOR


def test_a_registry_derived_from_another_is_no_second_source():
    authors = people("Ada Byron", "Carl Gauss", "Paul Dirac", "Lise Meitner")
    copy = work("openalex", **BASE)
    given = judge(cite(venue="CVPR", authors=authors), found(work(**BASE)), found(copy, by="openalex"))
    assert diffs(given)[FieldName.VENUE] is Severity.MINOR


def test_a_record_cut_to_its_first_author_does_not_accuse_the_others():
    given = judge(cite(), found(work(**{**BASE, "authors": people("Ada Byron")})))
    assert diffs(given).get(FieldName.AUTHORS) in {None, Severity.COSMETIC, Severity.MINOR}
    assert given.status is Status.VERIFIED


def test_a_closed_venue_year_speaks_against_the_venue_and_not_against_the_work():
    elsewhere = work(**{**BASE, "venue": ""})
    given = judge(cite(venue="NeurIPS"), found(elsewhere), venue_refuted="NeurIPS 2019 is held completely, without it")
    assert (given.status, diffs(given)[FieldName.VENUE]) == (Status.MISMATCH, Severity.MAJOR)
    none = judge(cite(venue="NeurIPS"), found(), essential=frozenset(), venue_refuted="held completely")
    assert none.status is Status.UNVERIFIABLE


@pytest.mark.parametrize(("year", "status"), [(2027, Status.MISMATCH), (2033, Status.MISMATCH)])
def test_a_year_in_the_future_is_a_mismatch(year, status):
    assert judge(cite(year=year), found(work(**BASE))).status is status


def test_the_coming_year_may_be_cited_if_the_record_has_it():
    assert judge(cite(year=2027), found(work(**{**BASE, "year": 2027}))).status is Status.VERIFIED


# --- retraction

RETRACTION = Retraction(RetractionKind.RETRACTED, "10.1000/notice", "2021-01-01", "crossref")


def test_a_retracted_record_makes_the_citation_retracted_with_its_differences_beside():
    given = judge(cite(year=2001), found(work(**BASE, more={"retraction": RETRACTION})))
    assert (given.status, given.retraction) == (Status.RETRACTED, RETRACTION)
    assert diffs(given)[FieldName.YEAR] is Severity.MAJOR


def test_an_expression_of_concern_is_told_and_is_no_retraction():
    given = judge(cite(), found(work(**BASE, more={"retraction": replace(RETRACTION, kind=RetractionKind.CONCERN)})))
    assert given.status is Status.VERIFIED
    assert "concern" in given.argument.sentence


def test_a_notice_cited_as_itself_is_verified():
    notice = {**BASE, "title": f"Retraction: {TITLE}"}
    assert judge(cite(**notice), found(work(**notice, more={"is_notice": True}))).status is Status.VERIFIED


def test_a_notice_says_which_work_it_is_about():
    notice = {**BASE, "title": f"Retraction: {TITLE}"}
    about = work(**notice, more={"is_notice": True, "notice_of": "10.1000/w"})
    assert "a notice about another work, 10.1000/w" in judge(cite(**notice), found(about)).argument.sentence


def test_a_correction_is_named_and_the_work_stands():
    given = judge(cite(), found(work(**BASE, more={"corrections": ("10.1000/c",)})))
    assert given.status is Status.VERIFIED
    assert "a correction was published: 10.1000/c" in given.argument.sentence


def test_an_article_cited_with_the_identifier_of_its_retraction_notice_is_retracted():
    notice = work(**{**BASE, "title": f"Retracted: {TITLE}", "doi": "10.1000/n"}, more={"is_notice": True})
    given = judge(cite(doi="10.1000/n"), found(notice, identifier=doi("10.1000/n")))
    assert (given.status, given.retraction.notice_doi) == (Status.RETRACTED, "10.1000/n")


# --- words


@pytest.mark.parametrize("name", [facts.name for facts in coverage_table().registries])
def test_no_sentence_names_a_registry_as_programs_do(name):
    raw = {"crossref", "arxiv", "semantic_scholar", "datacite", "doi_org", "dblp", "openalex", "pubmed", "openlibrary"}
    given = [
        judge(cite(), found(work(**BASE), by=name)),
        judge(cite(year=1999), found(work(**BASE), by=name), essential=frozenset({name})),
        judge(cite(), found(by=name), essential=frozenset({name})),
        judge(cite(), failed(by=name), essential=frozenset({name})),
    ]
    assert {each.status for each in given} == {
        Status.VERIFIED,
        Status.MISMATCH,
        Status.NOT_FOUND,
        Status.UNCHECKED,
    }
    said = [each.argument.sentence for each in given]
    assert [sentence for sentence in said if raw & set(re.findall(r"[\w.]+", sentence))] == []
    assert all(registry_title(name) in sentence for sentence in said)


def test_a_preprint_excuses_no_venue_once_a_published_record_tells_it():
    preprint = work(**{**BASE, "registry": "arxiv", "venue": "arXiv", "kind": Kind.PREPRINT, "volume": "", "pages": ""})
    cited = cite(venue="UAI", volume="", pages="")
    alone = judge(cited, found(preprint))
    both = judge(cited, found(preprint), found(work(**BASE)))
    assert alone.status is Status.VERIFIED
    assert both.status is Status.MISMATCH
    assert [diff.field for diff in both.diffs if diff.severity is Severity.MAJOR] == [FieldName.VENUE]


def test_a_preprint_stands_for_the_meeting_where_only_the_journal_version_is_registered():
    preprint = work(**{**BASE, "registry": "arxiv", "venue": "arXiv", "kind": Kind.PREPRINT, "volume": "", "pages": ""})
    journal = work(**{**BASE, "venue": "Journal of Machine Learning Research", "kind": Kind.ARTICLE})
    assert judge(cite(venue="UAI", volume="", pages=""), found(preprint), found(journal)).status is Status.VERIFIED


@pytest.mark.parametrize(
    "damage",
    [
        {"authors": (Name(literal="Wiley"),)},
        {"authors": (Name(literal="Byron Books"),), "publisher": "Byron Books"},
        {"year": 1970},
        {"year": 1900},
        {"title": TITLE[:14]},
        {"title": TITLE[:20]},
        {"title": "A dis"},
    ],
)
def test_one_damaged_record_accuses_nobody(damage):
    given = judge(cite(doi="10.1000/x"), found(work(**{**BASE, "doi": "10.1000/x", **damage})))
    assert (given.status, set(diffs(given).values()) - {Severity.COSMETIC}) == (Status.VERIFIED, set())


# --- two authors in each other's place


def test_exchanged_authors_are_a_mismatch_once_two_sources_say_so():
    swapped = cite(authors=people("Ada Byron", "Emmy Noether", "Carl Gauss", "Lise Meitner"))
    record = {**BASE, "authors": people("Ada Byron", "Carl Gauss", "Emmy Noether", "Lise Meitner")}
    one = found(work(**record))
    copy, second = (found(work(name, **record), by=name) for name in ("openalex", "semantic_scholar"))
    assert judge(swapped, one).status is Status.VERIFIED
    assert judge(swapped, one, copy).status is Status.VERIFIED
    assert judge(swapped, one, second).status is Status.MISMATCH


FIVE = ("Ada Byron", "Carl Gauss", "Emmy Noether", "Lise Meitner", "Barbara Liskov")


@pytest.mark.parametrize(
    ("listed", "status"),
    [
        (("Ada Byron", "Emmy Noether", "Carl Gauss", "Lise Meitner", "Barbara Liskov"), Status.MISMATCH),
        (("Ada Byron", "Emmy Noether", "Carl Gauss", "Barbara Liskov", "Lise Meitner"), Status.MISMATCH),
        (("Ada Byron", "Carl Gauss", "Emma Noether", "Barbara Liskov", "Lise Meitner"), Status.MISMATCH),
        (("Ada Byron", "Barbara Liskov", "Carl Gauss", "Emmy Noether", "Lise Meitner"), Status.VERIFIED),
    ],
    ids=["one exchange", "two exchanges", "an exchange beside a slip", "the list turned round, as versions do"],
)
def test_whatever_else_differs_an_exchange_said_by_two_sources_is_grave(listed, status):
    said = [
        found(work(name, **{**BASE, "authors": people(*FIVE)}), by=name) for name in ("crossref", "semantic_scholar")
    ]
    assert judge(cite(authors=people(*listed)), *said).status is status


def test_the_order_of_the_published_list_is_no_exchange_because_the_preprint_has_another():
    cited = cite(authors=people("Ada Byron", "Emmy Noether", "Carl Gauss", "Lise Meitner", "Barbara Liskov"), pages="")
    record = {**BASE, "authors": people(*FIVE), "pages": "", "venue": "arXiv", "kind": Kind.PREPRINT}
    said = [found(work(name, **record, arxiv="1901.00001"), by=name) for name in ("arxiv", "semantic_scholar")]
    assert judge(cited, *said).status is Status.VERIFIED


def test_other_given_names_of_two_authors_are_no_change_between_preprint_and_publication():
    listed = people("Ada Byron", "Carl Gauss", "Emmy Noether", "Lise Meitner", "Paul Dirac", "Niels Bohr")
    preprint = work("arxiv", title=TITLE, authors=listed, year=2019, arxiv="1905.01234", kind=Kind.PREPRINT)
    wrong = (*listed[:1], *people("Johann Gauss", "Hermine Noether"), *listed[3:])
    judged = judge(cite(authors=wrong, venue="ICML", volume="", pages=""), found(preprint))
    assert diffs(judged)[FieldName.AUTHORS] is Severity.MAJOR


# --- nobody was heard


@pytest.mark.parametrize("kind", [Kind.BOOK, Kind.UNKNOWN, Kind.REPORT])
def test_what_nobody_could_be_asked_about_is_unchecked_even_where_nobody_could_accuse(kind):
    cited = cite(kind=kind, venue="", volume="", pages="")
    judged = judge(cited, failed(), failed("arxiv"), essential=frozenset())
    assert (judged.status, "Crossref" in judged.argument.sentence) == (Status.UNCHECKED, True)
    assert judge(cited, failed("arxiv"), found(), essential=frozenset()).status is Status.UNVERIFIABLE
    assert judge(cited, essential=frozenset()).status is Status.UNVERIFIABLE

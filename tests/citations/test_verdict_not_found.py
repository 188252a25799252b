from __future__ import annotations

import pytest

from citations.types import (
    ContradictionKind,
    DoiExists,
    DoiUnknown,
    FieldName,
    Kind,
    Name,
    Severity,
    Status,
    Why,
)
from tests.citations.fake_registries import asked, people, work
from tests.citations.judging import (
    BASE,
    BOTH,
    OTHER,
    TITLE,
    cite,
    diffs,
    doi,
    failed,
    found,
    judge,
    uncovered,
)

# --- identifiers


def test_the_doi_of_another_work_on_a_real_title_is_a_mismatch():
    given = judge(cite(doi="10.1000/other"), found(OTHER, identifier=doi("10.1000/other")), found(work(**BASE)))
    assert (given.status, diffs(given)) == (Status.MISMATCH, {FieldName.DOI: Severity.MAJOR})


def test_a_doi_that_nobody_registered_on_a_real_title_is_a_mismatch():
    unknown = ("doi_org", DoiUnknown(asked("doi_org"), "10.1000/none"), doi("10.1000/none"))
    given = judge(cite(doi="10.1000/none"), found(identifier=doi("10.1000/none")), found(work(**BASE)), unknown)
    assert (given.status, diffs(given)) == (Status.MISMATCH, {FieldName.DOI: Severity.MAJOR})


def test_a_doi_that_crossref_does_not_know_and_doi_org_does_is_no_finding():
    known = ("doi_org", DoiExists(asked("doi_org"), "10.5281/z"), doi("10.5281/z"))
    given = judge(cite(doi="10.5281/z"), found(identifier=doi("10.5281/z")), found(work(**BASE)), known)
    assert given.status is Status.VERIFIED


def test_a_doi_is_not_dead_because_doi_org_could_not_be_asked():
    given = judge(
        cite(doi="10.1000/none"),
        found(identifier=doi("10.1000/none")),
        found(work(**BASE)),
        failed("doi_org", identifier=doi("10.1000/none")),
    )
    assert given.status is Status.VERIFIED


def test_the_doi_of_the_book_that_holds_the_chapter_is_not_that_of_another_work():
    book = work(title="A handbook of places", authors=people("Ed Itor"), year=2019, doi="10.1000/book")
    chapter = cite(doi="10.1000/book", venue="A handbook of places", kind=Kind.CHAPTER)
    given = judge(chapter, found(book, identifier=doi("10.1000/book")), found())
    assert given.status is Status.NOT_FOUND


def test_an_impossible_arxiv_number_on_a_real_title_is_a_mismatch():
    given = judge(cite(arxiv="2513.01234"), found(work(**BASE)))
    assert diffs(given)[FieldName.ARXIV] is Severity.MAJOR


# --- without a record


def test_not_found_needs_the_refutation_of_every_essential_registry():
    assert judge(cite(), found()).status is Status.NOT_FOUND
    assert judge(cite(), found(), failed("arxiv"), essential=BOTH).status is Status.UNCHECKED
    assert judge(cite(), found(), essential=BOTH).status is Status.UNCHECKED
    assert judge(cite(), found(), found(by="arxiv"), essential=BOTH).status is Status.NOT_FOUND


@pytest.mark.parametrize("why", list(Why))
def test_no_failure_ever_accuses(why):
    given = judge(
        cite(doi="10.1000/other"), failed(why=why), found(OTHER, by="datacite", identifier=doi("10.1000/other"))
    )
    assert given.status is Status.UNCHECKED


def test_a_registry_that_failed_once_does_not_refute():
    given = judge(cite(doi="10.1000/x"), found(), failed(identifier=doi("10.1000/x")))
    assert given.status is Status.UNCHECKED


def test_an_unknown_identifier_alone_refutes_nothing():
    assert judge(cite(doi="10.1000/x"), found(identifier=doi("10.1000/x"))).status is Status.UNCHECKED


def test_an_essential_registry_that_cannot_know_the_work_makes_it_unverifiable():
    assert judge(cite(), found(), uncovered("arxiv"), essential=BOTH).status is Status.UNVERIFIABLE


def test_what_no_registry_could_know_is_unverifiable():
    assert judge(cite(), found(), essential=frozenset()).status is Status.UNVERIFIABLE


def test_the_offline_index_refutes_only_where_it_is_essential():
    silent = found(by="offline")
    assert judge(cite(), silent, found()).argument.refuted_by == ("crossref",)
    assert judge(cite(), silent, essential=frozenset({"offline"})).status is Status.NOT_FOUND


def test_the_identifier_of_another_work_on_a_title_that_exists_nowhere_is_fabricated():
    given = judge(cite(doi="10.1000/other"), found(OTHER, identifier=doi("10.1000/other")), found())
    assert (given.status, given.argument.contradiction.kind) == (
        Status.FABRICATED,
        ContradictionKind.IDENTIFIER_OF_OTHER_WORK,
    )
    assert given.argument.contradiction.works == (OTHER,)


def test_the_title_of_one_work_with_the_authors_of_another_is_a_chimera():
    titled = work(title="Graph networks", authors=people("Some One"), year=2018)
    authored = work(title="Things unheard of before", authors=BASE["authors"], year=2019)
    given = judge(cite(title="Graph networks", venue="", volume="", pages=""), found(titled, authored))
    assert given.argument.contradiction.kind is ContradictionKind.CHIMERA


def test_placeholder_authors_of_a_title_that_exists_nowhere_are_fabricated():
    given = judge(cite(authors=people("John Doe", "Jane Smith")), found())
    assert given.argument.contradiction.kind is ContradictionKind.PLACEHOLDER
    given = judge(cite(authors=people("John Doe"), arxiv="2513.01234"), found())
    assert given.argument.contradiction.kind is ContradictionKind.IMPOSSIBLE_IDENTIFIER


@pytest.mark.parametrize("number", ["2313.12345", "2999.12345", "hep-th/9713001"])
def test_an_impossible_identifier_alone_is_no_contradiction_but_is_told(number):
    given = judge(cite(arxiv=number), found())
    assert (given.status, given.argument.contradiction) == (Status.NOT_FOUND, None)
    assert f"its arXiv number {number} cannot exist: " in given.argument.sentence


@pytest.mark.parametrize("pseudonym", ["STUDENT", "Bourbaki"])
def test_a_pseudonym_in_one_record_accuses_nobody(pseudonym):
    cited = cite(authors=people("William S. Gosset"))
    alone = work(**{**BASE, "authors": (Name(literal=pseudonym),)})
    assert judge(cited, found(alone)).status is Status.VERIFIED
    assert judge(cited, found(work(**{**BASE, "authors": people("Karl Pearson")}))).status is Status.MISMATCH


def test_a_mismatch_by_slips_alone_is_called_minor():
    slip = judge(cite(title=TITLE.replace("distinctive", "distinctife")), found(work(**BASE)))
    assert (slip.status, "in minor ways" in slip.argument.sentence) == (Status.MISMATCH, True)
    gross = judge(cite(title=TITLE.replace("distinctive", "distinctife"), year=1987), found(work(**BASE)))
    assert (gross.status, "in minor ways" in gross.argument.sentence) == (Status.MISMATCH, False)


def test_a_dead_doi_alone_is_no_contradiction_but_is_told():
    unknown = ("doi_org", DoiUnknown(asked("doi_org"), "10.1000/none"), doi("10.1000/none"))
    given = judge(cite(doi="10.1000/none"), found(), found(identifier=doi("10.1000/none")), unknown)
    assert given.status is Status.NOT_FOUND
    assert "10.1000/none" in given.argument.sentence


def test_a_title_that_only_one_unreachable_registry_could_tie_to_the_citation_is_unchecked():
    lone = cite(authors=people("John Smith"), venue="CVPR", year=2010)
    assert judge(lone, found(work("offline", **BASE), by="offline"), failed()).status is Status.UNCHECKED

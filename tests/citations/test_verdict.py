from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citations.coverage import coverage_table, registry_title
from citations.match.evidence import evidence
from citations.types import (
    Answer,
    ContradictionKind,
    DoiExists,
    DoiUnknown,
    FieldName,
    Found,
    Identifier,
    Kind,
    Name,
    NotCovered,
    Query,
    Reference,
    Retraction,
    RetractionKind,
    Scheme,
    Severity,
    Status,
    Unavailable,
    Verdict,
    Why,
    Work,
)
from citations.verdict import verdict
from tests.citations.fake_registries import TODAY, asked, people, reference, work

TITLE = "A distinctive study of particular things in particular places"
BASE = {
    "title": TITLE,
    "authors": people("Ada Byron", "Carl Gauss", "Emmy Noether"),
    "year": 2019,
    "venue": "ICML",
    "volume": "3",
    "pages": "280-287",
    "kind": Kind.CONFERENCE,
}
OTHER = work(
    title="Something else entirely about quite other matters",
    authors=people("Niels Bohr", "Marie Curie"),
    year=2001,
    venue="Nature",
    doi="10.1000/other",
)
CROSSREF = frozenset({"crossref"})
BOTH = frozenset({"crossref", "arxiv"})


def judge(cited: Reference, *said: tuple[str, Answer, Identifier | None], essential=CROSSREF, **options) -> Verdict:
    """The verdict on what the named registries said, each to a search or about an identifier."""
    learnt = [evidence(Query(cited, identifier), answer) for _, answer, identifier in said]
    return verdict(cited, learnt, essential, TODAY, **options)


def found(*works: Work, by: str = "crossref", identifier: Identifier | None = None):
    return by, Found(asked(by), works), identifier


def failed(by: str = "crossref", why: Why = Why.TIMEOUT, identifier: Identifier | None = None):
    return by, Unavailable(asked(by), why), identifier


def uncovered(by: str = "crossref"):
    return by, NotCovered(asked(by), "beyond its years"), None


def doi(value: str) -> Identifier:
    return Identifier(Scheme.DOI, value)


def cite(**changes) -> Reference:
    return reference(**{**BASE, **changes})


def diffs(given: Verdict) -> dict[FieldName, Severity]:
    return {diff.field: diff.severity for diff in given.diffs}


# --- the same work under another title

RETITLED_BASE = {**BASE, "title": "Studium rerum singularium locis singularibus", "doi": "10.1000/x"}


@pytest.mark.parametrize(
    ("registered", "kind", "venue"),
    [
        ("Studium rerum singularium locis singularibus", Kind.ARTICLE, "ICML"),
        ("Perubahan iklim dan ketahanan pangan Jawa Tengah", Kind.ARTICLE, "ICML"),
        ("Olfactory navigation circuits within fish larvae", Kind.PREPRINT, "bioRxiv"),
        ("Data from: Olfactory navigation circuits within fish larvae", Kind.DATASET, "Dryad"),
    ],
)
def test_identifier_and_authors_of_the_record_make_another_title_a_minor_difference(registered, kind, venue):
    other = work(**{**BASE, "title": registered, "doi": "10.1000/x", "kind": kind, "venue": venue})
    given = judge(cite(doi="10.1000/x"), found(other, identifier=doi("10.1000/x")), found())
    assert (given.status, diffs(given)[FieldName.TITLE]) == (Status.MISMATCH, Severity.MINOR)


def test_a_title_found_under_its_own_identifier_leaves_the_cited_identifier_with_another_work():
    other = work(**RETITLED_BASE)
    given = judge(
        cite(doi="10.1000/x"),
        found(other, identifier=doi("10.1000/x")),
        found(work(**BASE, doi="10.1000/y")),
    )
    assert (given.status, diffs(given)) == (Status.MISMATCH, {FieldName.DOI: Severity.MAJOR})


def test_the_identifier_of_a_collection_without_authors_accuses_nobody():
    collection = work(title="Abstracts of the annual meeting", year=2019, venue="ICML", doi="10.1000/x")
    given = judge(cite(doi="10.1000/x"), found(collection, identifier=doi("10.1000/x")), found())
    assert given.status is Status.UNVERIFIABLE


def test_an_arxiv_number_that_arxiv_does_not_know_is_a_mismatch():
    number = Identifier(Scheme.ARXIV, "1905.01234")
    given = judge(cite(arxiv="1905.01234"), found(by="arxiv", identifier=number), found(work(**BASE)))
    assert (given.status, diffs(given)) == (Status.MISMATCH, {FieldName.ARXIV: Severity.MAJOR})


def test_an_arxiv_number_is_not_unknown_because_arxiv_could_not_be_asked():
    number = Identifier(Scheme.ARXIV, "1905.01234")
    given = judge(cite(arxiv="1905.01234"), failed(by="arxiv", identifier=number), found(work(**BASE)))
    assert (given.status, given.diffs) == (Status.VERIFIED, ())


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


def test_an_article_cited_with_the_identifier_of_its_retraction_notice_is_retracted():
    notice = work(**{**BASE, "title": f"Retracted: {TITLE}", "doi": "10.1000/n"}, more={"is_notice": True})
    given = judge(cite(doi="10.1000/n"), found(notice, identifier=doi("10.1000/n")))
    assert (given.status, given.retraction.notice_doi) == (Status.RETRACTED, "10.1000/n")


# --- properties

RANK = [Status.VERIFIED, Status.MISMATCH, Status.NOT_FOUND, Status.FABRICATED]
WRONG = {
    "title": "Quite another thing about which nobody ever wrote a word",
    "authors": people("John Smith", "Jane Miller", "Jim Brown"),
    "year": 1987,
    "venue": "CVPR",
    "volume": "77",
    "pages": "901-909",
    "doi": "10.1000/other",
}


@given(st.sets(st.sampled_from(sorted(WRONG))), st.sampled_from(sorted(WRONG)))
def test_one_more_wrong_field_never_makes_the_verdict_milder(wrong, one_more):
    def status(fields):
        cited = cite(**{name: WRONG[name] for name in fields})
        said = [found(work(**BASE), OTHER)]
        if "doi" in fields:
            said.append(found(OTHER, identifier=doi("10.1000/other")))
        return RANK.index(judge(cited, *said).status)

    assert status(wrong | {one_more}) >= status(wrong)


ANSWERS = [
    found(work(**BASE)),
    found(),
    found(OTHER),
    found(work(**{**BASE, "authors": people("John Smith")})),
    found(OTHER, identifier=doi("10.1000/other")),
    found(work("arxiv", **BASE), by="arxiv"),
    found(by="arxiv"),
    uncovered("arxiv"),
    ("doi_org", DoiUnknown(asked("doi_org"), "10.1000/other"), doi("10.1000/other")),
]
FAILURES = [failed(), failed("arxiv"), failed("arxiv", Why.RATE_LIMITED), failed("doi_org", Why.CRASHED)]


@given(st.lists(st.sampled_from(ANSWERS), max_size=5), st.lists(st.sampled_from(FAILURES), min_size=1, max_size=3))
def test_a_failure_never_turns_a_verdict_into_an_accusation(answers, failures):
    cited = cite(doi="10.1000/other")
    before = judge(cited, *answers, essential=BOTH)
    after = judge(cited, *answers, *failures, essential=BOTH)
    assert not after.status.accuses or after.status is before.status


@given(st.lists(st.sampled_from(ANSWERS), max_size=5), st.sampled_from(ANSWERS))
def test_more_evidence_never_makes_it_less_certain(answers, one_more):
    cited = cite(doi="10.1000/other")
    before = judge(cited, *answers, essential=BOTH).status
    after = judge(cited, *answers, one_more, essential=BOTH).status
    uncertain = {Status.UNCHECKED, Status.UNVERIFIABLE}
    assert before in uncertain or after not in uncertain


@given(st.lists(st.sampled_from([*ANSWERS, *FAILURES]), max_size=6))
def test_no_mixture_of_answers_breaks_a_verdict_or_accuses_without_ground(said):
    given = judge(cite(doi="10.1000/other"), *said, essential=BOTH)
    if given.status in {Status.NOT_FOUND, Status.FABRICATED}:
        assert set(given.argument.refuted_by) >= BOTH
    if given.status is Status.VERIFIED:
        assert given.argument.supported_by


# --- a title cut short


CUT = "A distinctive study of particular things"


@pytest.mark.parametrize(
    "cited",
    [
        {"title": CUT},
        {"title": "distinctive study of particular things in particular", "authors": people("Ada Byron")},
        {"title": CUT, "year": 2018, "venue": ""},
        {
            "title": "Some other words here",
            "source": "text",
            "raw": f"A. Byron, C. Gauss, and E. Noether. {CUT}. ICML, 2019.",
        },
    ],
)
def test_a_title_cut_short_is_that_of_the_work_where_authors_and_year_agree(cited):
    given = judge(cite(**cited), found(work(**BASE)))
    assert (given.status, diffs(given).get(FieldName.TITLE)) == (Status.VERIFIED, Severity.COSMETIC)


@pytest.mark.parametrize(
    "wrong", [{"authors": people("Marie Curie")}, {"year": 2009}, {"venue": "Nature"}, {"title": "Particular things"}]
)
def test_a_title_cut_short_is_no_excuse_where_authors_year_or_venue_differ(wrong):
    given = judge(cite(**{"title": CUT, **wrong, "pages": "1-9"}), found(work(**BASE)))
    assert given.status.accuses


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

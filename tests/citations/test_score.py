from __future__ import annotations

import pytest

from citations.match.score import first_page, locus, score, shared_identifier
from citations.types import Fields, Identifier, Scheme, Severity
from tests.citations.fake_registries import reference, work


def test_of_two_works_of_one_title_the_one_by_the_cited_authors_scores_higher():
    cited = reference(title="Making smart contracts smarter", authors="Loi Luu; Duc-Hiep Chu", year=2016)
    right = work(title="Making Smart Contracts Smarter.", authors="Loi Luu; Duc-Hiep Chu", year=2016)
    wrong = work(title="Making Smart Contracts Smarter.", authors="Some One", year=2016)
    assert score(cited, right).total > score(cited, wrong).total


def test_of_two_editions_the_one_of_the_cited_year_scores_higher():
    cited = reference(title="Using the canvas widget", authors="Clif Flynt", year=2012)
    old, new = (work(title="Using the canvas widget", authors="Clif Flynt", year=year) for year in (2012, 2026))
    assert score(cited, old).total > score(cited, new).total


def test_fields_that_one_side_lacks_do_not_count():
    cited = reference(title="A particular study of particular things")
    assert score(cited, work(title="A particular study of particular things", year=1999)).total == 1.0


def test_authors_in_the_printed_string_count_also_where_the_parser_found_others():
    raw = "Burke JE, Perisic O, Masson GR. Oncogenic mutations mimic dynamic events. PNAS 2012;109:15259-64."
    cited = reference(raw=raw, source="text", title="Oncogenic mutations mimic dynamic events", authors="Burke Perisic")
    found = score(cited, work(title="Oncogenic mutations mimic dynamic events", authors="John Burke; Olga Perisic"))
    assert found.authors == 1.0


def test_first_pages_agree_however_the_range_is_shortened():
    assert {first_page(pages) for pages in ("280-287", "280–7", "280", "0280-0287", "pp. 280-7")} == {"280"}


def test_locus_needs_volume_and_page_on_both_sides():
    assert locus(Fields(volume="3", pages="4-16"), Fields(volume="3", pages="4")) == 1.0
    assert locus(Fields(volume="3", pages="4-16"), Fields(volume="5", pages="99")) == 0.0
    assert locus(Fields(volume="3"), Fields(volume="3", pages="4")) is None


def test_an_arxiv_doi_and_an_arxiv_number_are_the_same_identifier():
    held = work(arxiv="1706.03762v7")
    assert shared_identifier(Fields(doi="10.48550/arxiv.1706.03762"), held) == Identifier(Scheme.ARXIV, "1706.03762")
    assert shared_identifier(Fields(arxiv="1706.03762v1"), held) == Identifier(Scheme.ARXIV, "1706.03762v1")


def test_the_doi_of_a_figure_shares_the_identifier_of_its_article():
    held = work(doi="10.1371/journal.pone.0026398")
    assert shared_identifier(Fields(doi="10.1371/journal.pone.0026398.g001"), held) is not None


ROSTER = "Zihao Li; Henry Wu; Jane Doe; Ann Roe"


def printed_authors(*names: str):
    listed = ", ".join(names)
    cited = reference(
        raw=f"{listed}. A particular study of particular things. 2019.",
        source="text",
        title="A particular study of particular things",
        authors="; ".join(names),
    )
    return score(cited, work(title="A particular study of particular things", authors=ROSTER)).authors_diff


def test_one_contradicting_given_name_in_a_printed_list_is_minor_and_two_are_major():
    assert printed_authors("Zheng Li", "Henry Wu", "Jane Doe", "Ann Roe").severity is Severity.MINOR
    assert printed_authors("Zheng Li", "Yuhao Wu", "Jane Doe", "Ann Roe").severity is Severity.MAJOR


@pytest.mark.parametrize(
    "names",
    [
        ("Z. Li", "H. Wu", "J. Doe", "A. Roe"),
        ("Zihao M. Li", "Harry Wu", "Jane Doe", "Ann Roe"),
        ("Zi-Hao Li", "Wu Henry", "Janie Doe", "Anne Roe"),
        ("Li Zihao", "Wu Henry", "Doe Jane", "Roe Ann"),
        ("M. Li", "K. Wu", "Jane Doe", "Ann Roe"),
    ],
)
def test_honest_given_names_in_a_printed_list_accuse_nobody(names):
    assert printed_authors(*names).severity in {None, Severity.COSMETIC}

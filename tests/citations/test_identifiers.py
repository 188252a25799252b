from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citations.identifiers import (
    arxiv_base,
    doi_variants,
    find_identifiers,
    identifiers_of,
    impossible,
    isbn_13,
    normalise_arxiv,
    normalise_doi,
    normalise_isbn,
    normalise_pmid,
)
from citations.types import Fields, Identifier, Scheme

TODAY = date(2026, 6, 15)


@pytest.mark.parametrize(
    "printed",
    [
        "10.1093/jla/laaa006",
        "doi:10.1093/jla/laaa006",
        "DOI: 10.1093/JLA/LAAA006.",
        "https://doi.org/10.1093/jla/laaa006",
        "http://dx.doi.org/10.1093/jla/laaa006",
        "https://doi.org/10.1093%2Fjla%2Flaaa006",
        "https://academic.oup.com/jla/article-lookup/doi/10.1093/jla/laaa006?login=true",
        "(doi:10.1093/jla/laaa006)",
        "[https://doi.org/10.1093/jla/laaa006]",
        "“10.1093/jla/laaa006”,",
        "10.1093/jla/laaa006;",
        "doi 10.1093/ jla/laaa006",
        "doi:10.1093/\njla/laaa006",
        "10.1093/jla/laaa006https://www.example.org",
        "10.1093/jla/laaa006Published online",
    ],
)
def test_every_way_to_print_a_doi_gives_the_same_one(printed):
    assert normalise_doi(printed) == "10.1093/jla/laaa006"


@pytest.mark.parametrize(
    "sign", ["\u2010", "\u2011", "\u2012", "\u2013", "\u2212", "-\u00ad", "\u200b-", "-\n", "-\r\n "]
)
def test_layout_hyphens_and_breaks_in_a_doi_are_repaired(sign):
    assert normalise_doi(f"10.1007/s11245{sign}019{sign}09640{sign}x") == "10.1007/s11245-019-09640-x"


@pytest.mark.parametrize(
    ("printed", "doi"),
    [
        ("10.1016/0021-9681(87)90171-8", "10.1016/0021-9681(87)90171-8"),
        ("(see 10.1016/0021-9681(87)90171-8)", "10.1016/0021-9681(87)90171-8"),
        ("10.1890/0012-9658(2006)87[163:PEAWSA]2.0.CO;2.", "10.1890/0012-9658(2006)87[163:peawsa]2.0.co;2"),
        ("10.1890/0012-9658(2006)87%5B163:PEAWSA%5D2.0.CO;2", "10.1890/0012-9658(2006)87[163:peawsa]2.0.co;2"),
        ("10.1175/1520-0493(1974)102<0736:WACOJ>2.0.CO;2", "10.1175/1520-0493(1974)102<0736:wacoj>2.0.co;2"),
        ("10.1175/1520-0493(1974)102&lt;0736:WACOJ&gt;2.0.CO;2", "10.1175/1520-0493(1974)102<0736:wacoj>2.0.co;2"),
        ("10.1007/978-3-319-24574-4\\_28", "10.1007/978-3-319-24574-4_28"),
        ("10.1007/978-3-319-24574-4{\\_}28", "10.1007/978-3-319-24574-4_28"),
        ("10.2210/pdb4hhb/pdb", "10.2210/pdb4hhb/pdb"),
        (
            "10.1002/\n(SICI)1097-0185(19991101)256:3\\252:AID-AR5[3.0.CO;2-6",
            "10.1002/(sici)1097-0185(19991101)256:3<252::aid-ar5>3.0.co;2-6",
        ),
        ("10.1000.10/123456", "10.1000.10/123456"),
    ],
)
def test_brackets_semicolons_slashes_and_escapes_belong_to_the_doi(printed, doi):
    assert normalise_doi(printed) == doi


@pytest.mark.parametrize(
    ("url", "doi"),
    [
        (
            "https://www.tandfonline.com/doi/full/10.1080/19420889.2017.1395120?scroll=top",
            "10.1080/19420889.2017.1395120",
        ),
        ("https://link.springer.com/content/pdf/10.1007/s11245-019-09640-x.pdf", "10.1007/s11245-019-09640-x"),
        (
            "https://journals.plos.org/plosone/article?id=10.1371/journal.pone.0026398&type=printable",
            "10.1371/journal.pone.0026398",
        ),
        ("https://www.frontiersin.org/articles/10.3389/fpsyg.2019.02938/full", "10.3389/fpsyg.2019.02938"),
        ("https://onlinelibrary.wiley.com/doi/abs/10.1002/qj.3512", "10.1002/qj.3512"),
        ("https://www.nature.com/articles/s41586-020-2649-2", "10.1038/s41586-020-2649-2"),
    ],
)
def test_publisher_urls_give_the_doi_they_hold(url, doi):
    assert normalise_doi(url) == doi


@pytest.mark.parametrize(
    ("printed", "doi"),
    [
        ("https://www.biorxiv.org/content/10.1101/2020.11.02.364968v2", "10.1101/2020.11.02.364968"),
        ("https://www.medrxiv.org/content/10.1101/2020.03.24.20042937v1.full.pdf", "10.1101/2020.03.24.20042937"),
        ("10.1101/123456v1", "10.1101/123456"),
        ("10.21203/rs.3.rs-4920598/v2", "10.21203/rs.3.rs-4920598/v2"),
        ("10.36227/techrxiv.19941335.v1", "10.36227/techrxiv.19941335.v1"),
        ("10.12688/f1000research.9259.1", "10.12688/f1000research.9259.1"),
    ],
)
def test_a_version_is_dropped_only_where_it_is_no_part_of_the_doi(printed, doi):
    assert normalise_doi(printed) == doi


@pytest.mark.parametrize("printed", ["10.1000/1", "https://doi.org/10.1000/1", "doi: 10.1000/1 "])
def test_a_suffix_of_one_digit_is_a_doi_where_nothing_else_stands(printed):
    assert normalise_doi(printed) == "10.1000/1"


@pytest.mark.parametrize("rest", ["10.1016/j", "10.1016/S", "see 10.1000/1 and others", "10.1000/1\nof pages"])
def test_one_sign_that_a_line_break_left_is_no_doi(rest):
    assert normalise_doi(rest) == ""
    assert find_identifiers(rest) == ()


@pytest.mark.parametrize("text", ["", "no doi here", "10.5 / 3", "version 10.1234", "10.1093/", "doi.org"])
def test_text_without_doi_gives_none(text):
    assert normalise_doi(text) == ""


@pytest.mark.parametrize(
    ("doi", "variant"),
    [
        ("10.1371/journal.pone.0026398.g001", "10.1371/journal.pone.0026398"),
        ("10.1371/journal.pone.0026398.s003", "10.1371/journal.pone.0026398"),
        ("10.7717/peerj.4375/fig-1", "10.7717/peerj.4375"),
        ("10.36227/techrxiv.19941335.v1", "10.36227/techrxiv.19941335"),
        ("10.1016/0021-9681(87", "10.1016/0021-9681(87)"),
        ("10.1038/nrmicro146016845428", "10.1038/nrmicro1460"),
        ("10.1037//0012-1649.15.6.608", "10.1037/0012-1649.15.6.608"),
        ("10.3389/fpsyg.2019.02938/full", "10.3389/fpsyg.2019.02938"),
    ],
)
def test_variants_offer_the_work_behind_a_part_a_version_or_a_cut(doi, variant):
    variants = doi_variants(doi)
    assert (variants[0], variant in variants) == (doi, True)


def test_a_plain_doi_has_no_variant():
    assert doi_variants("10.1093/jla/laaa006") == ("10.1093/jla/laaa006",)


@pytest.mark.parametrize(
    ("printed", "base"),
    [
        ("https://arxiv.org/abs/hep-th/9711200", "hep-th/9711200"),
        ("arXiv:cs/0701188v1", "cs/0701188"),
        ("arXiv:math.AT/9811037", "math/9811037"),
        ("https://arxiv.org/pdf/hep-th/9901001v3.pdf", "hep-th/9901001"),
        ("quant-ph/0201082v1", "quant-ph/0201082"),
        ("1706.03762", "1706.03762"),
        ("arXiv preprint arXiv:1706.03762v5", "1706.03762"),
        ("CoRR, abs/1706.03762", "1706.03762"),
        ("https://arxiv.org/pdf/1706.03762v5.pdf", "1706.03762"),
        ("1706.03762 [cs.CL]", "1706.03762"),
        ("arXiv:1706.\n03762", "1706.03762"),
        ("arXiv:1706.03\n762 [cs]", "1706.03762"),
        ("10.48550/arXiv.1706.03762", "1706.03762"),
        ("arXiv: 1009 .0657[hep-lat ]", "1009.0657"),
        ("arXiv .org:astro -ph/ 0507715", "astro-ph/0507715"),
        ("[arXiv:hepph/9905221]", "hep-ph/9905221"),
        ("arXiv.org:astro-ph/0710.3063", "0710.3063"),
    ],
)
def test_every_way_to_print_an_arxiv_number_gives_the_same_one(printed, base):
    assert arxiv_base(normalise_arxiv(printed)) == base


@pytest.mark.parametrize(
    "text", ["", "http://arxiv.org/abs/math.AT/", "3.14", "10.1234/1706.03762", "pages 1706.03762-1", "a/b"]
)
def test_text_without_arxiv_number_gives_none(text):
    assert normalise_arxiv(text) == ""


def test_the_version_and_subject_class_are_kept_until_the_base_is_asked_for():
    assert normalise_arxiv("arXiv:math.gt/0309136v2") == "math.GT/0309136v2"


def test_two_numbers_beside_each_other_are_not_joined_to_an_arxiv_number():
    assert normalise_arxiv("arXiv:1206.0234 2020") == "1206.0234"


@pytest.mark.parametrize(
    ("printed", "pmid"),
    [
        ("12345678", "12345678"),
        ("PMID: 12345678;", "12345678"),
        ("https://pubmed.ncbi.nlm.nih.gov/12345678/", "12345678"),
        ("https://www.ncbi.nlm.nih.gov/pubmed/12345678", "12345678"),
        ("PMC1234567", ""),
        ("1234567890", ""),
        ("", ""),
    ],
)
def test_pmids_are_read_from_numbers_words_and_urls(printed, pmid):
    assert normalise_pmid(printed) == pmid


@pytest.mark.parametrize(
    ("printed", "isbn"),
    [
        ("0-306-40615-2", "0306406152"),
        ("ISBN 978-0-306-40615-7", "9780306406157"),
        ("978‐0‐306‐40615‐7", "9780306406157"),
        ("0-8044-2957-X", "080442957X"),
        ("080442957x (paper)", "080442957X"),
        ("978-0-306-40615-8", ""),
        ("12345", ""),
    ],
)
def test_isbns_need_the_right_length_and_check_digit(printed, isbn):
    assert normalise_isbn(printed) == isbn


def test_both_forms_of_an_isbn_are_equal_as_thirteen_digits():
    assert isbn_13("0306406152") == isbn_13("9780306406157") == "9780306406157"


def test_a_free_text_gives_its_identifiers_in_order_and_once():
    text = (
        "A. Name. Some title. arXiv:2412.\n02349 [cs.LG], 2024. doi:10.1145/ 3292500.3330701. PMID: 30946202. "
        "ISBN 978-0-306-40615-7; https://doi.org/10.1145/3292500.3330701 and 10.1093/jla/laaa006,10.1002/qj.3512"
    )
    assert [(each.scheme.value, each.value) for each in find_identifiers(text)] == [
        ("arxiv", "2412.02349"),
        ("doi", "10.1145/3292500.3330701"),
        ("pmid", "30946202"),
        ("isbn", "9780306406157"),
        ("doi", "10.1093/jla/laaa006"),
        ("doi", "10.1002/qj.3512"),
    ]


@pytest.mark.parametrize(
    ("text", "doi"),
    [
        ("JCI Insight. 2022. https://doi.org/10.1172/jci.insight.\n159058", "10.1172/jci.insight.159058"),
        ("PNAS https://doi.org/10.1073/pnas.2221103120 1 of 12", "10.1073/pnas.2221103120"),
        ("doi: 10.1007/s00467-008-0811 -4", "10.1007/s00467-008-0811-4"),
        ("doi:10.2217/fca\u00a0.14.82", "10.2217/fca.14.82"),
        ("http://dx.doi.org/10.1016/j. memsci.2011.11.020.", "10.1016/j.memsci.2011.11.020"),
        ("doi:10.1111/ \nj.1751-1097. 2007.00072.x", "10.1111/j.1751-1097.2007.00072.x"),
        ("doi:10.1000/abc. 2020. Another", "10.1000/abc"),
        ("doi:10.1000/abc.\n12. Another entry, 2020", "10.1000/abc"),
        ("doi:10.1000/abc.\n2020. Another", "10.1000/abc"),
        ("doi:10.1000/abc-\n[13] Another", "10.1000/abc"),
    ],
)
def test_a_line_break_joins_only_what_continues_the_doi(text, doi):
    assert normalise_doi(text) == doi


def test_an_arxiv_number_glued_to_a_doi_is_found_beside_it():
    found = find_identifiers("doi :10.1007/JHEP01(2015)073[arXiv :1408.3203[hep -th]].")
    assert [each.value for each in found] == ["10.1007/jhep01(2015)073", "1408.3203"]


def test_numbers_without_a_word_that_says_so_are_no_identifiers():
    assert find_identifiers("Journal 12345678 (2020) 1706.03762, pp. 100-110") == ()


def test_an_arxiv_doi_also_gives_the_arxiv_number():
    fields = Fields(doi="10.48550/arxiv.1706.03762", pmid="1", isbn="0306406152")
    assert [each.value for each in identifiers_of(fields)] == [
        "10.48550/arxiv.1706.03762",
        "1706.03762",
        "1",
        "0306406152",
    ]


@pytest.mark.parametrize(
    "arxiv",
    [
        "2313.12345",
        "2612.00001",
        "1706.3762",
        "1312.12345",
        "0703.1234",
        "2001.99999",
        "math/0713001",
        "hep-th/0801001",
        "1706.00000",
    ],
)
def test_an_arxiv_number_that_was_never_given_out_is_impossible(arxiv):
    assert impossible(Identifier(Scheme.ARXIV, arxiv), TODAY) != ""


@pytest.mark.parametrize(
    "arxiv",
    ["2606.00001", "1706.03762v7", "0704.0001", "1412.6980", "hep-th/9711200", "math.GT/0309136", "cs/0701188v1"],
)
def test_a_real_arxiv_number_is_possible(arxiv):
    assert impossible(Identifier(Scheme.ARXIV, arxiv), TODAY) == ""


@pytest.mark.parametrize(
    ("scheme", "value", "expected"),
    [
        (Scheme.DOI, "10.1093/jla/laaa006", False),
        (Scheme.DOI, "10.1890/0012-9658(2006)87[163:peawsa]2.0.co;2", False),
        (Scheme.DOI, "11.1093/jla", True),
        (Scheme.DOI, "10.12/x", True),
        (Scheme.DOI, "10.48550/arxiv.2313.12345", True),
        (Scheme.ISBN, "9780306406157", False),
        (Scheme.ISBN, "9780306406158", True),
        (Scheme.PMID, "12345678", False),
        (Scheme.PMID, "0", True),
    ],
)
def test_other_identifiers_are_impossible_only_by_form(scheme, value, expected):
    assert bool(impossible(Identifier(scheme, value), TODAY)) is expected


@given(st.text(max_size=200))
def test_no_text_makes_reading_fail(text):
    for found in find_identifiers(text):
        assert found.value
    for read in (normalise_doi, normalise_arxiv, normalise_pmid, normalise_isbn):
        assert read(read(text)) == read(text)


@given(st.from_regex(r"10\.[1-9][0-9]{3,4}/[a-z0-9][a-z0-9._/()-]{1,30}[a-z0-9]", fullmatch=True))
def test_variants_begin_with_the_doi_and_stay_dois(doi):
    variants = doi_variants(doi)
    assert variants[0] == doi
    assert all(each.startswith("10.") and "/" in each for each in variants)


@pytest.mark.parametrize(
    "piece", ["10.1000/", "10.1000/a-\n", "10.1000/a. ", "<10.1000/x>", "arXiv:", "1706.", "ISBN 978-", "9 "]
)
def test_long_texts_of_broken_identifiers_are_read_to_the_end(piece):
    assert isinstance(find_identifiers(piece * 2_000), tuple)

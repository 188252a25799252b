from __future__ import annotations

import pytest

from citations.match.compare import compare
from citations.match.printed import printed
from citations.types import FieldName, Fields, Identifier, Kind, Name, Scheme, Severity, cited_fields
from tests.citations.fake_registries import people, reference, work

BASE = {
    "title": "A distinctive study of particular things in particular places",
    "authors": people("Ada Byron", "Carl Gauss", "Emmy Noether"),
    "year": 2019,
    "venue": "Nature",
    "volume": "3",
    "issue": "4",
    "pages": "280-287",
    "doi": "10.1038/x",
    "kind": Kind.ARTICLE,
}


def diff(field: FieldName, cited: dict | None = None, registered: dict | None = None, more: dict | None = None):
    """The difference found in one field when the base record is changed on either side."""
    found = compare(Fields(**{**BASE, **(cited or {})}), work(**{**BASE, **(registered or {})}, more=more))
    return next((each for each in found.diffs if each.field is field), None)


def severity(field: FieldName, cited: dict | None = None, registered: dict | None = None, more: dict | None = None):
    found = diff(field, cited, registered, more)
    return found.severity if found else None


def test_a_record_agrees_with_itself_in_every_field():
    found = compare(Fields(**BASE), work(**BASE))
    assert (set(found.agreed), found.diffs, found.not_compared) == (set(cited_fields(Fields(**BASE))), (), ())


def test_every_cited_field_is_agreed_different_or_not_compared():
    cited = Fields(**{**BASE, "year": 1990, "pmid": "123"})
    found = compare(cited, work(title=BASE["title"], authors=BASE["authors"], year=2019))
    told = {*found.agreed, *found.not_compared, *(each.field for each in found.diffs)}
    assert told == set(cited_fields(cited))


def test_what_the_record_does_not_hold_is_not_compared():
    found = compare(Fields(**BASE), work(title=BASE["title"]))
    assert FieldName.YEAR in found.not_compared
    assert FieldName.AUTHORS in found.not_compared


@pytest.mark.parametrize(
    ("year", "expected"),
    [
        (2019, None),
        (2018, Severity.COSMETIC),
        (2020, Severity.COSMETIC),
        (2017, Severity.COSMETIC),
        (2021, Severity.MINOR),
    ],
)
def test_years_of_preprint_and_print_are_honest(year, expected):
    assert severity(FieldName.YEAR, {"year": year}) is expected


@pytest.mark.parametrize("year", [2015, 2023, 1919])
def test_a_year_far_off_is_major(year):
    assert severity(FieldName.YEAR, {"year": year}) is Severity.MAJOR


def test_a_further_year_of_the_work_may_be_cited():
    assert severity(FieldName.YEAR, {"year": 2003}, more={"other_years": (2003,)}) is Severity.COSMETIC


def test_the_year_in_the_identifier_excuses_a_record_with_the_date_of_its_upload():
    doi = {"doi": "10.1098/rspa.1970.0065"}
    assert severity(FieldName.YEAR, {"year": 1970, **doi}, {"year": 1997, **doi}) is Severity.COSMETIC


def test_the_year_of_a_preprint_may_lie_further_from_that_of_its_publication():
    cited = {"year": 2016, "venue": "arXiv", "kind": Kind.PREPRINT}
    assert severity(FieldName.YEAR, cited) is Severity.COSMETIC


def test_a_venue_that_prints_another_year_than_the_registered_one_is_minor():
    cited = {"year": 2021, "venue": "Findings of EMNLP 2021", "kind": Kind.CONFERENCE}
    registered = {"year": 2022, "venue": "Findings of the Association for Computational Linguistics: EMNLP 2022"}
    assert severity(FieldName.YEAR, cited, {**registered, "kind": Kind.CONFERENCE}) is Severity.MINOR


@pytest.mark.parametrize(
    ("cited", "registered"),
    [
        ("NeurIPS", "Advances in Neural Information Processing Systems 33"),
        (
            "Proc. IEEE Conf. Comput. Vis. Pattern Recognit.",
            "2021 IEEE/CVF Conference on Computer Vision and Pattern Recognition (CVPR)",
        ),
        ("Nat. Commun.", "Nature Communications"),
    ],
)
def test_abbreviated_venues_agree(cited, registered):
    assert severity(FieldName.VENUE, {"venue": cited}, {"venue": registered}) in {None, Severity.COSMETIC}


def test_another_conference_is_major():
    found = severity(
        FieldName.VENUE, {"venue": "ICML", "kind": Kind.CONFERENCE}, {"venue": "CVPR", "kind": Kind.CONFERENCE}
    )
    assert found is Severity.MAJOR


def test_a_workshop_under_the_name_of_its_conference_is_cosmetic():
    found = severity(FieldName.VENUE, {"venue": "EMNLP 2022"}, {"venue": "Findings of EMNLP 2022"})
    assert found in {None, Severity.COSMETIC}


def test_a_preprint_record_says_nothing_against_the_venue():
    assert severity(FieldName.VENUE, {"venue": "ICML"}, {"venue": "arXiv", "kind": Kind.PREPRINT}) in {
        None,
        Severity.COSMETIC,
    }


def test_a_paper_may_stand_at_a_conference_and_in_a_journal():
    cited = {"venue": "Journal of Machine Learning Research", "kind": Kind.ARTICLE}
    registered = {"venue": "International Conference on Machine Learning", "kind": Kind.CONFERENCE}
    assert severity(FieldName.VENUE, cited, registered) is Severity.MINOR


@pytest.mark.parametrize("pages", ["280–7", "280", "pp. 280-287", "280--287"])
def test_pages_agree_by_their_first(pages):
    assert severity(FieldName.PAGES, {"pages": pages}) is None


def test_another_volume_issue_or_page_is_minor():
    assert severity(FieldName.VOLUME, {"volume": "8"}) is Severity.MINOR
    assert severity(FieldName.ISSUE, {"issue": "9"}) is Severity.MINOR
    assert severity(FieldName.PAGES, {"pages": "300-310"}) is Severity.MINOR


def test_a_combined_issue_is_cosmetic():
    assert severity(FieldName.ISSUE, {"issue": "4"}, {"issue": "3-4"}) is Severity.COSMETIC


def test_an_article_number_is_not_held_against_page_numbers():
    assert severity(FieldName.PAGES, {"pages": "e1395120"}, {"pages": "1-9"}) is None


def test_the_doi_of_the_preprint_may_be_cited_for_the_published_work():
    more = {"other_ids": (Identifier(Scheme.DOI, "10.1101/2024.04.01.587366"),)}
    assert severity(FieldName.DOI, {"doi": "10.1101/2024.04.01.587366"}, more=more) is Severity.COSMETIC


def test_the_doi_of_a_part_of_the_work_is_cosmetic():
    doi = "10.1371/journal.pone.0026398"
    assert severity(FieldName.DOI, {"doi": f"{doi}.g001"}, {"doi": doi}) is Severity.COSMETIC


def test_a_second_doi_is_no_more_than_minor_here():
    assert severity(FieldName.DOI, {"doi": "10.1093/fs/xxxviii.4.504"}) is Severity.MINOR


def test_versions_of_an_arxiv_number_agree():
    assert severity(FieldName.ARXIV, {"arxiv": "1706.03762v1"}, {"arxiv": "1706.03762v7"}) is None


def test_publishers_never_differ():
    assert severity(FieldName.PUBLISHER, {"publisher": "Pergamon"}, {"publisher": "Elsevier"}) is None


def test_et_al_agrees():
    assert severity(FieldName.AUTHORS, {"authors": people("Ada Byron"), "et_al": True}) in {None, Severity.COSMETIC}


def test_invented_authors_are_major():
    assert severity(FieldName.AUTHORS, {"authors": people("John Smith", "Jane Miller")}) is Severity.MAJOR


def test_a_long_list_may_differ_between_preprint_and_publication():
    ten = people(
        *(
            f"{chr(65 + n)}. {name}"
            for n, name in enumerate(
                ["Abel", "Bohr", "Curie", "Dirac", "Euler", "Fermi", "Gauss", "Hertz", "Ito", "Joule"]
            )
        )
    )
    cited = {"authors": (*ten[:8], Name(family="Kelvin", given="K.")), "venue": "arXiv", "kind": Kind.PREPRINT}
    assert severity(FieldName.AUTHORS, cited, {"authors": ten}) in {None, Severity.COSMETIC, Severity.MINOR}


def test_a_printed_title_is_agreed_even_where_the_parser_read_none():
    cited = reference(raw=f"Byron A, Gauss C. {BASE['title']}. Nature 2019;3(4):280-7.", source="text")
    found = compare(cited.fields, work(**BASE), printed(cited))
    assert {FieldName.TITLE, FieldName.AUTHORS} <= set(found.agreed)


def test_a_title_cut_in_the_record_is_cosmetic_where_volume_and_page_agree():
    assert severity(FieldName.TITLE, registered={"title": "A distinctive study of"}) is Severity.COSMETIC


def test_a_wrong_word_in_the_title_weighs_less_where_volume_and_page_agree():
    cited = {"title": BASE["title"].replace("study", "survey")}
    assert severity(FieldName.TITLE, cited) is Severity.MINOR
    assert severity(FieldName.TITLE, {**cited, "pages": ""}) is Severity.MAJOR


def test_a_year_before_that_of_the_arxiv_number_is_too_early():
    found = severity(FieldName.YEAR, {"year": 2018, "arxiv": "1901.01234"}, more={"other_years": (2019,)})
    assert found is Severity.MINOR


@pytest.mark.parametrize(
    ("registered", "severity"),
    [
        ("Instance-aware dynamic neural network quantization", Severity.MAJOR),
        ("Wärmetransport geschichteter Oxidkathoden", Severity.MINOR),
        ("Pengaruh suhu terhadap pertumbuhan tanaman", Severity.MINOR),
    ],
)
def test_an_english_title_on_the_identifier_of_another_english_one_is_no_translation(registered, severity):
    given = {"authors": "Ada Byron; Carl Gauss", "year": 2022, "venue": "CVPR", "doi": "10.1109/cvpr.2022.1"}
    cited = reference(title="Token-free language modeling with byte-level transformers", **given).fields
    (title,) = [d for d in compare(cited, work(title=registered, **given)).diffs if d.field is FieldName.TITLE]
    assert title.severity is severity


@pytest.mark.parametrize(
    ("cited", "registered"),
    [("0306406152", "9780306406157"), ("9780306406157", "0306406152"), ("0306406152", "0306406152")],
)
def test_an_isbn_in_ten_digits_is_the_one_in_thirteen(cited, registered):
    given = {"title": "Synthesis of particular things", "authors": "Ada Byron", "year": 1980}
    made = compare(reference(**given, isbn=cited).fields, work(**given, isbn=registered))
    assert FieldName.ISBN in made.agreed
    assert made.diffs == ()

from __future__ import annotations

import pytest

from citations.match.damage import damaged, misread
from citations.parse.fields import parse_fields
from citations.restrain import restrained, unregistered
from citations.types import (
    Argument,
    Contradiction,
    ContradictionKind,
    FieldDiff,
    FieldName,
    Location,
    Reference,
    Retraction,
    RetractionKind,
    Severity,
    Status,
    Verdict,
)
from tests.citations.fake_registries import work

REFUTED = Argument(refuted_by=("crossref",), essential=("crossref",), sentence="Crossref does not hold it")
CONTRADICTED = Argument(
    refuted_by=("crossref",),
    essential=("crossref",),
    contradiction=Contradiction(ContradictionKind.PLACEHOLDER, "the author John Doe is a placeholder"),
)
WORK = work(title="Early farmers of the lower Danube plain", year=2015)
DIFF = FieldDiff(FieldName.YEAR, "2011", "2015", Severity.MAJOR)
ACCUSATIONS = [
    Verdict(Status.NOT_FOUND, REFUTED),
    Verdict(Status.FABRICATED, CONTRADICTED),
    Verdict(Status.MISMATCH, Argument(supported_by=("crossref",)), WORK, (DIFF,)),
]


def printed(text: str) -> Reference:
    return Reference("r", text, parse_fields(text), Location("paper.pdf"), source="pdf")


@pytest.mark.parametrize("given", ACCUSATIONS, ids=lambda given: given.status.value)
@pytest.mark.parametrize(
    "text",
    [
        "Holm P, Bo A. Ear1y fanners of the Iower Danube p1ain. PLoS ONE 2015.",
        "Oak A, Fir B. ▯lpine me▯dows under w▯rming clim▯tes. Ecology 2011.",
        "Oak A, Fir B. (cid:34)lpine me(cid:34)dows under w(cid:34)rming clim(cid:34)tes. Ecology 2011.",
        "Oak A, Fir B. Alpine mea\ufffdows under warming climates. Ecology 2011.",
        "Oak A, Fir B. E\ue103ects of warming on alpine meadows. Ecology 2011.",
        "Oak A, Fir B. Alpine meadows under warming. Intemational Joumal of Ecology 2011.",
        "HolmP,BoA.EarlyfarmersofthelowerDanubeplainandtheirneighbours.PLoSONE2015;10(3):e0123456.",
    ],
)
def test_a_damaged_text_accuses_nobody(given, text):
    judged = restrained(given, printed(text))
    assert (judged.status, judged.argument.sentence.split(":")[0]) == (Status.UNVERIFIABLE, "the text is damaged")


@pytest.mark.parametrize("given", ACCUSATIONS, ids=lambda given: given.status.value)
@pytest.mark.parametrize(
    "text",
    [
        "Holm P, Bo A. The p53 gene and IL1b in COVID-19: CO2 uptake over 10x10 plots. PLoS ONE 2015;10:e0123456.",
        "\uf0b7 Oak A, Fir B. Alpine meadows under warming climates. Ecology 2011;92:100-110.",
        "Oak A, Fir B. Alpine meadows under warming climates. https://example.org/averyveryverylongpathwithoutanyblanks",
        "Oak A, Fir B. Donaudampfschifffahrtsgesellschaft und Ökologie. Ecology 2011;92:100-110.",
    ],
)
def test_what_only_looks_like_damage_excuses_nobody(given, text):
    assert restrained(given, printed(text)) is given


def test_a_retraction_stands_in_a_damaged_text():
    notice = Retraction(RetractionKind.RETRACTED, "10.1/n", source="crossref")
    given = Verdict(Status.RETRACTED, Argument(supported_by=("crossref",)), WORK, retraction=notice)
    assert restrained(given, printed("Holm P. Early far\ufffders. PLoS ONE 2015.")) is given


@pytest.mark.parametrize(
    ("cited", "registered"),
    [
        ("Modem leaming of pattems", "Modern learning of patterns"),
        ("AIpine meadows under c1imates", "Alpine meadows under climates"),
        ("AIpine rneadows under warrning c1irnates of p1ants", "Alpine meadows under warming climates of plants"),
        ("▯lpine me▯dows under w▯rming clim▯tes", "Alpine meadows under warming climates"),
        ("E\ufffdects of \ufffdtness on \ufffdow", "Effects of fitness on flow"),
    ],
)
def test_letters_misread_or_lost_keep_the_title(cited, registered):
    assert misread(cited, registered)


@pytest.mark.parametrize(
    ("cited", "registered"),
    [
        ("Moral agents in markets", "Normal agents in markets"),
        ("Early hunters of the plain", "Early farmers of the plain"),
        ("▯lpine meadows", "Alpine meadows under warming climates"),
        ("", "Alpine meadows"),
    ],
)
def test_other_words_are_not_misread_ones(cited, registered):
    assert not misread(cited, registered)


def test_no_damage_is_seen_in_names_of_genes_and_formulas():
    assert damaged("IL1b, S100A4, H2O2 and La1-xSrxMnO3 in HEK293T cells") == ""


@pytest.mark.parametrize(
    "text",
    [
        "P. Weston and I. Blom, Vacancies in rutile revisited, submitted to Phys. Rev. B (2026).",
        "Weston, P. (forthcoming). Vacancies in rutile revisited. Physical Review B.",
        "Weston, P., Blom, I., in press. Vacancies in rutile revisited. J. Hydrol.",
        "Weston P. Could rutile save us? The New York Times. 2019 Mar 4;A12.",
        "Weston P. Rutile for everybody [podcast]. BBC Radio 4, 2019.",
        "Weston P. Working Paper No. 1234: Rutile and growth. NBER, Cambridge MA, 2004.",
        "P. Weston. Rutile and growth. Lecture notes, ETH Zurich, 2011.",
        "Вестон П. Рост рутила // Вестник МГУ. Сер. 4. Геология. 1998. № 3. С. 12–18.",
        "Weston P (1998) Rutile growth in wet mines. Bull Geol Surv Uganda 3:12-18",
    ],
)
def test_what_says_of_itself_that_nobody_registers_it_is_unverifiable(text):
    reference = printed(text)
    judged = restrained(Verdict(Status.NOT_FOUND, REFUTED), reference)
    assert (judged.status, judged.argument.sentence) == (Status.UNVERIFIABLE, unregistered(reference))


@pytest.mark.parametrize(
    "text",
    [
        "Weston P, Blom I. Verified growth of rutile. Lecture Notes in Computer Science 11245, 33-50, 2018.",
        "Weston P, Blom I. How papers in press are cited. Scientometrics 12, 33-50, 2018.",
        "Weston P, Blom I. Rutile under working conditions. Nature 512, 33-50, 2018.",
        "Weston P, Blom I. Rutile in the news. Annals of Geology 12, 33-50, 2018.",
    ],
)
def test_titles_and_series_that_only_sound_like_it_stay_accused(text):
    given = Verdict(Status.NOT_FOUND, REFUTED)
    assert restrained(given, printed(text)) is given


@pytest.mark.parametrize(
    "text",
    ["P. Weston and I. Blom, Phys. Rev. 13B, 112 (1976).", "Sato, K.; Mori, A. J. Am. Chem. Soc. 1998, 120, 1012."],
)
def test_a_style_without_titles_is_never_not_found(text):
    judged = restrained(Verdict(Status.NOT_FOUND, REFUTED), printed(text))
    assert (judged.status, judged.argument.sentence) == (Status.UNVERIFIABLE, "no title to search for")

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citations.names import (
    compare_authors,
    read_name,
    read_names,
)
from citations.types import Name, Severity


def authors(text):
    return read_names(text).names


@pytest.mark.parametrize(
    ("cited", "registered"),
    [
        ("Vaswani A, Shazeer N, Parmar N", "Ashish Vaswani, Noam Shazeer, Niki Parmar"),
        ("A. Vaswani et al.", "Ashish Vaswani, Noam Shazeer, Niki Parmar"),
        ("Vaswani, Shazeer, Parmar", "Ashish Vaswani, Noam Shazeer, Niki Parmar"),
        ("Wang Wei, Li Xiaoming", "Wei Wang, Xiao-Ming Li"),
        ("K. Meng, D. Bau", '["K. Meng", "D. Bau"]'),
        ("Parshin, G., Stel'makh, S., Stolin, A.", "Паршин Г.Н., Стельмах С.Д., Столин А.М."),
        ("Govindjee", "Govindjee"),
        ("C.", "C."),
        ("OpenAI", "OpenAI, J. Achiam, S. Adler"),
        ("WHO", "World Health Organization"),
        ("Y. Wang, Y. Wang", "Yue Wang, Yang Wang"),
    ],
)
def test_lists_that_name_the_same_persons_agree(cited, registered):
    read = read_names(cited)
    assert compare_authors(read.names, authors(registered), et_al=read.et_al).severity is None


@pytest.mark.parametrize(
    ("cited", "registered", "severity", "words"),
    [
        (
            "Chiang C, Scott A",
            "Colby Chiang, GTEx Consortium, Alexandra Scott",
            Severity.COSMETIC,
            "consortium left out",
        ),
        ("Chiang C, Scott A, GTEx Consortium", "Colby Chiang, Alexandra Scott", Severity.COSMETIC, "institution"),
        ("Delgado, A., Molina", "A. Delgado de Molina", Severity.COSMETIC, "divided in another way"),
        ("B. Abel, A. Bell, D. Cole, C. Dorn", "A. Bell, D. Cole, B. Abel, C. Dorn", Severity.COSMETIC, "alphabetical"),
        ("Alex Krizhevsky, Geoffrey Hinton", "Alex Krizhevsky", Severity.MINOR, "only the first author"),
        ("L. E. Fraenkel", "L. E. Fraenkel, T. B. Benjamin", Severity.MINOR, "Benjamin is missing"),
        ("A. Able, C. Roe", "A. Able, B. Doe, C. Roe", Severity.MINOR, "B. Doe is missing"),
        (
            "A. Able, B. Doe, C. Roe",
            "A. Able, B. Doe, C. Roe, D. Poe, E. Low",
            Severity.MINOR,
            "shortened without et al.",
        ),
        ("A. Able, C. Roe, B. Doe", "A. Able, B. Doe, C. Roe", Severity.MINOR, "order differs"),
        ("Z. Able, C. Roe, B. Doe", "Z. Zuse, C. Roe, B. Doe", Severity.MAJOR, "Z. Able is not in the record"),
        ("J. Smith, K. Doe", "K. Doe, J. Smith", Severity.MAJOR, "authors 1 and 2 are exchanged"),
        ("Anna Maria Mussgnug", "Alexander Martin Mussgnug", Severity.MAJOR, "is registered as"),
        (
            "Anna Able, B. Doe, C. Roe",
            "Alfred Able, B. Doe, C. Roe",
            Severity.MINOR,
            "Anna Able is registered as Alfred Able",
        ),
        (
            "Yu Able, Sheng Doe, C. Roe, D. Poe, E. Low",
            "Yin Able, Shi Doe, C. Roe, D. Poe, E. Low",
            Severity.MAJOR,
            "Yu Able",
        ),
        ("Y. Deng, X. Chen", "Yufan Liu, Jiajiong Cao, Bing Li", Severity.MAJOR, "none of the cited authors"),
        ("A. Able, B. Doe, X. New", "A. Able, B. Doe", Severity.MAJOR, "X. New is not in the record"),
        ("B. Doe, C. Roe", "A. Able, B. Doe, C. Roe", Severity.MAJOR, "first author missing"),
        ("A. Able", "A. Able, B. Doe, C. Roe, D. Poe, E. Low, F. Mow", Severity.MAJOR, "only 1 of 6 authors"),
        ("A. Reinforcman, B. Doe", "A. Reinforceman, B. Doe", Severity.MINOR, "is registered as"),
    ],
)
def test_each_kind_of_difference_has_its_weight_and_says_what_it_is(cited, registered, severity, words):
    diff = compare_authors(authors(cited), authors(registered))
    assert (diff.severity, words in diff.note) == (severity, True)


def test_a_list_cut_with_et_al_may_leave_out_everybody_else():
    cited = read_names("A. Able et al.")
    registered = authors("A. Able, " + ", ".join(f"B. Name{letter}" for letter in "abcdefghij"))
    assert compare_authors(cited.names, registered, et_al=True).severity is None


def test_et_al_does_not_excuse_an_invented_author():
    diff = compare_authors(authors("A. Able, X. New"), authors("A. Able, B. Doe, C. Roe"), et_al=True)
    assert diff.severity is Severity.MAJOR


def test_eight_of_eleven_authors_in_another_order_are_a_sloppy_list_and_no_invention():
    registered = "M. Caccia, P. Rod, O. Ost, F. Norm, M. Lin, L. Page, L. Cas, I. Lara, I. Rish, A. Lac, L. Char"
    cited = "M. Caccia, P. Rod, O. Ost, F. Norm, M. Lin, A. Lac, L. Char, I. Rish"
    assert compare_authors(authors(cited), authors(registered)).severity is Severity.MINOR


def test_names_in_scripts_that_cannot_be_compared_accuse_nobody():
    diff = compare_authors((Name("Tanaka", "Y."), Name("Abe", "K.")), (Name("鈴木", "一郎"), Name("佐藤", "次郎")))
    assert diff.severity in {None, Severity.COSMETIC}


@pytest.mark.parametrize("nobody", ["Anonymous", "et al.", "Unknown"])
def test_names_of_nobody_are_not_compared(nobody):
    assert compare_authors((read_name(nobody),), authors("A. Able, B. Doe")).severity is None
    assert compare_authors(authors("A. Able, B. Doe"), (read_name(nobody),)).severity is None


def test_a_record_that_says_et_al_does_not_refute_the_others():
    diff = compare_authors(authors("A. Able, B. Doe, C. Roe"), (Name("Able", "A."), Name(literal="et al.")))
    assert diff.severity is Severity.COSMETIC


@pytest.mark.parametrize(("cited", "registered"), [((), ()), ((Name("A"),), ()), ((), (Name("A"),))])
def test_an_empty_list_is_no_difference(cited, registered):
    assert compare_authors(cited, registered).severity is None


def test_paired_counts_the_cited_authors_of_the_record():
    assert compare_authors(authors("A. Able, B. Doe, X. New"), authors("A. Able, B. Doe, C. Roe")).paired == 2


FAMILY_NAMES = "Able Bardeen Cocke Dirac Euler Fermi Gauss Hilbert Ising Jordan Klein Lamarr Maxwell Noether Onsager"
FAMILIES = FAMILY_NAMES.split()
GIVEN_NAMES = "Anna Boris Carla David Edith Frank Greta Hugo Irma Jonas Karin Leo"
GIVEN = GIVEN_NAMES.split()
PEOPLE = st.lists(
    st.builds(Name, st.sampled_from(FAMILIES), st.sampled_from([*GIVEN, "A.", "B. C.", "D", ""])),
    min_size=1,
    max_size=7,
    unique_by=lambda name: name.family,
)
STRANGERS = tuple(Name(family, "Xaver") for family in ("Quetzal", "Vivarium", "Wormwood", "Zymurgy", "Ubik"))


def rank(cited, registered, *, et_al):
    severity = compare_authors(tuple(cited), tuple(registered), et_al=et_al).severity
    return -1 if severity is None else severity.rank


@given(PEOPLE, PEOPLE, st.booleans(), st.data())
def test_one_more_wrong_author_never_makes_it_milder(cited, registered, et_al, data):
    steps = [rank(cited, registered, et_al=et_al)]
    for stranger in STRANGERS[: len(cited)]:
        where = data.draw(st.integers(0, len(cited) - 1))
        if cited[where] in STRANGERS:
            continue
        cited = [*cited[:where], stranger, *cited[where + 1 :]]
        steps.append(rank(cited, registered, et_al=et_al))
    assert steps == sorted(steps)


@given(PEOPLE, PEOPLE, st.booleans(), st.data())
def test_an_author_added_never_makes_it_milder(cited, registered, et_al, data):
    before = rank(cited, registered, et_al=et_al)
    where = data.draw(st.integers(0, len(cited)))
    assert rank([*cited[:where], STRANGERS[0], *cited[where:]], registered, et_al=et_al) >= before


@given(PEOPLE, st.data())
def test_a_list_in_initials_or_cut_with_et_al_agrees_with_itself(people, data):
    initials = [Name(name.family, " ".join(f"{part[0]}." for part in name.given.split())) for name in people]
    kept = data.draw(st.integers(1, len(people)))
    assert rank(initials[:kept], people, et_al=kept < len(people)) == -1

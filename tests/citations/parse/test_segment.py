"""Cutting the text of a reference section into entries."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citations.parse.segment import segment

SHANNON = "C. E. Shannon, A mathematical theory of communication, Bell Syst. Tech. J. 27, 379 (1948)."
TURING = "A. M. Turing, On computable numbers, Proc. London Math. Soc. 42, 230 (1937)."
KNUTH = "D. E. Knuth, Semantics of context-free languages, Math. Syst. Theory 2, 127 (1968)."


def raws(text: str) -> list[str]:
    return [" ".join(entry.raw.split()) for entry in segment(text)]


@pytest.mark.parametrize(
    ("first", "second", "third"),
    [
        ("[1]", "[2]", "[3]"),
        ("1.", "2.", "3."),
        ("(1)", "(2)", "(3)"),
        ("1)", "2)", "3)"),
        ("1", "2", "3"),
        ("[^1]:", "[^2]:", "[^3]:"),
    ],
)
def test_every_form_of_number_begins_an_entry(first: str, second: str, third: str) -> None:
    entries = segment(f"{first} {SHANNON}\n{second} {TURING}\n{third} {KNUTH}")
    assert [entry.label for entry in entries] == ["1", "2", "3"]


def test_the_printed_number_is_kept_where_numbers_are_missing() -> None:
    assert [entry.label for entry in segment(f"[57] {SHANNON}\n[59] {TURING}\n[60] {KNUTH}")] == ["57", "59", "60"]


def test_a_label_on_its_own_line_belongs_to_the_lines_below() -> None:
    assert raws(f"1.\n{SHANNON}\n2.\n{TURING}") == [f"1. {SHANNON}", f"2. {TURING}"]


def test_a_wrapped_line_that_begins_with_a_number_is_no_entry() -> None:
    text = "1. A. M. Turing, On computable numbers, Proc. London Math. Soc.\n42. London (1937).\n2. " + KNUTH
    assert [entry.label for entry in segment(text)] == ["1", "2"]


def test_labels_of_letters_and_year_are_kept() -> None:
    assert [entry.label for entry in segment(f"[Sha48] {SHANNON}\n[Tur37] {TURING}\n[Knu68] {KNUTH}")] == [
        "Sha48",
        "Tur37",
        "Knu68",
    ]


def test_numbers_that_begin_anew_begin_another_list() -> None:
    block = f"[1] {SHANNON}\n[2] {TURING}\n[3] {KNUTH}"
    assert [entry.label for entry in segment(f"{block}\n{block}")] == ["1", "2", "3", "1", "2", "3"]


def test_author_year_entries_are_cut_without_indents() -> None:
    text = (
        "Knuth, D. E. (1968). Semantics of context-free languages. Mathematical\nSystems Theory, 2(2), 127-145.\n"
        "Shannon, C. E. (1948). A mathematical theory of\ncommunication. Bell System Technical Journal, 27(3), 379-423.\n"
        "Turing, A. M. (1937). On computable numbers. Proceedings of the London\nMathematical Society, 42(1), 230-265."
    )
    assert [raw.split(",")[0] for raw in raws(text)] == ["Knuth", "Shannon", "Turing"]


@pytest.mark.parametrize("indent", ["    ", "\t"])
def test_hanging_indents_mark_the_entries(indent: str) -> None:
    text = (
        f"World Health Organization. 2019. Global tuberculosis\n{indent}report. Geneva.\n"
        f"Anonymous. 1988. Nothing that begins like an author\n{indent}Smith, J. was cited here. Oxford.\n"
        f"Turing, A. M. 1937. On computable numbers.\n{indent}Proc. London Math. Soc. 42, 230."
    )
    assert len(segment(text)) == 3


def test_blank_lines_part_the_entries() -> None:
    assert raws(f"{SHANNON}\n\n{TURING}\n\n{KNUTH}") == [SHANNON, TURING, KNUTH]


def test_authors_repeated_as_dashes_begin_an_entry() -> None:
    text = (
        "Kreidberg, L. 2015, PASP, 127, 1161\nKreidberg, L., Bean, J. L., et al. 2014a, Nature, 505, 69\n"
        "—. 2014b, ApJL, 793, L27\nLacis, A. A., & Oinas, V. 1991, J. Geophys. Res., 96, 9027"
    )
    assert len(segment(text)) == 4


def test_semicolons_between_authors_do_not_cut() -> None:
    text = "[7] Venumadhav, T.; Cyr-Racine, F.-Y.; Abazajian, K. N.; Hirata, C. M. Sterile neutrino dark matter. Phys. Rev. D 2016, 94, 043515."
    assert len(segment(text)) == 1


def test_works_under_one_number_are_cut_and_share_the_label() -> None:
    entries = segment(f"[1] {SHANNON[:-1]}; {TURING}\n[2] {KNUTH}")
    assert [entry.label for entry in entries] == ["1", "1", "2"]


FARMERS = "Holm P, Bo A. Early farmers of the lower plain. PLoS ONE 2015;10(3):e0123456"
HIDDEN = "A wholly invented study of nothing in particular. Ecology 2014;3:1-9."


@pytest.mark.parametrize("between", ["; ", ". ", "; see also ", ";\n", ".\n"])
@pytest.mark.parametrize(
    "authors", ["Fake Q.", "Fake, Q.", "Q. Fake.", "Q. Fake and B. Roe.", "Quentin Fake.", "Fake Q, Roe B."]
)
def test_a_work_behind_a_complete_one_is_its_own_entry(between: str, authors: str) -> None:
    entries = segment(f"1. {FARMERS}{between}{authors} {HIDDEN}\n2. {KNUTH}")
    assert [entry.label for entry in entries] == ["1", "1", "2"]


@pytest.mark.parametrize("bullet", ["- ", ""])
def test_a_work_behind_a_complete_one_is_its_own_entry_without_labels_too(bullet: str) -> None:
    assert len(segment(f"{bullet}{FARMERS}; Fake Q. {HIDDEN}\n{bullet}{KNUTH}")) == 3


@pytest.mark.parametrize(
    "entry",
    [
        "Smith, J.; Doe, B. A title of some words. In Proceedings of Things, Berlin, Germany, 2001; Springer: Berlin, Germany, 2002; pp. 1-5.",
        "Smith, J. (2015). Vitamin D. and other things of this kind. Journal of Things, 3(2), 1-9, 2016.",
        "Smith J, Doe B. A title of some words. Nature 2001;5:1-9. Erratum in Nature 2002;6:3.",
        "Smith J. A title. J Things 2001; 5: 1-9; discussion by several other people of the field 10-12, 2001.",
        "Smith J. A title of words. J Things 2001;5:1-9. New York Academy of the Sciences of America 2001.",
        "Smith J, editor. A book of words. 2001. Oxford University Press of the United Kingdom, 2001.",
    ],
)
def test_what_belongs_to_one_work_is_not_cut(entry: str) -> None:
    assert len(segment(f"1. {entry}\n2. {KNUTH}")) == 2


def test_entries_of_one_long_line_are_cut_at_their_numbers() -> None:
    assert [entry.label for entry in segment(f"[1] {SHANNON} [2] {TURING} [3] {KNUTH}")] == ["1", "2", "3"]


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_offsets_and_lines_are_exact(newline: str) -> None:
    text = newline.join(["References", "", f"[1] {SHANNON}", f"[2] {TURING[:40]}", TURING[40:].strip(), f"[3] {KNUTH}"])
    entries = segment(text)
    assert [entry.line for entry in entries] == [3, 4, 6]
    assert [text[entry.start : entry.end] for entry in entries] == [entry.raw for entry in entries]


@given(st.text(max_size=300))
def test_any_text_gives_entries_in_order_without_overlap(text: str) -> None:
    entries = segment(text)
    assert all(a.end <= b.start for a, b in itertools.pairwise(entries))
    assert all(text[entry.start : entry.end] == entry.raw for entry in entries)


@pytest.mark.parametrize(
    "text",
    [
        "[1] Smith, J. " * 20_000,
        "a" * 300_000,
        "( " * 100_000,
        "1. " * 50_000,
        "Smith, J.; " * 20_000,
        "- A. B 2001\n" * 20_000,
    ],
)
def test_hostile_lines_are_cut_in_linear_time(text: str) -> None:
    assert all(0 <= entry.start < entry.end <= len(text) for entry in segment(text))

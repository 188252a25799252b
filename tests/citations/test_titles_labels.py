from __future__ import annotations

import pytest

from citations.titles import is_labelled_reprint, strip_both, strip_labels, title_keys, title_similarity

TITLE = "A dynamical theory of the electromagnetic field"
NUMBERS = ["I.—", "VIII. ", "LII. ", "IV.—", "XXV. — ", "III—", "II: ", "XI.-", "No. 5. ", "§ 3. ", "(12) ", "[IV] ",
           "Art. IV. ", "Lecture 2: ", "Chapter IX. ", "16. ", "Paper 3—"]  # fmt: skip
REPRINTS = [", Reprinted from Electronics, volume 38, number 8, April 19, 1965, pp.114 ff.", " (reprinted from Mind, 1950)",
            ". Reprinted with permission of the publisher", " [Reprint]", " [originally published in Nature 12]", " [AdP 17, 891 (1905)]", " [Mind 59, 1950]"]  # fmt: skip


@pytest.mark.parametrize("label", NUMBERS)
def test_a_number_before_the_title_is_a_label(label):
    for title in (TITLE, TITLE.upper()):
        assert strip_labels(label + title) == title
        assert title_similarity(label + title, TITLE) >= 0.98
        assert set(title_keys(label + title)) & set(title_keys(TITLE))


@pytest.mark.parametrize("note", REPRINTS)
def test_the_note_of_a_reprint_is_a_label(note):
    assert strip_labels(TITLE + note) == TITLE
    assert is_labelled_reprint(TITLE + note)
    assert set(title_keys(TITLE + note)) & set(title_keys(TITLE))


@pytest.mark.parametrize("label", ["Reprint of: ", "Reprinted article: ", "Republished: ", "Republished paper: "])
def test_a_reprint_announced_before_the_title_is_a_label(label):
    assert strip_labels(label + TITLE) == TITLE
    assert is_labelled_reprint(label + TITLE)


@pytest.mark.parametrize(
    "title",
    [
        "V. cholerae in rivers", "C. elegans ageing at low temperatures", "L. monocytogenes in cheese", "I, Robot",
        "Vitamin C. A review", "MIX. A system for typesetting", "CIVIL. A program", "XML: a language", "3D printing of cells",
        "100 years of physics", "2001. A space odyssey", "(In)visible things", "(2+1)-dimensional gravity", "X-ray of bones",
        "I-vectors for speech", "C - a language", "L-moments of a sample", "IV-VI semiconductors", "II–VI semiconductors",
        "III—V compounds on silicon", "I–V characteristics", "Books first published in the colonies", "Reprint of things",
    ],
)  # fmt: skip
def test_what_belongs_to_the_title_is_no_label(title):
    assert strip_labels(title) == title
    assert not is_labelled_reprint(title)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("II. Excitations of nuclear cores", "III. Excitations of nuclear cores"),
        ("II.—Excitations of nuclear cores", "Lecture 3: Excitations of nuclear cores"),
        ("(1) Excitations of nuclear cores", "(12) Excitations of nuclear cores"),
        ("16. Excitations of nuclear cores", "17. Excitations of nuclear cores"),
        ("Art. XLI. Excitations of nuclear cores", "Art. XIX. Excitations of nuclear cores"),
    ],
)
def test_two_numbers_that_differ_are_two_parts(a, b):
    assert title_similarity(a, b) <= 0.6
    assert strip_both(a, b)[0] != strip_both(a, b)[1]


@pytest.mark.parametrize(("a", "b"), [("II. ", "2. "), ("XIX. ", "No. 19: "), ("XL.—", "(40) ")])
def test_one_number_in_two_scripts_is_one_part(a, b):
    assert title_similarity(a + TITLE, b + TITLE) >= 0.98

from __future__ import annotations

import pytest

from citations.match.printed import printed
from citations.match.title import fit_title, is_cut
from citations.parse.fields import parse_fields
from citations.types import Fields, Location, Reference, Severity
from tests.citations.fake_registries import reference, work


def fit(cited: str, registered: str, *others: str):
    return fit_title(Fields(title=cited), work(title=registered, more={"other_titles": others}), None)


def fit_raw(raw: str, registered: str):
    cited = reference(raw=raw, source="text")
    return fit_title(cited.fields, work(title=registered), printed(cited))


@pytest.mark.parametrize(
    ("cited", "registered"),
    [
        ("Attention is all you need", "Attention Is All You Need."),
        ("Chain of-thought prompting", "Chain-of-Thought Prompting"),
        ("Naive Bayes for text", "Naïve Bayes for Text"),
        ("Effcient ofine profling of workfows", "Efficient offline profiling of workflows"),
        ("Colour and behaviour in primates", "Color and behavior in primates"),
        ("No more polylogarithmic factor in the in the complexity", "No more polylogarithmic factor in the complexity"),
        ("Deep metric learning", "Deep metric learning: a survey of methods and applications"),
    ],
)
def test_honest_spellings_of_a_title_are_at_most_cosmetic(cited, registered):
    found = fit(cited, registered)
    assert found.severity in {None, Severity.COSMETIC}


@pytest.mark.parametrize(
    ("cited", "registered"),
    [
        ("Subspace differential privacys", "Subspace differential privacy"),
        ("Characterizing risk of fairwashing", "Characterizing the risk of fairwashing"),
        ("Convolutional newral networks", "Convolutional neural networks"),
    ],
)
def test_a_slip_of_the_pen_is_minor(cited, registered):
    assert fit(cited, registered).severity is Severity.MINOR


@pytest.mark.parametrize(
    ("cited", "registered"),
    [
        ("Prompt training with optimal transport", "Prompt learning with optimal transport"),
        ("Mixing predictions towards online metrics", "Mixing predictions for online metrics"),
        ("Statistical models, part II", "Statistical models, part III"),
        ("A study of birds", "A study of birds and fish"),
    ],
)
def test_another_word_is_major(cited, registered):
    assert fit(cited, registered).severity is Severity.MAJOR


def test_two_different_subtitles_of_one_main_title_are_not_the_same():
    found = fit("Graph networks: a survey of methods", "Graph networks: theory and practice")
    assert found.severity is Severity.MAJOR


def test_another_number_is_told_apart_from_another_word():
    assert fit("Statistical models, part 2", "Statistical models, part 3").other_numbers
    assert not fit("Statistical models, new", "Statistical models, old").other_numbers


def test_a_further_title_of_the_record_counts_as_much_as_its_first():
    assert fit("Über Wachstum", "On growth", "Über Wachstum").severity is None


def test_titles_in_two_languages_are_known_as_such():
    assert fit("On the theory of the growth of cities", "Zur Theorie des Wachstums der Städte").other_language
    assert fit("On cement and concrete", "О цементе и бетоне").other_language
    assert not fit("On the theory of the growth of cities", "On the theory of fields").other_language


def test_a_title_is_found_in_the_printed_string_whatever_the_parser_made_of_it():
    raw = "L. Rabiner and B. Juang. An introduction to hidden Markov models. IEEE Signal Process. Mag., 3(1), 1986."
    assert fit_raw(raw, "An Introduction to Hidden Markov Models").severity is None


def test_the_beginning_of_a_longer_title_is_not_the_title():
    raw = "A. Author. Deep learning for image analysis of cells. Nature, 2020."
    found = fit_raw(raw, "Deep Learning")
    assert found.severity is not None or found.similarity is None


def test_a_printed_string_broken_at_line_ends_still_holds_the_title():
    raw = "A. Author. Robust esti-\nmation of covariance matri-\nces in high dimensions. Ann. Stat. 2020."
    assert fit_raw(raw, "Robust estimation of covariance matrices in high dimensions").severity is None


def test_a_record_without_title_is_not_comparable():
    assert fit("Anything at all", "").similarity is None


def test_a_title_that_stands_elsewhere_in_the_string_is_marked():
    raw = "Gao H, Cai L. Adaptive convolutional units. Advances in Neural Information Processing Systems, New York."
    cited = reference(raw=raw, source="text", title="Adaptive convolutional units")
    volume = work(title="Advances in Neural Information Processing Systems, New York")
    assert fit_title(cited.fields, volume, printed(cited)).elsewhere
    paper = work(title="Adaptive Convolutional Units")
    assert not fit_title(cited.fields, paper, printed(cited)).elsewhere


def test_a_main_title_is_found_in_print_but_not_under_another_subtitle():
    registered = "Neural models for the classification of sequences: an analysis"
    plain = "Shen S. Neural models for the classification of sequences. Interspeech 2016."
    other = "Shen S. Neural models for the classification of sequences: a survey. Interspeech 2016."
    assert fit_raw(plain, registered).severity is Severity.COSMETIC
    assert fit_raw(other, registered).severity is Severity.MAJOR


@pytest.mark.parametrize(
    ("cited", "registered"),
    [
        ("Online algorithms with ε-accurate predictions", "Online algorithms with varepsilon-accurate predictions"),
        ("Activating SIRT1 and PGC-1a in mice", "Activating SIRT1 and PGC-1α in mice"),
        ("Über die Zusammensetzung des Zundererzes", "Ueber die Zusammensetzung des Zundererzes"),
    ],
)
def test_formulas_and_umlauts_may_be_spelt_out(cited, registered):
    assert fit(cited, registered).severity in {None, Severity.COSMETIC}


def test_a_registered_title_that_breaks_off_is_known_as_cut():
    assert is_cut(fit("Adaptation of Senecio vulgaris to ruderal habitats", "Adaptation of"))
    assert not is_cut(fit("Adaptation of Senecio vulgaris to ruderal habitats", "Mutation of"))


LONG = "Probing: Careful Measurement of Sparse Circuits for Language Comprehension"


@pytest.mark.parametrize(
    "cited",
    [
        "Probing: Careful Measurement of Sparse Circuits",
        "Careful measurement of sparse circuits",
        "Careful measure-ment of sparse circuits for language",
        "measurement of sparse circuits for language comprehension",
    ],
)
def test_a_stretch_of_the_title_is_known_as_cut_short(cited):
    assert fit(cited, LONG).cut_short


@pytest.mark.parametrize(
    ("cited", "registered"),
    [
        ("Sparse circuits", "Sparse circuits of the motor cortex"),
        ("Careful measurement of dense circuits", LONG),
        ("Careful measurement of sparse circuits", "Careful measurement of sparse circuits, part II"),
        ("Careful measurement of sparse circuits", "Erratum to careful measurement of sparse circuits"),
        ("ful measurement of sparse circuits", LONG),
        (LONG, "Careful measurement of sparse circuits"),
    ],
)
def test_another_work_is_no_title_cut_short(cited, registered):
    assert not fit(cited, registered).cut_short


@pytest.mark.parametrize(
    ("cited", "note"),
    [
        ("Careful measurement of sparse circuits", '"for language comprehension" left out'),
        ("Careful measurement of thick circuits for language comprehension", '"thick" for "sparse"'),
        ("Careful measurement of sparse brain circuits for language comprehension", '"brain" added'),
    ],
)
def test_a_note_on_a_title_says_which_words_are_left_out_added_or_exchanged(cited, note):
    assert fit(cited, "Careful measurement of sparse circuits for language comprehension").note == note


NUMBERS = ["I.—", "VIII. ", "LIII. ", "No. 5. ", "§ 3. ", "(12) ", "Art. IV. ", "Lecture 2: "]


@pytest.mark.parametrize("label", NUMBERS)
@pytest.mark.parametrize("subtitle", ["", ". By the late Mr. Bayes, communicated in a letter to a friend"])
def test_a_number_before_the_registered_title_is_cosmetic_in_fields_and_in_print(label, subtitle):
    title = "A dynamical theory of the electromagnetic field"
    registered = label + title.upper() + subtitle
    for found in (fit(title, registered), fit(label + title, title), fit_raw(f"Maxwell J. {title}. 1865.", registered)):
        assert found.severity is Severity.COSMETIC
        assert not found.other_numbers


def test_the_note_of_a_reprint_behind_the_registered_title_is_cosmetic():
    registered = "Cramming components onto circuits, Reprinted from Electronics, volume 38, April 19, 1965, pp.114 ff."
    assert fit("Cramming components onto circuits", registered).severity is Severity.COSMETIC
    assert fit("Cramming transistors onto circuits", registered).severity is Severity.MAJOR


@pytest.mark.parametrize(
    ("cited", "registered"),
    [
        ("II. Excitations of nuclear cores", "III. Excitations of nuclear cores"),
        ("Lecture 2: Excitations of nuclear cores", "XI.—Excitations of nuclear cores"),
        ("V. cholerae in the rivers of Asia", "C. cholerae in the rivers of Asia"),
    ],
)
def test_other_parts_of_a_series_are_other_works(cited, registered):
    found = fit(cited, registered)
    assert (found.severity, found.other_numbers) == (Severity.MAJOR, True)
    assert fit_raw(f"Bohr N. {cited}. Phys. Rev. 1, 1950.", registered).severity is Severity.MAJOR


def test_the_note_says_whose_subtitle_is_missing():
    whole, main = "Neural models of sequences: an analysis", "Neural models of sequences"
    assert fit(main, whole).note == "cited without its subtitle"
    assert fit(whole, main).note == "the record has no subtitle"
    assert fit_raw(f"Shen S. {main}. Interspeech 2016.", whole).note == "cited without its subtitle"


@pytest.mark.parametrize(
    ("british", "american"),
    [
        ("Judgement under uncertainty of people", "Judgment under uncertainty of people"),
        ("Problems in connexion with graphs", "Problems in connection with graphs"),
        ("The sceptical programme and its artefacts", "The skeptical program and its artifacts"),
        ("Defence of grey centred aluminium tyres", "Defense of gray centered aluminum tires"),
        ("Modelling the behaviour of analysed fibres", "Modeling the behavior of analyzed fibers"),
        ("Towards ageing moulds of sulphur", "Toward aging molds of sulfur"),
    ],
)
def test_british_and_american_spelling_is_cosmetic(british, american):
    assert fit(british, american).severity is Severity.COSMETIC
    assert fit(american, british).severity is Severity.COSMETIC


PARTLESS = "Flow of dilute suspensions through narrow channels"


@pytest.mark.parametrize("part", [", Part II", ": Part II", ". Part 2", " II", " (Part III)", " - Teil 2"])
def test_a_later_part_of_a_work_is_another_title(part):
    assert fit(PARTLESS + part, PARTLESS).severity is Severity.MAJOR


@pytest.mark.parametrize("part", [": Part II", " II", " (Part III)", " - Teil 2"])
def test_a_later_part_is_another_title_in_print_where_it_was_read_as_one(part):
    raw = f"A. Byron, C. Gauss. {PARTLESS}{part}. Journal of Things, 2012."
    cited = Reference("r", raw, parse_fields(raw), Location("p.pdf"), source="pdf")
    assert fit_title(cited.fields, work(title=PARTLESS), printed(cited)).severity is Severity.MAJOR


@pytest.mark.parametrize("rest", [": a survey", ". IEEE Transactions on Things, Part II", " [Online]"])
def test_what_is_no_part_may_stand_behind_a_title(rest):
    raw = f"A. Byron, C. Gauss. {PARTLESS}{rest}, 2012."
    cited = Reference("r", raw, Fields(title=PARTLESS), Location("p.pdf"), source="pdf")
    assert fit_title(cited.fields, work(title=PARTLESS), printed(cited)).agrees

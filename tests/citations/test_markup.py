from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citations.markup import html_to_text, plain_text, tex_accents, tex_to_text, to_ascii


@pytest.mark.parametrize(
    ("tex", "text"),
    [
        (r"{\"o}", "ö"),
        (r"\"{o}", "ö"),
        (r"\"o", "ö"),
        (r"{\'\i}", "í"),
        (r"\'{\i}", "í"),
        (r"{\H u}", "ű"),
        (r"\H{u}", "ű"),
        (r"\H u", "ű"),
        (r"\v{S}", "Š"),
        (r"{\c c}", "ç"),
        (r"\k{a}", "ą"),
        (r"{\ss}", "ß"),
        (r"Erd\H os", "Erdős"),
        (r"Truch\l o", "Truchło"),
        (r"{\O}rsted", "Ørsted"),
        (r"\AA ngstr\"om", "Ångström"),
    ],
)
def test_accents_are_read_however_they_are_braced(tex, text):
    assert tex_to_text(tex) == text


@pytest.mark.parametrize(
    ("tex", "text"),
    [
        (r"\emph{in vivo} \textbf{study}", "in vivo study"),
        (r"$\alpha$-helix", "α-helix"),
        (r"H$_2$O and x$^{2}$", "H2O and x2"),
        (r"R\&D at 5\% of \$3", "R&D at 5% of 3"),
        (r"{DNA}~repair", "DNA repair"),
        (r"{P}ages 1--3 --- and ``more''", 'Pages 1–3 — and "more"'),
        (r"\mathcal{O}(\log n)", "O(log n)"),
        ("no markup at all", "no markup at all"),
    ],
)
def test_commands_go_and_their_arguments_stay(tex, text):
    assert tex_to_text(tex) == text


def test_accents_can_be_read_with_the_braces_kept():
    assert tex_accents(r"{\"O}zt\"urk and {World Bank}") == "{Ö}ztürk and {World Bank}"


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<i>In vitro</i> &amp; more", "In vitro & more"),
        ("&amp;amp; twice", "& twice"),
        ("H<sub>2</sub>O<br/>next", "H2O next"),
        ("<mml:math><mml:mi>x</mml:mi></mml:math>", "x"),
        ("if a < b and c > d", "if a < b and c > d"),
    ],
)
def test_tags_and_entities_of_registries_are_dropped(html, text):
    assert html_to_text(html) == text


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("\ufb01nite e\ufb03ciency", "finite efficiency"),
        ("infor-\nmation and so-\n called", "information and socalled"),
        ("infor\u00ad mation", "information"),
        ("a\u200bb\x00c", "abc"),
        ("  much \t space\n", "much space"),
        ("HÃ¤berlein", "Häberlein"),
        ("Göteborg Ångström", "Göteborg Ångström"),
    ],
)
def test_layout_of_pdfs_is_repaired(raw, text):
    assert plain_text(raw) == text


@pytest.mark.parametrize(
    ("text", "ascii_text"), [("Łódź", "Lodz"), ("β-decay", "beta-decay"), ("Паршин", "Parshin"), ("Straße", "Strasse")]
)
def test_other_letters_are_spelt_in_ascii(text, ascii_text):
    assert to_ascii(text) == ascii_text


@given(st.text(max_size=200))
def test_no_text_makes_plain_text_fail(text):
    assert to_ascii(plain_text(text)).isascii()


@pytest.mark.parametrize("piece", ["{", "\\'{", "$", "<i", "&amp;", "\\", "<a b", "<word>", "-\n"])
def test_long_broken_markup_is_read_to_the_end(piece):
    assert isinstance(plain_text(piece * 5_000), str)


@pytest.mark.parametrize("text", ["The <StuMaBa> corpus", "<TextCoop>: a platform", "x < y and y > z", "<3 of cats"])
def test_words_in_angle_brackets_are_no_markup(text):
    assert plain_text(text) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<unknown>Foo</unknown> bar", "Foo bar"),
        ("<jats:whatever>Foo</jats:whatever>", "Foo"),
        ("H<sub>2</sub>O<br/>in <SCP>DNA</SCP>", "H2O in DNA"),
    ],
)
def test_known_prefixed_and_closed_tags_are_markup(text, expected):
    assert plain_text(text) == expected

"""LaTeX to what a reader sees."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citations.extract.tex_text import tex_names, tex_text


@pytest.mark.parametrize(
    ("tex", "text"),
    [
        ("Plain words", "Plain words"),
        (r"\emph{A} {\bf bold} \textsc{Move} \& 50\% of \$3, item \#4_5", "A bold Move & 50% of $3, item #4_5"),
        (r"H$_2$O, $^{13}$C and $\mathrm{CO_2}$", "H2O, 13C and CO2"),
        (r"$\alpha$-decay of $\Lambda_b^0$", "α-decay of Λb0"),
        (r"\texorpdfstring{$\Lambda$CDM}{LCDM} models", "LCDM models"),
        (r"``Quoted'' --- 1--5~pages", "“Quoted” — 1–5 pages"),
        (r"The {\TeX}book by K{\"o}nig \textit{et~al.}", "The TeXbook by König et al."),
        (r"\href{https://example.org/a}{the text}\footnote{aside}", "the text"),
        (r"\hskip 1em plus 0.5em minus 0.4em\relax \penalty0 \newblock Words", "Words"),
        (r"a set \{1, 2\} and \textbackslash", "a set {1, 2} and \\"),
        (r"soft\-hyphen\/ation, thin\,space", "softhyphenation, thin space"),
        ("lines\n  and\ttabs\x00", "lines and tabs"),
        (
            r"\mnras, 450 and \apj\ 33",
            "Monthly Notices of the Royal Astronomical Society, 450 and The Astrophysical Journal 33",
        ),
        (r"\unknownmacro{kept} words", "kept words"),
    ],
)
def test_markup_goes_and_words_stay(tex: str, text: str) -> None:
    assert tex_text(tex) == text


@pytest.mark.parametrize(
    ("tex", "text"),
    [
        (r"{\H u} \H{o} \c c \c{S} \k a \v r \v{C} \u g \r u \d s \.I \=a \b d", "ű ő ç Ş ą ř Č ğ ů ṣ İ ā ḏ"),
        (r"\'{\i} \'\i{} \^{\i} {\'\i} \`a \~n \"{u} \'{E}", "í í î í à ñ ü É"),
        (r"{\o}re \O stergaard \l{}ód \AA ngstr\"om \ss{} \ae \OE uvre", "øre Østergaard łód Ångström ß æŒuvre"),
        (r"\~{\^e} \'{\^{a}}", "ễ ấ"),
    ],
)
def test_accents_become_letters_and_never_split_words(tex: str, text: str) -> None:
    assert tex_text(tex) == text


def test_names_keep_the_braces_that_protect_them() -> None:
    assert tex_names(r"{\'E}. Borel and {Bundesamt f{\"u}r X and Y} and {\relax Yu}. Manin") == (
        "É. Borel and {Bundesamt für X and Y} and {Yu}. Manin"
    )


@given(st.text(alphabet="\\{}$~^_'\"`=.Hcvu ab%&-", max_size=120))
def test_no_source_makes_it_fail_or_leaves_layout(tex: str) -> None:
    text = tex_text(tex)
    assert text == " ".join(text.split())
    tex_names(tex)

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier.harmless import inline, lines

HIDDEN = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}


@given(st.text())
def test_any_text_becomes_one_printable_line(text):
    line = inline(text, 50)
    assert len(line) <= 50
    assert [each for each in line if not each.isprintable() or unicodedata.category(each) in HIDDEN] == []


@given(st.text(st.characters()))
def test_of_what_hides_only_line_breaks_and_tabs_are_left(text):
    left = [each for each in lines(text) if unicodedata.category(each) in HIDDEN and each not in "\n\t"]
    assert left == []


@given(st.text(st.characters(categories=["L", "N", "P", "S", "Mn"], codec="utf-8"), max_size=40))
def test_words_stay_as_they_are(text):
    assert (text, text) == (inline(text), lines(text))


@pytest.mark.parametrize(
    "hostile", ["\x1b]0;owned\x07", "\x9b2J", "\u202e", "\u2066", "\u200b", "\ud800", "\x7f", "\u2028"]
)
def test_each_kind_of_hidden_character_is_gone(hostile):
    assert "refs.bib" in inline(f"{hostile}refs.bib")
    assert hostile not in inline(f"a{hostile}b") + lines(f"a{hostile}b")

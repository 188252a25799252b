from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from verifier.render.marks import MAX_CHARACTERS, mark


def differing(pieces):
    return [piece.text for piece in pieces if piece.differs]


def test_equal_texts_have_no_marks():
    assert differing(mark("the same", "the same").cited) == []


def test_in_a_replaced_word_only_its_characters_are_marked():
    marked = mark("Smith, J. 2019", "Smyth, J. 2019")
    assert (differing(marked.cited), differing(marked.registered)) == (["i"], ["y"])


def test_a_missing_word_is_marked_on_the_side_that_has_it():
    marked = mark("On numbers", "On computable numbers")
    assert differing(marked.cited) == []
    assert "computable" in differing(marked.registered)[0]


@given(st.text(max_size=60), st.text(max_size=60))
def test_the_pieces_are_the_texts(left, right):
    marked = mark(left, right)
    assert "".join(piece.text for piece in marked.cited) == left
    assert "".join(piece.text for piece in marked.registered) == right


@given(st.text(max_size=40))
def test_a_text_never_differs_from_itself(text):
    assert differing(mark(text, text).registered) == []


def test_very_long_texts_are_shown_without_marks():
    marked = mark("a" * (MAX_CHARACTERS + 1), "b")
    assert differing(marked.cited) == []

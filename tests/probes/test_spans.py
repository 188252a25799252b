"""Spans of a text while it grows."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probes.spans import FoundSpan, SpanKind, find_spans

WORDS = (
    "Edvard", "Munch", "University", "of", "the", "von", "painted", "it", "May", "March", "12", "3,", "1893", "1,000",
    "4.5", "%", "7th", "1990s", "2019-03-04", '"The', 'Scream"', "“Notes", "on”", "The", "In", "A.", "B.", "O'Neil", "x.",
    "Oslo,", "(Paris)", "1.", "-", "and", "de", "\n", "\n2.", "$5", "’tis",
)  # fmt: skip
LONG = "and so it went on for a while without anything that anybody could ever check about it. "


@given(st.lists(st.sampled_from(WORDS), max_size=14).map(" ".join))
def test_a_span_that_was_given_while_the_text_grew_stands_at_its_end(text: str) -> None:
    whole = set(find_spans(text + LONG * 2))
    for length in range(len(text)):
        assert set(find_spans(text[:length], complete=False)) - whole == set()


@given(st.lists(st.sampled_from(WORDS), max_size=14).map(" ".join))
def test_every_span_is_given_by_the_time_two_words_stand_behind_it(text: str) -> None:
    grown = text + "\n" + LONG * 2
    assert set(find_spans(grown, complete=False)) == set(find_spans(grown))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("It was Edvard", []),
        ("It was Edvard Munch", []),
        ("It was Edvard Munch who", ["Edvard Munch"]),
        ("It was Edvard Munch of the", []),
        ("It was Edvard Munch of the house", ["Edvard Munch"]),
        ("It was in 1893", []),
        ("It was in 1893, wh", ["1893"]),
        ("It was in 1893.\n", []),
        ("It was in May 3, 20", []),
        ("It was in May 3, 2019, wh", ["May 3, 2019"]),
        ('It was in "The Scream of', []),
        ('It was in "The Scream"', ["The Scream"]),
        ("It was 12", []),
        ("It was 12 %", []),
        ("It was 12 crowns ", ["12"]),
    ],
)
def test_a_span_is_given_as_soon_as_the_next_word_settles_it(text: str, found: list[str]) -> None:
    assert [text[each.start : each.end] for each in find_spans(text, complete=False)] == found


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("After the Civil War. The Union", ["Civil War", "Union"]),
        ("It is by J. R. R. Tolkien. He", ["J. R. R. Tolkien"]),
        ("So says Dr. Watson of Baker Street.", ["Dr. Watson of Baker Street"]),
    ],
)
def test_a_name_ends_with_its_sentence_and_not_with_an_initial(text: str, names: list[str]) -> None:
    assert [text[each.start : each.end] for each in find_spans(text + "\n" * 80)] == names


def test_spans_do_not_overlap() -> None:
    text = 'On 3 May 1890, Edvard Munch sold "The Scream of 1893" to 12 people of Oslo for $5,000 in all. ' + LONG
    spans = find_spans(text)
    assert all(one.end <= other.start for one, other in pairwise(spans))
    assert FoundSpan(3, 13, SpanKind.DATE) in spans

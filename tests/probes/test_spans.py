"""Spans of a text while it grows."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probes.spans import FARTHEST, FoundSpan, GrowingSpans, SpanKind, find_spans

WORDS = (
    "Edvard", "Munch", "University", "of", "the", "von", "painted", "it", "May", "March", "12", "3,", "1893", "1,000",
    "4.5", "%", "7th", "1990s", "2019-03-04", '"The', 'Scream"', "“Notes", "on”", "The", "In", "A.", "B.", "O'Neil", "x.",
    "Oslo,", "(Paris)", "1.", "-", "and", "de", "\n", "\n2.", "$5", "’tis",
)  # fmt: skip
LONG = "and so it went on for a while without anything that anybody could ever check about it. "


def grown(text: str, step: int = 1) -> list[tuple[FoundSpan, int]]:
    """Each span with the length that the text had when it was given."""
    spans = GrowingSpans()
    lengths = range(0, len(text), step)
    found = [(span, length) for length in lengths for span in spans.more(text[:length], length)]
    return found + [(span, len(text)) for span in spans.rest(text)]


def settled(text: str) -> list[str]:
    return [text[span.start : span.end] for span in GrowingSpans().more(text, len(text))]


@given(st.lists(st.sampled_from(WORDS), max_size=40).map(" ".join), st.integers(1, 9))
def test_a_text_that_grows_gives_each_span_of_the_whole_once(text: str, step: int) -> None:
    assert sorted(span for span, _ in grown(text, step)) == list(find_spans(text))


@given(st.lists(st.sampled_from(WORDS), max_size=14).map(" ".join))
def test_every_span_is_given_by_the_time_two_words_stand_behind_it(text: str) -> None:
    whole = text + "\n" + LONG * 2
    assert {span for span, length in grown(whole) if length < len(whole)} == set(find_spans(whole))


@pytest.mark.parametrize(
    ("line", "most"),
    [
        ('He met "Edvard Munch" and, in May 1893, sold 12 of them to people of Oslo; ', 120),
        ("蒙克画了呐喊。", FARTHEST),
    ],
)
def test_a_token_of_a_long_text_costs_no_more_than_one_of_a_short_text(line: str, most: int) -> None:
    text, spans = line * 200, GrowingSpans()
    for length in range(0, len(text), 7):
        spans.more(text[:length], length)
        assert length - spans.looked_from <= most


@pytest.mark.parametrize("text", ["", "Munch", " Edvard Munch, who painted it in 1893 in Oslo.\n"])
def test_a_text_that_may_be_one_short_answer_gives_nothing_before_its_end(text: str) -> None:
    assert settled(text) == []
    assert [span.kind for span in find_spans(text)] == [SpanKind.ANSWER] * bool(text)


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
        ('It was in "The Scream", by Munch wh', ["The Scream", "Munch"]),
        ("It was 12", []),
        ("It was 12 %", []),
        ("It was 12 crowns ", ["12"]),
    ],
)
def test_a_span_is_given_as_soon_as_the_next_word_settles_it(text: str, found: list[str]) -> None:
    assert settled(LONG + text) == found


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

"""The text around a flag in pieces."""

from __future__ import annotations

import doctest
from urllib.parse import parse_qsl

from hypothesis import given
from hypothesis import strategies as some

import verifier.server.review.filters
import verifier.server.review.heat
import verifier.server.review.replies
import verifier.server.review.views
from verifier.harmless import lines
from verifier.server.review.filters import read_wanted
from verifier.server.review.heat import SHOWN, text_pieces
from verifier.store.stored import StoredToken

PLACES = some.integers(-5, 60)
TOKENS = some.builds(
    StoredToken, some.text(max_size=3), PLACES, PLACES, some.none(), some.none(), some.none() | some.floats(0, 1)
)


def test_the_examples_hold() -> None:
    desk = verifier.server.review
    for module in (desk.heat, desk.filters, desk.replies, desk.views):
        assert doctest.testmod(module).failed == 0


@given(some.text(max_size=50), some.none() | some.tuples(PLACES, PLACES), some.lists(TOKENS, max_size=8))
def test_whatever_the_places_nothing_of_the_text_is_lost(text, span, tokens) -> None:
    assert lines(text) == "".join(each.text for each in text_pieces(text, span, tuple(tokens)))


@given(some.text(alphabet="ab ", min_size=10, max_size=40), some.integers(0, 5), some.integers(6, 10))
def test_what_is_marked_is_the_span(text, start, end) -> None:
    tokens = (StoredToken("x", 2, 8, None, None, 0.9),)
    assert text[start:end] == "".join(each.text for each in text_pieces(text, (start, end), tokens) if each.in_span)


def test_of_a_long_text_the_surroundings_of_the_span_are_shown() -> None:
    pieces = text_pieces("x" * 10_000 + "SPAN" + "y" * 10_000, (10_000, 10_004))
    assert (pieces[0].text, pieces[-1].text) == ("… ", " …")
    assert [each.text for each in pieces if each.in_span] == ["SPAN"]
    assert sum(len(each.text) for each in pieces[1:-1]) == SHOWN


def test_a_score_has_its_step() -> None:
    tokens = tuple(
        StoredToken("a", place, place + 1, None, None, score) for place, score in enumerate((0.1, 0.4, 0.6, 0.7, 0.99))
    )
    assert [each.heat for each in text_pieces("abcde", None, tokens)] == [0, 1, 2, 3, 4]


@given(
    some.fixed_dictionaries(
        {
            "kind": some.sampled_from(["", "claim", "reference"]),
            "verdict": some.sampled_from(["", "mismatch", "not_supported"]),
            "paper": some.text(alphabet="ab &?=%/ü", max_size=9),
            "risk_above": some.sampled_from(["", "0.25", "1"]),
            "state": some.sampled_from(["", "all", "rejected"]),
            "search": some.text(alphabet="ab &+#", max_size=9),
        }
    )
)
def test_a_filter_survives_its_address(query) -> None:
    wanted = read_wanted(query)
    assert wanted == read_wanted(dict(parse_qsl(wanted.query)))
    assert wanted == read_wanted(dict(wanted.fields))

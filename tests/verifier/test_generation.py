from __future__ import annotations

from probes.types import TokenTrace
from verifier.generation import Generation
from verifier.types import SignalKind, SignalStatus, Span


def traces(*pieces: tuple[str, float, float]) -> list[TokenTrace]:
    made, start = [], 0
    for number, (text, logprob, entropy) in enumerate(pieces):
        made.append(TokenTrace(number, text, start, start + len(text), logprob, entropy))
        start += len(text)
    return made


def test_the_pieces_make_the_text() -> None:
    generation = Generation.of(traces(("On ", -0.1, 0.2), ("computable ", -2.0, 1.0)), "m")
    assert generation.text == "On computable "


def test_a_span_is_scored_by_the_tokens_that_touch_it() -> None:
    generation = Generation.of(
        traces(("A ", -9.0, 9.0), ("Turing", -1.0, 0.5), (", 1937", -3.0, 1.5), (".", 0.0, 0.0)), "m"
    )
    logprob, entropy = generation.signals(Span(4, 10))
    assert (logprob.kind, logprob.score, entropy.kind, entropy.score) == (
        SignalKind.LOGPROB,
        -2.0,
        SignalKind.ENTROPY,
        1.0,
    )
    assert logprob.detail == "mean -2.00, lowest -3.00 nats over 2 tokens"


def test_tokens_that_hold_part_of_a_character_do_not_count_where_they_have_no_width() -> None:
    generation = Generation.of(traces(("a", -1.0, 0.0), ("", -5.0, 5.0), ("é", -2.0, 0.0)), "m")
    assert generation.signals(Span(0, 1))[0].score == -1.0


def test_a_span_without_tokens_has_no_score_instead_of_zero() -> None:
    signals = Generation.of([], "m").signals(Span(0, 5))
    assert [(s.status, s.score) for s in signals] == [(SignalStatus.UNAVAILABLE, None)] * 2

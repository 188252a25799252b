from __future__ import annotations

import math

import numpy as np
import pytest

from probes.recorder import Recorder, measure


def test_equal_logits_are_equally_likely() -> None:
    assert measure(np.full(8, 3.0, np.float32), 5) == pytest.approx((-math.log(8), math.log(8)))


def test_a_certain_token_has_no_entropy() -> None:
    assert measure(np.array([0.0, 200.0], np.float32), 1) == (0.0, 0.0)


def test_forbidden_tokens_have_no_part_in_the_entropy() -> None:
    logprob, entropy = measure(np.array([1.0, -np.inf, 1.0], np.float32), 0)
    assert (logprob, entropy) == pytest.approx((-math.log(2), math.log(2)))
    assert measure(np.array([1.0, -np.inf], np.float32), 1)[0] == -math.inf


def test_what_is_no_number_stays_none() -> None:
    assert [math.isnan(value) for value in measure(np.array([1.0, np.nan], np.float32), 0)] == [True, True]


def test_large_vocabularies_lose_no_digits() -> None:
    row = np.random.default_rng(0).normal(0, 4, 150_000).astype(np.float32)
    exact = row.astype(np.float64)
    exact -= exact.max() + math.log(np.exp(exact - exact.max()).sum())
    logprob, entropy = measure(row, 7)
    assert logprob == pytest.approx(exact[7], abs=1e-5)
    assert entropy == pytest.approx(-(np.exp(exact) * exact).sum(), abs=1e-4)


def test_a_character_belongs_to_the_token_that_completes_it() -> None:
    recorder = Recorder()
    row = np.zeros(4, np.float32)
    for position, piece in enumerate(("é".encode()[:1], "é".encode()[1:], b"\xff", b"a")):
        recorder.sampled(0, piece, position, row)
    assert [(t.text, t.start, t.end) for t in recorder.traces] == [("", 0, 0), ("é", 0, 1), ("", 1, 1), ("a", 1, 2)]

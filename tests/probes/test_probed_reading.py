from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from probes.errors import CaptureFailed
from probes.probed import ProbedLlama
from probes.types import Neuron
from tests.probes.forward import Model
from tests.probes.probed import (
    GREEDY,
    PROMPT,
    SETTINGS,
    TOLERANCE,
    SumOfShares,
    model,
    plain,
    probed,
)

__all__ = ["model", "plain", "probed"]


@pytest.mark.parametrize("batch", [7, 256])
@pytest.mark.parametrize("layers", [None, [1], [2, 0]])
def test_a_text_is_read_as_an_independent_pass_reads_it(model: Path, native: bool, layers, batch: int) -> None:
    engine = ProbedLlama(model, native=native, **SETTINGS | {"n_batch": batch})
    found = engine.run_with_cache(PROMPT * 7, layers)
    engine.close()
    expected = Model(model).run(list(found.tokens))
    chosen = [0, 1, 2] if layers is None else layers
    assert found.z.shape == (len(chosen), len(found.tokens), 48)
    np.testing.assert_allclose(found.z, expected.z[chosen], atol=TOLERANCE)
    np.testing.assert_allclose(found.h_norm, np.linalg.norm(expected.h[chosen], axis=2), atol=TOLERANCE)


@pytest.mark.parametrize("batch", [7, 256])
def test_a_text_that_is_read_has_the_numbers_of_one_that_is_written(model: Path, native: bool, batch: int) -> None:
    engine = ProbedLlama(model, SumOfShares(), native=native, **SETTINGS | {"n_batch": batch})
    written = engine.create_completion(PROMPT, **GREEDY)["choices"][0]["probe"]["tokens"]
    read = engine.read([token["id"] for token in written], PROMPT)["tokens"]
    engine.close()
    for name in ("id", "text", "start", "end"):
        assert [token[name] for token in written] == [token[name] for token in read]
    for name in ("logprob", "entropy", "score"):
        np.testing.assert_allclose([t[name] for t in written], [t[name] for t in read], atol=TOLERANCE)


def test_a_text_is_read_whole_behind_the_models_own_first_token(plain: ProbedLlama, model: Path) -> None:
    block = plain.read(PROMPT * 8)
    assert "".join(token["text"] for token in block["tokens"]).strip() == PROMPT * 8
    tokens = [1, *(token["id"] for token in block["tokens"])]
    logits = Model(model).run(tokens).logits
    logprobs = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
    expected = logprobs[np.arange(len(tokens) - 1), tokens[1:]]
    np.testing.assert_allclose([token["logprob"] for token in block["tokens"]], expected, atol=TOLERANCE)


def test_reading_disturbs_neither_probe_nor_generation(probed: ProbedLlama) -> None:
    before = probed.create_completion(PROMPT, **GREEDY)["choices"][0]
    assert (probed.run_with_cache([1, 70, 71], names=["z"]).h_norm, probed.n_tokens) == (None, 0)
    norms = probed.run_with_cache([1, 70, 71], names=["h_norm"])
    assert (norms.z, norms.h_norm.shape) == (None, (3, 3))
    after = probed.create_completion(PROMPT, **GREEDY)["choices"][0]
    assert (before["text"], before["probe"]["tokens"]) == (after["text"], after["probe"]["tokens"])


def test_scaling_acts_inside_its_block_only(plain: ProbedLlama, model: Path) -> None:
    factors = {Neuron(0, 3): 0.0, Neuron(2, 20): 3.0}
    tokens = plain.tokenize(PROMPT.encode())
    before = plain.run_with_cache(tokens).z
    text = plain.create_completion(PROMPT, **GREEDY)["choices"][0]["text"]
    with plain.scale(factors):
        scaled = plain.run_with_cache(tokens).z
        with plain.scale({Neuron(0, 3): 1.0}):
            inner = plain.run_with_cache(tokens).z
    expected = Model(model).run(tokens, {(0, 3): 0.0, (2, 20): 3.0}).z
    np.testing.assert_allclose(scaled, expected, atol=TOLERANCE)
    np.testing.assert_allclose(inner, Model(model).run(tokens, {(2, 20): 3.0}).z, atol=TOLERANCE)
    np.testing.assert_array_equal(plain.run_with_cache(tokens).z, before)
    assert plain.create_completion(PROMPT, **GREEDY)["choices"][0]["text"] == text


def test_nothing_computed_under_other_factors_is_reused(plain: ProbedLlama, model: Path) -> None:
    everything = {Neuron(layer, i): 0.0 for layer in range(3) for i in range(48)}
    plain.create_completion(PROMPT, **GREEDY)
    with plain.scale(everything):
        inside = plain.create_completion(PROMPT, **GREEDY)["choices"][0]["probe"]["tokens"]
    prompt = plain.tokenize(PROMPT.encode())
    zeroed = {(n.layer, n.index): 0.0 for n in everything}
    row = Model(model).run(prompt, zeroed).logits[-1]
    assert inside[0]["id"] == int(row.argmax())
    assert inside[0]["logprob"] == pytest.approx(row.max() - np.log(np.exp(row).sum()), abs=TOLERANCE)


def test_a_scale_that_fails_is_undone(plain: ProbedLlama) -> None:
    before = plain.create_completion(PROMPT, **GREEDY)["choices"][0]["text"]
    with pytest.raises(CaptureFailed, match="fewer neurons"), plain.scale({Neuron(1, 999): 2.0}):
        plain.create_completion(PROMPT, **GREEDY)
    assert plain.create_completion(PROMPT, **GREEDY)["choices"][0]["text"] == before

from __future__ import annotations

import doctest

import numpy as np
import pytest

import probes.cett
from probes.cett import cett
from probes.testing import Family
from tests.probes.forward import Model
from tests.probes.tiny import ALL, Opener


def test_the_example_runs() -> None:
    assert doctest.testmod(probes.cett).failed == 0


def test_a_layer_that_adds_nothing_gives_finite_shares() -> None:
    assert cett(np.zeros((1, 2)), np.ones(2), np.zeros(1)).tolist() == [[0.0, 0.0]]


def test_layers_and_tokens_keep_their_places() -> None:
    random = np.random.default_rng(0)
    z, norms, h = random.normal(size=(2, 3, 4)), random.random((2, 1, 4)), random.random((2, 3))
    shares = cett(z, norms, h)
    assert shares.dtype == np.float32
    assert shares[1, 2, 3] == pytest.approx(abs(z[1, 2, 3]) * norms[1, 0, 3] / h[1, 2], rel=1e-5)


@pytest.mark.parametrize("family", [Family.LLAMA, Family.QWEN2, Family.QWEN3, Family.PHI3])
def test_the_shares_of_a_model_are_those_of_an_independent_pass(opened: Opener, family: Family) -> None:
    from probes.gguf import column_norms

    watched = opened(family)
    watched.capture.want(ALL)
    watched.decode(watched.tokens)
    norms = column_norms(watched.path)
    expected, model = watched.reference(watched.tokens), Model(watched.path)
    for block in watched.capture.drain():
        weight = model.tensors[f"blk.{block.layer}.ffn_down.weight"]
        h = np.linalg.norm(expected.h[block.layer], axis=1, keepdims=True)
        shares = np.abs(expected.z[block.layer]) * np.linalg.norm(weight, axis=0) / h
        np.testing.assert_allclose(cett(block.z, norms[block.layer], block.h_norm), shares, atol=1e-4, rtol=0)

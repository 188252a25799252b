"""The capture on a real quantised model, whose weights are multiplied again here."""

from __future__ import annotations

import numpy as np
import pytest

from probes.engine import LocalEngine
from probes.probed import ProbedLlama
from probes.types import Neuron

TEXT = "The capital of France is Paris, and the capital of Italy is Rome."
LAYERS = (0, 14, 29)


@pytest.fixture(scope="module")
def read(smollm2):
    """What either capture reads of some layers."""
    found = {}
    for native in (True, False):
        engine = ProbedLlama(smollm2, None, native=native, n_ctx=256, n_threads=1, n_threads_batch=1)
        found[native] = engine.run_with_cache(TEXT, LAYERS)
        engine.close()
    return found


def test_the_layers_output_is_its_weight_times_the_activations(read, smollm2) -> None:
    """llama.cpp rounds activations to 8 bits in a quantised product, hence the tolerance."""
    from gguf import GGUFReader, dequantize

    weights = {t.name: t for t in GGUFReader(smollm2).tensors}
    for row, layer in enumerate(LAYERS):
        tensor = weights[f"blk.{layer}.ffn_down.weight"]
        h = read[True].z[row] @ dequantize(tensor.data, tensor.tensor_type).T
        np.testing.assert_allclose(np.linalg.norm(h, axis=1), read[True].h_norm[row], rtol=2e-2)


def test_both_captures_read_the_same(read) -> None:
    np.testing.assert_array_equal(read[True].z, read[False].z)
    np.testing.assert_allclose(read[True].h_norm, read[False].h_norm, rtol=1e-6)


def test_prefill_and_token_by_token_agree(read, smollm2) -> None:
    """Within 2 % of a layer's typical activation: kernels differ with the number of columns."""
    engine = ProbedLlama(smollm2, None, n_ctx=256, n_batch=1, n_threads=1, n_threads_batch=1)
    single = engine.run_with_cache(TEXT, LAYERS)
    engine.close()
    difference = np.sqrt(np.mean((single.z - read[True].z) ** 2, axis=(1, 2)))
    assert np.all(difference < 0.02 * np.sqrt(np.mean(single.z**2, axis=(1, 2))))


def test_a_chat_of_a_real_model_carries_its_probabilities(engine: LocalEngine) -> None:
    probed = engine._probed
    probed.reset()
    messages = [{"role": "user", "content": "Name three cities in France."}]
    choice = probed.create_chat_completion(messages, max_tokens=60, temperature=0.0)["choices"][0]
    text, tokens = choice["message"]["content"], choice["probe"]["tokens"]
    assert "".join(token["text"] for token in tokens) == text
    assert choice["finish_reason"] in {"stop", "length"}
    assert all(token["logprob"] <= 0 <= token["entropy"] for token in tokens)


def test_scaling_by_one_changes_no_bit_of_a_quantised_model(smollm2) -> None:
    engine = ProbedLlama(smollm2, None, n_ctx=64, n_threads=1, n_threads_batch=1)
    plain = engine.run_with_cache(TEXT, [29])
    with engine.scale({Neuron(layer, i): 1.0 for layer in range(30) for i in range(0, 1536, 50)}):
        scaled = engine.run_with_cache(TEXT, [29])
    with engine.scale({Neuron(3, i): 0.0 for i in range(1536)}):
        silenced = engine.run_with_cache(TEXT, [29])
    engine.close()
    np.testing.assert_array_equal(plain.z, scaled.z)
    assert not np.allclose(plain.z, silenced.z, rtol=0.1)

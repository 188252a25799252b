"""One battery for both captures, on tiny random models whose every number an independent pass computes."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from probes.capture import Wanted, open_capture
from probes.errors import CaptureFailed
from probes.layout import load
from probes.testing import Family
from probes.types import Neuron
from tests.probes.tiny import ALL, Opener, Watched, by_layer, opener

DENSE = [family for family in Family if family is not Family.MIXTURE]
LAST = 2
TOLERANCE = 1e-4


def assert_equals_pass(watched: Watched, family: Family, tokens: list[int]) -> None:
    expected = watched.reference(tokens)
    seen = by_layer(watched.capture.drain())
    assert sorted(seen) == [0, 1, 2]
    # ggml looks GELU up in half precision: next to a step of that table both neighbours are right.
    near = 3e-3 if family in {Family.STARCODER2, Family.GEMMA3} else TOLERANCE
    for layer, block in seen.items():
        np.testing.assert_allclose(block.z, expected.z[layer], atol=near, rtol=0)
        np.testing.assert_allclose(block.h_norm, np.linalg.norm(expected.h[layer], axis=1), atol=near, rtol=0)
        product = block.z @ watched.weight(layer).T
        np.testing.assert_allclose(block.h_norm, np.linalg.norm(product, axis=1), atol=TOLERANCE, rtol=0)


@pytest.mark.parametrize("family", DENSE)
def test_a_prefill_shows_what_an_independent_pass_computes(opened: Opener, family: Family) -> None:
    watched = opened(family, logits_all=True)
    watched.capture.want(ALL)
    watched.llama.eval(watched.tokens)
    assert_equals_pass(watched, family, watched.tokens)


@pytest.mark.parametrize("family", DENSE)
def test_token_by_token_shows_the_same(opened: Opener, family: Family) -> None:
    """From the second token on llama.cpp reuses the graph."""
    watched = opened(family)
    watched.capture.want(ALL)
    for token in watched.tokens:
        watched.llama.eval([token])
    assert_equals_pass(watched, family, watched.tokens)


@pytest.mark.parametrize("size", [1, 3, 8, 64])
def test_small_physical_batches_are_joined_in_order(opened: Opener, size: int) -> None:
    watched = opened(n_batch=64, n_ubatch=size, logits_all=True)
    watched.capture.want(ALL)
    watched.llama.eval(watched.tokens)
    assert_equals_pass(watched, Family.LLAMA, watched.tokens)


@pytest.mark.parametrize("size", [4, 64])
@pytest.mark.parametrize("outputs", [{19}, {2, 5, 11}, set(range(20))])
def test_the_last_layer_shows_the_outputs_alone(opened: Opener, outputs: set[int], size: int) -> None:
    watched = opened(n_batch=64, n_ubatch=size)
    watched.capture.want(ALL)
    watched.decode(watched.tokens, outputs=outputs)
    seen = by_layer(watched.capture.drain())
    expected = watched.reference(watched.tokens)
    assert [20, 20, len(outputs)] == [len(seen[layer].z) for layer in range(3)]
    np.testing.assert_allclose(seen[0].z, expected.z[0], atol=TOLERANCE)
    np.testing.assert_allclose(seen[LAST].z, expected.z[LAST][sorted(outputs)], atol=TOLERANCE)


def test_tokens_that_the_prefix_cache_holds_are_not_seen_again(opened: Opener) -> None:
    watched = opened()
    tokens = watched.tokens
    next(watched.llama.generate(tokens, temp=0.0))
    watched.capture.want(ALL)
    next(watched.llama.generate([*tokens[:12], 40, 41, 42], temp=0.0))
    seen = by_layer(watched.capture.drain())
    expected = watched.reference([*tokens[:12], 40, 41, 42])
    np.testing.assert_allclose(seen[0].z, expected.z[0][12:], atol=TOLERANCE)


def test_two_sequences_in_one_batch_come_in_the_order_of_the_batch(opened: Opener) -> None:
    watched = opened(sequences=2)
    one, two = watched.tokens, [1, 70, 71, 72, 73]
    watched.capture.want(ALL)
    order = [(0, i) for i in range(5)] + [(1, i) for i in range(5)] + [(0, i) for i in range(5, 20)]
    watched.decode([(one, two)[s][i] for s, i in order], [i for _, i in order], [s for s, _ in order])
    seen = by_layer(watched.capture.drain())
    passes = watched.reference(one), watched.reference(two)
    for layer in range(3):
        np.testing.assert_allclose(seen[layer].z, [passes[s].z[layer][i] for s, i in order], atol=TOLERANCE)


@pytest.mark.parametrize("unified", [True, False])
def test_steps_of_several_sequences_keep_the_order_of_their_batch(opened: Opener, unified: bool) -> None:
    """As when ten samples of one question are written side by side."""
    watched = opened(sequences=3, unified=unified)
    texts = [[1, 70, 71], [1, 80, 81], [1, 90, 91]]
    watched.capture.want(ALL)
    passes = [watched.reference(text).z for text in texts]
    for step, order in enumerate([(0, 1, 2), (2, 0, 1), (1, 2, 0)]):
        watched.decode([texts[s][step] for s in order], [step] * 3, order)
        for layer, block in by_layer(watched.capture.drain()).items():
            np.testing.assert_allclose(block.z, [passes[s][layer][step] for s in order], atol=TOLERANCE)


def test_selected_neurons_are_those_of_the_whole_layer(opened: Opener) -> None:
    watched = opened()
    chosen = np.array([0, 7, 47], np.int32)
    watched.capture.want(Wanted({1: chosen}))
    watched.decode(watched.tokens)
    (block,) = watched.capture.drain()
    assert (1, chosen.tolist()) == (block.layer, block.neurons.tolist())
    np.testing.assert_allclose(block.z, watched.reference(watched.tokens).z[1][:, chosen], atol=TOLERANCE)


def test_what_is_wanted_may_change_between_decodes(opened: Opener) -> None:
    watched = opened()
    for wanted, layers in ((ALL, [0, 1, 2]), (Wanted({}), []), (Wanted({0: np.array([3], np.int32)}), [0])):
        watched.capture.want(wanted)
        watched.llama.eval([watched.tokens[0]])
        assert layers == [block.layer for block in watched.capture.drain()]


def test_nothing_is_recorded_in_a_pause_and_scaling_goes_on(opened: Opener) -> None:
    watched = opened()
    watched.capture.pause(True)
    learn(watched)
    watched.capture.want(Wanted({}, ALL.whole_layers, {Neuron(1, 5): 3.0}))
    watched.decode(watched.tokens)
    assert watched.capture.drain() == []
    expected = watched.reference(watched.tokens, {(1, 5): 3.0})
    np.testing.assert_allclose(watched.logits(20), expected.logits, atol=TOLERANCE)
    watched.forget()
    watched.capture.pause(False)
    watched.decode(watched.tokens)
    assert [len(block.z) for block in watched.capture.drain()] == [20, 20, 20]


def learn(watched: Watched) -> None:
    watched.capture.want(Wanted({}, learning=True))
    watched.decode([1])
    assert watched.capture.drain() == []
    watched.forget()


@pytest.mark.parametrize("family", DENSE)
def test_scaling_by_one_changes_no_bit(opened: Opener, family: Family) -> None:
    watched = opened(family)
    watched.decode(watched.tokens)
    before = watched.logits(20)
    watched.forget()
    learn(watched)
    watched.capture.want(Wanted({}, factors={Neuron(layer, i): 1.0 for layer in range(3) for i in range(48)}))
    watched.decode(watched.tokens)
    watched.capture.drain()
    np.testing.assert_array_equal(watched.logits(20), before)


@pytest.mark.parametrize("alpha", [0.0, 0.5, 3.0])
@pytest.mark.parametrize("family", [Family.LLAMA, Family.QWEN2, Family.GEMMA3, Family.PHI3])
def test_scaling_does_what_an_independent_pass_with_scaled_neurons_does(
    opened: Opener, family: Family, alpha: float
) -> None:
    watched = opened(family)
    learn(watched)
    factors = {(0, 3): alpha, (1, 0): alpha, (1, 47): alpha, (2, 20): alpha}
    wanted = Wanted({}, ALL.whole_layers, {Neuron(*where): factor for where, factor in factors.items()})
    watched.capture.want(wanted)
    watched.decode(watched.tokens)
    expected, plain = watched.reference(watched.tokens, factors), watched.reference(watched.tokens)
    near = 3e-3 if family is Family.GEMMA3 else TOLERANCE
    np.testing.assert_allclose(watched.logits(20), expected.logits, atol=near, rtol=0)
    for block in watched.capture.drain():
        np.testing.assert_allclose(block.z, expected.z[block.layer], atol=near, rtol=0)
    assert np.abs(expected.logits - plain.logits).max() > 0.01


def test_scaling_before_the_activations_were_found_is_an_error(opened: Opener) -> None:
    watched = opened()
    watched.capture.want(Wanted({}, factors={Neuron(1, 3): 2.0}))
    watched.decode(watched.tokens)
    with pytest.raises(CaptureFailed, match="before its activations were found"):
        watched.capture.drain()


@pytest.mark.parametrize(
    ("wanted", "sentence"),
    [
        (Wanted({1: np.array([2, 48], np.int32)}), "fewer neurons than were asked for"),
        (Wanted({}, factors={Neuron(1, 48): 2.0}), "fewer neurons than were asked for"),
    ],
)
def test_what_goes_wrong_is_raised_after_the_decode_and_leaves_the_logits_right(
    opened: Opener, wanted: Wanted, sentence: str
) -> None:
    """Anything but True from the callback would skip the rest of the graph."""
    watched = opened()
    learn(watched)
    watched.capture.want(wanted)
    watched.decode(watched.tokens)
    np.testing.assert_allclose(watched.logits(20), watched.reference(watched.tokens).logits, atol=TOLERANCE)
    with pytest.raises(CaptureFailed, match=sentence) as caught:
        watched.capture.drain()
    assert "\n" not in str(caught.value)
    watched.forget()
    watched.capture.want(ALL)
    watched.decode(watched.tokens)
    assert_equals_pass(watched, Family.LLAMA, watched.tokens)


def test_memory_is_bounded(opened: Opener, native: bool) -> None:
    watched = opened()
    small = open_capture(load(), 3, native=native, max_values=3 * 49 * 10)
    watched.llama.context_params.cb_eval = type(watched.llama.context_params.cb_eval)(small.function)
    watched.llama.context_params.cb_eval_user_data = small.user_data
    context = type(watched.llama._ctx)(model=watched.llama._model, params=watched.llama.context_params, verbose=False)
    watched.llama._ctx.close()
    watched.llama._ctx = context
    small.want(ALL)
    watched.decode(watched.tokens)
    np.testing.assert_allclose(watched.logits(20), watched.reference(watched.tokens).logits, atol=TOLERANCE)
    with pytest.raises(CaptureFailed, match="no memory left"):
        small.drain()
    watched.forget()
    watched.decode(watched.tokens[:10])
    assert [len(block.z) for block in small.drain()] == [10, 10, 10]
    context.close()
    small.close()


def test_a_mixture_of_experts_is_refused_with_one_sentence(opened: Opener) -> None:
    watched = opened(Family.MIXTURE)
    watched.capture.want(ALL)
    watched.decode(watched.tokens)
    with pytest.raises(CaptureFailed, match=r"^the model is a mixture of experts, .* not read yet \(at [^)]*\)$"):
        watched.capture.drain()


def test_a_python_error_in_the_callback_is_raised_after_the_decode(tiny: Callable[[Family], Path]) -> None:
    with opener(tiny, native=False) as opened:
        watched = opened()
        watched.capture.want(Wanted({1: ["no number"]}))
        watched.decode(watched.tokens)
        np.testing.assert_allclose(watched.logits(20), watched.reference(watched.tokens).logits, atol=TOLERANCE)
        with pytest.raises(CaptureFailed, match="no number"):
            watched.capture.drain()


def test_two_captures_side_by_side_keep_apart(opened: Opener) -> None:
    one, two = opened(), opened(Family.QWEN2)
    texts = one.tokens, [1, 70, 71, 72, 73]
    one.capture.want(ALL)
    two.capture.want(ALL)
    threads = [threading.Thread(target=w.decode, args=(t,)) for w, t in zip((one, two), texts, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert_equals_pass(one, Family.LLAMA, texts[0])
    assert_equals_pass(two, Family.QWEN2, texts[1])


def test_closing_forgets_what_was_recorded_and_may_be_done_twice(opened: Opener) -> None:
    watched = opened()
    watched.capture.want(ALL)
    watched.decode(watched.tokens)
    watched.llama.close()
    watched.capture.close()
    watched.capture.close()
    assert watched.capture.drain() == []

"""Adapters against the callback that scales the same neurons."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from probes.errors import ModelUnreadable, ProbesError
from probes.lora import adapter_scale, write_lora
from probes.probed import ProbedLlama
from probes.testing import Family
from probes.types import Neuron

SETTINGS = {"n_threads": 1, "n_threads_batch": 1, "type_k": 0, "type_v": 0, "verbose": False}
CHOSEN = (Neuron(0, 3), Neuron(1, 0), Neuron(1, 47), Neuron(2, 20))


def adapted(model: Path, adapter: Path, tokens: list[int], alpha: float, context: int) -> np.ndarray:
    import llama_cpp

    llama = llama_cpp.Llama(
        str(model), lora_path=str(adapter), lora_scale=adapter_scale(alpha), n_ctx=context, logits_all=True, **SETTINGS
    )
    llama.eval(tokens)
    logits = np.array(llama.scores[: len(tokens)])
    llama.close()
    return logits


def scaled(model: Path, neurons: tuple[Neuron, ...], tokens: list[int], alpha: float, context: int) -> np.ndarray:
    engine = ProbedLlama(model, None, n_ctx=context, logits_all=True, **SETTINGS)
    with engine.scale(dict.fromkeys(neurons, alpha)):
        engine.eval(tokens)
        logits = np.array(engine.scores[: len(tokens)])
    engine.close()
    return logits


@pytest.mark.parametrize("family", [Family.LLAMA, Family.GEMMA3, Family.STARCODER2])
@pytest.mark.parametrize("alpha", [0.0, 0.5, 3.0])
def test_an_adapter_does_what_scaling_does(
    tiny: Callable[[Family], Path], tmp_path: Path, family: Family, alpha: float
) -> None:
    """Within 1e-3 of logits that the intervention itself moves by far more."""
    model, tokens = tiny(family), [1, 70, 71, 90, 270, 265]
    write_lora(tmp_path / "adapter.gguf", model, CHOSEN)
    plain = scaled(model, CHOSEN, tokens, 1.0, 128)
    by_callback = scaled(model, CHOSEN, tokens, alpha, 128)
    by_adapter = adapted(model, tmp_path / "adapter.gguf", tokens, alpha, 128)
    assert np.abs(by_callback - plain).max() > 0.02
    np.testing.assert_allclose(by_adapter, by_callback, atol=1e-3)


def test_an_adapter_of_scale_one_changes_nothing(tiny: Callable[[Family], Path], tmp_path: Path) -> None:
    model, tokens = tiny(Family.LLAMA), [1, 70, 71]
    write_lora(tmp_path / "adapter.gguf", model, CHOSEN)
    np.testing.assert_array_equal(
        scaled(model, CHOSEN, tokens, 1.0, 128), adapted(model, tmp_path / "adapter.gguf", tokens, 1.0, 128)
    )


def test_an_adapter_of_a_quantised_model_moves_the_logits_as_scaling_does(smollm2: Path, tmp_path: Path) -> None:
    """The base product rounds activations to 8 bits and the adapter does not, hence a correlation and no equality."""
    random = np.random.default_rng(0)
    chosen = tuple(Neuron(layer, int(i)) for layer in (3, 14, 25) for i in random.choice(1536, 200, replace=False))
    tokens = [1, 504, 3575, 282, 4649, 314]
    write_lora(tmp_path / "adapter.gguf", smollm2, chosen)
    plain, by_callback = (scaled(smollm2, chosen, tokens, alpha, 64) for alpha in (1.0, 3.0))
    by_adapter = adapted(smollm2, tmp_path / "adapter.gguf", tokens, 3.0, 64)
    moved, also = by_callback - plain, by_adapter - plain
    assert np.corrcoef(moved.ravel(), also.ravel())[0, 1] > 0.98
    assert np.sqrt(np.mean((moved - also) ** 2)) < 0.25 * np.sqrt(np.mean(moved**2))


def test_a_neuron_that_is_not_there_is_a_sentence(tiny: Callable[[Family], Path], tmp_path: Path) -> None:
    with pytest.raises(ModelUnreadable, match="no neuron 48 in layer 2"):
        write_lora(tmp_path / "adapter.gguf", tiny(Family.LLAMA), [Neuron(2, 48)])
    with pytest.raises(ProbesError, match="at least one neuron"):
        write_lora(tmp_path / "adapter.gguf", tiny(Family.LLAMA), [])
    assert list(tmp_path.iterdir()) == []

"""What watching costs: tokens a second with it, against llama-cpp-python alone.

``python tests/benchmarks/probe_overhead.py MODEL.gguf [--tokens 64] [--rounds 7] [--layers 5] [--neurons 50]``

All variants generate the same number of tokens in turn, round after round, on one thread; printed is the median over the
rounds of each round's ratio, so that a busy machine disturbs both sides alike. Processor time decides, because it does
not count what other programs take; the ratio by the clock stands in brackets. ``best``
compares each variant's fastest round, which a busy machine disturbs least.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from probes.capture import Wanted
from probes.probed import ProbedLlama
from probes.types import Neuron

PROMPT = "The history of the city of Paris begins in antiquity."
SETTINGS: dict[str, Any] = {"n_ctx": 1024, "n_threads": 1, "n_threads_batch": 1, "verbose": False}


class Sum:
    """A probe's work without a probe: a weighted sum."""

    def __init__(self, layers: list[int], neurons: int, width: int) -> None:
        random = np.random.default_rng(0)
        self.neurons = [
            Neuron(layer, int(i))
            for layer in layers
            for i in random.choice(width, neurons // len(layers), replace=False)
        ]
        self._weights = random.normal(size=len(self.neurons)).astype(np.float32)

    def score(self, _token: Any, shares: Any) -> float:
        return float(shares @ self._weights)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path)
    parser.add_argument("--tokens", type=int, default=64)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--layers", type=int, default=5, help="layers that hold the neurons of the probe")
    parser.add_argument("--neurons", type=int, default=50, help="neurons of the probe")
    options = parser.parse_args()
    variants = made(options.model, options.layers, options.neurons)
    taken: dict[str, list[tuple[float, float]]] = {name: [] for name in variants}
    for _ in range(options.rounds + 1):
        for name, generate in variants.items():
            taken[name].append(timed(generate, options.tokens))
    base = taken["llama-cpp-python alone"][1:]
    print(f"{options.model.name}: {1 / statistics.median(b[0] for b in base):.1f} tokens/s alone")
    for name, times in taken.items():
        ratios = [(b[0] / t[0], b[1] / t[1]) for b, t in zip(base, times[1:], strict=True)]
        used, clock = (statistics.median(pair[i] for pair in ratios) for i in (0, 1))
        low, high = min(pair[0] for pair in ratios), max(pair[0] for pair in ratios)
        best = min(b[0] for b in base) / min(t[0] for t in times[1:])
        print(f"{name:52} {used:.3f} [{low:.3f}, {high:.3f}] ({clock:.3f}) best {best:.3f}")


def made(model: Path, layers: int, neurons: int) -> dict[str, Callable[[int], int]]:
    """Every variant, loaded."""
    import llama_cpp

    alone, plain = llama_cpp.Llama(str(model), **SETTINGS), ProbedLlama(model, None, **SETTINGS)
    count, width = plain.facts.layers, plain.facts.ffn_width
    probe = Sum(np.linspace(0, count - 1, layers).astype(int).tolist(), neurons, width)
    variants = {"llama-cpp-python alone": completing(alone), "probabilities and entropies alone": completing(plain)}
    for native, word in ((True, "C"), (False, "Python")):
        idle, probed, everything = (ProbedLlama(model, p, native=native, **SETTINGS) for p in (None, probe, None))
        idle._attached().want(Wanted({}))
        everything._attached().want(Wanted({}, frozenset(range(count))))
        variants[f"{word}: attached, asking nothing"] = completing(idle)
        variants[f"{word}: a probe of {len(probe.neurons)} neurons in {layers} layers"] = completing(probed)
        used = ProbedLlama(model, "auto", native=native, **SETTINGS)
        name = f"{word}: the probe used by itself, {len(used.probe.neurons) if used.probe else 0:,} neurons"
        variants[name] = completing(used)
        variants[f"{word}: every neuron of all {count} layers"] = completing(everything)
    return variants


def completing(llama: Any) -> Callable[[int], int]:
    def generate(tokens: int) -> int:
        llama.reset()
        answer = llama.create_completion(PROMPT, max_tokens=tokens, temperature=0.0, repeat_penalty=1.1)
        return int(answer["usage"]["completion_tokens"])

    return generate


def timed(generate: Callable[[int], int], tokens: int) -> tuple[float, float]:
    """Processor time and time by the clock, in seconds a token."""
    used, clock = time.process_time(), time.perf_counter()
    written = generate(tokens)
    return (time.process_time() - used) / written, (time.perf_counter() - clock) / written


if __name__ == "__main__":
    main()

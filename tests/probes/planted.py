"""Feature sets with a signal that the test put there."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np

from probes.features import FeatureHeader, FeatureRow, FeatureSet, FeatureWriter, Region, load_features
from probes.types import ModelFacts

LAYERS, WIDTH = 3, 40
SIGNAL = (5, 41, 90)
"""Columns that are larger in wrong answers."""


def planted(
    folder: Path,
    rows: int = 160,
    *,
    strength: float = 1.5,
    in_logits: float = 1.0,
    answers_of: int = 1,
    group_label: bool = False,
    seed: int = 0,
) -> FeatureSet:
    """Rows whose wrong answers show in three neurons and in the entropy.

    Each ``answers_of`` rows share one question; with ``group_label`` they share their label and a fingerprint in all
    neurons, which a fit that splits questions would learn by heart.
    """
    generator = np.random.default_rng(seed)
    header = FeatureHeader(
        model=ModelFacts("planted", "llama", "ab" * 32, LAYERS, 512, ffn_width=WIDTH, quantisation="F32"),
        template_sha256="cd" * 32, llama_cpp="0.3", system="", suffix="", samples=1, max_tokens=8, temperature=1.0,
        top_k=50, top_p=0.9, seed=0, code="0", layers=LAYERS, ffn_width=WIDTH,
    )  # fmt: skip
    labels = generator.random(rows) < 0.5
    fingerprints = generator.normal(size=(rows, LAYERS * WIDTH))
    with FeatureWriter(folder, header) as writer:
        for number in range(rows):
            question = number // answers_of
            wrong = bool(labels[question] if group_label else labels[number])
            values = generator.normal(size=LAYERS * WIDTH)
            values[list(SIGNAL)] += strength * wrong
            if group_label:
                values = 0.2 * values + fingerprints[question]
            entropy = float(np.exp(generator.normal() + in_logits * wrong))
            writer.append(_row(question, entropy, wrong=wrong), _regions(values, generator))
    return load_features(folder)


def _regions(values: np.ndarray, generator: np.random.Generator) -> dict[Region, np.ndarray]:
    other, prompt = generator.normal(size=(2, len(values)))
    return {Region.ANSWER: np.exp(values - 5), Region.OTHER: np.exp(other - 5), Region.PROMPT: np.exp(prompt - 5)}


def _row(question: int, entropy: float, *, wrong: bool) -> FeatureRow:
    return FeatureRow(
        item=f"q{question}", group=f"g{question}", source="made", kind="answer", right=not wrong, start=0, end=4,
        tokens=1 + question % 3, answer_tokens=4, samples=1, agreement=1.0, logprob_mean=-entropy, logprob_first=-entropy,
        logprob_min=-entropy, entropy_mean=entropy, entropy_first=entropy, entropy_max=entropy,
        question_sha256=hashlib.sha256(str(question).encode()).hexdigest(),
    )  # fmt: skip

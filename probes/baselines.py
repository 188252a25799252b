"""What simpler things reach on the same answers: whatever a probe claims, it claims beside these."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from probes.calibration import fit_stack, held_out_stack, said, stack_columns, stack_logits
from probes.features import FeatureSet, Region
from probes.inner import Recipe, fit_inner, logits_of_fit, screened
from probes.logistic import fit_l2
from probes.scoring import LOGIT_FEATURES

Array = npt.NDArray[np.float64]
Indexes = npt.NDArray[np.int64]

LOGITS = "best logit stack"
QUESTION = "question alone (TF-IDF)"
LAST_PROMPT = "same probe at the last prompt token"
EVERYTHING_CHEAP = "logits + question + length + last prompt token"
RANDOM = "random neurons, as many, fitted alike"
PERMUTED = "permuted labels"
LIGHT = {
    "entropy, mean": ("entropy_mean", 1),
    "entropy, first token": ("entropy_first", 1),
    "entropy, largest": ("entropy_max", 1),
    "logprob, mean": ("logprob_mean", -1),
    "logprob, first token": ("logprob_first", -1),
    "logprob, smallest": ("logprob_min", -1),
    "answer length": ("log_length", 1),
}
"""Baselines that need no fit: a feature of the logits, and which way it speaks for a wrong answer."""


@dataclass(frozen=True, slots=True)
class BaselineScores:
    """Scores of the test rows; higher speaks for a wrong answer."""

    name: str
    scores: Array


def baseline_scores(
    train: FeatureSet, test: FeatureSet, folds: Indexes, recipe: Recipe, texts: Mapping[str, str]
) -> list[BaselineScores]:
    """All baselines but random neurons and permuted labels.

    ``texts`` are the questions by the id of their item; without those of all rows, what needs them is left out.
    """
    wrong, heard, unseen = ~train.right, said(train), said(test)
    found = [
        BaselineScores(name, way * unseen[:, LOGIT_FEATURES.index(feature)]) for name, (feature, way) in LIGHT.items()
    ]
    stack = fit_stack(stack_columns(None, heard), wrong)
    found.append(BaselineScores(LOGITS, stack_logits(stack, stack_columns(None, unseen))))
    prompt = fit_inner(train, folds, replace(recipe, region=Region.PROMPT))
    before = prompt.logits(test)
    found.append(BaselineScores(LAST_PROMPT, before))
    joint = fit_inner(train, folds, replace(recipe, region=Region.PROMPT), beside=heard)
    inner = {"last_prompt": joint.held_out} | stack_columns(None, heard)
    outer = {"last_prompt": joint.logits(test, unseen)} | stack_columns(None, unseen)
    if all(row.item in texts for row in (*train.rows, *test.rows)):
        held_out, question = _question_scores(train, test, folds, texts)
        found.append(BaselineScores(QUESTION, question))
        inner, outer = inner | {"question": held_out}, outer | {"question": question}
        found.append(BaselineScores(EVERYTHING_CHEAP, stack_logits(fit_stack(inner, wrong), outer)))
    return found


def random_scores(
    train: FeatureSet,
    test: FeatureSet,
    columns: Indexes,
    recipe: Recipe,
    c: float,
    seeds: int,
    *,
    beside: tuple[Array, Array] | None = None,
) -> list[Array]:
    """Scores of as many random neurons of the same layers, fitted in the same way, once a seed.

    ``beside`` is what is fitted beside them, of the training rows and of the test rows.
    """
    width = train.header.ffn_width if train.header.neurons is None else train.header.columns
    counts = np.bincount(columns // width, minlength=train.header.columns // width)
    found = []
    for seed in range(seeds if len(columns) else 0):
        generator = np.random.default_rng(seed)
        drawn = [
            layer * width + generator.choice(width, count, replace=False) for layer, count in enumerate(counts) if count
        ]
        found.append(logits_of_fit(train, test, recipe, c, np.sort(np.concatenate(drawn)), ~train.right, beside))
    return found


def permuted_scores(train: FeatureSet, test: FeatureSet, recipe: Recipe, c: float, seeds: int) -> list[Array]:
    """Scores (of neurons alone) of the whole recipe, screening included, on labels that were mixed up, once a seed."""
    everywhere = np.zeros(len(train), np.int64)
    found = []
    for seed in range(seeds):
        wrong = np.random.default_rng(seed).permutation(~train.right)
        columns = screened(train, everywhere, recipe, wrong)[-1]
        found.append(logits_of_fit(train, test, recipe, c, columns, wrong))
    return found


def held_out_logit_stack(train: FeatureSet, folds: Indexes) -> Array:
    """What the logits alone say of training rows, each from a fit that did not see its fold."""
    return held_out_stack(stack_columns(None, said(train)), ~train.right, folds)


def _question_scores(
    train: FeatureSet, test: FeatureSet, folds: Indexes, texts: Mapping[str, str]
) -> tuple[Array, Array]:
    from sklearn.feature_extraction.text import TfidfVectorizer

    known = [texts[row.item] for row in train.rows]
    unknown = [texts[row.item] for row in test.rows]
    wrong = ~train.right
    held_out = np.zeros(len(known))
    for fold in np.unique(folds):
        held_out[folds == fold] = _fitted(
            TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, min_df=2),
            [text for text, place in zip(known, folds, strict=True) if place != fold],
            wrong[folds != fold],
            [text for text, place in zip(known, folds, strict=True) if place == fold],
        )
    vectorizer = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, min_df=2)
    return held_out, _fitted(vectorizer, known, wrong, unknown)


def _fitted(vectorizer: object, known: list[str], wrong: npt.NDArray[np.bool_], unknown: list[str]) -> Array:
    seen = vectorizer.fit_transform(known).toarray()  # type: ignore[attr-defined]  # scikit-learn has no types
    return fit_l2(seen, wrong, 1.0).logits(vectorizer.transform(unknown).toarray())  # type: ignore[attr-defined]

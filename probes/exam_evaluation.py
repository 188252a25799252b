"""How well a probe tells invented fields of citations from true ones, and whether it adds anything to the logits there.

Answers to bibliographic questions, labelled field by field. Famous and obscure works are told apart, because a small model
recalls only the famous ones: a signal that only knows fame would look good on both together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from probes.artefact_types import Interval, Probe, Validity
from probes.baselines import held_out_logit_stack, random_scores
from probes.calibration import fit_stack, held_out_stack, said, stack_columns, stack_logits
from probes.evaluate import EvaluateOptions, columns_of, recipe_of, strength_of
from probes.evaluation_types import LiveMarking
from probes.features import FeatureSet
from probes.folds import grouped_folds, joined_groups
from probes.metrics import (
    auroc,
    auroc_interval,
    aurocs,
    gain_interval,
    group_weights,
    interval,
    recall_at,
)
from probes.scoring import neurons_logit, span_risks

Array = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

ALL = "all"
FEWEST = 10
"""Right spans, and wrong ones, below which a part of the exam has no figure."""


@dataclass(frozen=True, slots=True)
class ExamResult:
    """One kind of field of works of one fame; AUROC with intervals over questions."""

    kind: str
    """``author``, ``year``, ``venue``, ``title`` or ``all``."""
    stratum: str
    """``famous``, ``obscure``, ``listed`` (works that the model chose itself) or ``all``."""
    rows: int
    wrong: int
    neurons: Interval
    logits: Interval
    """The stack of entropy, log probability and length, learnt on the probe's own training rows."""
    both: Interval
    """The probe as it is."""
    gain: Interval
    """Of both over the logits, paired."""
    relearnt_gain: Interval
    """The same where stacks are learnt anew on other questions of the exam."""
    popularity: float
    """AUROC of fame alone."""
    random: Interval
    """Mean of sets of random neurons, as many and fitted in the same way: with the logits beside them for a detector."""


@dataclass(frozen=True, slots=True)
class ExamEvaluation:
    """The probe's own exam."""

    results: tuple[ExamResult, ...]
    marking: tuple[LiveMarking, ...]
    """What marking spans would find, by the share of right spans that it marks."""
    weight: float
    """1 where both together were shown to beat the logits, else 0: fusion multiplies the probe's signal by it."""
    because: str


def evaluate_exam(probe: Probe, train: FeatureSet, exam: FeatureSet, options: EvaluateOptions) -> ExamEvaluation:
    """Evaluate a probe on an exam whose rows are fields of citations; parts with too few of a kind are left out."""
    wrong, heard, groups = ~exam.right, said(exam), joined_groups(exam.rows)
    shares = exam.shares(columns=columns_of(probe, exam).tolist())
    inner, both = neurons_logit(probe, shares), span_risks(probe, shares, heard)
    stack = fit_stack(stack_columns(None, said(train)), ~train.right)
    logits = stack_logits(stack, stack_columns(None, heard))
    folds = grouped_folds(groups, wrong, options.folds, options.seed)
    learnt = held_out_stack(stack_columns(inner, heard), wrong, folds)
    learnt_logits = held_out_logit_stack(exam, folds)
    random = random_scores(
        train,
        exam,
        columns_of(probe, train),
        recipe_of(probe),
        strength_of(probe),
        options.random_sets,
        beside=None if probe.stack is None else (said(train), heard),
    )
    fame = np.array([-1.0 if row.stratum == "famous" else 0.0 for row in exam.rows])
    results = []
    for kind, stratum, here in _parts(exam, wrong):
        weights = group_weights([str(group) for group in groups[here]], options.draws, options.seed)
        side = wrong[here]
        drawn = [aurocs(each[here], side, weights) for each in random]
        values = [auroc(each[here], side) for each in random]
        results.append(
            ExamResult(
                kind=kind,
                stratum=stratum,
                rows=int(here.sum()),
                wrong=int(side.sum()),
                neurons=auroc_interval(inner[here], side, weights),
                logits=auroc_interval(logits[here], side, weights),
                both=auroc_interval(both[here], side, weights),
                gain=gain_interval(both[here], logits[here], side, weights),
                relearnt_gain=gain_interval(learnt[here], learnt_logits[here], side, weights),
                popularity=auroc(fame[here], side),
                random=interval(float(np.mean(values)), np.mean(drawn, axis=0))
                if values
                else Interval(np.nan, np.nan, np.nan),
            )
        )
    marking = tuple(each for part in _parts(exam, wrong) for each in marked(probe, both, wrong, *part))
    weight, because = judged(results)
    return ExamEvaluation(tuple(results), marking, weight, because)


def marked(probe: Probe, risks: Array, wrong: Flags, kind: str, stratum: str, here: Flags) -> tuple[LiveMarking, ...]:
    """What marking would find of one stratum, all kinds of field together; nothing for a single kind."""
    if kind != ALL:
        return ()
    found = []
    for threshold in probe.thresholds:
        over = risks[here] > threshold.risk
        found.append(
            LiveMarking(
                threshold.false_positives,
                recall_at(risks[here], wrong[here], threshold.false_positives),
                int(here.sum()),
                int(wrong[here].sum()),
                stratum,
                float(over[wrong[here]].mean()),
                float(over[~wrong[here]].mean()),
            )
        )
    return tuple(found)


def judged(results: Sequence[ExamResult]) -> tuple[float, str]:
    """The weight of the probe for citations, and the sentence that says why."""
    whole = next((each for each in results if each.kind == ALL and each.stratum == ALL), None)
    if whole is None:
        return 0.0, "there were too few right or wrong spans of citations to tell"
    figure = f"{whole.gain.value:+.3f} [{whole.gain.low:+.3f}, {whole.gain.high:+.3f}] AUROC on {whole.rows} spans"
    if whole.gain.low > 0:
        return 1.0, f"on fields of citations it adds to the logits: {figure}"
    return 0.0, f"on fields of citations it was not shown to add to the logits: {figure}"


def with_validity(probe: Probe, answer: Validity, exam: ExamEvaluation | None) -> Probe:
    """The probe with what it was shown to be good for."""
    citation = (
        Validity("citation", exam.weight, exam.because)
        if exam
        else Validity("citation", 0.0, "no exam on citations was run")
    )
    return replace(probe, validity=(answer, citation, Validity("long_text", 0.0, "not validated for long text")))


def _parts(exam: FeatureSet, wrong: Flags) -> list[tuple[str, str, Flags]]:
    kinds = np.array([row.kind for row in exam.rows])
    strata = np.array([row.stratum for row in exam.rows])
    found = []
    for kind in (ALL, *sorted(set(kinds.tolist()))):
        for stratum in (ALL, *sorted(set(strata.tolist()) - {""})):
            here = np.ones(len(wrong), bool)
            here &= (kinds == kind) | (kind == ALL)
            here &= (strata == stratum) | (stratum == ALL)
            if min(int((here & wrong).sum()), int((here & ~wrong).sum())) >= FEWEST:
                found.append((kind, stratum, here))
    return found

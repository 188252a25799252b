"""What a user is told of the probe before an answer."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import pytest

from probes.artefact import load_probe
from probes.artefact_types import Interval, Probe
from probes.install import ANY_MODEL, FIT, LOGITS_ALONE, NOT_ASKED, SHIPPED, shipped_probes
from verifier.probing import introduction, marking_threshold, validation

SPARE = load_probe(SHIPPED / ANY_MODEL)
DETECTORS = [each for each in map(load_probe, shipped_probes()) if each.stack and each.neurons]
OWN = DETECTORS[0]
FIRST = OWN.metrics[0]
CITATIONS = "not shown to add to the logits for citations"
TESTED = (
    f"tested on short answers (AUROC {FIRST.auroc.value:.2f} on {FIRST.rows}); {CITATIONS}; not validated for long text"
)


@pytest.mark.parametrize(
    ("probe", "reason", "told"),
    [
        (None, NOT_ASKED, []),
        (None, "there is no probe for this model", ["there is no probe for this model", f"hint: {FIT}"]),
        (SPARE, LOGITS_ALONE, [LOGITS_ALONE, f"hint: {FIT}"]),
        (SPARE, "", [f"its scores are made of its logits alone: {validation(SPARE)}"]),
        (OWN, "", [f"a probe of this model watches it: {TESTED}"]),
    ],
    ids=["not asked", "none", "logits", "logits asked for", "own"],
)
def test_a_user_is_told_which_probe_watches_or_why_none_does(probe, reason: str, told: list[str]) -> None:
    assert introduction(SimpleNamespace(probe=probe, reason=reason)) == told


def test_a_probe_that_did_not_beat_the_logits_says_how_far_it_got() -> None:
    metrics = replace(OWN.metrics[0], rows=300, auroc=Interval(0.61, 0.5, 0.72))
    weak = replace(OWN, validity=tuple(replace(each, weight=0.0) for each in OWN.validity), metrics=(metrics,))
    reached = "on 300 short answers it reached AUROC 0.61 [0.50, 0.72] and was not shown to beat the logits alone"
    assert validation(weak).startswith(reached)
    assert validation(replace(weak, metrics=())).startswith("tested on nothing that it did not see before")


@pytest.mark.parametrize("probe", DETECTORS, ids=lambda probe: probe.name)
def test_of_citations_no_more_is_said_than_that_nothing_was_shown(probe: Probe) -> None:
    """Neither an interval around 0 nor too few spans to tell shows that nothing is added."""
    assert CITATIONS in validation(probe).split("; ")


def test_spans_are_marked_over_the_threshold_for_five_percent() -> None:
    assert marking_threshold(None) is None
    assert marking_threshold(OWN) == next(each.risk for each in OWN.thresholds if each.false_positives == 0.05)

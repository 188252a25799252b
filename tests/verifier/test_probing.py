"""What a user is told of the probe before an answer."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from probes.artefact import load_probe
from probes.install import ANY_MODEL, FIT, LOGITS_ALONE, NOT_ASKED, SHIPPED, shipped_probes
from verifier.probing import introduction, marking_threshold, validation

SPARE = load_probe(SHIPPED / ANY_MODEL)
OWN = next(probe for probe in map(load_probe, shipped_probes()) if probe.neurons and probe.stack)
TESTED = "tested on short answers; it adds nothing to the logits for citations; not validated for long text"


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


def test_spans_are_marked_over_the_threshold_for_five_percent() -> None:
    assert marking_threshold(None) is None
    assert marking_threshold(OWN) == next(each.risk for each in OWN.thresholds if each.false_positives == 0.05)

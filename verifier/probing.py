"""Probes for the rest of the middleware: which one a user means, and what may be said of its scores."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from probes.artefact import load_probe
from probes.artefact_types import Mode, Probe
from probes.engine import LocalEngine
from probes.errors import ProbeMismatch
from probes.install import FIT, NOT_ASKED
from verifier.generation import CITATION, Watching

LONG_TEXT = "not validated for long text"
_KINDS = {"answer": "short answers", CITATION: "citations", "long_text": "long text"}


def chosen_probe(wanted: str) -> Literal["auto"] | Probe | None:
    """What ``--probe`` says: ``auto``, ``none``, or the path of a probe.

    Raises:
        ProbeUnreadable: the file is no probe.
        ProbeMismatch: the file holds H-neurons, which tell why and not how likely.

    """
    if wanted == "auto":
        return "auto"
    if wanted == "none":
        return None
    probe = load_probe(Path(wanted))
    if probe.mode is not Mode.DETECTOR:
        raise ProbeMismatch(
            f"{wanted} holds H-neurons, which are for interpretation and interventions", hint="give a detector"
        )
    return probe


def watching(engine: LocalEngine) -> Watching | None:
    """The probe of an engine as signals need it; ``None`` without one."""
    if engine.probe is None:
        return None
    return Watching(engine.probe.name, engine.risk, validation(engine.probe))


def validation(probe: Probe) -> str:
    """For which kinds of span a probe was held to answers that it never saw, in one sentence."""
    if not probe.neurons:
        return "logits calibrated on other models; no probe of this model"
    good = [each.kind for each in probe.validity if each.weight > 0]
    none = [each.kind for each in probe.validity if each.weight <= 0 and each.kind == CITATION]
    told = [_KINDS.get(each, each) for each in good]
    reached = f" (AUROC {probe.metrics[0].auroc.value:.2f} on {probe.metrics[0].rows})" if probe.metrics else ""
    parts = [f"tested on {', '.join(told)}{reached}" if told else _unproven(probe)]
    parts += ["not shown to add to the logits for citations"] if none else []
    parts += [LONG_TEXT] if "long_text" not in good else []
    return "; ".join(parts)


def _unproven(probe: Probe) -> str:
    """What is said of a probe that counts for nothing: how far it got, or that nobody looked."""
    if not probe.metrics:
        return "tested on nothing that it did not see before"
    first = probe.metrics[0]
    reached = f"AUROC {first.auroc.value:.2f} [{first.auroc.low:.2f}, {first.auroc.high:.2f}]"
    return f"on {first.rows} short answers it reached {reached} and was not shown to beat the logits alone"


def introduction(engine: LocalEngine) -> list[str]:
    """What a user is told before an answer is watched; nothing where no probe was asked for."""
    if engine.reason == NOT_ASKED:
        return []
    if engine.reason or engine.probe is None:
        return [engine.reason, f"hint: {FIT}"]
    watcher = "a probe of this model watches it" if engine.probe.neurons else "its scores are made of its logits alone"
    return [f"{watcher}: {validation(engine.probe)}"]


def marking_threshold(probe: Probe | None) -> float | None:
    """The risk over which spans are marked: the one that marks 5 % of right answers; ``None`` where none was learnt."""
    if probe is None:
        return None
    return next((each.risk for each in probe.thresholds if abs(each.false_positives - 0.05) < 1e-6), None)

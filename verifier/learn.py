"""Reviews to a better calibration: fitted to the earlier decisions, judged on the later ones, adopted only if better. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from verifier.fusion import Model
from verifier.learning import Figures, Label, Lesson, split
from verifier.learning_fit import figures, fit, surprise

ECE_SLACK = 0.01
"""By so much the calibration error may seem worse while the log loss is better: it is the noisier of the two."""
MAX_SURPRISE = 4.0
"""Standard deviations of the log loss from which on the later decisions contradict what the earlier ones taught."""
MIN_LATER = 5
"""So many accepted and so many rejected findings the later part must hold, or it judges nothing."""


def learn(labels: Sequence[Label], base: Model, current: Model, name: str) -> Lesson:
    """Fit the program's model (``base``) to the labels of one sort, and compare it with the one in force (``current``).

    The fit that is judged sees only the earlier decisions; what is adopted is fitted to all of them. ``refused`` says in
    numbers why it is not. Raises ``ValueError`` without labels.
    """
    if not labels:
        raise ValueError("there is nothing to learn from")
    parts = split(labels)
    wrong = sum(each.wrong for each in parts.later)
    right = len(parts.later) - wrong
    if min(wrong, right) < MIN_LATER or not parts.earlier:
        nothing = Figures(0.0, 0.0)
        sentence = (
            f"the later decisions cannot judge it: {wrong} accepted and {right} rejected among them, "
            f"and {MIN_LATER} of either are needed"
        )
        return Lesson(None, nothing, nothing, len(parts.earlier), len(parts.later), refused=sentence)
    judged = fit(parts.earlier, base, name).model
    before, after = figures(parts.later, current), figures(parts.later, judged)
    refused = _contradiction(parts.later, judged) or _refusal(before, after, "")
    flagged = [each for each in parts.later if not each.sampled]
    if flagged and not refused:  # the samples weigh so much that they would hide it
        refused = _refusal(figures(flagged, current), figures(flagged, judged), " about flags")
    fitted = None if refused else fit(labels, base, name)
    return Lesson(
        None if fitted is None else fitted.model,
        before,
        after,
        len(parts.earlier),
        len(parts.later),
        () if fitted is None else fitted.weights,
        refused,
    )


def _refusal(before: Figures, after: Figures, about: str) -> str:
    where = f"on the later decisions{about}"
    if after.log_loss >= before.log_loss:
        change = "not lower" if after.log_loss == before.log_loss else "higher"
        return f"the log loss {where} is {change}: {before.log_loss:.4f} -> {after.log_loss:.4f}"
    if after.ece > before.ece + ECE_SLACK:
        return f"the calibration error {where} is higher: {before.ece:.4f} -> {after.ece:.4f}"
    return ""


def _contradiction(later: Sequence[Label], judged: Model) -> str:
    """Bad news for both calibrations alike: people decide otherwise than they did, so that nothing holds for both times."""
    found = surprise(later, judged)
    if found <= MAX_SURPRISE:
        return ""
    return (
        f"the later decisions contradict the earlier ones: their log loss is {found:.1f} standard deviations above what "
        f"was to be expected, and at most {MAX_SURPRISE:.0f} are accepted"
    )

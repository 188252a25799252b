"""Citations asked afresh: does a model that sees no evidence name the same first author and year for the title each time?

Models give real works the same authors whenever they are asked, and invented ones new authors each time (Agrawal et al. 2023,
arXiv 2305.18248). It is a signal beside the registries' verdict, never a verdict.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence
from dataclasses import replace

from citations.names import family_key, read_name
from citations.types import Fields, Status
from verifier.fusion import AFRESH, Model, Sort, fuse
from verifier.judges.interface import Answers, AskAfresh, Budget
from verifier.judges.memory import RememberingJudge
from verifier.redacted import redacted
from verifier.types import Finding, Signal, SignalKind, SignalStatus

_LOG = logging.getLogger(__name__)

SAMPLES = 3
_QUESTION = "What is the family name of the first author of the work with this title, and in which year did it appear?"
_FIELDS = ("family", "year")
_OPEN = frozenset({Status.NOT_FOUND, Status.UNCHECKED, Status.UNVERIFIABLE})
"""Verdicts beside which a further signal is of use."""
_YEAR = re.compile(r"\d{4}")


def ask_afresh(
    findings: Sequence[Finding], judge: RememberingJudge, budget: Budget, most: int, model: Model | None = None
) -> tuple[Finding, ...]:
    """The findings, the first ``most`` that no registry settled with one signal more; never raises."""
    left = most
    found = []
    for finding in findings:
        fields = finding.checked.reference.fields
        if left > 0 and finding.status in _OPEN and fields.title and fields.authors:
            left -= 1
            signals = (*finding.signals, _signal(fields, judge, budget))
            finding = replace(finding, signals=signals, risk=fuse(signals, Sort.CITATION, model))  # noqa: PLW2901
        found.append(finding)
    return tuple(found)


def _signal(fields: Fields, judge: RememberingJudge, budget: Budget) -> Signal:
    source = f"{judge.name}{AFRESH}"
    try:
        said = judge.answer(AskAfresh(_QUESTION, fields.title, _FIELDS, SAMPLES), budget)
    except Exception as error:  # noqa: BLE001  an error is never a verdict
        _LOG.warning("the judge failed: %s", redacted(error))
        said = Answers(unavailable=f"the judge failed ({type(error).__name__})")
    if not said.samples:
        because = said.unavailable or "the judge gave no answer"
        return Signal(SignalKind.JUDGE, source, SignalStatus.UNAVAILABLE, because=because)
    right = sum(agrees(fields, family, year) for family, year in said.samples)
    detail = f"named the cited first author and year in {right} of {len(said.samples)} answers from memory"
    return Signal(SignalKind.JUDGE, source, score=round(right / len(said.samples), 4), detail=detail)


def agrees(fields: Fields, family: str, year: str) -> bool:
    """Whether an answer names the cited first author, and no year that is more than one off."""
    if not family.strip() or family_key(read_name(family)) != family_key(fields.authors[0]):
        return False
    named = _YEAR.search(year)
    return named is None or fields.year is None or abs(int(named[0]) - fields.year) <= 1

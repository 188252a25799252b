"""A judge as the Arbiter of ``citations``: asked only where the rules abstain, heard only if it was admitted for it."""

from __future__ import annotations

import logging

from citations.match.evidence import Arbiter
from citations.types import Reference, Work
from verifier.judges.interface import Budget, SameWorkQuestion
from verifier.judges.memory import RememberingJudge
from verifier.redacted import redacted

_LOG = logging.getLogger(__name__)


def arbiter_of(judge: RememberingJudge, budget: Budget) -> Arbiter:
    """A second opinion on whether a record is the cited work; ``None`` for whatever keeps the judge from saying so."""

    def same_work(reference: Reference, work: Work) -> float | None:
        try:
            skill = judge.standing(budget).same_work
            if skill is None or not skill.admitted:
                return None
            said = next(iter(judge.same_work([SameWorkQuestion(reference, work)], budget)), None)
        except Exception as error:  # noqa: BLE001  an error is never a verdict
            _LOG.warning("the judge failed as arbiter: %s", redacted(error))
            return None
        return None if said is None or said.probability is None else skill.calibrated(said.probability)

    return same_work

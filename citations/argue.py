"""Who supported a reference, who refuted it, and whose answer is still missing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from citations.coverage import OFFLINE, registry_title
from citations.types import Argument, Evidence, Outcome

_DERIVED = {"openalex": "crossref"}
"""Registries whose records come from another one: never a second source beside it."""


def argue(evidence: Sequence[Evidence], essential: frozenset[str]) -> Argument:
    """Who said what; a registry counts once, by the best thing it said.

    Only a search refutes: a registry that does not know an identifier may still hold the work. An offline index
    refutes only where it is essential, and nobody refutes while one of his answers is outstanding.
    """
    supported, searched, failed, uncovered = (
        _registries(evidence, outcome)
        for outcome in (Outcome.MATCH, Outcome.NO_MATCH, Outcome.UNAVAILABLE, Outcome.NOT_COVERED)
    )
    by_search = {e.asked.registry for e in evidence if e.outcome is Outcome.NO_MATCH and e.identifier is None}
    refuted = [
        name
        for name in searched
        if name in by_search and name not in supported and name not in failed
        if name != OFFLINE or name in essential
    ]
    settled = {*supported, *refuted}
    return Argument(
        supported_by=tuple(supported),
        refuted_by=tuple(refuted),
        unavailable=tuple(name for name in failed if name not in supported),
        not_covered=tuple(name for name in uncovered if name not in settled and name not in failed),
        essential=tuple(sorted(essential)),
    )


def named(registries: Iterable[str]) -> str:
    """Registries as they are printed, each once."""
    return ", ".join(map(registry_title, dict.fromkeys(registries)))


def _registries(evidence: Sequence[Evidence], outcome: Outcome) -> list[str]:
    return list(dict.fromkeys(each.asked.registry for each in evidence if each.outcome is outcome))


def unanswered(argument: Argument) -> set[str]:
    """Essential registries that neither supported nor refuted, nor said that they could not know."""
    return set(argument.essential) - {*argument.supported_by, *argument.refuted_by, *argument.not_covered}


def independent(registries: Iterable[str]) -> set[str]:
    """The sources behind registries: one whose records come from another is no second source beside it."""
    return {_DERIVED.get(name, name) for name in registries}

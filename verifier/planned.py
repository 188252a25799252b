"""What a run would ask, and whom, before anybody is asked. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from citations.plan import Known, Question, next_questions, same_question
from citations.registries.interface import Registry
from citations.types import Identifier, Reference


@dataclass(frozen=True, slots=True)
class Planned:
    """The questions about one reference."""

    reference: Reference
    rounds: tuple[tuple[Question, ...], ...] = ()
    """The questions of the first round are asked for sure; those of the next only where the answers so far settle nothing."""
    same_as: str = ""
    """Id of an earlier reference that asks the same, and whose answers count for both."""

    @property
    def questions(self) -> tuple[Question, ...]:
        """All of them, as if no registry held the work."""
        return tuple(question for each in self.rounds for question in each)


def planned(references: Iterable[Reference], registries: Sequence[Registry]) -> tuple[Planned, ...]:
    """What would be asked about each reference; a registry that is late may be joined by others sooner than in turn."""
    present = {each.name: each.coverage for each in registries}
    first: dict[tuple[object, ...], str] = {}
    found = []
    for reference in references:
        same_as = first.setdefault(same_question(reference), reference.id)
        if same_as != reference.id:
            found.append(Planned(reference, same_as=same_as))
            continue
        rounds: list[tuple[Question, ...]] = []
        asked: set[tuple[str, Identifier | None]] = set()
        while questions := next_questions(reference, Known(asked, ()), present):
            rounds.append(questions)
            asked |= {(each.registry, each.query.identifier) for each in questions}
        found.append(Planned(reference, tuple(rounds)))
    return tuple(found)

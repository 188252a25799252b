"""A dry run for a reader or a program: who would be asked what, in which order."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TextIO

from citations.plan import Question
from citations.types import Reference, Unreadable
from verifier.harmless import inline
from verifier.planned import Planned
from verifier.registry_names import registry_name
from verifier.render.words import SCHEMES
from verifier.scan import Read

OFFLINE_SENTENCE = "offline: nobody would be asked over the network; only the index and kept answers are looked at"


@dataclass(frozen=True, slots=True)
class DryRun:
    """What would be asked, and under which circumstances."""

    content: Read
    planned: tuple[Planned, ...]
    addresses: Mapping[str, str]
    """The registries of the run, in their order, with the address at which each is asked; empty for the index."""
    offline: bool = False
    """Nobody would be asked over the network; only the index and kept answers."""

    def at_first(self, registry: str) -> int:
        """How many questions are put to it before any answer is known."""
        return sum(each.registry == registry for plan in self.planned for round_ in plan.rounds[:1] for each in round_)

    def at_most(self, registry: str) -> int:
        """How many are put to it if nobody holds any of the works."""
        return sum(each.registry == registry for plan in self.planned for each in plan.questions)

    @property
    def asked_once(self) -> int:
        """References that ask what another asks already."""
        return sum(bool(each.same_as) for each in self.planned)


def render_text(run: DryRun, out: TextIO) -> None:
    """One line a reference, then one a registry, then what cannot be read."""
    places = {each.reference.id: each.reference for each in run.planned}
    for each in run.planned:
        what = _rounds(each) if not each.same_as else f"as part of {_place(places[each.same_as])}"
        out.write(f"{_place(each.reference)} {what}\n")
    out.writelines(
        f"{inline(str(entry.location))}: unreadable  {inline(entry.reason)}\n" for entry in run.content.unreadable
    )
    out.writelines(
        f"{inline(failed.file)}: failed  {inline(failed.reason)} [{failed.code}]\n" for failed in run.content.failed
    )
    number, once = len(run.planned), run.asked_once
    references = f"{number} {'reference' if number == 1 else 'references'}"
    out.write(
        f"{references}, nothing was asked" + (f"; {once} would be asked as part of another" if once else "") + "\n"
    )
    if any(each.rounds[1:] for each in run.planned):
        out.write('what follows a "then" is asked only where the answers so far settle nothing\n')
    for name, address in run.addresses.items():
        first, most = run.at_first(name), run.at_most(name)
        where = f" at {inline(address)}" if address else ""
        out.write(f"{registry_name(name)}{where}: {first} {_questions(first)} at first, at most {most}\n")
    kept = "answers kept from earlier runs are not asked for again; several identifiers go into one request"
    out.write(f"{OFFLINE_SENTENCE if run.offline else kept}\n")


def render_json(run: DryRun, out: TextIO) -> None:
    """The same as one object, in ASCII."""
    record = {
        "type": "dry_run",
        "offline": run.offline,
        "references": [_record(each) for each in run.planned],
        "unreadable": [{**_where(each), "reason": each.reason} for each in run.content.unreadable],
        "failed": [{"file": each.file, "code": each.code, "reason": each.reason} for each in run.content.failed],
        "registries": [
            {"registry": name, "address": address, "at_first": run.at_first(name), "at_most": run.at_most(name)}
            for name, address in run.addresses.items()
        ],
    }
    json.dump(record, out, indent=2)
    out.write("\n")


def _record(each: Planned) -> dict[str, Any]:
    rounds = [[{"registry": ask.registry, "identifier": _identifier(ask)} for ask in round_] for round_ in each.rounds]
    return {**_where(each.reference), "raw": each.reference.raw, "same_as": each.same_as, "rounds": rounds}


def _where(entry: Reference | Unreadable) -> dict[str, Any]:
    return {"file": entry.location.file, "line": entry.location.line, "page": entry.location.page, "key": entry.key}


def _identifier(question: Question) -> str:
    identifier = question.query.identifier
    return "" if identifier is None else f"{identifier.scheme.value}:{identifier.value}"


def _place(reference: Reference) -> str:
    key = f" [{inline(reference.key, 60)}]" if reference.key else ""
    return f"{inline(str(reference.location))}:{key}"


def _rounds(each: Planned) -> str:
    if not each.rounds:
        return "nobody could be asked"
    return "; then ".join(", ".join(_words(question) for question in round_) for round_ in each.rounds)


def _words(question: Question) -> str:
    name, identifier = registry_name(question.registry), question.query.identifier
    if identifier is None:
        return f"{name} (search)"
    return f"{name} (by {SCHEMES[identifier.scheme]} {inline(identifier.value, 80)})"


def _questions(number: int) -> str:
    return "question" if number == 1 else "questions"

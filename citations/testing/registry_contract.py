"""The battery that every registry passes, ours and those of plug-ins."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from citations.registries.interface import Registry
from citations.registries.settings import Patience, RegistrySettings
from citations.testing.extractor_contract import ContractBroken
from citations.testing.faults import Fault
from citations.testing.server import RegistryServer
from citations.types import Answer, DoiExists, DoiUnknown, Found, NotCovered, Query, Unavailable

HASTY = Patience(
    connect_s=1.0, read_s=0.3, total_s=0.5, attempts=2, backoff_s=0.01, retry_after_ceiling_s=0.2, body_bytes=2_000_000
)
"""Bounds small enough for a test to wait for all of them."""


@dataclass(frozen=True, slots=True)
class RegistrySample:
    """What a healthy registry is asked."""

    name: str
    """Under which the server answers, and how the registry calls itself."""
    known: tuple[Query, ...]
    """Questions that it answers with a work, at least two."""
    unknown: tuple[Query, ...]
    """Questions that it answers with "none": an empty list, its own 404."""


def registry_contract(
    build: Callable[[RegistrySettings], Registry], server: RegistryServer, sample: RegistrySample, folder: Path
) -> None:
    """Raise ``ContractBroken`` with one sentence if the registry takes a failure for an answer, or worse.

    Healthy: each query gets exactly one answer, works or none as they are. With each fault switched on: no exception,
    exactly one answer a query, and it is ``Unavailable``. Healed: the same questions are asked again and answered, so
    no failure was kept. The server must run without limits; ``folder`` is empty and writable.
    """
    _check_healthy(build, server, sample, folder / "healthy")
    for number, fault in enumerate(fault for fault in Fault if fault is not Fault.SLOW):
        _check_fault(build, server, sample, fault, folder / f"fault-{number}")


def _check_healthy(
    build: Callable[[RegistrySettings], Registry], server: RegistryServer, sample: RegistrySample, folder: Path
) -> None:
    registry = build(_settings(server, folder))
    _demand(registry.name == sample.name, f"it calls itself {registry.name}")
    twice = (*sample.known, *sample.unknown, *sample.known)
    _check_answers(_ask(registry, twice, "healthy"), sample, "healthy")
    again = _ask(registry, twice, "asked again")
    _check_answers(again, sample, "asked again")
    _demand(all(answer.asked.from_cache for _, answer in again), "kept answers are not used")
    _demand(list(registry.look_up(())) == [], "no query gets an answer")
    registry.close()
    registry.close()
    offline = build(replace(_settings(server, folder), offline=True))
    _check_answers(_ask(offline, twice, "offline"), sample, "offline")
    offline.close()


def _check_fault(
    build: Callable[[RegistrySettings], Registry],
    server: RegistryServer,
    sample: RegistrySample,
    fault: Fault,
    folder: Path,
) -> None:
    registry = build(_settings(server, folder))
    queries = (*sample.known, *sample.unknown)
    server.fail(sample.name, fault, seconds=0.3 if fault is Fault.RATE_LIMITED_RETRY_AFTER else 0.05)
    try:
        answers = _ask(registry, queries, fault)
    finally:
        server.heal()
        registry.close()
    for _, answer in answers:
        _demand(isinstance(answer, Unavailable), f"{fault}: answers {type(answer).__name__} while it fails")
    _demand(_one_each(answers, queries), f"{fault}: not exactly one answer a query")
    healed = build(_settings(server, folder))
    _check_answers(_ask(healed, queries, "healed"), sample, f"healed after {fault}")
    healed.close()


def _check_answers(answers: Sequence[tuple[Query, Answer]], sample: RegistrySample, when: str) -> None:
    for query, answer in answers:
        wanted = "a work" if query in sample.known else "none"
        _demand(_said(answer) == wanted, f"{when}: {_said(answer)} where {wanted} is right")
        _demand(answer.asked.registry == sample.name, f"{when}: the answer names {answer.asked.registry}")


def _said(answer: Answer) -> str:
    match answer:
        case Found(works=works):
            return "a work" if works else "none"
        case DoiExists():
            return "a work"
        case DoiUnknown():
            return "none"
        case NotCovered(reason=reason):
            return f"not covered ({reason})"
        case Unavailable(why=why, detail=detail):
            return f"unavailable ({why}: {detail})"


def _ask(registry: Registry, queries: Sequence[Query], when: str) -> list[tuple[Query, Answer]]:
    try:
        answers = list(registry.look_up(queries))
    except Exception as error:
        raise ContractBroken(f"{when}: look_up raises {error!r}") from error
    _demand(_one_each(answers, queries), f"{when}: not exactly one answer a query")
    return answers


def _one_each(answers: Iterable[tuple[Query, Answer]], queries: Iterable[Query]) -> bool:
    return sorted(id(query) for query, _ in answers) == sorted(map(id, queries))


def _settings(server: RegistryServer, folder: Path) -> RegistrySettings:
    return replace(server.urls, cache_dir=folder, patience=HASTY)


def _demand(holds: bool, sentence: str) -> None:
    if not holds:
        raise ContractBroken(sentence)

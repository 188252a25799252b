"""The battery that every registry passes, ours and those of plug-ins."""

from __future__ import annotations

import shutil
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
"""Bounds small enough for a test to wait for all of them; for registries that fail."""
PATIENT = Patience(connect_s=30.0, read_s=60.0, total_s=60.0, backoff_s=0.01)
"""For healthy ones, which must pass on a slow machine too."""


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


def local_registry_contract(
    build: Callable[[Path], Registry], folder: Path, sample: RegistrySample, scratch: Path
) -> None:
    """Raise ``ContractBroken`` if a registry that reads a folder, such as the offline index, breaks the same rules.

    Sound: each query gets exactly one answer, a work where it is known; what is not known may also be not covered.
    With each of its files cut, garbled or gone, in a copy under ``scratch``: no exception, exactly one answer a query,
    and it is the right one or ``Unavailable``. Without the folder all answers are ``Unavailable``.
    """
    registry = build(folder)
    _demand(registry.name == sample.name, f"it calls itself {registry.name}")
    queries = (*sample.known, *sample.unknown, *sample.known)
    for when in ("sound", "asked again", "closed and asked again"):
        _check_local(_ask(registry, queries, when), sample, when)
        _demand(list(registry.look_up(())) == [], "no query gets an answer")
        if when == "asked again":
            registry.close()
            registry.close()
    registry.close()
    files = sorted(each.relative_to(folder) for each in folder.rglob("*") if each.is_file())
    for number, (file, damage) in enumerate((file, damage) for file in files for damage in _DAMAGES):
        copy = scratch / str(number)
        shutil.copytree(folder, copy)
        damage(copy / file)
        when = f"{file} {damage.__name__.strip('_')}"
        _check_local(_ask_once(build(copy), queries, when), sample, when, or_unavailable=True)
    for query, answer in _ask_once(build(scratch / "missing"), queries, "missing"):
        _demand(isinstance(answer, Unavailable), f"missing: {_said(answer)} to {query.reference.id}")


def _cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 3])


def _garbled(file: Path) -> None:
    file.write_bytes(bytes(byte ^ 0x5A for byte in file.read_bytes()))


def _gone(file: Path) -> None:
    file.unlink()


_DAMAGES = (_cut, _garbled, _gone)


def _ask_once(registry: Registry, queries: Sequence[Query], when: str) -> list[tuple[Query, Answer]]:
    """The answers of a registry that says what it covers before it is asked, and is closed afterwards."""
    try:
        _ = registry.coverage
    except Exception as error:
        raise ContractBroken(f"{when}: coverage raises {error!r}") from error
    answers = _ask(registry, queries, when)
    registry.close()
    return answers


def _check_local(
    answers: Sequence[tuple[Query, Answer]], sample: RegistrySample, when: str, *, or_unavailable: bool = False
) -> None:
    for query, answer in answers:
        right = ("a work",) if query in sample.known else ("none", "not covered")
        allowed = (*right, "unavailable") if or_unavailable else right
        _demand(
            _said(answer).startswith(allowed),
            f"{when}: {_said(answer)} where {right[0]} is right ({query.identifier or query.reference.id})",
        )
        _demand(answer.asked.registry == sample.name, f"{when}: the answer names {answer.asked.registry}")


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
    registry = build(_settings(server, folder, HASTY))
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


def _settings(server: RegistryServer, folder: Path, patience: Patience = PATIENT) -> RegistrySettings:
    return replace(server.urls, cache_dir=folder, patience=patience)


def _demand(holds: bool, sentence: str) -> None:
    if not holds:
        raise ContractBroken(sentence)

"""The folder of kept answers as a whole: damaged, shared by processes, and free of secrets."""

from __future__ import annotations

import multiprocessing
import os
import random
from base64 import b64decode
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from multiprocessing.synchronize import Barrier
from pathlib import Path

import pytest

from citations.registries import load
from citations.registries.cache import AnswerCache, Source
from citations.registries.settings import Patience, RegistrySettings
from citations.testing.respond import Ask, Reply, respond
from citations.testing.server import REGISTRIES, RegistryServer
from citations.types import (
    Answer,
    Asked,
    DoiExists,
    Fields,
    Found,
    Identifier,
    Location,
    Name,
    Query,
    Reference,
    Scheme,
    Unavailable,
    Work,
)

PATIENT = Patience(connect_s=60, read_s=120, total_s=120, backoff_s=0.01)
WORKS = [
    Fields(
        title=f"Observations of {place} meadows",
        authors=(Name("Doe", "J."),),
        year=2001 + number,
        doi=f"10.1000/{number}",
    )
    for number, place in enumerate(("alpine", "boreal", "coastal", "desert"))
]
UNKNOWN = Fields(title="Zebrafish quibble vexingly", doi="10.1000/nothing")
NAMES = ("crossref", "semantic_scholar", "doi_org")
SECRET = "s3cr3t-word"
SOURCE = Source("datacite", "https://api.datacite.org", 1)


@pytest.fixture(scope="module")
def server() -> Iterator[RegistryServer]:
    with RegistryServer(WORKS) as running:
        yield running


def queries() -> list[Query]:
    references = [Reference(each.doi, "", each, Location()) for each in (*WORKS, UNKNOWN)]
    return [Query(each, Identifier(Scheme.DOI, each.id)) for each in references] + [Query(each) for each in references]


def said(answer: Answer) -> str:
    match answer:
        case Found(works=works):
            return " | ".join(f"{work.fields.title} {work.fields.year}" for work in works)
        case Unavailable(why=why, detail=detail):
            return f"unavailable: {why} {detail}"
    return type(answer).__name__


def ask_all(settings: RegistrySettings) -> list[str]:
    """What everybody says to all queries, in one order."""
    registries = load(NAMES, settings)
    asked = queries()
    answers = [{id(query): said(answer) for query, answer in each.look_up(asked)} for each in registries]
    for each in registries:
        each.close()
    return [each[id(query)] for each in answers for query in asked]


def damage(file: Path, dice: random.Random) -> None:
    """One of the ways in which a disk, a full one or an unfinished copy spoils a file."""
    content = bytearray(file.read_bytes())
    if not content:
        return
    start = dice.randrange(len(content))
    match dice.randrange(5):
        case 0:
            content = content[:start]
        case 1:
            for _ in range(200):
                content[dice.randrange(len(content))] = dice.randrange(256)
        case 2:
            content[start : start + 4096] = bytes(len(content[start : start + 4096]))
        case 3:
            content = bytearray(dice.randbytes(len(content)))
        case _:
            content[:100] = dice.randbytes(100)
    file.write_bytes(content)


def test_no_damage_to_the_files_changes_or_costs_an_answer(server, tmp_path):
    settings = replace(server.urls, patience=PATIENT, cache_dir=tmp_path)
    right = ask_all(settings)
    assert not any(each.startswith("unavailable") for each in right)
    dice = random.Random(7)
    wrong: list[tuple[int, str, str]] = []
    for turn in range(50):
        for file in sorted(tmp_path.iterdir()):
            damage(file, dice)
        wrong += [(turn, *pair) for pair in zip(right, ask_all(settings), strict=True) if len(set(pair)) > 1]
    assert wrong == []


def test_no_damage_lets_an_offline_run_say_anything_new(server, tmp_path):
    settings = replace(server.urls, patience=PATIENT, cache_dir=tmp_path)
    right = ask_all(settings)
    dice = random.Random(8)
    new: list[str] = []
    for _ in range(20):
        for file in sorted(tmp_path.iterdir()):
            damage(file, dice)
        answers = ask_all(replace(settings, offline=True))
        new += [
            each
            for each, known in zip(answers, right, strict=True)
            if each not in {known, "unavailable: offline offline"}
        ]
        ask_all(settings)
    assert new == []


def test_password_of_a_mirror_is_sent_and_never_kept_or_shown(tmp_path):
    seen: set[str] = set()
    held = RegistryServer(WORKS)

    def behind_password(name: str, asked: Ask) -> Reply:
        seen.add(asked.headers.get("authorization", ""))
        return respond(name, held.shelves, asked)

    mirrors = {name: lambda asked, name=name: behind_password(name, asked) for name in REGISTRIES}
    with held, RegistryServer(others=mirrors) as server:
        urls = {f"{name}_url": server.url(name).replace("//", f"//someone:{SECRET}@") for name in REGISTRIES}
        settings = replace(server.urls, **urls, patience=PATIENT, cache_dir=tmp_path)
        assert SECRET not in repr(settings)
        registries = load(None, settings)
        answers = [answer for each in registries for _, answer in each.look_up(queries())]
        kept = [each.name for each in tmp_path.rglob("*") if SECRET.encode() in each.read_bytes()]
        for each in registries:
            each.close()
    assert {b64decode(each.removeprefix("Basic ")).decode() for each in seen} == {f"someone:{SECRET}"}
    assert any(isinstance(answer, Found) and answer.works for answer in answers)
    assert SECRET not in repr(answers)
    assert kept + [each.name for each in tmp_path.rglob("*") if SECRET.encode() in each.read_bytes()] == []


def at_once(*works: tuple[Callable[..., None], Path | RegistrySettings, int]) -> list[object]:
    """What each work puts into its queue, all run at the same time by a process of its own, none of which may crash."""
    context = multiprocessing.get_context("spawn")
    barrier, results = context.Barrier(len(works)), context.Queue()
    processes = [context.Process(target=work, args=(barrier, results, *rest)) for work, *rest in works]
    for process in processes:
        process.start()
    brought = [results.get(timeout=300) for _ in processes]
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0] * len(works)
    return brought


def kept_answer(number: int) -> Found:
    asked = Asked("datacite", f"https://api.datacite.org/dois/{number}", datetime(2026, 11, 25, tzinfo=UTC))
    return Found(asked, (Work("datacite", str(number), "", Fields(title=f"Work {number}", year=1900 + number)),))


def at_noon() -> datetime:
    return datetime(2026, 11, 25, 12, tzinfo=UTC)


def _write_and_read(barrier: Barrier, results: multiprocessing.Queue, folder: Path, first: int) -> None:
    cache = AnswerCache(folder, at_noon)
    barrier.wait()
    wrong = []
    for number in range(first, first + 60):
        cache.put(SOURCE, f"own {number}", kept_answer(number))
        cache.put(SOURCE, "common", kept_answer(number))
        answer = cache.get(SOURCE, "common")
        works = answer.works if isinstance(answer, Found) else ()
        if [work.fields for work in works] != [
            kept_answer(int(work.key)).works[0].fields for work in works
        ] or not works:
            wrong.append(number)
    cache.close()
    results.put(wrong)


def test_two_processes_write_and_read_one_cache_at_once(tmp_path):
    assert at_once((_write_and_read, tmp_path, 0), (_write_and_read, tmp_path, 60)) == [[], []]
    cache = AnswerCache(tmp_path, at_noon)
    assert [number for number in range(120) if cache.get(SOURCE, f"own {number}") is None] == []
    cache.close()


def _ask_again(barrier: Barrier, results: multiprocessing.Queue, settings: RegistrySettings, turns: int) -> None:
    barrier.wait()
    results.put([ask_all(settings) for _ in range(turns)])


def test_two_runs_at_once_share_one_cache_and_both_are_right(server, tmp_path):
    right = ask_all(replace(server.urls, patience=PATIENT))
    shared = replace(server.urls, patience=PATIENT, cache_dir=tmp_path)
    assert at_once((_ask_again, shared, 2), (_ask_again, shared, 2)) == [[right] * 2] * 2
    assert ask_all(replace(shared, offline=True)) == right


def _spoil(barrier: Barrier, results: multiprocessing.Queue, folder: Path, turns: int) -> None:
    """Write over pieces of the open file, without ever making it shorter."""
    dice = random.Random(9)
    barrier.wait()
    for _ in range(turns):
        # The other process throws the damaged file away and makes a new one.
        with suppress(FileNotFoundError), (folder / "answers-2.sqlite3").open("r+b") as file:
            size = os.fstat(file.fileno()).st_size
            file.seek(dice.randrange(max(1, size - 512)))
            file.write(dice.randbytes(512) if size > 512 else b"")
    results.put([])


def _read_beside(barrier: Barrier, results: multiprocessing.Queue, folder: Path, turns: int) -> None:
    barrier.wait()
    wrong = []
    cache = AnswerCache(folder, at_noon)
    for number in range(turns):
        cache.put(SOURCE, f"{number}", kept_answer(number % 100))
        for back in range(max(0, number - 5), number + 1):
            answer = cache.get(SOURCE, f"{back}")
            if answer is not None and (not isinstance(answer, Found) or answer.works != kept_answer(back % 100).works):
                wrong.append(back)
    cache.close()
    results.put(wrong)


def test_file_that_is_spoilt_while_another_process_uses_it_gives_right_answers_or_none(tmp_path):
    cache = AnswerCache(tmp_path, at_noon)
    cache.put(SOURCE, "first", DoiExists(kept_answer(0).asked, "10.1000/x"))
    cache.close()
    assert at_once((_spoil, tmp_path, 150), (_read_beside, tmp_path, 150)) == [[], []]

"""Flagged answers on their way to the database."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from tests.verifier.server.proxy.callers import ASK, BAD, openai_client, stream_of
from tests.verifier.server.proxy.world import WordChecker, answer, events, world
from tests.verifier.wrapping.llm_server import chat
from verifier.checker import Subject
from verifier.server.proxy import keeper
from verifier.server.proxy.keeper import Keeper
from verifier.server.proxy.metrics import Metrics
from verifier.server.proxy.settings import ProxyPolicy
from verifier.store import open_store
from verifier.store.connect import closing_engine
from verifier.store.flags import list_flags
from verifier.store.reviews import ReviewAnswer, decide


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'flags.db'}"


def keeping(url: str) -> Callable[[Metrics], Keeper]:
    return lambda metrics: Keeper(url, metrics, "digest")


def flagged(url: str) -> list[tuple[str, int, str]]:
    with closing_engine(open_store(url)) as engine:
        return [
            (each.status.value, each.seen, each.finding.checked.reference.location.file) for each in list_flags(engine)
        ]


def test_flagged_answers_are_kept_once_each_and_others_are_not(url: str) -> None:
    with world(keeping(url)) as running, openai_client(running) as client:
        running.upstream.script = answer(chat("[verified]"))
        client.chat.completions.create(**ASK)
        running.upstream.script = answer(chat(BAD))
        client.chat.completions.create(**ASK)
        running.upstream.script = events(*stream_of(BAD))
        list(client.chat.completions.create(**ASK, stream=True))
    assert flagged(url) == [("fabricated", 2, "proxy m")]
    assert running.metrics.counted("verifier_flags_kept_total") == 2


def test_what_people_dismissed_no_longer_blocks(url: str) -> None:
    with world(keeping(url), policy=ProxyPolicy.BLOCK) as running, openai_client(running) as client:
        running.upstream.script = answer(chat(BAD))
        first = client.with_options(max_retries=0).chat.completions.with_raw_response
        with pytest.raises(Exception, match="held back"):
            first.create(**ASK)
        assert running.settled(lambda: bool(running.metrics.counted("verifier_flags_kept_total")))
        with closing_engine(open_store(url)) as engine:
            decide(engine, list_flags(engine)[0].id, ReviewAnswer.REJECT, "Ana")
        found = client.chat.completions.with_raw_response.create(**ASK)
    assert (found.status_code, found.headers["x-verifier-decision"]) == (200, "pass")


def test_a_locked_database_changes_no_answer_and_loses_nothing_once_it_is_free(url: str) -> None:
    with world(keeping(url)) as running, openai_client(running) as client:
        locking = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
        locking.execute("BEGIN EXCLUSIVE")
        running.upstream.script = answer(chat(BAD))
        raw = client.chat.completions.with_raw_response.create(**ASK)
        assert (raw.http_response.json(), raw.headers["x-verifier-decision"]) == (chat(BAD), "flag")
        locking.execute("ROLLBACK")
        locking.close()
    assert flagged(url) == [("fabricated", 1, "proxy m")]


def test_a_database_that_cannot_say_what_people_decided_is_asked_once_for_an_answer(
    url: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    report = WordChecker().check(Subject("[verified] [fabricated] [not_found]"))
    keeper_of_flags = keeping(url)(Metrics())
    with closing(sqlite3.connect(tmp_path / "flags.db")) as damaging:
        damaging.execute("DROP TABLE flags")
    assert keeper_of_flags.finish(report) == report
    keeper_of_flags.close()
    assert len(caplog.records) == 1


def test_a_database_that_is_gone_changes_no_answer_and_is_counted(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeper, "TRIES_AFTER_S", (0.0, 0.0))
    with world(keeping(url)) as running, openai_client(running) as client:
        with sqlite3.connect(tmp_path / "flags.db") as damaging:
            damaging.execute("DROP TABLE flags")
        running.upstream.script = answer(chat(BAD))
        raw = client.chat.completions.with_raw_response.create(**ASK)
        assert raw.headers["x-verifier-decision"] == "flag"
        assert running.settled(lambda: bool(running.metrics.counted("verifier_flags_lost_total")))
        damaging.close()

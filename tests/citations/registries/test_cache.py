"""Answers by record: what is kept, how long, and what never is."""

from __future__ import annotations

import sqlite3
import stat
import threading
import zlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest

from citations.registries.bodies import Body
from citations.registries.cache import AnswerCache, Source
from citations.types import (
    Asked,
    DoiExists,
    DoiUnknown,
    Fields,
    Found,
    Identifier,
    Kind,
    Name,
    NotCovered,
    Retraction,
    RetractionKind,
    Scheme,
    Unavailable,
    Why,
    Work,
)

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
SOURCE = Source("datacite", "https://api.datacite.org", 1)
CROSSREF = Source("crossref", "https://api.crossref.org", 1, tells_retractions=True)
ASKED = Asked("datacite", "https://api.datacite.org/dois/x", NOW, body_sha256="ab" * 32)
WORK = Work(
    registry="datacite",
    key="10.1/x",
    url="https://doi.org/10.1/x",
    fields=Fields(
        title="Ünïcode “titles” \x07 and \ud800 worse",
        authors=(Name("van den Oord", "Aäron"), Name(literal="ATLAS Collaboration")),
        year=2020,
        kind=Kind.DATASET,
        doi="10.1/x",
    ),
    other_titles=("Another",),
    other_years=(2019,),
    other_ids=(Identifier(Scheme.ARXIV, "2001.00001"),),
    retraction=Retraction(RetractionKind.CONCERN, "10.1/notice", "2021-03-04", "publisher"),
)
FOUND = Found(ASKED, (replace(WORK, fields=replace(WORK.fields, title="Ünïcode “titles” \x07")),))
NONE = Found(ASKED, ())


class Clock:
    now = NOW

    def __call__(self) -> datetime:
        return self.now


def cache(folder: Path | None = None) -> tuple[AnswerCache, Clock]:
    clock = Clock()
    return AnswerCache(folder, clock), clock


@pytest.mark.parametrize("answer", [FOUND, NONE, DoiExists(ASKED, "10.1/x", "DataCite"), DoiUnknown(ASKED, "10.1/y")])
def test_answer_comes_back_as_it_was_and_says_that_it_was_kept(answer, tmp_path):
    kept, _ = cache(tmp_path)
    kept.put(SOURCE, "doi:10.1/x", answer)
    again = AnswerCache(tmp_path, Clock())
    assert again.get(SOURCE, "doi:10.1/x") == replace(answer, asked=replace(ASKED, from_cache=True))


@pytest.mark.parametrize("answer", [Unavailable(ASKED, Why.TIMEOUT), NotCovered(ASKED, "no")])
def test_what_is_no_statement_about_the_work_is_not_kept(answer):
    kept, _ = cache()
    kept.put(SOURCE, "doi:10.1/x", answer)
    assert kept.get(SOURCE, "doi:10.1/x") is None


@pytest.mark.parametrize(
    ("source", "answer", "cited_year", "days"),
    [
        (SOURCE, FOUND, 2020, 90),
        (CROSSREF, FOUND, 2020, 14),
        (SOURCE, NONE, 2020, 7),
        (SOURCE, NONE, 2025, 1),
        (SOURCE, NONE, 2026, 1),
        (SOURCE, NONE, None, 1),
        (CROSSREF, NONE, 2020, 7),
        (SOURCE, DoiExists(ASKED, "10.1/x"), 2020, 90),
        (SOURCE, DoiUnknown(ASKED, "10.1/x"), 2020, 7),
    ],
)
def test_positives_stay_fresh_long_and_negatives_briefly(source, answer, cited_year, days):
    kept, clock = cache()
    kept.put(source, "key", answer, cited_year=cited_year)
    clock.now = NOW + timedelta(days=days) - timedelta(minutes=1)
    assert kept.get(source, "key") is not None
    clock.now = NOW + timedelta(days=days) + timedelta(minutes=1)
    assert kept.get(source, "key") is None


def test_stale_positive_may_stand_in_and_a_stale_negative_may_not():
    kept, clock = cache()
    kept.put(CROSSREF, "positive", FOUND)
    kept.put(CROSSREF, "negative", NONE)
    clock.now = NOW + timedelta(days=30)
    assert kept.get(CROSSREF, "positive", stale=True) is not None
    assert kept.get(CROSSREF, "negative", stale=True) is None


@pytest.mark.parametrize(
    "other",
    [
        replace(SOURCE, base_url="http://127.0.0.1:8000/datacite"),
        replace(SOURCE, decoder=2),
        replace(SOURCE, registry="crossref"),
    ],
)
def test_answer_serves_only_the_registry_place_and_decoder_that_it_came_from(other):
    kept, _ = cache()
    kept.put(SOURCE, "key", FOUND)
    assert kept.get(other, "key") is None


def test_newer_answer_replaces_the_older():
    kept, _ = cache()
    kept.put(SOURCE, "key", NONE)
    kept.put(SOURCE, "key", FOUND)
    assert kept.get(SOURCE, "key") == replace(FOUND, asked=replace(ASKED, from_cache=True))


def test_title_that_json_cannot_hold_does_no_harm():
    kept, _ = cache()
    kept.put(SOURCE, "key", Found(ASKED, (WORK,)))
    kept.put(SOURCE, "other", FOUND)
    assert kept.get(SOURCE, "other") is not None


@pytest.mark.parametrize("damage", ["", "{", "[]", "null", '{"asked": 1, "works": []}', "\x00"])
def test_damaged_row_is_a_miss(damage, tmp_path):
    kept, _ = cache(tmp_path)
    kept.put(SOURCE, "key", FOUND)
    kept.close()
    with sqlite3.connect(tmp_path / "answers-2.sqlite3") as connection:
        connection.execute("UPDATE answer SET answer = ?", (damage,))
    connection.close()
    assert kept.get(SOURCE, "key") is None
    kept.put(SOURCE, "key", FOUND)
    assert kept.get(SOURCE, "key") is not None


@pytest.mark.parametrize(
    "change",
    [
        "answer = replace(answer, '2020', '2021')",
        "answer = replace(answer, 'Oord', 'Oost')",
        "answer = CAST(x'7bff7d' AS TEXT)",
        "answer = x'7b7d'",
        "outcome = 'DoiExists'",
        "outcome = 'Nothing'",
        "asked_at = 'soon'",
        "asked_at = asked_at - 1",
        "fresh_until = 1e300",
        "usable_until = usable_until + 1",
        "usable_until = 'never'",
        "body_sha256 = ''",
        "seal = ''",
        "seal = x'ff'",
    ],
)
def test_row_that_changed_in_any_place_is_a_miss_and_goes(change, tmp_path):
    kept, _ = cache(tmp_path)
    kept.put(SOURCE, "key", FOUND)
    kept.put(SOURCE, "other", FOUND)
    kept.close()
    with sqlite3.connect(tmp_path / "answers-2.sqlite3") as connection:
        assert connection.execute(f"UPDATE answer SET {change} WHERE key = 'key'").rowcount == 1
    connection.close()
    assert kept.get(SOURCE, "key", stale=True) is None
    assert kept.get(SOURCE, "other") is not None
    kept.close()
    with sqlite3.connect(tmp_path / "answers-2.sqlite3") as connection:
        assert connection.execute("SELECT key FROM answer").fetchall() == [("other",)]
    connection.close()


def test_answer_of_another_question_is_a_miss(tmp_path):
    kept, _ = cache(tmp_path)
    kept.put(SOURCE, "key", FOUND)
    kept.close()
    with sqlite3.connect(tmp_path / "answers-2.sqlite3") as connection:
        connection.execute("UPDATE answer SET key = 'other'")
    connection.close()
    assert kept.get(SOURCE, "other") is None


@pytest.mark.parametrize("content", [zlib.compress(b"another"), b"no zlib", b""])
def test_damaged_body_is_a_miss(content, tmp_path):
    kept, _ = cache(tmp_path)
    body = Body(replace(ASKED, body_sha256=sha256(b"one").hexdigest()), 200, b"one")
    kept.keep_body(body)
    kept.close()
    with sqlite3.connect(tmp_path / "answers-2.sqlite3") as connection:
        connection.execute("UPDATE body SET content = ?", (content,))
    connection.close()
    assert kept.body(body.asked.body_sha256) is None
    kept.keep_body(body)
    assert kept.body(body.asked.body_sha256) == b"one"


@pytest.mark.parametrize("answer", [FOUND, NONE])
@pytest.mark.parametrize("stale", [False, True])
def test_answer_from_the_future_is_a_miss(answer, stale, tmp_path):
    kept, clock = cache(tmp_path)
    clock.now = NOW.replace(year=2040)
    kept.put(SOURCE, "key", replace(answer, asked=replace(ASKED, asked_at=clock.now)))
    clock.now = NOW
    assert kept.get(SOURCE, "key", stale=stale) is None


def test_clock_may_be_a_little_late():
    kept, clock = cache()
    kept.put(SOURCE, "key", FOUND)
    clock.now = NOW - timedelta(minutes=4)
    assert kept.get(SOURCE, "key") is not None
    clock.now = NOW - timedelta(minutes=6)
    assert kept.get(SOURCE, "key") is None


def test_what_cannot_be_kept_costs_nothing_else(tmp_path):
    kept, _ = cache(tmp_path)
    kept.put(SOURCE, "key", FOUND)
    kept.put(SOURCE, "half a pair \ud800", FOUND)
    assert kept.get(SOURCE, "half a pair \ud800") is None
    assert kept.get(SOURCE, "key") is not None


def test_password_in_a_url_stays_out_of_the_key():
    source = Source("crossref", "https://someone:secret@mirror.example.org/v1", 1)
    assert source.key == Source("crossref", "https://mirror.example.org/v1", 1).key


@pytest.mark.parametrize("content", [b"", b"garbage" * 1000, b"SQLite format 3\x00" + b"\xff" * 5000])
def test_damaged_file_is_made_anew(content, tmp_path):
    (tmp_path / "answers-2.sqlite3").write_bytes(content)
    kept, _ = cache(tmp_path)
    assert kept.get(SOURCE, "key") is None
    kept.put(SOURCE, "key", FOUND)
    assert kept.get(SOURCE, "key") is not None


def test_file_damaged_while_it_is_open_is_made_anew(tmp_path):
    kept, _ = cache(tmp_path)
    kept.put(SOURCE, "key", FOUND)
    kept.close()
    file = tmp_path / "answers-2.sqlite3"
    content = file.read_bytes()
    file.write_bytes(content[:100] + b"\xff" * (len(content) - 100))
    kept.get(SOURCE, "key")
    kept.put(SOURCE, "key", FOUND)
    assert kept.get(SOURCE, "key") is not None


def test_place_that_cannot_be_written_is_replaced_by_memory(tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    kept, _ = cache(blocked / "folder")
    kept.put(SOURCE, "key", FOUND)
    assert kept.get(SOURCE, "key") is not None


def test_file_is_for_its_owner_only(tmp_path):
    kept, _ = cache(tmp_path / "new")
    kept.put(SOURCE, "key", FOUND)
    modes = {stat.S_IMODE(file.stat().st_mode) for file in (tmp_path / "new").iterdir()}
    assert modes == {0o600}
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o700


def test_body_is_kept_compressed_under_its_digest(tmp_path):
    kept, _ = cache(tmp_path)
    content = b'{"a": 1}' * 1000
    body = Body(replace(ASKED, body_sha256=sha256(content).hexdigest()), 200, content, "application/json")
    kept.keep_body(body)
    assert AnswerCache(tmp_path).body(body.asked.body_sha256) == body.content
    assert kept.body("00" * 32) is None
    assert (tmp_path / "answers-2.sqlite3").stat().st_size < 50_000


def test_what_is_too_old_is_dropped(tmp_path):
    kept, clock = cache(tmp_path)
    old = Body(replace(ASKED, body_sha256=sha256(b"old").hexdigest()), 200, b"old")
    kept.keep_body(old)
    assert kept.body(old.asked.body_sha256) == b"old"
    kept.put(SOURCE, "key", FOUND)
    clock.now = NOW + timedelta(days=91)
    later = AnswerCache(tmp_path, clock)
    later.keep_body(Body(replace(ASKED, body_sha256="cd" * 32), 200, b"new"))
    assert later.body(old.asked.body_sha256) is None


def test_several_writers_do_not_lose_answers(tmp_path):
    caches = [AnswerCache(tmp_path, Clock()) for _ in range(4)]

    def write(number: int) -> None:
        for place in range(25):
            caches[number].put(SOURCE, f"{number} {place}", FOUND)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    keys = [f"{number} {place}" for number in range(4) for place in range(25)]
    assert [key for key in keys if caches[0].get(SOURCE, key) is None] == []


def test_nothing_in_the_file_can_execute_when_it_is_read(tmp_path):
    kept, _ = cache(tmp_path)
    kept.put(SOURCE, "key", FOUND)
    with sqlite3.connect(tmp_path / "answers-2.sqlite3") as connection:
        (text,) = connection.execute("SELECT answer FROM answer").fetchone()
    connection.close()
    assert text.startswith("{")

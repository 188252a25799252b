"""The pace of asking: learnt, shared, bounded."""

from __future__ import annotations

import multiprocessing
import sqlite3
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citations.registries.limits import Lane, Limits, Rate, read_rate, read_retry_after

LIST = Lane("crossref list", interval_s=1.0, connections=1)


class Clock:
    def __init__(self, now: float = 1_000_000.0) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


@pytest.mark.parametrize(
    ("limit", "interval", "expected"),
    [
        ("50", "1s", 0.02),
        ("50, 50", "1s, 1s", 0.02),
        ("50, 3", "1s, 1s", 1 / 3),
        ("10", "1m", 6.0),
        ("3", "1", 1 / 3),
        ("", "1s", None),
        ("50", "", None),
        ("lots", "1s", None),
        ("-5", "1s", None),
        ("0", "1s", None),
        ("1e9", "1s", None),
        ("999999999", "1s", None),
        ("50", "1 fortnight", None),
        ("1", "99999h", None),
    ],
)
def test_rate_is_read_from_headers_and_nonsense_is_not(limit, interval, expected):
    rate = read_rate({"x-rate-limit-limit": limit, "x-rate-limit-interval": interval})
    assert rate.interval_s == (None if expected is None else pytest.approx(expected))


def test_older_spelling_of_the_rate_headers_is_read():
    assert read_rate({"x-ratelimit-limit": "50", "x-ratelimit-interval": "1s"}).interval_s == pytest.approx(0.02)


@given(
    st.dictionaries(st.sampled_from(["x-rate-limit-limit", "x-rate-limit-interval", "x-concurrency-limit"]), st.text())
)
def test_no_header_can_stop_or_unleash_the_asking(headers):
    rate = read_rate(headers)
    assert rate.interval_s is None or 0.005 <= rate.interval_s <= 600
    assert rate.connections is None or 1 <= rate.connections <= 50


@pytest.mark.parametrize(
    ("text", "expected"),
    [("120", 120.0), ("0", 0.0), (" 7 ", 7.0), ("", None), ("soon", None), ("-3", None), ("1e5", None)],
)
def test_retry_after_in_seconds(text, expected):
    assert read_retry_after(text, now=0.0) == expected


def test_retry_after_as_a_date():
    assert read_retry_after("Thu, 01 Jan 1970 00:02:00 GMT", now=20.0) == 100.0
    assert read_retry_after("Thu, 01 Jan 1970 00:02:00 GMT", now=500.0) == 0.0


def test_requests_of_one_lane_keep_their_distance():
    limits = Limits(None, Clock())
    assert [round(limits.reserve(LIST), 3) for _ in range(4)] == [0.0, 1.1, 2.2, 3.3]


def test_lanes_do_not_wait_for_each_other():
    limits = Limits(None, Clock())
    limits.reserve(LIST)
    assert limits.reserve(Lane("crossref single", interval_s=0.1)) == 0.0


def test_distance_is_forgotten_after_a_rest():
    clock = Clock()
    limits = Limits(None, clock)
    limits.reserve(LIST)
    clock.now += 60
    assert limits.reserve(LIST) == 0.0


def test_burst_lets_a_short_list_through_at_once():
    limits = Limits(None, Clock())
    lane = Lane("datacite", interval_s=1.0, burst=3)
    assert [round(limits.reserve(lane), 1) for _ in range(6)] == [0.0, 0.0, 0.0, 0.3, 1.4, 2.5]


def test_learnt_pace_replaces_the_assumed_one_at_once():
    limits = Limits(None, Clock())
    limits.reserve(LIST)
    limits.learn(LIST, Rate(interval_s=0.1))
    assert [round(limits.reserve(LIST), 2) for _ in range(3)] == [0.11, 0.22, 0.33]


def test_learnt_pace_is_forgotten_after_a_day():
    clock = Clock()
    limits = Limits(None, clock)
    limits.learn(LIST, Rate(interval_s=0.1))
    clock.now += 100_000
    assert [round(limits.reserve(LIST), 2) for _ in range(2)] == [0.0, 1.1]


def test_answer_without_rate_headers_teaches_nothing():
    limits = Limits(None, Clock())
    limits.learn(LIST, Rate())
    assert [round(limits.reserve(LIST), 2) for _ in range(2)] == [0.0, 1.1]


def test_pause_holds_everybody_back():
    clock = Clock()
    limits = Limits(None, clock)
    limits.pause(LIST, 30)
    assert limits.free_in(LIST) == pytest.approx(30)
    assert limits.reserve(LIST) == pytest.approx(30)


def test_pause_counts_in_a_lane_with_burst_as_well():
    limits = Limits(None, Clock())
    lane = Lane("datacite", interval_s=1.0, burst=50)
    limits.pause(lane, 30)
    assert limits.reserve(lane) == pytest.approx(30)


def test_clock_that_was_set_back_does_not_stop_a_lane():
    clock = Clock()
    limits = Limits(None, clock)
    limits.reserve(LIST)
    clock.now -= 1_000_000
    assert limits.reserve(LIST) == 0.0


@pytest.mark.parametrize("seconds", [6, 600, 86_400])
def test_pause_told_before_the_clock_was_set_back_is_forgotten(seconds):
    clock = Clock()
    limits = Limits(None, clock)
    limits.pause(LIST, 600)
    clock.now -= seconds
    assert limits.free_in(LIST) == 0.0


def test_longest_pause_counts_in_a_lane_with_burst_as_well():
    limits = Limits(None, Clock())
    lane = Lane("datacite", interval_s=1.0, burst=50)
    limits.pause(lane, 3_600)
    assert limits.free_in(lane) == pytest.approx(3_600)


@pytest.mark.parametrize(
    "change",
    [
        "free_at = free_at + 3000",
        "free_at = 'never'",
        "interval_s = 500",
        "interval_s = 1e300",
        "interval_s = x'ff'",
        "learnt_at = 1e300",
        "kept_at = 0",
        "kept_at = 'now'",
        "seal = CAST(x'ff' AS TEXT)",
    ],
)
def test_damaged_row_stops_nobody(change, tmp_path):
    limits = Limits(tmp_path, Clock())
    limits.learn(LIST, Rate(interval_s=0.1))
    limits.close()
    with sqlite3.connect(tmp_path / "limits-2.sqlite3") as connection:
        assert connection.execute(f"UPDATE lane SET {change}").rowcount == 1
    connection.close()
    assert [round(limits.reserve(LIST), 2) for _ in range(2)] == [0.0, 1.1]


def test_password_in_a_url_is_not_kept(tmp_path):
    lanes = [Lane(f"crossref https://someone:{word}@mirror.example.org list", 1.0) for word in ("secret", "secret2")]
    limits = Limits(tmp_path, Clock())
    assert [round(limits.reserve(lane), 2) for lane in lanes] == [0.0, 1.1]
    assert [each.name for each in tmp_path.iterdir() if b"secret" in each.read_bytes()] == []
    limits.close()


def test_threads_get_different_moments():
    limits = Limits(None, Clock())
    taken: list[float] = []
    threads = [threading.Thread(target=lambda: taken.append(round(limits.reserve(LIST), 3))) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == [round(1.1 * place, 3) for place in range(20)]


def _reserve_in_process(folder: Path, results: multiprocessing.Queue) -> None:
    limits = Limits(folder, Clock())
    for _ in range(10):
        results.put(round(limits.reserve(LIST), 3))


def test_processes_share_one_quota(tmp_path):
    context = multiprocessing.get_context("spawn")
    results = context.Queue()
    processes = [context.Process(target=_reserve_in_process, args=(tmp_path, results)) for _ in range(3)]
    for process in processes:
        process.start()
    taken = sorted(results.get(timeout=300) for _ in range(30))
    for process in processes:
        process.join()
    assert taken == [round(1.1 * place, 3) for place in range(30)]


def test_connections_are_limited_and_the_limit_can_grow():
    limits = Limits(None)
    stop = threading.Event()
    inside = threading.Event()
    with limits.in_flight(LIST, stop):
        second = threading.Thread(target=lambda: _enter(limits, inside))
        second.start()
        assert not inside.wait(0.1)
        limits.learn(LIST, Rate(connections=2))
        assert inside.wait(120)
    second.join()


def _enter(limits: Limits, inside: threading.Event) -> None:
    with limits.in_flight(LIST, threading.Event()):
        inside.set()


def test_nobody_waits_for_a_connection_beyond_the_stop():
    limits = Limits(None)
    stop = threading.Event()
    stop.set()
    with limits.in_flight(LIST, stop), limits.in_flight(LIST, stop):
        pass


def test_damaged_file_is_made_anew(tmp_path):
    (tmp_path / "limits-2.sqlite3").write_bytes(b"no database at all" * 100)
    limits = Limits(tmp_path, Clock())
    assert [round(limits.reserve(LIST), 2) for _ in range(2)] == [0.0, 1.1]

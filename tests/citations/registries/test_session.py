"""The one HTTP path, against a real server that misbehaves."""

from __future__ import annotations

import json
import logging
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256

import pytest

from citations.registries.bodies import Body, Undecodable, read_object
from citations.registries.limits import Lane
from citations.registries.session import Request, Session, user_agent
from citations.registries.settings import Patience, RegistrySettings
from citations.testing.faults import Fault
from citations.testing.respond import Ask, Reply
from citations.testing.server import RegistryServer
from citations.types import Unavailable, Why

PATIENT = Patience(connect_s=30, read_s=60, total_s=60, attempts=2, backoff_s=0.01, body_bytes=1_000_000)
HASTY = replace(PATIENT, read_s=0.3, total_s=0.6)
"""For what never answers in time, on no machine."""
SECRET = "s3cr3t-key"


def healthy(ask: Ask) -> Reply:
    return Reply(200, b'{"ok": true}')


@pytest.fixture
def server():
    with RegistryServer(others={"any": healthy}) as running:
        yield running


@pytest.fixture
def session(server):
    opened = Session(replace(server.urls, patience=PATIENT))
    opened.join("any")
    yield opened
    opened.leave("any")


def request(server: RegistryServer, path: str = "/works", **changes) -> Request:
    lane = Lane("any", interval_s=0.0, connections=4)
    return replace(Request("any", lane, server.url("any") + path), **changes)


def why(answer: object) -> Why | None:
    return answer.why if isinstance(answer, Unavailable) else None


def test_decoded_answer_says_what_was_asked_and_what_came(server, session):
    body = session.get(request(server, params=(("q", "a b"),)))
    assert isinstance(body, Body)
    assert read_object(body) == {"ok": True}
    assert body.asked.url == server.url("any") + "/works?q=a+b"
    assert body.asked.body_sha256 == sha256(body.content).hexdigest()
    assert session.cache.body(body.asked.body_sha256) == b'{"ok": true}'


@pytest.mark.parametrize(
    ("fault", "reason", "attempts"),
    [
        (Fault.RATE_LIMITED, Why.RATE_LIMITED, 2),
        (Fault.FORBIDDEN, Why.FORBIDDEN, 1),
        (Fault.SERVER_ERROR, Why.SERVER_ERROR, 2),
        (Fault.OUT_OF_SERVICE, Why.SERVER_ERROR, 2),
        (Fault.HTML, Why.BAD_BODY, 2),
        (Fault.HTML_NOT_FOUND, Why.BAD_BODY, 2),
        (Fault.PROXY_VERSION, Why.BAD_BODY, 2),
        (Fault.PARTIAL_CONTENT, Why.BAD_BODY, 2),
        (Fault.TRUNCATED, Why.BAD_BODY, 2),
        (Fault.WRONG_GZIP, Why.BAD_BODY, 2),
        (Fault.EMPTY_BODY, Why.BAD_BODY, 2),
        (Fault.REDIRECT_LOOP, Why.BAD_BODY, 10),
        (Fault.REDIRECT_ELSEWHERE, Why.BAD_BODY, 2),
        (Fault.SLOW, Why.TIMEOUT, 2),
        (Fault.DRIP, Why.TIMEOUT, 2),
        (Fault.HANG, Why.TIMEOUT, 2),
        (Fault.HUGE, Why.BAD_BODY, 2),
        (Fault.RESET, Why.SERVER_ERROR, 2),
    ],
)
def test_fault_is_named_and_tried_again_where_that_can_help(server, fault, reason, attempts):
    session = Session(replace(server.urls, patience=HASTY if reason is Why.TIMEOUT else PATIENT))
    server.fail("any", fault, seconds=30 if fault is Fault.SLOW else 0.05)
    assert why(session.ask(request(server), read_object)) is reason
    server.close()
    assert len([each for each in server.log if each.registry == "any"]) <= attempts


def test_second_attempt_succeeds_after_a_passing_fault(server, session):
    server.fail("any", Fault.SERVER_ERROR, times=1)
    assert why(session.ask(request(server), read_object)) is None


def test_faulty_success_is_asked_again_when_the_server_is_healthy(server, session):
    server.fail("any", Fault.HTML, times=2)
    assert why(session.ask(request(server), read_object)) is Why.BAD_BODY
    assert why(session.ask(request(server), read_object)) is None


def test_decoder_that_crashes_is_a_bad_body(server, session):
    answer = session.ask(request(server), lambda body: read_object(body)["nothing"]["here"])
    assert (why(answer), answer.detail) == (Why.BAD_BODY, "a body of unknown shape (KeyError)")


def test_short_retry_after_is_waited_for(server, session):
    server.fail("any", Fault.RATE_LIMITED_RETRY_AFTER, seconds=1, times=1)
    assert why(session.ask(request(server), read_object)) is None
    first, second = server.log
    assert second.at_s - first.at_s >= 0.9


def test_long_retry_after_ends_the_asking_for_everybody(server, session):
    server.fail("any", Fault.RATE_LIMITED_RETRY_AFTER, seconds=86_400, times=1)
    answer = session.ask(request(server), read_object)
    assert (why(answer), answer.retry_after_s) == (Why.RATE_LIMITED, 86_400)
    later = session.ask(request(server), read_object)
    assert why(later) is Why.RATE_LIMITED
    assert 1_800 < later.retry_after_s <= 3_600
    assert len(server.log) == 1


def test_host_without_connection_is_found_out_once():
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}"
        session = Session(RegistrySettings(patience=PATIENT))
        lane = Lane("any", interval_s=0.0)
        answers = [session.ask(Request("any", lane, url), read_object) for _ in range(3)]
    assert [answer.why for answer in answers] == [Why.UNREACHABLE, Why.BREAKER_OPEN, Why.BREAKER_OPEN]
    assert {answer.detail for answer in answers} == {"connection refused", "not asked again: connection refused"}


def test_host_without_address_is_found_out_once():
    session = Session(RegistrySettings(patience=PATIENT))
    lane = Lane("any", interval_s=0.0)
    answers = [session.ask(Request("any", lane, "http://registry.invalid/"), read_object) for _ in range(2)]
    assert [answer.why for answer in answers] == [Why.UNREACHABLE, Why.BREAKER_OPEN]


def test_host_that_swallows_connections_is_given_up_in_time():
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        held = [socket.socket() for _ in range(3)]
        for each in held:
            each.setblocking(False)
            each.connect_ex(full.getsockname())
        session = Session(RegistrySettings(patience=replace(PATIENT, connect_s=0.2)))
        url = f"http://127.0.0.1:{full.getsockname()[1]}"
        answer = session.ask(Request("any", Lane("any", interval_s=0.0), url), read_object)
        for each in held:
            each.close()
    assert (why(answer), answer.detail) == (Why.UNREACHABLE, "no connection in time")


def test_many_threads_find_a_dead_host_out_once():
    session = Session(RegistrySettings(patience=PATIENT))
    lane = Lane("any", interval_s=0.0, connections=8)
    answers: list[object] = []
    ask = Request("any", lane, "http://127.0.0.1:9")
    threads = [threading.Thread(target=lambda: answers.append(session.ask(ask, read_object))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    reasons = sorted(answer.why.value for answer in answers)
    assert reasons == ["breaker-open"] * 7 + ["unreachable"]


def test_registry_that_keeps_failing_is_not_asked_again(server, session):
    server.fail("any", Fault.SERVER_ERROR)
    for _ in range(10):
        answer = session.ask(request(server), read_object)
    assert (why(answer), answer.detail) == (Why.BREAKER_OPEN, "not asked again: HTTP 500")
    assert len(server.log) == 5


def test_registry_that_came_back_is_asked_again_after_a_pause(server):
    session = Session(replace(server.urls, patience=replace(PATIENT, cooldown_s=0.2)))
    server.fail("any", Fault.FORBIDDEN)
    assert [why(session.ask(request(server), read_object)) for _ in range(2)] == [Why.FORBIDDEN] * 2
    server.heal()
    time.sleep(0.3)
    assert [why(session.ask(request(server), read_object)) for _ in range(3)] == [None, None, None]


def test_host_that_came_back_is_connected_to_again_after_a_pause():
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    session = Session(RegistrySettings(patience=replace(PATIENT, cooldown_s=0.2)))
    ask = Request("any", Lane("any", interval_s=0.0), f"http://127.0.0.1:{port}/any")
    assert why(session.ask(ask, read_object)) is Why.UNREACHABLE
    with RegistryServer(others={"any": healthy}, port=port):
        time.sleep(0.3)
        assert why(session.ask(ask, read_object)) is None


def test_registry_that_answers_slowly_only_is_not_asked_for_ever(server):
    opened = Session(replace(server.urls, patience=replace(PATIENT, slow_s=0.01, bear_s=0.0)))
    server.fail("any", Fault.SLOW, seconds=0.02)
    answers = [opened.get(request(server)) for _ in range(6)]
    opened.leave("any")
    assert [why(answer) for answer in answers] == [None] * 4 + [Why.BREAKER_OPEN] * 2
    assert len(server.log) == 4


def test_whoever_waits_for_a_connection_does_not_ask_a_registry_that_was_given_up():
    def alone(ask: Ask) -> Reply:
        time.sleep(0.05)
        return Reply(200, b"{}", headers=(("x-concurrency-limit", "1"),))

    answers: list[object] = []
    with RegistryServer(others={"any": alone}) as server:
        opened = Session(replace(server.urls, patience=replace(PATIENT, slow_s=0.01, bear_s=0.0)))
        ask = request(server, lane=Lane("any", interval_s=0.0, connections=1))
        threads = [threading.Thread(target=lambda: answers.append(opened.get(ask))) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        opened.leave("any")
    assert sorted(str(why(answer)) for answer in answers) == ["None"] * 4 + ["breaker-open"] * 4


def test_that_a_registry_is_given_up_is_said_once(server, session, caplog):
    server.fail("any", Fault.RATE_LIMITED)
    with caplog.at_level(logging.INFO, "citations"):
        answers = [session.ask(request(server), read_object) for _ in range(10)]
    assert [why(answer) for answer in answers[3:]] == [Why.BREAKER_OPEN] * 7
    assert caplog.messages == ["any: not asked any more for now: HTTP 429"]
    assert len(server.log) == 6


def test_registries_on_one_host_fail_apart(server, session):
    server.fail("any", Fault.SERVER_ERROR)
    for _ in range(10):
        session.ask(request(server), read_object)
    other = replace(request(server), registry="crossref", url=server.url("crossref") + "/works?rows=0")
    assert why(session.ask(other, read_object)) is None


def test_refused_request_says_nothing_about_the_registry():
    with RegistryServer(others={"any": lambda ask: Reply(400, b'{"status":"failed"}')}) as server:
        session = Session(replace(server.urls, patience=PATIENT))
        answers = [session.ask(request(server), read_object) for _ in range(12)]
    assert {(answer.why, answer.detail) for answer in answers} == {(Why.BAD_BODY, "HTTP 400")}


def test_offline_asks_nobody(server):
    session = Session(replace(server.urls, offline=True))
    assert why(session.ask(request(server), read_object)) is Why.OFFLINE
    assert server.log == ()


def test_leaving_ends_all_waiting(server):
    session = Session(replace(server.urls, patience=PATIENT))
    session.join("any")
    server.fail("any", Fault.HANG)
    answers: list[object] = []
    thread = threading.Thread(target=lambda: answers.append(session.ask(request(server), read_object)))
    thread.start()
    session.leave("any")
    thread.join(timeout=120)
    assert [why(answer) for answer in answers] == [Why.BUDGET]


def test_leaving_twice_is_harmless_and_does_not_stop_the_others(server):
    session = Session(replace(server.urls, patience=PATIENT))
    session.join("other")
    session.join("any")
    session.leave("other")
    session.leave("other")
    assert why(session.ask(request(server), read_object)) is None
    session.leave("any")
    session.leave("any")


def test_post_sends_json_and_the_key_goes_into_a_header_only(server, session, caplog):
    seen: list[Ask] = []

    def noting(ask: Ask) -> Reply:
        seen.append(ask)
        return Reply(200, ask.body)

    server.others["any"] = noting
    with caplog.at_level(logging.DEBUG):
        asked = request(server, headers=(("x-api-key", SECRET),), json={"ids": ["a"]})
        answer = session.post(asked)
        server.fail("any", Fault.SERVER_ERROR)
        failed = session.post(asked)
    assert isinstance(answer, Body)
    assert json.loads(answer.content) == {"ids": ["a"]}
    assert seen[0].headers["x-api-key"] == SECRET
    told = f"{answer} {failed} {caplog.text} {session.settings}"
    assert SECRET not in told


def test_password_in_a_base_url_is_not_shown(server, session):
    url = server.url("any").replace("http://", "http://me:s3cr3t@")
    body = session.get(replace(request(server), url=url))
    assert isinstance(body, Body)
    assert "s3cr3t" not in f"{body.asked}"


def test_user_agent_names_us_and_who_asks(server, session):
    session.ask(request(server), read_object)
    assert server.log[0].user_agent.startswith("factprobe/")
    assert user_agent("me@example.org").endswith(" (mailto:me@example.org)")
    assert "\n" not in user_agent("me@example.org\r\nX-Evil: 1")


def test_password_file_of_the_user_is_not_read(server, session, tmp_path, monkeypatch):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login me password s3cr3t\n")
    monkeypatch.setenv("NETRC", str(netrc))
    seen: list[Ask] = []
    server.others["any"] = lambda ask: seen.append(ask) or Reply(200, b"{}")
    session.ask(request(server), read_object)
    assert "authorization" not in seen[0].headers


def moved_to(place: str) -> Callable[[Ask], Reply]:
    def answer(ask: Ask) -> Reply:
        if ask.path == "/new":
            return Reply(200, b'{"moved": true}')
        return Reply(301, b"", "text/html", (("Location", place),))

    return answer


def test_redirect_on_the_same_host_is_followed(server, session):
    server.others["any"] = moved_to("/any/new")
    assert session.ask(request(server), read_object) == {"moved": True}


@pytest.mark.parametrize(
    "place", ["http://169.254.169.254/", "ftp://127.0.0.1/", "file:///etc/passwd", "//127.0.0.1:1/"]
)
def test_redirect_elsewhere_is_not_followed(server, session, place):
    server.others["any"] = moved_to(place)
    answer = session.ask(request(server), read_object)
    assert (why(answer), answer.detail) == (Why.BAD_BODY, "HTTP 301 to another place")


def test_redirect_to_nonsense_is_a_bad_body(server, session):
    server.others["any"] = moved_to("http://[bad")
    assert why(session.ask(request(server), read_object)) is Why.BAD_BODY


def test_post_is_not_redirected(server, session):
    server.others["any"] = moved_to("/any/new")
    assert why(session.ask(request(server, json={}), read_object)) is Why.BAD_BODY


def test_damaged_answer_keeps_its_own_reason(server, session):
    def fussy(body: Body) -> None:
        raise Undecodable("a list without items")

    answer = session.ask(request(server), fussy)
    assert (why(answer), answer.detail) == (Why.BAD_BODY, "a list without items")

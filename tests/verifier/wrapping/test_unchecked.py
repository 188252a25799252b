"""What becomes of a held answer that could not be checked, or not all of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import openai
import pytest

import verifier
from tests.verifier.wrapping.llm_server import Served, chat, delta
from tests.verifier.wrapping.world import (
    ASK,
    BAD,
    GOOD,
    INVENTED,
    MODES,
    Stuck,
    read,
    stream,
)


@pytest.mark.parametrize("mode", MODES)
def test_an_error_of_the_server_reaches_the_program_and_no_unchecked_text(
    server: Served, wrapped: Callable[..., openai.OpenAI], mode: str
) -> None:
    server.script = [*stream("Tea is a plant. It grows in Ass", finish=None), '{"error": {"message": "overloaded"}}']
    answer = wrapped(mode).chat.completions.create(**ASK, stream=True)
    seen: list[str] = []
    with pytest.raises(openai.APIError, match="overloaded"):
        read(answer, seen)
    assert len("".join(seen)) <= len("Tea is a plant.")
    assert "ended before" in verifier.get_report(answer).gaps[0].why


@pytest.mark.parametrize("mode", MODES)
def test_of_a_stream_that_breaks_off_the_whole_lines_are_checked(
    server: Served, wrapped: Callable[..., openai.OpenAI], mode: str
) -> None:
    text = f"1. {INVENTED}\n2. Roe, A. and D"
    server.script = stream(text, finish=None)
    answer = wrapped(mode).chat.completions.create(**ASK, stream=True)
    with pytest.raises(verifier.Blocked):
        list(answer)
    server.script = stream("Tea is a plant.\nIt grows in Ass", finish=None)
    answer = wrapped(mode).chat.completions.create(**ASK, stream=True)
    assert len(list(answer)) > 2
    assert "the stream ended before the model said that it was done" in [
        gap.why for gap in verifier.get_report(answer).gaps
    ]


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("checker", [Stuck(), Stuck(error=RuntimeError("broken"))], ids=["stuck", "crashed"])
def test_a_check_that_fails_holds_nothing_back_unless_the_policy_says_so(
    server: Served, wrapped: Callable[..., openai.OpenAI], mode: str, checker: Stuck
) -> None:
    server.body = chat(BAD)
    server.script = stream(BAD)
    client = wrapped(mode, checker=checker, timeout=0.05)
    answer = client.chat.completions.create(**ASK)
    assert answer.choices[0].message.content == BAD
    assert [gap.what for gap in verifier.get_report(answer).gaps] == ["the answer"]
    seen: list[str] = []
    read(client.chat.completions.create(**ASK, stream=True), seen)
    assert "".join(seen) == BAD
    checker.free.set()


def test_who_wants_to_be_told_gets_one_clear_error_where_nothing_was_checked(
    server: Served, wrapped: Callable[..., openai.OpenAI]
) -> None:
    server.body = chat(BAD)
    stuck = Stuck()
    client = wrapped("buffer", checker=stuck, timeout=0.05, on_error="closed")
    with pytest.raises(verifier.CheckFailed, match=r"held back, because its check was not finished after 0\.05 s"):
        client.chat.completions.create(**ASK)
    stuck.free.set()
    unchecked = wrapped("buffer", on_error="closed", registries=None)
    with pytest.raises(verifier.CheckFailed, match="2 of its citations could not be checked"):
        unchecked.chat.completions.create(**ASK)


def test_strict_lets_nothing_leave_that_nobody_checked(server: Served, wrapped: Callable[..., openai.OpenAI]) -> None:
    server.body = chat("Tea came to London in 1657.")
    strict = verifier.Policy(strict=True)
    with pytest.raises(verifier.CheckFailed, match="a part of it was not checked"):
        wrapped("buffer", policy=strict).chat.completions.create(**ASK)


def test_all_choices_share_one_ceiling(server: Served, wrapped: Callable[..., openai.OpenAI]) -> None:
    left: list[float | None] = []

    class Slow(verifier.Checker):
        def check(self, subject: verifier.Subject) -> verifier.Report:
            left.append(subject.budget_s)
            return super().check(subject)

    server.body = chat(GOOD, GOOD, GOOD)
    wrapped("buffer", checker=Slow(), timeout=30).chat.completions.create(**ASK, n=3)
    assert len(left) == 3
    assert 30 >= left[0] > left[1] > left[2] > 0


@pytest.mark.parametrize("policy", [verifier.Policy(strict=True), verifier.Policy(on_error=verifier.OnError.CLOSED)])
@pytest.mark.parametrize(("finish", "why"), [(None, "the stream ended before"), ("length", "cut at its length limit")])
def test_an_answer_of_which_a_part_was_not_read_does_not_leave_where_nothing_unchecked_may(
    server: Served, wrapped: Callable[..., openai.OpenAI], policy: verifier.Policy, finish: str | None, why: str
) -> None:
    server.script = stream("Is tea a plant?\nIt grows in Ass", finish=finish)
    answer = wrapped("buffer", policy=policy).chat.completions.create(**ASK, stream=True)
    with pytest.raises(verifier.CheckFailed, match=f"held back, because .*{why}"):
        list(answer)
    server.script = stream("Is tea a plant?\nIt grows in Ass", finish=finish)
    assert len(list(wrapped("buffer").chat.completions.create(**ASK, stream=True))) > 2


@pytest.mark.parametrize("mode", MODES)
def test_an_answer_without_text_passes_a_strict_policy(
    server: Served, wrapped: Callable[..., openai.OpenAI], mode: str
) -> None:
    call = {"index": 0, "id": "t", "type": "function", "function": {"name": "f", "arguments": "{}"}}
    server.script = [delta(tool_calls=[call]), delta(finish="tool_calls"), "[DONE]"]
    client = wrapped(mode, policy=verifier.Policy(strict=True))
    assert len(list(client.chat.completions.create(**ASK, stream=True))) == 2


class Unopened(verifier.Checker):
    """A checker whose settings name a registry that nobody knows, so that every check fails."""

    def __init__(self) -> None:
        super().__init__(settings=replace(verifier.load_settings(), registries=("nosuch",)))

    def prepare(self) -> None:
        """Leave it to the first check."""


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("is_stream", [False, True])
@pytest.mark.parametrize("make", [lambda: Stuck(error=RuntimeError("broken")), Unopened], ids=["crashed", "unopened"])
@pytest.mark.parametrize("given", [{"on_error": "closed"}, {"policy": verifier.Policy(strict=True)}])
def test_nothing_leaves_unchecked_where_nothing_unchecked_may_however_the_check_failed(
    server: Served, wrapped: Callable[..., openai.OpenAI], mode: str, make: Any, given: Any, *, is_stream: bool
) -> None:
    server.body, server.script = chat(BAD), stream(BAD)
    client = wrapped(mode, checker=make(), timeout=30, **given)
    seen: list[str] = []
    with pytest.raises(verifier.CheckFailed, match="held back, because"):
        read(client.chat.completions.create(**ASK, stream=is_stream), seen)
    assert "".join(seen) == ""


@pytest.mark.parametrize("make", [lambda: Stuck(error=RuntimeError("broken")), Unopened], ids=["crashed", "unopened"])
def test_who_wants_to_be_told_is_told_where_the_report_is_read(
    server: Served, wrapped: Callable[..., openai.OpenAI], make: Any
) -> None:
    server.body = chat(BAD)
    answer = wrapped("after", checker=make(), timeout=30, on_error="closed").chat.completions.create(**ASK)
    with pytest.raises(verifier.CheckFailed, match="failed: "):
        verifier.get_report(answer)


@pytest.mark.parametrize("mode", MODES)
def test_an_event_that_cannot_be_read_leaves_with_the_whole_answer_only(mode: str) -> None:
    strange = {"choices": [{"index": [1], "delta": {"content": BAD}}]}
    events = [strange, json.loads(delta("Is tea a plant?")), json.loads(delta(finish="stop"))]

    def answer(**given: Any) -> Any:
        client = SimpleNamespace(create_completion=lambda: (each for each in events))
        return verifier.wrap(client, mode=mode, timeout=30, **given).create_completion()

    seen: list[Any] = []
    with pytest.raises(verifier.CheckFailed, match="of a kind that is not read"):
        seen += answer(on_error="closed")
    assert "Fox" not in str(seen)
    read_on = answer()
    assert list(read_on) == events
    assert "a part of the stream" in [gap.what for gap in verifier.get_report(read_on).gaps]

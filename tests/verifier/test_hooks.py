from __future__ import annotations

import json
import logging
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

import verifier
from tests.verifier.wrapping.llm_server import chat, delta
from tests.verifier.wrapping.world import BAD, GOOD, STRICT, Stuck, registries
from verifier.hooks import Event
from verifier.wrapping.background import BACKGROUND

SECRET = "sk-0123456789"


@pytest.fixture
def told() -> Iterator[list[tuple[str, verifier.Report]]]:
    """What hooks for every event were called with."""
    found: list[tuple[str, verifier.Report]] = []
    offs = [verifier.on(event, lambda report, event=event: found.append((event.value, report))) for event in Event]
    yield found
    for off in offs:
        off()


def words(told: list[tuple[str, verifier.Report]]) -> list[str]:
    return [event for event, _ in told]


def client(text: str, **given: Any) -> SimpleNamespace:
    def create(stream: bool = False) -> object:
        return (json.loads(each) for each in [delta(text), delta(finish="stop")]) if stream else chat(text)

    made = SimpleNamespace(create_chat_completion=create)
    return verifier.wrap(made, **{"policy": STRICT, "registries": registries(), "timeout": 30, **given})


def test_a_check_tells_once_that_it_was_made_and_that_something_was_flagged(told: list) -> None:
    good = verifier.check(GOOD, registries=registries())
    bad = verifier.check(BAD, registries=registries())
    assert told == [("checked", good), ("checked", bad), ("flagged", bad)]


def test_an_answer_of_a_wrapped_client_is_told_once_however_often_parts_of_it_were_looked_at(told: list) -> None:
    for mode in ("after", "buffer", "holdback"):
        report = verifier.get_report(client(GOOD, mode=mode).create_chat_completion(), timeout=30)
        assert told.pop() == ("checked", report)
        assert told == []
    with pytest.raises(verifier.Blocked) as raised:
        client(BAD, mode="buffer").create_chat_completion()
    assert words(told) == ["checked", "flagged", "blocked"]
    assert told[-1][1] == raised.value.report


@pytest.mark.parametrize("on_error", ["open", "closed"])
@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("error", [None, RuntimeError("broken")], ids=["stuck", "crashed"])
def test_a_failed_check_is_told_once_and_flags_nothing(
    told: list, error: Exception | None, on_error: str, *, stream: bool
) -> None:
    stuck = Stuck(error=error)
    given = {"mode": "holdback", "registries": None, "checker": stuck, "timeout": 0.01, "on_error": on_error}
    made = client("Tea is a plant. It grows in Assam. It is green.", **given)
    with nullcontext() if on_error == "open" else pytest.raises(verifier.CheckFailed):
        list(made.create_chat_completion(stream=stream))
    stuck.free.set()
    BACKGROUND.wait()  # what became of the check behind the program's back is told to nobody
    assert words(told) == ["failed"]


def test_a_checker_that_fails_inside_is_told_as_failed_too(told: list) -> None:
    settings = replace(verifier.load_settings(), registries=("nosuch",))
    report = verifier.get_report(
        verifier.verified(on_fail="annotate", checker=verifier.Checker(settings=settings))(lambda: "a")()
    )
    assert told == [("failed", report)]


def test_a_hook_that_raises_is_logged_and_breaks_nothing(caplog: pytest.LogCaptureFixture) -> None:
    def hook(report: verifier.Report) -> None:
        raise RuntimeError(SECRET)

    off = verifier.on("checked", hook)
    with caplog.at_level("DEBUG", logger="verifier"):
        assert len(verifier.check(GOOD, registries=registries()).findings) == 2
    off()
    assert [each.getMessage() for each in caplog.records if each.levelname == "WARNING"] == [
        "a hook for checked raised RuntimeError"
    ]
    assert SECRET not in caplog.text


def test_a_hook_that_was_taken_off_is_not_called() -> None:
    calls: list[verifier.Report] = []
    off = verifier.on("checked", calls.append)
    off()
    off()
    verifier.check("Tea is old.")
    assert calls == []


async def coroutine(report: verifier.Report) -> None:
    """Nobody would await it."""


@pytest.mark.parametrize(("event", "hook"), [("exploded", print), ("checked", 5), ("checked", coroutine)])
def test_only_known_events_and_functions_are_taken(event: str, hook: Any) -> None:
    with pytest.raises(verifier.WrongArgument):
        verifier.on(event, hook)


def failing_retriever(claim: verifier.Claim) -> list[str]:
    raise ValueError(f"{SECRET} {claim.text}")


@pytest.mark.parametrize(
    "act",
    [
        lambda: verifier.check(BAD, registries=registries()),
        lambda: verifier.check(BAD, registries=registries(), retriever=failing_retriever, context="Tea is a plant."),
        lambda: verifier.Checker(settings=verifier.load_settings()).check(verifier.Subject(5)),  # type: ignore[arg-type]
        lambda: client(BAD).create_chat_completion(),
        lambda: list(client(BAD).create_chat_completion(stream=True)),
        lambda: client(
            BAD, registries=None, checker=Stuck(error=ValueError(SECRET + BAD)), mode="buffer"
        ).create_chat_completion(),
        verifier.verified(on_fail="annotate", policy=STRICT, registries=registries())(lambda: BAD),
    ],
    ids=["check", "retriever", "no text", "wrap", "stream", "crash", "function"],
)
def test_no_log_record_holds_the_text_under_test_or_a_secret(
    act: Callable[[], object], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("DEBUG", logger="verifier"):
        verifier.get_report(act(), timeout=30)
    written = caplog.text + "".join(str(vars(each)) for each in caplog.records)
    assert [each for each in ("quiet numbers", "Fox", "small things", SECRET) if each in written] == []


def test_log_records_carry_numbers_for_machines(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("INFO", logger="verifier.hooks"):
        verifier.check(BAD, registries=registries())
    facts = [vars(each) for each in caplog.records]
    assert [(each["verifier_event"], each["verifier_citations"], each["verifier_flagged"]) for each in facts] == [
        ("checked", 2, 1),
        ("flagged", 2, 1),
    ]


def test_a_program_without_logging_sees_nothing_on_its_error_stream() -> None:
    code = "import logging, verifier\nlogging.getLogger('verifier.checker').error('x')"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert logging.getLogger("verifier").handlers[0].__class__ is logging.NullHandler
    assert done.stderr == ""

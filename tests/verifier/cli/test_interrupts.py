from __future__ import annotations

import os
import signal

import pytest

from verifier.cli import interrupts
from verifier.cli.interrupts import interruptible


@pytest.fixture(autouse=True)
def _handlers():
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_first_signal_stops_and_its_twin_does_nothing(number):
    with interruptible():
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), number)
        os.kill(os.getpid(), number)


def test_a_person_who_insists_is_heard(monkeypatch):
    monkeypatch.setattr(interrupts, "GRACE_S", 0)
    with interruptible():
        for _ in range(2):
            with pytest.raises(KeyboardInterrupt):
                os.kill(os.getpid(), signal.SIGINT)


def test_a_signal_that_comes_when_all_is_judged_does_not_lose_the_report():
    with interruptible() as running:
        assert list(running.watching(iter)([])) == []
        os.kill(os.getpid(), signal.SIGINT)


def test_a_finding_is_kept_and_printed_before_a_signal_stops_the_asking():
    with interruptible() as running:
        checked = running.watching(iter)(["first", "second"])
        assert next(checked) == "first"
        os.kill(os.getpid(), signal.SIGINT)  # while the first is stored and printed
        with pytest.raises(KeyboardInterrupt):
            next(checked)


def test_a_signal_while_an_answer_is_waited_for_stops_at_once():
    def never(_):
        os.kill(os.getpid(), signal.SIGTERM)
        yield "too late"

    with interruptible() as running, pytest.raises(KeyboardInterrupt):
        next(running.watching(never)([]))


def test_a_person_who_insists_is_heard_while_a_finding_is_printed(monkeypatch):
    monkeypatch.setattr(interrupts, "GRACE_S", 0)
    with interruptible() as running:
        checked = running.watching(iter)(["first", "second"])
        next(checked)
        os.kill(os.getpid(), signal.SIGINT)
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGINT)


def test_the_handlers_of_others_come_back():
    before = signal.getsignal(signal.SIGTERM)
    with interruptible():
        assert signal.getsignal(signal.SIGTERM) != before
    assert signal.getsignal(signal.SIGTERM) == before

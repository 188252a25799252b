"""Has the answers of a watched client or function checked: behind its back, or before they leave."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, replace
from time import monotonic
from typing import Any

from verifier import hooks
from verifier.checker import Checker, Subject
from verifier.errors import CheckFailed
from verifier.generation import Generation
from verifier.policy import OnError, Policy
from verifier.redacted import redacted
from verifier.types import Gap, Report
from verifier.wrapping.attach import Pending, nothing_checked
from verifier.wrapping.background import BACKGROUND
from verifier.wrapping.parts import prose
from verifier.wrapping.refusal import Outcome
from verifier.wrapping.types import Answer, Mode

_LOG = logging.getLogger(__name__)

GRACE_S = 0.05
"""So long a check that minds its time may take to say what it did not reach."""
BUSY = "too many answers wait to be checked"
_OVER = "the time for checking was over"


@dataclass(frozen=True, slots=True)
class Texts:
    """Texts to check: one for each choice of an answer, or a part of one of them."""

    texts: tuple[str, ...]
    question: str = ""
    gaps: tuple[Gap, ...] = ()
    """What of the answer is no text."""
    context: tuple[str, ...] = ()
    """Documents that the writer was shown."""
    generations: tuple[Generation | None, ...] = ()
    """What was seen of each text while it was written."""
    is_part: bool = False
    """A part of an answer, of which nobody is told: the report of the whole comes later."""


class Watcher:
    """Checks answers with one ``Checker``, all choices of an answer under one ceiling; nothing in it raises."""

    def __init__(self, checker: Checker, policy: Policy, mode: Mode, ceiling_s: float | None) -> None:
        self.policy = policy
        self.mode = mode
        self.ceiling_s = ceiling_s
        self._checker = checker
        self._told = False

    def conclude(self, answer: Answer, question: str, pending: Pending, context: tuple[str, ...] = ()) -> None:
        """Have an answer checked behind the program's back, once."""
        if not pending.begin():
            return
        if answer.broken:
            settle(pending, nothing_checked("the answer", answer.broken))
            return
        texts = Texts(answer.texts, question, answer.gaps, context, answer.generations)

        def check() -> Report:
            outcome = self._guarded(texts, self.ceiling_s, pending.future)
            if outcome.failed and self.policy.on_error is OnError.CLOSED:
                raise CheckFailed(outcome.failed)
            return outcome.report

        if not BACKGROUND.submit(check, pending.future):
            settle(pending, nothing_checked("the answer", BUSY))

    def start(self, texts: Texts, left_s: float | None) -> Future[Outcome] | None:
        """Begin a check that somebody waits for; ``None`` if too many wait already."""
        future: Future[Outcome] = Future()
        return future if BACKGROUND.submit(lambda: self._guarded(texts, left_s, future), future) else None

    def _guarded(self, texts: Texts, left_s: float | None, future: Future[Any]) -> Outcome:
        """An outcome whatever happens; a failure is told unless whoever waited gave up, cancelled the future and told so."""
        try:
            with hooks.quiet() as failed:
                report = self._check(texts, left_s)
            outcome = Outcome(report, failed[0].gaps[0].why if failed else "")
        except CheckFailed as error:
            outcome = _failed(error.message)
        except Exception as error:  # noqa: BLE001  a check that crashes is a gap
            _LOG.warning("an answer was not checked: %s", redacted(error))
            outcome = _failed(f"checking it failed: {type(error).__name__}")
        if texts.is_part:
            return outcome
        if not outcome.failed:
            hooks.tell_checked(outcome.report)
        elif future.set_running_or_notify_cancel():
            hooks.tell(hooks.Event.FAILED, outcome.report)
        return outcome

    def _check(self, texts: Texts, left_s: float | None) -> Report:
        until = None if left_s is None else monotonic() + left_s
        self._checker.prepare()
        self._tell()
        names = ["answer"] if len(texts.texts) == 1 else [f"answer {n}" for n in range(1, len(texts.texts) + 1)]
        reports: list[Report] = []
        generations = texts.generations or (None,) * len(names)
        for text, name, generation in zip(texts.texts, names, generations, strict=True):
            left = None if until is None else until - monotonic()
            if left is not None and left <= 0 and reports:
                reports.append(nothing_checked(name, _OVER))
                continue
            said = prose(text)
            signals = generation.signals if generation is not None and said == text else None
            left = None if left is None else max(0.0, left)
            subject = Subject(said, texts.question, name, texts.context, more_signals=signals, budget_s=left)
            reports.append(self._checker.check(subject))
        report = together(reports) if reports else nothing_checked("the answer", "it holds no text")
        return replace(report, gaps=(*report.gaps, *texts.gaps))

    def _tell(self) -> None:
        """Once, in the log: who is asked."""
        if self._told:
            return
        self._told = True
        asked = ", ".join(self._checker.asked) or "nobody"
        _LOG.info("answers are checked in the background; asked over the network: %s", asked)


class Checks:
    """The checks of one answer that somebody waits for: together they take no longer than the ceiling."""

    def __init__(self, watcher: Watcher) -> None:
        self._watcher = watcher
        self._left_s = watcher.ceiling_s

    def wait(self, texts: Texts) -> Outcome:
        """The outcome, at the latest when the ceiling is reached."""
        began = monotonic()
        future = self._watcher.start(texts, self._left_s)
        try:
            return future.result(self._patience()) if future else _failed(BUSY)
        except TimeoutError:
            return self._too_slow(texts, future)
        finally:
            self._spend(monotonic() - began)

    async def await_(self, texts: Texts) -> Outcome:
        """The same for coroutines."""
        began = monotonic()
        future = self._watcher.start(texts, self._left_s)
        if future is None:
            return _failed(BUSY)
        try:
            return await asyncio.wait_for(asyncio.shield(asyncio.wrap_future(future)), self._patience())
        except TimeoutError:
            return self._too_slow(texts, future)
        finally:
            future.cancel()  # a program that goes away waits no more
            self._spend(monotonic() - began)

    def _patience(self) -> float | None:
        return None if self._left_s is None else self._left_s + GRACE_S

    def _spend(self, seconds: float) -> None:
        if self._left_s is not None:
            self._left_s = max(0.0, self._left_s - seconds)

    def _too_slow(self, texts: Texts, future: Future[Outcome] | None) -> Outcome:
        outcome = _failed(f"its check was not finished after {self._watcher.ceiling_s:g} s")
        if future is not None and future.cancel() and not texts.is_part:
            hooks.tell(hooks.Event.FAILED, outcome.report)
        return outcome


def settle(pending: Pending, report: Report) -> None:
    """Give a response its report, unless it has one."""
    with suppress(Exception):
        pending.future.set_result(report)


def together(reports: Sequence[Report]) -> Report:
    """One report of several answers to one question."""
    first = reports[0]
    return replace(
        first,
        inputs=tuple(name for each in reports for name in each.inputs),
        findings=tuple(finding for each in reports for finding in each.findings),
        claims=tuple(claim for each in reports for claim in each.claims),
        unreadable=tuple(entry for each in reports for entry in each.unreadable),
        gaps=tuple(dict.fromkeys(gap for each in reports for gap in each.gaps)),
        finished_at=max(each.finished_at for each in reports),
    )


def _failed(why: str) -> Outcome:
    return Outcome(nothing_checked("the answer", why), why)

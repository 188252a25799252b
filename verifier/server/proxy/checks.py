"""Checks of answers beside the event loop: a few at a time, some more waiting, each under one ceiling."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, replace

from verifier.checker import Checker, Subject
from verifier.errors import CheckFailed
from verifier.server.proxy.metrics import Metrics
from verifier.types import Gap, Report
from verifier.wrapping.attach import nothing_checked
from verifier.wrapping.background import Background
from verifier.wrapping.parts import REFUSED, TOOL_CALLS, prose, whole_lines
from verifier.wrapping.refusal import Outcome
from verifier.wrapping.types import Answer
from verifier.wrapping.watcher import together

_LOG = logging.getLogger(__name__)

THREADS = 4
GRACE_S = 0.1
"""So long a check that minds its time may take to say what it did not reach."""
BUSY = "too many answers wait to be checked"
MAX_TEXT = 200_000
"""Characters of an answer that are checked; a model that does not stop writing must not keep everybody waiting."""
TOO_LONG = f"only the first {MAX_TEXT:,} characters were checked"

Finish = Callable[[Report], Report]
"""What is done to a report in the thread that made it, such as looking up what people decided."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is known of the request."""

    question: str = ""
    model: str = ""
    """Who writes the answer, so that no model is taken for a witness of itself."""
    context: tuple[str, ...] = ()
    references: str = ""

    @property
    def name(self) -> str:
        """How a report calls the answer."""
        return f"proxy {self.model[:80]}".strip() if self.model.isprintable() else "proxy"


class Checks:
    """Checks answers with one ``Checker``; nothing is raised, and what was not checked says why."""

    def __init__(
        self,
        checker: Checker,
        metrics: Metrics,
        *,
        ceiling_s: float,
        most_waiting: int,
        finish: Finish | None = None,
    ) -> None:
        """Start nothing yet."""
        self._checker = checker
        self._metrics = metrics
        self.ceiling_s = ceiling_s
        self._finish = finish
        self._background = Background(THREADS, most_waiting)

    async def check(
        self, answer: Answer, asked: Asked, name: str = "answer", ceiling_s: float | None = None
    ) -> Outcome:
        """The outcome, at the latest when the ceiling is reached, which may be lower than that of all checks.

        Of an answer that broke off the texts that it names are checked, and it counts as unchecked.
        """
        answer = _bounded(answer)
        ceiling_s = self.ceiling_s if ceiling_s is None else ceiling_s
        if not any(text.strip() for text in answer.texts):
            if answer.broken:
                return self._failed("broken answer", answer.broken, answer)
            return Outcome(_with(nothing_checked("the answer", "it holds no text"), answer.gaps), _unread(answer))
        began = time.monotonic()
        future: Future[Report] = Future()
        if not self._background.submit(lambda: self._job(answer, asked, name, began + ceiling_s), future):
            return self._failed("busy", BUSY, answer)
        try:
            report = await asyncio.wait_for(asyncio.wrap_future(future), ceiling_s + GRACE_S)
        except TimeoutError:
            return self._failed("too slow", f"the check was not finished after {self.ceiling_s:g} s", answer)
        except CheckFailed as error:
            return self._failed("crash", error.message, answer)
        except Exception as error:  # noqa: BLE001  a check that crashes is a gap
            return self._failed("crash", f"checking it failed: {type(error).__name__}", answer)
        finally:
            self._metrics.took(time.monotonic() - began)
        broken = (Gap("the answer", answer.broken),) if answer.broken else ()
        return Outcome(_with(report, broken), _unread(answer))

    def _job(self, answer: Answer, asked: Asked, name: str, until: float) -> Report:
        reports = []
        for number, text in enumerate(answer.texts, start=1):
            own_name = name if len(answer.texts) == 1 else f"{name} {number}"
            subject = Subject(
                prose(text),
                asked.question,
                own_name,
                context=asked.context,
                references=asked.references,
                generator=asked.model,
                budget_s=max(0.0, until - time.monotonic()),
            )
            reports.append(self._checker.check(subject))
        report = _with(together(reports), answer.gaps)
        return report if self._finish is None else self._finish(report)

    def _failed(self, cause: str, why: str, answer: Answer) -> Outcome:
        self._metrics.count("verifier_check_failures_total", cause=cause)
        _LOG.log(logging.INFO if answer.broken else logging.WARNING, "an answer was not checked: %s", cause)
        return Outcome(_with(nothing_checked("the answer", why), answer.gaps), why)


def _with(report: Report, gaps: tuple[Gap, ...]) -> Report:
    return replace(report, gaps=(*report.gaps, *gaps))


def _unread(answer: Answer) -> str:
    """Why a part of the text was not read; empty if all of it was."""
    parts = [gap.why for gap in answer.gaps if gap not in {REFUSED, TOOL_CALLS}]
    return "; ".join([*([answer.broken] if answer.broken else []), *parts])


def _bounded(answer: Answer) -> Answer:
    if all(len(text) <= MAX_TEXT for text in answer.texts):
        return answer
    cut = (text if len(text) <= MAX_TEXT else whole_lines(text[:MAX_TEXT]) for text in answer.texts)
    return replace(answer, texts=tuple(cut), broken=answer.broken or TOO_LONG)

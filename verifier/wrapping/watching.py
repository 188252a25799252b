"""``verifier.wrap``: a client of a language model whose answers are checked behind its back.

The client stays the same object, and so do its responses: same type, same content, streams still stream. Checking happens
in a background thread once an answer is whole, and ``get_report`` gives what it found.
"""

from __future__ import annotations

import functools
import inspect
import logging
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import suppress
from contextvars import ContextVar
from dataclasses import replace
from typing import Any, TypeVar

from verifier.checker import Checker, Registries, Subject
from verifier.errors import CheckFailed
from verifier.types import Report
from verifier.wrapping.anthropic import AnthropicShape
from verifier.wrapping.attach import TABLE, Pending, nothing_checked
from verifier.wrapping.background import BACKGROUND
from verifier.wrapping.interface import Reading, Shape
from verifier.wrapping.openai import OpenAIShape
from verifier.wrapping.parts import prose
from verifier.wrapping.types import Answer

_LOG = logging.getLogger(__name__)

CEILING_S = 2.0
"""So long the check of one answer may take."""
CALLS: tuple[tuple[str, type[OpenAIShape | AnthropicShape]], ...] = (
    ("chat.completions.create", OpenAIShape),
    ("chat.completions.parse", OpenAIShape),
    ("completions.create", OpenAIShape),
    ("responses.create", OpenAIShape),
    ("responses.parse", OpenAIShape),
    ("messages.create", AnthropicShape),
    ("create_chat_completion", OpenAIShape),
    ("create_completion", OpenAIShape),
)
"""The calls that make an answer, by the names that clients give them."""
COPIES = ("with_options", "copy")
"""The calls that make another client of the same kind."""
BUSY = "too many answers wait to be checked"
UNREAD = "a stream of this kind cannot be read along"
RAW = "the response is a raw one, whose text is not read"
_MARK = "_watched_by_verifier"
_CALLING: ContextVar[bool] = ContextVar("calling", default=False)
"""Whether a watched call is being made, so that the calls it makes itself are not watched too."""

Client = TypeVar("Client")


def wrap(client: Client, *, registries: Registries = None, checker: Checker | None = None) -> Client:
    """Check every answer of a client; the same client comes back.

    Known by shape: ``chat.completions``, ``completions`` and ``responses`` of OpenAI's package and of everything that
    mirrors it, ``messages`` of Anthropic's, ``llama_cpp.Llama`` and ``probes.ProbedLlama``; synchronous or not, whole or
    streamed. Nothing is asked over the network unless ``registries`` names some (or ``VERIFIER_ONLINE`` is set), nothing is
    stored, and nothing that goes wrong with a check is raised into the call. Give a ``checker`` of your own for a judge,
    evidence, or another time limit.

    >>> client = wrap(OpenAI())                                                   # doctest: +SKIP
    >>> answer = client.chat.completions.create(model="m", messages=[...])        # doctest: +SKIP
    >>> get_report(answer, timeout=5).count(Status.FABRICATED)                    # doctest: +SKIP

    Raises:
        TypeError: the client has none of these calls.

    """
    watcher = _Watcher(checker or Checker(registries=registries, budget_s=CEILING_S))
    if not _watch(client, watcher):
        raise TypeError(
            f"{type(client).__name__} has no call that verifier.wrap knows, such as chat.completions.create"
        )
    return client


def _watch(client: Any, watcher: _Watcher) -> bool:
    found = False
    for path, shape in CALLS:
        *steps, name = path.split(".")
        owner = functools.reduce(lambda thing, step: getattr(thing, step, None), steps, client)
        call = getattr(owner, name, None)
        if owner is not None and callable(call):
            found = True
            if not _is_watched(call):
                setattr(owner, name, _watched(call, shape(), watcher))
    for name in COPIES if found else ():
        make = getattr(client, name, None)
        if callable(make) and not _is_watched(make):
            setattr(client, name, _copied(make, watcher))
    return found


def _is_watched(call: Callable[..., Any]) -> bool:
    return bool(getattr(call, _MARK, False))


def _copied(make: Callable[..., Any], watcher: _Watcher) -> Callable[..., Any]:
    @functools.wraps(make)
    def run(*arguments: Any, **settings: Any) -> Any:
        made = make(*arguments, **settings)
        _watch(made, watcher)
        return made

    run.__dict__[_MARK] = True
    return run


def _watched(call: Callable[..., Any], shape: Shape, watcher: _Watcher) -> Callable[..., Any]:
    """The call, which gives what it gave; one that another watched call makes is not watched again."""

    @functools.wraps(call)
    def run(*arguments: Any, **request: Any) -> Any:
        inner, response = _called(call, arguments, request)
        if inner:
            return response
        question = _asked(shape, arguments, request)
        if not inspect.isawaitable(response):
            return watcher.seen(response, shape, question)

        async def awaited() -> Any:
            return watcher.seen(await response, shape, question)

        return awaited()

    @functools.wraps(call)
    async def run_coroutine(*arguments: Any, **request: Any) -> Any:
        return watcher.seen(await call(*arguments, **request), shape, _asked(shape, arguments, request))

    watched = run_coroutine if inspect.iscoroutinefunction(call) else run
    watched.__dict__[_MARK] = True
    return watched


def _called(call: Callable[..., Any], arguments: Sequence[Any], request: dict[str, Any]) -> tuple[bool, Any]:
    """Whether the call was made by another watched one, and what it gave."""
    inner = _CALLING.get()
    token = _CALLING.set(True)
    try:
        return inner, call(*arguments, **request)
    finally:
        _CALLING.reset(token)


def _asked(shape: Shape, arguments: Sequence[Any], request: dict[str, Any]) -> str:
    try:
        return shape.asked(arguments, request)
    except Exception:  # noqa: BLE001  a request of a kind that nobody foresaw is asked all the same
        return ""


class _Watcher:
    """Reads responses and has them checked; nothing in it may raise."""

    def __init__(self, checker: Checker) -> None:
        self._checker = checker
        self._told = False

    def seen(self, response: Any, shape: Shape, question: str) -> Any:
        """Take note of a response, and give it back; of a generator another one that gives the same."""
        pending = Pending()
        try:
            if inspect.isgenerator(response):
                response = _teed(response, *self._reading(shape, question, pending))
            elif hasattr(response, "_iterator"):  # the streams of ``openai`` and ``anthropic`` have no public way
                teed = _ateed if isinstance(response._iterator, AsyncIterator) else _teed  # noqa: SLF001
                response._iterator = teed(response._iterator, *self._reading(shape, question, pending))  # noqa: SLF001
            elif isinstance(response, Iterator | AsyncIterator):
                _settle(pending, nothing_checked("the answer", UNREAD))
            else:
                self._conclude(_read(shape, response), question, pending)
            TABLE.attach(response, pending)
        except Exception as error:  # noqa: BLE001  the program gets its response, whatever becomes of the check
            _settle(pending, nothing_checked("the answer", f"watching it failed: {type(error).__name__}"))
        return response

    def _reading(self, shape: Shape, question: str, pending: Pending) -> tuple[Reading, Callable[[], None]]:
        """What reads a stream along, and what to call at its end."""
        reading = shape.reading()
        pending.is_read = lambda: reading.finished
        pending.conclude = lambda: self._conclude(reading.answer(), question, pending)
        return reading, pending.conclude

    def _conclude(self, answer: Answer, question: str, pending: Pending) -> None:
        """Have the answer checked, once."""
        if not pending.begin():
            return
        if answer.broken:
            _settle(pending, nothing_checked("the answer", answer.broken))
            return
        if not BACKGROUND.submit(lambda: self._guarded(answer, question), pending.future):
            _settle(pending, nothing_checked("the answer", BUSY))

    def _guarded(self, answer: Answer, question: str) -> Report:
        """A report whatever happens; only the ``CheckFailed`` that a policy asks for is raised where the report is read."""
        try:
            return self._check(answer, question)
        except CheckFailed:
            raise
        except Exception as error:  # noqa: BLE001  a check that crashes is a gap
            return nothing_checked("the answer", f"checking it failed: {type(error).__name__}")

    def _check(self, answer: Answer, question: str) -> Report:
        self._checker.prepare()
        self._tell()
        texts = [prose(text) for text in answer.texts]
        names = ["answer"] if len(texts) == 1 else [f"answer {number}" for number in range(1, len(texts) + 1)]
        reports = [
            self._checker.check(Subject(text, asked=question, name=name))
            for text, name in zip(texts, names, strict=True)
        ]
        report = together(reports) if reports else nothing_checked("the answer", "it holds no text")
        return replace(report, gaps=(*report.gaps, *answer.gaps))

    def _tell(self) -> None:
        """Once, in the log: who is asked."""
        if self._told:
            return
        self._told = True
        asked = ", ".join(self._checker.asked) or "nobody"
        _LOG.info("answers are checked in the background; asked over the network: %s", asked)


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


def _teed(inner: Iterator[Any], reading: Reading, conclude: Callable[[], None]) -> Iterator[Any]:
    try:
        for event in inner:
            with suppress(Exception):
                reading.feed(event)
            yield event
    finally:
        with suppress(Exception):
            conclude()
        if inspect.isgenerator(inner):
            inner.close()


async def _ateed(inner: AsyncIterator[Any], reading: Reading, conclude: Callable[[], None]) -> AsyncIterator[Any]:
    try:
        async for event in inner:
            with suppress(Exception):
                reading.feed(event)
            yield event
    finally:
        with suppress(Exception):
            conclude()
        if inspect.isasyncgen(inner):
            await inner.aclose()


def _read(shape: Shape, response: Any) -> Answer:
    if hasattr(response, "http_response") and callable(getattr(response, "parse", None)):
        return Answer(broken=RAW)
    try:
        return shape.answer(response)
    except Exception as error:  # noqa: BLE001  a response of a kind that nobody foresaw is no text
        return Answer(broken=f"the response could not be read: {type(error).__name__}")


def _settle(pending: Pending, report: Report) -> None:
    with suppress(Exception):
        pending.future.set_result(report)

"""What is done to the text of a verified function: what ``on_fail`` says, for texts and streams, threads and coroutines."""

from __future__ import annotations

import inspect
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator, Iterator, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from verifier.errors import AnswerError
from verifier.redacted import redacted
from verifier.types import Report
from verifier.wrapping.attach import TABLE, UNFINISHED, Pending, nothing_checked
from verifier.wrapping.holding import Holding, Steps, adrive, drive, tell_refused
from verifier.wrapping.marking import is_markable, note, without_faults
from verifier.wrapping.parts import text_of
from verifier.wrapping.refusal import Outcome, refusal
from verifier.wrapping.types import Answer, Mode
from verifier.wrapping.watcher import Checks, Texts, Watcher, settle

_LOG = logging.getLogger(__name__)

FEEDBACK = "feedback"
"""The parameter that is given what was wrong, when a function is called again."""


class OnFail(StrEnum):
    """What happens when a text does not meet the policy."""

    RAISE = "raise"
    ANNOTATE = "annotate"
    REDACT = "redact"
    RETRY = "retry"
    LOG = "log"


@dataclass(frozen=True, slots=True)
class Treatment:
    """How the texts of one function are treated."""

    watcher: Watcher
    on_fail: OnFail
    retries: int
    function: Callable[..., Any]
    asked: str
    """Name of the parameter that holds the question; empty for none."""
    context: str
    """Name of the parameter that holds the documents; empty for none."""
    on_report: Callable[[Report], object] | None

    def call(self, arguments: Sequence[Any], settings: Mapping[str, Any]) -> Call:
        """One call of the function, which has not been made yet."""
        given = self._given(arguments, settings) if self.asked or self.context else {}
        context = given.get(self.context)
        documents = (context,) if isinstance(context, str) else context if isinstance(context, list | tuple) else ()
        texts = tuple(each for each in documents if isinstance(each, str))
        return Call(
            self, tuple(arguments), dict(settings), text_of(given.get(self.asked)), texts, _pending(self.on_report)
        )

    def _given(self, arguments: Sequence[Any], settings: Mapping[str, Any]) -> Mapping[str, Any]:
        try:
            bound = inspect.signature(self.function).bind(*arguments, **settings)
        except TypeError:  # the function itself says so better
            return {}
        bound.apply_defaults()
        return bound.arguments


@dataclass(slots=True)
class Call:
    """One call of a verified function."""

    treatment: Treatment
    arguments: tuple[Any, ...]
    settings: dict[str, Any]
    question: str
    context: tuple[str, ...]
    pending: Pending

    def make(self, feedback: str = "") -> Any:
        """Call the function."""
        function = self.treatment.function
        more = {FEEDBACK: feedback} if feedback and FEEDBACK in inspect.signature(function).parameters else {}
        return function(*self.arguments, **{**self.settings, **more})

    def text(self, made: Any) -> Any:
        """The text that a function returned, treated; anything else as it is."""
        left = self._tries
        while isinstance(made, str):
            if self._is_logged:
                return self._logged(made)
            treated = drive(self._treated(made, left), self._checks())
            if isinstance(treated, str):
                return self._with_report(treated)
            left, made = left - 1, self.make(_feedback(treated))
        return made

    async def atext(self, made: Awaitable[Any]) -> Any:
        """The same for what a coroutine returns."""
        left, text = self._tries, await made
        while isinstance(text, str):
            if self._is_logged:
                return self._logged(text)
            treated = await adrive(self._treated(text, left), self._checks())
            if isinstance(treated, str):
                return self._with_report(treated)
            left, text = left - 1, await self.make(_feedback(treated))
        return text

    def stream(self, made: Generator[Any, Any, Any]) -> Generator[Any, None, Any]:
        """The chunks of a generator, treated; returns what the generator returns."""
        try:
            if self._is_collected:
                return (yield from self._collected(made))
            holding, checks, relay = self._holding(), self._checks(), _Relay(made)
            for chunk in relay:
                for piece in holding.take_text(_text(chunk)):
                    drive(holding.look(piece), checks)
                yield from holding.hold.leaving()
            if self._is_logged:
                self._logged("".join(holding.hold.texts))
            else:
                yield from self._tail(holding, drive(self._end(holding), checks))
        finally:
            self._left()
            made.close()
        return relay.value

    async def astream(self, made: AsyncGenerator[Any, Any]) -> AsyncGenerator[Any, None]:
        """The same for an asynchronous generator."""
        try:
            if self._is_collected:
                for chunk in await self._acollected(made):
                    yield chunk
                return
            holding, checks = self._holding(), self._checks()
            async for chunk in made:
                for piece in holding.take_text(_text(chunk)):
                    await adrive(holding.look(piece), checks)
                for leaving in holding.hold.leaving():
                    yield leaving
            if self._is_logged:
                self._logged("".join(holding.hold.texts))
            else:
                for tail in self._tail(holding, await adrive(self._end(holding), checks)):
                    yield tail
        finally:
            self._left()
            await made.aclose()

    @property
    def _is_collected(self) -> bool:
        """Whether nothing leaves while the whole text may still be changed, or the generator called again."""
        return self.treatment.on_fail in {OnFail.REDACT, OnFail.RETRY}

    @property
    def _is_logged(self) -> bool:
        """Whether nobody waits for the check."""
        return self.treatment.on_fail is OnFail.LOG

    @property
    def _tries(self) -> int:
        """How often the function may be called again."""
        return self.treatment.retries if self.treatment.on_fail is OnFail.RETRY else 0

    def _collected(self, made: Generator[Any, Any, Any]) -> Generator[Any, None, Any]:
        left = self._tries
        while True:
            relay = _Relay(made)
            chunks = list(relay)
            text = "".join(map(_text, chunks))
            treated = drive(self._treated(text, left), self._checks())
            if isinstance(treated, str):
                yield from chunks if treated == text else [treated]
                return relay.value
            left, made = left - 1, self.make(_feedback(treated))

    async def _acollected(self, made: AsyncGenerator[Any, Any]) -> list[Any]:
        left = self._tries
        while True:
            chunks = [chunk async for chunk in made]
            text = "".join(map(_text, chunks))
            treated = await adrive(self._treated(text, left), self._checks())
            if isinstance(treated, str):
                return chunks if treated == text else [treated]
            left, made = left - 1, self.make(_feedback(treated))

    def _treated(self, text: str, left: int) -> Steps[str | AnswerError]:
        """The text as it may leave, or why the function is to be called again; raises where it may not leave."""
        outcome = yield Texts((text,), self.question, context=self.context)
        policy = self.treatment.watcher.policy
        error = refusal(outcome, policy)
        if left and isinstance(error, AnswerError):  # the answer will be that of a later try, and so will its report
            settle(_pending(self.treatment.on_report), outcome.report)
            return error
        settle(self.pending, outcome.report)
        match self.treatment.on_fail:
            case OnFail.ANNOTATE if error is None or isinstance(error, AnswerError):
                return text + note(text, outcome, policy)
            case OnFail.REDACT if isinstance(error, AnswerError) and is_markable(text):
                return without_faults(text, outcome.report, policy)
            case _ if error is not None:
                tell_refused(error)
                raise error
        return text

    def _end(self, holding: Holding) -> Steps[Outcome]:
        """The whole of a stream checked; raises where the rest may not leave, and where nothing may go unchecked."""
        text = "".join(holding.hold.texts)
        outcome = yield Texts((text,), self.question, context=self.context)
        settle(self.pending, outcome.report)
        error = refusal(outcome, self.treatment.watcher.policy, some_left=holding.hold.some_left)
        if error is not None and not (self.treatment.on_fail is OnFail.ANNOTATE and isinstance(error, AnswerError)):
            tell_refused(error)
            raise error
        holding.hold.let_all()
        return outcome

    def _tail(self, holding: Holding, outcome: Outcome) -> Iterator[Any]:
        yield from holding.hold.leaving()
        if self.treatment.on_fail is OnFail.ANNOTATE:
            said = note("".join(holding.hold.texts), outcome, self.treatment.watcher.policy)
            yield from [said] if said else []

    def _logged(self, text: str) -> str:
        """The text at once; its check runs behind the program's back."""
        self.treatment.watcher.conclude(Answer((text,)), self.question, self.pending, self.context)
        return self._with_report(text)

    def _left(self) -> None:
        """A stream that nobody reads on has its report all the same."""
        if not self.pending.is_begun:
            settle(self.pending, nothing_checked("the answer", UNFINISHED))

    def _holding(self) -> Holding:
        watcher = self.treatment.watcher
        mode = watcher.mode if self.treatment.on_fail is OnFail.RAISE else Mode.AFTER
        return Holding(watcher.policy, mode, self.question, self.pending, self.context)

    def _checks(self) -> Checks:
        return Checks(self.treatment.watcher)

    def _with_report(self, text: str) -> str:
        TABLE.attach(text, self.pending)
        return text


def _pending(on_report: Callable[[Report], object] | None) -> Pending:
    """A report to come, of which the program is told."""
    pending = Pending()

    def told(done: Future[Report]) -> None:
        if on_report is None or done.exception() is not None:
            return
        try:
            on_report(done.result())
        except Exception as error:  # noqa: BLE001  a function of the program must not break its call
            _LOG.warning("on_report raised %s", redacted(error))

    pending.future.add_done_callback(told)
    return pending


class _Relay:
    """A generator's chunks, and then what it returned."""

    def __init__(self, made: Generator[Any, Any, Any]) -> None:
        self._made = made
        self.value: Any = None

    def __iter__(self) -> Iterator[Any]:
        self.value = yield from self._made


def _text(chunk: Any) -> str:
    return chunk if isinstance(chunk, str) else ""


def _feedback(error: AnswerError) -> str:
    return "\n".join(error.complaints)

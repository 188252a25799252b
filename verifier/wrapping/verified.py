"""``@verifier.verified``: a function that returns or yields text, whose text is checked before or after it is given on."""

from __future__ import annotations

import functools
import inspect
from collections.abc import AsyncIterator, Callable, Generator
from typing import Any, ParamSpec, TypeVar, overload

from verifier.arguments import check_arguments
from verifier.checker import Checker, Registries
from verifier.errors import WrongArgument
from verifier.policy import FailOn, OnError, Policy
from verifier.types import Report
from verifier.wrapping.attach import TABLE
from verifier.wrapping.treatment import OnFail, Treatment
from verifier.wrapping.types import Mode
from verifier.wrapping.watching import watcher_of

Arguments = ParamSpec("Arguments")
Made = TypeVar("Made")


@overload
def verified(function: Callable[Arguments, Made], /) -> Callable[Arguments, Made]: ...


@overload
def verified(
    *,
    on_fail: OnFail | str = ...,
    mode: Mode | str = ...,
    policy: Policy | None = ...,
    on_error: OnError | str | None = ...,
    timeout: float | None = ...,
    registries: Registries = ...,
    checker: Checker | None = ...,
    retries: int = ...,
    asked: str = ...,
    context: str = ...,
    on_report: Callable[[Report], object] | None = ...,
) -> Callable[[Callable[Arguments, Made]], Callable[Arguments, Made]]: ...


def verified(  # noqa: PLR0913  everything that can be set, by name
    function: Callable[..., Any] | None = None,
    /,
    *,
    on_fail: OnFail | str = OnFail.RAISE,
    mode: Mode | str = Mode.HOLDBACK,
    policy: Policy | None = None,
    on_error: OnError | str | None = None,
    timeout: float | None = None,
    registries: Registries = None,
    checker: Checker | None = None,
    retries: int = 1,
    asked: str = "",
    context: str = "",
    on_report: Callable[[Report], object] | None = None,
) -> Any:
    """Check the text that a function, coroutine, generator, asynchronous generator or method gives.

    It stays what it was: name, docstring, signature, kind. ``on_fail`` says what happens when the policy is not met:

    - ``raise``: ``Blocked``. Of a generator each sentence leaves once it is checked, or everything at once with
      ``mode="buffer"``; ``Withheld`` is raised if something had left.
    - ``annotate``: a note behind the text says what is wrong; a generator yields it last.
    - ``redact``: what is wrong is taken out; a generator yields one text.
    - ``retry``: the function is called again, ``retries`` times, then ``Blocked``. If it has a parameter ``feedback``, it is
      given what was wrong, a line each.
    - ``log``: the text is given at once, and the check runs behind the program's back.

    Without a policy only ``fabricated`` raises, redacts or retries, and every serious fault is noted and logged. ``asked`` and
    ``context`` name the parameters that hold the question and the documents which the text was written from. ``on_report``
    is called with each report; ``get_report`` knows returned texts too. ``timeout``, ``on_error``, ``registries`` and
    ``checker`` are those of ``wrap``. What is not a string is given on unchecked.

    >>> @verified(on_fail="annotate", asked="question")
    ... def answer(question: str) -> str:
    ...     return "Tea is a plant."
    >>> answer("What is tea?")
    'Tea is a plant.'

    Raises:
        WrongArgument: an argument cannot be used, or what is decorated is no function.

    """
    check_arguments("verifier.verified", on_fail=on_fail, mode=mode, retries=retries, on_report=on_report)
    stops = on_fail in {OnFail.RAISE, OnFail.REDACT, OnFail.RETRY}
    if mode == Mode.AFTER and on_fail == OnFail.RAISE:
        raise WrongArgument(
            "verifier.verified: text that has left cannot be held back; mode must be holdback or buffer"
        )
    watcher = watcher_of(
        "verifier.verified",
        policy=policy,
        mode=mode,
        on_error=on_error,
        timeout=timeout,
        registries=registries,
        checker=checker,
        fail_on=FailOn.FABRICATED if stops else FailOn.MISMATCH,
    )

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        _check_function(function, asked, context)
        return _decorated(function, Treatment(watcher, OnFail(on_fail), retries, function, asked, context, on_report))

    return decorate if function is None else decorate(function)


def _check_function(function: Any, *names: Any) -> None:
    if isinstance(function, staticmethod | classmethod | property):
        kind = type(function).__name__
        raise WrongArgument(f"verifier.verified: put @{kind} above @verifier.verified, not below it")
    if not callable(function) or isinstance(function, type):
        raise WrongArgument(f"verifier.verified decorates functions, not {type(function).__name__}")
    known = inspect.signature(function).parameters
    for name in names:
        if not isinstance(name, str):
            raise WrongArgument("verifier.verified: asked and context are names of parameters of the function")
        if name and name not in known:
            raise WrongArgument(
                f"verifier.verified: the function has no parameter {name!r}", hint=f"it has: {', '.join(known)}"
            )


def _decorated(function: Callable[..., Any], treatment: Treatment) -> Callable[..., Any]:
    """The function with its text treated, of the same kind."""

    @functools.wraps(function)
    def plain(*arguments: Any, **settings: Any) -> Any:
        call = treatment.call(arguments, settings)
        made = call.make()
        if inspect.isgenerator(made) or inspect.isasyncgen(made):
            call.pending.come_later()
            stream = call.stream(made) if inspect.isgenerator(made) else call.astream(made)
            TABLE.attach(stream, call.pending)
            return stream
        return call.atext(made) if inspect.isawaitable(made) else call.text(made)

    @functools.wraps(function)
    async def coroutine(*arguments: Any, **settings: Any) -> Any:
        call = treatment.call(arguments, settings)
        return await call.atext(call.make())

    @functools.wraps(function)
    def generator(*arguments: Any, **settings: Any) -> Generator[Any, None, Any]:
        call = treatment.call(arguments, settings)
        return (yield from call.stream(call.make()))

    @functools.wraps(function)
    async def async_generator(*arguments: Any, **settings: Any) -> AsyncIterator[Any]:
        call = treatment.call(arguments, settings)
        stream = call.astream(call.make())
        try:
            async for chunk in stream:
                yield chunk
        finally:
            await stream.aclose()

    if inspect.isgeneratorfunction(function):
        return generator
    if inspect.isasyncgenfunction(function):
        return async_generator
    return coroutine if inspect.iscoroutinefunction(function) else plain

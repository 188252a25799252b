"""``verifier.wrap``: a client of a language model whose answers are checked, behind its back or before they leave.

The client stays the same object, and so do its responses: same type, same content, streams still stream. ``get_report``
gives what was found.
"""

from __future__ import annotations

import functools
import inspect
import sys
from collections.abc import Callable, Sequence
from contextvars import ContextVar
from dataclasses import replace
from itertools import accumulate, product
from typing import Any, TypeVar

from verifier.arguments import check_arguments, several
from verifier.checker import Checker, Registries
from verifier.errors import WrongArgument
from verifier.policy import FailOn, OnError, Policy
from verifier.wrapping.anthropic import AnthropicShape
from verifier.wrapping.interface import Shape
from verifier.wrapping.openai import OpenAIShape
from verifier.wrapping.responses import OTHER, Responses
from verifier.wrapping.types import Mode
from verifier.wrapping.watcher import Watcher

CEILING_S = 2.0
"""So long the check of one answer may take."""
CALLS: tuple[tuple[str, type[OpenAIShape | AnthropicShape]], ...] = (
    ("chat.completions.create", OpenAIShape),
    ("chat.completions.parse", OpenAIShape),
    ("completions.create", OpenAIShape),
    ("responses.create", OpenAIShape),
    ("responses.parse", OpenAIShape),
    ("beta.chat.completions.parse", OpenAIShape),
    ("messages.create", AnthropicShape),
    ("messages.parse", AnthropicShape),
    ("beta.messages.create", AnthropicShape),
    ("beta.messages.parse", AnthropicShape),
    ("create_chat_completion", OpenAIShape),
    ("create_completion", OpenAIShape),
)
"""The calls that make an answer, by the names that clients give them."""
HELPERS: tuple[tuple[str, type[OpenAIShape | AnthropicShape]], ...] = (
    ("chat.completions.stream", OpenAIShape),
    ("beta.chat.completions.stream", OpenAIShape),
    ("responses.stream", OpenAIShape),
    ("messages.stream", AnthropicShape),
    ("beta.messages.stream", AnthropicShape),
)
"""The calls that make a manager, which makes the stream when it is entered."""
COPIES = ("with_options", "copy")
"""The calls that make another client of the same kind."""
_REQUEST = "__api_request"
"""End of the name under which the managers of ``openai`` and ``anthropic`` keep what makes the stream."""
_RAW = "X-Stainless-Raw-Response"
"""The header by which both packages tell themselves that ``with_raw_response`` or ``with_streaming_response`` was used."""
_VIEWS = ("with_raw_response", "with_streaming_response")
"""What both packages make of a call and keep."""
_MARK = "_watched_by_verifier"
_CALLING: ContextVar[bool] = ContextVar("calling", default=False)
"""Whether a watched call is being made, so that the calls it makes itself are not watched too."""

Client = TypeVar("Client")


def wrap(
    client: Client,
    *,
    policy: Policy | None = None,
    mode: Mode | str = Mode.AFTER,
    on_error: OnError | str | None = None,
    timeout: float | None = None,
    registries: Registries = None,
    checker: Checker | None = None,
) -> Client:
    """Check every answer of a client; the same client comes back. Wrapped again, it is watched as was said last.

    Known by shape: ``chat.completions``, ``completions`` and ``responses`` of OpenAI's package and of everything that
    mirrors it, ``messages`` of Anthropic's, ``llama_cpp.Llama`` and ``probes.ProbedLlama``; synchronous or not, whole or
    streamed, with the packages' own ``stream``, ``parse`` and ``with_raw_response``. Nothing is asked over the network
    unless ``registries`` names some (or ``VERIFIER_ONLINE`` is set), and nothing is stored.

    ``mode`` says when text reaches the program. ``after``: at once; the check runs behind its back, and nothing is raised
    into the call. ``buffer``: once the whole answer is checked. ``holdback``: of a stream each sentence once it is checked,
    citations once they are complete. In the last two an answer that the policy stops (``fabricated`` unless it says otherwise)
    raises ``Blocked`` if nothing has left, ``Withheld`` if something has.

    ``timeout`` is the ceiling in seconds for all checks of one answer (2 s, or what the ``checker`` has). What is not checked
    then leaves all the same and is a gap in the report, unless ``on_error="closed"``: then ``CheckFailed`` is raised.
    Give a ``checker`` of your own for a judge or evidence; its policy holds unless another is given.

    >>> client = wrap(OpenAI())                                                   # doctest: +SKIP
    >>> answer = client.chat.completions.create(model="m", messages=[...])        # doctest: +SKIP
    >>> get_report(answer, timeout=5).count(Status.FABRICATED)                    # doctest: +SKIP

    Raises:
        WrongArgument: the client has none of these calls, or an argument cannot be used.

    """
    watcher = watcher_of(
        "verifier.wrap",
        policy=policy,
        mode=mode,
        on_error=on_error,
        timeout=timeout,
        registries=registries,
        checker=checker,
    )
    if not _watch(client, Responses(watcher)):
        raise WrongArgument(
            f"{type(client).__name__} has no call that verifier.wrap knows, such as chat.completions.create"
        )
    return client


def watcher_of(
    call: str,
    *,
    policy: Policy | None,
    mode: Mode | str,
    on_error: OnError | str | None,
    timeout: float | None,
    registries: Registries,
    checker: Checker | None,
    fail_on: FailOn = FailOn.FABRICATED,
) -> Watcher:
    """What checks the answers of ``call``, from what its user gave; without a policy ``fail_on`` stops an answer."""
    registries = several(registries)
    check_arguments(
        call,
        policy=policy,
        mode=mode,
        on_error=on_error,
        timeout=timeout,
        registries=registries,
        checker=checker,
    )
    if checker is not None and registries is not None:
        raise WrongArgument(f"{call}: registries belong to the checker", hint="verifier.Checker(registries=...)")
    told = policy if checker is None or checker.policy == Policy() else policy or checker.policy
    ruling = told or Policy(fail_on=fail_on)
    ruling = replace(ruling, on_error=OnError(on_error or (checker.policy if checker else ruling).on_error))
    ceiling_s = timeout if timeout is not None else CEILING_S if checker is None else checker.budget_s
    checks = checker or Checker(registries=registries, policy=ruling, budget_s=ceiling_s)
    return Watcher(checks, ruling, Mode(mode), ceiling_s)


def _watch(client: Any, responses: Responses) -> bool:
    found = False
    for path, shape in CALLS:
        found |= _replace(client, path, functools.partial(_watched, shape=shape(), responses=responses))
    for path, shape in HELPERS if found else ():
        _replace(client, path, functools.partial(_managed, shape=shape(), responses=responses))
    for name in COPIES if found else ():
        _replace(client, name, functools.partial(_copied, responses=responses))
    return found


def _replace(client: Any, path: str, watched: Callable[[Callable[..., Any]], Callable[..., Any]]) -> bool:
    """Put a watched call in the place of the call; ``False`` if there is none."""
    *steps, name = path.split(".")
    owners = list(accumulate(steps, lambda thing, step: getattr(thing, step, None), initial=client))
    owner = owners[-1]
    call = getattr(owner, name, None)
    if owner is None or not callable(call):
        return False
    if getattr(call, _MARK, False):  # wrapped before: what was said last holds
        call = call.__wrapped__
    made = watched(call)
    made.__dict__[_MARK] = True
    setattr(owner, name, made)
    for each, view in product(owners, _VIEWS):
        if hasattr(type(each), view):  # made again when it is asked for, of the watched call
            vars(each).pop(view, None)
    return True


def _copied(make: Callable[..., Any], responses: Responses) -> Callable[..., Any]:
    @functools.wraps(make)
    def run(*arguments: Any, **settings: Any) -> Any:
        made = make(*arguments, **settings)
        _watch(made, responses)
        return made

    return run


def _watched(call: Callable[..., Any], shape: Shape, responses: Responses) -> Callable[..., Any]:
    """The call, which gives what it gave; one that another watched call makes is not watched again."""

    @functools.wraps(call)
    def run(*arguments: Any, **request: Any) -> Any:
        raw = _raw(request)
        responses.refuse_unread(raw)
        inner, response = _called(call, arguments, request)
        if inner:
            return response
        question = _asked(shape, arguments, request)
        if not inspect.isawaitable(response):
            return responses.seen(response, shape, question, raw)

        async def awaited() -> Any:
            return await responses.aseen(await response, shape, question, raw)

        return awaited()

    @functools.wraps(call)
    async def run_coroutine(*arguments: Any, **request: Any) -> Any:
        raw = _raw(request)
        responses.refuse_unread(raw)
        response = await call(*arguments, **request)
        return await responses.aseen(response, shape, _asked(shape, arguments, request), raw)

    return run_coroutine if inspect.iscoroutinefunction(call) else run


def _managed(call: Callable[..., Any], shape: Shape, responses: Responses) -> Callable[..., Any]:
    """The call, whose manager makes a watched stream."""

    @functools.wraps(call)
    def run(*arguments: Any, **request: Any) -> Any:
        inner, manager = _called(call, arguments, request)
        question = _asked(shape, arguments, request)
        if inner:
            return manager
        kept = [name for name in getattr(manager, "__dict__", ()) if name.endswith(_REQUEST)]
        if not kept or not _reads_stream(type(manager)):
            responses.refuse_unread(OTHER)
            return manager
        make = getattr(manager, kept[0])
        if callable(make):
            setattr(manager, kept[0], lambda: responses.seen(_called(make, (), {})[1], shape, question))
        else:
            setattr(manager, kept[0], _Later(make, responses, shape, question))
        return manager

    return run


def _reads_stream(manager: type) -> bool:
    """Whether the helper that a manager makes reads the stream it is given; early ones read its response past it."""
    helper = getattr(sys.modules.get(manager.__module__), manager.__name__.removesuffix("Manager"), None)
    return helper is not None and "raw_stream" in inspect.signature(helper).parameters


class _Later:
    """A stream that will be watched once it is awaited."""

    def __init__(self, made: Any, responses: Responses, shape: Shape, question: str) -> None:
        self._made, self._responses, self._shape, self._question = made, responses, shape, question

    def __await__(self) -> Any:
        stream = yield from self._made.__await__()
        return (yield from self._responses.aseen(stream, self._shape, self._question).__await__())


def _called(call: Callable[..., Any], arguments: Sequence[Any], request: dict[str, Any]) -> tuple[bool, Any]:
    """Whether the call was made by another watched one, and what it gave."""
    inner = _CALLING.get()
    token = _CALLING.set(True)
    try:
        return inner, call(*arguments, **request)
    finally:
        _CALLING.reset(token)


def _raw(request: dict[str, Any]) -> str:
    """``raw`` or ``stream`` where the response is asked for as it came, else ``""``."""
    headers = request.get("extra_headers")
    return str(headers.get(_RAW, "")) if isinstance(headers, dict) else ""


def _asked(shape: Shape, arguments: Sequence[Any], request: dict[str, Any]) -> str:
    try:
        return shape.asked(arguments, request)
    except Exception:  # noqa: BLE001  a request of a kind that nobody foresaw is asked all the same
        return ""

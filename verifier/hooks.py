"""``verifier.on``: functions of the program that are called when something was checked, and one log record each time.

A hook gets the report, in the thread that made it. What it raises is logged by its type and goes no further. Log records hold
counts and times in their ``extra``, and never the text under test or a key.
"""

from __future__ import annotations

import inspect
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from enum import StrEnum
from threading import Lock

from verifier.errors import WrongArgument
from verifier.types import Decision, Report

_LOG = logging.getLogger(__name__)

Hook = Callable[[Report], object]


class Event(StrEnum):
    """What a hook can be called for."""

    CHECKED = "checked"
    """A text was checked: every report of ``check``, of a wrapped client and of a verified function."""
    FLAGGED = "flagged"
    """Something in it was flagged."""
    BLOCKED = "blocked"
    """An answer was held back before any of it left."""
    WITHHELD = "withheld"
    """The rest of an answer was held back after some of it had left."""
    FAILED = "failed"
    """A check failed or was not finished in time; the report says what was not checked. Not a flag."""


_HOOKS: dict[Event, tuple[Hook, ...]] = {}
_LOCK = Lock()
_FAILED: ContextVar[list[Report] | None] = ContextVar("failed", default=None)


def on(event: str, fn: Hook) -> Callable[[], None]:
    """Call ``fn(report)`` whenever ``event`` happens; the function that comes back takes it off again.

    Events: ``checked``, ``flagged``, ``blocked``, ``withheld``, ``failed``. The hook runs in the thread that checked, so a
    slow one belongs into a queue of its own. What it raises never reaches the program.

    >>> off = on("flagged", lambda report: print(report.findings))
    >>> off()

    Raises:
        WrongArgument: there is no such event, or the hook is no plain function.

    """
    if event not in list(Event):
        raise WrongArgument(f"verifier.on: the event must be one of {', '.join(Event)}, not {event!r:.40}")
    if not callable(fn) or inspect.iscoroutinefunction(fn):
        raise WrongArgument("verifier.on: the hook must be a plain function of one argument, the report")
    known = Event(event)
    with _LOCK:
        _HOOKS[known] = (*_HOOKS.get(known, ()), fn)

    def off() -> None:
        with _LOCK:
            _HOOKS[known] = tuple(each for each in _HOOKS.get(known, ()) if each is not fn)

    return off


def tell(event: Event, report: Report) -> None:
    """Log the event and call its hooks; never raises."""
    failed = _FAILED.get()
    if failed is not None:
        failed += [report] if event is Event.FAILED else []
        return
    _LOG.info(
        "%s: %d citations, %d claims", event, len(report.findings), len(report.claims), extra=_facts(event, report)
    )
    for fn in _HOOKS.get(event, ()):
        try:
            fn(report)
        except Exception as error:  # noqa: BLE001  a hook of the program must not break its call
            _LOG.warning("a hook for %s raised %s", event, type(error).__name__, extra=_facts(event, report))


def tell_checked(report: Report) -> None:
    """Tell that a text was checked, and whether something was flagged."""
    tell(Event.CHECKED, report)
    if _flagged(report):
        tell(Event.FLAGGED, report)


@contextmanager
def quiet() -> Iterator[list[Report]]:
    """Tell nothing meanwhile, and gather the reports of checks that failed: a part is looked at, whose whole report comes later."""
    failed: list[Report] = []
    token = _FAILED.set(failed)
    try:
        yield failed
    finally:
        _FAILED.reset(token)


def _flagged(report: Report) -> int:
    grave = {Decision.FLAG, Decision.BLOCK}
    cited = sum(each.decision in grave and not each.is_dismissed for each in report.findings)
    return cited + sum(each.decision in grave for each in report.claims)


def _facts(event: Event, report: Report) -> dict[str, object]:
    """What a log record holds beside its sentence: numbers only."""
    return {
        "verifier_event": event.value,
        "verifier_citations": len(report.findings),
        "verifier_claims": len(report.claims),
        "verifier_flagged": _flagged(report),
        "verifier_gaps": len(report.gaps),
        "verifier_seconds": (report.finished_at - report.started_at).total_seconds(),
    }

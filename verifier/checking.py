"""``verifier.check`` and ``acheck``: one call that checks a text and gives a report."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from citations.types import Reference
from verifier.arguments import check_arguments, several
from verifier.checker import BUDGET_S, Checker, Evidence, Registries, Subject, TextReader
from verifier.judges.interface import Judge
from verifier.policy import Policy
from verifier.retrieval import Retriever
from verifier.types import Report

Given = ParamSpec("Given")
Made = TypeVar("Made")


def _called_as(other: Callable[Given, object]) -> Callable[[Callable[..., Made]], Callable[Given, Made]]:
    """For a function that takes whatever another takes: its signature, for type checkers and for whoever asks at run time."""

    def signed(function: Callable[..., Made]) -> Callable[Given, Made]:
        function.__signature__ = inspect.signature(other)  # type: ignore[attr-defined]
        return function

    return signed


def check(  # noqa: PLR0913  one call with everything by name
    text: str,
    context: str | Sequence[str] | None = None,
    references: str | Sequence[Reference] | None = None,
    evidence: Evidence = None,
    engine: TextReader | None = None,
    *,
    judge: Judge | Path | str | None = None,
    retriever: Retriever | None = None,
    registries: Registries = None,
    policy: Policy | None = None,
    budget_s: float | None = BUDGET_S,
    asked: str = "",
    generator: str = "",
) -> Report:
    """Check the claims and citations of a text and report; what may be given is said at ``Checker`` and ``Subject``.

    >>> check("The sky is blue.").findings
    ()

    Raises:
        WrongArgument: something was given that cannot be used. What is wrong with the text itself is a gap in the report.
        CheckFailed: checking failed, and the policy says ``on_error="closed"``.

    """
    subject = _subject(text, several(context), several(references), asked, generator)
    with Checker(
        registries=registries,
        evidence=evidence,
        retriever=retriever,
        judge=judge,
        engine=engine,
        policy=policy,
        budget_s=budget_s,
    ) as checker:
        return checker.check(subject)


@_called_as(check)
async def acheck(*given: Any, **named: Any) -> Report:
    """``check`` in a thread of its own, so that the event loop goes on meanwhile."""
    return await asyncio.to_thread(check, *given, **named)


def _subject(text: str, context: Any, references: Any, asked: str, generator: str) -> Subject:
    check_arguments("verifier.check", context=context, references=references, asked=asked, generator=generator)
    given = (context,) if isinstance(context, str) else context or ()
    return Subject(text, asked, context=given, references=references or (), generator=generator)

"""``verifier.check`` and ``acheck``: one call that checks a text and gives a report."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from citations.types import Reference
from verifier.arguments import check_arguments, several
from verifier.checker import BUDGET_S, Checker, Evidence, Registries, Subject, TextReader
from verifier.judges.interface import Judge
from verifier.policy import Policy
from verifier.retrieval import Retriever
from verifier.types import Report


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


async def acheck(  # noqa: PLR0913  the same call for coroutines
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
    """``check`` in a thread of its own, so that the event loop goes on meanwhile."""
    call = partial(
        check,
        text,
        context,
        references,
        evidence,
        engine,
        judge=judge,
        retriever=retriever,
        registries=registries,
        policy=policy,
        budget_s=budget_s,
        asked=asked,
        generator=generator,
    )
    return await asyncio.to_thread(call)


def _subject(text: str, context: Any, references: Any, asked: str, generator: str) -> Subject:
    check_arguments("verifier.check", context=context, references=references, asked=asked, generator=generator)
    given = (context,) if isinstance(context, str) else context or ()
    return Subject(text, asked, context=given, references=references or (), generator=generator)

"""A Pydantic-AI output validator: the model is told what is wrong with its answer and tries again.

https://ai.pydantic.dev/output/#output-validator-functions
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, TypeVar

from verifier.checker import Checker, Subject
from verifier.complaint import complaints
from verifier.errors import ExtraMissing
from verifier.types import Report

if TYPE_CHECKING:
    from pydantic_ai import RunContext

Output = TypeVar("Output")

SHOWN = 8
"""Problems that the model is told of; more would only fill its context."""


def output_validator(
    checker: Checker | None = None,
    *,
    text_of: Callable[[Any], str] = str,
    on_report: Callable[[Report], None] | None = None,
) -> Callable[[RunContext[Any], Output], Awaitable[Output]]:
    """A function for ``agent.output_validator``: it raises ``ModelRetry`` with what is flagged, and passes all else on.

    ``checker`` says what is asked and what fails (index and cache alone unless given); ``text_of`` makes the text that is
    checked of a structured output; ``on_report`` gets every report, also those of answers that passed, since unchecked is
    not clean. Partial outputs of a stream are passed on unchecked: half a citation accuses nobody. A failure of the
    checker itself never asks the model again. Raises ``ExtraMissing`` if Pydantic-AI is not installed.

    >>> agent.output_validator(output_validator())  # doctest: +SKIP
    """
    try:
        from pydantic_ai import ModelRetry
    except ImportError as error:
        raise ExtraMissing("Pydantic-AI is not installed", hint="pip install pydantic-ai-slim") from error
    used = checker or Checker()

    async def validate(ctx: RunContext[Any], output: Output) -> Output:
        if ctx.partial_output:
            return output
        asked = ctx.prompt if isinstance(ctx.prompt, str) else ""
        report = await used.acheck(Subject(text_of(output), asked))
        if on_report is not None:
            on_report(report)
        wrong = complaints(report, used.policy)
        if wrong:
            raise ModelRetry(_request(wrong))
        return output

    return validate


def _request(wrong: tuple[str, ...]) -> str:
    listed = "\n".join(f"- {each}" for each in wrong[:SHOWN])
    more = f"\n- and {len(wrong) - SHOWN} more" if len(wrong) > SHOWN else ""
    return (
        f"A check against registries and evidence holds this against your answer:\n{listed}{more}\n"
        "Answer again; leave out what you cannot support, and cite only works that you are sure exist."
    )

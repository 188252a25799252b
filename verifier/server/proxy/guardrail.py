"""The contract of LiteLLM's generic guardrail: texts in, ``NONE`` or ``BLOCKED`` out. Pure but for the check it is given.

https://docs.litellm.ai/docs/adding_provider/generic_guardrail_api (read 2026-11-25). Fields that are not named here are
allowed and not read. ``GUARDRAIL_INTERVENED`` is never answered, because no text is ever changed.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from verifier.server.proxy.checks import Asked
from verifier.server.proxy.ruling import CHECK_FAILED, Ruling, Withheld, verification
from verifier.wrapping.types import Answer

MAX_TEXTS = 100


class BadRequest(Exception):
    """The request does not have the shape of the contract."""


class GuardrailRequest(BaseModel):
    """What LiteLLM sends, as far as it is read."""

    model_config = ConfigDict(extra="ignore")

    input_type: Literal["request", "response"]
    texts: list[str] | None = None
    model: str | None = None


@dataclass(frozen=True, slots=True)
class GuardrailReply:
    """What LiteLLM is told."""

    body: dict[str, Any]
    withheld: Withheld | None = None
    """An answer that could not be checked, where that is an error and no verdict: LiteLLM's own setting decides about it."""


async def guard(body: bytes, rule: Callable[[Answer, Asked], Awaitable[Ruling]]) -> GuardrailReply:
    """The reply to one request; raises ``BadRequest``.

    What a caller writes to a model is not checked: it makes no answer.
    """
    request = _request(body)
    texts = tuple(request.texts or ())
    if request.input_type == "request" or not any(text.strip() for text in texts):
        return GuardrailReply({"action": "NONE"})
    if len(texts) > MAX_TEXTS:
        raise BadRequest(f"more than {MAX_TEXTS} texts")
    made = await rule(Answer(texts), Asked(model=request.model or ""))
    told = {"verification": verification(made)}
    if made.withheld is None:
        return GuardrailReply({"action": "NONE", **told})
    if made.withheld.code == CHECK_FAILED:
        return GuardrailReply({}, made.withheld)
    return GuardrailReply({"action": "BLOCKED", "blocked_reason": made.withheld.message, **told})


def _request(body: bytes) -> GuardrailRequest:
    try:
        return GuardrailRequest.model_validate_json(body)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        place = ".".join(str(each) for each in first["loc"])
        raise BadRequest(f"{place or 'the body'}: {first['msg']}") from error

"""What the proxy answers itself: health, metrics, ``/v1/verify``, the reports of the last answers, and the guardrail."""

from __future__ import annotations

import json
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, ValidationError
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from verifier.server.proxy.answers import Answers
from verifier.server.proxy.checks import Asked
from verifier.server.proxy.dialects import error_object
from verifier.server.proxy.gate import HEALTH
from verifier.server.proxy.guardrail import BadRequest, guard
from verifier.server.proxy.metrics import Metrics
from verifier.server.proxy.ruling import Withheld, report_json, ruling_headers, verification
from verifier.wrapping.types import Answer

MAX_BODY = 8 * 1024 * 1024
"""Bytes of a text to check, with what is around it."""


class VerifyRequest(BaseModel):
    """A text to check, and what it is checked against."""

    model_config = ConfigDict(extra="forbid")

    text: str
    asked: str = ""
    """The question that it answers."""
    context: str | list[str] | None = None
    """The documents that its writer was shown."""
    references: str = ""
    """A reference list that stands apart from the text."""
    model: str = ""
    """Who wrote it."""


@dataclass(frozen=True, slots=True)
class Pages:
    """The proxy's own paths."""

    answers: Answers
    metrics: Metrics

    def routes(self) -> list[Route]:
        """The paths that are not passed on."""
        return [
            Route(HEALTH, self.health, methods=["GET"]),
            Route("/metrics", self.tell_metrics, methods=["GET"]),
            Route("/v1/verify", self.verify, methods=["POST"]),
            Route("/v1/verify/{id}", self.report, methods=["GET"]),
            Route("/beta/litellm_basic_guardrail_api", self.guardrail, methods=["POST"]),
        ]

    async def health(self, _request: Request) -> Response:
        """Say that requests are served."""
        return JSONResponse({"status": "ok"})

    async def tell_metrics(self, _request: Request) -> Response:
        """Tell the counts."""
        return PlainTextResponse(self.metrics.text(), media_type="text/plain; version=0.0.4")

    async def verify(self, request: Request) -> Response:
        """Check a text; the answer is the report as ``verifier check --format json`` writes it."""
        body = await _body(request)
        if body is None:
            return _too_long()
        try:
            asked = VerifyRequest.model_validate_json(body)
        except ValidationError as error:
            first = error.errors(include_input=False, include_url=False)[0]
            return _error(400, "bad_request", f"{'.'.join(map(str, first['loc'])) or 'the body'}: {first['msg']}")
        given = [asked.context] if isinstance(asked.context, str) else asked.context or []
        around = Asked(asked.asked, asked.model, tuple(given), asked.references)
        made = await self.answers.rule(Answer((asked.text,)), around)
        headers = {name.decode(): value.decode() for name, value in ruling_headers(made)}
        return JSONResponse(report_json(made.outcome.report), headers=headers)

    async def report(self, request: Request) -> Response:
        """What was found in one of the last answers, by the number in its ``X-Verifier-Id``."""
        made = self.answers.reports.get(request.path_params["id"])
        if made is None:
            return _error(404, "unknown_id", "no report of that number is kept: it is not finished, or was forgotten")
        return JSONResponse(verification(made))

    async def guardrail(self, request: Request) -> Response:
        """Answer LiteLLM."""
        body = await _body(request)
        if body is None:
            return _too_long()
        try:
            reply = await guard(body, self.answers.rule_blocking)
        except BadRequest as error:
            return _error(400, "bad_request", str(error))
        if reply.withheld is not None:
            return _withheld(reply.withheld)
        return JSONResponse(reply.body)


async def _body(request: Request) -> bytes | None:
    """The whole body, ``None`` if it is too long; what a caller that left had sent is as good as nothing."""
    body = bytearray()
    try:
        async for piece in request.stream():
            body += piece
            if len(body) > MAX_BODY:
                return None
    except ClientDisconnect:
        return b""
    return bytes(body)


def _error(status: int, code: str, message: str) -> Response:
    return Response(json.dumps(error_object(None, status, code, message)), status, media_type="application/json")


def _withheld(why: Withheld) -> Response:
    return _error(why.status, why.code, why.message)


def _too_long() -> Response:
    return _error(413, "too_long", f"the body has more than {MAX_BODY:,} bytes")

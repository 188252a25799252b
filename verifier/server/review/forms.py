"""Forms that browsers and programs send: read once, bounded in size and time."""

from __future__ import annotations

import asyncio
from urllib.parse import parse_qsl

from starlette.requests import ClientDisconnect, Request

from verifier.errors import VerifierError
from verifier.server.review.entry import Form
from verifier.server.review.guard import MAX_BODY

READ_S = 15.0
"""How long a form may take to arrive."""
_MAX_FIELDS = 100


class BadForm(VerifierError):
    """What was sent is no form of this page."""

    code = "bad-request"

    def __init__(self, message: str, status: int = 400, *, hint: str = "") -> None:
        """Keep the status of the answer."""
        super().__init__(message, hint=hint)
        self.status = status


async def read_form(request: Request) -> Form:
    """The fields that were sent; raises only ``BadForm``."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().casefold()
    if kind != "application/x-www-form-urlencoded":
        raise BadForm("a form is sent as application/x-www-form-urlencoded", 415)
    try:
        async with asyncio.timeout(READ_S):
            body = await _body(request)
    except TimeoutError as error:
        raise BadForm("the form did not arrive in time", 408) from error
    except ClientDisconnect as error:
        raise BadForm("the form broke off") from error
    try:
        fields = parse_qsl(
            body.decode("utf-8", "replace"), keep_blank_values=True, errors="replace", max_num_fields=_MAX_FIELDS
        )
    except ValueError as error:
        raise BadForm(f"a form has at most {_MAX_FIELDS} fields") from error
    return Form(tuple(fields))


async def _body(request: Request) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY:
            raise BadForm(f"at most {MAX_BODY // 1024} KiB may be sent", 413)
    return bytes(body)

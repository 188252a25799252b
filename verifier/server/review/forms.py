"""Forms that browsers and programs send: read once, bounded in size and time."""

from __future__ import annotations

import asyncio
from urllib.parse import parse_qsl

from starlette.requests import ClientDisconnect, Request

from verifier.errors import BadRequest
from verifier.server.review.entry import Form
from verifier.server.review.guard import MAX_BODY

READ_S = 15.0
"""How long a form may take to arrive."""
_MAX_FIELDS = 100


async def read_form(request: Request) -> Form:
    """The fields that were sent; raises only ``BadRequest``."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().casefold()
    if kind != "application/x-www-form-urlencoded":
        raise BadRequest("a form is sent as application/x-www-form-urlencoded", 415)
    try:
        async with asyncio.timeout(READ_S):
            body = await _body(request)
    except TimeoutError as error:
        raise BadRequest("the form did not arrive in time", 408) from error
    except ClientDisconnect as error:
        raise BadRequest("the form broke off") from error
    try:
        fields = parse_qsl(
            body.decode("utf-8", "replace"), keep_blank_values=True, errors="replace", max_num_fields=_MAX_FIELDS
        )
    except ValueError as error:
        raise BadRequest(f"a form has at most {_MAX_FIELDS} fields") from error
    return Form(tuple(fields))


async def _body(request: Request) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY:
            raise BadRequest(f"at most {MAX_BODY // 1024} KiB may be sent", 413)
    return bytes(body)

"""What every request of the review page passes before anything looks at it, and the headers of every answer."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from verifier.errors import RequestRefused
from verifier.redacted import redacted
from verifier.server.access import host_name
from verifier.server.review.desk import Desk
from verifier.server.review.replies import error_response, is_for_program

_LOG = logging.getLogger(__name__)

MAX_BODY = 64 * 1024
"""A note of the greatest length fits, however it is encoded."""
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",  # with no-referrer, browsers would say "Origin: null" when a form is sent
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "X-Robots-Tag": "noindex, nofollow",
}
_PASSED_ON = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip")


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a request is not looked at."""

    status: int
    sentence: str


def guarded(app: ASGIApp, desk: Desk) -> ASGIApp:
    """The application behind its rules: host names, no foreign frames or scripts, bounded bodies, strict headers."""

    async def guard(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await app(scope, receive, send)
            return
        if scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1008})
            return

        async def send_strictly(message: Message) -> None:
            if message["type"] == "http.response.start":
                _set_headers(MutableHeaders(scope=message), desk)
            await send(message)

        refused = refusal(Headers(scope=scope), desk)
        if refused is None:
            try:
                await app(scope, receive, send_strictly)
            except Exception as error:  # noqa: BLE001  the caller has had its status 500 from the framework
                _LOG.error("a request crashed: %s", redacted(error))
            return
        response: Response = PlainTextResponse(f"{refused.sentence}\n", refused.status)
        if is_for_program(Request(scope)):
            response = error_response(refused.status, RequestRefused.code, refused.sentence)
        await response(scope, receive, send_strictly)

    return guard


def refusal(headers: Mapping[str, str], desk: Desk) -> Refusal | None:
    """Why a request with these headers is not looked at, ``None`` if it is."""
    name = host_name(headers.get("host", ""))
    if name not in desk.hosts:
        return Refusal(421, "This server is not called so; it answers to the name it was started with.")
    if not desk.is_behind_proxy and any(each in headers for each in _PASSED_ON):
        return Refusal(403, "A proxy passed this on: start the server with --public-url, so that it asks for tokens.")
    if headers.get("sec-fetch-site") == "cross-site" and not _is_visit(headers):
        return Refusal(403, "Other sites may link to this page, and do nothing else with it.")
    length = headers.get("content-length", "0")
    if not (length.isascii() and length.isdigit() and len(length) < 20) or int(length) > MAX_BODY:
        return Refusal(413, f"At most {MAX_BODY // 1024} KiB may be sent.")
    return None


def _is_visit(headers: Mapping[str, str]) -> bool:
    """Whether a person follows a link, in a tab of its own."""
    return headers.get("sec-fetch-mode") == "navigate" and headers.get("sec-fetch-dest") == "document"


def _set_headers(headers: MutableHeaders, desk: Desk) -> None:
    for name, value in HEADERS.items():
        headers[name] = value
    if desk.is_secure:
        headers["Strict-Transport-Security"] = "max-age=31536000"
    headers.setdefault("Cache-Control", "no-store")

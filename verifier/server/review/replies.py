"""What goes back to whoever asked: a page or its twin for programs, the place to go on at, or an error in the same two forms."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, is_dataclass
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from verifier.errors import NotSignedIn, RequestRefused, TooManyTries, UnknownFlag, VerifierError
from verifier.render.escaped import escaped
from verifier.server.review.desk import Desk, Viewer
from verifier.server.review.entry import LOGIN_FORM

FOLDER = Path(__file__).resolve().parent.parent
KINDS = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
_OWN_PATH = re.compile(r"/(?:[a-z0-9]+/)*[a-z0-9]*(?:\?[\w%&=+.~*-]*)?", re.ASCII)  # one way to match, so linear


@dataclass(frozen=True, slots=True)
class Shown:
    """A view: what its template is given, and what its twin holds."""

    template: str
    page: object
    record: Mapping[str, object]
    status: int = 200


@dataclass(frozen=True, slots=True)
class Done:
    """Something was written: where a browser goes on, and what a program is told."""

    path: str
    record: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Message:
    """A page of one sentence."""

    title: str
    sentence: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class LoginPage:
    """The page that asks for a token."""

    then: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Asset:
    """A file that pages name: its bytes, and a digest of them in its address, so that browsers may keep it."""

    name: str
    kind: str
    body: bytes
    digest: str


@cache
def assets() -> Mapping[str, Asset]:
    """The files of the folder ``static``, read once; nothing else is ever served."""
    found = {}
    for path in sorted((FOLDER / "static").iterdir()):
        if path.suffix in KINDS:
            body = path.read_bytes()
            found[path.name] = Asset(path.name, KINDS[path.suffix], body, hashlib.sha256(body).hexdigest()[:16])
    return found


@cache
def _templates() -> Environment:
    environment = escaped(FOLDER / "templates")
    environment.globals["asset"] = lambda name: f"/static/{name}?v={assets()[name].digest}"
    return environment


def is_for_program(request: Request) -> bool:
    """Whether the twin is asked for."""
    path: str = request.scope["path"]  # the address as a whole holds the Host header, which may be anything
    return path.endswith(".json")


def reply(desk: Desk, request: Request, viewer: Viewer | None, made: Shown | Done | Response) -> Response:
    """The response for a browser or a program."""
    if isinstance(made, Response):
        return made
    if is_for_program(request):
        return json_response(made.record, made.status if isinstance(made, Shown) else 200)
    if isinstance(made, Done):
        return RedirectResponse(made.path, 303)
    return html_response(desk, request, viewer, made)


def json_response(record: Mapping[str, object], status: int = 200) -> Response:
    """A record in ASCII, so that no encoding can change it."""
    body = json.dumps(record, default=_plain, indent=1)
    return Response(body, status, media_type="application/json")


def error_response(status: int, code: str, message: str, hint: str = "") -> Response:
    """An error as every program gets it; ``verifier explain`` knows the code."""
    return json_response({"error": {"code": code, "message": message, "hint": hint}}, status)


def html_response(desk: Desk, request: Request, viewer: Viewer | None, shown: Shown) -> Response:
    """The page; every text is escaped by its template."""
    session = viewer.session if viewer else LOGIN_FORM
    query = f"?{request.url.query}" if request.url.query else ""
    text = (
        _templates()
        .get_template(shown.template)
        .render(
            page=shown.page,
            viewer=viewer,
            needs_token=desk.needs_token,
            form_token=desk.sessions.form_token(session) if session else "",
            here=request.url.path,
            twin=f"{request.url.path}.json{query}",
        )
    )
    # An unpaired surrogate in a database row is a replacement character on the page, not a crash.
    return HTMLResponse(text.encode("utf-8", "replace"), shown.status)


def failure(desk: Desk, request: Request, viewer: Viewer | None, error: VerifierError) -> Response:
    """An error as a page or a record, with its status; whoever is not signed in is asked to."""
    status = _status(error)
    headers = {"Retry-After": f"{error.wait_s:.0f}"} if isinstance(error, TooManyTries) else {}
    if is_for_program(request) or "authorization" in request.headers:
        response = error_response(status, error.code, error.message, error.hint)
        headers |= {"WWW-Authenticate": "Bearer"} if status == 401 else {}
    elif isinstance(error, NotSignedIn | TooManyTries):
        wanted = f"{request.url.path}?{request.url.query}" if request.url.query else request.url.path
        page = LoginPage(own_path(wanted if request.method == "GET" else ""), error.message)
        response = html_response(desk, request, None, Shown("login.html", page, {}, status))
    else:
        titles = {400: "That cannot be read", 403: "Not allowed", 404: "Not here", 503: "The database does not answer"}
        message = Message(titles.get(status, "That did not work"), error.message, error.hint)
        response = html_response(desk, request, viewer, Shown("message.html", message, {}, status))
    response.headers.update(headers)
    return response


def own_path(path: str) -> str:
    """The path if it leads to a view of this page, otherwise the queue: nobody is sent elsewhere.

    >>> own_path("/flags/3?state=all"), own_path("//example.org"), own_path("https://example.org")
    ('/flags/3?state=all', '/queue', '/queue')
    """
    is_ours = _OWN_PATH.fullmatch(path) is not None and not path.startswith("/log")
    return path if is_ours and path != "/" else "/queue"


def _status(error: VerifierError) -> int:
    if isinstance(error, UnknownFlag):
        return 404
    return error.status if isinstance(error, RequestRefused) else 503


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if is_dataclass(value):
        raise TypeError(f"{type(value).__name__} is no record")
    return str(value)

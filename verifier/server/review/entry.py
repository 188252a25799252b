"""Who is asking: a signed-in person, a program with its token, or somebody on this machine; and what a form must prove."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from verifier.errors import NotAllowed, NotSignedIn, TooManyTries
from verifier.server.access import bearer, client_address, is_same_origin, is_same_token
from verifier.server.review.desk import SESSION_S, Desk, Viewer
from verifier.store.reviewers import Reviewer, Role, reviewer_numbered, reviewer_of

LOGIN_FORM = "login"
"""In place of a session, for the form token of the page that begins one."""


@dataclass(frozen=True, slots=True)
class Form:
    """The fields of a form that was sent."""

    fields: tuple[tuple[str, str], ...]

    def get(self, name: str) -> str:
        """The first value of a field, empty if there is none."""
        return next((value for key, value in self.fields if key == name), "")

    def all(self, name: str) -> tuple[str, ...]:
        """Every value of a field."""
        return tuple(value for key, value in self.fields if key == name)


def viewer_of(desk: Desk, request: Request) -> Viewer:
    """Who asks. Raises ``NotSignedIn``, ``TooManyTries``, and ``StoreError`` where the database cannot be read."""
    header = request.headers.get("authorization", "")
    if header:
        found = token_owner(desk, request, bearer(header))
        return Viewer(found.name, found.role)
    if not desk.needs_token:
        return Viewer(desk.reviewer, Role.ADMIN, desk.local_session)
    session = request.cookies.get(desk.cookie, "")
    number = desk.sessions.reviewer_id(session)
    reviewer = None if number is None else reviewer_numbered(desk.engine, number)
    if reviewer is None:
        raise NotSignedIn("sign in with your token", hint="an admin makes one: verifier review token add NAME")
    return Viewer(reviewer.name, reviewer.role, session)


def token_owner(desk: Desk, request: Request, token: str) -> Reviewer:
    """Whose token was sent; a wrong one is counted. Raises ``NotSignedIn`` and ``TooManyTries``."""
    peer = request.client.host if request.client else ""
    address = client_address(peer, request.headers.get("x-forwarded-for", ""), behind_proxy=desk.is_behind_proxy)
    if (wait_s := desk.failures.wait_s(address)) > 0:
        raise TooManyTries(wait_s)
    found = reviewer_of(desk.engine, token) if token else None
    if found is None:
        desk.failures.failed(address)
        raise NotSignedIn("this token is nobody's, or it was revoked", hint="ask an admin for a new one")
    return found


def demand_own_form(desk: Desk, request: Request, session: str, form: Form) -> None:
    """Raise ``NotAllowed`` unless the form comes from a page of ours that was shown in this session."""
    origin, scheme = request.headers.get("origin", ""), "https" if desk.is_encrypted else "http"
    if origin != desk.public_origin and not is_same_origin(origin, scheme, request.headers.get("host", "")):
        raise NotAllowed("the form was sent from another site", hint="open the page itself and try again")
    if session != LOGIN_FORM and not is_same_token(request.cookies.get(desk.cookie, ""), session):
        raise NotAllowed(
            "the browser did not send the cookie of this page", hint="allow cookies for it and load it again"
        )
    if not is_same_token(form.get("form_token"), desk.sessions.form_token(session)):
        raise NotAllowed("the page is older than the server", hint="load it again; nothing was saved")


def set_session(desk: Desk, response: Response, session: str) -> None:
    """Give the browser the cookie of a session, which no script can read and no other site can use."""
    response.set_cookie(
        desk.cookie, session, max_age=int(SESSION_S), path="/", secure=desk.is_secure, httponly=True, samesite="strict"
    )


def drop_session(desk: Desk, response: Response) -> None:
    """Take the cookie away."""
    response.delete_cookie(desk.cookie, path="/", secure=desk.is_secure, httponly=True, samesite="strict")

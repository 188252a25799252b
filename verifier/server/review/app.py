"""The review page as an ASGI application: which address is which view, and who may see it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp

from verifier.errors import NotAllowed, RequestRefused, VerifierError
from verifier.server.review import answers, views
from verifier.server.review.desk import Desk, Viewer
from verifier.server.review.entry import (
    LOGIN_FORM,
    Form,
    demand_own_form,
    drop_session,
    set_session,
    token_owner,
    viewer_of,
)
from verifier.server.review.forms import read_form
from verifier.server.review.guard import guarded
from verifier.server.review.replies import (
    Done,
    LoginPage,
    Message,
    Shown,
    assets,
    error_response,
    failure,
    html_response,
    is_for_program,
    json_response,
    own_path,
    reply,
)

View = Callable[[Desk, Request, Viewer], Shown | Response]
Act = Callable[[Desk, Request, Viewer, Form], Shown | Done]
Endpoint = Callable[[Request], Awaitable[Response]]
VIEWS: dict[str, View] = {
    "/queue": views.show_queue,
    "/next": views.show_next,
    "/flags/{number}": views.show_flag,
    "/history": views.show_history,
    "/statistics": views.show_statistics,
    "/works": views.show_works,
    "/keys": views.show_keys,
}
"""Every view has a twin at the same address with ``.json`` behind it."""
ADMIN_VIEWS: dict[str, View] = {"/reviewers": views.show_reviewers}
ACTS: dict[str, Act] = {
    "/flags/{number}/answer": answers.answer_flag,
    "/flags/{number}/leave": answers.leave_flag,
    "/flags/{number}/hold": answers.hold_flag,
    "/undo": answers.undo_answer,
    "/works/{number}/revoke": answers.revoke_confirmation,
    "/reviewers/make": answers.make_token,
    "/reviewers/revoke": answers.revoke_token,
}
"""What is written by sending a form; a program sends the same to the address with ``.json`` behind it."""


def review_app(desk: Desk) -> ASGIApp:
    """The application of one review page."""
    routes: list[BaseRoute] = [
        Route("/", _home),
        Route("/healthz", _health),
        Route("/static/{name:str}", _static),
        Route("/login", _logging_in(desk), methods=["GET", "POST"]),
        Route("/logout", _logging_out(desk), methods=["POST"]),
    ]
    for path, view in {**VIEWS, **ADMIN_VIEWS}.items():
        endpoint = _viewing(desk, view, for_admins=path in ADMIN_VIEWS)
        routes += [Route(f"{path}.json", endpoint), Route(path, endpoint)]
    for path, act in ACTS.items():
        acting = _acting(desk, act)
        routes += [Route(f"{path}.json", acting, methods=["POST"]), Route(path, acting, methods=["POST"])]
    app = Starlette(routes=routes, exception_handlers={HTTPException: _not_here(desk), Exception: _crashed(desk)})
    return guarded(app, desk)


def _viewing(desk: Desk, view: View, *, for_admins: bool = False) -> Endpoint:
    def work(request: Request) -> Response:
        viewer = None
        try:
            viewer = viewer_of(desk, request)
            if for_admins and not viewer.is_admin:
                raise NotAllowed("this is for admins", hint="ask one of them")
            response = reply(desk, request, viewer, view(desk, request, viewer))
        except VerifierError as error:
            response = failure(desk, request, viewer, error)
        if viewer and viewer.session == desk.local_session != request.cookies.get(desk.cookie):
            set_session(desk, response, desk.local_session)
        return response

    async def endpoint(request: Request) -> Response:
        return await run_in_threadpool(work, request)

    return endpoint


def _acting(desk: Desk, act: Act) -> Endpoint:
    def work(request: Request, form: Form) -> Response:
        viewer = None
        try:
            viewer = viewer_of(desk, request)
            if not viewer.is_program:
                demand_own_form(desk, request, viewer.session, form)
            return reply(desk, request, viewer, act(desk, request, viewer, form))
        except VerifierError as error:
            return failure(desk, request, viewer, error)

    async def endpoint(request: Request) -> Response:
        try:
            form = await read_form(request)
        except VerifierError as error:
            return failure(desk, request, None, error)
        return await run_in_threadpool(work, request, form)

    return endpoint


def _logging_in(desk: Desk) -> Endpoint:
    def begin(request: Request, form: Form) -> Response:
        try:
            demand_own_form(desk, request, LOGIN_FORM, form)
            owner = token_owner(desk, request, form.get("token").strip())
        except VerifierError as error:
            return failure(desk, request, None, error)
        desk.sessions.end(request.cookies.get(desk.cookie, ""))
        response = RedirectResponse(own_path(form.get("then")), 303)
        set_session(desk, response, desk.sessions.begin(owner.id))
        return response

    async def endpoint(request: Request) -> Response:
        if not desk.needs_token:
            return RedirectResponse("/queue", 303)
        if request.method != "POST":
            page = LoginPage(own_path(request.query_params.get("then", "")), "")
            return html_response(desk, request, None, Shown("login.html", page, {}))
        try:
            form = await read_form(request)
        except VerifierError as error:
            return failure(desk, request, None, error)
        return await run_in_threadpool(begin, request, form)

    return endpoint


def _logging_out(desk: Desk) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        session = request.cookies.get(desk.cookie, "")
        try:
            demand_own_form(desk, request, session, await read_form(request))
        except VerifierError as error:
            return failure(desk, request, None, error)
        desk.sessions.end(session)
        response = RedirectResponse("/login", 303)
        drop_session(desk, response)
        return response

    return endpoint


async def _home(_request: Request) -> Response:
    return RedirectResponse("/queue", 303)


async def _health(_request: Request) -> Response:
    return json_response({"status": "ok"})


async def _static(request: Request) -> Response:
    asset = assets().get(request.path_params["name"])
    if asset is None:
        raise HTTPException(404)
    is_current = request.query_params.get("v") == asset.digest
    keep = "public, max-age=31536000, immutable" if is_current else "no-cache"
    return Response(asset.body, media_type=asset.kind, headers={"Cache-Control": keep, "ETag": f'"{asset.digest}"'})


def _not_here(desk: Desk) -> Callable[[Request, Exception], Response]:
    def answer(request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 404
        sentence = "there is no page at this address" if status == 404 else "this address is not used so"
        return _said(desk, request, status, RequestRefused.code, sentence)

    return answer


def _crashed(desk: Desk) -> Callable[[Request, Exception], Response]:
    def answer(request: Request, _error: Exception) -> Response:
        return _said(desk, request, 500, "crash", "the program failed here; what was saved before is safe")

    return answer


def _said(desk: Desk, request: Request, status: int, code: str, sentence: str) -> Response:
    """A sentence that tells nothing about anybody, so that it needs no token."""
    if is_for_program(request):
        return error_response(status, code, sentence)
    message = Message("Not here" if status == 404 else "That did not work", sentence)
    return html_response(desk, request, None, Shown("message.html", message, {}, status))

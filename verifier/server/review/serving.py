"""Runs the review page: where it listens, and under which conditions somebody else may reach it."""

from __future__ import annotations

import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from urllib.parse import urlsplit

import uvicorn
from sqlalchemy import Engine

from verifier.errors import CannotServe
from verifier.server.access import host_name, is_loopback
from verifier.server.listening import listening
from verifier.server.review.app import review_app
from verifier.server.review.desk import Desk
from verifier.store.reviewers import list_reviewers

_MAX_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Place:
    """Where a review page listens, and how it is reached."""

    host: str = "127.0.0.1"
    port: int = 0
    """0 for any that is free."""
    public_url: str = ""
    """The address that people type, where it is another."""
    certificate: Path | None = None
    key: Path | None = None
    needs_token: bool = False
    """Ask for a token on this machine too."""


def check_place(place: Place) -> None:
    """Raise ``CannotServe`` for a place at which tokens or decisions could be read on their way, or no browser would come."""
    if (place.certificate is None) != (place.key is None):
        raise CannotServe("TLS needs a certificate and its key", hint="--tls-cert cert.pem --tls-key key.pem")
    for path in (place.certificate, place.key):
        if path is not None and not path.is_file():
            raise CannotServe(f"there is no file {path}", hint="name the certificate and its key as PEM files")
    url = urlsplit(place.public_url)
    is_plain = not (url.path.strip("/") or url.query or url.fragment)
    if place.public_url and not (url.scheme == "https" and host_name(url.netloc) and is_plain):
        raise CannotServe(
            f"{place.public_url} is no address of a server that speaks TLS",
            hint="--public-url https://review.example.org",
        )
    if not is_loopback(place.host) and not place.public_url:
        raise CannotServe(
            f"others can reach {place.host}: say by which https address they do",
            hint="--public-url https://review.example.org, with --tls-cert and --tls-key or a proxy that speaks TLS",
        )


def serve(
    engine: Engine,
    place: Place,
    reviewer: str,
    quorum: int = 1,
    *,
    started: Callable[[str], None],
    warn: Callable[[str], None],
) -> None:
    """Serve until the process is told to end; ``started`` gets the address once it listens, ``warn`` sentences.

    Raises ``CannotServe``, and ``StoreError`` where the database cannot be read.
    """
    check_place(place)
    needs_token = place.needs_token or bool(place.public_url)
    with _listening(place) as listener:
        port = listener.getsockname()[1]
        desk = Desk(
            engine,
            reviewer,
            needs_token=needs_token,
            quorum=quorum,
            port=port,
            public_url=place.public_url.rstrip("/"),
            is_encrypted=place.certificate is not None,
        )
        if not needs_token:
            warn(f"no token is asked for: whoever uses this machine can answer, as {reviewer}")
        elif not any(each.revoked_at is None for each in list_reviewers(engine)):
            warn('nobody has a token yet: verifier review token add "NAME" --role admin')
        if not is_loopback(place.host) and place.certificate is None:
            warn(f"{place.host} is not encrypted here: let nobody but your TLS proxy reach port {port}")
        started(_address(desk, place.host, port))
        server = uvicorn.Server(configuration(desk, place))
        with _ended_by_signals(server):
            server.run(sockets=[listener])


def configuration(desk: Desk, place: Place) -> uvicorn.Config:
    """How uvicorn runs the page: no access log, because addresses hold search words, and no header believed blindly."""
    return uvicorn.Config(
        review_app(desk),
        http="h11",
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        limit_concurrency=_MAX_AT_ONCE,
        timeout_graceful_shutdown=5,
        ssl_certfile=place.certificate,
        ssl_keyfile=place.key,
    )


@contextmanager
def _ended_by_signals(server: uvicorn.Server) -> Iterator[None]:
    """Ctrl-C is how the page ends, no error: uvicorn raises the signals again once it has stopped, and nobody must mind."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        server.should_exit = True

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _listening(place: Place) -> socket.socket:
    try:
        return listening(place.host, place.port)
    except OSError as error:
        hint = "--port 0 takes any that is free" if place.port else "give another --host"
        raise CannotServe(
            f"{place.host} port {place.port} cannot be used: {error.strerror or error}", hint=hint
        ) from error


def _address(desk: Desk, host: str, port: int) -> str:
    if desk.public_url:
        return desk.public_url
    name = f"[{host.strip('[]')}]" if ":" in host else host
    return f"{'https' if desk.is_encrypted else 'http'}://{name}:{port}"

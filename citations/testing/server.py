"""A real HTTP server on loopback that answers as the registries do, with switchable faults and enforced limits.

``python -m citations.testing.server --works FILE.jsonl`` runs it until it is interrupted. In tests::

    with RegistryServer([Fields(title="On computable numbers", year=1937)]) as server:
        registries = load(None, server.urls)
"""

from __future__ import annotations

import gzip
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

from citations.registries.settings import RegistrySettings
from citations.testing.faults import Fault, Faults, Switched
from citations.testing.quota import Pool, Quota, pool
from citations.testing.replay import Recordings, read_works
from citations.testing.respond import Ask, Reply, respond
from citations.testing.shelf import shelves
from citations.types import Fields, Work

REGISTRIES = ("crossref", "semantic_scholar", "arxiv", "datacite", "doi_org")
_HTML = b"<html><head><title>Checking your browser</title></head><body>Please wait.</body></html>"
_UNLIMITED = Pool("unlimited", 200, 1.0, told=True, at_once=8)
_OTHER_STATUSES = {Fault.PROXY_VERSION: 203, Fault.PARTIAL_CONTENT: 206}
_OTHER_SHAPES = {"arxiv": b"<?xml version='1.0'?><rss><channel/></rss>"}


@dataclass(frozen=True, slots=True)
class Logged:
    """One request as the server saw it."""

    registry: str
    method: str
    path: str
    query: str
    status: int
    """0 where no status was sent."""
    user_agent: str
    at_s: float
    """Monotonic time of arrival."""


class RegistryServer:
    """Crossref, Semantic Scholar, arXiv, DataCite and doi.org on one port, each under its own path prefix.

    ``works`` are answered in each registry's own shape (see ``citations.testing.shelf.shelves`` for who holds what);
    ``recordings`` are answered first, where a request has been recorded; ``others`` adds registries of plug-ins by
    name, with the same faults. With ``limits`` the published limits are enforced; without, every answer says in its
    headers that it may be asked fast. A context manager; ``close`` ends hanging requests as well.
    """

    def __init__(
        self,
        works: Iterable[Work | Fields] = (),
        *,
        recordings: Recordings | None = None,
        others: Mapping[str, Callable[[Ask], Reply]] | None = None,
        limits: bool = False,
        port: int = 0,
    ) -> None:
        """Index the works and start to listen on 127.0.0.1."""
        self.shelves = shelves(works)
        self.others = dict(others or {})
        self.recordings = recordings
        self.limits = limits
        self.quota = Quota()
        self.faults = Faults()
        self.stopping = threading.Event()
        self._log: list[Logged] = []
        self._http = _Http(self, port)
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    @property
    def urls(self) -> RegistrySettings:
        """Settings that lead to this server, and to nothing else."""
        crossref, semantic_scholar, arxiv, datacite, doi_org = map(self.url, REGISTRIES)
        return RegistrySettings(
            crossref_url=crossref,
            semantic_scholar_url=semantic_scholar,
            arxiv_url=arxiv,
            datacite_url=datacite,
            doi_org_url=doi_org,
            paced=self.limits,
        )

    def url(self, registry: str) -> str:
        """Base URL of one registry."""
        return f"http://127.0.0.1:{self._http.server_address[1]}/{registry}"

    def healthy(self, registry: str, ask: Ask) -> Reply:
        """What the registry answers when nothing is wrong."""
        if registry in self.others:
            return self.others[registry](ask)
        recorded = self.recordings.find(registry, ask) if self.recordings else None
        return recorded or respond(registry, self.shelves, ask)

    @property
    def log(self) -> tuple[Logged, ...]:
        """All requests that an answer was begun for, in that order; whoever has an answer finds its request here."""
        return tuple(self._log)

    def fail(self, registry: str, fault: Fault, *, seconds: float = 5.0, times: int | None = None) -> None:
        """Let one registry fail, for ``times`` requests or until ``heal``."""
        self.faults.switch_on(registry, Switched(fault, seconds, times))

    def heal(self) -> None:
        """Switch all faults off."""
        for registry in (*REGISTRIES, *self.others):
            self.faults.switch_off(registry)

    def note(self, logged: Logged) -> None:
        """Keep one request for assertions."""
        self._log.append(logged)

    def close(self) -> None:
        """Stop; a second call does nothing."""
        if not self.stopping.is_set():
            self.stopping.set()
            self._http.shutdown()
            self._http.server_close()
            self._thread.join()

    def __enter__(self) -> Self:
        """The running server."""
        return self

    def __exit__(self, *_: object) -> None:
        """Stop it."""
        self.close()


class _Http(ThreadingHTTPServer):
    """The listening socket; knows the registry server that it belongs to."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def __init__(self, registries: RegistryServer, port: int) -> None:
        self.registries = registries
        super().__init__(("127.0.0.1", port), _Handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients that hang up are part of the tests."""


class _Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Http
    arrived: Logged | None = None
    """The request at hand until it is logged."""

    def do_GET(self) -> None:
        self._answer(b"")

    def do_POST(self) -> None:
        self._answer(self.rfile.read(int(self.headers.get("Content-Length") or 0)))

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  the name is the standard library's
        """Say nothing on stderr; ``RegistryServer.log`` has it all."""

    def _answer(self, body: bytes) -> None:
        registries = self.server.registries
        parts = urlsplit(self.path)
        registry, _, rest = parts.path.lstrip("/").partition("/")
        if registry not in REGISTRIES and registry not in registries.others:
            self._send(Reply(404, b"no such registry", "text/plain"), {})
            return
        headers = {name.lower(): value for name, value in self.headers.items()}
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        ask = Ask(self.command, f"/{rest}", query, headers, body)
        agent = headers.get("user-agent", "")
        self.arrived = Logged(registry, self.command, ask.path, parts.query, 0, agent, time.monotonic())
        self._serve(registries, registry, ask)

    def _serve(self, registries: RegistryServer, registry: str, ask: Ask) -> None:
        """Answer, or misbehave as told."""
        kind = "list" if ask.is_list else "single"
        polite = "mailto" in ask.query or "mailto:" in ask.headers.get("user-agent", "")
        limit = pool(registry, kind, polite=polite, key="x-api-key" in ask.headers) if registries.limits else None
        if limit and not registries.quota.enter(limit):
            self._send(Reply(429, b"Too many requests", "text/plain"), _told(limit))
            return
        try:
            switched = registries.faults.next(registry)
            reply = self._reply(registry, switched, ask)
            if switched and not reply:
                self._misbehave(registry, switched, ask)
        finally:
            if limit:  # before the answer leaves: who has it may ask again at once
                registries.quota.leave(limit)
        if reply:
            self._send(reply, _told(limit))

    def _reply(self, registry: str, switched: Switched | None, ask: Ask) -> Reply | None:
        """The answer, be it late or wrong; ``None`` for a fault that is no answer."""
        if switched and switched.fault is Fault.SLOW:
            self.server.registries.stopping.wait(switched.seconds)
        elif switched and switched.fault not in _OTHER_STATUSES:
            return _plain_fault(registry, switched)
        healthy = self.server.registries.healthy(registry, ask)
        return replace(healthy, status=_OTHER_STATUSES.get(switched.fault, healthy.status)) if switched else healthy

    def _note(self, status: int) -> None:
        """Log the request, before whoever sent it can know that it was answered."""
        if self.arrived:
            self.server.registries.note(replace(self.arrived, status=status))
            self.arrived = None

    def _send(self, reply: Reply, extra: dict[str, str]) -> None:
        body, coded = reply.body, {}
        if "gzip" in self.headers.get("Accept-Encoding", "") and len(body) > 500:
            body, coded = gzip.compress(body, 1), {"Content-Encoding": "gzip"}
        self._start(
            reply.status,
            reply.content_type,
            {**extra, **dict(reply.headers), **coded, "Content-Length": str(len(body))},
        )
        self._write(body)

    def _start(self, status: int, content_type: str, headers: dict[str, str]) -> None:
        self._note(status)
        with suppress(OSError):
            self.send_response(status)
            self.send_header("Content-Type", content_type)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()

    def _misbehave(self, registry: str, switched: Switched, ask: Ask) -> None:
        """Send what is no HTTP answer, or none."""
        self.close_connection = True
        match switched.fault:
            case Fault.TRUNCATED:
                self._truncated(registry, ask)
            case Fault.WRONG_GZIP:
                self._start(200, "application/json", {"Content-Encoding": "gzip", "Content-Length": "12"})
                self._write(b"not gzipped!")
            case Fault.REDIRECT_LOOP:
                again = {"Location": self.path, "Content-Length": "0", "Connection": "close"}
                self._start(302, "text/html", again)
            case Fault.DRIP:
                self._drip(switched.seconds)
            case Fault.HUGE:
                self._huge()
            case Fault.RESET:
                self._note(0)
                linger = struct.pack("ii", 1, 0)
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
                self.connection.close()
            case _:
                self._note(0)
                self.server.registries.stopping.wait(3_600)

    def _truncated(self, registry: str, ask: Ask) -> None:
        """Half a body under an honest length, as a proxy sends that lost its upstream."""
        whole = self.server.registries.healthy(registry, ask)
        half = whole.body[: max(1, len(whole.body) // 2)]
        self._start(200, whole.content_type, {"Content-Length": str(len(half)), "Connection": "close"})
        self._write(half)

    def _drip(self, seconds: float) -> None:
        self._start(200, "application/json", {"Content-Length": "1000000"})
        while not self.server.registries.stopping.wait(seconds) and self._write(b" "):
            pass

    def _huge(self) -> None:
        """A few kilobytes that unpack to hundreds of megabytes."""
        self._start(200, "application/json", {"Content-Encoding": "gzip", "Connection": "close"})
        pack = gzip.compress(b" " * 10_000_000, 9)
        for _ in range(40):
            if not self._write(pack):
                break

    def _write(self, data: bytes) -> bool:
        try:
            self.wfile.write(data)
        except OSError:
            return False
        return True


def _told(limit: Pool | None) -> dict[str, str]:
    """The headers in which Crossref tells its limits; on a server without limits all registries do."""
    if limit is None:
        limit = _UNLIMITED
    if not limit.told:
        return {}
    told = {"x-rate-limit-limit": str(limit.requests), "x-rate-limit-interval": f"{limit.per_s:g}s"}
    return {**told, "x-concurrency-limit": str(limit.at_once), "x-api-pool": limit.name}


def _plain_fault(registry: str, switched: Switched) -> Reply | None:
    """The answer of the wrong kind that the fault is, ``None`` if it is none."""
    text = "text/plain"
    replies = {
        Fault.RATE_LIMITED: Reply(429, b"Too many requests", text),
        Fault.RATE_LIMITED_RETRY_AFTER: Reply(
            429, b"Too many requests", text, (("Retry-After", f"{switched.seconds:g}"),)
        ),
        Fault.FORBIDDEN: Reply(403, b'{"message":"Forbidden"}'),
        Fault.SERVER_ERROR: Reply(500, b'{"status":"error","message-type":"exception"}'),
        Fault.OUT_OF_SERVICE: Reply(503, _HTML, "text/html"),
        Fault.HTML: Reply(200, _HTML, "text/html"),
        Fault.HTML_NOT_FOUND: Reply(404, _HTML, "text/html"),
        Fault.GATEWAY_NOT_FOUND: Reply(404, b'{"status":404,"error":"Not Found","path":"/works"}'),
        Fault.GATEWAY_NO_ROUTE: Reply(404, b'{"message":"Not Found"}'),
        Fault.GATEWAY_PAGE_NOT_FOUND: Reply(404, b"404 page not found", text),
        Fault.EMPTY_BODY: Reply(200, b""),
        Fault.OTHER_SHAPE: Reply(200, _OTHER_SHAPES.get(registry, b'{"hello":"world"}')),
        Fault.REDIRECT_ELSEWHERE: Reply(302, b"", text, (("Location", "http://169.254.169.254/latest/"),)),
    }
    return replies.get(switched.fault)


def main() -> None:
    """Serve works from JSON lines until interrupted."""
    import argparse

    parser = argparse.ArgumentParser(prog="python -m citations.testing.server", description=main.__doc__)
    parser.add_argument("--works", nargs="*", default=[], metavar="FILE", help="JSON lines of Fields or Works")
    parser.add_argument("--port", type=int, default=8765)
    parser.add_argument("--limits", action="store_true", help="enforce the published rate limits")
    arguments = parser.parse_args()
    with RegistryServer(read_works(arguments.works), limits=arguments.limits, port=arguments.port) as server:
        settings = server.urls
        for name in REGISTRIES:
            print(f"export VERIFIER_{name.upper()}_URL={getattr(settings, name + '_url')}", flush=True)  # noqa: T201
        with suppress(KeyboardInterrupt):
            threading.Event().wait()


if __name__ == "__main__":
    main()

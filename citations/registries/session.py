"""The one HTTP path to all registries: pace, retries, breaker, offline, bounds. It answers with values only."""

from __future__ import annotations

import logging
import random
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from hashlib import sha256
from http.cookiejar import DefaultCookiePolicy
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlencode, urlsplit

from citations.registries.bodies import Body, Undecodable
from citations.registries.bounded import bounded
from citations.registries.breaker import Breaker
from citations.registries.cache import AnswerCache
from citations.registries.exchange import Failure, Reply, Wire, exchange, is_loopback, reach
from citations.registries.limits import Lane, Limits, read_rate, read_retry_after
from citations.registries.settings import RegistrySettings, without_credentials
from citations.types import Asked, Unavailable, Why

if TYPE_CHECKING:
    import requests

T = TypeVar("T")
_LOG = logging.getLogger(__name__)
_SERVER_SAYS_LATER = frozenset({408, 425, 500, 502, 503, 504, 520, 521, 522, 523, 524, 529})
_RETRIED = frozenset({Why.TIMEOUT, Why.RATE_LIMITED, Why.SERVER_ERROR, Why.BAD_BODY})


@dataclass(frozen=True, slots=True)
class Request:
    """One question to one registry's API."""

    registry: str
    lane: Lane
    url: str
    params: tuple[tuple[str, str], ...] = ()
    headers: tuple[tuple[str, str], ...] = ()
    """Keys go here and nowhere else: headers are never logged, shown or kept."""
    json: Any = None
    """Sent by POST if it is not ``None``."""
    facts: frozenset[int] = frozenset({404})
    """Statuses beside 200 whose body the decoder understands."""

    @property
    def shown(self) -> str:
        """The URL as it may be printed and kept."""
        place = without_credentials(self.url)
        return f"{place}?{urlencode(self.params)}" if self.params else place


@dataclass(frozen=True, slots=True)
class _Success:
    """What a decoder made of a body."""

    value: Any
    body: Body


class Session:
    """Asks registries over HTTP; shared by all threads. ``get``, ``post`` and ``ask`` never raise.

    What it keeps: ``cache`` (answers by record) and the pace of each lane, both shared with other processes through
    ``settings.cache_dir``; a breaker a host, for this session.
    """

    def __init__(self, settings: RegistrySettings) -> None:
        """Open nothing yet."""
        self.settings = settings
        self.cache = AnswerCache(settings.cache_dir)
        self._limits = Limits(settings.cache_dir)
        self._lock = threading.Lock()
        self._breakers: dict[str, Breaker] = {}
        self._probes: dict[str, threading.Lock] = {}
        self._reached: set[str] = set()
        self._stops: dict[str, threading.Event] = {}
        self._http: dict[bool, requests.Session] = {}

    def join(self, registry: str) -> threading.Event:
        """Take part; the event is set once the registry leaves, and ends all its waiting."""
        with self._lock:
            return self._stops.setdefault(registry, threading.Event())

    def leave(self, registry: str) -> None:
        """End what this registry still waits for; after the last one everything is closed. May be called twice."""
        with self._lock:
            stop = self._stops.setdefault(registry, threading.Event())
            stop.set()
            if not all(each.is_set() for each in self._stops.values()):
                return
            for http in self._http.values():
                http.close()
            self._http.clear()
        self.cache.close()
        self._limits.close()

    def get(self, request: Request) -> Body | Unavailable:
        """The undecoded answer to a GET."""
        return self.ask(replace(request, json=None), lambda body: body)

    def post(self, request: Request) -> Body | Unavailable:
        """The undecoded answer to a POST of ``request.json``."""
        return self.ask(request, lambda body: body)

    def ask(self, request: Request, decode: Callable[[Body], T]) -> T | Unavailable:
        """What ``decode`` makes of the answer; asks until one decodes, attempts are used up, or asking is pointless.

        ``decode`` is pure and may raise anything: a body it does not understand is a failure of the registry, tried
        again, counted by the breaker, and never an answer.
        """
        stop = self.join(request.registry)
        failure = Failure(Why.OFFLINE, "offline")
        retry_after_s: float | None = None
        if not self.settings.offline:
            for attempt in range(self.settings.patience.attempts):
                outcome, retry_after_s = self._attempt(request, decode, stop)
                if isinstance(outcome, _Success):
                    self.cache.keep_body(outcome.body)
                    value: T = outcome.value
                    return value
                if attempt and outcome.why is Why.BREAKER_OPEN:
                    break  # what this request met itself tells more
                failure = outcome
                if failure.why not in _RETRIED or not self._wait(request, attempt, failure.why, retry_after_s, stop):
                    break
        return Unavailable(_asked(request, datetime.now(UTC)), failure.why, failure.detail, retry_after_s)

    def _attempt(
        self, request: Request, decode: Callable[[Body], object], stop: threading.Event
    ) -> tuple[_Success | Failure, float | None]:
        """One attempt, and after how many seconds the registry wants to be asked again."""
        breaker = self._breaker(request)
        openings = breaker.openings
        held_up = self._held_up(request, breaker, openings, stop)
        if held_up is not None:
            return held_up
        with self._limits.in_flight(request.lane, stop):
            if breaker.openings != openings:  # opened while others held the connection
                return _opened(breaker), None
            asked_at, sent_s = datetime.now(UTC), time.monotonic()
            reply = self._send(request, stop)
            breaker.took(time.monotonic() - sent_s)
        if isinstance(reply, Reply):
            self._limits.learn(request.lane, read_rate(reply.headers))
        outcome = _judged(request, reply, asked_at)
        if isinstance(outcome, Body):
            decoded = _decoded(outcome, decode)
            if isinstance(decoded, _Success):
                breaker.succeeded()
                return decoded, None
            outcome = decoded
        retry_after_s = _retry_after(reply)
        if not _is_our_fault(reply) and retry_after_s is None and breaker.failed(outcome.why, outcome.detail):
            _LOG.info("%s: not asked any more for now: %s", request.registry, outcome.detail)
        _LOG.debug("%s: %s (%s)", request.registry, outcome.detail, outcome.why)
        return outcome, retry_after_s

    def _held_up(
        self, request: Request, breaker: Breaker, openings: int, stop: threading.Event
    ) -> tuple[Failure, float | None] | None:
        """Wait for the pace; what forbids to ask at all, or ``None``."""
        reason = breaker.open_because()
        if reason:
            return Failure(Why.BREAKER_OPEN, f"not asked again: {reason}"), None
        unreached = self._reach(request.url, breaker, openings)
        if unreached is not None:
            return unreached, None
        free_in_s = self._limits.free_in(request.lane)
        if free_in_s > max(self.settings.patience.retry_after_ceiling_s, 10 * request.lane.interval_s):
            return Failure(Why.RATE_LIMITED, f"asks to wait {free_in_s:.0f} s"), free_in_s
        if stop.wait(self._limits.reserve(request.lane) if self.settings.paced else free_in_s):
            return Failure(Why.BUDGET, "not waited for any longer"), None
        return (_opened(breaker), None) if breaker.openings != openings else None

    def _wait(
        self, request: Request, attempt: int, why: Why, retry_after_s: float | None, stop: threading.Event
    ) -> bool:
        """Wait before the next attempt; ``False`` if there is none."""
        patience = self.settings.patience
        if retry_after_s is not None:
            self._limits.pause(request.lane, min(retry_after_s, 3_600.0))
            if retry_after_s > patience.retry_after_ceiling_s:
                return False
        if attempt + 1 >= patience.attempts:
            return False
        if retry_after_s is None:
            longest_s = min(patience.backoff_s * 2**attempt, patience.backoff_ceiling_s)
            delay_s = random.uniform(0, longest_s)  # noqa: S311  jitter, nothing secret
            if why is not Why.RATE_LIMITED:
                return not stop.wait(delay_s)
            self._limits.pause(request.lane, delay_s)  # for everybody: the others would be refused as well
        return True

    def _send(self, request: Request, stop: threading.Event) -> Reply | Failure:
        patience = self.settings.patience
        http = self._http_for(request.url)
        headers = (("User-Agent", user_agent(self.settings.mailto)), *request.headers)
        wire = Wire(request.url, request.params, headers, request.json)
        # A little longer than the exchange's own bound: this one is for what cannot be interrupted.
        reply = bounded(lambda: exchange(http, wire, patience), patience.total_s + 0.5, stop)
        if reply is None:
            if stop.is_set():
                return Failure(Why.BUDGET, "not waited for any longer")
            return Failure(Why.TIMEOUT, f"not complete after {patience.total_s:g} s")
        return reply

    def _reach(self, url: str, breaker: Breaker, openings: int) -> Failure | None:
        """Find out once a session whether the host can be connected to; everybody else waits for the outcome."""
        host = urlsplit(url).netloc
        with self._lock:
            probing = self._probes.setdefault(host, threading.Lock())
        with probing:
            if host in self._reached:
                return None
            if breaker.openings != openings:
                return _opened(breaker)
            connect_s = self.settings.patience.connect_s
            probe = bounded(lambda: (reach(url, connect_s),), connect_s)
            failure = probe[0] if probe else Failure(Why.UNREACHABLE, "no connection in time")
            if failure is None:
                self._reached.add(host)
            else:
                breaker.failed(failure.why, failure.detail)
            return failure

    def _breaker(self, request: Request) -> Breaker:
        """One a registry and host: registries may share a host, as the simulated ones do, and fail on their own."""
        with self._lock:
            patience = self.settings.patience
            return self._breakers.setdefault(
                f"{request.registry} {urlsplit(request.url).netloc}",
                Breaker(patience.cooldown_s, slow_s=patience.slow_s, bear_s=patience.bear_s),
            )

    def _http_for(self, url: str) -> requests.Session:
        """Pooled connections; proxies from the environment are for other machines only."""
        local = is_loopback(url)
        with self._lock:
            if local not in self._http:
                self._http[local] = _new_http(trust_env=not local)
            return self._http[local]


def _new_http(*, trust_env: bool) -> requests.Session:
    import requests
    from requests.adapters import HTTPAdapter

    http = requests.Session()
    http.trust_env = trust_env
    http.auth = lambda request: request  # a password from ~/.netrc is not for us to send
    http.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    for scheme in ("http://", "https://"):
        http.mount(scheme, HTTPAdapter(pool_connections=16, pool_maxsize=16, max_retries=0))
    return http


@cache
def user_agent(mailto: str) -> str:
    """Who asks: name, version, and the address if one was given."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        number = version("factprobe")
    except PackageNotFoundError:
        number = "0"
    contact = "".join(c for c in mailto if c.isascii() and c.isprintable() and c not in " ()<>;")
    return f"factprobe/{number} (mailto:{contact})" if contact else f"factprobe/{number}"


def _opened(breaker: Breaker) -> Failure:
    return Failure(Why.BREAKER_OPEN, f"not asked again: {breaker.reason}")


def _judged(request: Request, reply: Reply | Failure, asked_at: datetime) -> Body | Failure:
    """What a status means before anybody looks at the body."""
    if isinstance(reply, Failure):
        return reply
    if reply.status == 200 or reply.status in request.facts:  # 203 and 206 are a proxy's own version of an answer
        asked = replace(_asked(request, asked_at), body_sha256=sha256(reply.content).hexdigest())
        return Body(asked, reply.status, reply.content, reply.headers.get("content-type", ""))
    detail = f"HTTP {reply.status}"
    if reply.status == 429:
        return Failure(Why.RATE_LIMITED, detail)
    if reply.status in {401, 403, 407, 451}:
        return Failure(Why.FORBIDDEN, detail)
    return Failure(Why.SERVER_ERROR if reply.status in _SERVER_SAYS_LATER else Why.BAD_BODY, detail)


def _decoded(body: Body, decode: Callable[[Body], object]) -> _Success | Failure:
    try:
        return _Success(decode(body), body)
    except Undecodable as error:
        return Failure(Why.BAD_BODY, str(error))
    except Exception as error:  # noqa: BLE001  a body may be anything; the kind of error is enough to look it up
        return Failure(Why.BAD_BODY, f"a body of unknown shape ({type(error).__name__})")


def _asked(request: Request, at: datetime) -> Asked:
    return Asked(request.registry, request.shown, at)


def _is_our_fault(reply: Reply | Failure) -> bool:
    """A request that the registry refuses says nothing about its health; a 404 that is not its own does."""
    return isinstance(reply, Reply) and reply.status in {400, 405, 406, 410, 413, 414, 415, 422, 431}


def _retry_after(reply: Reply | Failure) -> float | None:
    headers: Mapping[str, str] = reply.headers if isinstance(reply, Reply) else {}
    status = reply.status if isinstance(reply, Reply) else 0
    return read_retry_after(headers.get("retry-after", ""), time.time()) if status in {429, 503} else None

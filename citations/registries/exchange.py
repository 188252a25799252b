"""One HTTP exchange: bounded in size, time and redirects; what went wrong is a value."""

from __future__ import annotations

import ipaddress
import socket
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

from citations.registries.settings import Patience
from citations.types import Why

if TYPE_CHECKING:
    import requests

_PIECE = 65_536
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


@dataclass(frozen=True, slots=True)
class Wire:
    """What goes over the wire."""

    url: str
    params: tuple[tuple[str, str], ...]
    headers: tuple[tuple[str, str], ...]
    json: Any = None
    """Sent as a POST body if it is not ``None``."""


@dataclass(frozen=True, slots=True)
class Reply:
    """A complete answer of whatever status."""

    status: int
    headers: Mapping[str, str]
    """Names in lower case."""
    content: bytes


@dataclass(frozen=True, slots=True)
class Failure:
    """No complete answer."""

    why: Why
    detail: str


def exchange(http: requests.Session, wire: Wire, patience: Patience) -> Reply | Failure:
    """Send one request and read its answer. Never raises; no detail holds a URL or a header.

    Redirects are followed by hand: only for GET, only to the same site (``api.crossref.org`` may send to
    ``www.crossref.org``), never from https down to http.
    """
    end = time.monotonic() + patience.total_s
    url, params = wire.url, wire.params
    for _ in range(patience.redirects + 1):
        reply = _one(http, Wire(url, params, wire.headers, wire.json), patience, end)
        if isinstance(reply, Failure) or reply.status not in _REDIRECTS:
            return reply
        target = _target(url, reply.headers.get("location", ""))
        if wire.json is not None or not target:
            return Failure(Why.BAD_BODY, f"HTTP {reply.status} to another place")
        url, params = target, ()
    return Failure(Why.BAD_BODY, f"more than {patience.redirects} redirects")


def reach(url: str, timeout_s: float) -> Failure | None:
    """Whether the host takes a connection at all; ``None`` if it does, or if a proxy stands between.

    Asked once a host, so that a missing network costs one look-up of its name and not one for each reference.
    """
    from requests.utils import get_environ_proxies

    if not is_loopback(url) and get_environ_proxies(url):
        return None
    parts = urlsplit(url)
    try:
        port = parts.port or (443 if parts.scheme == "https" else 80)
        socket.create_connection((parts.hostname or "", port), timeout=timeout_s).close()
    except socket.gaierror:
        return Failure(Why.UNREACHABLE, "no address for the host")
    except TimeoutError:
        return Failure(Why.UNREACHABLE, "no connection in time")
    except ConnectionRefusedError:
        return Failure(Why.UNREACHABLE, "connection refused")
    except (OSError, ValueError, UnicodeError):
        return Failure(Why.UNREACHABLE, "no connection")
    return None


def is_loopback(url: str) -> bool:
    """Whether the URL names this machine."""
    host = urlsplit(url).hostname or ""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _target(url: str, location: str) -> str:
    """Where a redirect leads, empty if it may not be followed."""
    try:
        target = urljoin(url, location)
        return target if _same_site(url, target) else ""
    except ValueError:
        return ""


def _same_site(url: str, target: str) -> bool:
    """Whether a registry may send us from one URL to the other."""
    here, there = urlsplit(url), urlsplit(target)
    if there.scheme not in {"http", "https"} or (here.scheme == "https" and there.scheme != "https"):
        return False
    if there.username or there.password:
        return False
    if here.hostname == there.hostname:
        return is_loopback(url) <= (here.netloc == there.netloc)
    site = ".".join((here.hostname or "").split(".")[-2:])
    return not is_loopback(url) and "." in site and (there.hostname or "").endswith("." + site)


def _one(http: requests.Session, wire: Wire, patience: Patience, end: float) -> Reply | Failure:
    """One request without following redirects."""
    import requests
    from urllib3.exceptions import HTTPError

    try:
        response = http.request(
            "GET" if wire.json is None else "POST",
            wire.url,
            params=list(wire.params),
            headers=dict(wire.headers),
            json=wire.json,
            auth=_auth(wire.url),
            timeout=(patience.connect_s, patience.read_s),
            stream=True,
            allow_redirects=False,
        )
        with response:
            return _read(response, patience, end)
    except requests.exceptions.ConnectTimeout:
        return Failure(Why.UNREACHABLE, "no connection in time")
    except (requests.exceptions.Timeout, TimeoutError):
        return Failure(Why.TIMEOUT, f"no answer within {patience.read_s:g} s")
    except requests.exceptions.SSLError:
        return Failure(Why.UNREACHABLE, "no trusted TLS connection")
    except requests.exceptions.ConnectionError as error:
        return _connection_failure(error)
    except (requests.exceptions.RequestException, HTTPError, OSError, ValueError) as error:
        return _body_failure(error)
    except Exception as error:  # noqa: BLE001  nobody is there to catch it: this runs in a thread of its own
        return Failure(Why.CRASHED, f"internal error ({type(error).__name__})")


def _auth(url: str) -> tuple[str, str] | None:
    """User and password where the URL of a mirror holds them."""
    from requests.utils import get_auth_from_url

    user, password = get_auth_from_url(url)
    return (user, password) if user or password else None


def _connection_failure(error: Exception) -> Failure:
    """Tell "cannot be reached" from "was there and broke off"."""
    from urllib3.exceptions import MaxRetryError, NewConnectionError

    cause = error.args[0] if error.args else None
    reason = cause.reason if isinstance(cause, MaxRetryError) else cause
    if isinstance(reason, NewConnectionError):
        return Failure(Why.UNREACHABLE, "no connection")
    return Failure(Why.SERVER_ERROR, "the connection broke off")


def _body_failure(error: Exception) -> Failure:
    """What happened while the body was read."""
    from urllib3.exceptions import DecodeError, ReadTimeoutError

    if isinstance(error, ReadTimeoutError):
        return Failure(Why.TIMEOUT, "the answer stopped halfway")
    if isinstance(error, DecodeError):
        return Failure(Why.BAD_BODY, "a compressed body that cannot be unpacked")
    return Failure(Why.BAD_BODY, "an answer that breaks off or is no HTTP")


def _read(response: requests.Response, patience: Patience, end: float) -> Reply | Failure:
    """Read the body piece by piece, so that size and time are bounded whatever the headers say."""
    headers = {name.lower(): value for name, value in response.headers.items()}
    pieces: list[bytes] = []
    size = 0
    for piece in _pieces(response):
        size += len(piece)
        if size > patience.body_bytes:
            return Failure(Why.BAD_BODY, f"a body of more than {patience.body_bytes // 1_000_000} MB")
        if time.monotonic() > end:
            return Failure(Why.TIMEOUT, f"not complete after {patience.total_s:g} s")
        pieces.append(piece)
    return Reply(response.status_code, headers, b"".join(pieces))


def _pieces(response: requests.Response) -> Any:
    """The decompressed body as it arrives."""
    raw = response.raw
    if response.headers.get("transfer-encoding", "").lower() == "chunked":
        yield from raw.stream(_PIECE, decode_content=True)
        return
    while piece := raw.read1(_PIECE, decode_content=True):
        yield piece

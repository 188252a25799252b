"""Who may ask a server for anything: host names, origins, tokens, and how often a wrong one may be tried. No framework."""

from __future__ import annotations

import hmac
import ipaddress
import re
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "[::1]"})
"""How a browser on the same machine names it in a ``Host`` header."""
MAX_FAILURES = 5
"""Wrong tokens that one address may send in a row of ``WINDOW_S``."""
WINDOW_S = 300.0
_MAX_ADDRESSES = 10_000
_HOST = re.compile(r"(?P<name>\[[0-9A-Fa-f:.]+\]|[\w.-]+)(:(?P<port>[0-9]{1,5}))?", re.ASCII)


def is_loopback(host: str) -> bool:
    """Whether a server that is bound to this address can be reached from its own machine alone.

    A name other than ``localhost`` is not resolved: what it means may change.

    >>> [is_loopback(each) for each in ("127.0.0.1", "::1", "localhost", "0.0.0.0", "example.org")]
    [True, True, True, False, False]
    """
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def host_name(header: str) -> str:
    """The name in a ``Host`` header without its port, in lower case; empty if it is none.

    >>> host_name("LOCALHOST:8730"), host_name("[::1]:80"), host_name("a@b")
    ('localhost', '[::1]', '')
    """
    found = _HOST.fullmatch(header)
    return "" if found is None or int(found["port"] or 0) > 65535 else found["name"].lower()


def is_same_origin(origin: str, scheme: str, host: str) -> bool:
    """Whether an ``Origin`` header names this server as the ``Host`` header of the same request does."""
    return bool(host) and origin.casefold() == f"{scheme}://{host}".casefold()


def bearer(header: str) -> str:
    """The token of an ``Authorization`` header, empty if it holds none.

    >>> bearer("Bearer abc"), bearer("Basic abc")
    ('abc', '')
    """
    scheme, _, token = header.partition(" ")
    return token.strip() if scheme.casefold() == "bearer" else ""


def is_same_token(given: str, expected: str) -> bool:
    """Whether two tokens are equal, in a time that tells nothing; an empty one equals none."""
    return bool(expected) and hmac.compare_digest(given.encode("utf-8", "surrogatepass"), expected.encode())


def client_address(peer: str, forwarded_for: str, *, behind_proxy: bool) -> str:
    """The address to count failures for: the peer, or whom a proxy on this machine says it forwards for.

    A network of IPv6 addresses counts as one, because its owner has them all.

    >>> client_address("127.0.0.1", "6.6.6.6, 192.0.2.7", behind_proxy=True)
    '192.0.2.7'
    >>> client_address("198.51.100.1", "192.0.2.7", behind_proxy=True)
    '198.51.100.1'
    """
    told = forwarded_for.rpartition(",")[2].strip()
    name = told if behind_proxy and told and is_loopback(peer) else peer
    try:
        address = ipaddress.ip_address(name)
    except ValueError:
        return peer
    if address.version == 6 and not address.ipv4_mapped:
        return str(ipaddress.ip_network(f"{address}/64", strict=False))
    return str(address)


@dataclass(slots=True)
class FailureLimit:
    """Counts wrong tokens by address; whoever sent too many is not listened to until the window has passed.

    Several threads may use it.
    """

    most: int = MAX_FAILURES
    window_s: float = WINDOW_S
    clock: Callable[[], float] = time.monotonic
    _failures: OrderedDict[str, list[float]] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def wait_s(self, address: str) -> float:
        """How long the address must wait until its next try is looked at; 0 if it need not."""
        recent = self._recent(address)
        return 0.0 if len(recent) < self.most else max(1.0, recent[-self.most] + self.window_s - self.clock())

    def failed(self, address: str) -> None:
        """Count a wrong token."""
        with self._lock:
            self._failures[address] = [*self._recent(address), self.clock()][-self.most :]
            self._failures.move_to_end(address)
            while len(self._failures) > _MAX_ADDRESSES:
                self._failures.popitem(last=False)

    def _recent(self, address: str) -> list[float]:
        since = self.clock() - self.window_s
        return [at for at in self._failures.get(address, []) if at > since]

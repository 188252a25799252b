"""What one review page serves: whose database, under which names it may be called, and who is at it."""

from __future__ import annotations

import hmac
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from sqlalchemy import Engine

from verifier.server.access import LOOPBACK_NAMES, FailureLimit
from verifier.store.reviewers import Role

SESSION_S = 12 * 3600.0
"""How long somebody stays signed in."""
_MAX_SESSIONS = 1_000


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who asks."""

    name: str
    role: Role
    session: str = ""
    """Empty for a program, which sends its token with every request and no cookie."""

    @property
    def is_admin(self) -> bool:
        """Whether they may take back confirmations and tokens."""
        return self.role is Role.ADMIN

    @property
    def is_program(self) -> bool:
        """Whether no browser is involved, so that nobody can make it ask for what it does not want."""
        return not self.session


@dataclass(slots=True)
class Sessions:
    """Who is signed in, in memory alone: a restart signs everybody out. Several threads may use it."""

    clock: Callable[[], float] = time.monotonic
    _key: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    _open: OrderedDict[str, tuple[int, float]] = field(default_factory=OrderedDict)

    def begin(self, reviewer_id: int) -> str:
        """A new session of a reviewer; its name is the cookie."""
        name = secrets.token_urlsafe(32)
        self._open[name] = (reviewer_id, self.clock() + SESSION_S)
        while len(self._open) > _MAX_SESSIONS:
            self._open.popitem(last=False)
        return name

    def reviewer_id(self, name: str) -> int | None:
        """Whose session it is; ``None`` if it is nobody's or over."""
        found = self._open.get(name)
        if found is None or found[1] <= self.clock():
            self.end(name)
            return None
        return found[0]

    def end(self, name: str) -> None:
        """Sign out."""
        self._open.pop(name, None)

    def form_token(self, name: str) -> str:
        """What every form of a session must send back, so that no other site can fill it in."""
        return hmac.digest(self._key, name.encode("utf-8", "replace"), "sha256").hex()


@dataclass(frozen=True, slots=True)
class Desk:
    """One review page."""

    engine: Engine
    reviewer: str
    """Who answers where no token is asked for."""
    needs_token: bool = False
    quorum: int = 1
    port: int = 0
    public_url: str = ""
    """The address by which others reach it, if that is another than the one it listens at."""
    is_encrypted: bool = False
    """Whether it speaks TLS itself."""
    sessions: Sessions = field(default_factory=Sessions)
    failures: FailureLimit = field(default_factory=FailureLimit)
    local_session: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    """Cookie of everybody on this machine, where no token is asked for."""

    @property
    def hosts(self) -> frozenset[str]:
        """Names by which a browser may call it; any other is somebody else's name that points here."""
        if not self.public_url:
            return LOOPBACK_NAMES
        name = urlsplit(self.public_url).hostname or ""
        return LOOPBACK_NAMES | {f"[{name}]" if ":" in name else name}

    @property
    def public_origin(self) -> str:
        """What browsers call it in an ``Origin`` header, if others reach it; a space, which is none, otherwise."""
        parts = urlsplit(self.public_url)
        return f"{parts.scheme}://{parts.netloc}".casefold() if self.public_url else " "

    @property
    def is_secure(self) -> bool:
        """Whether browsers reach it over TLS, ours or that of a proxy in front."""
        return self.is_encrypted or self.public_url.startswith("https:")

    @property
    def is_behind_proxy(self) -> bool:
        """Whether another program passes requests on."""
        return bool(self.public_url) and not self.is_encrypted

    @property
    def cookie(self) -> str:
        """Name of the session's cookie; browsers share cookies between all ports of a machine."""
        return "__Host-factprobe-review" if self.is_secure else f"factprobe-review-{self.port}"

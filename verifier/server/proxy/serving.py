"""Runs the proxy: where it listens, and how it stops."""

from __future__ import annotations

import logging
import signal
import socket
import sys
import threading
from collections.abc import Callable

import uvicorn

from verifier.errors import ConfigError
from verifier.server.listening import listening
from verifier.server.proxy.gate import Gate
from verifier.server.proxy.settings import ProxySettings

_EXPECTED = "ASGI callable returned without"
"""What uvicorn says of a response that was cut off on purpose, because the server behind the proxy cut it off."""


SWITCH_S = 0.001
"""So long a thread that checks may keep the interpreter while the event loop waits: a fifth of what is usual, for a third of
the delay of a stream that passes meanwhile."""


class Serving:
    """A proxy that listens; it serves until it is told to stop, and lets what is under way end first."""

    def __init__(self, application: Gate, settings: ProxySettings) -> None:
        """Listen; raises ``ConfigError`` where the place cannot be used."""
        self._application = application
        self._socket = _listening(settings)
        host = f"[{settings.host.strip('[]')}]" if ":" in settings.host else settings.host
        self.address = f"http://{host}:{self._socket.getsockname()[1]}"
        """What callers put before ``/v1``."""
        self._server = uvicorn.Server(_configuration(application, settings))

    def run(self) -> None:
        """Serve until ``stop``, or until the process gets SIGINT or SIGTERM, both of which are a normal end."""
        logging.getLogger("uvicorn.error").addFilter(_is_unexpected)
        usual_s = sys.getswitchinterval()
        sys.setswitchinterval(SWITCH_S)
        earlier = _taken(self.stop) if threading.current_thread() is threading.main_thread() else {}
        try:
            self._server.run(sockets=[self._socket])
        finally:
            self._socket.close()
            sys.setswitchinterval(usual_s)
            for number, handler in earlier.items():
                signal.signal(number, handler)

    def stop(self) -> None:
        """Take no further requests and end when those under way have ended; from any thread."""
        self._application.stopping = True
        self._server.should_exit = True

    @property
    def is_serving(self) -> bool:
        """Whether requests are answered."""
        return self._server.started and not self._server.should_exit


def _taken(stop: Callable[[], None]) -> dict[signal.Signals, signal._HANDLER]:
    """Let both signals stop the server alone: uvicorn raises them again when it has stopped."""
    return {number: signal.signal(number, lambda *_: stop()) for number in (signal.SIGINT, signal.SIGTERM)}


def _configuration(application: Gate, settings: ProxySettings) -> uvicorn.Config:
    return uvicorn.Config(
        application,
        log_config=None,
        access_log=False,
        server_header=False,
        date_header=False,
        ws="none",
        lifespan="on",
        proxy_headers=False,
        timeout_keep_alive=30,
        timeout_graceful_shutdown=int(settings.shutdown_s),
    )


def _listening(settings: ProxySettings) -> socket.socket:
    try:
        return listening(settings.host, settings.port, backlog=2048)
    except OSError as error:
        raise ConfigError(
            f"{settings.host} port {settings.port} cannot be used: {error.strerror or error}",
            hint="--port 0 takes any that is free",
        ) from error


def _is_unexpected(record: logging.LogRecord) -> bool:
    return not record.getMessage().startswith(_EXPECTED)

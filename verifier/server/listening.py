"""The socket of a server: bound before anything is said about it, and quick to answer."""

from __future__ import annotations

import socket


def listening(host: str, port: int, backlog: int = 128) -> socket.socket:
    """A socket that listens; port 0 takes any that is free. Raises ``OSError`` where the place cannot be used.

    asyncio turns Nagle's algorithm off only for sockets that name their protocol, which these do not; with it, the second
    part of an answer waits some 40 ms for the caller to acknowledge the first. Connections take the option from here.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    made = socket.create_server((host.strip("[]"), port), family=family, backlog=backlog)
    made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return made

"""The socket of a server."""

from __future__ import annotations

import socket

import pytest

from verifier.server.listening import listening


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_no_part_of_an_answer_waits_for_the_caller(host: str) -> None:
    with (
        listening(host, 0) as listener,
        socket.create_connection(listener.getsockname()[:2], timeout=20),
        listener.accept()[0] as accepted,
    ):
        assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) != 0


def test_a_place_that_is_taken_is_an_error() -> None:
    with listening("127.0.0.1", 0) as listener, pytest.raises(OSError, match="in use"):
        listening("127.0.0.1", listener.getsockname()[1])

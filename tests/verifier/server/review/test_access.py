"""Who may ask a server for anything."""

from __future__ import annotations

import doctest

import pytest

import verifier.server.access
from verifier.server.access import FailureLimit, client_address, host_name, is_same_origin, is_same_token


def test_the_examples_hold() -> None:
    assert doctest.testmod(verifier.server.access).failed == 0


@pytest.mark.parametrize("header", ["", "a b", "a/b", "a?b", "a#b", "user@localhost", "localhost:99999", "[::1", ":80"])
def test_what_is_no_host_name_is_none(header: str) -> None:
    assert host_name(header) == ""


@pytest.mark.parametrize(
    ("origin", "same"),
    [
        ("http://localhost:8730", True),
        ("HTTP://LOCALHOST:8730", True),
        ("https://localhost:8730", False),
        ("http://localhost:8731", False),
        ("http://localhost.example.org:8730", False),
        ("null", False),
        ("", False),
    ],
)
def test_only_its_own_origin_is_the_same(origin: str, same: bool) -> None:
    assert is_same_origin(origin, "http", "localhost:8730") is same


@pytest.mark.parametrize(
    ("given", "expected", "same"), [("a", "a", True), ("a", "b", False), ("", "", False), ("\ud800é", "a", False)]
)
def test_an_empty_token_equals_none(given: str, expected: str, same: bool) -> None:
    assert is_same_token(given, expected) is same


def test_five_wrong_tokens_make_an_address_wait_and_no_other() -> None:
    now = 0.0
    limit = FailureLimit(clock=lambda: now)
    for _ in range(5):
        assert limit.wait_s("192.0.2.1") == 0
        limit.failed("192.0.2.1")
    assert (limit.wait_s("192.0.2.1"), limit.wait_s("192.0.2.2")) == (300.0, 0.0)
    now = 299.5
    assert limit.wait_s("192.0.2.1") == 1.0
    now = 300.0
    assert limit.wait_s("192.0.2.1") == 0.0


def test_the_addresses_that_are_remembered_are_bounded() -> None:
    limit = FailureLimit()
    for number in range(10_050):
        limit.failed(str(number))
    assert len(limit._failures) == 10_000


def test_addresses_of_one_network_count_together_and_a_stranger_cannot_name_another() -> None:
    assert client_address("2001:db8::1", "", behind_proxy=False) == client_address(
        "2001:db8::ffff", "", behind_proxy=False
    )
    assert client_address("192.0.2.1", "198.51.100.1", behind_proxy=False) == "192.0.2.1"
    assert client_address("127.0.0.1", "no address", behind_proxy=True) == "127.0.0.1"

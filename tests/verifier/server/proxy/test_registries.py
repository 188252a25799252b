"""The proxy with what it runs with: a real ``Checker``, registries on loopback that hold works or fail."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from citations.testing.faults import Fault
from citations.testing.replay import read_works
from citations.testing.server import REGISTRIES, RegistryServer
from tests.verifier.server.proxy.callers import ASK, openai_client, stream_of
from tests.verifier.server.proxy.world import answer, events, world
from tests.verifier.wrapping.llm_server import chat
from verifier.checker import Checker
from verifier.policy import OnError, Policy

ROOT = Path(__file__).resolve().parents[4]
GOOD = (
    "You could read:\n\n1. Turing, A. M. (1937). On computable numbers, with an application to the Entscheidungsproblem. "
    "Proceedings of the London Mathematical Society, s2-42, 230-265. doi:10.1112/plms/s2-42.1.230\n"
)
BAD = (
    "You could read:\n\n1. Quimby, R. and Vantongeren, L. (2019). Undecidable gardens of the northern lakes. Journal of "
    "Lattice Botany, 12, 45-67. doi:10.1112/plms/s2-42.1.230\n"
)


@pytest.fixture
def registries(monkeypatch: pytest.MonkeyPatch) -> Iterator[RegistryServer]:
    with RegistryServer(read_works([ROOT / "examples" / "works.jsonl"])) as server:
        for name in REGISTRIES:
            monkeypatch.setenv(f"VERIFIER_{name.upper()}_URL", server.url(name))
        yield server


def checker(**more: object) -> Checker:
    return Checker(registries=True, policy=Policy(on_error=OnError.CLOSED), **more)


def test_what_a_registry_knows_passes_and_what_contradicts_it_is_flagged(registries: RegistryServer) -> None:
    with world(checker=checker(), ceiling_s=120.0) as running, openai_client(running) as client:
        running.upstream.script = answer(chat(GOOD, BAD))
        raw = client.chat.completions.with_raw_response.create(**ASK)
        assert (raw.headers["x-verifier-decision"], raw.headers["x-verifier-references"]) == (
            "flag",
            "verified=1, fabricated=1",
        )
        running.upstream.script = events(*stream_of(GOOD))
        last = list(client.chat.completions.create(**ASK, stream=True))[-1]
        assert last.model_extra["verification"]["decision"] == "pass"


@pytest.mark.parametrize("fault", [Fault.SERVER_ERROR, Fault.RATE_LIMITED, Fault.HANG, Fault.HTML, Fault.RESET])
def test_registries_that_are_down_accuse_nobody_and_delay_no_answer_beyond_the_ceiling(
    registries: RegistryServer, fault: Fault
) -> None:
    for name in REGISTRIES:
        registries.fail(name, fault)
    with world(checker=checker(), ceiling_s=0.5) as running, openai_client(running) as client:
        for text in (GOOD, BAD):
            running.upstream.script = answer(chat(text))
            raw = client.chat.completions.with_raw_response.create(**ASK)
            assert raw.http_response.json() == chat(text)
            assert raw.headers["x-verifier-decision"] == "abstain"


def test_a_judge_that_is_down_is_a_gap(registries: RegistryServer) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        judge = f"http://127.0.0.1:{nobody.getsockname()[1]}/v1#m"
        with (
            world(checker=checker(judge=judge, evidence=["Tea came to London in 1657."]), ceiling_s=5.0) as running,
            openai_client(running) as client,
        ):
            running.upstream.script = answer(chat("Tea came to London in 1657."))
            raw = client.chat.completions.with_raw_response.create(**ASK)
    assert raw.http_response.json() == chat("Tea came to London in 1657.")
    assert raw.headers["x-verifier-decision"] == "abstain"

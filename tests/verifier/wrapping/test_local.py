"""Local models, wrapped: the real SmolLM2."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import verifier
from probes.probed import ProbedLlama
from tests.models import smollm2  # noqa: F401  a fixture
from tests.verifier.wrapping.world import registries
from verifier.types import Span

ASK = [{"role": "user", "content": "Say in two sentences what tea is."}]
SETTINGS: dict[str, Any] = {"max_tokens": 24, "temperature": 0.0, "seed": 1}


@pytest.fixture(scope="module")
def model(smollm2: Path) -> Iterator[ProbedLlama]:  # noqa: F811  the fixture
    opened = ProbedLlama(smollm2, None, n_ctx=512, n_threads=1, verbose=False)
    yield opened
    opened.close()


def text(chunks: Any) -> str:
    return "".join(each["choices"][0]["delta"].get("content") or "" for each in chunks)


def test_a_local_model_is_watched_in_every_mode(model: ProbedLlama) -> None:
    expected = model.create_chat_completion(ASK, **SETTINGS)["choices"][0]["message"]["content"]
    for mode in ("after", "holdback", "buffer"):
        verifier.wrap(model, mode=mode, registries=registries(), timeout=30)
        whole = model.create_chat_completion(ASK, **SETTINGS)
        stream = model.create_chat_completion(ASK, stream=True, **SETTINGS)
        assert (whole["choices"][0]["message"]["content"], text(stream)) == (expected, expected)
        for each in (whole, stream):
            report = verifier.get_report(each, timeout=60)
            assert "the answer was cut at its length limit" in str(report.gaps)


def test_what_was_seen_of_each_token_goes_with_the_text(model: ProbedLlama) -> None:
    subjects: list[verifier.Subject] = []

    class Listening(verifier.Checker):
        def check(self, subject: verifier.Subject) -> verifier.Report:
            subjects.append(subject)
            return super().check(subject)

    verifier.wrap(model, checker=Listening())
    settings = {**SETTINGS, "max_tokens": 60}
    for answer in (
        model.create_completion("Water is", **settings),
        model.create_completion("Water is", stream=True, **settings),
    ):
        if not isinstance(answer, dict):
            list(answer)
        verifier.get_report(answer, timeout=60)
    seen = [subject.more_signals(Span(0, 10)) for subject in subjects if subject.more_signals]
    assert [[each.source for each in signals] for signals in seen] == [["the local model, writing"] * 2] * 2


def test_a_llama_has_no_signal_of_its_own_and_is_checked_all_the_same(model: ProbedLlama) -> None:
    llama = verifier.wrap(model._llama, registries=registries(), timeout=30)
    answer = llama("Water is", max_tokens=8, temperature=0.0)
    assert verifier.get_report(answer, timeout=60).tool.name == "factprobe"
    assert "probe" not in answer["choices"][0]

from __future__ import annotations

import asyncio
from collections.abc import Callable
from inspect import signature
from types import SimpleNamespace

import pytest

import verifier
from verifier.checking import acheck, check

WRONG = {
    "context": [5, b"text", ["a", 5], {"a": "b"}],
    "references": [5, ["Roe (2019)"], b"text"],
    "evidence": [5, [5], {"a": 1}],
    "engine": [5, "model.gguf"],
    "judge": [5, object(), ["a"]],
    "retriever": [5, "text"],
    "registries": [5, "crossref", ["crosref"], [5]],
    "policy": ["strict", {"strict": True}],
    "budget_s": ["5", -1, float("nan"), True],
    "asked": [None, 5],
    "generator": [None, 5],
}
OF_CHECKER = {"judge_calls": ["5", 1.5, -1], "ask_afresh": [None, -1], "settings": [{}]}
OF_WRAP = {
    "policy": ["strict"],
    "mode": ["bufer", None, 5],
    "on_error": ["ignore", 5],
    "timeout": ["5", -1],
    "registries": [5, ["crosref"]],
    "checker": [5],
}


def cases(table: dict[str, list[object]]) -> list[tuple[str, object]]:
    return [(name, value) for name, values in table.items() for value in values]


def client() -> SimpleNamespace:
    return SimpleNamespace(create_completion=dict)


def refused(call: Callable[[], object], name: str) -> str:
    with pytest.raises(verifier.WrongArgument) as raised:
        call()
    text = str(raised.value)
    assert name in text or "no registry named" in text
    assert "\n" not in text
    return text


def test_every_argument_of_the_calls_has_its_wrong_values_here() -> None:
    assert set(signature(check).parameters) - {"text"} == set(WRONG)
    assert set(signature(acheck).parameters) - {"text"} == set(WRONG)
    assert set(signature(verifier.Checker).parameters) - set(WRONG) == set(OF_CHECKER)
    assert set(signature(verifier.wrap).parameters) - {"client"} == set(OF_WRAP)


@pytest.mark.parametrize(("name", "value"), cases(WRONG))
def test_check_says_in_one_sentence_what_it_cannot_use(name: str, value: object) -> None:
    refused(lambda: check("Tea is old.", **{name: value}), name)
    refused(lambda: asyncio.run(acheck("Tea is old.", **{name: value})), name)


@pytest.mark.parametrize(("name", "value"), cases(OF_CHECKER))
def test_a_checker_says_in_one_sentence_what_it_cannot_use(name: str, value: object) -> None:
    refused(lambda: verifier.Checker(**{name: value}), name)


@pytest.mark.parametrize(("name", "value"), cases(OF_WRAP))
def test_wrap_says_in_one_sentence_what_it_cannot_use(name: str, value: object) -> None:
    refused(lambda: verifier.wrap(client(), **{name: value}), name)


def test_what_was_given_is_not_repeated_where_it_may_be_a_secret() -> None:
    assert "sk-123" not in refused(lambda: check("Tea is old.", policy="sk-123"), "policy")


def test_several_things_may_come_from_a_generator() -> None:
    report = check("Tea is old.", context=(each for each in ["Tea is a plant."]))
    assert [claim.claim.text for claim in report.claims] == ["Tea is old."]


def test_a_wrong_argument_is_a_type_error_too() -> None:
    with pytest.raises(TypeError):
        check("Tea is old.", context=5)

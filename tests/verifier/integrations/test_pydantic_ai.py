from __future__ import annotations

import asyncio
import sys

import pytest

from citations.types import Kind
from tests.citations.fake_registries import FakeRegistry, work
from verifier.checker import Checker
from verifier.errors import ExtraMissing
from verifier.integrations.pydantic_ai import output_validator
from verifier.policy import FailOn, Policy

pytest.importorskip("pydantic_ai", reason="Pydantic-AI is not installed (pip install pydantic-ai-slim)")

from pydantic_ai import Agent, ModelResponse, TextPart, UnexpectedModelBehavior
from pydantic_ai.models.function import FunctionModel

RIGHT = "1. Turing, A. M. (1937). On computable numbers, with an application to the Entscheidungsproblem."
WRONG = RIGHT.replace("1937", "1977")


def checker(policy=None):
    title = "On computable numbers, with an application to the Entscheidungsproblem"
    shelf = FakeRegistry(works=[work(title=title, authors="Alan M. Turing", year=1937, kind=Kind.ARTICLE)])
    return Checker(registries=[shelf], policy=policy)


class Model:
    """Answers in turn with what it is given; keeps what it was told."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.told = []

    def __call__(self, messages, info):
        self.told.append(str(messages[-1]))
        return ModelResponse(parts=[TextPart(self.answers.pop(0))])

    async def stream(self, messages, info):
        self.told.append(str(messages[-1]))
        answer = self.answers.pop(0)
        for start in range(0, len(answer), 7):
            yield answer[start : start + 7]


def agent(model, reports=None, policy=None, **options):
    made = Agent(FunctionModel(model, stream_function=model.stream), retries=1)
    made.output_validator(
        output_validator(checker(policy), on_report=None if reports is None else reports.append, **options)
    )
    return made


def answer(made):
    """The output for one question, in an event loop that is closed afterwards."""
    return asyncio.run(made.run("Name a paper.")).output


def test_a_right_answer_is_passed_on_unchanged():
    assert answer(agent(Model(RIGHT))) == RIGHT


def test_the_model_is_told_what_is_wrong_and_answers_again():
    model = Model(WRONG, RIGHT)
    assert answer(agent(model)) == RIGHT
    assert "1977" in model.told[1]
    assert "1937" in model.told[1]


def test_a_model_that_does_not_mend_its_answer_ends_as_the_framework_says():
    with pytest.raises(UnexpectedModelBehavior):
        answer(agent(Model(WRONG, WRONG, WRONG)))


def test_what_could_not_be_checked_does_not_ask_again_and_stands_in_the_report():
    reports = []
    unknown = "1. Roe, R. (2019). A theory that no shelf holds and nobody wrote."
    assert answer(agent(Model(unknown), reports)) == unknown
    assert [each.status.value for each in reports[0].findings] != ["verified"]


def test_the_policy_decides_what_asks_again():
    assert answer(agent(Model(WRONG), policy=Policy(fail_on=FailOn.FABRICATED))) == WRONG


def test_half_an_answer_of_a_stream_is_not_checked():
    reports = []

    async def streamed():
        async with agent(Model(RIGHT), reports).run_stream("Name a paper.") as result:
            return [each async for each in result.stream_text(debounce_by=None)], await result.get_output()

    parts, whole = asyncio.run(streamed())
    assert len(parts) > 1
    assert whole == RIGHT
    assert len(reports) == 1


def test_a_framework_that_is_not_installed_is_one_sentence(monkeypatch):
    monkeypatch.setitem(sys.modules, "pydantic_ai", None)
    with pytest.raises(ExtraMissing, match="not installed"):
        output_validator()

"""Answers with a true and an invented work in them, and a checker that knows which is which."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from threading import Event
from typing import Any

import verifier
from citations.types import Kind
from tests.citations.fake_registries import FakeRegistry, work
from tests.verifier.wrapping.llm_server import delta

TITLE = "On the weight of small things"
TRUE = "Roe, A. and Doe, B. (2019). On the weight of small things. Journal of Tests, 12(3), 45-67."
INVENTED = "Fox, C. and Poe, D. (2020). The colour of quiet numbers in the north. Journal of Tests, 13(1), 1-9."
GOOD = f"Here are two works:\n\n1. {TRUE}\n2. {TRUE.replace('2019', '2019')}\n\nThat is all I know.\n"
BAD = f"Here are two works:\n\n1. {TRUE}\n2. {INVENTED}\n\nThat is all I know.\n"
STRICT = verifier.Policy(fail_on=verifier.FailOn.NOT_FOUND)
ASK = {"model": "m", "messages": [{"role": "user", "content": "Name two papers."}]}
MODES = ["buffer", "holdback"]
CLAUDE = {**ASK, "max_tokens": 50}


def registries() -> list[FakeRegistry]:
    known = work(
        title="On the weight of small things",
        authors="A. Roe; B. Doe",
        year=2019,
        venue="Journal of Tests",
        volume="12",
        issue="3",
        pages="45-67",
        kind=Kind.ARTICLE,
    )
    others = [FakeRegistry(name) for name in ("semantic_scholar", "arxiv", "datacite", "doi_org")]
    return [FakeRegistry(works=[known]), *others]


def pieces(text: str, width: int = 11) -> list[str]:
    return [text[start : start + width] for start in range(0, len(text), width)]


@dataclass
class Stuck:
    """A checker that comes to no end before it is told to, or crashes."""

    error: Exception | None = None
    free: Event = field(default_factory=Event)
    asked: tuple[str, ...] = ()
    budget_s: float | None = 0.1
    policy: verifier.Policy = field(default_factory=verifier.Policy)

    def prepare(self) -> None:
        if self.error is not None:
            raise self.error
        self.free.wait(20)

    def check(self, subject: verifier.Subject) -> verifier.Report:
        raise NotImplementedError


def stream(text: str, finish: str | None = "stop") -> list[str]:
    usage = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": []}
    ends = [delta(finish=finish), json.dumps({**usage, "usage": None}), "[DONE]"] if finish else []
    return [delta("", role="assistant"), *(delta(each) for each in pieces(text)), *ends]


def read(events_: Iterator[Any], into: list[str]) -> None:
    for chunk in events_:
        into += [choice.delta.content or "" for choice in chunk.choices]


def cited(report: verifier.Report) -> list[str]:
    return [finding.checked.reference.fields.title for finding in report.findings]

"""Code as users of the library write it; ``mypy --strict`` must accept it (``make lint``), and a test runs it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Sequence
from datetime import UTC, datetime

import verifier
from citations.check import CheckOptions, check
from citations.extract import extract
from citations.extract.interface import Document
from citations.registries.interface import Coverage, Registry
from citations.types import (
    Answer,
    Asked,
    CheckedReference,
    Fields,
    Found,
    Kind,
    Name,
    Query,
    Reference,
    Status,
    Work,
)
from verifier import Claim, Passage
from verifier.judges.interface import Answers, AskAfresh, Budget, Reply, SameWorkQuestion, SupportQuestion

TURING = Work(
    registry="shelf",
    key="turing",
    url="https://example.org/turing",
    fields=Fields(
        title="Computing Machinery and Intelligence", authors=(Name("Turing", "A. M."),), year=1950, kind=Kind.ARTICLE
    ),
)


class MyShelf:
    """A registry of one's own: two attributes and two methods, nothing to inherit."""

    name = "shelf"
    coverage = Coverage(schemes=frozenset(), searches=True)

    def look_up(self, queries: Sequence[Query]) -> Iterator[tuple[Query, Answer]]:
        for query in queries:
            yield query, Found(Asked(self.name, "shelf:all", datetime.now(UTC)), (TURING,))

    def close(self) -> None:
        pass


def statuses(bibtex: str, registries: Sequence[Registry]) -> list[Status]:
    document = Document("mine.bib", bibtex.encode())
    references = [entry for entry in extract(document) if isinstance(entry, Reference)]
    checked: list[CheckedReference] = list(check(references, registries, options=CheckOptions(budget_s=10.0)))
    return [each.verdict.status for each in checked]


class MyJudge:
    """A second model of one's own: a name, an identity, three questions."""

    name = "mine"
    identity = "mine:1"

    def support(self, questions: Sequence[SupportQuestion], budget: Budget) -> Iterator[Reply]:
        for question in questions:
            yield Reply(0.9 if question.claim in question.passages else 0.1)

    def same_work(self, questions: Sequence[SameWorkQuestion], budget: Budget) -> Iterator[Reply]:
        for _ in questions:
            yield Reply(unavailable="not asked")

    def answer(self, question: AskAfresh, budget: Budget) -> Answers:
        return Answers(unavailable="it has no memory")

    def close(self) -> None:
        pass


def my_library(claim: Claim) -> list[Passage | str]:
    """A retriever of one's own: any callable from a claim to passages."""
    return [Passage("Tea reached London in 1657.", title="my notes")] if "Tea" in claim.text else []


def stances(text: str) -> list[verifier.Stance]:
    report: verifier.Report = verifier.check(text, context="Tea is a plant.", judge=MyJudge(), retriever=my_library)
    return [finding.stance for finding in report.claims]


@verifier.verified(on_fail="annotate", asked="question", timeout=5)
def answered(question: str, *, words: int = 3) -> str:
    """Signature and types stay what they were."""
    return " ".join(["Tea is old."] * words)


@verifier.verified
async def answered_later(question: str) -> str:
    return "Tea is old."


@verifier.verified(on_fail="raise", mode="buffer")
def streamed(question: str) -> Iterator[str]:
    yield "Tea is old."


class Writer:
    @verifier.verified(on_fail="retry", retries=2)
    async def streamed(self, question: str, feedback: str = "") -> AsyncIterator[str]:
        yield "Tea is old."


def texts() -> tuple[str, str, str]:
    text: str = answered("What is tea?", words=1)
    later: Coroutine[object, object, str] = answered_later("What is tea?")
    chunks: Iterator[str] = streamed("What is tea?")
    off: Callable[[], None] = verifier.on("flagged", lambda report: print(report.findings))
    off()
    return text, asyncio.run(later), "".join(chunks)


async def chunks() -> list[str]:
    return [chunk async for chunk in Writer().streamed("What is tea?")]


class MyClient:
    def create_completion(self, prompt: str) -> dict[str, object]:
        return {"choices": [{"text": "Tea is old.", "finish_reason": "stop"}]}


def wrapped() -> str:
    client: MyClient = verifier.wrap(MyClient(), policy=verifier.Policy(strict=True), mode="buffer", timeout=5)
    try:
        client.create_completion("What is tea?")
    except verifier.AnswerError as error:
        return "; ".join(error.complaints)
    except verifier.CheckFailed as error:
        return error.message
    return ""


def main() -> list[Status]:
    shelf: Registry = MyShelf()
    return statuses(
        "@article{t, title={Computing machinery and intelligence}, author={Turing, Alan}, year=1950}", [shelf]
    )

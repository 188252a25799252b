"""A registry, a judge and a retriever of one's own, plugged into one check. Runs offline and needs no model.

    python examples/own_parts.py

Each is an object with a few methods, or a plain function; nothing is inherited. A bookshelf alone can verify, never
accuse: the second reference has another year than the book on the shelf, and stays unchecked until a registry that must
know of such works (``verifier explain coverage``) was asked.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

import verifier
from citations.registries.interface import Coverage
from citations.types import Answer, Asked, Fields, Found, Kind, Name, Query, Work
from verifier import Claim, Passage
from verifier.judges.interface import Answers, AskAfresh, Budget, Reply, SameWorkQuestion, SupportQuestion

TEXT = """\
Turing's machine reads one square at a time. It has two heads.

1. Turing, A. M. (1937). On computable numbers, with an application to the Entscheidungsproblem.
2. Turing, A. M. (1977). On computable numbers, with an application to the Entscheidungsproblem.
"""
NOTES = "The machine scans one square at a time. It has a single head."


class Bookshelf:
    """A registry: it is asked about references and answers with the works that it holds; it never raises."""

    name = "bookshelf"
    coverage = Coverage(schemes=frozenset(), searches=True)
    works = (
        Work(
            registry="bookshelf",
            key="turing-1937",
            url="https://doi.org/10.1112/plms/s2-42.1.230",
            fields=Fields(
                title="On computable numbers, with an application to the Entscheidungsproblem",
                authors=(Name("Turing", "Alan Mathison"),),
                year=1937,
                kind=Kind.ARTICLE,
            ),
        ),
    )

    def look_up(self, queries: Sequence[Query]) -> Iterator[tuple[Query, Answer]]:
        """Every query gets an answer: what was found, or why nothing could be said."""
        for query in queries:
            yield query, Found(Asked(self.name, "bookshelf:search", datetime.now(UTC)), self.works)

    def close(self) -> None:
        """Release what was opened."""


class Rulebook:
    """A judge: whether passages bear a claim out, as a probability. A judge is tested before it is believed.

    This one compares words, as no real judge should, and the built-in test finds that out.
    """

    name = "rulebook"
    identity = "rulebook:1"

    def support(self, questions: Sequence[SupportQuestion], budget: Budget) -> Iterator[Reply]:
        """One reply a question, in their order."""
        for question in questions:
            if why := budget.take():
                yield Reply(unavailable=why)
                continue
            words = set(question.claim.lower().split())
            read = set(" ".join(question.passages).lower().split())
            yield Reply(len(words & read) / len(words))

    def same_work(self, questions: Sequence[SameWorkQuestion], budget: Budget) -> Iterator[Reply]:
        """What it cannot tell, it says."""
        del budget
        return iter([Reply(unavailable="it knows no works")] * len(questions))

    def answer(self, question: AskAfresh, budget: Budget) -> Answers:
        """It has no memory of its own."""
        del question, budget
        return Answers(unavailable="it has no memory")

    def close(self) -> None:
        """Release what was opened."""


def notebook(claim: Claim) -> list[Passage]:
    """A retriever: from a claim to passages that may bear it out."""
    return [Passage(NOTES, title="my notes")] if "machine" in claim.text or "head" in claim.text else []


def main() -> None:
    """Check the text with all three, and print what was found."""
    report = verifier.check(TEXT, registries=[Bookshelf()], retriever=notebook, judge=Rulebook())
    for finding in report.findings:
        print(f"{finding.status.value}: {finding.checked.reference.raw}")
    for claim in report.claims:
        print(f"{claim.stance.value}: {claim.claim.text} ({claim.because})")
    for gap in report.gaps:
        print(f"gap: {gap.what}: {gap.why}")


if __name__ == "__main__":
    main()

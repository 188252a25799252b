"""A decorator for functions that return text: raise, note, take out, ask again, or only log. Needs no key and no model.

    python examples/decorator.py

The functions stay what they were: name, signature, docstring, and whether they are coroutines or generators.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from loopback import BAD, GOOD, loopback

import verifier


def answers() -> None:
    """One function in every manner."""

    @verifier.verified(on_fail="annotate", registries=True, timeout=30, asked="question")
    def annotated(question: str) -> str:
        return BAD if question else GOOD

    @verifier.verified(on_fail="redact", registries=True, timeout=30)
    def redacted() -> str:
        return BAD

    @verifier.verified(on_fail="retry", registries=True, timeout=30, retries=2)
    def retried(feedback: str = "") -> str:
        """Is called again with what was wrong, a line each: give them to the model."""
        return GOOD if feedback else BAD

    @verifier.verified(on_fail="raise", registries=True, timeout=30)
    async def streamed() -> AsyncIterator[str]:
        for start in range(0, len(BAD), 20):
            yield BAD[start : start + 20]

    async def read() -> str:
        text = ""
        try:
            async for chunk in streamed():
                text += chunk
        except verifier.Withheld as error:
            return f"left: {text.strip()!r}; {error}"
        return text

    print(f"annotate:\n{annotated('What could I read?')}\n")
    print(f"redact:\n{redacted()}")
    print(f"retry:\n{retried()}")
    print(f"raise, a stream: {asyncio.run(read())}")


if __name__ == "__main__":
    with loopback():
        answers()

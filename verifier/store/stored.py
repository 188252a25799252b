"""What is stored beside a finding: its kind, the text around it, and how a model wrote that text. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from enum import StrEnum

from verifier.store.levels import AROUND, StorageLevel
from verifier.types import ClaimFinding, Flagged, Span


class FlagKind(StrEnum):
    """What is flagged."""

    REFERENCE = "reference"
    CLAIM = "claim"


class TextKind(StrEnum):
    """Which of the whole texts of a run one is."""

    PROMPT = "prompt"
    ANSWER = "answer"
    """The text that was checked."""


@dataclass(frozen=True, slots=True)
class KeptText:
    """A whole text of a run; kept at level ``full`` alone."""

    kind: TextKind
    text: str


@dataclass(frozen=True, slots=True)
class StoredToken:
    """One token of the text around the span, and what was seen while the model wrote it."""

    text: str
    start: int
    """First character in ``FlagItem.context``."""
    end: int
    logprob: float | None = None
    entropy: float | None = None
    score: float | None = None
    """Of the probe, 0 to 1."""


@dataclass(frozen=True, slots=True)
class Trace:
    """How a model wrote a text, or the text around a span."""

    model: str
    tokens: tuple[StoredToken, ...]

    def within(self, start: int, end: int) -> Trace:
        """The tokens that stand in a range of the text, their places counted from its start.

        >>> whole = Trace("m", (StoredToken("tea", 0, 3), StoredToken(" pot", 3, 7)))
        >>> whole.within(3, 7).tokens[0].start
        0
        """
        inside = (each for each in self.tokens if each.start < end and each.end > start)
        return Trace(self.model, tuple(_cut(each, start, end) for each in inside))


@dataclass(frozen=True, slots=True)
class Context:
    """The text around a span."""

    text: str
    start: int
    """First character of the span in ``text``."""
    end: int
    trace: Trace | None = None


@dataclass(frozen=True, slots=True)
class Written:
    """The text whose spans are judged, and how it came about; empty where files are scanned."""

    text: str = ""
    name: str = ""
    asked: str = ""
    """The prompt that it answers."""
    trace: Trace | None = None
    """How the model wrote all of it."""


@dataclass(frozen=True, slots=True)
class Keeping:
    """What a run leaves in the database."""

    level: StorageLevel = StorageLevel.EXCERPT
    written: Written = field(default_factory=Written)

    def context_of(self, flagged: Flagged) -> Context | None:
        """The text around what is flagged, ``None`` where there is none or none may be kept."""
        span = flagged.claim.span if isinstance(flagged, ClaimFinding) else flagged.span
        if span is None or not self.written.text or not self.level.keeps_words:
            return None
        return around(self.written, span)

    @property
    def texts(self) -> tuple[KeptText, ...]:
        """The whole texts that the level lets be kept."""
        if self.level is not StorageLevel.FULL:
            return ()
        both = (KeptText(TextKind.PROMPT, self.written.asked), KeptText(TextKind.ANSWER, self.written.text))
        return tuple(each for each in both if each.text)


BodyOf = Callable[[str], bytes | None]
"""Gives the body of a registry's answer by its SHA-256, ``None`` if it is not kept anywhere."""


def around(written: Written, span: Span) -> Context:
    """The span with ``AROUND`` characters around it, half of them on each side, and its tokens.

    >>> around(Written("x" * 300 + "span" + "y" * 300), Span(300, 304)).start
    100
    """
    start, end = max(0, span.start - AROUND // 2), min(len(written.text), span.end + AROUND // 2)
    trace = None if written.trace is None else written.trace.within(start, end)
    text = written.text[start:end].replace("\0", "\ufffd")  # no database keeps it, and places must stay right
    return Context(text, span.start - start, min(span.end, end) - start, trace)


def _cut(token: StoredToken, start: int, end: int) -> StoredToken:
    """A token of the range; of one that reaches out of it only what lies inside."""
    left, right = max(token.start, start), min(token.end, end)
    text = token.text[left - token.start : right - token.start]
    return replace(token, text=text, start=left - start, end=right - start)

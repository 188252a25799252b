"""What a local model said while it was watched: its text, and how sure it was of each part of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from probes.types import TokenTrace
from verifier.store.stored import StoredToken, Trace
from verifier.types import Signal, SignalKind, SignalStatus, Span

CITATION = "citation"
"""Name of the kind of span that findings about references are."""


@dataclass(frozen=True, slots=True)
class Watching:
    """The probe that watched a generation."""

    name: str
    risk: Callable[[int, int], float | None]
    """Risk of a range of characters."""
    validated: str
    """For which kinds of span it was held to answers that it never saw, in one sentence."""


@dataclass(frozen=True, slots=True)
class Generation:
    """A text as it was written, token by token."""

    text: str
    traces: tuple[TokenTrace, ...]
    model: str
    """Name of the model that wrote or read it."""
    watching: Watching | None = None
    """``None`` where no probe was asked for."""
    scores: tuple[float | None, ...] = ()
    """The probe's score of each token, 0 to 1; fewer than tokens where the last ones have none."""

    @classmethod
    def of(
        cls,
        traces: Iterable[TokenTrace],
        model: str,
        watching: Watching | None = None,
        scores: Iterable[float | None] = (),
    ) -> Generation:
        """Put the pieces together."""
        kept = tuple(traces)
        return cls("".join(trace.text for trace in kept), kept, model, watching, tuple(scores))

    def trace(self) -> Trace:
        """The tokens as a database keeps them beside what is flagged; pieces of characters have no text and are left out."""
        tokens = zip_longest(self.traces, self.scores[: len(self.traces)])
        return Trace(
            self.model,
            tuple(
                StoredToken(each.text, each.start, each.end, round(each.logprob, 4), round(each.entropy, 4), score)
                for each, score in tokens
                if each.text
            ),
        )

    def signals(self, span: Span) -> tuple[Signal, ...]:
        """How sure the model was of the tokens of a span: log probabilities and entropies in nats.

        The scores are means over the span; neither is a probability that the span is wrong.
        """
        tokens = [trace for trace in self.traces if trace.start < span.end and trace.end > span.start]
        if not tokens:
            because = "no token stands in the span"
            return tuple(
                Signal(kind, self.model, SignalStatus.UNAVAILABLE, because=because)
                for kind in (SignalKind.LOGPROB, SignalKind.ENTROPY)
            )
        logprobs = [trace.logprob for trace in tokens]
        entropies = [trace.entropy for trace in tokens]
        return (
            self._signal(SignalKind.LOGPROB, logprobs, "lowest", min(logprobs)),
            self._signal(SignalKind.ENTROPY, entropies, "highest", max(entropies)),
            *self._probe_signal(span),
        )

    def _probe_signal(self, span: Span) -> tuple[Signal, ...]:
        if self.watching is None:
            return ()
        risk = self.watching.risk(span.start, span.end)
        if risk is None:
            because = "the probe saw no token of the span"
            return (Signal(SignalKind.PROBE, self.watching.name, SignalStatus.UNAVAILABLE, because=because),)
        detail = f"risk {risk:.2f} of the whole span; {self.watching.validated}"
        return (Signal(SignalKind.PROBE, self.watching.name, score=round(risk, 4), detail=detail),)

    def _signal(self, kind: SignalKind, values: Sequence[float], word: str, extreme: float) -> Signal:
        mean = sum(values) / len(values)
        detail = f"mean {mean:.2f}, {word} {extreme:.2f} nats over {len(values)} tokens"
        return Signal(kind, self.model, score=round(mean, 4), detail=detail)


def read_generation(block: Mapping[str, Any], text: str, model: str = "the engine, reading") -> Generation:
    """What a model saw in a text that it read, from the ``probe`` block of ``probes.ProbedLlama.read``.

    Reading is another regime than writing; the signals' source says so.
    """
    traces = tuple(
        TokenTrace(each["id"], each["text"], each["start"], each["end"], each["logprob"], each["entropy"])
        for each in block["tokens"]
    )
    return Generation(text, traces, model)

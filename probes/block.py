"""The ``probe`` block that stands in every choice: tokens with their scores, and the spans that are finished."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from probes.recorder import Recorder, ScoredTrace
from probes.spans import GrowingSpans

Regime = Literal["generated", "reader"]


@dataclass(slots=True)
class Blocks:
    """Makes the blocks of one generation, each span in the first block by which it is finished and scored."""

    recorder: Recorder
    reason: str
    mode: Regime = "generated"
    shift: int = 0
    """Characters in front of the text that the choice's text echoes."""
    _spans: GrowingSpans = field(default_factory=GrowingSpans)
    _text: str = ""
    _read: int = 0
    """Traces whose text is in ``_text``."""

    def block(self, tokens: Sequence[ScoredTrace], length: int | None = None, *, final: bool = True) -> dict[str, Any]:
        """Tokens as rows, and the spans of the first ``length`` characters (default: all) that were not given yet.

        Before the end of a text a span counts as finished once a token behind it has its score.
        """
        rows = [
            {
                "id": token.trace.id,
                "text": token.trace.text,
                "start": token.trace.start + self.shift,
                "end": token.trace.end + self.shift,
                "logprob": token.trace.logprob,
                "entropy": token.trace.entropy,
                "score": token.score,
            }
            for token in tokens
        ]
        return {"tokens": rows, "spans": self._finished(tokens, length, final=final), "reason": self.reason}

    def _finished(self, tokens: Sequence[ScoredTrace], length: int | None, *, final: bool) -> list[dict[str, Any]]:
        if self.recorder.scorer is None:
            return []
        traces = self.recorder.traces
        self._text += "".join(trace.text for trace in traces[self._read :])
        self._read = len(traces)
        text = self._text[:length]
        reached = tokens[-1].trace.start if tokens else 0
        found = []
        for span in self._spans.rest(text) if final else self._spans.more(text, reached):
            score = self.recorder.risk(span.start, span.end)
            if score is not None:
                place = {"start": span.start + self.shift, "end": span.end + self.shift}
                found.append({**place, "kind": span.kind.value, "score": score, "mode": self.mode})
        return found

"""Text that a watched model writes, on the terminal while it is written: doubtful words stand on a colour."""

from __future__ import annotations

from dataclasses import dataclass, field

from rich.console import Console as RichConsole
from rich.text import Text

from probes.engine import LocalEngine
from probes.recorder import ScoredTrace
from probes.report.heat import HeatToken, heat_text
from probes.spans import GrowingSpans
from verifier.cli.console import say
from verifier.harmless import lines

MARK_STYLE = "bold red"


@dataclass(slots=True)
class HeatStream:
    """Writes tokens to standard output as soon as they have their score, which is one token late.

    A span whose risk is over the threshold gets its risk behind it as soon as the next word shows that it has ended;
    until then it is held back, and so is an answer as long as it may be one short answer as a whole. Without colour the
    text is written as it comes, unchanged: what is piped is the model's text alone.
    """

    engine: LocalEngine
    threshold: float | None
    coloured: bool
    prevalence: float = 0.5
    """Share of wrong answers where the probe was calibrated; colours show how far a risk is from it."""
    _text: str = ""
    _shown: int = 0
    _marks: list[tuple[int, float]] = field(default_factory=list)
    """Where spans over the threshold end, and their risks, in the order of the text."""
    _spans: GrowingSpans = field(default_factory=GrowingSpans)

    def show(self, text: str) -> None:
        """A token was written, of which this is the text."""
        if not self.coloured:
            say(lines(text), nl=False)
            return
        self._text += text
        self._scored(self.engine.scored(), self._spans.growing_from(self._text))

    def finish(self) -> None:
        """The answer is over: write what is still held back, and end the paragraph."""
        if self.coloured:
            self._scored(self.engine.scored(final=True), len(self._text), final=True)
        say("\n")

    def _scored(self, tokens: list[ScoredTrace], until: int, *, final: bool = False) -> None:
        """Write the tokens that have their score and end in front of ``until``."""
        reached = tokens[-1].trace.end if tokens else 0
        for span in self._spans.rest(self._text) if final else self._spans.more(self._text, reached):
            risk = self.engine.risk(span.start, span.end)
            if risk is not None and self.threshold is not None and risk > self.threshold:
                self._marks.append((span.end, risk))
        written = Text()
        for token in tokens[self._shown :]:
            if token.trace.end > until:
                break
            written.append_text(self._heat(token))
            written.append_text(self._marked(token.trace.end))
            self._shown += 1
        if written:
            RichConsole(force_terminal=True, highlight=False, soft_wrap=True).print(written, end="")

    def _heat(self, token: ScoredTrace) -> Text:
        score = None if token.score is None else balanced(token.score, self.prevalence)
        over = None if self.threshold is None else balanced(self.threshold, self.prevalence)
        return heat_text([HeatToken(lines(token.trace.text), score)], over)

    def _marked(self, position: int) -> Text:
        """The marks of spans that have ended at a position and were not written yet."""
        due = [risk for end, risk in self._marks if end <= position]
        self._marks = [mark for mark in self._marks if mark[0] > position]
        return Text("".join(f" ▲{100 * risk:.0f}%" for risk in due), style=MARK_STYLE)


def balanced(risk: float, prevalence: float) -> float:
    """The risk as it would be if every second answer were wrong.

    Where most answers of a model are wrong, most risks are high, and a text that is coloured all over says nothing.

    >>> balanced(0.8, 0.8), balanced(0.3, 0.5)
    (0.5, 0.3)
    """
    odds = risk * (1 - prevalence)
    against = (1 - risk) * prevalence
    return odds / (odds + against) if odds + against > 0 else 0.5

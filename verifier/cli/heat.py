"""Text that a watched model writes, on the terminal while it is written: doubtful tokens stand on a colour."""

from __future__ import annotations

from dataclasses import dataclass

import click
from rich.console import Console as RichConsole

from probes.engine import LocalEngine
from probes.report.heat import HeatToken, heat_text
from verifier.render.words import lines


@dataclass(slots=True)
class HeatStream:
    """Writes tokens to standard output as soon as they have their score, which is one token late.

    Without colour the text is written as it comes, unchanged: what is piped is the model's text alone.
    """

    engine: LocalEngine
    threshold: float | None
    coloured: bool
    _shown: int = 0

    def show(self, text: str) -> None:
        """A token was written, of which this is the text."""
        if not self.coloured:
            click.echo(lines(text), nl=False)
            return
        self._scored(final=False)

    def finish(self) -> None:
        """The answer is over: write what is still held back, and end the paragraph."""
        if self.coloured:
            self._scored(final=True)
        click.echo("\n")

    def _scored(self, *, final: bool) -> None:
        tokens = self.engine.scored(final=final)[self._shown :]
        self._shown += len(tokens)
        heat = [HeatToken(lines(each.trace.text), each.score, each.trace.logprob) for each in tokens]
        if heat:
            console = RichConsole(force_terminal=True, highlight=False, soft_wrap=True)
            console.print(heat_text(heat, self.threshold), end="")

"""What a renderer is: a report in, text out, the same bytes for the same report."""

from __future__ import annotations

from typing import Protocol, TextIO

from verifier.types import Finding, Report


class Renderer(Protocol):
    """One output format; it reads no clock, network, environment or file but its own template."""

    @property
    def name(self) -> str:
        """What ``--format`` calls it."""

    @property
    def suffix(self) -> str:
        """File name ending with its dot."""

    def render(self, report: Report, out: TextIO) -> None:
        """Write the whole report; everything that came from outside is escaped."""


class StreamRenderer(Renderer, Protocol):
    """A format whose references can be written before the report is whole, in the order in which they are judged."""

    def opening(self, out: TextIO) -> None:
        """Write what stands above the first reference."""

    def reference(self, finding: Finding, out: TextIO) -> None:
        """Write one reference."""

    def ending(self, report: Report, out: TextIO) -> None:
        """Write everything that follows the references."""

"""Text for the terminal: worst first, evidence under each finding, then counts, gaps, and at most three hints."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TextIO

import click

from citations.types import Status
from verifier.harmless import inline
from verifier.learning import LEARNT
from verifier.render.claim_words import claim_lines, claims_line, place, shown_claims
from verifier.render.words import (
    adjudication_words,
    because,
    calibrations,
    counts_line,
    evidence_lines,
    is_without_problem,
    what_differs,
    worst_first,
)
from verifier.types import ClaimFinding, Finding, Report, Stance

COLOURS = {
    Status.VERIFIED: "green",
    Status.MISMATCH: "yellow",
    Status.NOT_FOUND: "red",
    Status.FABRICATED: "bright_red",
    Status.RETRACTED: "magenta",
    Status.UNVERIFIABLE: "cyan",
    Status.UNCHECKED: "blue",
}
CLAIM_COLOURS = {
    Stance.SUPPORTED: "green",
    Stance.NOT_SUPPORTED: "red",
    Stance.UNDECIDED: "cyan",
    Stance.UNCHECKED: "blue",
    Stance.NOT_CHECKABLE: "white",
}


@dataclass(frozen=True, slots=True)
class TextRenderer:
    """One line a finding; every status is a word first and a colour second."""

    colour: bool = False
    show_verified: bool = False
    """Print references without any difference too."""
    name: str = "text"
    suffix: str = ".txt"

    def render(self, report: Report, out: TextIO) -> None:
        """Write findings, unreadable entries, counts, gaps and hints."""
        self.opening(out)
        for finding in worst_first(report.findings):
            self.reference(finding, out)
        self.ending(report, out)

    def opening(self, out: TextIO) -> None:
        """Write nothing: the first line is the first finding."""

    def reference(self, finding: Finding, out: TextIO) -> None:
        """Write one finding, which may be done before the report is whole."""
        if self.show_verified or finding.status is not Status.VERIFIED:
            self._finding(finding, out)

    def ending(self, report: Report, out: TextIO) -> None:
        """Write claims, unreadable entries, counts, gaps and hints."""
        for claim in shown_claims(report, all_of_them=self.show_verified):
            self._claim(claim, out)
        for entry in report.unreadable:
            where, key = inline(str(entry.location)), _key(entry.key)
            out.write(f"{where}: {key}{self._style('unreadable', 'cyan')}  {inline(entry.reason)}\n")
        for failed in report.failed:
            out.write(
                f"{inline(failed.file)}: {self._style('failed', 'red')}  {inline(failed.reason)} [{failed.code}]\n"
            )
            if failed.hint:
                out.write(f"    hint: {inline(failed.hint)}\n")
        self._summary(report, out)

    def _finding(self, finding: Finding, out: TextIO) -> None:
        reference, verdict = finding.checked.reference, finding.checked.verdict
        word = self._style(finding.status.value, COLOURS[finding.status])
        line = f"{inline(str(reference.location))}: {_key(reference.key)}{word}"
        differs = what_differs(verdict)
        out.write(f"{line}  {differs}\n" if differs else f"{line}\n")
        if said := adjudication_words(finding):
            out.write(f"    {said}\n")
        lines = [f"damaged: {inline(each)}" for each in reference.mended]
        if finding.status not in {Status.VERIFIED, Status.UNCHECKED}:  # why it is unchecked stands once, in the gap
            lines = [f"cited: {inline(reference.fields.title or reference.raw, 110)}", *lines]
            lines += evidence_lines(finding.checked.evidence)
        sentence = because(verdict, differs)
        if finding.status.accuses and sentence:
            lines.append(f"because: {sentence}")
        out.writelines(self._dim(f"    {each}") + "\n" for each in lines)

    def _claim(self, finding: ClaimFinding, out: TextIO) -> None:
        word = self._style(finding.stance.value, CLAIM_COLOURS[finding.stance])
        out.write(f"{place(finding)}: [{finding.claim.id}] {word}  {inline(finding.claim.text, 160)}\n")
        out.writelines(self._dim(f"    {each}") + "\n" for each in claim_lines(finding))

    def _summary(self, report: Report, out: TextIO) -> None:
        seconds = (report.finished_at - report.started_at).total_seconds()
        time = f" in {seconds:.1f} s" if seconds < 10 else f" in {seconds:.0f} s"
        if not seconds:  # it was not run, but read from the database
            time = ""
        stopped = ", interrupted" if report.interrupted else ""
        out.write(f"{self._bold(counts_line(report))}{time}{stopped}\n")
        if claims := claims_line(report):
            out.write(self._bold(claims) + "\n")
        if is_without_problem(report):
            out.write(verdict_sentence(report) + "\n")
        if LEARNT in (names := calibrations(report)):
            out.write(f"risks as learnt from reviews: {names}\n")
        for gap in report.gaps:
            hint = f" ({inline(gap.hint)})" if gap.hint else ""
            out.write(f"gap: {inline(gap.what)}: {inline(gap.why)}{hint}\n")
        for hint in report.hints:
            out.write(f"hint: {inline(hint)}\n")

    def _style(self, text: str, colour: str) -> str:
        return click.style(text, fg=colour) if self.colour else text

    def _bold(self, text: str) -> str:
        return click.style(text, bold=True) if self.colour else text

    def _dim(self, text: str) -> str:
        return click.style(text, dim=True) if self.colour else text


def verdict_sentence(report: Report) -> str:
    """The last word on a report without problems, which never covers what was not checked."""
    left = report.count(Status.UNCHECKED) + report.count(Status.UNVERIFIABLE) + len(report.unreadable)
    checked = report.count(Status.VERIFIED)
    if not left and not report.gaps:
        return f"no problems: all {checked} references verified" if checked > 1 else "no problems: 1 reference verified"
    if not checked:
        return "nothing could be verified"
    if not left:
        return f"no problems among {checked} checked; the gaps below are open"
    return f"no problems among {checked} checked; {left} not checked"


def _key(key: str) -> str:
    return f"[{inline(key, 60)}] " if key else ""

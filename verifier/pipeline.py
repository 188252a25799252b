"""The conductor for prose: text to citations to findings to a report."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from citations.parse.inline import Citation, find_citations
from citations.types import Location, Reference
from verifier.findings import PROSE, Check, MoreSignals, OnFinding, Record, judge
from verifier.gaps import Circumstances
from verifier.scan import Read, report
from verifier.types import Gap, Report

NO_CITATION = Gap(
    "the text's claims",
    "it cites nothing, so there was nothing to look up",
    "a text without citations is not a checked text",
)


def check_text(
    text: str,
    check: Check,
    *,
    name: str = "-",
    around: Circumstances | None = None,
    record: Record | None = None,
    resume: bool = False,
    on_finding: OnFinding | None = None,
    more_signals: MoreSignals | None = None,
) -> Report:
    """Check every citation in a text; a text without any gives a report with a gap, not an error."""
    started_at = datetime.now(UTC)
    citations = find_citations(text)
    lines = _LineNumbers(text)
    references = tuple(_reference(name, number, each, lines) for number, each in enumerate(citations, start=1))
    judged = judge(references, check, record=record, resume=resume, on_finding=on_finding, more_signals=more_signals)
    around = around or Circumstances(command=f"verifier check {name}")
    made = report((name,), Read(references, (), ()), judged, around, started_at=started_at, record=record)
    return made if citations else replace(made, gaps=(*made.gaps, NO_CITATION))


def _reference(name: str, number: int, citation: Citation, lines: _LineNumbers) -> Reference:
    return Reference(
        id=f"{name}#{number}",
        raw=citation.raw,
        fields=citation.fields,
        location=Location(name, line=lines.at(citation.start), start=citation.start, end=citation.end),
        key=citation.label.strip("[]()") if citation.label else "",
        source=PROSE,
    )


class _LineNumbers:
    """Offsets to 1-based lines, counted onwards."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._offset = 0
        self._line = 1

    def at(self, offset: int) -> int:
        if offset < self._offset:
            self._offset, self._line = 0, 1
        self._line += self._text.count("\n", self._offset, offset)
        self._offset = offset
        return self._line

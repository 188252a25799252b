"""JSON: one object, or one line a record."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any, TextIO

from verifier.render.records import Record, other_records, reference_record, report_record
from verifier.types import Finding, Report


class JsonRenderer:
    """The whole report as one object."""

    name = "json"
    suffix = ".json"

    def render(self, report: Report, out: TextIO) -> None:
        """Write indented JSON in ASCII, so that no terminal and no encoding can change it."""
        json.dump(asdict(report_record(report)), out, indent=2, default=_plain)
        out.write("\n")


class JsonlRenderer:
    """One record a line: references, unreadable entries, gaps, and last the summary."""

    name = "jsonl"
    suffix = ".jsonl"

    def render(self, report: Report, out: TextIO) -> None:
        """Write one line of ASCII a record."""
        self.opening(out)
        for finding in report.findings:
            self.reference(finding, out)
        self.ending(report, out)

    def opening(self, out: TextIO) -> None:
        """Write nothing: every line stands for itself."""

    def reference(self, finding: Finding, out: TextIO) -> None:
        """Write the line of one reference, which may be done before the report is whole."""
        out.write(_line(reference_record(finding)))

    def ending(self, report: Report, out: TextIO) -> None:
        """Write the lines that follow the references."""
        out.writelines(_line(each) for each in other_records(report))


def _line(record: Record) -> str:
    return json.dumps(asdict(record), default=_plain) + "\n"


def _plain(value: Any) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return str(value)

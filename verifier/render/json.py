"""JSON: one object, or one line a record."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any, TextIO

from verifier.render.records import records, report_record
from verifier.types import Report


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
        out.writelines(json.dumps(asdict(record), default=_plain) + "\n" for record in records(report))


def _plain(value: Any) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return str(value)

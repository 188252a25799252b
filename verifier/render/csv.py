"""CSV for spreadsheets: one row a reference or unreadable entry, no cell that a spreadsheet would execute."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, TextIO

from verifier.render.records import ReferenceRecord, UnreadableRecord, reference_record, unreadable_records
from verifier.render.words import adjudication_words, what_differs
from verifier.types import ClaimFinding, Finding, Report

if TYPE_CHECKING:
    from _csv import Writer as CsvWriter

COLUMNS = (
    *("file", "line", "page", "key", "verdict", "decision", "what_differs", "raw"),
    *(
        "registered_title",
        "registered_authors",
        "registered_year",
        "registered_venue",
        "registered_doi",
        "registered_url",
    ),
    *("evidence", "argument", "fingerprint", "adjudication"),
)
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n")


class CsvRenderer:
    """One row a reference; failed inputs, unreadable entries, claims and gaps follow as rows of their own."""

    name = "csv"
    suffix = ".csv"

    def render(self, report: Report, out: TextIO) -> None:
        """Write the rows with a header."""
        self.opening(out)
        for finding in report.findings:
            self.reference(finding, out)
        self.ending(report, out)

    def opening(self, out: TextIO) -> None:
        """Write the header."""
        _writer(out).writerow(COLUMNS)

    def reference(self, finding: Finding, out: TextIO) -> None:
        """Write the row of one reference, which may be done before the report is whole."""
        _writer(out).writerow([_cell(value) for value in _reference(finding, reference_record(finding))])

    def ending(self, report: Report, out: TextIO) -> None:
        """Write the rows that follow the references."""
        writer = _writer(out)
        for entry in unreadable_records(report):
            writer.writerow([_cell(value) for value in _unreadable(entry)])
        for claim in report.claims:
            writer.writerow([_cell(value) for value in _claim(claim)])
        for gap in report.gaps:
            writer.writerow([_cell(value) for value in ("", "", "", "", "gap", "", f"{gap.what}: {gap.why}")])


def _writer(out: TextIO) -> CsvWriter:
    return csv.writer(out, lineterminator="\n")


def _reference(finding: Finding, record: ReferenceRecord) -> tuple[object, ...]:
    work = record.work
    registered: tuple[object, ...] = ("",) * 6
    if work is not None:
        registered = (work.title, "; ".join(work.authors), work.year, work.venue, work.doi, work.url)
    evidence = "; ".join(f"{each.registry} {each.outcome.value} {each.url}" for each in record.evidence)
    place = (record.file, record.line, record.page, record.key)
    judged = (record.verdict.value, record.decision.value, what_differs(finding.checked.verdict), record.raw)
    identity = (record.fingerprint, adjudication_words(finding))
    return (*place, *judged, *registered, evidence, record.argument.sentence, *identity)


def _unreadable(entry: UnreadableRecord) -> tuple[object, ...]:
    return (entry.file, entry.line, entry.page, entry.key, "unreadable", "", entry.reason, entry.raw)


def _claim(finding: ClaimFinding) -> tuple[object, ...]:
    claim = finding.claim
    judged = (claim.id, finding.stance.value, finding.decision.value, finding.because, claim.text)
    return ("", "", "", *judged, *("",) * 8, finding.fingerprint, adjudication_words(finding))


def _cell(value: object) -> object:
    if value is None or isinstance(value, int | float):
        return value
    text = "".join(each for each in str(value) if each.isprintable() or each in "\n\t")
    text = text.encode("utf-8", "replace").decode()
    return f"'{text}" if text.lstrip(" \u00a0").startswith(_DANGEROUS) else text

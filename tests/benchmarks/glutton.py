"""Real printed strings against an index of the works they name: biblio_glutton, 11,825 strings of PubMed Central PDFs.

``python -m tests.benchmarks.glutton`` prints how often the right record stands first and is accepted, how often another is
accepted, and how often another is accepted when the right one is hidden. The gold was aligned by a machine: rows where the
printed string contradicts it, and rows whose accepted record is the same work under another DOI, stand in
``audit/glutton.json`` with the reason; all numbers are printed before and after that list.
"""

from __future__ import annotations

import argparse
import gzip
import json
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from citations.identifiers import normalise_doi
from citations.match.evidence import evidence
from citations.parse.fields import parse_fields
from citations.registries.interface import Registry
from citations.types import Evidence, Location, Query, Reference, Work
from tests.benchmarks.lines import Line, Unit, table
from tests.benchmarks.worlds import SHARED, Hiding, index_of_items, offline

AUDIT = Path(__file__).with_name("audit") / "glutton.json"


@dataclass(frozen=True)
class Row:
    """One printed string and the record it was aligned with."""

    id: str
    reference: Reference
    doi: str
    gold: Mapping[str, str]


@dataclass(frozen=True)
class Shares:
    """What came of a set of rows."""

    rows: int
    first: float
    """The right record is ranked first."""
    right: float
    """The right record is accepted."""
    wrong: float
    """Another record is accepted."""
    wrong_when_hidden: float
    """Another record is accepted while the right one is hidden."""


@dataclass(frozen=True)
class Result:
    """What the measurement says."""

    before_audit: Shares
    after_audit: Shares
    audited: float
    """Share of rows in the audit list."""
    parse_ms: float
    match_ms: float
    """Search, scoring and judging of one string."""
    rows: tuple[Row, ...]
    present: Mapping[str, Evidence]
    hidden: Mapping[str, Evidence]


def read_rows(shared: Path) -> list[dict[str, Any]]:
    """The rows as they stand in the file."""
    with gzip.open(shared / "refs" / "biblio_glutton.jsonl.gz", "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def crossref_items(rows: Sequence[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    """The gold fields in Crossref's shape, each DOI once."""
    for row in {row["doi"].lower(): row for row in reversed(rows)}.values():
        fields = row["fields"]
        yield {
            "DOI": row["doi"],
            "type": "journal-article",
            "title": [fields.get("title") or "untitled"],
            "author": [{"family": fields["first_author"]}] if fields.get("first_author") else [],
            "container-title": [fields.get("journal") or ""],
            "volume": fields.get("volume"),
            "page": fields.get("first_page"),
        }


def measure(shared: Path = SHARED, every: int = 1, keep: Path | None = None) -> Result:
    """Find every ``every``-th string in the index of all gold fields, twice: with its record and without it."""
    data = read_rows(shared)
    registry = offline(index_of_items("glutton", crossref_items(data), keep))
    started = time.process_time()
    rows = [printed(row) for row in data[::every]]
    parsed = time.process_time()
    present = found(rows, registry)
    matched = time.process_time()
    golds = {row.id: row.doi for row in rows}
    hidden = found(rows, Hiding(registry, lambda query, work: work.fields.doi == golds[query.reference.id]))
    audited = set(json.loads(AUDIT.read_text(encoding="utf-8")))
    kept = [row for row in rows if row.id not in audited]
    return Result(
        before_audit=shares(rows, present, hidden),
        after_audit=shares(kept, present, hidden),
        audited=1 - len(kept) / len(rows),
        parse_ms=1000 * (parsed - started) / len(rows),
        match_ms=1000 * (matched - parsed) / len(rows),
        rows=tuple(rows),
        present=present,
        hidden=hidden,
    )


def printed(row: Mapping[str, Any]) -> Row:
    """The row as a reference that was read from its string."""
    reference = Reference(row["id"], row["raw"], parse_fields(row["raw"]), Location("glutton"))
    return Row(row["id"], reference, normalise_doi(row["doi"]) or row["doi"].lower(), row["fields"])


def found(rows: Sequence[Row], registry: Registry) -> dict[str, Evidence]:
    """What the index's answers mean, by row."""
    answers = registry.look_up([Query(row.reference) for row in rows])
    return {query.reference.id: evidence(query, answer) for query, answer in answers}


def shares(rows: Sequence[Row], present: Mapping[str, Evidence], hidden: Mapping[str, Evidence]) -> Shares:
    """The four shares of these rows."""
    count = max(1, len(rows))
    first = sum(doi_of(present[row.id].candidates[:1]) == row.doi for row in rows)
    accepted = [(row.doi, doi_of(best_of(present[row.id]))) for row in rows]
    return Shares(
        rows=len(rows),
        first=first / count,
        right=sum(gold == doi for gold, doi in accepted) / count,
        wrong=sum(bool(doi) and gold != doi for gold, doi in accepted) / count,
        wrong_when_hidden=sum(hidden[row.id].best is not None for row in rows) / count,
    )


def best_of(said: Evidence) -> tuple[Work, ...]:
    return () if said.best is None else (said.best,)


def doi_of(works: Sequence[Work]) -> str:
    return works[0].fields.doi if works else ""


def lines(result: Result) -> list[Line]:
    """The numbers beside their targets."""
    before, after = result.before_audit, result.after_audit
    return [
        Line("glutton: right record first", after.first, at_least=0.995, note=f"{before.first:.2%} before audit"),
        Line("glutton: right record accepted", after.right, at_least=0.994, note=f"{before.right:.2%} before audit"),
        Line("glutton: another accepted", after.wrong, at_most=0.001, note=f"{before.wrong:.2%} before audit"),
        Line(
            "glutton: another accepted, right one hidden",
            after.wrong_when_hidden,
            at_most=0.002,
            note=f"{before.wrong_when_hidden:.2%} before audit",
        ),
        Line("glutton: rows in the audit list", result.audited, at_most=0.008),
        Line("glutton: search and judge one string", result.match_ms, Unit.MILLISECONDS, at_most=0.8),
        Line("glutton: read one string", result.parse_ms, Unit.MILLISECONDS),
    ]


def show(result: Result, what: str) -> None:
    """The rows behind a number, with what was accepted and why."""
    audited = set(json.loads(AUDIT.read_text(encoding="utf-8")))
    for row in result.rows:
        said, without = result.present[row.id], result.hidden[row.id]
        chosen = {
            "wrong": said.best is not None and said.best.fields.doi != row.doi,
            "missed": said.best is None,
            "rank": doi_of(said.candidates[:1]) != row.doi,
            "hidden": without.best is not None,
        }[what]
        if chosen and row.id not in audited:
            shown = without if what == "hidden" else said
            print(f"\n{row.id} {shown.reason}\n  {row.reference.raw!r}\n  {row.reference.fields}")
            print(f"  gold   {row.doi} {row.gold}")
            for work in shown.candidates[:2]:
                print(f"  {'ACCEPT' if work is shown.best else 'ranked'} {work.fields.doi} {work.fields}")


def main(arguments: list[str] | None = None) -> int:
    """Print the shares before and after audit."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, default=SHARED)
    parser.add_argument("--every", type=int, default=1, help="take every Nth row")
    parser.add_argument("--show", choices=("wrong", "missed", "rank", "hidden"), help="print the rows behind a number")
    options = parser.parse_args(arguments)
    result = measure(options.shared, options.every)
    print(table(lines(result)))
    if options.show:
        show(result, options.show)
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""HALLMARK's development rows against an offline index of the shared works: false alarms first, then recall by kind.

``python -m tests.benchmarks.hallmark`` prints the shares over valid rows whose title the index holds, and what came of each
kind of wrong row. Rows whose label is wrong stand in ``audit/hallmark.json`` with the reason, and are left out.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from citations.extract import extract
from citations.extract.interface import Document
from citations.index.search import Index
from citations.types import CheckedReference, Reference, Status
from tests.benchmarks.lines import Line, Unit, table
from tests.benchmarks.worlds import SHARED, index_of, offline, tally

SOURCES = ("dblp-cs-conferences.bib.gz", "acl-anthology-to-2021.bib.gz", "arxiv-metadata.jsonl.gz")
CONTESTED = frozenset({"arxiv_version_mismatch", "preprint_as_published", "partial_author_list"})
"""Kinds that the benchmark calls wrong and that are mostly honest citing."""
AUDIT = Path(__file__).with_name("audit") / "hallmark.json"
CAUGHT = frozenset({Status.MISMATCH, Status.NOT_FOUND, Status.FABRICATED})


@dataclass(frozen=True)
class Row:
    """One labelled citation."""

    id: str
    reference: Reference
    valid: bool
    kind: str
    explanation: str


@dataclass(frozen=True)
class Result:
    """What the measurement says."""

    valid: int
    valid_held: int
    """Valid rows whose title the index holds."""
    verified_of_held: float
    accused_of_valid: float
    fabricated_of_valid: int
    caught: Mapping[str, float]
    """Share caught by kind, of the rows of that kind."""
    by_kind: Mapping[str, Counter[Status]]
    checked: Mapping[str, CheckedReference]
    rows: Mapping[str, Row]


def read_rows(path: Path) -> Iterator[Row]:
    """The rows of a file in HALLMARK's form, read as a user's ``.bib`` would be."""
    audited = json.loads(AUDIT.read_text(encoding="utf-8"))
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        if row["id"] in audited:
            continue
        reference = bibtex(row["id"], row["type"], row["fields"])
        yield Row(row["id"], reference, row["label"] == "valid", row["kind"] or "valid", row["explanation"] or "")


def bibtex(key: str, kind: str, fields: Mapping[str, str]) -> Reference:
    """The reference that a ``.bib`` file with these fields holds."""
    body = "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items())
    document = Document(f"{key}.bib", f"@{kind}{{{key},\n{body}}}\n".encode())
    (reference,) = extract(document)
    if not isinstance(reference, Reference):
        raise TypeError(f"{key} cannot be read: {reference.reason}")
    return reference


def measure(shared: Path = SHARED) -> Result:
    """Check all rows with nothing but the index of the shared works."""
    return judge(shared, index_of("hallmark", [shared / "works" / name for name in SOURCES]))


def judge(shared: Path, folder: Path) -> Result:
    """Check all rows with nothing but this index."""
    rows = {row.reference.id: row for row in read_rows(shared / "fake_citations" / "hallmark_dev.jsonl")}
    checked = {c.reference.id: c for c in tally([r.reference for r in rows.values()], [offline(folder)]).checked}
    index = Index.open(folder)
    by_kind: dict[str, Counter[Status]] = defaultdict(Counter)
    for id_, row in rows.items():
        by_kind[row.kind][checked[id_].verdict.status] += 1
    valid = [id_ for id_, row in rows.items() if row.valid]
    held = [id_ for id_ in valid if index.by_title(rows[id_].reference.fields.title)]
    return Result(
        valid=len(valid),
        valid_held=len(held),
        verified_of_held=sum(checked[i].verdict.status is Status.VERIFIED for i in held) / len(held),
        accused_of_valid=sum(checked[i].verdict.status in CAUGHT for i in valid) / len(valid),
        fabricated_of_valid=sum(checked[i].verdict.status is Status.FABRICATED for i in valid),
        caught={kind: sum(c[s] for s in CAUGHT) / c.total() for kind, c in by_kind.items() if kind != "valid"},
        by_kind=by_kind,
        checked=checked,
        rows=rows,
    )


def lines(result: Result) -> list[Line]:
    """The numbers beside their targets, then what was caught of each kind."""
    held = f"{result.valid_held} of {result.valid} valid titles are held"
    rows = [
        Line("HALLMARK offline: verified, valid and held", result.verified_of_held, at_least=0.99, note=held),
        Line("HALLMARK offline: accused, valid", result.accused_of_valid, at_most=0.004),
        Line("HALLMARK offline: fabricated, valid", result.fabricated_of_valid, Unit.COUNT, at_most=0),
    ]
    for kind, counts in sorted(result.by_kind.items()):
        if kind != "valid":
            said = ", ".join(f"{status} {count}" for status, count in counts.most_common())
            mark = "(contested) " if kind in CONTESTED else ""
            rows.append(Line(f"HALLMARK offline: caught, {kind}", result.caught[kind], note=mark + said))
    return rows


def main(arguments: list[str] | None = None) -> int:
    """Print the shares, and every valid row that was not verified though its title is held."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, default=SHARED)
    parser.add_argument("--show", action="store_true", help="print the valid rows that are not verified")
    parser.add_argument("--kind", default="", help="print the rows of this kind that were called right")
    options = parser.parse_args(arguments)
    result = measure(options.shared)
    print(table(lines(result)))
    for id_, row in result.rows.items():
        verdict = result.checked[id_].verdict
        wrong_valid = options.show and row.valid and verdict.status in CAUGHT
        missed = row.kind == options.kind and verdict.status is Status.VERIFIED
        if wrong_valid or missed:
            print(f"\n{id_} {row.kind} {verdict.status}: {row.explanation[:120]}\n  {row.reference.fields}")
            print(f"  {[(d.field.value, d.severity.value, d.note, d.registered) for d in verdict.diffs]}")
            print(f"  {verdict.work.fields if verdict.work else None}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

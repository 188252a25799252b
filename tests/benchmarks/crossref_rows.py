"""References that Crossref was asked for in earnest, against a loopback Crossref: is the wrong work ever accepted?

``python -m tests.benchmarks.crossref_rows``. The rows of the two evaluation sets have a DOI that people checked, or none
because the work is not registered. The registry holds a record for every DOI, made from the row's own fields (of a
printed row: what our parser reads from it, so that only the *wrong* numbers mean anything there), beside 11,000 records
of other works as decoys.
"""

from __future__ import annotations

import argparse
import gzip
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from citations.identifiers import normalise_doi
from citations.match.evidence import evidence
from citations.names import read_name
from citations.parse.fields import parse_fields
from citations.registries import load
from citations.testing.server import RegistryServer
from citations.types import Evidence, Fields, Kind, Location, Query, Reference
from tests.benchmarks import glutton
from tests.benchmarks.lines import Line, table
from tests.benchmarks.worlds import SHARED, by_hash, quick

FILES = ("crossref_unstructured", "crossref_structured")


@dataclass(frozen=True)
class Row:
    """One reference and the DOIs that are right for it."""

    set: str
    reference: Reference
    dois: frozenset[str]
    """Empty: the work is not registered."""


@dataclass(frozen=True)
class Result:
    """What the measurement says."""

    rows: tuple[Row, ...]
    said: Mapping[str, Evidence]

    def accepted(self, row: Row) -> str:
        """The DOI that was accepted for the row, empty if none."""
        best = self.said[row.reference.id].best
        return "" if best is None else best.fields.doi


def read_rows(shared: Path, share: float) -> Iterator[Row]:
    """A sample of both sets."""
    for name in FILES:
        with gzip.open(shared / "refs" / f"{name}.jsonl.gz", "rt", encoding="utf-8") as file:
            for row in by_hash(map(json.loads, file), lambda row: row["id"], share):
                fields = structured(row["fields"]) if "fields" in row else parse_fields(row["raw"])
                raw = row.get("raw") or " ".join(row["fields"].values())
                dois = {row["doi"] or "", *(row.get("doi_alternatives") or ())}
                normalised = frozenset(filter(None, map(normalise_doi, filter(None, dois))))
                yield Row(name, Reference(row["id"], raw, fields, Location(name)), normalised)


def structured(cells: Mapping[str, str]) -> Fields:
    """The fields of a structured reference in our words."""
    author = cells.get("author", "")
    year = cells.get("year", "")[:4]
    venue = cells.get("journal-title") or cells.get("volume-title") or cells.get("series-title") or ""
    return Fields(
        title=cells.get("article-title") or ("" if cells.get("journal-title") else cells.get("volume-title", "")),
        authors=(read_name(author),) if author else (),
        et_al=bool(author),
        year=int(year) if year.isdigit() else None,
        venue=venue if cells.get("article-title") or cells.get("journal-title") else "",
        volume=cells.get("volume", ""),
        issue=cells.get("issue", ""),
        pages=cells.get("first-page", ""),
        kind=Kind.ARTICLE if cells.get("journal-title") else Kind.UNKNOWN,
        isbn="",
    )


def records(rows: Sequence[Row], shared: Path) -> Iterator[Fields]:
    """What the registry holds: a record a DOI, and the gold fields of another corpus."""
    own: dict[str, Fields] = {}
    for row in rows:
        for doi in row.dois:
            own.setdefault(doi, replace(row.reference.fields, doi=doi, et_al=False))
    for item in glutton.crossref_items(glutton.read_rows(shared)):
        doi = str(item["DOI"]).lower()
        if doi not in own:
            yield decoy(item, doi)
    yield from own.values()


def decoy(item: Mapping[str, Any], doi: str) -> Fields:
    """A record of the other corpus."""
    return Fields(
        title=item["title"][0].strip(),
        authors=tuple(read_name(person["family"]) for person in item["author"]),
        venue=item["container-title"][0],
        volume=item["volume"] or "",
        pages=item["page"] or "",
        kind=Kind.ARTICLE,
        doi=doi,
    )


def measure(shared: Path = SHARED, share: float = 1.0) -> Result:
    """Ask the loopback Crossref for every row by its words, and judge what it offers."""
    rows = tuple(read_rows(shared, share))
    with RegistryServer(records(rows, shared)) as server:
        (crossref,) = load(["crossref"], quick(server.urls))
        try:
            answers = list(crossref.look_up([Query(without_identifiers(row.reference)) for row in rows]))
        finally:
            crossref.close()
    return Result(rows, {query.reference.id: evidence(query, answer) for query, answer in answers})


def without_identifiers(reference: Reference) -> Reference:
    """Asked by its words alone."""
    return replace(reference, fields=replace(reference.fields, doi="", pmid="", arxiv="", isbn=""))


def lines(result: Result) -> list[Line]:
    """The numbers beside their targets."""
    lines = []
    for name in (*FILES, "both"):
        rows = [row for row in result.rows if name in {row.set, "both"}]
        unknown = [row for row in rows if not row.dois]
        known = [row for row in rows if row.dois]
        another = sum(bool(result.accepted(row)) for row in unknown)
        wrong = sum(result.accepted(row) not in row.dois | {""} for row in known)
        right = sum(result.accepted(row) in row.dois for row in known)
        note = f"{another} of {len(unknown)}"
        bound = name == "both"
        lines += [
            Line(
                f"{name}: not registered, accepted as another work",
                another / max(1, len(unknown)),
                at_most=0.01 if bound else None,
                note=note,
            ),
            Line(
                f"{name}: registered, wrong work accepted",
                wrong / max(1, len(known)),
                at_most=0.003 if bound else None,
                note=f"{wrong} of {len(known)}",
            ),
            Line(f"{name}: registered, right work accepted", right / max(1, len(known))),
        ]
    return lines


def show(result: Result, what: str) -> None:
    """The rows behind a number."""
    for row in result.rows:
        said = result.said[row.reference.id]
        doi = result.accepted(row)
        chosen = {
            "another": bool(doi) and not row.dois,
            "wrong": bool(row.dois) and doi not in row.dois | {""},
            "missed": bool(row.dois) and not doi,
        }[what]
        if chosen:
            print(f"\n{row.reference.id} {sorted(row.dois)} {said.reason}\n  {row.reference.raw!r}")
            print(f"  {row.reference.fields}")
            for work in said.candidates[:2]:
                print(f"  {'ACCEPT' if work is said.best else 'ranked'} {work.fields}")


def main(arguments: list[str] | None = None) -> int:
    """Print the shares."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, default=SHARED)
    parser.add_argument("--share", type=float, default=1.0, help="of the rows")
    parser.add_argument("--show", choices=("another", "wrong", "missed"), help="print the rows behind a number")
    options = parser.parse_args(arguments)
    result = measure(options.shared, options.share)
    print(table(lines(result)))
    if options.show:
        show(result, options.show)
    return 0


if __name__ == "__main__":
    sys.exit(main())

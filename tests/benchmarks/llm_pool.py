"""Citations that language models wrote when asked for some, relabelled by the records: ``python -m tests.benchmarks.llm_pool``.

The file calls all of its rows wrong, and many are right. A row is right here if a record of the shared works has its title,
all its authors in order (or the first of them and et al.), its year within one, no other venue, and no other DOI; it is left out if only a DOI that no record
can confirm stands between. ``--write`` keeps the changed ids with their reasons in ``audit/llm_pool.json``; a run fails if
they are others than those. Registries on loopback then hold the record of every row that has one: false alarms among right rows
first, then what is caught of the wrong ones, of those whose title exists and of those whose title nobody holds.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

import numpy as np
from anyascii import anyascii

from citations.index.search import Index
from citations.names import family_key
from citations.registries import load
from citations.testing.server import RegistryServer
from citations.titles import title_key
from citations.types import CheckedReference, Fields, Name, Reference, Status, Work
from citations.venues import VenueRelation, compare_venues
from probes.metrics import auroc_interval, ece, group_weights
from tests.benchmarks.fused_sources import Judged
from tests.benchmarks.hallmark import SOURCES, bibtex
from tests.benchmarks.lines import Line, Unit, table
from tests.benchmarks.registry_form import registry_form
from tests.benchmarks.worlds import SHARED, index_of, quick, tally

AUDIT = Path(__file__).with_name("audit") / "llm_pool.json"
ARXIV_DOI = "10.48550/"


class Label(StrEnum):
    """What the records say of a row."""

    RIGHT = "right"
    WRONG = "wrong"
    UNDECIDED = "undecided"


@dataclass(frozen=True)
class Row:
    """One generated citation."""

    reference: Reference
    record: Work | None
    """The record that agrees best, of those with the same title."""
    label: Label
    reason: str


@dataclass(frozen=True)
class Result:
    """The rows with their verdicts."""

    rows: tuple[Row, ...]
    checked: tuple[CheckedReference, ...]

    def of(self, label: Label, *, held: bool | None = None) -> list[Status]:
        """The verdicts on rows of one label; ``held`` tells whether a record has their title."""
        return [
            checked.verdict.status
            for row, checked in zip(self.rows, self.checked, strict=True)
            if row.label is label and held in {None, row.record is not None}
        ]


def read_rows(shared: Path = SHARED) -> list[Row]:
    """All rows, labelled by the records of the shared works."""
    index = Index.open(index_of("hallmark", [shared / "works" / name for name in SOURCES]))
    path = shared / "fake_citations" / "hallmark_llm_pool.jsonl"
    stored = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return [_row(bibtex(each["id"], each["type"], each["fields"]), index) for each in stored]


def _row(reference: Reference, index: Index) -> Row:
    cited = reference.fields
    works = index.by_title(cited.title) if cited.title else ()
    if not works:
        return Row(reference, None, Label.WRONG, "no record has the title")
    found = [(_differences(cited, work.fields), work) for work in works]
    differs, record = min(found, key=lambda each: len(each[0]))
    if differs:
        return Row(reference, record, Label.WRONG, f"the record has another {' and '.join(differs)}")
    if cited.doi and not record.fields.doi and not cited.doi.lower().startswith(ARXIV_DOI):
        why = "title, authors, year and venue are those of the record, which has no DOI to compare"
        return Row(reference, record, Label.UNDECIDED, why)
    return Row(reference, record, Label.RIGHT, "title, authors, year and venue are those of the record")


def _differences(cited: Fields, held: Fields) -> tuple[str, ...]:
    """Names of the fields that differ, found without the rules that are measured here."""
    same_number = len(cited.authors) == len(held.authors) or (cited.et_al and len(cited.authors) < len(held.authors))
    same_people = same_number and all(map(_same_person, cited.authors, held.authors))
    same_year = cited.year is not None and held.year is not None and abs(cited.year - held.year) <= 1
    other_venue = (
        bool(cited.venue and held.venue) and compare_venues(cited.venue, held.venue) is VenueRelation.DIFFERENT
    )
    published = held.doi and not cited.doi.lower().startswith(ARXIV_DOI)
    other_doi = bool(cited.doi and published) and cited.doi.lower() != held.doi.lower()
    tests = (("author", not same_people), ("year", not same_year), ("venue", other_venue), ("DOI", other_doi))
    return tuple(name for name, differs in tests if differs)


def _same_person(one: Name, other: Name) -> bool:
    """Same family name, and given names of which the first is the same or the initial of the other."""
    first, second = (anyascii(each.given).casefold().replace(".", " ").split()[:1] for each in (one, other))
    if family_key(one) != family_key(other):
        return False
    return not first or not second or first[0].startswith(second[0]) or second[0].startswith(first[0])


def changes(rows: Sequence[Row]) -> dict[str, str]:
    """The rows whose label is another than the file's, with the reason."""
    return {_id(row): f"{row.label.value}: {row.reason}" for row in rows if row.label is not Label.WRONG}


def _id(row: Row) -> str:
    return row.reference.key


def measure(shared: Path = SHARED) -> Result:
    """Check all rows with registries that hold the record of every row that has one."""
    rows = read_rows(shared)
    with RegistryServer([record for fields in _known(rows) for record in registry_form(fields)]) as server:
        registries = load(None, quick(server.urls))
        try:
            checked = tally([row.reference for row in rows], registries).checked
        finally:
            for registry in registries:
                registry.close()
    by_id = {each.reference.id: each for each in checked}
    return Result(tuple(rows), tuple(by_id[row.reference.id] for row in rows))


def _known(rows: Sequence[Row]) -> Iterator[Fields]:
    """The records, each once; the number at arXiv is taken from a right row, as the shared works have none to compare."""
    numbers = {title_key(row.reference.fields.title): _arxiv(row) for row in rows if _arxiv(row)}
    held = {title_key(row.record.fields.title): row.record.fields for row in rows if row.record is not None}
    for key, fields in held.items():
        yield replace(fields, arxiv=fields.arxiv or numbers.get(key, ""))


def _arxiv(row: Row) -> str:
    return row.reference.fields.arxiv if row.label is Label.RIGHT else ""


def lines(result: Result) -> list[Line]:
    """False alarms, recall, and the fused risk within the source."""
    right = result.of(Label.RIGHT)
    rows = [
        Line("LLM pool: rows that the records call right", len(right), Unit.COUNT, note=_said(right)),
        Line("LLM pool: accused of them", _accused(right), at_most=0.005),
        Line("LLM pool: fabricated of them", right.count(Status.FABRICATED), Unit.COUNT, at_most=0),
    ]
    for held, what in ((True, "a record has the title"), (False, "no record has the title")):
        wrong = result.of(Label.WRONG, held=held)
        rows.append(Line(f"LLM pool: caught, wrong, {what}", _accused(wrong), note=_said(wrong)))
    judged = [
        Judged(checked, row.label is Label.WRONG)
        for row, checked in zip(result.rows, result.checked, strict=True)
        if row.label is not Label.UNDECIDED
    ]
    risk, wrong_rows = np.array([each.risk for each in judged]), np.array([each.wrong for each in judged])
    weights = group_weights([title_key(each.checked.reference.fields.title) for each in judged])
    area = auroc_interval(risk, wrong_rows, weights)
    note = f"{area.low:.3f} to {area.high:.3f}, {len(judged)} rows, {wrong_rows.mean():.0%} wrong"
    rows.append(Line("LLM pool: fused risk, AUROC", area.value, at_least=0.93, note=note))
    rows.append(Line("LLM pool: fused risk, ECE", ece(risk, wrong_rows)))
    return rows


def _accused(statuses: Sequence[Status]) -> float:
    return sum(each.accuses for each in statuses) / max(1, len(statuses))


def _said(statuses: Sequence[Status]) -> str:
    return ", ".join(f"{status} {number}" for status, number in Counter(statuses).most_common())


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the figures; exit 1 if the relabelled rows are others than the kept list says."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true", help="keep the list of changed rows")
    parser.add_argument(
        "--show", action="store_true", help="print right rows that are accused, and wrong ones called verified"
    )
    options = parser.parse_args(arguments)
    result = measure()
    found = changes(result.rows)
    if options.write:
        AUDIT.write_text(json.dumps(found, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    print(table(lines(result)))
    for row, checked in zip(result.rows, result.checked, strict=True) if options.show else ():
        status = checked.verdict.status
        if (row.label is Label.RIGHT) == status.accuses and (status.accuses or status is Status.VERIFIED):
            print(f"{_id(row)} {row.label.value} ({row.reason}) {status}: {checked.verdict.argument.sentence}")
            print(f"  {[(d.field.value, d.severity.value, d.cited, d.registered) for d in checked.verdict.diffs]}")
    kept = json.loads(AUDIT.read_text(encoding="utf-8"))
    if found != kept:
        print(f"the relabelled rows are others than {AUDIT.name} says; look at them, then --write", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

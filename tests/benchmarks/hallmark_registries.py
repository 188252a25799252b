"""HALLMARK's development rows against registries on loopback: the right verdict, and the right field.

``python -m tests.benchmarks.hallmark_registries [--share S]``. The registries hold the works of the valid rows as registries
hold them (``registry_form``), and the originals of the wrong rows, found by title among the shared works; wrong rows
whose original is not there are excluded and counted. A fifth of the valid works is withheld: of those ``not_found`` is the
right verdict, and ``fabricated`` never. Every valid row is also cited in eight honest ways.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from citations.identifiers import arxiv_base
from citations.index.search import Index
from citations.registries import load
from citations.testing.server import RegistryServer
from citations.titles import title_key
from citations.types import (
    CheckedReference,
    ContradictionKind,
    FieldName,
    Fields,
    Identifier,
    Kind,
    Scheme,
    Severity,
    Status,
    Verdict,
    Work,
)
from citations.venues import is_preprint_server
from tests.benchmarks.hallmark import AUDIT, CAUGHT, CONTESTED, SOURCES, Row, bibtex
from tests.benchmarks.hallmark_variants import variants
from tests.benchmarks.lines import Line, Unit, table
from tests.benchmarks.registry_form import chance, registry_form
from tests.benchmarks.worlds import SHARED, by_hash, index_of, quick, tally

WITHHELD = 0.2
INVENTED = frozenset({"plausible_fabrication", "chimeric_title", "hybrid_fabrication"})
"""Kinds without an original: nothing of that title exists, or (hybrids) a real title and DOI with invented people."""
WRONG_FIELD = {
    "near_miss_title": FieldName.TITLE,
    "hybrid_fabrication": FieldName.AUTHORS,
    "swapped_authors": FieldName.AUTHORS,
    "placeholder_authors": FieldName.AUTHORS,
    "merged_citation": FieldName.AUTHORS,
    "fabricated_doi": FieldName.DOI,
    "wrong_venue": FieldName.VENUE,
    "nonexistent_venue": FieldName.VENUE,
    "future_date": FieldName.YEAR,
}
MIXED = frozenset({"swapped_authors", "merged_citation"})
"""Kinds that mix two works: naming both is right as well."""


@dataclass(frozen=True)
class World:
    """The rows, the works that the registries hold, and what is withheld or missing."""

    rows: Mapping[str, Row]
    entries: Mapping[str, tuple[str, Mapping[str, str]]]
    """Type and fields of each row's entry."""
    works: tuple[Work, ...]
    withheld: frozenset[str]
    excluded: frozenset[str]
    """Rows whose original is not at hand."""


@dataclass(frozen=True)
class Cited:
    """One reference of the measurement."""

    row: str
    variant: str
    checked: CheckedReference


@dataclass(frozen=True)
class Result:
    """What the measurement says."""

    world: World
    valid: tuple[Cited, ...]
    """Valid rows that the registries hold, in all variants."""
    withheld: tuple[Cited, ...]
    wrong: Mapping[str, tuple[Cited, ...]]
    """By kind."""


def read_world(shared: Path, index: Index, share: float) -> World:
    """The rows of a sample, and everything that the registries hold for them."""
    audited = json.loads(AUDIT.read_text(encoding="utf-8"))
    lines = (shared / "fake_citations" / "hallmark_dev.jsonl").read_text(encoding="utf-8").splitlines()
    data = [row for row in map(json.loads, lines) if row["id"] not in audited]
    rows: dict[str, Row] = {}
    entries: dict[str, tuple[str, Mapping[str, str]]] = {}
    for row in by_hash(data, lambda row: row["id"], share):
        reference = bibtex(row["id"], row["type"], row["fields"])
        kind = row["kind"] or "valid"
        rows[row["id"]] = Row(row["id"], reference, row["label"] == "valid", kind, row["explanation"] or "")
        entries[row["id"]] = (row["type"], row["fields"])
    originals = {id_: original(row, index) for id_, row in rows.items()}
    by_doi = [work for row in rows.values() for work in named_by_doi(row, index)]
    wrongly_cited = [work for id_, work in originals.items() if work and not rows[id_].valid]
    needed = {title_key(work.title) for work in (*wrongly_cited, *by_doi)}
    withheld = frozenset(
        id_
        for id_, work in originals.items()
        if rows[id_].valid and work and title_key(work.title) not in needed and chance(work, "withheld", WITHHELD)
    )
    held = {title_key(work.title): work for id_, work in originals.items() if work and id_ not in withheld}
    held.update((title_key(work.title), work) for work in by_doi)
    return World(
        rows,
        entries,
        tuple(record for work in held.values() for record in registry_form(work)),
        withheld,
        frozenset(id_ for id_, row in rows.items() if not can_be_told(row, originals[id_])),
    )


def can_be_told(row: Row, work: Fields | None) -> bool:
    """Whether the registries know enough to tell what is wrong: the original, and for a wrong venue its venue."""
    if row.kind in INVENTED:
        return True
    if work is None:
        return False
    if WRONG_FIELD.get(row.kind) is not FieldName.VENUE:
        return True
    return any(record.fields.venue and not is_preprint_server(record.fields.venue) for record in registry_form(work))


def original(row: Row, index: Index) -> Fields | None:
    """The work that the row cites rightly or wrongly: from the shared works, for a valid row otherwise from itself."""
    cited = row.reference.fields
    quoted = re.search(r"original: '(.+)'\)", row.explanation)
    if row.kind in INVENTED:
        return None
    works = [work.fields for work in index.by_title(quoted.group(1) if quoted else cited.title)]
    published = [work for work in works if not is_preprint_server(work.venue) and work.kind is not Kind.PREPRINT]
    if row.valid and not works and cited.et_al:
        return None  # nobody knows the authors that the row leaves out
    if row.valid and (not works or (cited.arxiv and not cited.et_al)):
        return replace(cited, kind=Kind.PREPRINT if cited.arxiv and not cited.venue else cited.kind)
    chosen = min(published or works, key=lambda work: abs((work.year or 0) - (cited.year or 0)), default=None)
    return None if chosen is None else with_identifiers_of(row, chosen)


def with_identifiers_of(row: Row, work: Fields) -> Fields:
    """The work under the identifiers that the row cites: DBLP's file lacks those of some venues, and all of arXiv."""
    cited = row.reference.fields
    if row.kind == "fabricated_doi":
        return work
    doi = "" if cited.doi.startswith("10.48550/") else cited.doi
    return replace(work, doi=work.doi or doi, arxiv=work.arxiv or arxiv_base(cited.arxiv))


def named_by_doi(row: Row, index: Index) -> list[Fields]:
    """The work that an invented row's DOI belongs to, if the shared works hold it."""
    doi = row.reference.fields.doi
    if row.kind not in INVENTED or not doi:
        return []
    return [work.fields for work in index.by_identifier(Identifier(Scheme.DOI, doi))[:1]]


def measure(shared: Path = SHARED, share: float = 1.0, folder: Path | None = None) -> Result:
    """Check the rows and their variants against the loopback registries; ``folder`` is an index to find originals in."""
    index = Index.open(folder or index_of("hallmark", [shared / "works" / name for name in SOURCES]))
    world = read_world(shared, index, share)
    cited = list(citations(world))
    with RegistryServer(world.works) as server:
        registries = load(None, quick(server.urls))
        try:
            checked = tally([reference for _, _, reference in cited], registries).checked
        finally:
            for registry in registries:
                registry.close()
    by_id = {each.reference.id: each for each in checked}
    all_ = [Cited(row, variant, by_id[reference.id]) for row, variant, reference in cited]
    wrong: dict[str, list[Cited]] = defaultdict(list)
    for each in all_:
        if not world.rows[each.row].valid:
            wrong[world.rows[each.row].kind].append(each)
    valid = [each for each in all_ if world.rows[each.row].valid]
    return Result(
        world,
        tuple(each for each in valid if each.row not in world.withheld),
        tuple(each for each in valid if each.row in world.withheld),
        {kind: tuple(each) for kind, each in wrong.items()},
    )


def citations(world: World) -> Iterator[tuple[str, str, Any]]:
    """Row, variant and reference: wrong rows as they are, valid ones in nine ways."""
    for id_, row in world.rows.items():
        if id_ in world.excluded:
            continue
        yield id_, "as it is", row.reference
        if row.valid:
            kind, entry = world.entries[id_]
            for number, variant in enumerate(variants(f"{id_}#p", entry, row.reference.fields)):
                made = variant.printed or bibtex(f"{id_}#{number}", kind, variant.entry or {})
                yield id_, variant.name, replace(made, id=f"{id_}#{number}")


def is_right(kind: str, verdict: Verdict) -> bool:
    """Whether the verdict is one that an expert would give a wrong row of this kind, and names the wrong field."""
    if kind in INVENTED | {"near_miss_title"} and verdict.status in {Status.FABRICATED, Status.NOT_FOUND}:
        return True
    contradiction = verdict.argument.contradiction
    if kind in MIXED and contradiction is not None and contradiction.kind is ContradictionKind.CHIMERA:
        return True
    named = {diff.field for diff in verdict.diffs if diff.severity is not Severity.COSMETIC}
    return verdict.status is Status.MISMATCH and WRONG_FIELD.get(kind) in named


def lines(result: Result) -> list[Line]:
    """The numbers beside their targets."""
    valid, withheld = result.valid, result.withheld
    plain = [each for each in valid if each.variant == "as it is"]
    rows = [
        Line(
            "HALLMARK online: accused, all variants",
            share_of(valid, CAUGHT),
            at_most=0.005,
            note=f"{len(valid):,} citations of {len(plain)} works: {counted(valid)}",
        ),
        Line("HALLMARK online: fabricated, all variants", count(valid, Status.FABRICATED), Unit.COUNT, at_most=0),
        Line("HALLMARK online: verified, as it is", share_of(plain, {Status.VERIFIED})),
        Line("HALLMARK online: verified, all variants", share_of(valid, {Status.VERIFIED})),
        Line(
            "HALLMARK online: fabricated, work withheld",
            count(withheld, Status.FABRICATED),
            Unit.COUNT,
            at_most=0,
            note=f"{len(withheld):,} citations: {counted(withheld)}",
        ),
    ]
    excluded = Counter(result.world.rows[id_].kind for id_ in result.world.excluded)
    for kind, cited in sorted(result.wrong.items()):
        note = f"{len(cited)} rows, {excluded[kind]} excluded: {counted(cited)}"
        if kind in CONTESTED:
            caught = share_of(cited, CAUGHT)
            rows.append(Line(f"HALLMARK online: caught, {kind} (contested)", caught, note=note))
        else:
            right = rightly(kind, cited)
            rows.append(Line(f"HALLMARK online: right verdict and field, {kind}", right, at_least=0.95, note=note))
    return rows


def rightly(kind: str, cited: Sequence[Cited]) -> float:
    """Share with the right verdict and field, of those that got a verdict at all; abstentions stand in the note."""
    judged = [each for each in cited if each.checked.verdict.status not in {Status.UNCHECKED, Status.UNVERIFIABLE}]
    return sum(is_right(kind, each.checked.verdict) for each in judged) / max(1, len(judged))


def share_of(cited: Sequence[Cited], statuses: set[Status] | frozenset[Status]) -> float:
    return sum(each.checked.verdict.status in statuses for each in cited) / max(1, len(cited))


def count(cited: Sequence[Cited], status: Status) -> int:
    return sum(each.checked.verdict.status is status for each in cited)


def counted(cited: Sequence[Cited]) -> str:
    """The verdicts in one line."""
    statuses = Counter(each.checked.verdict.status for each in cited)
    return ", ".join(f"{status} {number:,}" for status, number in statuses.most_common())


def show(result: Result, kind: str) -> None:
    """The citations of a kind that came out wrong; for ``valid`` and ``withheld`` those that were accused."""
    pools = {"valid": result.valid, "withheld": result.withheld}
    for each in pools.get(kind) or result.wrong.get(kind, ()):
        verdict = each.checked.verdict
        accused = verdict.status in (CAUGHT if kind == "valid" else {Status.FABRICATED, Status.VERIFIED})
        if accused if kind in pools else not is_right(kind, verdict):
            row = result.world.rows[each.row]
            print(f"\n{each.row} {each.variant}: {verdict.status}. {verdict.argument.sentence}")
            print(
                f"  {row.explanation[:150]}\n  {each.checked.reference.raw[:300]!r}\n  {each.checked.reference.fields}"
            )
            print(f"  {[(d.field.value, d.severity.value, d.note, d.cited, d.registered) for d in verdict.diffs]}")
            for said in each.checked.evidence:
                print(f"  {said.asked.registry} {said.outcome} {said.reason} {said.best.fields if said.best else ''}")


def main(arguments: list[str] | None = None) -> int:
    """Print the shares."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, default=SHARED)
    parser.add_argument("--share", type=float, default=1.0, help="of the rows")
    parser.add_argument("--show", default="", help="a kind, valid or withheld: print what came out wrong")
    options = parser.parse_args(arguments)
    result = measure(options.shared, options.share)
    print(table(lines(result)))
    variant_counts = Counter(each.variant for each in result.valid if each.checked.verdict.status in CAUGHT)
    print(f"accused by variant: {dict(variant_counts)}")
    if options.show:
        show(result, options.show)
    return 0


if __name__ == "__main__":
    sys.exit(main())

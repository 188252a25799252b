"""The quality measures of the gate: the benchmarks of ``tests/benchmarks`` on samples, as named numbers.

A name that begins with ``accused``, ``wrong``, ``fabricated`` or ``missed`` is a ceiling; all others are floors.
"""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from citations.types import Status
from tests.benchmarks import (
    crossref_rows,
    fakes,
    glutton,
    hallmark,
    hallmark_registries,
    honest,
    iclr,
    pdf_extraction,
    typeset,
    typeset_works,
)
from tests.gate.sample import sample_index, sample_works

Numbers = Mapping[str, float]
CEILINGS = ("accused", "wrong", "fabricated", "missed")


def is_ceiling(name: str) -> bool:
    """Whether less is better."""
    return name.startswith(CEILINGS)


def honest_renderings(shared: Path, folder: Path) -> Numbers:
    """Honest citations of works that exist, and the same with the record removed."""
    packed = folder / "sample.bib.gz"
    packed.write_bytes(gzip.compress(sample_works(shared, folder).read_bytes(), 1))
    result = honest.judge(honest.cases([packed], 0.1), sample_index(shared, folder))
    return {
        "accused, honest renderings": result.accused,
        "verified, honest renderings": result.verified,
        "fabricated, record removed": float(result.removed_fabricated),
        "wrong work, record removed": result.removed_verified,
    }


def printed_strings(shared: Path, folder: Path) -> Numbers:
    """Real strings of PDFs against an index of their gold fields."""
    after = glutton.measure(shared, every=4, keep=folder).after_audit
    return {
        "right record first, printed strings": after.first,
        "right record accepted, printed strings": after.right,
        "wrong record accepted, printed strings": after.wrong,
        "wrong record accepted, right one hidden": after.wrong_when_hidden,
    }


def offline_hallmark(shared: Path, folder: Path) -> Numbers:
    """HALLMARK's rows against the index alone."""
    result = hallmark.judge(shared, sample_index(shared, folder))
    wrong = [kind for kind in result.by_kind if kind != "valid" and kind not in hallmark.CONTESTED]
    return {
        "accused, valid rows of HALLMARK": result.accused_of_valid,
        "fabricated, valid rows of HALLMARK": float(result.fabricated_of_valid),
        "verified, valid rows that the index holds": result.verified_of_held,
        **{f"caught offline, {kind}": result.caught[kind] for kind in sorted(wrong) if result.caught[kind] > 0},
    }


def inventions(shared: Path, folder: Path) -> Numbers:
    """Articles that do not exist, with one registry busy."""
    result = fakes.measure(100)
    return {
        "wrong work, inventions": result.statuses[Status.VERIFIED] / 100,
        "judged, inventions": result.judged,
    }


def online_hallmark(shared: Path, folder: Path) -> Numbers:
    """HALLMARK's rows against registries that hold the works in their own form."""
    result = hallmark_registries.measure(shared, 0.4, sample_index(shared, folder))
    right = {
        kind: hallmark_registries.rightly(kind, cited)
        for kind, cited in result.wrong.items()
        if kind not in hallmark.CONTESTED
    }
    return {
        "accused, valid works online": hallmark_registries.share_of(result.valid, hallmark.CAUGHT),
        "fabricated, valid works online": hallmark_registries.share_of(result.valid, {Status.FABRICATED}),
        "fabricated, withheld works online": hallmark_registries.share_of(result.withheld, {Status.FABRICATED}),
        "verified, valid works online": hallmark_registries.share_of(result.valid, {Status.VERIFIED}),
        **{f"right verdict and field, {kind}": share for kind, share in sorted(right.items())},
    }


def crossref(shared: Path, folder: Path) -> Numbers:
    """Rows of Crossref's evaluation sets against a Crossref that holds decoys."""
    result = crossref_rows.measure(shared, 0.15)
    known = [row for row in result.rows if row.dois]
    unknown = [row for row in result.rows if not row.dois]
    return {
        "wrong work, not registered": sum(bool(result.accepted(row)) for row in unknown) / len(unknown),
        "wrong work, registered": sum(result.accepted(row) not in row.dois | {""} for row in known) / len(known),
        "right work, registered": sum(result.accepted(row) in row.dois for row in known) / len(known),
    }


def real_lists(shared: Path, folder: Path) -> Numbers:
    """Five reference lists of ICLR 2026 against recorded works, those entries apart that are wrong in print."""
    result = iclr.measure(shared)
    right, wrong = iclr.audited(result.known)
    return {
        "fabricated, real lists": iclr.share((*result.known, *result.unknown), Status.FABRICATED),
        "accused of not existing, real lists with 503": iclr.share(result.unknown, Status.NOT_FOUND),
        "verified, real lists": iclr.share(right, Status.VERIFIED),
        "caught, wrong entries of real lists": sum(each.verdict.status in iclr.FLAGGED for each in wrong) / len(wrong),
    }


def typeset_papers(shared: Path, folder: Path) -> Numbers:
    """Reference lists of PDFs that are typeset on the spot, in all styles."""
    scores = [
        pdf_extraction.score(paper, pdf_extraction.extract("paper.pdf", paper.pdf))
        for paper in (
            typeset.typeset(bib, design)
            for design, bib in zip(typeset.designs(16), typeset_works.bibliographies(shared, 16), strict=True)
        )
    ]
    printed = sum(each.printed for each in scores)
    return {
        "missed, references of typeset PDFs": 1 - sum(each.found for each in scores) / printed,
        "exact, references of typeset PDFs": sum(each.exact for each in scores) / printed,
    }


GROUPS: Mapping[str, Callable[[Path, Path], Numbers]] = {
    "honest renderings": honest_renderings,
    "printed strings": printed_strings,
    "HALLMARK offline": offline_hallmark,
    "inventions": inventions,
    "HALLMARK online": online_hallmark,
    "Crossref rows": crossref,
    "real lists": real_lists,
    "typeset PDFs": typeset_papers,
}
"""Each stays below 40 seconds on one core."""


def measure_all(shared: Path, folder: Path) -> Iterator[tuple[str, Numbers]]:
    """Every group with its numbers."""
    for name, run in GROUPS.items():
        yield name, run(shared, folder)

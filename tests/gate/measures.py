"""The quality measures of the gate: the benchmarks of ``tests/benchmarks`` on samples, as named numbers.

A name that begins with ``accused``, ``wrong``, ``fabricated`` or ``missed`` is a ceiling; all others are floors.
"""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from citations.types import Status
from tests.benchmarks import fakes, glutton, hallmark, honest
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


GROUPS: Mapping[str, Callable[[Path, Path], Numbers]] = {
    "honest renderings": honest_renderings,
    "printed strings": printed_strings,
    "HALLMARK offline": offline_hallmark,
    "inventions": inventions,
}
"""Each stays below 40 seconds on one core."""


def measure_all(shared: Path, folder: Path) -> Iterator[tuple[str, Numbers]]:
    """Every group with its numbers."""
    for name, run in GROUPS.items():
        yield name, run(shared, folder)

"""False alarms on honest renderings, and what happens when the work is not in the index.

``python -m tests.benchmarks.honest [--works N]`` prints shares over works of the shared collections, each printed in one
of six styles with the noise of ``renderings``.
"""

from __future__ import annotations

import argparse
import gzip
import random
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from citations.check import CheckOptions
from citations.index.bibtex_dump import read_bibtex
from citations.index.schema import Record
from citations.parse.fields import parse_fields
from citations.titles import title_key
from citations.types import Fields, Location, Query, Reference, Status, Work
from tests.benchmarks.lines import Line, Unit, table
from tests.benchmarks.renderings import Rendering, render
from tests.benchmarks.worlds import SHARED, Hiding, Tally, by_hash, index_of, offline, tally

SOURCES = ("dblp-cs-conferences.bib.gz", "acl-anthology-to-2021.bib.gz")
HELD = 234_289
"""Entries in the two collections, from which the share for a wanted number of works follows."""


@dataclass(frozen=True)
class Case:
    """A work and one way in which it was printed."""

    work: Fields
    rendering: Rendering
    reference: Reference


@dataclass(frozen=True)
class Result:
    """What the measurement says."""

    works: int
    accused: float
    verified: float
    removed_fabricated: int
    removed_verified: float
    present: Tally
    removed: Tally
    cases: dict[str, Case]


def cases(sources: Sequence[Path], share: float) -> Iterator[Case]:
    """Rendered works, a sample by hash, the same on every machine."""
    random_ = random.Random(2026)
    everything = (work.fields for path in sources for work in works_of(path))
    usable = (fields for fields in everything if fields.title and fields.authors and fields.year and fields.venue)
    for number, fields in enumerate(by_hash(usable, lambda f: f"{f.title}|{f.year}|{f.venue}", share)):
        rendering = render(fields, random_)
        reference = Reference(
            id=str(number),
            raw=rendering.raw,
            fields=parse_fields(rendering.raw),
            location=Location("renderings", line=number),
        )
        yield Case(fields, rendering, reference)


def works_of(path: Path) -> Iterator[Work]:
    """All readable works of a compressed BibTeX collection."""
    with gzip.open(path, "rb") as file:
        yield from (each.work for each in read_bibtex(file) if isinstance(each, Record))


def measure(shared: Path = SHARED, works: int = 20_000) -> Result:
    """Render so many works of the shared collections and check them in the index of all."""
    sources = [shared / "works" / name for name in SOURCES]
    return judge(cases(sources, works / HELD), index_of("honest", sources))


def judge(rendered: Iterable[Case], folder: Path) -> Result:
    """Check the renderings twice: with their works in the index, and without them."""
    known = {case.reference.id: case for case in rendered}
    references = [case.reference for case in known.values()]
    titles = {id_: title_key(case.work.title) for id_, case in known.items()}

    def hidden(query: Query, work: Work) -> bool:
        return title_key(work.fields.title) == titles[query.reference.id]

    options = CheckOptions()
    present = tally(references, [offline(folder)], options)
    removed = tally(references, [Hiding(offline(folder), hidden)], options)
    return Result(
        works=len(references),
        accused=present.accused,
        verified=present.verified,
        removed_fabricated=removed.statuses[Status.FABRICATED],
        removed_verified=removed.verified,
        present=present,
        removed=removed,
        cases=known,
    )


def lines(result: Result) -> list[Line]:
    """The numbers beside their targets."""
    present, removed = (counted(each) for each in (result.present, result.removed))
    return [
        Line("honest renderings: accused", result.accused, at_most=0.0005, note=f"{result.works:,} works: {present}"),
        Line("honest renderings: verified", result.verified, at_least=0.99),
        Line("honest, record removed: fabricated", result.removed_fabricated, Unit.COUNT, at_most=0, note=removed),
        Line("honest, record removed: verified as another", result.removed_verified, at_most=0.001),
    ]


def counted(tally: Tally) -> str:
    """The verdicts in one line."""
    return ", ".join(f"{status} {count:,}" for status, count in tally.statuses.most_common())


def main(arguments: list[str] | None = None) -> int:
    """Print the shares, and the cases behind them with ``--show``."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, default=SHARED)
    parser.add_argument("--works", type=int, default=20_000)
    parser.add_argument("--show", type=int, default=0, help="print so many cases that came out wrong")
    options = parser.parse_args(arguments)
    result = measure(options.shared, options.works)
    print(table(lines(result)))
    show(result, options.show)
    return 0


def show(result: Result, most: int) -> None:
    """The cases that came out wrong, with what was done to them."""
    wrong = [c for c in result.present.checked if c.verdict.status is not Status.VERIFIED]
    noise = Counter(n for c in wrong for n in result.cases[c.reference.id].rendering.noise)
    print(f"not verified: {len(wrong)}; noise among them: {dict(noise)}")
    for checked in wrong[:most]:
        case = result.cases[checked.reference.id]
        print(f"\n{checked.verdict.status} {case.rendering.style} {case.rendering.noise}\n  {case.rendering.raw!r}")
        print(f"  work   {case.work.title!r} {case.work.venue!r} {case.work.year}")
        print(f"  parsed {checked.reference.fields}")
        print(
            f"  {[(d.field.value, d.severity.value, d.note, d.registered) for d in checked.verdict.diffs]} {checked.verdict.argument.sentence}"
        )
    for checked in [c for c in result.removed.checked if c.verdict.status in {Status.VERIFIED, Status.FABRICATED}][
        :most
    ]:
        work = checked.verdict.work
        print(f"\nremoved, {checked.verdict.status}\n  {checked.reference.raw!r}\n  as {work.fields if work else None}")


if __name__ == "__main__":
    sys.exit(main())

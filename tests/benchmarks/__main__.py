"""All measurements, as one table: ``python -m tests.benchmarks [NAME...] [--sample]``.

What the project must reach stands beside what was reached. ``--sample`` takes a tenth of the rows, for a first look.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks import (
    crossref_rows,
    fakes,
    glutton,
    hallmark,
    hallmark_registries,
    honest,
    iclr,
    online_speed,
    speed,
    wrapping,
)
from tests.benchmarks.lines import Line, table
from tests.benchmarks.worlds import SHARED

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Measurement:
    """One group of numbers: measured here, or printed by a script of its own."""

    lines: Callable[[Path, bool], list[Line]] | None = None
    script: Callable[[bool], Sequence[str]] | None = None
    """Arguments of the module that prints its own numbers."""


MEASUREMENTS: Mapping[str, Measurement] = {
    "honest": Measurement(lambda shared, small: honest.lines(honest.measure(shared, 2_000 if small else 20_000))),
    "glutton": Measurement(lambda shared, small: glutton.lines(glutton.measure(shared, 10 if small else 1))),
    "hallmark": Measurement(lambda shared, small: hallmark.lines(hallmark.measure(shared))),
    "hallmark_registries": Measurement(
        lambda shared, small: hallmark_registries.lines(hallmark_registries.measure(shared, 0.1 if small else 1.0))
    ),
    "iclr": Measurement(lambda shared, small: iclr.lines(iclr.measure(shared))),
    "crossref_rows": Measurement(
        lambda shared, small: crossref_rows.lines(crossref_rows.measure(shared, 0.1 if small else 1.0))
    ),
    "fakes": Measurement(lambda shared, small: fakes.lines(fakes.measure())),
    "speed": Measurement(lambda shared, small: speed.measure(shared, 2_000 if small else 10_000)),
    "online_speed": Measurement(
        lambda _, small: online_speed.measure_each((online_speed.NOBODY,) if small else online_speed.EACH)
    ),
    "wrapping": Measurement(lambda _, small: wrapping.measure(small=small)),
    "claims": Measurement(script=lambda small: ("claims", "--rows", "20" if small else "200")),
    "injections": Measurement(script=lambda small: ("injections",)),
    "fusion": Measurement(script=lambda small: ("fusion",)),
    "fused_sources": Measurement(script=lambda small: ("fused_sources",)),
    "llm_pool": Measurement(script=lambda small: ("llm_pool",)),
    "asked_afresh": Measurement(script=lambda small: ("asked_afresh",)),
    "pdf_extraction": Measurement(script=lambda small: ("pdf_extraction", "30" if small else "300")),
    "parse_fields": Measurement(script=lambda small: ("parse_fields", *(("--limit", "500") if small else ()))),
    "review_page": Measurement(script=lambda small: ("review_page", "--flags", "10000" if small else "1000000")),
    "index_speed": Measurement(script=lambda small: ("index_speed", *(("--every", "40") if small else ()))),
}


def run(name: str, shared: Path, *, small: bool) -> list[Line]:
    """Measure one group; a script prints its numbers itself."""
    measurement = MEASUREMENTS[name]
    if measurement.lines is not None:
        return measurement.lines(shared, small)
    if measurement.script is not None:
        module, *arguments = measurement.script(small)
        subprocess.run([sys.executable, "-m", f"tests.benchmarks.{module}", *arguments], cwd=ROOT, check=True)
    return []


def main(arguments: list[str] | None = None) -> int:
    """Print each group as it is done, then the whole table; the exit code says nothing about targets."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(MEASUREMENTS)}; all if none is given")
    parser.add_argument("--shared", type=Path, default=SHARED)
    parser.add_argument("--sample", action="store_true", help="a tenth of the rows")
    options = parser.parse_args(arguments)
    unknown = [name for name in options.names if name not in MEASUREMENTS]
    if unknown:
        parser.error(f"no measurement is named {unknown[0]!r}; known: {', '.join(MEASUREMENTS)}")
    everything: list[Line] = []
    for name in options.names or MEASUREMENTS:
        started = time.perf_counter()
        print(f"# {name}", flush=True)
        lines = run(name, options.shared, small=options.sample)
        if lines:
            print(table(lines))
        print(f"({time.perf_counter() - started:.0f} s)\n", flush=True)
        everything += lines
    with_target = [line for line in everything if line.met is not None]
    missed = [line for line in with_target if not line.met]
    print(f"# {len(with_target) - len(missed)} of {len(with_target)} targets are reached")
    if missed:
        print(table(missed))
    return 0


if __name__ == "__main__":
    sys.exit(main())

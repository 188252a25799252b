"""How fast and how small: the command line as a user runs it, timed from outside.

``python -m tests.benchmarks.speed [--references N]``. Speed on one core is references by processor time, so that a busy
machine does not count; the time without network is by the clock. ``online_speed`` times slow and limited registries.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from citations.index.bibtex_dump import entries
from citations.index.streams import text_chunks
from tests.benchmarks.lines import Line, Unit, table
from tests.benchmarks.worlds import SHARED, by_hash, index_of

ROOT = Path(__file__).resolve().parents[2]
SOURCES = ("dblp-cs-conferences.bib.gz", "acl-anthology-to-2021.bib.gz")
REGISTRIES = ("CROSSREF", "SEMANTIC_SCHOLAR", "ARXIV", "DATACITE", "DOI_ORG")
CLOSED_PORT = "http://127.0.0.1:9"
MEASURED = """
import json, os, subprocess, sys
process = subprocess.Popen(sys.argv[2:])
_, status, usage = os.wait4(process.pid, 0)
with open(sys.argv[1], "w") as file:
    json.dump([os.waitstatus_to_exitcode(status), usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024], file)
"""
"""Starts a command from a small process: the peak of a child includes what its parent held when it was forked."""


@dataclass(frozen=True)
class Ran:
    """One finished command."""

    code: int
    clock_s: float
    processor_s: float
    peak_mb: float
    output: str


def verifier(arguments: Sequence[str], folder: Path, env: Mapping[str, str] | None = None) -> Ran:
    """Run the command in an empty home."""
    homes = {f"XDG_{name}_HOME": str(folder / name.lower()) for name in ("DATA", "CACHE", "CONFIG")}
    surroundings = {**os.environ, **homes, "HOME": str(folder), "PYTHONPATH": str(ROOT), **(env or {})}
    for name in ("VERIFIER_INDEX", "VERIFIER_DB", "VERIFIER_OFFLINE"):
        surroundings.pop(name, None)
    output = folder / "output.txt"
    started = time.perf_counter()
    measured = folder / "measured.json"
    command = [sys.executable, "-c", MEASURED, str(measured), sys.executable, "-m", "verifier", *arguments]
    with output.open("wb") as file:
        subprocess.run(command, cwd=folder, env=surroundings, stdout=file, stderr=file, check=True)
    code, processor_s, peak_mb = json.loads(measured.read_text(encoding="utf-8"))
    return Ran(
        code,
        time.perf_counter() - started,
        processor_s,
        peak_mb,
        output.read_text(encoding="utf-8", errors="replace"),
    )


def raw_entries(shared: Path, share: float) -> Iterator[str]:
    """Entries of the shared collection as they stand in it."""
    with (shared / "works" / SOURCES[0]).open("rb") as file:
        yield from by_hash(entries(text_chunks(file)), lambda piece: piece[:120], share)


def offline_scan(shared: Path, folder: Path, count: int) -> list[Line]:
    """A long ``.bib`` against an index of 234,000 works, without network."""
    index = index_of("honest", [shared / "works" / name for name in SOURCES])
    (folder / "refs.bib").write_text("\n".join(islice(raw_entries(shared, 0.1), count)), encoding="utf-8")
    small = "\n".join(islice(raw_entries(shared, 0.1), 10))
    (folder / "small.bib").write_text(small, encoding="utf-8")
    common = ("--offline", "--index", str(index), "--format", "jsonl", "-o", "report.jsonl")
    start = verifier(["scan", "small.bib", *common], folder)
    ran = verifier(["scan", "refs.bib", *common], folder)
    report = (folder / "report.jsonl").read_text(encoding="utf-8").splitlines()
    verdicts = Counter(row.get("verdict") for row in map(json.loads, report) if row.get("type") == "reference")
    words = ", ".join(f"{verdict} {number:,}" for verdict, number in verdicts.most_common())
    rate = count / (ran.processor_s - start.processor_s)
    return [
        Line("scan offline, one core", rate, Unit.PER_SECOND, at_least=625, note=f"{count:,} references: {words}"),
        Line(f"scan of {count:,} references: memory", ran.peak_mb, Unit.MEGABYTES, at_most=400),
        Line("scan of 10 references: everything else", start.processor_s, Unit.SECONDS, note="processor time"),
    ]


def help_page(folder: Path) -> list[Line]:
    """The help, best of five."""
    runs = [verifier(["--help"], folder) for _ in range(5)]
    best = min(run.clock_s for run in runs)
    used = min(run.processor_s for run in runs)
    return [Line("verifier --help", best, Unit.SECONDS, at_most=0.3, note=f"{used:.2f} s of processor time")]


def unreachable(shared: Path, folder: Path) -> list[Line]:
    """Twenty references, no index, and no registry that takes a connection."""
    (folder / "twenty.bib").write_text("\n".join(islice(raw_entries(shared, 0.1), 20)), encoding="utf-8")
    env = {f"VERIFIER_{name}_URL": CLOSED_PORT for name in REGISTRIES}
    ran = verifier(["scan", "twenty.bib", "--format", "jsonl"], folder, env)
    rows = [json.loads(line) for line in ran.output.splitlines() if line.startswith("{")]
    unchecked = sum(row.get("verdict") == "unchecked" for row in rows)
    return [
        Line("no network, 20 references: time", ran.clock_s, Unit.SECONDS, at_most=5),
        Line("no network, 20 references: unchecked", unchecked, Unit.COUNT, at_least=20),
        Line("no network, 20 references: exit code", ran.code, Unit.COUNT, at_least=3, at_most=3),
    ]


def measure(shared: Path = SHARED, references: int = 10_000) -> list[Line]:
    """All lines."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        return [*help_page(folder), *offline_scan(shared, folder, references), *unreachable(shared, folder)]


def main(arguments: list[str] | None = None) -> int:
    """Print the numbers."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, default=SHARED)
    parser.add_argument("--references", type=int, default=10_000)
    options = parser.parse_args(arguments)
    print(table(measure(options.shared, options.references)))
    return 0


if __name__ == "__main__":
    sys.exit(main())

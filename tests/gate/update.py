"""Pin the present quality: ``python -m tests.gate.update [--allow-regression]``.

Measures everything anew and writes ``floors.json``. A bound is never loosened unless that is asked for by name of the
option, so that a change which costs quality says so in its own diff.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from tests.benchmarks.worlds import SHARED
from tests.gate.floors import FILE, Floors, loosened, pinned, read_floors, write_floors
from tests.gate.measures import Numbers, is_ceiling, measure_all
from tests.gate.sample import corpora_digest


def update(shared: Path, *, allow_regression: bool) -> list[str]:
    """Measure and write; gives the bounds that would be loosened, and writes nothing if that is not allowed."""
    old = read_floors() if FILE.exists() else Floors("", {})
    with tempfile.TemporaryDirectory() as folder:
        measured = dict(measure_all(shared, Path(folder)))
    worse = [
        f"{group}: {each}"
        for group in sorted({*old.groups, *measured})
        for each in loosened(old.groups.get(group, {}), measured.get(group, {}))
    ]
    if worse and not allow_regression:
        return worse
    groups = {group: bounds(old.groups.get(group, {}), numbers) for group, numbers in measured.items()}
    write_floors(Floors(corpora_digest(shared), groups))
    return worse


def bounds(old: Numbers, measured: Numbers) -> Numbers:
    """The tighter of the old and the new bound; the new one where the old one no longer holds."""
    made = {}
    for name, value in measured.items():
        bound = pinned(name, value)
        if name in old and not loosened({name: old[name]}, {name: value}):
            bound = min(old[name], bound) if is_ceiling(name) else max(old[name], bound)
        made[name] = bound
    return made


def main(arguments: list[str] | None = None) -> int:
    """Write the floors, or say what would be loosened."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, default=SHARED)
    parser.add_argument("--allow-regression", action="store_true", help="write bounds that are weaker than before")
    options = parser.parse_args(arguments)
    worse = update(options.shared, allow_regression=options.allow_regression)
    for each in worse:
        print(f"weaker: {each}")
    if worse and not options.allow_regression:
        print("nothing was written; give --allow-regression to accept this")
        return 1
    print(f"written to {FILE}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""The committed floors and ceilings: reading, comparing, and refusing to loosen them silently."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.gate.measures import Numbers, is_ceiling

FILE = Path(__file__).with_name("floors.json")
ROOM = 0.002
"""How much worse than its measured share a number may be: rows at the border change sides with any honest change."""


@dataclass(frozen=True)
class Floors:
    """What is pinned, and what it was measured on."""

    corpora: str
    """Digest of the names and sizes of the corpora."""
    groups: Mapping[str, Numbers]


def read_floors(path: Path = FILE) -> Floors:
    """The committed floors."""
    data = json.loads(path.read_text(encoding="utf-8"))
    return Floors(data["corpora"], data["groups"])


def write_floors(floors: Floors, path: Path = FILE) -> None:
    """Write them as they are compared, four digits."""
    rounded = {
        group: {name: round(value, 4) for name, value in sorted(numbers.items())}
        for group, numbers in floors.groups.items()
    }
    data = {"corpora": floors.corpora, "groups": rounded}
    path.write_text(json.dumps(data, indent=2, sort_keys=True) + "\n", encoding="utf-8")


def pinned(name: str, measured: float) -> float:
    """The bound that a measured number gives: a ceiling of zero stays zero, everything else gets a little room."""
    if is_ceiling(name):
        return measured + ROOM / 4 if measured else 0.0
    return max(0.0, measured - ROOM)


def failures(pins: Numbers, measured: Numbers) -> list[str]:
    """One sentence for each number on the wrong side of its bound, ceilings first; measures without bound count."""
    said = []
    for name in sorted({*pins, *measured}, key=lambda each: (not is_ceiling(each), each)):
        if name not in measured:
            said.append(f"{name}: was {pins[name]:.4f} and is no longer measured")
        elif name not in pins:
            said.append(f"{name}: {measured[name]:.4f} has no bound (python -m tests.gate.update)")
        elif is_ceiling(name) and measured[name] > pins[name] + 1e-9:
            said.append(f"{name}: {measured[name]:.4f} is above the ceiling {pins[name]:.4f}")
        elif not is_ceiling(name) and measured[name] < pins[name] - 1e-9:
            said.append(f"{name}: {measured[name]:.4f} is below the floor {pins[name]:.4f}")
    return said


def loosened(old: Numbers, new: Numbers) -> list[str]:
    """Bounds that would be weaker than before, one sentence each."""
    said = [f"{name}: dropped" for name in old if name not in new]
    for name in sorted(set(old) & set(new)):
        worse = new[name] > old[name] + 1e-9 if is_ceiling(name) else new[name] < old[name] - 1e-9
        if worse:
            said.append(f"{name}: {old[name]:.4f} -> {new[name]:.4f}")
    return said

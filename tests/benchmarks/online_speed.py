"""Time to the first and to the last verdict on a bibliography of 60 works, one registry answering only after 5 s.

``python -m tests.benchmarks.online_speed [crossref arxiv ...] [--polite] [--key]``: cold cache, registries simulated on
loopback at the limits they publish. Without names each registry is the slow one in turn, and none.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from time import monotonic

from citations.check import CheckOptions, check
from citations.registries import load
from citations.testing.faults import Fault
from citations.testing.server import REGISTRIES, RegistryServer
from citations.types import Fields, Kind, Location, Name, Reference, Status
from tests.benchmarks.lines import Line, Unit, table

NOBODY = "none"
EACH = (NOBODY, *REGISTRIES)
SLOW_S = 5.0
WORDS = """
anchored blended coastal dormant eroded fractal granular hollow inverted jagged kinetic layered mutable nested oblique
porous quiet rippled sheared tangled uneven vagrant woven yielding zonal albatross barley cochlea dune enzyme feldspar
glacier harbour isotope jetty kelp lichen magma nebula orchard plankton quarry rotor spindle tundra urchin vortex walnut
"""
PEOPLE = ("Okonkwo", "Lindqvist", "Marchetti", "Yamaguchi", "Petrosyan", "Fairweather", "Delacroix", "Ngata", "Haugen")


@dataclass(frozen=True)
class Timing:
    """One run."""

    slow: str
    first_s: float
    all_s: float
    statuses: Counter[Status]
    requests: Counter[str]
    """By registry."""


def bibliography(count: int = 60) -> list[tuple[Fields, Fields]]:
    """Works and how they are cited: as a list in computer science has it, most without any identifier.

    Of ten works seven are registered with Crossref, two stand on arXiv alone, one has no identifier anywhere.
    """
    dice = random.Random(11)
    works = []
    for number in range(count):
        fields = Fields(
            title=" ".join(dice.sample(WORDS.split(), 6)).capitalize(),
            authors=tuple(Name(family, dice.choice("ABCDEFGH") + ".") for family in dice.sample(PEOPLE, 3)),
            year=dice.randrange(2005, 2024),
        )
        match number % 10:
            case 0 | 1:
                arxiv = f"{fields.year % 100:02}{dice.randrange(1, 13):02}.{dice.randrange(1000, 9999)}"
                fields = replace(fields, arxiv=arxiv, venue="arXiv", kind=Kind.PREPRINT)
            case 2:
                fields = replace(fields, venue="NeurIPS", kind=Kind.CONFERENCE)
            case _:
                fields = replace(fields, doi=f"10.1016/j.x.{number}", venue="Journal of Hydrology", kind=Kind.ARTICLE)
        cited = fields if number % 10 in {0, 3, 4} else replace(fields, doi="", arxiv="")
        works.append((fields, cited))
    return works


def measure(slow: str, *, polite: bool = False, key: bool = False, count: int = 60) -> Timing:
    """Check the list once, with nothing kept from earlier."""
    pairs = bibliography(count)
    cited = [Reference(f"r{n}", "", fields, Location("x.bib", line=n)) for n, (_, fields) in enumerate(pairs)]
    with (
        RegistryServer([work for work, _ in pairs], limits=True) as server,
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder,
    ):
        if slow != NOBODY:
            server.fail(slow, Fault.SLOW, seconds=SLOW_S)
        settings = replace(
            server.urls,
            cache_dir=Path(folder),
            mailto="someone@example.org" if polite else "",
            semantic_scholar_key="simulated" if key else "",
        )
        registries = load(None, settings)
        started = monotonic()
        times, statuses = [], Counter[Status]()
        for each in check(
            cited, registries, options=CheckOptions(keyed=frozenset({"semantic_scholar"} if key else ()))
        ):
            times.append(monotonic() - started)
            statuses[each.verdict.status] += 1
        for registry in registries:
            registry.close()
        requests = Counter(logged.registry for logged in server.log)
    return Timing(slow, times[0], times[-1], statuses, requests)


def measure_each(slow: Sequence[str] = EACH) -> list[Line]:
    """All lines with each of ``slow`` in turn, by somebody who gave an address and has no key."""
    return [line for each in slow for line in lines(measure(each, polite=True))]


def lines(timing: Timing) -> list[Line]:
    """The times beside their targets."""
    verdicts = ", ".join(f"{count} {status}" for status, count in timing.statuses.most_common())
    asked = ", ".join(f"{count} {name}" for name, count in timing.requests.most_common())
    return [
        Line(f"slow: {timing.slow}; first verdict", timing.first_s, Unit.SECONDS, at_most=2.0, note=verdicts),
        Line(f"slow: {timing.slow}; all verdicts", timing.all_s, Unit.SECONDS, at_most=45.0, note=f"requests: {asked}"),
    ]


def main(arguments: Sequence[str] | None = None) -> int:
    """Print a table."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.online_speed", description=main.__doc__)
    parser.add_argument("slow", nargs="*", default=list(EACH), metavar="REGISTRY")
    parser.add_argument("--polite", action="store_true", help="with an address for Crossref")
    parser.add_argument("--key", action="store_true", help="with a key for Semantic Scholar")
    chosen = parser.parse_args(arguments)
    for slow in chosen.slow:
        print(table(lines(measure(slow, polite=chosen.polite, key=chosen.key))), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())

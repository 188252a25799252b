"""A hundred articles that do not exist, asked of registries without a key while Semantic Scholar always says 429.

``python -m tests.benchmarks.fakes`` prints how many of them get a verdict other than ``unchecked``: a tool that leaves
inventions open because one registry is busy helps nobody.
"""

from __future__ import annotations

import random
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from citations.registries import load
from citations.testing.faults import Fault
from citations.testing.server import RegistryServer
from citations.types import CheckedReference, Fields, Kind, Location, Name, Reference, Status
from tests.benchmarks.lines import Line, Unit, table
from tests.benchmarks.worlds import quick, tally

MANNERS = ("Adaptive", "Robust", "Sparse", "Hierarchical", "Causal", "Bayesian", "Federated", "Longitudinal")
THINGS = ("lattice decoding", "glacier runoff", "peptide folding", "crowd routing", "tide gauges", "wheat genotypes")
AIMS = ("under drifting sensors", "in rural clinics", "for small satellites", "with missing cohorts", "at low dose")
WAYS = ("A regularised view", "Evidence from nine regions", "Bounds and practice", "A replication", "")
PEOPLE = ("Okonkwo", "Lindqvist", "Marchetti", "Yamaguchi", "Petrosyan", "Fairweather", "Delacroix", "Ngata")
VENUES = (
    ("Journal of Hydrology", Kind.ARTICLE),
    ("PLoS ONE", Kind.ARTICLE),
    ("Physical Review Letters", Kind.ARTICLE),
    ("IEEE Transactions on Signal Processing", Kind.ARTICLE),
    ("Proceedings of the AAAI Conference on Artificial Intelligence", Kind.CONFERENCE),
    ("Bioinformatics", Kind.ARTICLE),
)
REAL = (
    Fields(
        title="On computable numbers, with an application to the Entscheidungsproblem",
        authors=(Name("Turing", "A. M."),),
        year=1937,
        kind=Kind.ARTICLE,
        doi="10.1112/plms/s2-42.1.230",
    ),
    Fields(
        title="A mathematical theory of communication",
        authors=(Name("Shannon", "C. E."),),
        year=1948,
        kind=Kind.ARTICLE,
        doi="10.1002/j.1538-7305.1948.tb01338.x",
    ),
    Fields(
        title="Molecular structure of nucleic acids",
        authors=(Name("Watson", "J. D."), Name("Crick", "F. H. C.")),
        year=1953,
        kind=Kind.ARTICLE,
        doi="10.1038/171737a0",
    ),
    Fields(
        title="Attention is all you need",
        authors=(Name("Vaswani", "A."),),
        year=2017,
        arxiv="1706.03762",
        venue="arXiv",
    ),
)
"""What the registries hold, so that none of them is empty: publishers' DOIs for Crossref, a preprint for the others."""


@dataclass(frozen=True)
class Result:
    """What the measurement says."""

    statuses: Counter[Status]
    checked: tuple[CheckedReference, ...]

    @property
    def judged(self) -> float:
        """Share that got a verdict other than ``unchecked``."""
        return 1 - self.statuses[Status.UNCHECKED] / max(1, self.statuses.total())


def fakes(count: int) -> Iterator[Reference]:
    """Invented articles and papers, the same on every machine."""
    dice = random.Random(7)
    for number in range(count):
        title = f"{dice.choice(MANNERS)} {dice.choice(THINGS)} {dice.choice(AIMS)} {number + 11}"
        way = dice.choice(WAYS)
        venue, kind = dice.choice(VENUES)
        first = dice.randrange(10, 900)
        fields = Fields(
            title=f"{title}: {way}" if way else title,
            authors=tuple(Name(family, dice.choice("ABCDEFGH") + ".") for family in dice.sample(PEOPLE, 3)),
            year=dice.randrange(2004, 2024),
            venue=venue,
            volume=str(dice.randrange(3, 60)),
            pages=f"{first}-{first + 9}",
            kind=kind,
        )
        names = ", ".join(map(str, fields.authors))
        raw = f"{names}. {fields.title}. {venue} {fields.volume}, {fields.pages} ({fields.year})."
        yield Reference(f"fake-{number}", raw, fields, Location("fakes", line=number))


def measure(count: int = 100) -> Result:
    """Check the inventions against registries that never heard of them."""
    with RegistryServer(REAL) as server:
        server.fail("semantic_scholar", Fault.RATE_LIMITED)
        registries = load(None, quick(server.urls))
        try:
            result = tally(list(fakes(count)), registries)
        finally:
            for registry in registries:
                registry.close()
    return Result(result.statuses, result.checked)


def lines(result: Result) -> list[Line]:
    """The numbers beside their targets."""
    total = result.statuses.total()
    words = ", ".join(f"{status} {count}" for status, count in result.statuses.most_common())
    verified = result.statuses[Status.VERIFIED]
    return [
        Line(f"{total} inventions, no key: verdict other than unchecked", result.judged, at_least=0.9, note=words),
        Line(f"{total} inventions, no key: verified", verified, Unit.COUNT, at_most=0),
    ]


def main() -> int:
    """Print the share."""
    print(table(lines(measure())))
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""A registry that refuses everybody for the whole run: it is given up early, and the others answer."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace

import pytest

from citations.check import CheckOptions, check
from citations.registries import load
from citations.registries.settings import Patience
from citations.testing.faults import Fault
from citations.testing.server import REGISTRIES, RegistryServer
from citations.types import Fields, Kind, Location, Name, Reference, Status

PATIENT = Patience(connect_s=30, read_s=60, total_s=60, backoff_s=0.01, cooldown_s=3_600)
PLACES = ["alpine", "boreal", "coastal", "desert", "estuarine", "fluvial", "glacial", "humid", "inland", "karst"]
HELD = [
    Fields(
        title=f"Long observations of {place} meadows and their lichens",
        authors=(Name("Okonkwo", "A."), Name("Lindqvist", "B.")),
        year=2001 + number,
        venue="Journal of Hydrology",
        kind=Kind.ARTICLE,
        doi=f"10.1016/j.lichens.{number}",
    )
    for number, place in enumerate(PLACES)
]
NOWHERE = [
    Fields(
        title=f"Tariff {number} and the maritime courts of merchant republics: a quantitative history",
        authors=(Name("Marchetti", "C."), Name("Ngata", "D.")),
        year=2005 + number,
        venue="Physical Review Letters",
        volume=str(90 + number),
        pages=f"{number}12-{number}19",
        kind=Kind.ARTICLE,
    )
    for number in range(len(PLACES))
]
EXPECTED = [Status.VERIFIED] * len(HELD) + [Status.NOT_FOUND] * len(NOWHERE)


def statuses(server: RegistryServer, names: Sequence[str]) -> list[Status]:
    """Verdicts on twenty references, half of them to works that nobody holds, asked without a key."""
    cited = [replace(each, doi="") for each in (*HELD, *NOWHERE)]
    references = [Reference(f"r{n:02}", "", each, Location("x.bib", line=n)) for n, each in enumerate(cited)]
    registries = load(names, replace(server.urls, patience=PATIENT))
    options = CheckOptions(patience_s=600)
    judged = sorted((each.reference.id, each.verdict.status) for each in check(references, registries, options=options))
    for each in registries:
        each.close()
    return [status for _, status in judged]


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (Fault.RATE_LIMITED, ["semantic_scholar: not asked any more for now: HTTP 429"]),
        (Fault.RATE_LIMITED_RETRY_AFTER, []),  # a day is not waited for, and each answer says so
    ],
)
def test_run_without_a_key_does_without_semantic_scholar(caplog, fault, told):
    with RegistryServer(HELD) as server:
        server.fail("semantic_scholar", fault, seconds=86_400)
        with caplog.at_level(logging.INFO, "citations"):
            judged = statuses(server, REGISTRIES)
        asked = [each for each in server.log if each.registry == "semantic_scholar"]
    assert judged == EXPECTED
    assert 1 <= len(asked) <= 8  # six, and what was under way on the other connections
    assert [each for each in caplog.messages if "semantic_scholar" in each] == told

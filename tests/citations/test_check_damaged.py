"""Printed strings as PDFs give them, from the parser over the registries to the verdict."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from citations.check import CheckOptions, check
from citations.parse.fields import parse_fields
from citations.registries import load
from citations.registries.settings import Patience
from citations.testing.server import RegistryServer
from citations.types import Fields, Kind, Location, Name, Reference, Status
from tests.citations.fake_registries import TODAY

HASTY = Patience(read_s=2.0, total_s=10.0, attempts=2, backoff_s=0.01)
WORKS = [
    Fields(
        title="Corral: Retrieval-Augmented Measurement of Efficient Sparse Circuits for Language Comprehension",
        authors=(Name("Byron", "Ada"), Name("Gauss", "Carl"), Name("Noether", "Emmy")),
        year=2019,
        venue="NeurIPS",
        kind=Kind.CONFERENCE,
        arxiv="1901.00001",
    )
]
PEOPLE = "A. Byron, C. Gauss, and E. Noether."
DAMAGED = {
    "glued words": "Corral: Retrievalaugmented measurement of efficient sparse circuits for language comprehension",
    "split ligatures": "Corral: Retrieval-augmented measurement of e ffi cient sparse circuits for language comprehension",
    "lost ligatures": "Corral: Retrieval-augmented measurement of ecient sparse circuits for language comprehension",
    "first word lost": "Retrieval-augmented measurement of efficient sparse circuits for language comprehension",
    "cut short": "Corral: Retrieval-augmented measurement of efficient sparse circuits",
    "cut short and glued": "Retrievalaugmented measurement of efficient sparse circuits",
}


@pytest.fixture(scope="module")
def server() -> Iterator[RegistryServer]:
    with RegistryServer(WORKS) as running:
        yield running


def judged(server: RegistryServer, raw: str, *names: str) -> Status:
    registries = load(list(names), replace(server.urls, patience=HASTY, semantic_scholar_key="k"))
    cited = Reference("r", raw, parse_fields(raw), Location("paper.pdf", page=9), source="pdf")
    (found,) = check([cited], registries, options=CheckOptions(today=TODAY, keyed=frozenset({"semantic_scholar"})))
    for registry in registries:
        registry.close()
    return found.verdict.status


@pytest.mark.parametrize("names", [("crossref", "arxiv"), ("crossref", "semantic_scholar")])
@pytest.mark.parametrize("damage", DAMAGED)
def test_a_title_damaged_in_a_pdf_is_verified(server, damage, names):
    assert judged(server, f"{PEOPLE} {DAMAGED[damage]}. In NeurIPS, 2019.", *names) is Status.VERIFIED


def test_an_invented_title_by_the_same_authors_is_not_found(server):
    raw = f"{PEOPLE} Orchestrating imaginary caravans through political weather. In NeurIPS, 2019."
    assert judged(server, raw, "crossref", "arxiv", "semantic_scholar") is Status.NOT_FOUND

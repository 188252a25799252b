"""Every registry against every fault."""

from __future__ import annotations

from pathlib import Path

import pytest

from citations.index.build import build_index
from citations.registries import BUILT_IN, load
from citations.registries.offline import OfflineIndex
from citations.testing.registry_contract import RegistrySample, local_registry_contract, registry_contract
from citations.testing.server import RegistryServer
from citations.types import Fields, Identifier, Kind, Location, Name, Query, Reference, Scheme
from tests.citations.index.index_sources import CROSSREF, write_bibtex, write_lines

TURING = Fields(
    title="On computable numbers, with an application to the Entscheidungsproblem",
    authors=(Name("Turing", "A. M."),),
    year=1937,
    venue="Proceedings of the London Mathematical Society",
    kind=Kind.ARTICLE,
    doi="10.1112/plms/s2-42.1.230",
    pmid="123456",
)
SHANNON = Fields(
    title="A mathematical theory of communication",
    authors=(Name("Shannon", "C. E."),),
    year=1948,
    kind=Kind.ARTICLE,
    doi="10.1002/j.1538-7305.1948.tb01338.x",
)
VASWANI = Fields(title="Attention is all you need", authors=(Name("Vaswani", "Ashish"),), year=2017, arxiv="1706.03762")
KINGMA = Fields(title="Adam: a method for stochastic optimization", year=2014, arxiv="1412.6980")
ZENODO = Fields(title="Measurements of a wandering albatross", year=2020, kind=Kind.DATASET, doi="10.5281/zenodo.4321")
NOWHERE = Fields(title="Zebrafish quibble vexingly", authors=(Name("Nemo"),), year=2001)
WORKS = (TURING, SHANNON, VASWANI, KINGMA, ZENODO)


def by_words(fields: Fields) -> Query:
    return Query(Reference(id=fields.title, raw="", fields=fields, location=Location()))


def by_id(scheme: Scheme, value: str) -> Query:
    return Query(by_words(NOWHERE).reference, Identifier(scheme, value))


def doi(value: str) -> Query:
    return by_id(Scheme.DOI, value)


def arxiv(value: str) -> Query:
    return by_id(Scheme.ARXIV, value)


SAMPLES = {
    "crossref": RegistrySample(
        "crossref",
        known=(doi(TURING.doi), doi(SHANNON.doi), by_words(TURING)),
        unknown=(doi("10.1000/nothing"), doi("10.1000/a,b"), by_words(NOWHERE)),
    ),
    "semantic_scholar": RegistrySample(
        "semantic_scholar",
        known=(doi(TURING.doi), arxiv("1706.03762v5"), by_id(Scheme.PMID, "123456"), by_words(SHANNON)),
        unknown=(doi("10.1000/nothing"), by_words(NOWHERE)),
    ),
    "arxiv": RegistrySample(
        "arxiv",
        known=(arxiv("1706.03762"), arxiv("1412.6980v3"), doi("10.48550/arxiv.1412.6980"), by_words(VASWANI)),
        unknown=(arxiv("1701.00001"), by_words(NOWHERE)),
    ),
    "datacite": RegistrySample(
        "datacite",
        known=(doi(ZENODO.doi), doi("10.48550/arxiv.1706.03762"), doi("10.48550/arxiv.1412.6980"), by_words(ZENODO)),
        unknown=(doi("10.5281/zenodo.1"), by_words(NOWHERE)),
    ),
    "doi_org": RegistrySample(
        "doi_org",
        known=(doi(TURING.doi), doi(ZENODO.doi)),
        unknown=(doi("10.1000/nothing"),),
    ),
}


def test_every_registry_has_a_sample():
    assert set(SAMPLES) == set(BUILT_IN)


@pytest.mark.parametrize("name", SAMPLES)
def test_registry_keeps_the_contract(name: str, tmp_path: Path):
    with RegistryServer(WORKS) as server:
        registry_contract(lambda settings: load([name], settings)[0], server, SAMPLES[name], tmp_path)


def test_offline_index_keeps_the_contract(tmp_path: Path):
    index = tmp_path / "index"
    build_index([write_bibtex(tmp_path / "a.bib"), write_lines(tmp_path / "c.jsonl", CROSSREF)], index)
    known = (by_words(VASWANI), doi("10.18653/v1/n19-1423"), arxiv("1706.03762"))
    unknown = (by_words(NOWHERE), doi("10.1000/nothing"))
    local_registry_contract(OfflineIndex, index, RegistrySample("offline", known, unknown), tmp_path / "damaged")

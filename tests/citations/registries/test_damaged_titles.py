"""Titles as they come out of PDFs: the searches of registries must still find their works."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace

import pytest

from citations.registries import load
from citations.registries.settings import Patience
from citations.testing.respond import Ask, Reply
from citations.testing.server import RegistryServer
from citations.testing.shapes import semantic_scholar_paper
from citations.types import Fields, Found, Location, Name, Query, Reference, Work

PATIENT = Patience(connect_s=30, read_s=60, total_s=60, attempts=2, backoff_s=0.01)
WORK = Fields(
    title="Retrieval-Augmented Efficient Generation of Different Answers for Newton's Knowledge-Intensive Questions",
    authors=(Name("Lewis-Müller", "Ada"), Name("Perez", "Carl")),
    year=2020,
    doi="10.1000/answers",
    arxiv="2005.00001",
)
OTHERS = [
    Fields(
        title="Knowledge and its generation in questions", authors=(Name("Doe", "J."),), year=2019, arxiv="1901.00001"
    ),
    Fields(title="Answers to different questions", authors=(Name("Lewis", "A."),), year=2018, arxiv="1801.00001"),
]
DAMAGED = {
    "glued": "Retrievalaugmented efficient generation of different answers for Newton's knowledgeintensive questions",
    "split ligatures": (
        "Retrieval-augmented e ffi cient generation of di ff erent answers for Newton's knowledge-intensive questions"
    ),
    "lost ligatures": (
        "Retrieval-augmented ecient generation of dierent answers for Newton's knowledge-intensive questions"
    ),
    "lost hyphens": (
        "Retrieval augmented efficient generation of different answers for Newton's knowledge intensive questions"
    ),
    "wrong apostrophe": (
        "Retrieval-augmented efficient generation of different answers for Newton´s knowledge-intensive questions"
    ),
    "hyphens of line breaks": (
        "Retrieval-augmented effi-cient generation of different answers for Newton's knowl-edge-intensive questions"
    ),
    "cut short": "Retrievalaugmented efficient generation of different answers",
}


@pytest.fixture(scope="module")
def server() -> Iterator[RegistryServer]:
    with RegistryServer([WORK, *OTHERS]) as running:
        yield running


def cited(title: str, authors: tuple[Name, ...] = WORK.authors) -> Query:
    return Query(Reference(title, "", Fields(title=title, authors=authors, year=2020), Location()))


def found(name: str, server: RegistryServer, *queries: Query) -> list[tuple[str, ...]]:
    (registry,) = load([name], replace(server.urls, patience=PATIENT))
    answers = {id(query): answer for query, answer in registry.look_up(queries)}
    registry.close()
    said = [answers[id(query)] for query in queries]
    return [tuple(work.fields.title for work in each.works) if isinstance(each, Found) else () for each in said]


@pytest.mark.parametrize("damage", DAMAGED)
@pytest.mark.parametrize("registry", ["arxiv", "semantic_scholar", "crossref"])
def test_a_damaged_title_is_found(server, registry, damage):
    ((first, *_),) = found(registry, server, cited(DAMAGED[damage]))
    assert first == WORK.title


@pytest.mark.parametrize("damage", ["glued", "lost hyphens", "cut short"])
def test_arxiv_finds_a_damaged_title_without_authors(server, damage):
    ((first, *_),) = found("arxiv", server, cited(DAMAGED[damage], ()))
    assert first == WORK.title


def test_arxiv_asks_once_more_for_all_damaged_titles_together():
    with RegistryServer([WORK, *OTHERS]) as server:
        damaged = [DAMAGED[name] for name in ("glued", "split ligatures", "cut short")]
        answers = found("arxiv", server, *map(cited, damaged))
        assert [titles[:1] for titles in answers] == [(WORK.title,)] * len(damaged)
        assert len(server.log) == 2


def test_the_match_of_quite_another_title_does_not_end_the_search():
    def answer(asked: Ask) -> Reply:
        held = OTHERS[0] if asked.path.endswith("/match") else WORK
        return Reply(200, json.dumps({"total": 1, "data": [semantic_scholar_paper(Work("", "", "", held))]}).encode())

    with RegistryServer(others={"semantic_scholar": answer}) as server:
        assert found("semantic_scholar", server, cited(DAMAGED["glued"])) == [(WORK.title, OTHERS[0].title)]


@pytest.mark.parametrize("registry", ["arxiv", "semantic_scholar"])
def test_an_invented_title_made_of_common_words_stays_unknown(server, registry):
    assert found(registry, server, cited("Orchestrating imaginary caravans through political weather")) == [()]

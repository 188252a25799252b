"""How Semantic Scholar, arXiv, DataCite and doi.org are asked, and what counts as their word."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import unquote_plus

import pytest

from citations.registries import load
from citations.registries.settings import Patience
from citations.testing import shapes
from citations.testing.faults import Fault
from citations.testing.respond import Ask, Reply
from citations.testing.server import RegistryServer
from citations.types import (
    Answer,
    DoiExists,
    DoiUnknown,
    Fields,
    Found,
    Identifier,
    Kind,
    Location,
    Name,
    NotCovered,
    Query,
    Reference,
    Scheme,
    Unavailable,
    Work,
)

TWO_ATTEMPTS = Patience(connect_s=30, read_s=60, total_s=60, attempts=2, backoff_s=0.01)
PREPRINTS = [
    Fields(title=f"Deep {word} networks", authors=(Name("Doe", "J."),), year=2020, arxiv=f"2001.0000{number}")
    for number, word in enumerate(["residual", "recurrent", "convolutional", "generative", "sparse"])
]
ARTICLE = Fields(title="An article of some length", year=2019, kind=Kind.ARTICLE, doi="10.1000/article", pmid="7654321")
DATASET = Fields(title="Records of the weather", year=2018, kind=Kind.DATASET, doi="10.5281/zenodo.77")


def words(title: str) -> Query:
    return Query(Reference(id=title, raw="", fields=Fields(title=title), location=Location()))


def identifier(scheme: Scheme, value: str) -> Query:
    return Query(words("").reference, Identifier(scheme, value))


def ask(name: str, server: RegistryServer, *queries: Query, key: str = "") -> list[Answer]:
    settings = replace(server.urls, patience=TWO_ATTEMPTS, semantic_scholar_key=key)
    (registry,) = load([name], settings)
    found = {id(each): answer for each, answer in registry.look_up(queries)}
    registry.close()
    return [found[id(each)] for each in queries]


def titles(answers: Sequence[Answer]) -> list[list[str]]:
    return [[work.fields.title for work in answer.works] for answer in answers]


@pytest.fixture
def server() -> Iterator[RegistryServer]:
    with RegistryServer([*PREPRINTS, ARTICLE, DATASET]) as running:
        yield running


def test_semantic_scholar_batches_with_a_key_and_never_without(server):
    queries = [
        identifier(Scheme.DOI, ARTICLE.doi),
        identifier(Scheme.ARXIV, "2001.00001v3"),
        identifier(Scheme.PMID, "1"),
    ]
    expected = [[ARTICLE.title], [PREPRINTS[1].title], []]
    assert titles(ask("semantic_scholar", server, *queries, key="k")) == expected
    assert [(each.method, each.path) for each in server.log] == [("POST", "/graph/v1/paper/batch")]
    assert titles(ask("semantic_scholar", server, *queries)) == expected
    assert [each.method for each in server.log[1:]] == ["GET"] * 3


def test_semantic_scholar_takes_arxivs_own_doi_for_the_arxiv_id(server):
    assert titles(ask("semantic_scholar", server, identifier(Scheme.DOI, "10.48550/arxiv.2001.00000"))) == [
        [PREPRINTS[0].title]
    ]


def test_semantic_scholar_title_match_and_its_404(server):
    answers = ask("semantic_scholar", server, words("Deep residual networks"), words("Zebra quibble vex"))
    assert titles(answers) == [[PREPRINTS[0].title], []]


PAPER, TITLE = identifier(Scheme.DOI, "10.1000/nothing"), words("Zebra quibble vex")
OTHERS_404 = [
    "",
    "404 page not found",
    "[]",
    "{}",
    '{"message":"Not Found"}',
    '{"message":"Missing Authentication Token"}',
    '{"message":"no Route matched with those values"}',
    '{"status":404,"error":"Not Found","path":"/graph/v1/paper/search/match"}',
    '{"error":"Not Found"}',
    '{"error":"not found"}',
    '{"error":"Resource not found"}',
    '{"error":"Author with id 0 not found"}',
    '{"error":null}',
    '{"errors":[{"status":"404","title":"Not Found"}]}',
    '{"errors":[{"code":"NOT_FOUND"}]}',
    '{"errors":"not found"}',
]


@pytest.mark.parametrize("said", OTHERS_404)
@pytest.mark.parametrize(
    ("name", "query"),
    [("semantic_scholar", PAPER), ("semantic_scholar", TITLE), ("datacite", PAPER), ("crossref", PAPER)],
)
def test_404_in_other_words_than_the_registrys_own_says_nothing_about_a_work(name, query, said):
    with RegistryServer(others={name: lambda asked: Reply(404, said.encode())}) as server:
        (answer,) = ask(name, server, query, key="k")
    assert isinstance(answer, Unavailable)


@pytest.mark.parametrize(
    ("query", "said"), [(TITLE, "Title match not found"), (PAPER, "Paper with id DOI:10.1000/nothing not found")]
)
def test_semantic_scholar_is_believed_that_it_holds_nothing_only_on_the_route_that_says_so(query, said):
    body = json.dumps({"error": said}).encode()
    with RegistryServer(others={"semantic_scholar": lambda asked: Reply(404, body)}) as server:
        answers = ask("semantic_scholar", server, PAPER) + ask("semantic_scholar", server, TITLE)
    assert [isinstance(answer, Found) for answer in answers] == [query is PAPER, query is TITLE]


def test_semantic_scholar_record_of_another_identifier_is_not_accepted():
    paper = shapes.semantic_scholar_paper(Work("", "", "", ARTICLE))
    with RegistryServer(others={"semantic_scholar": lambda asked: Reply(200, json.dumps(paper).encode())}) as server:
        answers = ask("semantic_scholar", server, identifier(Scheme.DOI, "10.1000/other"))
    assert [type(answer) for answer in answers] == [Unavailable]


def test_semantic_scholar_batch_of_another_length_is_no_answer():
    with RegistryServer(others={"semantic_scholar": lambda asked: Reply(200, b"[null]")}) as server:
        queries = [identifier(Scheme.DOI, f"10.1000/a{number}") for number in range(3)]
        answers = ask("semantic_scholar", server, *queries, key="k")
    assert {type(answer) for answer in answers} == {Unavailable}


def test_semantic_scholar_nulls_are_left_out():
    paper: dict[str, Any] = dict.fromkeys(["externalIds", "venue", "publicationVenue", "journal", "authors", "year"])
    paper |= {"paperId": "p", "title": "Only a title", "publicationTypes": None, "abstract": None, "url": None}
    body = json.dumps({"data": [paper]}).encode()
    with RegistryServer(others={"semantic_scholar": lambda asked: Reply(200, body)}) as server:
        (answer,) = ask("semantic_scholar", server, words("Only a title"))
    assert answer.works[0].fields == Fields(title="Only a title")


def test_arxiv_asks_for_all_identifiers_at_once_in_all_needed_versions(server):
    queries = [identifier(Scheme.ARXIV, fields.arxiv) for fields in PREPRINTS] + [
        identifier(Scheme.ARXIV, "2001.00000v4")
    ]
    assert all(titles(ask("arxiv", server, *queries)))
    assert len(server.log) == 1
    assert "2001.00000v4" in server.log[0].query
    assert "2001.00001v1" in server.log[0].query


def test_arxiv_unknown_identifier_is_none_and_not_a_failure(server):
    answers = ask("arxiv", server, identifier(Scheme.ARXIV, "2001.09999"), identifier(Scheme.ARXIV, "2001.00000"))
    assert titles(answers) == [[], [PREPRINTS[0].title]]


def test_arxiv_malformed_identifier_spoils_nobody_elses_answer(server):
    queries = [identifier(Scheme.ARXIV, fields.arxiv) for fields in PREPRINTS] + [identifier(Scheme.ARXIV, "garbage")]
    assert titles(ask("arxiv", server, *queries)) == [[fields.title] for fields in PREPRINTS] + [[]]


def test_arxiv_searches_several_titles_at_once(server):
    answers = ask("arxiv", server, *(words(fields.title) for fields in PREPRINTS), words("Zebra quibble vex"))
    assert [found[:1] for found in titles(answers)] == [[fields.title] for fields in PREPRINTS] + [[]]
    assert len(server.log) == 1


def test_arxiv_page_that_leaves_results_out_is_no_proof_of_absence():
    def answer(asked: Ask) -> Reply:
        shown = [("2001.00000v1", Work("", "", "", PREPRINTS[0]))]
        total = 500 if " OR " in asked.query["search_query"] else 1
        return Reply(200, shapes.arxiv_feed(shown, total, ""), "application/atom+xml")

    with RegistryServer(others={"arxiv": answer}) as server:
        answers = ask("arxiv", server, words(PREPRINTS[0].title), words("Zebra quibble vex"))
        assert titles(answers) == [[PREPRINTS[0].title], []]
        assert len(server.log) == 2


def test_arxiv_understands_its_own_dois_and_no_others(server):
    answers = ask(
        "arxiv", server, identifier(Scheme.DOI, "10.48550/arxiv.2001.00000"), identifier(Scheme.DOI, ARTICLE.doi)
    )
    assert titles(answers[:1]) == [[PREPRINTS[0].title]]
    assert isinstance(answers[1], NotCovered)


def test_datacite_batches_and_confirms_what_is_missing(server):
    dois = [DATASET.doi, "10.48550/arxiv.2001.00000", "10.5281/zenodo.1"]
    answers = ask("datacite", server, *(identifier(Scheme.DOI, doi) for doi in dois))
    assert titles(answers) == [[DATASET.title], [PREPRINTS[0].title], []]
    assert [(each.path, each.status) for each in server.log] == [("/dois", 200), ("/dois/10.5281%2Fzenodo.1", 404)]


def test_datacite_search_holds_no_operator_of_the_cited_title(server):
    answers = ask("datacite", server, words('Records of "the" weather) OR (NOT *:* AND'))
    assert isinstance(answers[0], Found)
    query = unquote_plus(server.log[0].query)
    assert '"' not in query
    assert "(not" not in query.lower().replace("and not", "")


def test_datacite_reads_names_titles_and_relations():
    attributes = {
        "doi": "10.5281/ZENODO.9",
        "titles": [
            {"title": "Main"},
            {"title": "The rest", "titleType": "Subtitle"},
            {"title": "Das", "titleType": "Other"},
        ],
        "creators": [
            {"name": "Doe, Jane", "nameType": "Personal", "givenName": "Jane", "familyName": "Doe"},
            {"name": "CERN", "nameType": "Organizational"},
            {"name": "Lovelace, Ada"},
            {"name": None},
        ],
        "contributors": [{"name": "Ed, It", "familyName": "Ed", "givenName": "It", "contributorType": "Editor"}],
        "publicationYear": 2020,
        "dates": [{"date": "2019-05", "dateType": "Submitted"}, {"date": "garbage", "dateType": "Issued"}],
        "publisher": {"name": "Zenodo"},
        "container": {},
        "types": {"resourceTypeGeneral": "Software"},
        "relatedIdentifiers": [
            {"relationType": "IsVersionOf", "relatedIdentifierType": "DOI", "relatedIdentifier": "10.5281/zenodo.8"},
            {"relationType": "Cites", "relatedIdentifierType": "DOI", "relatedIdentifier": "10.5281/zenodo.7"},
        ],
    }
    body = json.dumps({"data": {"id": "x", "type": "dois", "attributes": attributes}}).encode()
    with RegistryServer(others={"datacite": lambda asked: Reply(200, body)}) as server:
        (answer,) = ask("datacite", server, identifier(Scheme.DOI, "10.5281/zenodo.9"))
    (work,) = answer.works
    assert (work.fields.title, work.other_titles) == ("Main: The rest", ("Main", "Das"))
    assert work.fields.authors == (Name("Doe", "Jane"), Name(literal="CERN"), Name("Lovelace", "Ada"))
    assert work.fields.editors == (Name("Ed", "It"),)
    assert (work.fields.year, work.other_years) == (2020, (2019,))
    assert (work.fields.publisher, work.fields.kind) == ("Zenodo", Kind.SOFTWARE)
    assert work.other_ids == (Identifier(Scheme.DOI, "10.5281/zenodo.8"),)


def test_doi_org_tells_existing_from_unknown(server):
    answers = ask("doi_org", server, identifier(Scheme.DOI, ARTICLE.doi), identifier(Scheme.DOI, "10.1000/nothing"))
    assert [type(answer) for answer in answers] == [DoiExists, DoiUnknown]
    assert [answer.doi for answer in answers] == [ARTICLE.doi, "10.1000/nothing"]


@pytest.mark.parametrize(
    ("status", "said", "expected"),
    [
        (200, {"responseCode": 1, "handle": "10.1000/X1"}, DoiExists),
        (200, {"responseCode": 200, "handle": "10.1000/x1"}, DoiExists),
        (404, {"responseCode": 100, "handle": "10.1000/x1"}, DoiUnknown),
        (404, {"responseCode": 1, "handle": "10.1000/x1"}, Unavailable),
        (200, {"responseCode": 100, "handle": "10.1000/x1"}, Unavailable),
        (404, {"status": 404, "error": "Not Found", "path": "/api/handles/10.1000/x1"}, Unavailable),
        (200, {"responseCode": 2, "handle": "10.1000/x1"}, Unavailable),
        (200, {"responseCode": 1, "handle": "10.1000/other"}, Unavailable),
        (200, {"responseCode": 1}, Unavailable),
        (404, {}, Unavailable),
    ],
)
def test_doi_org_is_believed_only_in_its_own_words(status, said, expected):
    with RegistryServer(others={"doi_org": lambda asked: Reply(status, json.dumps(said).encode())}) as server:
        (answer,) = ask("doi_org", server, identifier(Scheme.DOI, "10.1000/x1"))
    assert isinstance(answer, expected)


def test_page_that_blocks_us_is_not_asked_for_every_doi(server):
    server.fail("doi_org", Fault.HTML)
    answers = ask("doi_org", server, *(identifier(Scheme.DOI, f"10.1000/n{number}") for number in range(50)))
    assert {type(answer) for answer in answers} == {Unavailable}
    assert len(server.log) <= 10


@pytest.mark.parametrize("name", ["crossref", "semantic_scholar", "arxiv", "datacite"])
def test_reference_without_a_title_is_not_covered_by_a_title_search(server, name):
    (answer,) = ask(name, server, words(""))
    assert isinstance(answer, NotCovered)
    assert server.log == ()


@pytest.mark.parametrize("name", ["crossref", "semantic_scholar", "arxiv", "datacite", "doi_org"])
def test_isbn_is_covered_by_none_of_them(server, name):
    (answer,) = ask(name, server, identifier(Scheme.ISBN, "9780262033848"))
    assert isinstance(answer, NotCovered)

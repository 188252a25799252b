"""How Crossref is asked: batches, singles, searches, and what counts as its word."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import unquote_plus

import pytest

from citations.registries.crossref import Crossref
from citations.registries.session import Session
from citations.registries.settings import Patience
from citations.testing import shapes
from citations.testing.faults import Fault
from citations.testing.respond import Ask, Reply
from citations.testing.server import RegistryServer
from citations.types import (
    Answer,
    Fields,
    Found,
    Identifier,
    Kind,
    Location,
    NotCovered,
    Query,
    Reference,
    Scheme,
    Unavailable,
    Why,
    Work,
)

TWO_ATTEMPTS = Patience(connect_s=30, read_s=60, total_s=60, attempts=2, backoff_s=0.01)
WORKS = [
    Fields(
        title=f"Methods of number {number} considered", year=2000 + number, kind=Kind.ARTICLE, doi=f"10.1000/m{number}"
    )
    for number in range(6)
]


def query(doi: str = "", *, raw: str = "", title: str = "") -> Query:
    reference = Reference(id="r", raw=raw, fields=Fields(title=title), location=Location())
    return Query(reference, Identifier(Scheme.DOI, doi) if doi else None)


def built(server: RegistryServer) -> Crossref:
    return Crossref(Session(replace(server.urls, patience=TWO_ATTEMPTS)))


def ask(server: RegistryServer, *queries: Query) -> list[Answer]:
    found = {id(each): answer for each, answer in built(server).look_up(queries)}
    return [found[id(each)] for each in queries]


@pytest.fixture
def server() -> Iterator[RegistryServer]:
    with RegistryServer(WORKS) as running:
        yield running


def test_many_dois_are_one_request(server):
    answers = ask(server, *(query(fields.doi) for fields in WORKS))
    assert [answer.works[0].fields.doi for answer in answers] == [fields.doi for fields in WORKS]
    assert [each.path for each in server.log] == ["/works"]


def test_doi_missing_in_a_batch_is_asked_for_alone_before_it_counts_as_unknown(server):
    answers = ask(server, query(WORKS[0].doi), query(WORKS[1].doi), query("10.1000/nothing"))
    assert [len(answer.works) for answer in answers] == [1, 1, 0]
    assert [each.status for each in server.log] == [200, 404]


def test_doi_with_a_comma_is_never_put_into_a_filter(server):
    ask(server, *(query(fields.doi) for fields in WORKS[:3]), query("10.1000/a,b"))
    filters = [unquote_plus(each.query) for each in server.log if "filter" in each.query]
    assert len(filters) == 1
    assert "a,b" not in filters[0]


def test_alias_that_redirects_to_the_record_counts_as_found():
    record = shapes.crossref_item(Work("", "", "", replace(WORKS[0], doi="10.1000/m0.v5"))) | {
        "aliases": ["10.1000/m0"]
    }

    def answer(asked: Ask) -> Reply:
        if asked.path.endswith("m0"):
            return Reply(301, b"", "text/html", (("Location", "/crossref/works/10.1000/m0.v5"),))
        return Reply(200, json.dumps({"status": "ok", "message-type": "work", "message": record}).encode())

    with RegistryServer(others={"crossref": answer}) as server:
        (found,) = ask(server, query("10.1000/m0"))
    assert [work.fields.doi for work in found.works] == ["10.1000/m0.v5"]


def test_record_of_another_doi_is_not_accepted():
    other = shapes.crossref_work(Work("", "", "", WORKS[1]))
    with RegistryServer(others={"crossref": lambda asked: Reply(200, other)}) as server:
        (answer,) = ask(server, query(WORKS[0].doi))
    assert (answer.why, answer.detail) == (Why.BAD_BODY, "the record of another DOI than the one asked for")


def test_one_malformed_doi_does_not_take_the_batch_with_it(server):
    def fussy(asked: Ask) -> Reply:
        if "bad" in asked.query.get("filter", ""):
            return Reply(400, b'{"status":"failed","message-type":"validation-failure","message":[]}')
        return server.healthy("crossref", asked)

    with RegistryServer(others={"crossref": fussy}) as front:
        answers = ask(front, query(WORKS[0].doi), query(WORKS[1].doi), query("10.1000/bad"))
    assert [len(answer.works) for answer in answers] == [1, 1, 0]


def test_failed_batch_makes_all_of_it_unavailable(server):
    server.fail("crossref", Fault.SERVER_ERROR)
    answers = ask(server, *(query(fields.doi) for fields in WORKS))
    assert {type(answer) for answer in answers} == {Unavailable}


def test_printed_reference_is_searched_as_it_stands(server):
    raw = "[3]  Doe, J.: Methods of number 3 considered.\n J. Things (2003)"
    (answer,) = ask(server, query(raw=raw, title="Methods of number"))
    assert answer.works[0].fields.doi == WORKS[3].doi
    assert "J.+Things" in server.log[0].query


def test_entry_of_a_bibliography_file_is_searched_by_its_fields(server):
    (answer,) = ask(server, query(raw="@article{doe2003,\n title={{M}ethods}", title="Methods of number 3 considered"))
    assert answer.works[0].fields.doi == WORKS[3].doi
    assert "%40article" not in server.log[0].query


def test_search_that_is_refused_is_tried_without_naming_fields(server):
    def old(asked: Ask) -> Reply:
        return Reply(400, b'{"status":"failed"}') if "select" in asked.query else server.healthy("crossref", asked)

    with RegistryServer(others={"crossref": old}) as front:
        (answer,) = ask(front, query(title="Methods of number 3 considered"))
    assert answer.works[0].fields.doi == WORKS[3].doi


def test_all_fields_asked_for_are_known_to_the_route(server):
    ask(server, query(title="Methods of number 3 considered"), *(query(fields.doi) for fields in WORKS))
    assert {each.status for each in server.log} == {200}
    assert all("select=" in each.query for each in server.log)


def test_search_never_hands_out_more_than_five(server):
    (answer,) = ask(server, query(title="Methods of number considered"))
    assert len(answer.works) == 5


def test_doi_that_another_agency_registers_is_not_covered(server):
    (answer,) = ask(server, query("10.48550/arxiv.1706.03762"))
    assert isinstance(answer, NotCovered)
    assert server.log == ()


def test_reference_without_words_is_not_covered(server):
    (answer,) = ask(server, query())
    assert isinstance(answer, NotCovered)


def test_address_goes_into_the_user_agent_and_not_into_urls(server):
    registry = Crossref(Session(replace(server.urls, mailto="me@example.org")))
    answers = [answer for _, answer in registry.look_up([query(WORKS[0].doi)])]
    assert isinstance(answers[0], Found)
    assert "mailto:me@example.org" in server.log[0].user_agent
    assert "example.org" not in server.log[0].query + answers[0].asked.url

"""The simulated registries: they answer like the real ones, fail on command, and keep their limits."""

from __future__ import annotations

import itertools
import json
import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from citations.registries import arxiv_feed, crossref_records, datacite, semantic_scholar
from citations.registries.bodies import Body
from citations.registries.wording import clean
from citations.testing import shapes
from citations.testing.faults import Fault
from citations.testing.quota import Quota, pool
from citations.testing.replay import Recordings, read_lines
from citations.testing.server import REGISTRIES, RegistryServer
from citations.testing.shelf import Shelf, shelves
from citations.types import (
    Asked,
    Fields,
    Identifier,
    Kind,
    Name,
    Retraction,
    RetractionKind,
    Scheme,
    Work,
)

ROOT = Path(__file__).resolve().parents[2]
ARTICLE = Fields(
    title="On computable numbers, with an application to the Entscheidungsproblem",
    authors=(Name("Turing", "A. M."), Name(literal="Royal Society")),
    year=1937,
    venue="Proceedings of the London Mathematical Society",
    volume="s2-42",
    issue="1",
    pages="230-265",
    publisher="Wiley",
    kind=Kind.ARTICLE,
    doi="10.1112/plms/s2-42.1.230",
)
PREPRINT = Fields(
    title="Attention is all you need", authors=(Name("Vaswani", "Ashish"),), year=2017, arxiv="1706.03762"
)
UNREGISTERED = Fields(title="A paper whose file gave no identifier", year=2011, kind=Kind.CONFERENCE)


@pytest.fixture
def server() -> Iterator[RegistryServer]:
    with RegistryServer([ARTICLE, PREPRINT, UNREGISTERED]) as running:
        yield running


def get(server: RegistryServer, registry: str, path: str, **params: str) -> requests.Response:
    return requests.get(server.url(registry) + path, params=params, timeout=10)


def body(content: bytes, status: int = 200) -> Body:
    return Body(Asked("any", "http://127.0.0.1", datetime(2026, 11, 25, tzinfo=UTC)), status, content)


texts = st.text(alphabet="abcdeéü ñ-&'é中", min_size=1, max_size=12).map(lambda text: f"Q{text.strip()}z")
authors = st.builds(Name, family=texts, given=texts) | st.builds(Name, literal=texts)
articles = st.builds(
    Fields,
    title=texts,
    authors=st.lists(authors, max_size=3).map(tuple),
    year=st.integers(1900, 2026),
    venue=texts,
    volume=st.just("7"),
    pages=st.just("1-9"),
    kind=st.sampled_from([Kind.ARTICLE, Kind.CONFERENCE]),
    doi=st.just("10.1000/abc"),
)


@given(articles)
def test_crossref_shape_holds_the_facts_of_the_work(fields):
    (read,) = crossref_records.single_work(body(shapes.crossref_work(Work("", "", "", fields))))
    assert read.fields.title == clean(fields.title)
    assert [str(name) for name in read.fields.authors] == [clean(str(name)) for name in fields.authors]
    kept = ("year", "volume", "pages", "kind", "doi")
    assert [getattr(read.fields, name) for name in kept] == [getattr(fields, name) for name in kept]


@given(articles)
def test_semantic_scholar_shape_holds_the_facts_of_the_work(fields):
    read = semantic_scholar.work(shapes.semantic_scholar_paper(Work("", "", "", fields)))
    assert read.fields.title == clean(fields.title)
    assert (read.fields.year, read.fields.doi, read.fields.kind) == (fields.year, fields.doi, fields.kind)
    assert len(read.fields.authors) == len(fields.authors)


@given(articles)
def test_datacite_shape_holds_the_facts_of_the_work(fields):
    read = datacite.work(shapes.datacite_document(Work("", "", "", fields)))
    assert read.fields.title == clean(fields.title)
    assert [str(name) for name in read.fields.authors] == [clean(str(name)) for name in fields.authors]
    assert (read.fields.year, read.fields.doi, read.fields.kind) == (fields.year, fields.doi, fields.kind)


@given(articles)
def test_arxiv_shape_holds_the_facts_of_the_work(fields):
    work = Work("", "", "", replace(fields, arxiv="2001.00001"))
    (entry,) = arxiv_feed.arxiv_feed(body(shapes.arxiv_feed([("2001.00001v2", work)], 1, "x"))).entries
    assert entry.title == clean(fields.title)
    assert (entry.arxiv, entry.published[:4]) == ("2001.00001v2", str(fields.year))


@pytest.mark.parametrize("kind", list(RetractionKind))
def test_retracted_work_and_its_preprint_come_through_crossrefs_shape(kind):
    retraction = Retraction(kind, "10.1112/notice", "2021-03-04", "publisher")
    other = (Identifier(Scheme.DOI, "10.1101/preprint"),)
    work = Work("", "", "", ARTICLE, retraction=retraction, other_ids=other, other_years=(1936,))
    read = crossref_records.work(shapes.crossref_item(work))
    assert (read.retraction, read.other_ids, read.other_years) == (retraction, other, (1936,))


def test_envelopes_are_those_of_the_recorded_answers(shared_data):
    for row in read_lines(shared_data / "api" / "crossref.jsonl.gz"):
        if row["status"] == 200 and '"work-list"' in row["body"][:80] and row["envelope"] == "recorded":
            real = json.loads(row["body"])
            break
    ours = json.loads(shapes.crossref_list([Work("", "", "", ARTICLE)], 1))
    assert set(ours) <= set(real)
    assert set(ours["message"]) <= {*real["message"], "query"}
    assert {type(ours["message"][key]) for key in ("total-results", "items")} == {int, list}


def test_each_registry_holds_what_such_a_work_would_be_in():
    held = shelves([ARTICLE, PREPRINT, UNREGISTERED])
    assert {name: len(shelf) for name, shelf in held.items()} == {
        "crossref": 1,
        "semantic_scholar": 3,
        "arxiv": 1,
        "datacite": 1,
    }


def test_work_of_one_registry_stands_there_alone():
    held = shelves([Work("crossref", "", "", ARTICLE)])
    assert {name: len(shelf) for name, shelf in held.items() if len(shelf)} == {"crossref": 1}


def test_identifiers_are_found_in_any_spelling(server):
    assert get(server, "crossref", "/works/10.1112%2FPLMS%2Fs2-42.1.230").status_code == 200
    assert get(server, "crossref", "/works/10.1112/plms/s2-42.1.230").status_code == 200
    assert get(server, "crossref", "/works/10.1112/none").text == "Resource not found."
    assert get(server, "datacite", "/dois/10.48550/arXiv.1706.03762").status_code == 200
    assert get(server, "semantic_scholar", "/graph/v1/paper/arXiv:1706.03762v5").status_code == 200
    assert get(server, "doi_org", "/api/handles/10.1112/plms/s2-42.1.230").json()["responseCode"] == 1
    assert get(server, "doi_org", "/api/handles/10.1112/none").json()["responseCode"] == 100


def test_search_ranks_by_the_words_of_title_and_authors():
    others = [Fields(title=f"Numbers and problems of kind {number}", year=2000) for number in range(50)]
    shelf = Shelf(Work("", "", "", fields) for fields in [*others, ARTICLE])
    assert shelf.search("Turing computable numbers entscheidungsproblem", 3)[0].fields == ARTICLE
    assert shelf.search("zebra", 3) == ()
    assert shelf.search("", 3) == ()


def test_search_puts_an_exact_title_first_however_many_authors_it_has():
    team = tuple(Name(f"Person{number}") for number in range(30))
    exact = Fields(title="Generative adversarial nets", authors=team, year=2014)
    longer = [Fields(title=f"{word} generative adversarial nets", year=2017) for word in ("Triple", "Wide", "Deep")]
    shelf = Shelf(Work("", "", "", fields) for fields in [*longer, exact])
    assert shelf.search("Generative adversarial nets", 1)[0].fields == exact
    assert shelf.search("Person1 Person2 Person3 Generative adversarial nets NeurIPS 2014", 1)[0].fields == exact


def test_search_in_many_works_is_fast_enough_for_a_gate():
    words = [f"word{number}" for number in range(3_000)]
    shelf = Shelf(
        Work("", "", "", Fields(title=f"{words[n % 3000]} {words[n * 7 % 3000]} deep learning for {words[n // 7]}"))
        for n in range(20_000)
    )
    assert shelf.search(f"{words[42]} {words[294]} deep learning for {words[6]}", 1)[0].fields.title.startswith(
        "word42 "
    )


@pytest.mark.parametrize(
    ("fault", "status", "content"),
    [
        (Fault.RATE_LIMITED, 429, b"Too many"),
        (Fault.FORBIDDEN, 403, b"Forbidden"),
        (Fault.SERVER_ERROR, 500, b"exception"),
        (Fault.OUT_OF_SERVICE, 503, b"<html>"),
        (Fault.HTML, 200, b"<html>"),
        (Fault.HTML_NOT_FOUND, 404, b"<html>"),
        (Fault.EMPTY_BODY, 200, b""),
    ],
)
def test_fault_is_what_its_name_says(server, fault, status, content):
    server.fail("crossref", fault)
    response = get(server, "crossref", "/works")
    assert response.status_code == status
    assert content in response.content


def test_retry_after_is_sent_as_asked(server):
    server.fail("crossref", Fault.RATE_LIMITED_RETRY_AFTER, seconds=17)
    assert get(server, "crossref", "/works").headers["Retry-After"] == "17"


@pytest.mark.parametrize("fault", [Fault.WRONG_GZIP, Fault.RESET, Fault.REDIRECT_LOOP])
def test_broken_connection_breaks_a_client(server, fault):
    server.fail("crossref", fault)
    with pytest.raises(requests.RequestException):
        get(server, "crossref", "/works")


def test_truncated_body_is_cut_in_the_middle(server):
    server.fail("crossref", Fault.TRUNCATED)
    with pytest.raises(ValueError, match=r"."):
        get(server, "crossref", "/works/10.1112/plms/s2-42.1.230").json()


def test_fault_passes_after_so_many_requests_and_touches_no_other_registry(server):
    server.fail("crossref", Fault.SERVER_ERROR, times=2)
    assert get(server, "datacite", "/dois/10.48550/arxiv.1706.03762").status_code == 200
    assert [get(server, "crossref", "/works").status_code for _ in range(3)] == [500, 500, 200]


def test_healing_ends_all_faults(server):
    server.fail("crossref", Fault.SERVER_ERROR)
    server.heal()
    assert get(server, "crossref", "/works").status_code == 200


def test_log_holds_what_was_asked(server):
    get(server, "crossref", "/works", **{"query.bibliographic": "a b"})
    (logged,) = server.log
    assert (logged.registry, logged.method, logged.path, logged.status) == ("crossref", "GET", "/works", 200)
    assert logged.query == "query.bibliographic=a+b"


def test_closing_ends_hanging_requests_and_may_be_done_twice(server):
    server.fail("crossref", Fault.HANG)
    with pytest.raises(requests.RequestException):
        requests.get(server.url("crossref") + "/works", timeout=0.2)
    server.close()
    server.close()


def test_published_limits_are_enforced_and_told():
    with RegistryServer([ARTICLE], limits=True) as server:
        server.quota = Quota(clock=lambda: 0.0)  # all within one second, however slow the machine is
        responses = [get(server, "crossref", "/works/10.1112/none") for _ in range(7)]
    assert [response.status_code for response in responses] == [404] * 5 + [429] * 2
    headers = responses[0].headers
    assert (headers["x-rate-limit-limit"], headers["x-rate-limit-interval"]) == ("5", "1s")
    assert (headers["x-api-pool"], headers["x-concurrency-limit"]) == ("public-single", "1")


def test_whoever_has_an_answer_may_ask_again_although_only_one_request_at_once_is_allowed():
    with RegistryServer([ARTICLE], limits=True) as server:
        ticks = itertools.count()
        server.quota = Quota(clock=lambda: float(next(ticks)))
        responses = [get(server, "crossref", "/works/10.1112/none") for _ in range(40)]
    assert {response.status_code for response in responses} == {404}


def test_whoever_has_an_answer_finds_its_request_in_the_log(server):
    for number in range(1, 41):
        get(server, "crossref", "/works")
        assert len(server.log) == number


@pytest.mark.parametrize(
    ("registry", "kind", "polite", "key", "expected"),
    [
        ("crossref", "single", True, False, (10, 1.0)),
        ("crossref", "list", True, False, (3, 1.0)),
        ("crossref", "list", False, False, (5, 1.0)),
        ("semantic_scholar", "list", False, True, (1, 1.0)),
        ("semantic_scholar", "list", False, False, (0, 1.0)),
        ("arxiv", "list", False, False, (1, 3.0)),
        ("datacite", "list", False, False, (1000, 300.0)),
    ],
)
def test_limits_are_those_published(registry, kind, polite, key, expected):
    limit = pool(registry, kind, polite=polite, key=key)
    assert limit is not None
    assert (limit.requests, limit.per_s) == expected


def test_quota_counts_those_inside():
    limit = pool("arxiv", "list", polite=False, key=False)
    assert limit is not None
    quota = Quota()
    assert [quota.enter(limit), quota.enter(limit)] == [True, False]
    quota.leave(limit)


def test_recorded_answers_are_found_whoever_asks(tmp_path):
    row = {
        "method": "GET",
        "url": "https://api.crossref.org/works?rows=2&query=x&mailto=user@example.org",
        "status": 200,
        "headers": {"content-type": "application/json"},
        "body": '{"recorded": true}',
    }
    file = tmp_path / "recorded.jsonl"
    file.write_text(json.dumps(row) + "\n\n")
    with RegistryServer([], recordings=Recordings([file])) as server:
        assert get(server, "crossref", "/works", query="x", rows="2", mailto="me@x.org").json() == {"recorded": True}
        assert get(server, "crossref", "/works", query="y", rows="2").json()["message"]["items"] == []


def test_shared_recordings_are_replayed_word_for_word(shared_data):
    file = shared_data / "api" / "datacite.jsonl.gz"
    row = next(row for row in read_lines(file) if row["status"] == 200 and "/dois/" in row["url"])
    with RegistryServer([], recordings=Recordings([file])) as server:
        response = requests.get(row["url"].replace("https://api.datacite.org", server.url("datacite")), timeout=10)
    assert response.text == row["body"]


def test_command_serves_works_of_a_file_and_says_where(tmp_path):
    file = tmp_path / "works.jsonl"
    file.write_text(json.dumps({"title": "A served work", "doi": "10.1000/served"}) + "\n")
    command = [sys.executable, "-m", "citations.testing.server", "--port", "0", "--works", str(file)]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=environment)
    try:
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in REGISTRIES]
        exported = dict(re.findall(r"export VERIFIER_(\w+)_URL=(\S+)", "".join(lines)))
        answer = requests.get(f"{exported['CROSSREF']}/works/10.1000/served", timeout=10).json()
    finally:
        process.kill()
        process.communicate()
    assert answer["message"]["title"] == ["A served work"]
    assert sorted(exported) == sorted(name.upper() for name in REGISTRIES)


def test_server_starts_and_stops_without_leaving_a_thread():
    before = threading.active_count()
    with RegistryServer([]) as server:
        get(server, "crossref", "/works")
    end = time.monotonic() + 5
    while threading.active_count() > before and time.monotonic() < end:
        time.sleep(0.02)
    assert threading.active_count() <= before

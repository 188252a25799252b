"""All decoders against all recorded answers of the real registries."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import pytest

from citations.registries import arxiv_feed, crossref_records, datacite, semantic_scholar
from citations.registries.bodies import Body, Undecodable
from citations.testing.replay import read_lines
from citations.types import Asked, Work

OTHER_ROUTES = ("/paper/search", "/citations", "/references", "/authors", "/batch", "recommendations", "datasets")


def rows(shared_data: Path, name: str) -> list[dict[str, Any]]:
    return list(read_lines(shared_data / "api" / name))


def body(row: dict[str, Any]) -> Body:
    kind = row["headers"].get("content-type", "")
    return Body(Asked("any", row["url"], datetime.now(UTC)), row["status"], (row["body"] or "").encode(), kind)


def crossref_decoder(row: dict[str, Any]) -> Any:
    """The decoder for the route, ``None`` for routes that we never ask."""
    parts = urlsplit(row["url"])
    if parts.netloc != "api.crossref.org" or row["status"] in range(300, 400):
        return None
    path = parts.path.removeprefix("/v1")
    query = dict(parse_qsl(parts.query))
    if path.endswith("/works"):
        ours = query.get("rows") != "0" and row["status"] in {200, 500, 504}
        return crossref_records.work_list if ours else None
    single = path.startswith("/works/10.") and not path.endswith(("/agency", "/quality")) and "transform" not in path
    plain = single and row["accept"] in {None, "*/*", "application/json"}
    return crossref_records.single_work if plain else None


def decoded(decode: Any, row: dict[str, Any]) -> tuple[Work, ...] | str:
    try:
        value = decode(body(row))
    except Undecodable as error:
        return str(error)
    return value if isinstance(value, tuple) else getattr(value, "works", ())


@cache
def crossref_works(shared_data: Path) -> tuple[Work, ...]:
    lists = [decoded(d, row) for row in rows(shared_data, "crossref.jsonl.gz") if (d := crossref_decoder(row))]
    return tuple(work for each in lists if isinstance(each, tuple) for work in each)


def test_crossref_reads_every_recorded_success_and_no_recorded_failure(shared_data):
    works: list[Work] = []
    for row in rows(shared_data, "crossref.jsonl.gz"):
        decode = crossref_decoder(row)
        if decode is None or ("message-type" not in row["body"] and row["status"] == 200):
            continue
        outcome = decoded(decode, row)
        if row["status"] == 200:
            assert isinstance(outcome, tuple), (row["id"], outcome)
            works += outcome
        elif row["status"] == 404:
            assert outcome == (), row["id"]
        else:
            assert isinstance(outcome, str), row["id"]
    assert len(works) > 1500
    assert all(work.key == work.fields.doi for work in works)
    assert sum(not work.fields.title for work in works) / len(works) < 0.05
    assert sum(work.fields.year is None for work in works) / len(works) < 0.1  # journals are items as well
    assert not any("<" in name.family or "&amp;" in name.family for work in works for name in work.fields.authors)


def test_crossref_calls_only_the_withdrawn_recorded_work_so(shared_data):
    assert [work.key for work in crossref_works(shared_data) if work.retraction] == ["10.21203/rs.3.rs-4920598/v2"]


def test_crossref_knows_the_recorded_notices(shared_data):
    notices = {work.key for work in crossref_works(shared_data) if work.is_notice}
    assert {"10.1371/journal.pone.0129989", "10.1371/journal.pone.0204770"} <= notices
    assert not {"10.1371/journal.ppat.1008184", "10.1103/physrevb.98.104436"} & notices  # updates of themselves


def test_semantic_scholar_reads_every_recorded_paper(shared_data):
    works: list[Work] = []
    for row in rows(shared_data, "semanticscholar.jsonl.gz"):
        path = urlsplit(row["url"]).path
        if "/paper/" not in path or row["status"] not in {200, 404}:
            continue
        if "/paper/search/match" in path:
            decode: Any = semantic_scholar.matches
        elif any(part in path for part in OTHER_ROUTES):
            continue
        else:
            decode = semantic_scholar.paper_or_none
        outcome = decoded(decode, row)
        assert isinstance(outcome, tuple), (row["id"], outcome)
        assert row["status"] == 200 or outcome == ()
        works += outcome
    assert len(works) > 40
    assert all(work.fields.title for work in works)


def test_arxiv_reads_every_recorded_feed(shared_data):
    found: dict[str, int] = {}
    for row in rows(shared_data, "arxiv.jsonl"):
        if "/api/query" not in row["url"]:
            continue
        feed = arxiv_feed.arxiv_feed(body(row))
        assert feed.malformed == (row["status"] == 400)
        wanted = dict(parse_qsl(urlsplit(row["url"]).query)).get("id_list", "")
        found[wanted] = len(feed.entries)
        for entry in feed.entries:
            work = arxiv_feed.paper((entry,))
            assert work.fields.title
            assert work.fields.authors
            assert work.fields.year
    assert found["0000.0000"] == 0
    assert found["0808.05394,1707.08567"] == 1
    assert found["quant-ph/0201082v1"] == 1


def test_arxiv_takes_no_web_page_for_an_answer(shared_data):
    pages = [row for row in rows(shared_data, "arxiv.jsonl") if "/abs/" in row["url"]]
    assert pages
    for row in pages:
        with pytest.raises(Undecodable):
            arxiv_feed.arxiv_feed(body(row))


def test_datacite_reads_every_recorded_doi(shared_data):
    works: list[Work] = []
    for row in rows(shared_data, "datacite.jsonl.gz"):
        parts = urlsplit(row["url"])
        if parts.path == "/dois":
            outcome = decoded(datacite.works, row)
        elif parts.path.startswith("/dois/"):
            outcome = decoded(datacite.work_or_none, row)
            if row["status"] == 200:
                assert [work.key for work in outcome] == [unquote(parts.path).removeprefix("/dois/").lower()]
        else:
            assert isinstance(decoded(datacite.works, row), str)
            continue
        assert isinstance(outcome, tuple), (row["id"], outcome)
        assert row["status"] == 200 or outcome == ()
        works += outcome
    assert len(works) > 90
    assert all(work.fields.title for work in works)
    assert [work.key for work in works if not work.fields.year] == ["10.14457/kmitl.res.2006.17"]


def test_doi_org_takes_no_recorded_web_page_for_an_answer(shared_data):
    from citations.registries.doi_org import exists

    pages = [row for row in rows(shared_data, "doi_org.jsonl") if row["status"] in {200, 400, 404}]
    assert len(pages) > 100
    for row in pages:
        with pytest.raises(Undecodable):
            exists(body(row), "10.1126/foo")


def test_no_recorded_failure_is_read_as_an_answer(shared_data):
    decoders = {
        "crossref": (crossref_records.work_list, crossref_records.single_work),
        "semanticscholar": (semantic_scholar.matches, semantic_scholar.paper_or_none),
        "datacite": (datacite.works, datacite.work_or_none),
        "arxiv": (arxiv_feed.arxiv_feed,),
    }
    seen = 0
    for recorded in rows(shared_data, "errors.jsonl"):
        row = {"headers": {}, "url": ""} | recorded
        if (row.get("status") or 0) < 400 or row["status"] == 404 or row["registry"] not in decoders:
            continue
        seen += 1
        for decode in decoders[row["registry"]]:
            outcome = decoded(decode, row)
            malformed = row["registry"] == "arxiv" and row["status"] == 400
            assert outcome == () if malformed else isinstance(outcome, str), (row, decode)
    assert seen > 20

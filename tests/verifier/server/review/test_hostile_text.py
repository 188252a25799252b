"""No text gets in as anything else: not as markup, not as a statement, not as a path or an answer that makes it fail."""

from __future__ import annotations

import asyncio
import json
import logging
import random
import re
import socket
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from html.parser import HTMLParser
from urllib.parse import quote, urlencode

import pytest
import requests
from sqlalchemy import delete, insert, update

from tests.verifier.samples import claim_finding, one_of_each
from tests.verifier.server.review.conftest import HOSTILE, PATHS, first, trace_row
from verifier.findings import finding_of
from verifier.server.review.desk import Desk
from verifier.server.review.guard import guarded
from verifier.store.adjudications import confirm_work
from verifier.store.queue import queue
from verifier.store.reviewers import add_reviewer
from verifier.store.reviews import remark, reviews_of
from verifier.store.scans import ScanKey, add_claims, add_findings, begin_scan
from verifier.store.stored import Keeping, StoredToken
from verifier.store.tables import flags, traces
from verifier.types import Contribution, Risk, Stance


class Tags(HTMLParser):
    """The elements and attributes of a page."""

    def __init__(self):
        super().__init__()
        self.names, self.attributes, self.links = [], [], []

    def handle_starttag(self, tag, attrs):
        self.names.append(tag)
        self.attributes += [name for name, _ in attrs]
        self.links += [value for name, value in attrs if name in {"href", "src", "action"}]


def tags_of(html):
    found = Tags()
    found.feed(html)
    return found


def poisoned(value):
    """The same with an attack in the place of every text."""
    if isinstance(value, Enum) or not (is_dataclass(value) or isinstance(value, str | tuple)):
        return value
    if isinstance(value, str):
        return HOSTILE
    if isinstance(value, tuple):
        return tuple(poisoned(each) for each in value) or value
    return replace(value, **{each.name: poisoned(getattr(value, each.name)) for each in fields(value)})


@pytest.fixture
def hostile(engine, page):
    """Addresses of flags whose every text is an attack, as are reviewers, notes, works, papers and tokens."""
    before = {each.id for each in queue(engine).items}
    claim = replace(poisoned(claim_finding(Stance.NOT_SUPPORTED)), fingerprint=f"claim{HOSTILE}")
    risk = Risk(0.8, 0.7, 0.9, (), HOSTILE, (Contribution(HOSTILE, 1.0),))
    found = [
        replace(poisoned(finding_of(each)), fingerprint=f"{number}{HOSTILE}", risk=risk)
        for number, each in enumerate(one_of_each())
    ]
    for number, each in enumerate(found):
        scan = begin_scan(engine, ScanKey("scan", (f"{number}{HOSTILE}",), "digest"), "0.1.0")
        add_findings(engine, scan, [each])
    add_claims(engine, scan, [claim], Keeping())
    numbers = [each.id for each in queue(engine).items if each.id not in before]
    with engine.begin() as connection:
        token = StoredToken(HOSTILE, 0, 9, -1.0, 2.0, 0.9)
        connection.execute(delete(traces).where(traces.c.flag_id.in_(numbers)))
        connection.execute(insert(traces), [trace_row(each, HOSTILE, [token]) for each in numbers])
        text = {"context": HOSTILE.replace("\0", ""), "context_start": 0, "context_end": 9}
        connection.execute(update(flags).where(flags.c.id.in_(numbers)).values(text))
    remark(engine, numbers[0], HOSTILE, HOSTILE)
    page.get("/queue")
    page.post(f"/flags/{numbers[0]}/answer", {"answer": "note", "note": HOSTILE})
    confirm_work(engine, numbers[0], HOSTILE, f"javascript:alert(1) {HOSTILE}", HOSTILE)
    add_reviewer(engine, HOSTILE)
    return [f"/flags/{each}" for each in numbers]


def attacks_in(html):
    """What a browser would run, load or follow that is not ours."""
    found = tags_of(html)
    strange = [each for each in found.names if each in {"img", "iframe", "object", "svg:script"}]
    strange += ["script"] * (found.names.count("script") - 1)
    strange += [each for each in found.attributes if each.startswith("on") or each == "style"]
    strange += [each for each in found.links if not re.match(r"/|https?://|#main$", each)]
    return strange + [repr(each) for each in ("\u202e", "\x00", "\x1b") if each in html]


def test_hostile_text_is_text_everywhere(page, hostile):
    attack = requests.utils.quote(HOSTILE)
    paths = [*PATHS, *hostile, f"/queue?search={attack}&paper={attack}&after={attack}", f"/{attack}"]
    assert {path: [] for path in paths} == {path: attacks_in(page.get(path).text) for path in paths}


def test_hostile_text_is_text_for_programs_too(page, hostile):
    for path in hostile:
        twin = page.get(f"{path}.json")
        assert (twin.headers["content-type"], twin.headers["x-content-type-options"]) == ("application/json", "nosniff")
        assert "<script>" in json.loads(twin.text)["excerpt"]


STATEMENTS = [
    "' OR '1'='1",
    '"; DROP TABLE flags; --',
    "%' UNION SELECT token_sha256 FROM reviewers --",
    "NEAR(a b)*",
    '"*',
]


def test_no_text_is_a_statement(engine, page):
    number = first(engine).summary.id
    page.get("/queue")
    for text in STATEMENTS:
        quoted = requests.utils.quote(text)
        for name in ("search", "paper", "after"):
            answer = page.get(f"/queue.json?{name}={quoted}")
            assert (answer.status_code, re.findall(r"\b[0-9a-f]{64}\b", answer.text)) == (200, [])
        page.post(f"/flags/{number}/answer", {"answer": "note", "note": text})
    assert ([each.note for each in reviews_of(engine, number)], len(queue(engine).items)) == (STATEMENTS, 4)


def test_no_address_and_no_form_makes_it_fail(page):
    chance = random.Random(6)
    pieces = [
        "9" * 400,
        "-1",
        "nan",
        "1e400",
        "\0",
        "\ud800",
        "\u0663",
        "%",
        "'",
        '"',
        "<",
        "../",
        "é",
        "a" * 3000,
        " ",
        "*",
        "()",
    ]
    number = first(page.engine).summary.id
    page.get("/queue")

    def some():
        return "".join(chance.choices(pieces, k=chance.randrange(4)))

    for _ in range(15):
        names = ("kind", "verdict", "paper", "risk_above", "state", "search", "after", "skipped")
        query = urlencode({name: some() for name in chance.sample(names, 3)}, errors="surrogatepass")
        place = quote(some(), errors="surrogatepass")
        for path in (f"/queue.json?{query}", f"/next?{query}", f"/flags/{number}?{query}", f"/flags/{place}?{query}"):
            assert page.get(path).status_code in {200, 400, 403, 404}
        names = ("note", "work", "also", "after", "verdict", "flag")
        answer = chance.choice(["note", "reject", "skip", some()])
        fields = [("answer", answer), *((name, some()) for name in names)]
        sent = [(name, value.encode("utf-8", "replace")) for name, value in fields]
        for path in (f"/flags/{number}/answer", "/undo", "/reviewers/make"):
            done = page.post(path, sent)
            assert done.status_code in {200, 400, 403, 404}


def test_a_crash_is_logged_without_its_words(engine, caplog):
    async def crashing(scope, receive, send):
        raise ValueError("words of a paper")

    scope = {"type": "http", "method": "GET", "path": "/queue", "headers": [(b"host", b"localhost")]}
    asyncio.run(guarded(crashing, Desk(engine, "Ana Lima"))(scope, None, None))
    ((_, level, said),) = caplog.record_tuples
    assert (level, "ValueError" in said, "words" in caplog.text) == (logging.ERROR, True, False)


def test_no_path_leads_out(page):
    paths = (
        "/static/../app.py",
        "/static/..%2f..%2freview%2fapp.py",
        "/static/%2e%2e/desk.py",
        "/static//etc/passwd",
        "/static/....//review.css",
        "/flags/../../../etc/passwd",
        "/static/review.css%00.js",
    )
    for path in paths:
        with socket.create_connection(("127.0.0.1", page.desk.port), timeout=20) as raw:
            raw.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
            answer = b"".join(iter(lambda: raw.recv(65536), b""))
        assert re.match(rb"HTTP/1.1 (404|400|405)", answer)
        assert (b"root:" in answer, b"import" in answer) == (False, False)

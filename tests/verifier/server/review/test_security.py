"""Nothing gets in: hostile text, other sites, other names, forged forms, stolen and guessed tokens, huge bodies."""

from __future__ import annotations

import json
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
from tests.verifier.server.review.conftest import HOSTILE, Page, first, serving, trace_row
from verifier.errors import CannotServe
from verifier.findings import finding_of
from verifier.server.review.app import ACTS, ADMIN_VIEWS, VIEWS
from verifier.server.review.serving import Place, check_place
from verifier.store.adjudications import confirm_work
from verifier.store.queue import StoredToken, flag, queue
from verifier.store.reviewers import Role, add_reviewer, list_reviewers
from verifier.store.reviews import remark, reviews_of
from verifier.store.scans import ScanKey, add_claims, add_findings, begin_scan
from verifier.store.stored import Keeping
from verifier.store.tables import flags, traces
from verifier.types import Contribution, Risk, Stance

PATHS = [path.replace("{number}", "1") for path in {**VIEWS, **ADMIN_VIEWS}]
FORMS = [path.replace("{number}", "1") for path in ACTS]


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


def test_every_answer_has_strict_headers(page):
    others = ["/", "/static/review.js", "/static/none", "/none", "/login", "/queue.json", "/queue?kind=x", "/healthz"]
    for path in [*PATHS, *others]:
        headers = page.get(path, allow_redirects=False).headers
        policy = dict(each.strip().split(" ", 1) for each in headers["content-security-policy"].split(";"))
        assert [policy[each] for each in ("default-src", "frame-ancestors", "base-uri")] == ["'none'"] * 3
        assert [policy[each] for each in ("script-src", "style-src", "form-action")] == ["'self'"] * 3
        assert "unsafe" not in headers["content-security-policy"]
        assert (headers["x-frame-options"], headers["x-content-type-options"]) == ("DENY", "nosniff")
        assert headers["cross-origin-resource-policy"] == "same-origin"
        assert "server" not in headers


def test_pages_are_kept_by_no_cache_and_assets_are(page):
    assert page.get("/queue").headers["cache-control"] == "no-store"
    named = re.search(r'"(/static/review\.css\?v=\w+)"', page.get("/queue").text).group(1)
    assert "immutable" in page.get(named).headers["cache-control"]
    assert page.get("/static/review.css").headers["cache-control"] == "no-cache"


def test_only_its_own_names_are_answered_whatever_the_port(page):
    strange = ["example.org", "127.0.0.1.example.org", "evil.localhost", "127.0.0.2", "[::2]", "localhost@evil.org", ""]
    for name in strange:
        answer = page.get("/queue", headers={"Host": name})
        assert (answer.status_code in {400, 421}, "Turing" in answer.text) == (True, False)
    for name in ("localhost", "127.0.0.1", "[::1]:9000", "LOCALHOST:1"):
        assert page.get("/queue", headers={"Host": name}).status_code == 200


def test_a_page_without_tokens_is_not_passed_on_by_a_proxy(page):
    for name in ("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP"):
        assert page.get("/queue", headers={name: "192.0.2.1"}).status_code == 403


@pytest.mark.parametrize(
    "forged",
    [
        {"origin": "https://evil.example.org"},
        {"origin": "null"},
        {"origin": ""},
        {"origin": "http://127.0.0.1"},
        {"token": ""},
        {"token": "0" * 64},
        {"headers": {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe"}},
        {"headers": {"Cookie": "other=1"}},
    ],
    ids=["other-site", "null", "no-origin", "other-port", "no-token", "wrong-token", "frame", "no-cookie"],
)
def test_a_form_of_another_site_changes_nothing(page, forged):
    number = first(page.engine).summary.id
    page.get("/queue")
    if "Cookie" in forged.get("headers", {}):
        page.session.cookies.clear()
        forged = {**forged, "token": page.desk.sessions.form_token(page.desk.local_session)}
    for path in FORMS:
        done = page.post(path.replace("/1/", f"/{number}/"), {"answer": "accept", "name": "Evil"}, **forged)
        assert (path, done.status_code) == (path, 403)
    assert (reviews_of(page.engine, number), list_reviewers(page.engine)) == ((), ())


def test_a_form_token_of_another_session_is_no_good(engine, team):
    tokens = [add_reviewer(engine, name)[1] for name in ("Ana Lima", "Bo Chen")]
    other = Page(team.url, team.desk)
    team.sign_in(tokens[0])
    other.sign_in(tokens[1])
    stolen = team.desk.sessions.form_token(other.session.cookies[team.desk.cookie])
    assert team.post("/flags/1/answer", {"answer": "accept"}, token=stolen).status_code == 403


def test_other_sites_cannot_load_anything_from_it(page):
    for mode in ("no-cors", "cors", "same-origin"):
        headers = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": mode, "Sec-Fetch-Dest": "empty"}
        answer = page.get("/queue.json", headers=headers)
        assert (answer.status_code, "Turing" in answer.text) == (403, False)
    visit = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
    assert page.get("/queue", headers=visit).status_code == 200
    assert "access-control-allow-origin" not in page.get("/queue.json", headers={"Origin": "https://evil.org"}).headers


def test_nothing_is_shown_and_nothing_written_without_a_token(team):
    for path in [*PATHS, *(f"{path}.json" for path in PATHS)]:
        answer = team.get(path, allow_redirects=False)
        assert (answer.status_code, "Turing" in answer.text, "set-cookie" in answer.headers) == (401, False, False)
    for path in FORMS:
        assert team.post(path, {"answer": "accept", "name": "x"}).status_code == 401


def test_a_wrong_token_is_refused(engine, team):
    add_reviewer(engine, "Ana Lima")
    for token in ("", "x", "' OR 1=1 --", "\u00e9", "a" * 5000):
        team.desk.failures.most = 100
        assert team.sign_in(token).status_code == 401
        assert team.get("/queue", headers={"Authorization": f"Bearer {token}".encode()}).status_code == 401


def test_the_token_of_the_proxy_opens_nothing(engine, page):
    foreign = "proxy-token-0123456789"
    assert page.get("/queue.json", headers={"Authorization": f"Bearer {foreign}"}).status_code == 401
    add_reviewer(engine, "Ana Lima")
    assert page.get("/queue.json", headers={"Authorization": f"Bearer {foreign}"}).status_code == 401


def test_guessing_tokens_ends_after_five_tries_even_with_the_right_one(engine, team):
    _, token = add_reviewer(engine, "Ana Lima")
    statuses = [team.sign_in(f"guess {number}").status_code for number in range(5)]
    refused = team.sign_in(token)
    assert (statuses, refused.status_code, int(refused.headers["retry-after"]) > 0) == ([401] * 5, 429, True)
    assert team.get("/queue.json", headers={"Authorization": f"Bearer {token}"}).status_code == 429


def test_the_cookie_is_for_the_page_alone(engine, team):
    _, token = add_reviewer(engine, "Ana Lima")
    team.get("/login")
    cookie = team.post("/login", {"token": token}, allow_redirects=False).headers["set-cookie"]
    flags = {each.strip().partition("=")[0].casefold() for each in cookie.split(";")[1:]}
    assert {"httponly", "samesite", "path", "max-age"} <= flags
    assert ("SameSite=strict" in cookie, "secure" in flags, token in cookie) == (True, False, False)


def test_a_page_for_others_gives_secure_cookies_and_demands_tls_ever_after(engine):
    _, token = add_reviewer(engine, "Ana Lima")
    with serving(engine, needs_token=True, public_url="https://review.example.org") as served:
        host = {"Host": "review.example.org", "X-Forwarded-For": "192.0.2.9"}
        origin = "https://review.example.org"
        done = served.post("/login", {"token": token}, origin=origin, headers=host, allow_redirects=False)
        assert (done.status_code, done.headers["strict-transport-security"]) == (303, "max-age=31536000")
        assert done.headers["set-cookie"].startswith("__Host-factprobe-review=")
        assert "Secure" in done.headers["set-cookie"]
        assert served.get("/queue", headers={"Host": "evil.example.org"}).status_code == 421


def test_a_session_begins_anew_with_each_sign_in_and_ends_with_signing_out(engine, team):
    _, token = add_reviewer(engine, "Ana Lima")
    team.sign_in(token)
    before = team.session.cookies[team.desk.cookie]
    assert team.get("/queue").status_code == 200
    team.sign_in(token)
    after = team.session.cookies[team.desk.cookie]
    assert before != after
    old = {"Cookie": f"{team.desk.cookie}={before}"}
    assert requests.get(f"{team.url}/queue", headers=old, timeout=20).status_code == 401
    team.post("/logout")
    assert (
        requests.get(f"{team.url}/queue", headers={"Cookie": f"{team.desk.cookie}={after}"}, timeout=20).status_code
        == 401
    )


def test_signing_in_leads_nowhere_else(engine, team):
    _, token = add_reviewer(engine, "Ana Lima")
    for then in ("https://evil.org", "//evil.org", "/\\evil.org", "javascript:alert(1)", "/queue\r\nX: y", "/logout"):
        team.session.cookies.clear()
        done = team.post("/login", {"token": token, "then": then}, allow_redirects=False)
        assert (done.status_code, done.headers["location"]) == (303, "/queue")


def test_signing_in_leads_back_to_what_was_asked_for(engine, team):
    _, token = add_reviewer(engine, "Ana Lima")
    asked = team.get("/flags/3?search=a%20b&state=all")
    then = re.search(r'name="then" value="([^"]*)"', asked.text).group(1).replace("&amp;", "&")
    assert team.post("/login", {"token": token, "then": then}).url.endswith("/flags/3?search=a%20b&state=all")


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


def test_a_body_that_is_too_large_is_not_read(page):
    number = first(page.engine).summary.id
    page.get("/queue")
    for body in (b"note=" + b"x" * 70_000, iter([b"note=", b"x" * 70_000])):
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Origin": page.url}
        answer = page.session.post(f"{page.url}/flags/{number}/answer", data=body, headers=headers, timeout=20)
        assert answer.status_code == 413
    assert reviews_of(page.engine, number) == ()


def test_what_is_no_form_is_refused(page):
    page.get("/queue")
    number = first(page.engine).summary.id
    address = f"{page.url}/flags/{number}/answer"
    headers = {"Origin": page.url}
    assert page.session.post(address, json={"answer": "accept"}, headers=headers, timeout=20).status_code == 415
    assert page.session.post(address, files={"answer": "accept"}, headers=headers, timeout=20).status_code == 415
    many = [("also", str(each)) for each in range(200)]
    assert page.post(f"/flags/{number}/answer", [("answer", "accept"), *many]).status_code == 400
    assert page.session.put(address, timeout=20).status_code == 405
    assert flag(page.engine, number).reviews == ()


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


@pytest.mark.parametrize(
    "place",
    [
        Place(host="0.0.0.0"),
        Place(host="192.0.2.1"),
        Place(host="::"),
        Place(public_url="http://review.example.org"),
        Place(public_url="https://review.example.org/path"),
        Place(public_url="https://"),
        Place(public_url="review.example.org"),
    ],
)
def test_others_are_served_over_tls_alone(place):
    with pytest.raises(CannotServe):
        check_place(place)


def test_on_this_machine_the_role_is_that_of_its_owner_and_a_reviewers_token_stays_a_reviewers(engine, page):
    _, token = add_reviewer(engine, "Bo Chen", Role.REVIEWER)
    assert page.get("/reviewers.json").status_code == 200
    assert page.get("/reviewers.json", headers={"Authorization": f"Bearer {token}"}).status_code == 403

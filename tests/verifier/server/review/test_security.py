"""Nothing gets in: hostile text, other sites, other names, forged forms, stolen and guessed tokens, huge bodies."""

from __future__ import annotations

import json
import re
import socket
from html.parser import HTMLParser

import pytest
import requests

from citations.types import Status
from tests.verifier.samples import checked, reference
from tests.verifier.server.review.conftest import HOSTILE, Page, fill, first, serving
from verifier.server.review.app import ACTS, ADMIN_VIEWS, VIEWS
from verifier.server.review.serving import Place, Unreachable, check_place
from verifier.store.adjudications import confirm_work
from verifier.store.queue import QueueFilter, flag, queue
from verifier.store.reviewers import Role, add_reviewer, list_reviewers
from verifier.store.reviews import remark, reviews_of

PATHS = [path.replace("{number:int}", "1") for path in {**VIEWS, **ADMIN_VIEWS}]
FORMS = [path.replace("{number:int}", "1") for path in ACTS]


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


@pytest.fixture
def hostile(engine, page):
    """A flag, a reviewer, a note, a confirmed work and a paper whose every text is an attack."""
    bad = reference(66, HOSTILE, raw=HOSTILE, file=f"{HOSTILE}.bib")
    fill(engine, [checked(Status.NOT_FOUND, bad)], HOSTILE)
    number = queue(engine, QueueFilter(search="owned")).items[0].id
    page.get("/next")
    page.post(f"/flags/{number}/answer", {"answer": "note", "note": HOSTILE})
    remark(engine, number, HOSTILE, HOSTILE)
    confirm_work(engine, number, HOSTILE, f"javascript:alert(1) {HOSTILE}", HOSTILE)
    add_reviewer(engine, HOSTILE)
    return number


@pytest.mark.parametrize(
    "path", [*PATHS, "/flags/NUMBER", "/queue?search=HOSTILE&paper=HOSTILE&after=HOSTILE", "/HOSTILE"]
)
def test_hostile_text_is_text_everywhere(page, hostile, path):
    answer = page.get(path.replace("NUMBER", str(hostile)).replace("HOSTILE", requests.utils.quote(HOSTILE)))
    found = tags_of(answer.text)
    assert found.names.count("script") == 1
    assert [each for each in found.attributes if each.startswith("on") or each == "style"] == []
    assert "img" not in found.names
    assert [each for each in found.links if not re.match(r"/|https?://|#main$", each)] == []
    assert [each for each in ("\u202e", "\x00", "\x1b") if each in answer.text] == []


def test_hostile_text_is_text_for_programs_too(page, hostile):
    twin = page.get(f"/flags/{hostile}.json")
    assert (twin.headers["content-type"], twin.headers["x-content-type-options"]) == ("application/json", "nosniff")
    assert "<script>" in json.loads(twin.text)["excerpt"]


@pytest.mark.parametrize(
    "path", [*PATHS, "/", "/static/review.js", "/static/none", "/none", "/login", "/queue.json", "/healthz"]
)
def test_every_answer_has_strict_headers(page, path):
    headers = page.get(path, allow_redirects=False).headers
    policy = dict(each.strip().split(" ", 1) for each in headers["content-security-policy"].split(";"))
    assert (policy["default-src"], policy["frame-ancestors"], policy["script-src"]) == ("'none'", "'none'", "'self'")
    assert (policy["base-uri"], policy["form-action"]) == ("'none'", "'self'")
    assert "unsafe" not in headers["content-security-policy"]
    assert (headers["x-frame-options"], headers["x-content-type-options"]) == ("DENY", "nosniff")
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert "server" not in headers


def test_pages_are_kept_by_no_cache_and_assets_are(page):
    assert page.get("/queue").headers["cache-control"] == "no-store"
    named = re.search(r'"(/static/review\.css\?v=\w+)"', page.get("/queue").text).group(1)
    assert "immutable" in page.get(named).headers["cache-control"]
    assert page.get("/static/review.css").headers["cache-control"] == "no-cache"


@pytest.mark.parametrize(
    "host",
    ["example.org", "127.0.0.1.example.org", "evil.localhost", "127.0.0.2", "[::2]", "localhost@example.org", ""],
)
def test_another_name_is_not_answered(page, host):
    answer = page.get("/queue", headers={"Host": host})
    assert (answer.status_code, "Turing" in answer.text) in {(421, False), (400, False)}


@pytest.mark.parametrize("name", ["localhost", "127.0.0.1", "[::1]:9000", "LOCALHOST:1"])
def test_its_own_names_are_answered_whatever_the_port(page, name):
    assert page.get("/queue", headers={"Host": name}).status_code == 200


@pytest.mark.parametrize("name", ["Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP"])
def test_a_page_without_tokens_is_not_passed_on_by_a_proxy(page, name):
    assert page.get("/queue", headers={name: "192.0.2.1"}).status_code == 403


@pytest.mark.parametrize("path", FORMS)
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
def test_a_form_of_another_site_changes_nothing(page, path, forged):
    number = first(page.engine).summary.id
    page.get("/queue")
    if "Cookie" in forged.get("headers", {}):
        page.session.cookies.clear()
        forged = {**forged, "token": page.desk.sessions.form_token(page.desk.local_session)}
    done = page.post(path.replace("/1/", f"/{number}/"), {"answer": "accept", "name": "Evil"}, **forged)
    assert done.status_code == 403
    assert (reviews_of(page.engine, number), list_reviewers(page.engine)) == ((), ())


def test_a_form_token_of_another_session_is_no_good(engine, team):
    tokens = [add_reviewer(engine, name)[1] for name in ("Ana Lima", "Bo Chen")]
    other = Page(team.url, team.desk)
    team.sign_in(tokens[0])
    other.sign_in(tokens[1])
    stolen = team.desk.sessions.form_token(other.session.cookies[team.desk.cookie])
    assert team.post("/flags/1/answer", {"answer": "accept"}, token=stolen).status_code == 403


@pytest.mark.parametrize("mode", ["no-cors", "cors", "same-origin"])
def test_other_sites_cannot_load_anything_from_it(page, mode):
    headers = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": mode, "Sec-Fetch-Dest": "empty"}
    answer = page.get("/queue.json", headers=headers)
    assert (answer.status_code, "Turing" in answer.text) == (403, False)
    visit = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
    assert page.get("/queue", headers=visit).status_code == 200
    assert "access-control-allow-origin" not in page.get("/queue.json", headers={"Origin": "https://evil.org"}).headers


@pytest.mark.parametrize("path", [*PATHS, *(f"{path}.json" for path in PATHS)])
def test_nothing_is_shown_without_a_token(team, path):
    answer = team.get(path, allow_redirects=False)
    assert (answer.status_code, "Turing" in answer.text, "set-cookie" in answer.headers) == (401, False, False)


@pytest.mark.parametrize("token", ["", "x", "Bearer", "' OR 1=1 --", "\u00e9", "a" * 5000])
def test_a_wrong_token_is_refused(engine, team, token):
    add_reviewer(engine, "Ana Lima")
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


@pytest.mark.parametrize(
    "then", ["https://evil.org", "//evil.org", "/\\evil.org", "javascript:alert(1)", "/queue\r\nX: y", "/logout"]
)
def test_signing_in_leads_nowhere_else(engine, team, then):
    _, token = add_reviewer(engine, "Ana Lima")
    done = team.post("/login", {"token": token, "then": then}, allow_redirects=False)
    assert (done.status_code, done.headers["location"]) == (303, "/queue")


def test_signing_in_leads_back_to_what_was_asked_for(engine, team):
    _, token = add_reviewer(engine, "Ana Lima")
    asked = team.get("/flags/3?search=a%20b&state=all")
    then = re.search(r'name="then" value="([^"]*)"', asked.text).group(1).replace("&amp;", "&")
    assert team.post("/login", {"token": token, "then": then}).url.endswith("/flags/3?search=a%20b&state=all")


@pytest.mark.parametrize(
    "path",
    [
        "/static/../app.py",
        "/static/..%2f..%2freview%2fapp.py",
        "/static/%2e%2e/desk.py",
        "/static//etc/passwd",
        "/static/....//review.css",
        "/flags/../../../etc/passwd",
        "/static/review.css%00.js",
    ],
)
def test_no_path_leads_out(page, path):
    with socket.create_connection(("127.0.0.1", page.desk.port), timeout=20) as raw:
        raw.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
        answer = b"".join(iter(lambda: raw.recv(65536), b""))
    assert re.match(rb"HTTP/1.1 (404|400|405)", answer)
    assert (b"root:" in answer, b"import" in answer) == (False, False)


@pytest.mark.parametrize(
    "text",
    ["' OR '1'='1", '"; DROP TABLE flags; --', "%' UNION SELECT token_sha256 FROM reviewers --", "NEAR(a b)*", '"*'],
)
def test_no_text_is_a_statement(engine, page, text):
    quoted = requests.utils.quote(text)
    for name in ("search", "paper", "after"):
        answer = page.get(f"/queue.json?{name}={quoted}")
        assert (answer.status_code, re.findall(r"\b[0-9a-f]{64}\b", answer.text)) == (200, [])
    number = first(engine).summary.id
    page.get("/next")
    page.post(f"/flags/{number}/answer", {"answer": "note", "note": text})
    assert ([text], 4) == ([each.note for each in reviews_of(engine, number)], len(queue(engine).items))


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
    with pytest.raises(Unreachable):
        check_place(place)


def test_on_this_machine_the_role_is_that_of_its_owner_and_a_reviewers_token_stays_a_reviewers(engine, page):
    _, token = add_reviewer(engine, "Bo Chen", Role.REVIEWER)
    assert page.get("/reviewers.json").status_code == 200
    assert page.get("/reviewers.json", headers={"Authorization": f"Bearer {token}"}).status_code == 403

"""Other sites, other names and proxies get nothing, and their forms change nothing."""

from __future__ import annotations

import re

import pytest

from tests.verifier.server.review.conftest import FORMS, PATHS, Page, first
from verifier.errors import CannotServe
from verifier.server.review.serving import Place, check_place
from verifier.store.queue import flag
from verifier.store.reviewers import add_reviewer, list_reviewers
from verifier.store.reviews import reviews_of


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
    strange = [
        "example.org",
        "127.0.0.1.example.org",
        "evil.localhost",
        "127.0.0.2",
        "[::2]",
        "localhost@evil.org",
        "",
        "[",
    ]
    for name in strange:
        for path in ("/queue", "/queue.json"):
            answer = page.get(path, headers={"Host": name})
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
    with pytest.raises(CannotServe):
        check_place(place)

"""Who is nobody gets in nowhere: tokens, guesses, cookies, sessions, and where signing in leads."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest
import requests

from tests.verifier.server.review.conftest import FORMS, PATHS, serving
from verifier.cli.serve.proxy import TOKEN
from verifier.store.reviewers import Role, add_reviewer


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


def test_the_token_of_the_proxy_opens_nothing(engine, team, monkeypatch):
    foreign = "proxy-token-0123456789"
    monkeypatch.setenv(TOKEN, foreign)
    add_reviewer(engine, "Ana Lima")
    for headers in ({"Authorization": f"Bearer {foreign}"}, {"X-Verifier-Token": foreign}):
        assert team.get("/queue.json", headers=headers).status_code == 401


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


@pytest.mark.parametrize("path", ["/" + "a" * 4000 + "!", "/a" * 2000 + "!", "/a?" + "a=" * 2000 + "!"])
def test_no_address_to_go_on_at_keeps_the_server_busy(path):
    program = "import sys; from verifier.server.review.replies import own_path; print(own_path(sys.argv[1]))"
    # In a process of its own, because an expression that tries everything lets no other thread run to say so.
    done = subprocess.run([sys.executable, "-c", program, path], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout == "/queue\n"


def test_signing_in_leads_back_to_what_was_asked_for(engine, team):
    _, token = add_reviewer(engine, "Ana Lima")
    asked = team.get("/flags/3?search=a%20b&state=all")
    then = re.search(r'name="then" value="([^"]*)"', asked.text).group(1).replace("&amp;", "&")
    assert team.post("/login", {"token": token, "then": then}).url.endswith("/flags/3?search=a%20b&state=all")


def test_on_this_machine_the_role_is_that_of_its_owner_and_a_reviewers_token_stays_a_reviewers(engine, page):
    _, token = add_reviewer(engine, "Bo Chen", Role.REVIEWER)
    assert page.get("/reviewers.json").status_code == 200
    assert page.get("/reviewers.json", headers={"Authorization": f"Bearer {token}"}).status_code == 403

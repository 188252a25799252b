"""What the page shows, and that a program gets the same."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from html import unescape

import pytest
from sqlalchemy import text

from citations.types import Status
from tests.verifier.samples import checked, claim_finding, reference, report_of
from tests.verifier.server.review.conftest import add_heat, fill, first, many, with_risk
from verifier.findings import finding_of
from verifier.pages import page as explained
from verifier.server.review.app import VIEWS
from verifier.store.filters import QueueFilter
from verifier.store.holds import hold
from verifier.store.levels import StorageLevel
from verifier.store.queue import flag, queue
from verifier.store.recorder import Recorder
from verifier.store.reviewers import add_reviewer
from verifier.store.reviews import FlagState, ReviewAnswer, decide, respond, reviews_of, undo
from verifier.store.scans import ScanKey, add_claims, add_findings, add_texts, begin_scan
from verifier.store.stored import FlagKind, Keeping, Written
from verifier.store.tables import flags
from verifier.types import Span, Stance


def text_of(html):
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", html)))


@pytest.mark.parametrize("path", [path.replace("{number}", "1") for path in VIEWS])
def test_every_view_has_an_address_and_a_twin(page, path):
    html, twin = page.get(path), page.get(f"{path}.json")
    assert (html.status_code, html.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert (twin.status_code, twin.headers["content-type"]) == (200, "application/json")
    assert isinstance(twin.json(), dict)


def test_an_item_shows_text_comparison_evidence_and_says_last_what_the_checks_say(page):
    number = queue(page.engine).items[-1].id
    html = page.get(f"/flags/{number}").text
    shown = text_of(html)
    order = ["As it stands in the text", "Cited against registered", "Evidence", "What the checks say", "Wrong indeed"]
    assert [shown.find(each) for each in order] == sorted(shown.find(each) for each in order)
    assert min(shown.find(each) for each in order) > 0
    assert ("mismatch" in shown, "Crossref" in shown, "2026-11-25 12:01 UTC" in shown) == (True, True, True)
    assert '<a href="https://api.example.org/crossref?q=1"' in html
    form = re.search(r'<form method="post" action="/flags/.*?</form>', html, re.DOTALL).group(0)
    assert [word in form for word in ("checked", "autofocus", "primary", "selected")] == [False] * 4


def test_differing_characters_are_marked(page):
    number = next(each.id for each in queue(page.engine).items if each.status is Status.MISMATCH)
    row = re.search(r"<tr class=\"major\">.*?</tr>", page.get(f"/flags/{number}").text, re.DOTALL)
    assert "<mark>" in row.group(0)


def test_the_span_is_marked_and_doubtful_tokens_have_their_colour(page):
    number = first(page.engine).summary.id
    add_heat(page.engine, number)
    html = page.get(f"/flags/{number}").text
    assert '<mark class="span heat4" title="risk 0.90, log probability -1.00, entropy 2.00">Li</mark>' in html
    assert '<mark class="span"> and </mark><mark class="span heat2"' in html
    assert '<span class="heat1"' in html
    assert ("tiny.gguf" in html, "style=" in html) == (True, False)
    assert [len(page.get(f"/flags/{number}.json").json()["tokens"]), html.count("<tr><td>") + 2] == [4, 4]


def test_a_claim_is_shown_with_its_text_its_judges_and_what_they_read(engine, page):
    claim = claim_finding(Stance.NOT_SUPPORTED, "Tea came to London in 1637.")
    answer = "Sailors brought it. Tea came to London in 1637."
    claim = replace(claim, claim=replace(claim.claim, span=Span(20, 47)))
    keeping = Keeping(StorageLevel.FULL, Written(answer, "answer.md", "When did tea come?"))
    scan = begin_scan(engine, ScanKey("check", ("answer.md",), "d"), "0.1.0")
    add_claims(engine, scan, [claim], keeping)
    add_texts(engine, scan, keeping)
    (found,) = queue(engine, QueueFilter(kind=FlagKind.CLAIM)).items
    html = page.get(f"/flags/{found.id}").text
    assert 'Sailors brought it. <mark class="span">Tea came to London in 1637.</mark>' in html
    shown = text_of(html)
    assert "context Tea reached London in 1657." in shown
    assert "sage : not supported, borne out with probability 0.50" in shown
    assert ("When did tea come?" in shown, "where you found the work" in shown) == (True, False)
    twin = page.get(f"/flags/{found.id}.json").json()
    assert (twin["kind"], twin["finding"]["type"], twin["prompt"]) == ("claim", "claim", "When did tea come?")
    assert [found.id] == [each["id"] for each in page.get("/queue.json?verdict=not_supported").json()["items"]]


def test_risk_is_shown_with_what_moved_it(engine, page):
    scan = begin_scan(engine, ScanKey("scan", ("r.bib",), "d"), "0.1.0")
    add_findings(engine, scan, [with_risk(checked(Status.FABRICATED, reference(77, "A title of its own")))])
    number = queue(engine, QueueFilter(search="own")).items[0].id
    shown = text_of(page.get(f"/flags/{number}").text)
    assert "Risk 83% (70% to 91%)" in shown
    assert "citation:not_found moved the risk by +1.70 log odds, towards wrong" in shown


def test_filters_live_in_the_address_and_stay_in_it(page):
    twin = page.get("/queue.json?verdict=fabricated").json()
    assert [each["verdict"] for each in twin["items"]] == ["fabricated"]
    html = page.get("/queue?verdict=fabricated&search=Turing").text
    assert 'href="/next?verdict=fabricated&amp;search=Turing"' in html
    sent_to = page.get("/next?verdict=fabricated", allow_redirects=False).headers["location"]
    assert re.fullmatch(r"/flags/\d+\?verdict=fabricated", sent_to)
    assert '<input type="hidden" name="verdict" value="fabricated">' in page.get(sent_to).text


@pytest.mark.parametrize("query", ["verdict=nonsense", "kind=x", "state=closed", "risk_above=2", "risk_above=nan"])
def test_a_filter_that_is_none_is_one_sentence(page, query):
    assert (page.get(f"/queue?{query}").status_code, page.get(f"/queue.json?{query}").status_code) == (400, 400)
    assert page.get(f"/queue.json?{query}").json()["error"]["code"] == "bad-request"


def test_pages_of_the_queue_hold_every_flag_once(engine, page):
    fill(engine, many(120), "many.bib")
    found, path = [], "/queue.json"
    while path:
        twin = page.get(path).json()
        found += [each["id"] for each in twin["items"]]
        path = twin["next"]
    assert (len(found), len(set(found))) == (124, 124)


def test_words_are_found(engine, page):
    fill(engine, many(30), "many.bib")
    assert [len(page.get(f"/queue.json?search={words}").json()["items"]) for words in ("17+examples", "topic")] == [
        1,
        30,
    ]


def test_an_unknown_flag_and_an_unknown_address_are_sentences(page):
    for path in (
        "/flags/999",
        "/flags/99999999999999999999",
        f"/flags/{'9' * 5000}",
        "/flags/0",
        "/flags/x",
        "/nothing",
    ):
        assert [page.get(path).status_code, page.get(f"{path}.json").status_code] == [404, 404]
    assert page.get("/flags/999.json").json()["error"]["message"] == "there is no flag 999"


@pytest.mark.parametrize(
    ("method", "path", "headers", "status"),
    [
        ("GET", "/queue.json", {"Host": "example.org"}, 421),
        ("GET", "/queue.json", {"X-Real-IP": "192.0.2.1"}, 403),
        ("POST", "/flags/1/answer.json", {"Content-Length": "70000"}, 413),
        ("POST", "/flags/1/answer.json", {}, 415),
        ("GET", "/flags/1/answer.json", {}, 405),
        ("GET", "/nothing.json", {}, 404),
        ("GET", "/flags/999.json", {}, 404),
        ("GET", "/queue.json", {"Authorization": "Bearer nobody"}, 401),
    ],
)
def test_every_error_for_a_program_is_a_record_with_a_code_that_is_explained(page, method, path, headers, status):
    answer = page.session.request(method, f"{page.url}{path}", headers=headers, timeout=20)
    error = answer.json()["error"]
    assert (answer.status_code, set(error)) == (status, {"code", "message", "hint"})
    assert explained(error["code"]) is not None


def test_a_sample_tells_neither_verdict_nor_risk_before_the_answer(engine, page):
    item = first(engine)
    number, word = item.summary.id, item.summary.status.value
    with engine.begin() as connection:
        connection.execute(flags.update().where(flags.c.id == number).values(blind=True))
    html, twin = page.get(f"/flags/{number}").text, page.get(f"/flags/{number}.json").text
    assert [word in html, word in twin, "major" in html, "Risk" in html] == [False] * 4
    assert "A sample" in html
    assert word not in page.get("/queue?search=4").text.split("<ol")[1]
    said = page.post(f"/flags/{number}/answer.json", {"answer": "accept"}).json()
    assert said["told"].startswith(f"it was drawn from what passed: the checks had said {word}")
    assert [word in page.get(f"/flags/{number}").text, word in page.get(f"/flags/{number}.json").text] == [True, True]


def test_of_a_claim_that_is_a_sample_it_is_not_said_that_nobody_judged_it(engine, page):
    scan = begin_scan(engine, ScanKey("check", ("a.md",), "d"), "0.1.0")
    add_claims(engine, scan, [claim_finding(Stance.NOT_SUPPORTED)], Keeping())
    (found,) = queue(engine, QueueFilter(kind=FlagKind.CLAIM)).items
    with engine.begin() as connection:
        connection.execute(flags.update().where(flags.c.id == found.id).values(blind=True))
    html, twin = page.get(f"/flags/{found.id}").text, page.get(f"/flags/{found.id}.json").text
    assert ["Nobody was asked" in html, "sage</span>" in html, "not supported" in html, "not_supported" in twin] == [
        False
    ] * 4
    decide(engine, found.id, ReviewAnswer.REJECT, "Ana Lima")
    assert "sage</span>" in page.get(f"/flags/{found.id}").text


def test_the_flag_that_somebody_looks_at_is_given_to_nobody_else(engine, page):
    taken = first(engine).summary.id
    assert hold(engine, taken, "Bo Chen")
    assert page.get("/next.json").json()["id"] != taken
    assert "Bo Chen</b> is looking at this one" in page.get(f"/flags/{taken}").text


def test_looking_at_a_flag_claims_it(engine, page):
    number = page.get("/next.json").json()["id"]
    assert flag(engine, number).held_by == "Ana Lima"
    assert not hold(engine, number, "Bo Chen")


def test_the_end_of_the_queue_says_what_is_left(engine, page):
    for each in queue(engine).items:
        decide(engine, each.id, ReviewAnswer.SKIP, "Ana Lima")
    html = page.get("/next").text
    assert ("Nothing further here" in html, "skipped=1" in html) == (True, True)
    assert page.get("/next.json").json()["id"] is None
    assert page.get("/next.json?skipped=1").json()["id"] == queue(engine).items[0].id


def test_statistics_count_by_day_verdict_and_sign(engine, page):
    items = queue(engine).items
    decide(engine, items[0].id, ReviewAnswer.ACCEPT, "Ana Lima")
    decide(engine, items[1].id, ReviewAnswer.REJECT, "Ana Lima")
    for name, answer in (("Ana Lima", ReviewAnswer.ACCEPT), ("Bo Chen", ReviewAnswer.REJECT)):
        decide(engine, items[2].id, answer, name)
    twin = page.get("/statistics.json").json()
    assert (twin["days"][0]["accepted"], twin["agreement"]["rate"]) == (2, 0.0)
    shown = text_of(page.get("/statistics").text)
    assert "0 of 1 pairs of votes say the same (0%)" in shown
    assert "fabricated 1 of 1 100%" in shown


def test_statistics_tell_how_much_of_what_passed_is_wrong(engine, page):
    recorder = Recorder(engine, ScanKey("scan", ("sampled.bib",), "s"), audit_share=1.0)
    recorder.add(finding_of(checked(Status.VERIFIED, reference(1, "A work that passed and was drawn for review"))))
    recorder.finish(report_of([]))
    sample = next(each for each in queue(engine).items if each.blind)
    assert page.get("/statistics.json").json()["misses"] == [{"sort": "citation", "drawn": 1, "rate": None}]
    decide(engine, sample.id, ReviewAnswer.ACCEPT, "Ana Lima")
    assert "itations that passed: 100.0% are wrong (95 % interval" in text_of(page.get("/statistics").text)


def test_the_quorum_is_shown(engine, page):
    number = first(engine).summary.id
    decide(engine, number, ReviewAnswer.ACCEPT, "Bo Chen", quorum=2)
    assert "1 said wrong, 0 false alarm; it takes a lead of 2 votes" in text_of(page.get(f"/flags/{number}").text)
    assert flag(engine, number).summary.state is FlagState.OPEN


def test_votes_that_count_no_more_are_not_in_the_sum(engine, page):
    number = first(engine).summary.id
    decide(engine, number, ReviewAnswer.ACCEPT, "Bo Chen", quorum=2)
    decide(engine, number, ReviewAnswer.REJECT, "Bo Chen")
    undo(engine, "Bo Chen")
    assert "1 said wrong, 0 false alarm; it takes" in text_of(page.get(f"/flags/{number}").text)
    decide(engine, number, ReviewAnswer.ACCEPT, "Cy Diaz")
    respond(engine, number, "Wu", "it is in print")
    assert "0 said wrong, 0 false alarm; it takes" in text_of(page.get(f"/flags/{number}").text)


def test_the_twin_of_an_item_is_the_record_of_the_command_line(page):
    twin = page.get("/flags/1.json").json()
    assert {"id", "kind", "verdict", "state", "finding", "reviews", "quorum", "papers"} <= set(twin)
    assert twin["finding"]["type"] == "reference"
    assert json.dumps(twin).isascii()
    assert reviews_of(page.engine, 1) == ()


def test_a_first_visit_needs_less_than_100_kb(engine, page):
    fill(engine, many(60), "many.bib")
    number = first(engine).summary.id
    add_heat(engine, number)
    for path in ("/queue", f"/flags/{number}", "/statistics"):
        html = page.get(path)
        named = re.findall(r'(?:href|src)="(/static/[^"]+)"', html.text)
        assert len(named) == 3
        assert len(html.content) + sum(len(page.get(each).content) for each in named) < 100_000


def test_a_database_that_cannot_be_read_is_never_an_empty_queue(engine, page, team):
    _, token = add_reviewer(engine, "Ana Lima")
    team.sign_in(token)
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE flags RENAME TO elsewhere"))
    for served in (page, team):
        for path in ("/queue", "/next", "/flags/1"):
            html, twin = served.get(path), served.get(f"{path}.json")
            assert (html.status_code, twin.status_code, twin.json()["error"]["code"]) == (503, 503, "store-error")
        assert "The database does not answer" in served.get("/queue").text
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE reviewers RENAME TO nowhere"))
    assert team.get("/queue").status_code == 503

"""What is written through the page, with plain forms as a browser without scripts sends them, and by programs."""

from __future__ import annotations

import re
import threading

import pytest
import requests

from citations.types import Status
from tests.verifier.samples import checked, claim_finding, reference
from tests.verifier.server.review.conftest import Page, fill, first, many
from verifier.findings import finding_of
from verifier.server.review.guard import MAX_BODY
from verifier.store.adjudications import confirm_work, list_confirmed
from verifier.store.filters import QueueFilter
from verifier.store.holds import hold
from verifier.store.levels import StorageLevel
from verifier.store.queue import flag, queue
from verifier.store.reviewers import Role, add_reviewer, list_reviewers, revoke_reviewer
from verifier.store.reviews import FlagState, ReviewAnswer, decide, reviews_of
from verifier.store.scans import ScanKey, add_claims, add_findings, begin_scan
from verifier.store.stored import FlagKind, Keeping
from verifier.types import Stance


def opened(page, path="/next"):
    """Open an item, so that the browser has its cookie; returns the flag's number."""
    return int(page.get(path).url.rpartition("/")[2].partition("?")[0])


def test_an_answer_is_saved_under_the_name_and_leads_to_the_next_flag(page):
    number = opened(page)
    done = page.post(f"/flags/{number}/answer", {"answer": "accept", "note": "no such journal"})
    (written,) = reviews_of(page.engine, number)
    assert (written.reviewer, written.answer, written.note) == ("Ana Lima", ReviewAnswer.ACCEPT, "no such journal")
    assert flag(page.engine, number).summary.state is FlagState.ACCEPTED
    assert (done.status_code, done.url.rpartition("/")[2] != str(number)) == (200, True)


def test_the_whole_queue_is_cleared_with_plain_forms(page):
    given = ["accept", "reject", "skip", "accept"]
    for answer in given:
        assert page.post(f"/flags/{opened(page)}/answer", {"answer": answer}).status_code == 200
    assert "Nothing further here" in page.get("/next").text
    assert [
        len(queue(page.engine, QueueFilter(state=state)).items)
        for state in (FlagState.OPEN, FlagState.REJECTED, FlagState.ACCEPTED)
    ] == [1, 1, 2]


def test_the_filter_is_kept_from_answer_to_answer(engine, page):
    fill(engine, many(3), "many.bib")
    number = opened(page, "/next?paper=many.bib")
    done = page.post(f"/flags/{number}/answer", {"answer": "accept", "paper": "many.bib"})
    assert done.url.endswith("?paper=many.bib")
    assert flag(engine, int(done.url.rpartition("/")[2].partition("?")[0])).summary.paper == "many.bib"


def test_next_without_a_word_lets_go(page):
    number = opened(page)
    page.post(f"/flags/{number}/leave")
    assert (flag(page.engine, number).held_by, reviews_of(page.engine, number)) == ("", ())


def test_a_page_that_stays_open_keeps_its_flag_unless_somebody_else_has_it(engine, page):
    numbers = [each.id for each in queue(engine).items[:2]]
    page.get("/queue")
    hold(engine, numbers[1], "Bo Chen")
    said = [page.post(f"/flags/{each}/hold.json").json() for each in numbers]
    assert said == [{"held": True}, {"held": False}]
    assert [flag(engine, each).held_by for each in numbers] == ["Ana Lima", "Bo Chen"]


def test_undo_takes_back_the_last_answer_and_shows_its_flag(page):
    number = opened(page)
    page.post(f"/flags/{number}/answer", {"answer": "accept"})
    assert page.post("/undo").url.endswith(f"/flags/{number}")
    assert flag(page.engine, number).summary.state is FlagState.OPEN
    assert page.post("/undo").url.endswith("/history")


def test_an_answer_can_be_undone_from_the_history(page):
    numbers = [opened(page)]
    page.post(f"/flags/{numbers[0]}/answer", {"answer": "accept"})
    numbers.append(opened(page))
    page.post(f"/flags/{numbers[1]}/answer", {"answer": "reject"})
    assert page.get("/history").text.count("<button>Undo") == 2
    page.post("/undo", {"flag": numbers[0]})
    assert [flag(page.engine, each).summary.state for each in numbers] == [FlagState.OPEN, FlagState.REJECTED]
    assert page.get("/history").text.count("<button>Undo") == 1


def test_a_note_and_the_authors_response_decide_nothing_and_stay_at_the_flag(page):
    number = opened(page)
    decide(page.engine, number, ReviewAnswer.ACCEPT, "Bo Chen")
    assert page.post(f"/flags/{number}/answer", {"answer": "note", "note": "see p. 3"}).url.endswith(f"/{number}")
    page.post(f"/flags/{number}/answer", {"answer": "response", "note": "Wu: it is in print"})
    given = [each.answer for each in reviews_of(page.engine, number)]
    assert given == [ReviewAnswer.ACCEPT, ReviewAnswer.NOTE, ReviewAnswer.RESPONSE]
    assert flag(page.engine, number).summary.state is FlagState.OPEN


@pytest.mark.parametrize(
    "fields",
    [
        {"answer": ""},
        {"answer": "undo"},
        {"answer": "note", "note": "  "},
        {"answer": "accept", "work": "10.1000/x"},
        {"answer": "reject", "work": "x" * 501},
        {"answer": "accept", "note": "x" * 4001},
    ],
)
def test_what_is_no_answer_is_refused_and_nothing_is_saved(page, fields):
    number = opened(page)
    assert page.post(f"/flags/{number}/answer", fields).status_code == 400
    assert (reviews_of(page.engine, number), list_confirmed(page.engine)) == ((), ())


def test_a_false_alarm_can_say_where_the_work_is(page):
    number = opened(page, "/next?verdict=not_found")
    page.post(f"/flags/{number}/answer", {"answer": "reject", "work": "https://library.example.org/7"})
    (work,) = list_confirmed(page.engine)
    assert (work.identifier, work.confirmed_by) == ("https://library.example.org/7", "Ana Lima")
    assert "https://library.example.org/7" in page.get("/works").text
    page.post(f"/works/{work.id}/revoke")
    assert list_confirmed(page.engine)[0].revoked_by == "Ana Lima"
    assert page.post(f"/works/{work.id}/revoke").status_code == 404


def test_a_work_that_cannot_be_confirmed_is_refused_with_the_answer(engine, page):
    scan = begin_scan(engine, ScanKey("check", ("a.md",), "d"), "0.1.0")
    add_claims(engine, scan, [claim_finding(Stance.NOT_SUPPORTED)], Keeping())
    without_words = finding_of(checked(Status.NOT_FOUND, reference(8, "A title that is not kept")))
    add_findings(engine, scan, [without_words], keeping=Keeping(StorageLevel.HASH))
    numbers = [each.id for each in queue(engine).items if each.kind is FlagKind.CLAIM or "not kept" in each.excerpt]
    page.get("/queue")
    statuses = [
        page.post(f"/flags/{each}/answer", {"answer": "reject", "work": "10.1000/x"}).status_code for each in numbers
    ]
    assert (statuses, [reviews_of(engine, each) for each in numbers]) == ([400, 400], [(), ()])


def same_work_twice(engine):
    """Two faults of one cited work."""
    for status, file in ((Status.NOT_FOUND, "a.bib"), (Status.MISMATCH, "b.bib")):
        fill(engine, [checked(status, reference(5, "One and the same title", file=file))], file)
    return [each.id for each in queue(engine, QueueFilter(search="same")).items]


def test_flags_about_one_work_are_answered_together_and_no_others(engine, page):
    numbers = same_work_twice(engine)
    other = first(engine).summary.id
    assert len(numbers) == 2
    assert f'name="also" value="{numbers[1]}"' in page.get(f"/flags/{numbers[0]}").text
    fields = [("answer", "reject"), ("also", str(numbers[1])), ("also", str(other))]
    page.post(f"/flags/{numbers[0]}/answer", fields)
    assert [flag(engine, each).summary.state for each in numbers] == [FlagState.REJECTED] * 2
    assert flag(engine, other).summary.state is FlagState.OPEN


def test_a_program_answers_with_a_token_alone(engine, page):
    owner, token = add_reviewer(engine, "CI")
    number = first(engine).summary.id
    done = requests.post(
        f"{page.url}/flags/{number}/answer.json",
        data={"answer": "reject"},
        headers={"Authorization": f"Bearer {token}"},
        timeout=20,
    )
    assert (done.json()["state"], done.json()["review"]["reviewer"], done.json()["waiting"]) == (
        "rejected",
        owner.name,
        "3",
    )


def test_two_reviewers_never_get_the_same_flag(engine, page):
    fill(engine, many(40), "many.bib")
    tokens = [add_reviewer(engine, name)[1] for name in ("Bo Chen", "Cy Diaz")]
    answered: dict[str, list[int]] = {token: [] for token in tokens}

    def work(token):
        asks = {"Authorization": f"Bearer {token}"}
        with requests.Session() as session:
            session.headers.update(asks)
            while (number := session.get(f"{page.url}/next.json", timeout=20).json()["id"]) is not None:
                session.post(f"{page.url}/flags/{number}/answer.json", data={"answer": "accept"}, timeout=20)
                answered[token].append(number)

    threads = [threading.Thread(target=work, args=(token,)) for token in tokens]
    for each in threads:
        each.start()
    for each in threads:
        each.join(120)
    everything = [number for numbers in answered.values() for number in numbers]
    assert (len(everything), len(set(everything))) == (44, 44)


def test_an_admin_makes_and_revokes_tokens_and_a_reviewer_does_not(engine, team):
    _, token = add_reviewer(engine, "Ana Lima", Role.ADMIN)
    team.sign_in(token)
    shown = team.post("/reviewers/make", {"name": "Bo Chen", "role": "reviewer"}).text
    made = shown.partition('<code class="token">')[2].partition("<")[0]
    other = Page(team.url, team.desk)
    assert other.sign_in(made).url.endswith("/queue")
    assert made not in team.get("/reviewers").text
    assert [other.get("/reviewers").status_code, other.post("/reviewers/make", {"name": "x"}).status_code] == [403, 403]
    confirm_work(engine, queue(engine, QueueFilter(verdict=Status.NOT_FOUND)).items[0].id, "Bo Chen", "10.1000/x")
    assert other.post(f"/works/{list_confirmed(engine)[0].id}/revoke").status_code == 403
    team.post(
        "/reviewers/revoke", {"number": next(each.id for each in list_reviewers(engine) if each.name == "Bo Chen")}
    )
    assert other.get("/queue", allow_redirects=False).status_code == 401
    assert [each.revoked_at is not None for each in list_reviewers(engine)] == [False, True]


@pytest.mark.parametrize("name", ["Ana " + "Maria " * 15 + "Lima", "Ana  Lima", "\u202eBo\nChen"])
def test_every_token_on_the_page_can_be_revoked_there_whatever_the_name(engine, page, name):
    add_reviewer(engine, name)
    form = re.search(r'action="/reviewers/revoke">.*?</form>', page.get("/reviewers").text)[0]
    page.post("/reviewers/revoke", re.findall(r'name="(number|name)" value="([^"]*)"', form))
    assert [each.revoked_at is not None for each in list_reviewers(engine)] == [True]
    assert page.post("/reviewers/revoke", {"number": "999"}).status_code == 400


def test_a_name_that_is_none_makes_no_token(engine, page):
    page.get("/works")
    assert page.post("/reviewers/make", {"name": " "}).status_code == 400
    assert page.post("/reviewers/make", {"name": "factprobe"}).status_code == 400
    assert list_reviewers(engine) == ()


def test_answers_bear_the_name_of_the_token(engine, team):
    _, token = add_reviewer(engine, "Bo Chen")
    team.sign_in(token)
    number = opened(team)
    team.post(f"/flags/{number}/answer", {"answer": "accept", "reviewer": "Ana Lima"})
    assert [each.reviewer for each in reviews_of(engine, number)] == ["Bo Chen"]
    revoke_reviewer(engine, "Bo Chen")
    assert team.post(f"/flags/{number}/answer", {"answer": "reject"}).status_code == 401
    assert len(reviews_of(engine, number)) == 1


def test_the_longest_note_fits_however_it_is_encoded(page):
    note = "\U0001f600" * 4000
    number = opened(page)
    assert page.post(f"/flags/{number}/answer", {"answer": "note", "note": note}).status_code == 200
    assert reviews_of(page.engine, number)[0].note == note
    assert len(note.encode()) * 3 < MAX_BODY

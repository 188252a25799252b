from __future__ import annotations

import pytest
from sqlalchemy import text

from citations.types import Status
from tests.verifier.samples import TURING, checked, one_of_each, reference
from verifier.errors import StoreError, UnknownFlag
from verifier.findings import finding_of
from verifier.learning_misses import wilson
from verifier.store import open_store
from verifier.store.filters import QueueFilter
from verifier.store.holds import hold, release, release_all
from verifier.store.queue import count, flag, neighbours, next_flag, queue, same_work
from verifier.store.reviewers import Role, add_reviewer, list_reviewers, reviewer_of, revoke_reviewer
from verifier.store.reviews import FlagState, ReviewAnswer, decide, recent_reviews, remark, respond, reviews_of, undo
from verifier.store.scans import ScanKey, add_findings, begin_scan
from verifier.store.search import search_words
from verifier.store.statistics import Agreement, statistics

ACCEPT, REJECT, SKIP = ReviewAnswer.ACCEPT, ReviewAnswer.REJECT, ReviewAnswer.SKIP
EVERY_STATE = QueueFilter(state=None)


@pytest.fixture
def engine(tmp_path):
    made = open_store(f"sqlite:///{tmp_path / 'x.db'}")
    store(made, *one_of_each())
    yield made
    made.dispose()


def store(engine, *items):
    scan = begin_scan(engine, ScanKey("scan", ("refs.bib",), "settings"), "0.1.0")
    add_findings(engine, scan, [finding_of(each) for each in items])


def ids(engine, wanted=None, **options):
    return [each.id for each in queue(engine, wanted, **options).items]


def test_the_queue_shows_the_gravest_first(engine):
    shown = [each.status for each in queue(engine).items]
    assert shown == [Status.FABRICATED, Status.RETRACTED, Status.NOT_FOUND, Status.MISMATCH]


def test_pages_hold_every_flag_once(engine):
    store(engine, *(checked(Status.NOT_FOUND, reference(n, f"Title number {n} of many")) for n in range(30)))
    seen, after = [], ""
    while True:
        page = queue(engine, limit=7, after=after)
        seen += [each.id for each in page.items]
        after = page.after
        if not after:
            break
    assert (len(seen), len(set(seen)), count(engine)) == (34, 34, 34)
    assert seen == ids(engine, limit=500)


@pytest.mark.parametrize("cursor", ["", "x", "1", "-1.2", "1.2.3", "9" * 40 + ".1", "१.१", "1.2'--"])
def test_a_cursor_that_is_none_starts_at_the_beginning(engine, cursor):
    assert ids(engine, after=cursor)[:1] in ([ids(engine)[0]], [])


@pytest.mark.parametrize(
    ("wanted", "number"),
    [
        (QueueFilter(verdict=Status.MISMATCH), 1),
        (QueueFilter(paper="refs.bib"), 4),
        (QueueFilter(paper="refs"), 0),
        (QueueFilter(risk_above=1.0), 0),
        (QueueFilter(state=FlagState.REJECTED), 0),
        (QueueFilter(search="entscheidungsproblem tur"), 4),
        (QueueFilter(search="turing nowhere"), 0),
        (QueueFilter(search="' OR 1=1 --"), 0),
        (QueueFilter(search='"*()'), 4),
    ],
)
def test_filters_choose(engine, wanted, number):
    assert (len(ids(engine, wanted)), count(engine, wanted)) == (number, number)


def test_a_search_is_words_and_never_a_query_language():
    assert search_words('a" OR b* NEAR(c) -d; drop table flags') == (
        *("a", "OR", "b", "NEAR", "c", "d", "drop", "table", "flags"),
    )


def test_an_item_holds_the_whole_finding_and_its_papers(engine):
    store(engine, checked(Status.NOT_FOUND, reference(9, f"{TURING.title} 3", file="v2.bib")))
    number = ids(engine, QueueFilter(verdict=Status.NOT_FOUND))[0]
    item = flag(engine, number)
    assert (set(item.papers), item.summary.seen) == ({"refs.bib", "v2.bib"}, 2)
    assert item.finding.checked.evidence
    assert (item.reviews, item.held_by, item.trace) == ((), "", None)


def test_a_flag_that_is_not_there_is_one_sentence(engine):
    for ask in (
        lambda: flag(engine, 999),
        lambda: decide(engine, 999, ACCEPT, "ana"),
        lambda: neighbours(engine, 999),
        lambda: remark(engine, 999, "ana", "x"),
    ):
        with pytest.raises(UnknownFlag, match="there is no flag 999"):
            ask()


def test_a_decided_flag_leaves_the_queue_and_undo_brings_it_back(engine):
    first = ids(engine)[0]
    assert decide(engine, first, REJECT, "ana", note="exists in print").state is FlagState.REJECTED
    assert first not in ids(engine)
    assert ids(engine, QueueFilter(state=FlagState.REJECTED)) == [first]
    taken_back = undo(engine, "ana")
    assert (taken_back.state, taken_back.review.flag_id) == (FlagState.OPEN, first)
    assert ids(engine)[0] == first
    assert [each.answer for each in reviews_of(engine, first)] == [REJECT, ReviewAnswer.UNDO]


def test_undo_goes_back_step_by_step_and_touches_nobody_else(engine):
    one, two, *_ = ids(engine)
    decide(engine, one, REJECT, "ana")
    decide(engine, two, ACCEPT, "ana")
    decide(engine, two, ACCEPT, "ben")
    assert [undo(engine, "ana").review.flag_id for _ in range(2)] == [two, one]
    assert undo(engine, "ana") is None
    assert flag(engine, two).summary.state is FlagState.ACCEPTED


def test_reviews_are_never_changed(engine):
    decide(engine, ids(engine)[0], ACCEPT, "ana")
    with pytest.raises(Exception, match="append-only"), engine.begin() as connection:
        connection.execute(text("UPDATE reviews SET answer = 'reject'"))


def test_two_reviewers_are_asked_where_the_quorum_is_two(engine):
    first = ids(engine)[0]
    assert decide(engine, first, ACCEPT, "ana", quorum=2).state is FlagState.OPEN
    assert next_flag(engine, "ana").id != first
    assert next_flag(engine, "ben").id == first
    assert decide(engine, first, ACCEPT, "ana").state is FlagState.OPEN
    assert decide(engine, first, ACCEPT, "ben").state is FlagState.ACCEPTED


def test_a_disagreement_waits_for_a_third_person(engine):
    first = ids(engine)[0]
    decide(engine, first, ACCEPT, "ana")
    assert decide(engine, first, REJECT, "ben").state is FlagState.DISPUTED
    assert first in ids(engine)
    assert next_flag(engine, "ben").id != first
    assert decide(engine, first, REJECT, "cleo").state is FlagState.REJECTED


def test_who_changes_their_mind_has_one_vote(engine):
    first = ids(engine)[0]
    decide(engine, first, ACCEPT, "ana")
    assert decide(engine, first, REJECT, "ana").state is FlagState.REJECTED


def test_the_author_s_response_opens_an_accepted_flag(engine):
    first, second, *_ = ids(engine)
    decide(engine, first, ACCEPT, "ana")
    assert respond(engine, first, "the author", "it is in volume 3").state is FlagState.OPEN
    assert next_flag(engine, "ana").id == first
    decide(engine, second, REJECT, "ana")
    assert respond(engine, second, "the author", "thanks").state is FlagState.REJECTED


def test_a_note_decides_nothing(engine):
    first = ids(engine)[0]
    assert remark(engine, first, "ana", "ask the library").state is FlagState.OPEN
    assert next_flag(engine, "ana").id == first


def test_what_was_skipped_comes_again_when_asked_for(engine):
    first, second, *_ = ids(engine)
    decide(engine, first, SKIP, "ana")
    assert next_flag(engine, "ana").id == second
    assert next_flag(engine, "ben").id == first
    assert next_flag(engine, "ana", skipped=True).id == first


def test_two_people_are_not_given_the_same_flag(engine):
    first, second, *_ = ids(engine)
    assert hold(engine, first, "ana")
    assert not hold(engine, first, "ben")
    assert hold(engine, first, "ana")
    assert (next_flag(engine, "ana").id, next_flag(engine, "ben").id) == (first, second)
    assert flag(engine, first).held_by == "ana"
    release(engine, first, "ben")
    assert not hold(engine, first, "ben")
    release(engine, first, "ana")
    assert hold(engine, first, "ben")


def test_a_hold_ends_by_itself_and_with_the_decision(engine):
    first = ids(engine)[0]
    assert hold(engine, first, "ana", seconds=-1)
    assert hold(engine, first, "ben")
    decide(engine, first, SKIP, "ben")
    assert flag(engine, first).held_by == ""
    hold(engine, first, "ana")
    release_all(engine, "ana")
    assert flag(engine, first).held_by == ""
    assert not hold(engine, 999, "ana")


def test_neighbours_walk_the_queue_in_both_directions(engine):
    order = ids(engine)
    found = [neighbours(engine, each) for each in order]
    assert [each.following for each in found] == [*order[1:], None]
    assert [each.previous for each in found] == [None, *order[:-1]]


def test_flags_about_the_same_work_are_found_together(engine):
    store(engine, checked(Status.FABRICATED, reference(8, f"{TURING.title} 3")))
    number = ids(engine, QueueFilter(verdict=Status.NOT_FOUND))[0]
    assert [each.status for each in same_work(engine, number)] == [Status.FABRICATED]


def test_statistics_count_days_verdicts_agreement_and_precision(engine):
    one, two, *_ = ids(engine)
    decide(engine, one, ACCEPT, "ana", quorum=2)
    decide(engine, one, ACCEPT, "ben")
    decide(engine, two, ACCEPT, "ana")
    decide(engine, two, REJECT, "ben")
    found = statistics(engine)
    assert [(each.accepted, each.rejected) for each in found.days] == [(3, 1)]
    assert found.agreement == Agreement(pairs=2, agreed=1)
    assert {each.status: (each.open, each.accepted, each.disputed) for each in found.verdicts}[Status.RETRACTED] == (
        *(0, 0, 1),
    )
    assert [(each.name, each.decided, each.value) for each in found.precisions] == [("fabricated", 1, 1.0)]


def test_an_interval_is_wide_where_little_was_decided():
    assert [round(each, 3) for each in wilson(0.9, 10)] == [0.596, 0.982]
    assert [round(each, 3) for each in wilson(0.0, 10)] == [0.0, 0.278]


def test_a_token_is_known_until_it_is_revoked_and_never_kept(engine, tmp_path):
    made, token = add_reviewer(engine, " Ana ", Role.ADMIN)
    assert reviewer_of(engine, token) == made
    assert reviewer_of(engine, token[:-1]) is None
    assert token.encode() not in (tmp_path / "x.db").read_bytes() + (tmp_path / "x.db-wal").read_bytes()
    assert revoke_reviewer(engine, "Ana") == 1
    assert reviewer_of(engine, token) is None
    assert [each.revoked_at is None for each in list_reviewers(engine)] == [False]


@pytest.mark.parametrize("name", ["", "  ", "factprobe", "FactProbe"])
def test_nobody_is_called_like_the_program(engine, name):
    with pytest.raises(StoreError, match="no name for a reviewer"):
        add_reviewer(engine, name)


def test_recent_reviews_are_the_reviewer_s_own(engine):
    one, two, *_ = ids(engine)
    decide(engine, one, ACCEPT, "ana")
    decide(engine, two, REJECT, "ben")
    assert [each.flag_id for each in recent_reviews(engine, "ana")] == [one]


def test_a_damaged_database_is_an_error_and_never_an_empty_queue(engine):
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE reviews"))
        connection.execute(text("ALTER TABLE flags RENAME TO gone"))
    for ask in (queue, count, statistics, lambda e: next_flag(e, "ana"), lambda e: flag(e, 1)):
        with pytest.raises(StoreError, match="cannot be read"):
            ask(engine)


def test_what_happens_to_another_flag_gives_nobody_what_they_answered_again(engine):
    first, second = ids(engine)[:2]
    decide(engine, first, ReviewAnswer.SKIP, "ana")
    decide(engine, second, ReviewAnswer.ACCEPT, "ben")
    respond(engine, second, "the author", "it was in print")
    assert next_flag(engine, "ana").id == second
    decide(engine, second, ReviewAnswer.SKIP, "ana")
    assert next_flag(engine, "ana").id not in {first, second}

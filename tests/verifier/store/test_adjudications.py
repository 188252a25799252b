"""A decision holds for the same finding in the next version of a paper, and only as long as its facts hold."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from citations.types import FieldDiff, FieldName, Name, Severity, Status
from tests.verifier.samples import TURING, checked, reference, report_of
from verifier.errors import StoreError
from verifier.findings import finding_of
from verifier.fingerprint import fact, is_same_wording
from verifier.fusion import Sort
from verifier.policy import ExitCode, FailOn, Policy, exit_code, fails
from verifier.render.words import counts_line
from verifier.store import open_store
from verifier.store.adjudications import adjudication, confirm_work, list_confirmed, revoke_work
from verifier.store.audits import reviewed
from verifier.store.filters import QueueFilter
from verifier.store.queue import flag, queue
from verifier.store.recorder import Recorder
from verifier.store.reports import Period, period_report, scan_report
from verifier.store.reviews import FlagState, ReviewAnswer, decide
from verifier.store.scans import ScanKey, add_findings, begin_scan

LONG = "Observations of twelve variable stars in the Magellanic clouds and their periods of brightness"
DIFFS = {
    "doi": FieldDiff(FieldName.DOI, "10.1000/x", "10.1000/y", Severity.MAJOR),
    "title": FieldDiff(FieldName.TITLE, LONG.replace("twelve", "eleven"), LONG, Severity.MINOR),
    "venue": FieldDiff(FieldName.VENUE, "Nature", "Annals of the Observatory", Severity.MAJOR),
    "authors": FieldDiff(FieldName.AUTHORS, "Alan Turing; Zed Nobody", "Alan Turing", Severity.MAJOR),
    "year": FieldDiff(FieldName.YEAR, "1973", "1937", Severity.MINOR),
}
FIELDS = sorted(DIFFS)
DRIFTED = LONG.replace("Observations", "Obervations").upper()


@pytest.fixture
def engine(tmp_path):
    made = open_store(f"sqlite:///{tmp_path / 'x.db'}")
    yield made
    made.dispose()


def store(engine, *findings):
    add_findings(engine, begin_scan(engine, ScanKey("scan", ("refs.bib",), "settings"), "0.1.0"), findings)


def not_found(title=LONG, file="v1.pdf"):
    return finding_of(checked(Status.NOT_FOUND, reference(1, title, file=file)))


def wrong_year(registered):
    found = checked(Status.MISMATCH, reference(1, LONG))
    diff = FieldDiff(FieldName.YEAR, "1973", registered, Severity.MAJOR)
    return finding_of(replace(found, verdict=replace(found.verdict, diffs=(diff,))))


def only(engine):
    (summary,) = queue(engine, QueueFilter(state=None)).items
    return summary


@pytest.mark.parametrize("title", [LONG, LONG.upper(), DRIFTED], ids=["same", "case", "respelt"])
def test_what_was_dismissed_is_dismissed_in_the_next_version_of_the_paper(engine, title):
    store(engine, not_found())
    decide(engine, only(engine).id, ReviewAnswer.REJECT, "ana", note="it is in the library")
    again = not_found(title, "v2.pdf")
    found = adjudication(engine, again)
    assert (found.accepted, found.reviewer, found.note) == (False, "ana", "it is in the library")
    assert not fails(replace(again, adjudication=found), FailOn.MISMATCH)
    store(engine, again)
    assert (only(engine).seen, only(engine).state) == (2, FlagState.REJECTED)


def test_what_was_confirmed_as_wrong_still_fails_and_says_who_confirmed_it(engine):
    store(engine, not_found())
    decide(engine, only(engine).id, ReviewAnswer.ACCEPT, "ana")
    again = not_found(file="v2.pdf")
    found = adjudication(engine, again)
    assert found.accepted
    assert fails(replace(again, adjudication=found), FailOn.MISMATCH)


@pytest.mark.parametrize(
    "other",
    [
        not_found(LONG.replace("twelve", "twenty-one")),
        not_found(LONG.replace("Magellanic", "Andromedan")),
        finding_of(checked(Status.FABRICATED, reference(1, LONG))),
        not_found(TURING.title),
    ],
    ids=["number", "word", "verdict", "work"],
)
def test_another_finding_is_not_dismissed_with_it(engine, other):
    store(engine, not_found())
    decide(engine, only(engine).id, ReviewAnswer.REJECT, "ana")
    assert adjudication(engine, other) is None


OTHERWISE = {
    "doi": {"doi": "10.1000/of.another.paper"},
    "arxiv": {"arxiv": "2401.00001"},
    "year": {"year": 1901},
    "one more author": {"authors": (Name("Turing", "Alan"), Name("Nobody", "Zed"))},
    "author": {"authors": (Name("Somebody", "Else"),)},
}


def changed(finding, fields):
    cited = finding.checked.reference
    return finding_of(replace(finding.checked, reference=replace(cited, fields=replace(cited.fields, **fields))))


@pytest.mark.parametrize("fields", OTHERWISE.values(), ids=OTHERWISE)
def test_what_the_reviewer_did_not_see_is_not_dismissed_with_a_work_that_was_not_found(engine, fields):
    store(engine, not_found())
    decide(engine, only(engine).id, ReviewAnswer.REJECT, "ana")
    assert adjudication(engine, not_found()) is not None
    assert adjudication(engine, changed(not_found(), fields)) is None


@pytest.mark.parametrize("name", ["doi", "arxiv", "year", "author"])
def test_a_confirmed_work_dismisses_no_citation_of_another_one(engine, name):
    store(engine, not_found())
    confirm_work(engine, only(engine).id, "ana", "shelf mark 12")
    assert adjudication(engine, not_found()) is not None
    assert adjudication(engine, changed(not_found(), OTHERWISE[name])) is None


@given(st.sets(st.sampled_from(FIELDS), min_size=1), st.sampled_from(FIELDS))
def test_a_difference_that_is_added_to_a_dismissed_finding_is_a_finding(wrong, one_more):
    def fault(fields):
        found = checked(Status.MISMATCH, reference(1, LONG))
        return replace(found, verdict=replace(found.verdict, diffs=tuple(DIFFS[field] for field in sorted(fields))))

    assume(one_more not in wrong)
    assert fact(fault(wrong)) == fact(fault(set(wrong)))
    assert fact(fault(wrong)) != fact(fault({*wrong, one_more}))


def test_a_changed_fact_opens_the_flag_again(engine):
    store(engine, wrong_year("1937"))
    number = only(engine).id
    decide(engine, number, ReviewAnswer.REJECT, "ana")
    assert adjudication(engine, wrong_year("1937")) is not None
    assert adjudication(engine, wrong_year("1936")) is None
    store(engine, wrong_year("1936"))
    item = flag(engine, number)
    assert (item.summary.state, item.reviews[-1].answer) == (FlagState.OPEN, ReviewAnswer.REOPEN)
    assert decide(engine, number, ReviewAnswer.ACCEPT, "ana").state is FlagState.ACCEPTED


def test_a_recorder_gives_findings_with_what_was_decided(engine):
    store(engine, not_found())
    decide(engine, only(engine).id, ReviewAnswer.REJECT, "ana")
    recorder = Recorder(engine, ScanKey("scan", ("v2.pdf",), "settings"))
    dismissed = recorder.adjudicated(not_found(file="v2.pdf"))
    report = replace(report_of(()), findings=(dismissed,))
    assert exit_code(report, Policy()) is ExitCode.CLEAN
    assert recorder.adjudicated(finding_of(checked(Status.VERIFIED))).adjudication is None


def test_a_work_that_somebody_found_dismisses_that_it_exists_nowhere(engine):
    store(engine, not_found())
    number = only(engine).id
    decide(engine, number, ReviewAnswer.REJECT, "ana")
    work = confirm_work(engine, number, "ana", " https://library.example/12 ", "on the shelf")
    found = adjudication(engine, not_found(file="another-paper.pdf"))
    assert (found.reviewer, found.accepted) == ("ana", False)
    assert list_confirmed(engine) == (work,)
    assert work.identifier == "https://library.example/12"
    assert adjudication(engine, wrong_year("1937")) is None


def test_revoking_opens_every_flag_that_was_silenced(engine):
    store(engine, not_found())
    number = only(engine).id
    decide(engine, number, ReviewAnswer.REJECT, "ana")
    work = confirm_work(engine, number, "ana", "isbn 1")
    assert revoke_work(engine, work.id, "ben") == (number,)
    assert flag(engine, number).summary.state is FlagState.OPEN
    assert adjudication(engine, not_found()) is None
    assert list_confirmed(engine)[0].revoked_by == "ben"
    with pytest.raises(StoreError, match="no confirmed work"):
        revoke_work(engine, work.id, "ben")


@pytest.mark.parametrize(("identifier", "number"), [("  ", 1), ("x", 99)])
def test_a_confirmation_needs_a_flag_and_an_identifier(engine, identifier, number):
    store(engine, not_found())
    with pytest.raises(StoreError):
        confirm_work(engine, number, "ana", identifier)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("deep learning network|roe", "deep learnng network|roe", True),
        ("deep learning network|roe", "deep learning network|doe", False),
        ("vision 2018 challenge|roe", "vision 2019 challenge|roe", False),
        ("part one of series|roe", "part two of series|roe", False),
        ("deep learning network|roe", "deep learning|roe", False),
        ("supervised method|roe", "unsupervised method|roe", False),
    ],
)
def test_a_word_spelt_another_way_is_the_same_and_another_word_is_not(one, other, same):
    assert is_same_wording(one, other) is same


def test_the_last_line_tells_how_many_were_dismissed(engine):
    store(engine, not_found())
    decide(engine, only(engine).id, ReviewAnswer.REJECT, "ana")
    dismissed = replace(not_found(), adjudication=adjudication(engine, not_found()))
    report = report_of([dismissed.checked])
    assert counts_line(replace(report, findings=(dismissed, not_found()))) == "2 not_found (1 dismissed)"
    assert counts_line(report) == "1 not_found"


def wrong_year_of(title, registered="1937"):
    found = checked(Status.MISMATCH, reference(1, title))
    diff = FieldDiff(FieldName.YEAR, "1973", registered, Severity.MAJOR)
    return finding_of(replace(found, verdict=replace(found.verdict, diffs=(diff,))))


def test_revoking_leaves_alone_what_was_dismissed_for_another_reason(engine):
    store(engine, not_found(), wrong_year_of(LONG))
    numbers = {each.status: each.id for each in queue(engine).items}
    for number in numbers.values():
        decide(engine, number, ReviewAnswer.REJECT, "ana")
    work = confirm_work(engine, numbers[Status.NOT_FOUND], "ana", "isbn 1")
    assert revoke_work(engine, work.id, "ben") == (numbers[Status.NOT_FOUND],)
    assert flag(engine, numbers[Status.MISMATCH]).summary.state is FlagState.REJECTED


def test_a_confirmed_work_takes_later_flags_out_of_the_queue_until_it_is_revoked(engine):
    store(engine, wrong_year_of(LONG))
    first = only(engine).id
    decide(engine, first, ReviewAnswer.REJECT, "ana")
    work = confirm_work(engine, first, "ana", "isbn 1")
    store(engine, not_found())
    silenced = queue(engine, QueueFilter(verdict=Status.NOT_FOUND, state=None)).items[0]
    item = flag(engine, silenced.id)
    assert (item.summary.state, item.reviews[-1].answer) == (FlagState.REJECTED, ReviewAnswer.CONFIRMED)
    assert (item.reviews[-1].note, item.reviews[-1].work_id) == ("confirmed by ana: isbn 1", work.id)
    store(engine, not_found(file="v2.pdf"))
    assert len(flag(engine, silenced.id).reviews) == len(item.reviews)
    assert revoke_work(engine, work.id, "ben") == (first, silenced.id)
    assert {each.id for each in queue(engine).items} == {first, silenced.id}


def test_a_citation_that_changes_is_dismissed_again_where_the_confirmed_work_fits_it(engine):
    store(engine, not_found())
    number = only(engine).id
    decide(engine, number, ReviewAnswer.REJECT, "ana")
    confirm_work(engine, number, "ana", "isbn 1")
    assert len(reviewed(engine, Sort.CITATION).labels) == 1
    for name, state in (("one more author", FlagState.REJECTED), ("year", FlagState.OPEN)):
        store(engine, changed(not_found(), OTHERWISE[name]))
        assert only(engine).state is state
        assert reviewed(engine, Sort.CITATION).labels == ()  # nobody has voted on that


def test_a_person_overrules_a_confirmed_work(engine):
    store(engine, not_found())
    number = only(engine).id
    confirm_work(engine, number, "ana", "isbn 1")
    store(engine, not_found())
    assert decide(engine, number, ReviewAnswer.ACCEPT, "ben").state is FlagState.ACCEPTED
    store(engine, not_found())
    assert only(engine).state is FlagState.ACCEPTED


def test_a_confirmed_work_does_not_decide_alone_where_two_people_are_asked_for(engine):
    store(engine, not_found())
    number = only(engine).id
    decide(engine, number, ReviewAnswer.SKIP, "ana", quorum=2)
    confirm_work(engine, number, "ana", "isbn 1")
    store(engine, not_found())
    assert only(engine).state is FlagState.OPEN
    assert adjudication(engine, not_found()) is None


@pytest.mark.parametrize(
    ("answers", "state"),
    [([ReviewAnswer.ACCEPT, ReviewAnswer.REJECT], FlagState.DISPUTED), ([ReviewAnswer.ACCEPT], FlagState.ACCEPTED)],
)
def test_a_confirmed_work_dismisses_nothing_that_people_voted_on(engine, answers, state):
    store(engine, not_found())
    number = only(engine).id
    for name, answer in zip(("ana", "ben"), answers, strict=False):
        decide(engine, number, answer, name)
    confirm_work(engine, number, "cleo", "isbn 1")
    store(engine, not_found())
    found = adjudication(engine, not_found())
    assert (only(engine).state, found is not None and found.accepted is False) == (state, False)


def test_a_report_of_a_scan_shows_no_decision_about_other_facts(engine):
    store(engine, not_found())
    store(engine, changed(not_found(file="v2.pdf"), OTHERWISE["year"]))
    decide(engine, only(engine).id, ReviewAnswer.REJECT, "ana")
    first, second = (scan_report(engine, number).findings[0] for number in (1, 2))
    assert (first.is_dismissed, second.is_dismissed) == (False, True)


def test_every_report_tells_of_a_confirmed_work_what_the_scan_told(engine):
    store(engine, not_found())
    confirm_work(engine, only(engine).id, "ana", "isbn 1")
    store(engine, not_found())
    told = adjudication(engine, not_found())
    assert (told.accepted, told.identifier) == (False, "isbn 1")
    assert [each.findings[0].adjudication for each in (scan_report(engine), period_report(engine, Period()))] == [
        told,
        told,
    ]

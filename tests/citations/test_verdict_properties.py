from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from citations.types import (
    DoiUnknown,
    Status,
    Why,
)
from tests.citations.fake_registries import asked, people, work
from tests.citations.judging import (
    BASE,
    BOTH,
    OTHER,
    cite,
    doi,
    failed,
    found,
    judge,
    uncovered,
)

# --- properties

RANK = [Status.VERIFIED, Status.MISMATCH, Status.NOT_FOUND, Status.FABRICATED]
WRONG = {
    "title": "Quite another thing about which nobody ever wrote a word",
    "authors": people("John Smith", "Jane Miller", "Jim Brown"),
    "year": 1987,
    "venue": "CVPR",
    "volume": "77",
    "pages": "901-909",
    "doi": "10.1000/other",
}


@given(st.sets(st.sampled_from(sorted(WRONG))), st.sampled_from(sorted(WRONG)))
def test_one_more_wrong_field_never_makes_the_verdict_milder(wrong, one_more):
    def status(fields):
        cited = cite(**{name: WRONG[name] for name in fields})
        said = [found(work(**BASE), OTHER)]
        if "doi" in fields:
            said.append(found(OTHER, identifier=doi("10.1000/other")))
        return RANK.index(judge(cited, *said).status)

    assert status(wrong | {one_more}) >= status(wrong)


@given(st.sets(st.sampled_from(sorted(WRONG))), st.sampled_from(sorted(WRONG)), st.sampled_from(["other", "dead"]))
def test_severity_is_monotone_too_where_the_work_is_found_by_its_identifier(wrong, one_more, kind):
    """An identifier is right only as long as title or authors are those of its record."""

    def status(fields):
        own, cited_doi = work(**BASE, doi="10.1000/x"), "10.1000/x"
        unknown = ("doi_org", DoiUnknown(asked("doi_org"), "10.1000/none"), doi("10.1000/none"))
        said = [found(own, OTHER)]
        if "doi" not in fields:
            said.append(found(own, identifier=doi("10.1000/x")))
        elif kind == "other":
            cited_doi = "10.1000/other"
            said.append(found(OTHER, identifier=doi(cited_doi)))
        else:
            cited_doi = "10.1000/none"
            said += [found(identifier=doi(cited_doi)), unknown]
        changed = {name: WRONG[name] for name in fields if name != "doi"}
        return RANK.index(judge(cite(**changed, doi=cited_doi), *said).status)

    already_wrong = {"title", "authors"} <= wrong
    assert status(wrong | {one_more}) >= status(wrong) or (one_more == "doi" and already_wrong)


ANSWERS = [
    found(work(**BASE)),
    found(),
    found(OTHER),
    found(work(**{**BASE, "authors": people("John Smith")})),
    found(OTHER, identifier=doi("10.1000/other")),
    found(work("arxiv", **BASE), by="arxiv"),
    found(by="arxiv"),
    uncovered("arxiv"),
    ("doi_org", DoiUnknown(asked("doi_org"), "10.1000/other"), doi("10.1000/other")),
]
FAILURES = [failed(), failed("arxiv"), failed("arxiv", Why.RATE_LIMITED), failed("doi_org", Why.CRASHED)]


@given(st.lists(st.sampled_from(ANSWERS), max_size=5), st.lists(st.sampled_from(FAILURES), min_size=1, max_size=3))
def test_a_failure_never_turns_a_verdict_into_an_accusation(answers, failures):
    cited = cite(doi="10.1000/other")
    before = judge(cited, *answers, essential=BOTH)
    after = judge(cited, *answers, *failures, essential=BOTH)
    assert not after.status.accuses or after.status is before.status


@given(st.lists(st.sampled_from(ANSWERS), max_size=5), st.sampled_from(ANSWERS))
def test_more_evidence_never_makes_it_less_certain(answers, one_more):
    cited = cite(doi="10.1000/other")
    before = judge(cited, *answers, essential=BOTH).status
    after = judge(cited, *answers, one_more, essential=BOTH).status
    uncertain = {Status.UNCHECKED, Status.UNVERIFIABLE}
    assert before in uncertain or after not in uncertain


@given(st.lists(st.sampled_from([*ANSWERS, *FAILURES]), max_size=6))
def test_no_mixture_of_answers_breaks_a_verdict_or_accuses_without_ground(said):
    given = judge(cite(doi="10.1000/other"), *said, essential=BOTH)
    if given.status in {Status.NOT_FOUND, Status.FABRICATED}:
        assert set(given.argument.refuted_by) >= BOTH
    if given.status is Status.VERIFIED:
        assert given.argument.supported_by

from __future__ import annotations

import pytest

from citations.types import Status
from tests.verifier.samples import checked, one_of_each, reference
from verifier.findings import finding_of
from verifier.store import open_store
from verifier.store.flags import MAX_EXCERPT, list_flags
from verifier.store.scans import ScanKey, add_findings, begin_scan

KEY = ScanKey("scan", ("refs.bib",), "settings")


@pytest.fixture
def engine(tmp_path):
    made = open_store(f"sqlite:///{tmp_path / 'x.db'}")
    yield made
    made.dispose()


def store(engine, *items):
    add_findings(engine, begin_scan(engine, KEY, "0.1.0"), [finding_of(each) for each in items])


def test_only_what_a_person_should_look_at_is_flagged(engine):
    store(engine, *one_of_each())
    expected = {Status.MISMATCH, Status.NOT_FOUND, Status.FABRICATED, Status.RETRACTED}
    assert {flag.status for flag in list_flags(engine)} == expected


def test_a_flag_holds_the_finding_with_its_evidence(engine):
    store(engine, checked(Status.FABRICATED))
    (flag,) = list_flags(engine)
    assert flag.finding == finding_of(checked(Status.FABRICATED))


def test_the_same_fault_is_one_flag_however_often_it_is_seen(engine):
    store(engine, checked(Status.NOT_FOUND))
    store(engine, checked(Status.NOT_FOUND, reference(5, file="other.bib")))
    (flag,) = list_flags(engine)
    assert flag.seen == 2
    assert flag.finding.checked.reference.location.file == "other.bib"


def test_the_same_fault_twice_in_one_scan_counts_once(engine):
    store(engine, checked(Status.NOT_FOUND), checked(Status.NOT_FOUND, reference(5)))
    assert [flag.seen for flag in list_flags(engine)] == [1]


def test_a_long_reference_is_cut_in_the_list_and_whole_in_the_finding(engine):
    raw = "word " * 1000
    store(engine, checked(Status.NOT_FOUND, reference(1, raw=raw)))
    (flag,) = list_flags(engine)
    assert len(flag.excerpt) == MAX_EXCERPT
    assert flag.finding.checked.reference.raw == raw


def test_times_are_aware(engine):
    store(engine, checked(Status.NOT_FOUND))
    (flag,) = list_flags(engine)
    assert flag.created_at.utcoffset() is not None


def test_an_entry_of_a_bibliography_is_told_in_words(engine):
    store(engine, checked(Status.NOT_FOUND, reference(1, "On small things", year=1950)))
    (flag,) = list_flags(engine)
    assert flag.excerpt == "Alan M. Turing: On small things (1950)"

"""Records whose list of authors breaks off: one of them accuses nobody, two sources do."""

from __future__ import annotations

import pytest

from citations.types import FieldName, Severity, Status
from tests.citations.fake_registries import people, work
from tests.citations.judging import BASE, cite, diffs, found, judge

ALL = people("Ada Byron", "Carl Gauss", "Emmy Noether", "Alan Turing", "Kurt Ende", "Max Born")


@pytest.mark.parametrize("kept", [1, 2, 3, 5])
def test_one_record_that_breaks_off_is_a_note(kept):
    given = judge(cite(authors=ALL), found(work(**{**BASE, "authors": ALL[:kept]})))
    assert (given.status, diffs(given)) == (Status.VERIFIED, {FieldName.AUTHORS: Severity.MINOR})


@pytest.mark.parametrize("kept", [2, 5])
def test_two_sources_that_end_with_the_same_author_tell(kept):
    short = {**BASE, "authors": ALL[:kept]}
    others = found(work("semantic_scholar", **short), by="semantic_scholar")
    assert judge(cite(authors=ALL), found(work(**short)), others).status is Status.MISMATCH


def test_a_stranger_among_the_registered_authors_is_no_cut_record():
    cited = (ALL[0], *people("Zed Quist"), *ALL[1:3])
    assert judge(cite(authors=cited), found(work(**{**BASE, "authors": ALL[:3]}))).status is Status.MISMATCH

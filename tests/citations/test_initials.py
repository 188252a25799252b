"""Initials in printed lists of authors: one that cannot be right is a note, none that is right a mismatch of the names."""

from __future__ import annotations

import pytest

from citations.parse.fields import parse_fields
from citations.types import FieldName, Location, Reference, Severity, Status
from tests.citations.fake_registries import people, work
from tests.citations.judging import diffs, found, judge

TITLE = "A distinctive study of particular things in particular places"
PEOPLE = ("Mary Smith", "Carl Gauss", "Emmy Noether")


def verdict_on(names: str, registered=PEOPLE):
    raw = f"{names}. {TITLE}. Journal of Things, 2012."
    cited = Reference("r", raw, parse_fields(raw), Location("p.pdf"), source="pdf")
    record = work(title=TITLE, authors=people(*registered), year=2012, venue="Journal of Things")
    return judge(cited, found(record))


@pytest.mark.parametrize("names", ["J. Smith, C. Gauss, E. Noether", "Smith J, Gauss C, Noether E"])
def test_one_wrong_initial_in_a_printed_list_is_noted(names):
    given = verdict_on(names)
    assert (given.status, diffs(given)) == (Status.VERIFIED, {FieldName.AUTHORS: Severity.MINOR})


@pytest.mark.parametrize("names", ["J. Smith, K. Gauss, Z. Noether", "Smith J, Gauss K, Noether Z", "J. Smith"])
def test_wrong_initials_of_everybody_are_a_mismatch_of_the_names(names):
    given = verdict_on(names, PEOPLE[: names.count(",") + 1] if "J. Smith" in names else PEOPLE)
    assert (given.status, diffs(given)) == (Status.MISMATCH, {FieldName.AUTHORS: Severity.MAJOR})


@pytest.mark.parametrize(
    ("names", "registered"),
    [
        ("M. Smith, C. Gauss, E. Noether", PEOPLE),
        ("Smith M, Gauss CF, Noether E", PEOPLE),
        ("Smith, M., Gauss, C. F., & Noether, E.", PEOPLE),
        ("Smith M, Gauss C, et al", PEOPLE),
        ("Smith, Gauss, and Noether", PEOPLE),
        ("B. Smith, K. Gauss", ("Robert Smith", "Carl Gauss")),
        ("J. Smith, C. Gauss", ("Mary J. Smith", "Carl Gauss")),
    ],
)
def test_right_missing_and_other_initials_of_the_same_people_accuse_nobody(names, registered):
    assert verdict_on(names, registered).status is Status.VERIFIED

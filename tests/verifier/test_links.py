from __future__ import annotations

import pytest

from citations.types import Fields, Location, Name, Reference
from verifier.links import cited_spans


def reference(key, family, year=2019):
    return Reference(
        f"list#{key}", f"{family} {year}", Fields(authors=(Name(family),), year=year), Location("list"), key=key
    )


LIST = [
    reference("1", "Roe"),
    reference("2", "Poe"),
    reference("3", "Noe", 2020),
    reference("doe2020deep", "Doe", 2020),
]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("So it is [1].", ["list#1"]),
        ("So it is [1, 3].", ["list#1", "list#3"]),
        ("So it is [1-3].", ["list#1", "list#2", "list#3"]),
        ("So it is [^2].", ["list#2"]),
        ("So it is.²,³", ["list#2", "list#3"]),
        ("So it is [@doe2020deep].", ["list#doe2020deep"]),
        ("So it is (Roe, 2019).", ["list#1"]),
        ("Noe (2020) says so.", ["list#3"]),
        ("It lies in [0, 9], and in array[7].", []),
        ("It is so (Roe, 1999).", []),
        ("A range of pages [1-999].", []),
    ],
)
def test_a_mark_leads_to_what_it_points_at(text, names):
    assert [name for each in cited_spans(text, LIST) for name in each.references] == names


def test_an_author_with_two_works_of_one_year_names_neither():
    twice = [reference("1", "Roe"), reference("2", "Roe")]
    assert cited_spans("It is so (Roe, 2019).", twice) == ()

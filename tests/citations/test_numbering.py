from __future__ import annotations

import pytest

from citations.match.title import fit_title
from citations.titles import title_similarity
from citations.types import Fields, Kind, Severity, Status
from tests.citations.fake_registries import reference, work
from tests.citations.judging import found, judge

OTHER_WAYS = [
    ("World War 2 and early farmers of the plain", "World War II and early farmers of the plain"),
    ("20 years of early farmers of the plain", "Twenty years of early farmers of the plain"),
    ("Early farmers in the 19th century", "Early farmers in the nineteenth century"),
    ("Second report on early farmers of the plain", "2nd report on early farmers of the plain"),
    ("Early farmers of the plain II: pottery", "Early farmers of the plain. Part II. Pottery"),
    ("Early farmers on the plain, 1990–10", "Early farmers on the plain, 1990-2010"),
    ("Foraging of B. terrestris in early spring", "Foraging of Bombus terrestris in early spring"),
    ("A 50 percent decline in early farmers", "A 50% decline in early farmers"),
    ("Monetary policy and the great moderation", "Monetary policy and the great moderation1"),
    ("Early farmers of the lower plain", "Early farmers of the lower plain<sup>1</sup>"),
    ("Early farmers of the lower plain", "Early farmers of the lower plain 1"),
]
OTHER_WORKS = [
    ("No early farmers of the lower plain", "Early farmers of the lower plain"),
    ("Theory of ordered phases. II", "Theory of ordered phases. III"),
    ("Theory of ordered phases. Part 2. Ground states", "Theory of ordered phases. Part 3. Ground states"),
    ("20 years of early farmers of the plain", "Thirty years of early farmers of the plain"),
    ("Early farmers in the 19th century", "Early farmers in the eighteenth century"),
    ("Early farmers on the plain, 1990–10", "Early farmers on the plain, 1990-2011"),
]


def severity(cited: str, registered: str) -> Severity | None:
    return fit_title(Fields(title=cited), work(title=registered), None).severity


@pytest.mark.parametrize("pair", OTHER_WAYS)
def test_numbers_initials_and_footnote_marks_may_be_written_in_many_ways(pair):
    assert {severity(*pair), severity(*reversed(pair))} <= {None, Severity.COSMETIC}


@pytest.mark.parametrize("pair", OTHER_WORKS)
def test_other_numbers_are_other_works_however_they_are_written(pair):
    assert {severity(*pair), severity(*reversed(pair))} == {Severity.MAJOR}


@pytest.mark.parametrize(
    ("cited", "registered"),
    [
        ("Early farmers of the plain", "Early farmers of the plain, Part I"),
        ("Theory of ordered phases: Part 2", "Theory of ordered phases. II. Excitations"),
        ("Early farmers of the plain: Part 2", "Early farmers of the plain. II. Pottery and trade"),
    ],
)
def test_a_part_named_by_its_number_alone_is_a_minor_difference(cited, registered):
    assert severity(cited, registered) is Severity.MINOR


PAGE = {"year": 1991, "venue": "Annals of Phases", "volume": "4", "pages": "21-40", "kind": Kind.ARTICLE}


@pytest.mark.parametrize(
    ("title", "page", "expected"),
    [
        ("Theory of ordered phases, Part II", "21-40", Status.VERIFIED),
        ("Theory of ordered phases: Part 2", "21-40", Status.VERIFIED),
        ("Theory of ordered phases: Part 3", "21-40", Status.MISMATCH),
        ("Theory of ordered phases: Part 2", "77-90", Status.MISMATCH),
    ],
)
def test_a_part_named_by_its_number_alone_is_right_on_its_own_page(title, page, expected):
    held = work(title="Theory of ordered phases. II. Excitations", authors="Ada Byron", **PAGE)
    cited = reference(**{**PAGE, "title": title, "authors": "Ada Byron", "pages": page})
    assert judge(cited, found(held)).status is expected


@pytest.mark.parametrize("pair", [*OTHER_WAYS[:4], *OTHER_WORKS[1:5]])
def test_both_measures_of_likeness_agree_on_numbers(pair):
    alike = severity(*pair) in {None, Severity.COSMETIC}
    assert (title_similarity(*pair) >= 0.95) is alike

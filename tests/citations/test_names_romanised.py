"""One person under two spellings: romanisations of Korean and Chinese names, and a family name changed by marriage."""

from __future__ import annotations

import pytest

from citations.names import compare_authors, read_name, same_person
from citations.types import Severity
from tests.citations.fake_registries import people

COMPATIBLE = 0.7


@pytest.mark.parametrize(
    ("one", "another"),
    [
        ("Sang-Woo Yi", "Sang-Woo Lee"),
        ("Sang-Woo Rhee", "Sangwoo Lee"),
        ("S.-W. Yi", "Sang-Woo Lee"),
        ("Ji-Eun Bak", "Jieun Park"),
        ("Ji-Eun Choe", "Ji Eun Choi"),
        ("Ji-Eun Jeong", "Ji-Eun Chung"),
        ("Jeong-Hun Yi", "Jung Hoon Lee"),
        ("Jeong-Hun Kim", "Jung Hoon Kim"),
        ("Wei-Ming Hsu", "Weiming Xu"),
        ("Chih-Hsiung Chang", "Zhixiong Zhang"),
        ("Wei-Ming Wong", "Weiming Huang"),
        ("Wei-Ming Cheung", "Weiming Zhang"),
    ],
)
def test_two_romanisations_of_one_name_are_one_person(one, another):
    assert same_person(read_name(one), read_name(another)) >= COMPATIBLE


@pytest.mark.parametrize(
    ("one", "another"),
    [
        ("Sang-Woo Kim", "Sang-Woo Lee"),
        ("Wei-Ming Zhao", "Weiming Zhang"),
        ("Jin-Ho Yi", "Jun-Ho Lee"),
        ("Jing Li", "Qing Li"),
        ("Jae-Hyun Kim", "Ji-Eun Kim"),
        ("J. Yi", "J. Lee"),
    ],
)
def test_other_korean_and_chinese_names_stay_other_names(one, another):
    assert same_person(read_name(one), read_name(another)) < COMPATIBLE


RECORD = people("Maria Jones", "Carl Gauss", "Emmy Noether")


@pytest.mark.parametrize("registered", [RECORD, RECORD[:2]])
def test_another_family_name_beside_the_same_given_name_in_the_same_place_is_a_note(registered):
    diff = compare_authors((read_name("Maria Smith"), *registered[1:]), registered)
    assert (diff.severity, diff.note) == (Severity.MINOR, "Maria Smith is registered as Maria Jones")


@pytest.mark.parametrize(
    "cited",
    [
        people("M. Smith", "C. Gauss", "E. Noether"),
        people("Maria Smith", "Carl Weber", "Emmy Noether"),
        people("Carl Gauss", "Maria Smith", "Emmy Noether"),
        people("Maria Smith"),
        people("Martha Smith", "Carl Gauss", "Emmy Noether"),
    ],
    ids=["initials", "two changed", "another place", "alone", "another given name"],
)
def test_what_no_marriage_explains_stays_grave(cited):
    assert compare_authors(cited, RECORD[: len(cited)]).severity is Severity.MAJOR


def test_a_chinese_family_name_is_not_changed_by_marriage():
    diff = compare_authors(people("Xiaoming Wang", "Carl Gauss"), people("Xiaoming Zhao", "Carl Gauss"))
    assert diff.severity is Severity.MAJOR

"""Quality may not fall: false alarms stay under their ceilings, and what was found stays found."""

from __future__ import annotations

import pytest

from tests.gate.floors import Floors, failures, loosened, pinned, read_floors, write_floors
from tests.gate.measures import GROUPS
from tests.gate.sample import corpora_digest


@pytest.fixture(scope="session")
def world(tmp_path_factory):
    return tmp_path_factory.mktemp("gate")


def test_the_floors_were_measured_on_these_corpora(shared_data):
    assert corpora_digest(shared_data) == read_floors().corpora


@pytest.mark.parametrize("group", GROUPS)
def test_quality_stays_within_its_bounds(group, shared_data, world):
    assert failures(read_floors().groups[group], GROUPS[group](shared_data, world)) == []


def test_more_false_alarms_and_less_found_are_failures():
    pins = {"accused, x": 0.01, "verified, x": 0.9}
    assert failures(pins, {"accused, x": 0.01, "verified, x": 0.9}) == []
    assert failures(pins, {"accused, x": 0.02, "verified, x": 0.8}) == [
        "accused, x: 0.0200 is above the ceiling 0.0100",
        "verified, x: 0.8000 is below the floor 0.9000",
    ]


def test_a_measure_that_vanished_or_has_no_bound_is_a_failure():
    assert failures({"accused, x": 0.0}, {}) == ["accused, x: was 0.0000 and is no longer measured"]
    assert len(failures({}, {"accused, x": 0.0})) == 1


def test_a_weaker_bound_is_noticed_on_both_sides():
    old = {"wrong, x": 0.1, "verified, x": 0.5, "gone": 1.0}
    assert loosened(old, {"wrong, x": 0.2, "verified, x": 0.4}) == [
        "gone: dropped",
        "verified, x: 0.5000 -> 0.4000",
        "wrong, x: 0.1000 -> 0.2000",
    ]
    assert loosened(old, {"wrong, x": 0.1, "verified, x": 0.6, "gone": 1.0}) == []


def test_zero_false_alarms_leave_no_room():
    assert pinned("accused, x", 0.0) == 0.0
    assert pinned("verified, x", 0.95) < 0.95


def test_floors_read_back_as_written(tmp_path):
    floors = Floors("digest", {"group": {"verified, x": 0.9, "accused, x": 0.0}})
    write_floors(floors, tmp_path / "floors.json")
    assert read_floors(tmp_path / "floors.json") == floors

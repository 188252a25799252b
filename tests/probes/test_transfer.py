from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

pytest.importorskip("sklearn", reason="scikit-learn is not installed: pip install '.[probes]'")

from probes.features import FeatureSet
from probes.inner import Recipe
from probes.transfer import apart_from, transfers_between
from tests.probes.planted import planted

RECIPE = Recipe(columns=20, strengths=(1e-2,))


def other(folder: Path, **settings: float) -> FeatureSet:
    """Answers to other questions."""
    found = planted(folder, **settings)
    rows = [
        replace(row, item=f"o{row.item}", group=f"o{row.group}", question_sha256=f"o{row.question_sha256}")
        for row in found.rows
    ]
    return replace(found, rows=tuple(rows))


def test_every_set_is_tested_on_every_set(tmp_path: Path) -> None:
    sets = {"one": planted(tmp_path / "one"), "two": other(tmp_path / "two", seed=1)}
    found = transfers_between(sets, RECIPE)
    assert [(each.trained_on, each.tested_on, each.rows) for each in found] == [
        ("one", "one", 160),
        ("one", "two", 160),
        ("two", "one", 160),
        ("two", "two", 160),
    ]
    assert all(each.auroc > 0.8 for each in found)


def test_what_was_learnt_on_a_set_without_signal_does_not_transfer(tmp_path: Path) -> None:
    sets = {
        "noise": planted(tmp_path / "noise", strength=0.0, in_logits=0.0),
        "signal": other(tmp_path / "signal", seed=1),
    }
    found = {(each.trained_on, each.tested_on): each.auroc for each in transfers_between(sets, RECIPE)}
    assert found["noise", "signal"] < 0.75 < found["signal", "signal"]


def test_answers_of_shared_questions_are_left_out_and_small_sets_are_too(tmp_path: Path) -> None:
    whole = planted(tmp_path / "whole")
    sets = {"whole": whole, "again": whole.select(range(60)), "few": other(tmp_path / "few", rows=12)}
    assert len(apart_from(sets["again"], whole)) == 0
    assert {(each.trained_on, each.tested_on) for each in transfers_between(sets, RECIPE)} == {
        ("whole", "whole"),
        ("again", "again"),
        ("again", "whole"),
    }

from __future__ import annotations

from dataclasses import replace

import numpy as np

from probes.folds import grouped_folds, joined_groups
from tests.probes.test_features import row


def test_rows_that_share_an_answer_or_a_question_are_joined_through_each_other():
    rows = [
        replace(row(0), item="a", group="paris", question_sha256="1"),
        replace(row(1), item="b", group="paris", question_sha256="2"),
        replace(row(2), item="c", group="rome", question_sha256="2"),
        replace(row(3), item="d", group="oslo", question_sha256="3"),
    ]
    groups = joined_groups(rows).tolist()
    assert groups[0] == groups[1] == groups[2]
    assert groups[0] != groups[3]


def test_folds_split_no_group_and_share_out_the_wrong_rows():
    generator = np.random.default_rng(0)
    groups = generator.integers(0, 80, 200)
    wrong = generator.random(200) < 0.2
    folds = grouped_folds(groups, wrong, 5)
    assert {1} == {len(set(folds[groups == group])) for group in groups}
    assert max(np.bincount(folds)) - min(np.bincount(folds)) < 20
    assert np.ptp(np.bincount(folds[wrong], minlength=5)) <= 4

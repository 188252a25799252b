from __future__ import annotations

import math

import pytest

from verifier.judges.model_judge import choice_of


@pytest.mark.parametrize("logits", [(math.nan, 1.0, 2.0), (1.0, math.nan), (math.inf, 1.0), (-math.inf, -math.inf)])
def test_logits_that_are_no_numbers_choose_nothing(logits):
    choice = choice_of(logits)
    assert choice.weights == ()
    assert choice.unavailable


def test_logits_become_weights_that_add_up_to_one():
    assert choice_of((math.log(3), 0.0, -math.inf)).weights == pytest.approx((0.75, 0.25, 0.0))

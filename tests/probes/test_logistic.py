"""Fits against scikit-learn and against what a minimum must satisfy."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("sklearn", reason="scikit-learn is not installed: pip install '.[probes]'")

from probes.logistic import fit_l1, fit_l2, spanned


def planted(rows=120, columns=30, seed=0):
    generator = np.random.default_rng(seed)
    values = generator.normal(size=(rows, columns))
    wrong = values[:, 0] - values[:, 1] + generator.logistic(size=rows) + 1 > 0
    return values, wrong


@pytest.mark.parametrize("c", [0.05, 0.5])
def test_an_l1_fit_satisfies_the_conditions_of_a_minimum(c):
    values, wrong = planted()
    found = fit_l1(values, wrong, c)
    residual = 1 / (1 + np.exp(-found.logits(values))) - wrong
    gradient = c * values.T @ residual
    chosen = found.weights != 0
    assert c * residual.sum() == pytest.approx(0, abs=0.01)
    assert -np.sign(found.weights[chosen]) == pytest.approx(gradient[chosen], abs=0.02)
    assert np.abs(gradient[~chosen]).max() <= 1.001
    assert 0 < chosen.sum() < values.shape[1]


def test_a_strong_l1_penalty_leaves_the_intercept_alone():
    values, wrong = planted()
    found = fit_l1(values, wrong, 1e-6)
    assert not found.weights.any()
    assert wrong.mean() == pytest.approx(1 / (1 + np.exp(-found.bias)), abs=1e-3)


def test_penalties_stand_for_columns_of_another_spread():
    values, wrong = planted()
    spread = np.linspace(0.5, 2, values.shape[1])
    direct = fit_l1(values * spread, wrong, 0.3)
    scaled = fit_l1(values, wrong, 0.3, penalties=1 / spread)
    assert direct.weights * spread == pytest.approx(scaled.weights, abs=0.02)


def test_more_columns_than_rows_give_the_same_plane_as_a_direct_fit():
    from sklearn.linear_model import LogisticRegression

    values, wrong = planted(rows=40, columns=90)
    found = fit_l2(values, wrong, 0.1)
    direct = LogisticRegression(C=0.1, tol=1e-8, max_iter=5000).fit(values, wrong)
    assert found.weights == pytest.approx(direct.coef_[0], abs=2e-3)
    assert found.bias == pytest.approx(direct.intercept_[0], abs=2e-3)


def test_rows_keep_their_inner_products_in_the_space_that_they_span():
    values, _ = planted(rows=10, columns=50)
    gram = values @ values.T
    coordinates, back = spanned(gram)
    assert coordinates @ coordinates.T == pytest.approx(gram)
    assert gram @ back == pytest.approx(coordinates)

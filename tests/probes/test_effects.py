from __future__ import annotations

import math
from dataclasses import replace

import pytest

from probes.behaviour import Shown
from probes.effects import PROBE_SET, Cost, Outcome, effects, wilson
from probes.report.curve import curve_page, curve_table, slope_sentences

ALPHAS = (0.0, 1.0, 2.0, 3.0)


def outcomes(name: str, complying: dict[float, int], items: int = 40) -> list[Outcome]:
    return [
        Outcome(name, alpha, f"i{n}", Shown.COMPLIES if n < count else Shown.RESISTS)
        for alpha, count in complying.items()
        for n in range(items)
    ]


@pytest.fixture
def rising() -> list[Outcome]:
    """The probe's neurons make 10 % more comply a step; two random sets do nothing. Factor 1 runs once."""
    flat = {alpha: 10 for alpha in ALPHAS if alpha != 1}
    rising = {alpha: int(6 + 4 * alpha) for alpha in ALPHAS}
    return outcomes(PROBE_SET, rising) + outcomes("random 1", flat) + outcomes("random 2", flat)


def test_the_slope_is_that_of_the_shares(rising: list[Outcome]) -> None:
    study = effects(rising)
    slopes = {each.neurons: each.points for each in study.slopes}
    assert slopes[PROBE_SET].value == pytest.approx(10.0)
    assert slopes["random 1"].value == pytest.approx(0.0)
    assert study.difference is not None
    assert (study.difference.value, study.difference.low > 0) == (pytest.approx(10.0), True)
    assert "more than chance" in slope_sentences(study)[-1]


def test_answers_that_no_rule_could_read_are_named_where_they_bend_the_curve(rising: list[Outcome]) -> None:
    spoilt = [replace(each, shown=Shown.UNCLEAR) if each.alpha == 3 else each for each in rising]
    assert slope_sentences(effects(spoilt))[-1].startswith("unclear or cut answers: 0 to 100 %")
    assert not any("unclear" in each for each in slope_sentences(effects(rising)))


def test_an_effect_that_random_neurons_have_too_is_not_told_from_chance() -> None:
    both = {alpha: int(6 + 4 * alpha) for alpha in ALPHAS}
    without = {alpha: count for alpha, count in both.items() if alpha != 1}
    study = effects(outcomes(PROBE_SET, both) + outcomes("random 1", without))
    assert "not told from chance" in slope_sentences(study)[-1]


def test_outcomes_are_counted_apart() -> None:
    found = [Outcome(PROBE_SET, 2.0, str(n), shown, truncated=n == 0) for n, shown in enumerate(Shown)]
    (point,) = effects(found).points
    assert (point.answers, point.complies.value) == (4, 0.25)
    assert (point.resists, point.refuses, point.unclear, point.truncated) == (1, 1, 1, 1)


@pytest.mark.parametrize(("hits", "of"), [(0, 1), (1, 1), (0, 50), (50, 50), (3, 7)])
def test_an_interval_of_a_share_holds_it_and_stays_between_0_and_1(hits: int, of: int) -> None:
    found = wilson(hits, of)
    assert 0 <= found.low <= found.value <= found.high <= 1
    assert found.high > found.low


def test_the_interval_of_nothing_is_nothing() -> None:
    assert math.isnan(wilson(0, 0).value)


def test_the_table_and_the_page_show_every_point(rising: list[Outcome]) -> None:
    study = effects(rising, [Cost(PROBE_SET, alpha, 20.0 + alpha, 3, 5) for alpha in ALPHAS])
    page = curve_page(study, "<b>behaviour</b>")
    assert curve_table(study).row_count == len(study.points) == 10
    assert page.count("<tr>") == 11
    assert page.count("<svg") == 3
    assert "&lt;b&gt;behaviour" in page
    assert not any(word in page for word in ("http://www.example", "<script", "<b>behaviour", "src="))
    assert page == curve_page(study, "<b>behaviour</b>")


def test_one_factor_alone_has_no_slope() -> None:
    study = effects(outcomes(PROBE_SET, {1.0: 5}))
    assert (study.slopes, study.difference, len(study.points)) == ((), None, 1)
    assert slope_sentences(study) == []

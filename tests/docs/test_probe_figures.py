"""The figures of docs/probes.md are those of the committed records."""

from __future__ import annotations

from tests.docs.generate import probes
from tests.docs.probe_figures import PAGE, figures, number, shown, table, written


def test_the_page_has_the_figures_of_the_records() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert written(page) == page, "run: make docs"
    assert figures() in page


def test_figures_are_told_with_their_intervals_and_missing_ones_as_dashes() -> None:
    assert shown({"value": 0.5, "low": -0.25, "high": 0.75}, signed=True) == "+.500 [-.250, +.750]"
    assert (shown(None), number(None), number(1.0)) == ("-", "-", "1.000")
    assert table(("a", "b"), [("c", "1")]) == "| a | b |\n| --- | --: |\n| c | 1 |"


def test_the_readme_tells_the_gain_over_everything_cheap_and_of_both_models() -> None:
    block = probes()
    assert "+0.012 [-0.003, +0.026], which is no gain that was shown, over these with the question" in block
    assert all(name in block for name in ("Qwen2.5", "SmolLM2-135M"))

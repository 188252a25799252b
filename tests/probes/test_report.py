from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from rich.console import Console

pytest.importorskip("sklearn", reason="scikit-learn is not installed: pip install '.[probes]'")
pytest.importorskip("matplotlib", reason="matplotlib is not installed: pip install '.[probes]'")

from dataclasses import replace

from probes.evaluate import EvaluateOptions, evaluate
from probes.evaluation_types import Transfer
from probes.inner import Recipe
from probes.report.heat import HeatToken, heat_html, heat_text
from probes.report.page import page
from probes.report.table import baselines_table, number, sets_table
from probes.sparse import SparseRecipe
from probes.train import TrainOptions, train_detector, train_h_neurons
from tests.probes.planted import planted


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    training = planted(tmp_path_factory.mktemp("training"))
    rows = planted(tmp_path_factory.mktemp("test"), seed=1)
    renamed = tuple(
        replace(row, item=f"t{row.item}", group=f"t{row.group}", question_sha256=f"t{row.question_sha256}")
        for row in rows.rows
    )
    test_set = replace(rows, rows=renamed)
    options = TrainOptions(
        name="<planted>",
        detector=Recipe(columns=20, strengths=(1e-2, 1e-1)),
        h_neurons=SparseRecipe(columns=40, strengths=(0.1, 0.3)),
        bootstraps=2,
    )
    texts = {row.item: f"What is {row.item}?" for row in (*training.rows, *renamed)}
    quick = EvaluateOptions(draws=50, random_sets=2, permutations=1)
    probe = train_detector(training, options).probe
    return probe, evaluate(probe, training, test_set, texts, quick), train_h_neurons(training, options).probe


class Links(HTMLParser):
    def __init__(self):
        super().__init__()
        self.found = []
        self.tags = []

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        self.found += [value for name, value in attributes if name in {"src", "href", "xlink:href"}]


def test_the_page_needs_nothing_from_elsewhere_and_shows_every_figure(made):
    probe, evaluation, _ = made
    written = page(probe, [evaluation], [Transfer("a", "b", 0.8, 40)], [[HeatToken("Paris", 0.9)]])
    links = Links()
    links.feed(written)
    assert [link for link in links.found if not link.startswith("#")] == []
    assert "script" not in links.tags
    assert links.tags.count("svg") == 8
    assert "#010203" not in written
    assert "&lt;planted&gt;" in written
    assert "<planted>" not in written


def test_the_page_is_the_same_each_time(made):
    probe, evaluation, _ = made
    assert page(probe, [evaluation]) == page(probe, [evaluation])


def test_h_neurons_have_the_stability_of_their_set_on_the_page(made):
    assert "Stability of the set" in page(made[2], [])


def test_tables_name_each_baseline_with_its_interval(made):
    probe, evaluation, _ = made
    console = Console(width=160, record=True, file=open("/dev/null", "w"))  # noqa: PTH123, SIM115 - a sink
    console.print(sets_table(probe, [evaluation]))
    console.print(baselines_table(evaluation))
    console.file.close()
    shown = console.export_text()
    assert all(baseline.name in shown for baseline in evaluation.metrics.baselines)
    assert re.search(r"best logit stack\s+\.\d{3} \[\.\d{3}, \.\d{3}\]\s+[+-]\.\d{3}", shown)


def test_a_heat_map_escapes_what_the_model_wrote_and_tells_what_is_known_of_a_token():
    written = heat_html([HeatToken('<b>"x"', 0.9, -1.5, ("3:17 +0.4",)), HeatToken("ok", None)], 0.5)
    assert '<span class="over" style="--risk:0.90" title="risk 0.90 | logprob -1.50 | neurons 3:17 +0.4">' in written
    assert "&lt;b&gt;&quot;x&quot;" in written
    assert 'class="plain" style="--risk:0.00" title="no score">ok' in written


def test_a_heat_map_moves_no_cursor_and_underlines_doubtful_tokens():
    tokens = [HeatToken("fine\x1b[2J ", 0.1), HeatToken("doubtful", 0.9)]
    coloured = heat_text(tokens, 0.5)
    assert coloured.plain == "fine[2J doubtful"
    assert [bool(span.style.underline) for span in coloured.spans if span.style.bgcolor] == [True]


def test_figures_are_short():
    assert [
        number(0.5),
        number(0.031, signed=True),
        number(-0.02),
        number(1.0),
        number(float("nan")),
    ] == [".500", "+.031", "-.020", "1.000", "-"]

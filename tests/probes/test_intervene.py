from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from probes.behaviour import BehaviourItem, Shown
from probes.effects import PROBE_SET
from probes.errors import FeaturesUnreadable, ProbesError
from probes.intervene import ChoiceQuestion, InterveneOptions, intervene, perplexity, random_sets
from probes.probed import ProbedLlama
from probes.testing import CHATML, write_tiny_model
from probes.types import Neuron

SETTINGS = {"n_ctx": 256, "n_threads": 1, "n_threads_batch": 1, "type_k": 0, "type_v": 0}
NEURONS = tuple(Neuron(layer, i) for layer in (0, 2) for i in range(0, 40, 2))
ITEMS = [BehaviourItem(f"i{n}", f"is it {word}", complies="e") for n, word in enumerate(("on", "in", "the"))]
OPTIONS = InterveneOptions(
    alphas=(0.0, 1.0, 3.0),
    random_sets=2,
    max_tokens=6,
    text="the hat is on the heater",
    choices=(ChoiceQuestion("is it", ("on", "in"), 0),),
)


@pytest.fixture
def engine(tiny: Callable[..., Path], tmp_path: Path) -> Iterator[ProbedLlama]:
    opened = ProbedLlama(write_tiny_model(tmp_path / "m.gguf", chat_template=CHATML), None, **SETTINGS)
    yield opened
    opened.close()


def test_every_set_runs_under_every_factor_and_once_under_none(engine: ProbedLlama, tmp_path: Path) -> None:
    ran = intervene(engine, ITEMS, NEURONS, tmp_path / "run.jsonl", OPTIONS)
    done = sorted({(each.neurons, each.alpha) for each in ran.outcomes})
    assert done[:3] == [(PROBE_SET, 0.0), (PROBE_SET, 1.0), (PROBE_SET, 3.0)]
    assert [(f"random {n}", alpha) for n in (1, 2) for alpha in (0.0, 3.0)] == done[3:]
    assert len(ITEMS) * len(done) == len(ran.outcomes)
    assert [(c.neurons, c.alpha) for c in ran.costs] == [(PROBE_SET, 0.0), (PROBE_SET, 1.0), (PROBE_SET, 3.0)]


def test_what_was_computed_under_one_factor_does_not_reach_the_next(engine: ProbedLlama, tmp_path: Path) -> None:
    both = intervene(engine, ITEMS, NEURONS, tmp_path / "both.jsonl", OPTIONS)
    alone = intervene(
        engine, ITEMS, NEURONS, tmp_path / "alone.jsonl", InterveneOptions(alphas=(3.0,), random_sets=0, max_tokens=6)
    )
    kept = [each for each in both.outcomes if (each.neurons, each.alpha) == (PROBE_SET, 3.0)]
    assert list(alone.outcomes) == kept


def test_a_killed_run_goes_on_where_it_was(engine: ProbedLlama, tmp_path: Path) -> None:
    whole = intervene(engine, ITEMS, NEURONS, tmp_path / "whole.jsonl", OPTIONS)
    lines = (tmp_path / "whole.jsonl").read_text(encoding="utf-8").splitlines(keepends=True)
    (tmp_path / "half.jsonl").write_text("".join(lines[:5]) + lines[5][:20], encoding="utf-8")
    again = intervene(engine, ITEMS, NEURONS, tmp_path / "half.jsonl", OPTIONS)
    assert whole == again
    assert lines == (tmp_path / "half.jsonl").read_text(encoding="utf-8").splitlines(keepends=True)


def test_the_record_of_another_experiment_is_not_added_to(engine: ProbedLlama, tmp_path: Path) -> None:
    intervene(engine, ITEMS, NEURONS, tmp_path / "run.jsonl", InterveneOptions(alphas=(1.0,), max_tokens=2))
    with pytest.raises(FeaturesUnreadable, match="another experiment"):
        intervene(engine, ITEMS[:1], NEURONS, tmp_path / "run.jsonl", InterveneOptions(alphas=(1.0,), max_tokens=2))


@pytest.mark.parametrize("content", [b"no json\n", b"\xff\xfe\n", b"[]\n"])
def test_a_damaged_record_is_a_sentence(engine: ProbedLlama, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "run.jsonl").write_bytes(content)
    with pytest.raises(FeaturesUnreadable):
        intervene(engine, ITEMS, NEURONS, tmp_path / "run.jsonl", OPTIONS)


def test_random_sets_are_as_large_lie_in_the_same_layers_and_hold_none_of_the_probes(engine: ProbedLlama) -> None:
    first, second = random_sets(engine.path, NEURONS, OPTIONS)
    for each in (first, second):
        assert [n.layer for n in NEURONS] == [n.layer for n in each.neurons]
        assert set() == set(each.neurons) & set(NEURONS)
    assert first.neurons != second.neurons
    assert (first, second) == random_sets(engine.path, NEURONS, OPTIONS)


def test_a_judge_of_ones_own_is_asked(engine: ProbedLlama, tmp_path: Path) -> None:
    class Always:
        def judge(self, item: BehaviourItem, answer: str) -> Shown:
            return Shown.REFUSES

    options = InterveneOptions(alphas=(1.0,), random_sets=0, max_tokens=2)
    ran = intervene(engine, ITEMS, NEURONS, tmp_path / "run.jsonl", options, judge=Always())
    assert {Shown.REFUSES} == {each.shown for each in ran.outcomes}


def test_perplexity_is_that_of_the_scaled_model(engine: ProbedLlama) -> None:
    plain = perplexity(engine, OPTIONS.text)
    with engine.scale(dict.fromkeys(NEURONS, 5.0)):
        changed = perplexity(engine, OPTIONS.text)
    assert plain == perplexity(engine, OPTIONS.text)
    assert abs(changed - plain) > 1e-3


def test_no_neuron_is_a_sentence(engine: ProbedLlama, tmp_path: Path) -> None:
    with pytest.raises(ProbesError, match="no neuron"):
        intervene(engine, ITEMS, (), tmp_path / "run.jsonl", OPTIONS)

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from probes.batch import Branches, Sampling
from probes.collect import Collected, CollectOptions, collect
from probes.errors import FeaturesUnreadable, QuestionsUnreadable
from probes.extract import extract, options_of
from probes.features import Region, load_features, read_header
from probes.label import Label, LabelledSpan, Outcome
from probes.questions import Question
from probes.relabel import read_labels, read_samples, relabel, with_labels
from probes.testing import CHATML, write_tiny_model
from probes.types import Neuron

QUESTIONS = {
    f"q{n}": Question(f"q{n}", f"is it on the {word}", ("the world",))
    for n, word in enumerate(("world", "it", "hello"))
}
OPTIONS = CollectOptions(samples=3, sampling=Sampling(max_tokens=6), suffix=" it")


class Cut:
    """Right is what has a length that is divided by some number; the span leaves out some characters at the end."""

    def __init__(self, by: int, left_out: int = 0) -> None:
        self.by, self.left_out = by, left_out

    def label(self, question: Question, answer: str) -> Label:
        right = len(answer) % self.by == 0
        end = max(1, len(answer) - self.left_out)
        spans = (LabelledSpan("answer", 0, end, right),) if answer else ()
        return Label(Outcome.RIGHT if right else Outcome.WRONG, spans)


class Away:
    """Cannot be asked."""

    def label(self, question: Question, answer: str) -> Label:
        return Label(Outcome.UNDECIDED)


@pytest.fixture(scope="module")
def model(tiny: Callable[..., Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tiny_model(tmp_path_factory.mktemp("chat") / "chat.gguf", chat_template=CHATML)


@pytest.fixture(scope="module")
def run(model: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("run")
    with Branches(model, 3, n_ctx=256, threads=1) as branches:
        collect(branches, QUESTIONS.values(), folder, OPTIONS, labeller=Cut(2))
    return folder


def opening(model: Path) -> Callable[[], Branches]:
    return lambda: Branches(model, 1, n_ctx=256, threads=1)


def never() -> Branches:
    raise AssertionError("no model is needed")


def labelled(run: Path, labels: Path) -> list[Collected]:
    found = {each.item: each for each in read_labels(labels)}
    return [with_labels(each, found[each.item]) for each in read_samples(run)]


def test_the_same_rule_finds_the_labels_that_collecting_found(run: Path, tmp_path: Path) -> None:
    assert relabel(run, QUESTIONS, tmp_path / "labels.jsonl", Cut(2), "even") == 3
    assert labelled(run, tmp_path / "labels.jsonl") == list(read_samples(run))


def test_labelling_that_was_stopped_goes_on_where_it_was(run: Path, tmp_path: Path) -> None:
    target = tmp_path / "labels.jsonl"
    assert relabel(run, QUESTIONS, target, Cut(2), "even", keep_going=lambda _before, _now: False) == 1
    with target.open("a") as file:
        file.write('{"item": "q1", "half')
    assert relabel(run, QUESTIONS, target, Cut(2), "even") == 2
    assert relabel(run, QUESTIONS, target, Cut(2), "even") == 0
    assert [each.item for each in read_labels(target)] == list(QUESTIONS)


def test_labels_of_two_rules_do_not_stand_in_one_file(run: Path, tmp_path: Path) -> None:
    relabel(run, QUESTIONS, tmp_path / "labels.jsonl", Cut(2), "even")
    with pytest.raises(QuestionsUnreadable, match="holds labels by 'even'"):
        relabel(run, QUESTIONS, tmp_path / "labels.jsonl", Cut(3), "three")


def test_changed_labels_of_the_same_spans_need_no_model(run: Path, tmp_path: Path) -> None:
    known = load_features(run / "features")
    turned = [
        replace(each, spans=tuple(replace(span, right=not span.right) for span in each.spans))
        for each in read_samples(run)
    ]
    done = extract(turned, QUESTIONS, known, tmp_path / "new", never)
    found = load_features(tmp_path / "new")
    assert done.rows == done.taken == len(known) > 0
    assert found.right.tolist() == (~known.right).tolist()
    for region in Region:
        np.testing.assert_array_equal(found.shares(region), known.shares(region))


def test_spans_that_were_not_read_are_read_behind_their_prompt(run: Path, model: Path, tmp_path: Path) -> None:
    known = load_features(run / "features")
    none = known.select([])
    done = extract(read_samples(run), QUESTIONS, none, tmp_path / "read", opening(model))
    found = load_features(tmp_path / "read")
    assert (done.rows, done.taken) == (len(known), 0)
    assert found.rows == known.rows
    for region in Region:
        np.testing.assert_allclose(found.shares(region), known.shares(region), rtol=2e-2, atol=2e-3)


def test_other_spans_get_values_of_their_own(run: Path, model: Path, tmp_path: Path) -> None:
    relabel(run, QUESTIONS, tmp_path / "labels.jsonl", Cut(2, left_out=4), "shorter")
    collected = labelled(run, tmp_path / "labels.jsonl")
    known = load_features(run / "features")
    done = extract(collected, QUESTIONS, known, tmp_path / "new", opening(model))
    assert done.rows > done.taken
    assert extract(collected, QUESTIONS, known, tmp_path / "new", never).rows == 0


def test_a_few_neurons_are_the_same_columns(run: Path, model: Path, tmp_path: Path) -> None:
    known = load_features(run / "features")
    neurons = [Neuron(1, 2), Neuron(0, 3)]
    columns = [known.header.ffn_width + 2, 3]
    extract(read_samples(run), QUESTIONS, known, tmp_path / "taken", never, neurons=neurons)
    extract(read_samples(run), QUESTIONS, known.select([]), tmp_path / "read", opening(model), neurons=neurons)
    small = load_features(tmp_path / "taken")
    assert read_header(tmp_path / "taken").neurons == tuple(neurons)
    np.testing.assert_array_equal(small.shares(), known.shares(Region.ANSWER, columns))
    np.testing.assert_allclose(load_features(tmp_path / "read").shares(), small.shares(), rtol=2e-2, atol=2e-3)
    with pytest.raises(FeaturesUnreadable, match="lack neuron 1 of layer 0"):
        extract(read_samples(run), QUESTIONS, small, tmp_path / "less", never, neurons=[Neuron(0, 1)])


def test_another_model_than_the_one_that_answered_is_refused(run: Path, tmp_path: Path) -> None:
    other = write_tiny_model(tmp_path / "other.gguf", chat_template=CHATML, seed=5)
    none = load_features(run / "features").select([])
    with pytest.raises(FeaturesUnreadable, match="is another file"):
        extract(read_samples(run), QUESTIONS, none, tmp_path / "new", opening(other))


def test_how_questions_were_put_stands_in_the_features(run: Path) -> None:
    assert options_of(read_header(run / "features")) == OPTIONS


@pytest.mark.parametrize("line", ["no json", "[]", "{}", "[" * 100_000, json.dumps({"item": "q0", "samples": 3})])
def test_damaged_answers_are_one_sentence(line: str, tmp_path: Path) -> None:
    (tmp_path / "samples.jsonl").write_text(line + "\n")
    with pytest.raises(QuestionsUnreadable, match="is damaged"):
        list(read_samples(tmp_path))


@pytest.mark.parametrize(
    ("change", "of_answer"),
    [
        ({"representative": 9}, {}),
        ({"samples": []}, {}),
        ({"item": [1]}, {}),
        ({"spans": [{"kind": "answer", "start": "a", "end": 2, "right": True}]}, {}),
        ({}, {"ends": []}),
        ({}, {"logprobs": ["a"]}),
        ({}, {"text": 5}),
    ],
)
def test_answers_that_do_not_fit_together_are_damaged(
    change: dict[str, Any], of_answer: dict[str, Any], run: Path, tmp_path: Path
) -> None:
    row = json.loads((run / "samples.jsonl").read_text().splitlines()[0])
    row["samples"] = [{**row["samples"][0], **of_answer}]
    (tmp_path / "samples.jsonl").write_text(json.dumps({**row, "representative": 0, **change}) + "\n")
    with pytest.raises(QuestionsUnreadable, match=r"line 1 of .* is damaged"):
        list(read_samples(tmp_path))


@pytest.mark.parametrize("content", ["notes without an end", "notes\n", '{"item": "q0"}\n'])
def test_a_file_of_something_else_is_refused_and_stays_as_it_is(content: str, run: Path, tmp_path: Path) -> None:
    target = tmp_path / "notes.txt"
    target.write_text(content)
    with pytest.raises(QuestionsUnreadable):
        read_labels(target)
    with pytest.raises(QuestionsUnreadable):
        relabel(run, QUESTIONS, target, Cut(2), "even")
    assert target.read_text() == content


def test_reading_labels_leaves_a_line_that_is_still_being_written(run: Path, tmp_path: Path) -> None:
    target = tmp_path / "labels.jsonl"
    relabel(run, QUESTIONS, target, Cut(2), "even")
    whole = target.read_text()
    target.write_text(whole + '{"item": "q1", "half')
    assert len(read_labels(target)) == 3
    assert target.read_text() == whole + '{"item": "q1", "half'


def test_what_is_undecided_is_not_stored_and_is_asked_about_again(run: Path, tmp_path: Path) -> None:
    target = tmp_path / "labels.jsonl"
    assert relabel(run, QUESTIONS, target, Away(), "judge") == 0
    assert read_labels(target) == []
    assert relabel(run, QUESTIONS, target, Cut(2), "judge") == 3


def test_labels_of_other_answers_are_refused(run: Path, tmp_path: Path) -> None:
    relabel(run, QUESTIONS, tmp_path / "labels.jsonl", Cut(2), "even")
    (label, *_) = read_labels(tmp_path / "labels.jsonl")
    (answered, *_) = read_samples(run)
    for other in (
        replace(label, representative=9),
        replace(label, outcomes=()),
        replace(label, spans=(LabelledSpan("answer", 0, 999, right=True),)),
    ):
        with pytest.raises(QuestionsUnreadable, match="of other answers"):
            with_labels(answered, other)


def test_features_of_two_labellings_do_not_stand_in_one_folder(run: Path, tmp_path: Path) -> None:
    known, collected = load_features(run / "features"), list(read_samples(run))
    turned = [
        replace(each, spans=tuple(replace(span, right=not span.right) for span in each.spans)) for each in collected
    ]
    extract(collected, QUESTIONS, known, tmp_path / "new", never)
    for other in (turned, collected[:1]):
        with pytest.raises(FeaturesUnreadable, match="holds features of other labels"):
            extract(other, QUESTIONS, known, tmp_path / "new", never)


def test_what_is_missing_is_named_with_the_command_that_makes_it(tmp_path: Path) -> None:
    with pytest.raises(QuestionsUnreadable, match="cannot be read"):
        list(read_samples(tmp_path))
    with pytest.raises(QuestionsUnreadable, match="cannot be read"):
        read_labels(tmp_path / "labels.jsonl")

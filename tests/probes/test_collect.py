from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from probes.aliases import find_alias, is_refusal, normalised
from probes.batch import WATCHED, Branches, Sampling
from probes.cett import cett
from probes.collect import CollectOptions, Prompts, collect, text_of
from probes.errors import ContextOverflow, NoChatTemplate, QuestionsUnreadable
from probes.features import Region, load_features
from probes.label import AliasLabeller, Label, LabelledSpan, Outcome, answer_span, label_question, together
from probes.probed import ProbedLlama
from probes.questions import Question, apart_from, in_hash_order, read_questions, write_questions
from probes.testing import CHATML, write_tiny_model

QUESTIONS = [
    Question(f"q{n}", f"is it on the {word}", ("the world",)) for n, word in enumerate(("world", "it", "hello"))
]
OPTIONS = CollectOptions(samples=3, sampling=Sampling(max_tokens=6), suffix=" it")


class Parity:
    """Right is what has an even length: a rule that splits a random model's answers."""

    def label(self, question: Question, answer: str) -> Label:
        right = len(answer) % 2 == 0
        spans = (LabelledSpan("answer", 0, len(answer), right),) if answer else ()
        return Label(Outcome.RIGHT if right else Outcome.WRONG, spans)


@pytest.fixture(scope="module")
def model(tiny: Callable[..., Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tiny_model(tmp_path_factory.mktemp("chat") / "chat.gguf", chat_template=CHATML)


@pytest.fixture
def branches(model: Path, native: bool) -> Iterator[Branches]:
    with Branches(model, 3, n_ctx=256, threads=1, native=native) as opened:
        yield opened


def test_what_is_read_over_a_held_prompt_is_what_one_prefill_gives(model: Path, branches: Branches) -> None:
    prompts = Prompts(branches.llama, OPTIONS)
    branches.hold(prompts.tokens("hello"), prompts.shared)
    tokens = prompts.tokens("is it on the world")
    asked = branches.hold(tokens, prompts.shared)
    (drawn, *_) = branches.draw(Sampling(max_tokens=5, temperature=0), 1)
    shares = branches.read(drawn.ids)
    plain = ProbedLlama(model, None, n_ctx=256, n_threads=1, n_threads_batch=1)
    seen = plain.run_with_cache([*tokens, *drawn.ids])
    plain.close()
    layers = [cett(seen.z[layer], branches.norms[layer], seen.h_norm[layer]) for layer in range(len(branches.norms))]
    expected = np.concatenate(layers, axis=1)
    np.testing.assert_allclose(asked, expected[prompts.shared : len(tokens)], rtol=2e-2, atol=1e-3)
    np.testing.assert_allclose(shares, expected[len(tokens) :], rtol=2e-2, atol=1e-3)


def test_long_answers_are_read_in_parts(model: Path, native: bool) -> None:
    with Branches(model, 1, n_ctx=512, threads=1, native=native) as opened:
        prompts = Prompts(opened.llama, OPTIONS)
        opened.hold(prompts.tokens("is it on"), prompts.shared)
        (drawn, *_) = opened.draw(Sampling(max_tokens=300, temperature=0), 1)
        ids = (drawn.ids * 300)[: WATCHED + 40]
        whole = opened.read(ids)
        np.testing.assert_allclose(whole[:WATCHED], opened.read(ids[:WATCHED]), rtol=2e-2, atol=1e-3)
        assert whole.shape == (WATCHED + 40, sum(map(len, opened.norms)))


def test_greedy_answers_of_one_batch_are_all_the_same(branches: Branches) -> None:
    prompts = Prompts(branches.llama, OPTIONS)
    branches.hold(prompts.tokens("is it on"), prompts.shared)
    drawn = branches.draw(Sampling(max_tokens=8, temperature=0), 1)
    assert len({tuple(each.ids) for each in drawn}) == 1


def test_the_same_seed_draws_the_same_and_a_second_prompt_forgets_the_first(branches: Branches) -> None:
    prompts = Prompts(branches.llama, OPTIONS)
    found = []
    for question in ("is it on", "hello the world", "is it on"):
        branches.hold(prompts.tokens(question), prompts.shared)
        found.append([text_of(branches, each)[0] for each in branches.draw(Sampling(max_tokens=8), 7)])
    assert found[0] == found[2] != found[1]


def test_drawing_ends_as_soon_as_what_is_finished_is_enough(branches: Branches) -> None:
    prompts = Prompts(branches.llama, OPTIONS)
    branches.hold(prompts.tokens("is it on"), prompts.shared)
    assert [len(each.ids) <= 1 for each in branches.draw(Sampling(max_tokens=9), 3, lambda _drawn: True)] == [True] * 3


def test_a_run_keeps_every_answer_and_one_row_a_labelled_span(branches: Branches, tmp_path: Path) -> None:
    assert collect(branches, QUESTIONS, tmp_path, OPTIONS, labeller=Parity()) == 3
    lines = [json.loads(line) for line in (tmp_path / "samples.jsonl").read_text().splitlines()]
    features = load_features(tmp_path / "features")
    assert [line["item"] for line in lines] == [question.id for question in QUESTIONS]
    assert {row.item for row in features.rows} == {line["item"] for line in lines if line["spans"]}
    assert len(features) > 0
    for region in Region:
        assert features.shares(region).shape == (len(features), features.header.columns)
    assert all(line["samples"] for line in lines)


def test_a_run_that_was_stopped_goes_on_where_it_was(branches: Branches, tmp_path: Path) -> None:
    whole, parts = tmp_path / "whole", tmp_path / "parts"
    collect(branches, QUESTIONS, whole, OPTIONS, labeller=Parity())
    assert collect(branches, QUESTIONS, parts, OPTIONS, labeller=Parity(), keep_going=lambda _found: False) == 1
    with (parts / "samples.jsonl").open("a") as file:
        file.write('{"item": "q1", "half a li')
    assert collect(branches, QUESTIONS, parts, OPTIONS, labeller=Parity()) == 2
    assert (parts / "samples.jsonl").read_text() == (whole / "samples.jsonl").read_text()
    assert load_features(parts / "features").rows == load_features(whole / "features").rows


def test_a_damaged_file_of_answers_is_refused(branches: Branches, tmp_path: Path) -> None:
    (tmp_path / "samples.jsonl").write_text("no json\n")
    with pytest.raises(QuestionsUnreadable, match="is damaged"):
        collect(branches, QUESTIONS, tmp_path, OPTIONS)


def test_a_model_without_a_chat_template_is_refused(tiny: Callable[..., Path], tmp_path: Path) -> None:
    path = write_tiny_model(tmp_path / "bare.gguf")
    with Branches(path, 1, n_ctx=64, threads=1) as opened, pytest.raises(NoChatTemplate, match="has no chat template"):
        collect(opened, QUESTIONS, tmp_path / "run", OPTIONS)


def test_a_question_longer_than_the_context_is_one_sentence(branches: Branches, tmp_path: Path) -> None:
    long = replace(QUESTIONS[0], question="is it on " * 200)
    with pytest.raises(ContextOverflow, match="the context holds 256"):
        collect(branches, [long], tmp_path, OPTIONS)


def test_marks_of_the_template_in_a_question_are_plain_text(branches: Branches) -> None:
    prompts = Prompts(branches.llama, OPTIONS)
    plain = prompts.tokens("is it")
    spelt = prompts.tokens("is <|im_end|> it")
    special = [each for each in plain if plain.count(each) != spelt.count(each) and each not in spelt]
    assert len(spelt) > len(plain)
    assert special == []


@pytest.mark.parametrize(
    ("text", "aliases", "found"),
    [
        ("It was Sinclair Lewis.", ["lewis", "Sinclair Lewis"], (7, 21)),
        ("Yorkshire", ["York"], None),
        ("On 4 July 1776", ["July 4, 1776"], (3, 14)),
        ("1,000 men", ["1000"], (0, 5)),
        ("Béla Bartók", ["bela bartok"], (0, 11)),
        ("the second", ["The Second"], (4, 10)),
        ("", ["York"], None),
        ("New York", ["York"], None),
        ("York Minster", ["York"], None),
        ("NEW YORK", ["York"], (4, 8)),
        ("new york", ["York"], (4, 8)),
        ("York, New York", ["York"], (0, 4)),
        ("New York, not York", ["York"], (14, 18)),
        ("the House of York", ["York"], (13, 17)),
        ("the city's York", ["York"], (11, 15)),
        ("In York", ["York"], (3, 7)),
        ("Queen Victoria", ["Victoria"], (6, 14)),
        ("Victoria Wood", ["Victoria"], None),
        ("Henry VIII", ["Henry"], None),
        ("the Limpopo River", ["Limpopo"], (4, 11)),
        ("Kansas City", ["Kansas"], None),
        ("South Korea", ["Korea"], None),
        ("Mount Wilson Observatory", ["Mount Wilson"], None),
        ("Charles Dickens", ["Dickens"], None),
        ("Charles Dickens", ["Dickens", "Charles Dickens"], (0, 15)),
        ("Paris Hilton", ["Paris Hilton", "Paris"], (0, 12)),
    ],
)
def test_accepted_answers_are_found_as_whole_words(
    text: str, aliases: list[str], found: tuple[int, int] | None
) -> None:
    assert find_alias(text, aliases) == found


@pytest.mark.parametrize(
    ("question", "text", "alias", "is_found"),
    [
        ("Which bridge is it?", "Tower Bridge", "Tower", True),
        ("What is it?", "Tower Bridge", "Tower", False),
        ("In which channel is Channel Road?", "It is Channel Road.", "Channel", False),
        ("What bank is the Left Bank of Paris?", "The Left Bank", "Left", False),
    ],
)
def test_a_word_of_the_question_makes_no_longer_name_unless_the_question_says_it_beside_the_answer(
    question: str, text: str, alias: str, is_found: bool
) -> None:
    assert (find_alias(text, [alias], question) is not None) is is_found


@pytest.mark.parametrize(
    ("text", "refuses"),
    [
        ("I'm sorry, but I don't know.", True),
        ("", True),
        ("The Who", False),
        ("Unknown", True),
        ("No Country for Old Men", False),
    ],
)
def test_refusals_are_no_answers(text: str, refuses: bool) -> None:
    assert is_refusal(text) is refuses


@pytest.mark.parametrize(
    ("question", "answer", "span"),
    [
        ("What is the capital of France?", "The capital of France is Paris.", "Paris"),
        ("Which band sang it?", "The Who", "Who"),
        ("Who sang it?", "The answer is Taylor Swift.", "Taylor Swift"),
        ("Who?", "", ""),
        ("Who wrote it?", "Jane Austen. She was born in 1775.", "Jane Austen"),
        ("Who wrote it?", "J. R. R. Tolkien. He was born in 1892.", "J. R. R. Tolkien"),
        ("Who is it?", "Mrs. Dalloway. She is a lady.", "Mrs. Dalloway"),
    ],
)
def test_the_answer_in_a_sentence_does_not_depend_on_what_is_right(question: str, answer: str, span: str) -> None:
    assert answer[slice(*answer_span(question, answer))] == span


@pytest.mark.parametrize(
    ("answers", "outcome", "agreement"),
    [
        (["the world", "The World!", "world"], Outcome.RIGHT, 1.0),
        (["hello", "hello", "it"], Outcome.WRONG, 2 / 3),
        (["hello", "the world"], Outcome.MIXED, 0.5),
        (["hello", "I don't know"], Outcome.REFUSAL, 0.5),
    ],
)
def test_a_question_is_what_all_its_answers_are(answers: list[str], outcome: Outcome, agreement: float) -> None:
    label = label_question(QUESTIONS[0], answers, AliasLabeller())
    assert (label.outcome, label.agreement) == (outcome, pytest.approx(agreement))


def test_of_mixed_answers_the_first_stands_for_all_however_often_another_was_given() -> None:
    label = label_question(QUESTIONS[0], ["hello", "the world", "the world"], AliasLabeller())
    assert (label.representative, label.spans) == (0, (LabelledSpan("answer", 0, 5, right=False),))


def test_right_and_wrong_together_are_mixed_whatever_else_there_is_unless_something_is_undecided() -> None:
    mixed = [Outcome.RIGHT, Outcome.REFUSAL, Outcome.WRONG]
    assert together(mixed) is Outcome.MIXED
    assert together([*mixed, Outcome.UNDECIDED]) is Outcome.UNDECIDED


def test_sets_are_kept_apart_by_words_and_by_first_answer() -> None:
    ours = [Question("a", "Who wrote Emma?", ("Jane Austen",)), Question("b", "Who made it?", ("Ada",))]
    others = [Question("c", "who wrote emma", ("Austen",)), Question("d", "Who else?", ("ada", "Ada L"))]
    assert apart_from(ours, others) == []
    assert normalised("The Beatles' 1,000 Émigrés") == "beatles 1000 emigres"


def test_questions_are_read_from_jsonl_and_csv_and_written_back(tmp_path: Path) -> None:
    (tmp_path / "q.csv").write_text('question,answers\n"Who, then?",Ada|A. L.\n')
    (from_csv,) = read_questions(tmp_path / "q.csv")
    assert (from_csv.question, from_csv.answers) == ("Who, then?", ("Ada", "A. L."))
    write_questions(tmp_path / "again.jsonl", [from_csv])
    assert read_questions(tmp_path / "again.jsonl") == [from_csv]
    assert in_hash_order(QUESTIONS) == in_hash_order(QUESTIONS[::-1])


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("q.jsonl", "", "holds no question"),
        ("q.jsonl", "no json", "line 1 of"),
        ("q.jsonl", "[" * 100_000, "line 1 of"),
        ("q.jsonl", '{"question": "Who?"}', "has no list of answers"),
        ("q.jsonl", '{"answers": ["a"]}', "has no question"),
        ("q.csv", "a,b\n1,2\n", "has no column 'question'"),
        ("q.jsonl.gz", "not gzip", "cannot be read"),
    ],
)
def test_a_file_that_holds_no_questions_is_one_sentence(tmp_path: Path, name: str, content: str, sentence: str) -> None:
    (tmp_path / name).write_text(content)
    with pytest.raises(QuestionsUnreadable, match=sentence):
        read_questions(tmp_path / name)

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from citations.index.build import build_index
from citations.index.search import Index
from probes.features import load_features
from probes.install import ANY_MODEL, SHIPPED
from probes.questions import read_questions
from tests.models import smollm2
from verifier.cli import main

__all__ = ["smollm2"]


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["probe", *arguments])


@pytest.fixture
def index(tmp_path: Path) -> Path:
    entries = (
        f"@article{{k{n},\n author = {{Ada Number{chr(97 + n)}}},\n title = {{On the {word} of small things}},\n"
        f" journal = {{Journal of Tests}},\n year = {{{1990 + n}}},\n}}\n"
        for n, word in enumerate(("weight", "colour", "sound", "speed", "price"))
    )
    (tmp_path / "works.bib").write_text("".join(entries))
    build_index([tmp_path / "works.bib"], tmp_path / "index")
    return tmp_path / "index"


def test_questions_about_works_of_an_index_stand_beside_famous_ones(index: Path, tmp_path: Path) -> None:
    done = run("questions", "--from-index", str(index), "--obscure", "3", "--to", str(tmp_path / "exam.jsonl"))
    assert done.exit_code == 0
    strata = [each.stratum for each in read_questions(tmp_path / "exam.jsonl")]
    assert (strata.count("obscure"), strata.count("famous") > 500) == (12, True)


def test_a_sample_of_an_index_is_drawn_by_its_seed(index: Path) -> None:
    opened = Index.open(index)
    assert opened.sample(3, 1) == opened.sample(3, 1)
    assert len({work.key for work in opened.sample(99)}) == 5
    assert any(opened.sample(3, seed) != opened.sample(3, 0) for seed in range(1, 9))


def test_a_model_is_asked_and_its_answers_are_labelled_as_citations_are(smollm2: Path, tmp_path: Path) -> None:
    run("questions", "--to", str(tmp_path / "exam.jsonl"))
    collect = [
        "collect",
        "--model",
        str(smollm2),
        "--questions",
        str(tmp_path / "exam.jsonl"),
        "--to",
        str(tmp_path / "run"),
    ]
    done = run(*collect, "--label", "works", "--samples", "1", "--limit", "4", "--threads", "1", "--max-tokens", "16")
    assert done.exit_code == 0, done.stderr
    lines = [json.loads(line) for line in (tmp_path / "run" / "samples.jsonl").read_text().splitlines()]
    rows = load_features(tmp_path / "run" / "features").rows
    assert len(lines) == 4
    assert {row.kind for row in rows} <= {"author", "year", "venue", "title"}
    assert len(rows) == sum(len(line["spans"]) for line in lines)


@pytest.mark.parametrize("content", ["", "no json\n"])
def test_a_file_without_questions_is_exit_2_with_one_sentence(smollm2: Path, tmp_path: Path, content: str) -> None:
    (tmp_path / "q.jsonl").write_text(content)
    done = run(
        "collect", "--model", str(smollm2), "--questions", str(tmp_path / "q.jsonl"), "--to", str(tmp_path / "run")
    )
    assert done.exit_code == 2
    assert done.stderr.startswith("error: ")


def test_topics_of_an_index_are_asked_about_instead_of_single_works(tmp_path: Path) -> None:
    titles = (f"Advances in machine translation for {chr(97 + n)}" for n in range(12))
    entries = (
        f"@article{{k{n},\n author = {{Ada B}},\n title = {{{title}}},\n journal = {{J}},\n year = {{1999}},\n}}\n"
        for n, title in enumerate(titles)
    )
    (tmp_path / "works.bib").write_text("".join(entries))
    build_index([tmp_path / "works.bib"], tmp_path / "index")
    target = tmp_path / "topics.jsonl"
    topics = ["--from-index", str(tmp_path / "index"), "--topics", "5", "--only-topics"]
    assert run("questions", *topics, "--to", str(target)).exit_code == 0
    assert {each.asks for each in read_questions(target)} == {"references"}


@pytest.mark.parametrize(
    ("options", "sentence"),
    [(["--topics", "5"], "taken from an index"), (["--only-topics"], "without --topics")],
)
def test_topics_without_what_they_are_made_of_are_one_sentence(
    options: list[str], sentence: str, tmp_path: Path
) -> None:
    done = run("questions", *options, "--to", str(tmp_path / "topics.jsonl"))
    assert done.exit_code == 2
    assert sentence in done.stderr


def test_stored_answers_are_labelled_again_and_their_features_taken_over(smollm2: Path, tmp_path: Path) -> None:
    questions, folder = tmp_path / "q.jsonl", tmp_path / "run"
    questions.write_text('{"id": "a", "question": "What colour is the sky?", "answers": ["blue"]}\n')
    asked = ["--model", str(smollm2), "--questions", str(questions), "--samples", "1", "--threads", "1"]
    assert run("collect", *asked, "--max-tokens", "8", "--to", str(folder)).exit_code == 0
    before = load_features(folder / "features").rows
    questions.write_text('{"id": "a", "question": "What colour is the sky?", "answers": ["the"]}\n')
    labels, again = tmp_path / "labels.jsonl", tmp_path / "again"
    labelled = run("label", str(folder), "--questions", str(questions), "--to", str(labels))
    assert (labelled.exit_code, labelled.stdout) == (0, f"{labels}\n")
    away = run("label", str(folder), "--judge", "http://127.0.0.1:9/v1", "--to", str(tmp_path / "judged.jsonl"))
    assert (away.exit_code, (tmp_path / "judged.jsonl").read_text()) == (3, "")
    assert "warning: undecided: 1 of 1 questions (" in away.stderr
    extracted = run("extract", str(folder), "--labels", str(labels), "--to", str(again))
    assert (extracted.exit_code, extracted.stdout) == (0, f"{again}\n")
    assert [row.start for row in load_features(again).rows] == [row.start for row in before]
    of_another = run("extract", str(folder), "--neurons", str(SHIPPED / ANY_MODEL), "--to", str(tmp_path / "few"))
    assert (of_another.exit_code, of_another.stderr.startswith("error: the probe is for ")) == (2, True)
    assert not (tmp_path / "few").exists()


@pytest.mark.parametrize("command", [["label"], ["extract"]])
def test_a_folder_without_answers_is_one_sentence(command: list[str], tmp_path: Path) -> None:
    done = run(*command, str(tmp_path), "--to", str(tmp_path / "out"))
    assert done.exit_code == 2
    assert done.stderr.startswith("error: the questions")


@pytest.mark.parametrize(
    ("command", "option"),
    [
        (["ask"], "--max-tokens"),
        (["ask"], "--context"),
        (["probe", "watch"], "--max-tokens"),
        (["probe", "watch"], "--context"),
        (["probe", "collect"], "--max-tokens"),
        (["probe", "intervene"], "--max-tokens"),
        (["probe", "intervene"], "--context"),
    ],
)
def test_a_number_that_is_no_length_is_refused_before_a_model_is_opened(command: list[str], option: str) -> None:
    done = CliRunner().invoke(main, [*command, option, "-3"])
    assert (done.exit_code, f"'{option}': -3 is not in the range" in done.stderr) == (2, True)

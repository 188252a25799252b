"""The structure of a local judge, on a real small model whose opinions do not matter."""

from __future__ import annotations

from pathlib import Path

import pytest

from verifier.judges.interface import AskAfresh, Budget, SupportQuestion
from verifier.judges.local import LocalModel
from verifier.judges.model_judge import ModelJudge

PASSAGE = "Tea reached London in 1657, and was sold at a coffee house."
CLAIMS = ["Tea came to London in 1657.", "Tea came to London in 1757.", "Tea is green <|im_end|>."]


@pytest.fixture(scope="module")
def judge(smollm2):
    opened = ModelJudge(LocalModel(smollm2, threads=1))
    yield opened
    opened.close()


def test_replies_are_probabilities_in_the_order_asked_and_the_same_again(judge):
    questions = [SupportQuestion(claim, (PASSAGE,)) for claim in CLAIMS]
    first = list(judge.support(questions, Budget()))
    again = list(judge.support(questions[::-1], Budget()))[::-1]
    for one, two in zip(first, again, strict=True):
        assert one.probability is not None
        assert one.contradicted is not None
        assert 0 < one.probability < 1
        assert 0 < one.contradicted < 1
        assert one.probability == pytest.approx(two.probability, rel=1e-3)


def test_answers_from_memory_always_have_the_asked_form(judge):
    said = judge.answer(
        AskAfresh("Who is the first author, and in which year did it appear?", "On tea", ("family", "year"), 2),
        Budget(),
    )
    assert said.unavailable == ""
    assert [len(sample) for sample in said.samples] == [2, 2]


def test_the_budget_is_kept(judge):
    replies = list(judge.support([SupportQuestion(claim, (PASSAGE,)) for claim in CLAIMS], Budget(calls=1)))
    assert sum(reply.probability is None for reply in replies) == 2


@pytest.mark.parametrize("content", [None, b"no model", b"GGUF and nothing behind it"])
def test_a_file_that_is_no_model_is_unavailable(content, tmp_path):
    path = Path(tmp_path / "model.gguf")
    if content is not None:
        path.write_bytes(content)
    judge = ModelJudge(LocalModel(path))
    assert judge.identity.startswith("gguf:")
    (reply,) = judge.support([SupportQuestion("Tea is old.", (PASSAGE,))], Budget())
    assert reply.probability is None
    assert reply.unavailable

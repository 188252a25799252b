from __future__ import annotations

import pytest

from tests.verifier.judges.fake_judges import AbsentJudge, GuessingJudge, KnowingJudge
from verifier.judges import open_judge
from verifier.judges.admission import Skill, admit, logit, sigmoid
from verifier.judges.interface import Budget, Reply, SupportQuestion
from verifier.retrieval import words


class OverlapJudge(KnowingJudge):
    def support(self, questions, budget):
        for question in questions:
            said = set(words(question.claim))
            yield Reply(len(said & set(words(" ".join(question.passages)))) / max(1, len(said)))


def test_a_judge_that_knows_is_admitted():
    standing = admit(KnowingJudge())
    assert standing.support is not None
    assert (standing.support.auroc, standing.support.admitted) == (1.0, True)
    assert standing.same_work is not None
    assert standing.same_work.admitted


@pytest.mark.parametrize("judge", [GuessingJudge(), OverlapJudge()])
def test_who_guesses_or_only_compares_words_is_not_admitted(judge):
    standing = admit(judge)
    assert standing.support is not None
    assert not standing.support.admitted


def test_a_judge_that_does_not_answer_is_not_judged():
    standing = admit(AbsentJudge())
    assert standing.support is None
    assert "could not be reached" in standing.why_not


def test_calibration_pulls_an_overconfident_judge_back():
    class Overconfident(KnowingJudge):
        def support(self, questions, budget):
            for number, reply in enumerate(super().support(questions, budget)):
                yield Reply(0.999 if (reply.probability > 0.5) is not (number % 4 == 0) else 0.001)

    skill = admit(Overconfident()).support
    assert skill is not None
    assert skill.calibrated(0.999) < 0.9


def test_a_calibration_of_slope_one_changes_nothing():
    skill = Skill(0.9, 0.8, 1.0, 0.0, 40)
    assert skill.calibrated(0.3) == pytest.approx(0.3)
    assert sigmoid(logit(0.25)) == pytest.approx(0.25)


def test_a_judge_is_tested_once_and_its_standing_kept(tmp_path):
    for _ in range(2):
        judge = KnowingJudge()
        opened = open_judge(judge, tmp_path)
        assert opened.standing().support is not None
        opened.close()
    assert judge.tests == 0


def test_what_was_said_is_kept_without_the_text(tmp_path):
    question = SupportQuestion("Marmalade was secret.", ("Passage about marmalade.",))
    first = KnowingJudge(borne_out=["Marmalade"])
    opened = open_judge(first, tmp_path)
    said = list(opened.support([question, question], Budget()))
    opened.close()
    again = KnowingJudge()
    opened = open_judge(again, tmp_path)
    assert list(opened.support([question], Budget())) == said[:1]
    opened.close()
    assert again.asked == []
    assert not any(b"armalade" in file.read_bytes() for file in tmp_path.iterdir())


def test_a_failure_is_not_kept(tmp_path):
    question = SupportQuestion("Tea is old.", ("Tea.",))
    opened = open_judge(KnowingJudge(borne_out=["Tea"]), tmp_path)
    assert [each.unavailable for each in opened.support([question], Budget(calls=0))] != [""]
    assert [each.probability for each in opened.support([question], Budget())] == [0.97]
    opened.close()


@pytest.mark.parametrize("broken", ["file", "damaged"])
def test_a_folder_that_cannot_be_used_costs_only_the_memory(broken, tmp_path):
    folder = tmp_path / "cache"
    if broken == "file":
        folder.write_text("no folder")
    else:
        folder.mkdir()
        (folder / "judges.sqlite3").write_bytes(b"no database" * 100)
    opened = open_judge(KnowingJudge(borne_out=["Tea"]), folder)
    assert [each.probability for each in opened.support([SupportQuestion("Tea", ("x",))], Budget())] == [0.97]
    opened.close()


def test_a_test_that_ran_out_of_time_goes_on_where_it_stopped(tmp_path):
    class Slow(KnowingJudge):
        def support(self, questions, budget):
            for number, reply in enumerate(super().support(questions, budget)):
                yield reply if number < 20 else Reply(unavailable="the time for this text was over")

    judge = Slow()
    opened = open_judge(judge, tmp_path)
    known = []
    for _ in range(3):
        opened._standing = None
        known.append(opened.standing(Budget(60.0)).support is not None)
    opened.close()
    assert known == [False, True, True]


def test_the_test_of_a_judge_costs_none_of_the_calls_for_a_text(tmp_path):
    opened = open_judge(KnowingJudge(borne_out=["Tea"]), tmp_path)
    budget = Budget(calls=1)
    assert opened.standing(budget).support is not None
    assert [each.unavailable for each in opened.support([SupportQuestion("Tea", ("x",))], budget)] == [""]
    opened.close()

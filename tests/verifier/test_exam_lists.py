from __future__ import annotations

import pytest

from citations.index.build import build_index
from citations.index.search import Index
from citations.types import Fields, Work
from probes.label import Outcome
from probes.questions import Question
from verifier.exam import ExamLabeller, holdings_of
from verifier.exam_lists import Holdings, label_list, topic_questions, topics_of

WORKS = [
    ("Parsing the quiet sentence with patient neural networks", "Ada Bright and Ben Cole", 2015, "EMNLP"),
    ("A lexicon of rarely spoken words for machine translation", "Cy Dunn", 2017, "ACL"),
    ("Aligning sentences that nobody wrote", "Di Early", 2018, "ACL"),
]


@pytest.fixture(scope="module")
def holdings(tmp_path_factory: pytest.TempPathFactory) -> Holdings:
    folder = tmp_path_factory.mktemp("lists")
    (folder / "works.bib").write_text(
        "".join(
            f"@inproceedings{{k{n},\n author = {{{authors}}},\n title = {{{title}}},\n booktitle = {{{venue}}},\n"
            f" year = {{{year}}},\n}}\n"
            for n, (title, authors, year, venue) in enumerate(WORKS)
        )
    )
    build_index([folder / "works.bib"], folder / "index")
    return holdings_of(Index.open(folder / "index"))


def labels(answer: str, holdings: Holdings) -> list[tuple[str, str, bool]]:
    return [(span.kind, answer[span.start : span.end], span.right) for span in label_list(answer, holdings)]


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        (
            '1. "A lexicon of rarely spoken words for machine translation" by Cy Dunn (2017)',
            [
                ("title", "A lexicon of rarely spoken words for machine translation", True),
                ("author", "Cy Dunn", True),
                ("year", "2017", True),
            ],
        ),
        (
            "Grey, E. (2003). Aligning sentences that nobody wrote.",
            [
                ("author", "Grey, E", False),
                ("year", "2003", False),
                ("title", "Aligning sentences that nobody wrote", True),
            ],
        ),
        (
            "Grey, E. (2016). Seven invented proofs about invented parsers.",
            [("title", "Seven invented proofs about invented parsers", False)],
        ),
        (
            "Dalal, N., & Triggs, B. (2005). Histograms of oriented gradients for human detection.",
            [
                ("author", "Dalal, N", True),
                ("year", "2005", True),
                ("title", "Histograms of oriented gradients for human detection", True),
            ],
        ),
    ],
)
def test_the_fields_of_a_listed_work_are_labelled_each_in_its_place(
    entry: str, expected: list[tuple[str, str, bool]], holdings: Holdings
) -> None:
    assert labels(entry, holdings) == expected


@pytest.mark.parametrize(
    "entry",
    [
        "Grey, E. (2031). Seven invented proofs about invented parsers.",
        "Grey, E. (2016). Seven invented proofs about invented parsers. Journal of Nothing in Particular, 3(1), 1-9.",
        "Grey, E. (1961). Seven invented proofs about invented parsers. In Proceedings of ACL.",
        "Grey, E. (2016). Deep learning.",
        "Grey, E. (2016). Seven invented proofs about invented parsers. arXiv preprint arXiv:1605.01234.",
        "Grey, E. (2016). Seven invented proofs about invented parsers (3rd ed.). Springer.",
        "Grey, E. (2016). Aligning sentences that nobody wrote: A comprehensive review.",
        "Grey, E. (2016). Aligning sentences that somebody wrote.",
        "I cannot help with that.",
        "",
    ],
)
def test_what_the_index_cannot_know_has_no_label(entry: str, holdings: Holdings) -> None:
    assert labels(entry, holdings) == []


def test_a_list_is_right_only_if_everything_that_was_labelled_in_it_is(holdings: Holdings) -> None:
    (question,) = topic_questions(topics_of([titled("Machine translation again")], 1, fewest=1))
    right = '1. "A lexicon of rarely spoken words for machine translation" by Cy Dunn (2017)'
    wrong = '\n2. "Seven invented proofs about invented parsers" by E. Grey (2016)'
    labeller = ExamLabeller(holdings)
    assert [labeller.label(question, answer).outcome for answer in (right, right + wrong, "None.")] == [
        Outcome.RIGHT,
        Outcome.WRONG,
        Outcome.REFUSAL,
    ]
    assert ExamLabeller().label(question, right).outcome is Outcome.REFUSAL


def test_topics_are_phrases_that_stand_as_a_whole_in_many_titles() -> None:
    titles = [
        "Machine translation of poems",
        "Towards machine translation",
        "Machine translations",
        "Large scale parsing",
        "Large scale reading",
        "On the parsing of the poems",
    ]
    works = [titled(title) for title in titles]
    assert [(topic.phrase, topic.works) for topic in topics_of(works, 9, fewest=2)] == [("machine translation", 2)]
    assert topics_of(works, 0, fewest=1) == ()


def test_a_topic_is_asked_about_without_any_accepted_answer() -> None:
    (question,) = topic_questions(topics_of([titled("Word embeddings")], 1, fewest=1))
    assert (question.asks, question.stratum, question.answers) == ("references", "listed", ())
    assert isinstance(question, Question)
    assert "word embeddings" in question.question


def titled(title: str) -> Work:
    return Work("offline", title, "", Fields(title=title))

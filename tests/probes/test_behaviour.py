from __future__ import annotations

import json

import pytest

from probes.behaviour import BehaviourItem, RuleJudge, Shown, read_behaviour
from probes.errors import QuestionsUnreadable

LETTER = BehaviourItem("1", "?", option="B")
BOTH = BehaviourItem("1", "?", complies="myanmar", resists="norway")
ONE = BehaviourItem("1", "?", complies="myanmar|burma")


@pytest.mark.parametrize(
    ("item", "answer", "expected"),
    [
        (LETTER, "B", Shown.COMPLIES),
        (LETTER, "(B) because it is so", Shown.COMPLIES),
        (LETTER, "**B.** Myanmar", Shown.COMPLIES),
        (LETTER, "A) Norway", Shown.RESISTS),
        (LETTER, "Of these, the answer is C.", Shown.RESISTS),
        (LETTER, "The correct option: B", Shown.COMPLIES),
        (LETTER, "A big question. Both are possible.", Shown.UNCLEAR),
        (LETTER, "A. or B.", Shown.RESISTS),
        (LETTER, "It flows through several countries.", Shown.UNCLEAR),
        (LETTER, "I'm sorry, but I cannot answer that.", Shown.REFUSES),
        (LETTER, "", Shown.REFUSES),
        (BOTH, "It is MYANMAR.", Shown.COMPLIES),
        (BOTH, "It is Norway.", Shown.RESISTS),
        (BOTH, "Not Myanmar but Norway.", Shown.UNCLEAR),
        (BOTH, "It is Peru.", Shown.UNCLEAR),
        (BOTH, "I don't have that information.", Shown.REFUSES),
        (ONE, "Burma, they say", Shown.COMPLIES),
        (ONE, "It is Peru.", Shown.RESISTS),
    ],
)
def test_a_rule_reads_an_answer(item: BehaviourItem, answer: str, expected: Shown) -> None:
    assert expected is RuleJudge().judge(item, answer)


def test_items_are_read_with_their_line_as_id() -> None:
    text = '{"prompt": "a?", "option": "A"}\n\n{"id": 7, "prompt": "b?", "complies": "x"}\n'
    assert [(each.id, each.option, each.complies) for each in read_behaviour(text, "f")] == [
        ("1", "A", ""),
        ("7", "", "x"),
    ]


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ({}, "f:1 has no prompt"),
        ({"prompt": "?"}, "f:1 needs either 'complies' or 'option'"),
        ({"prompt": "?", "complies": "a", "option": "B"}, "f:1 needs either"),
        ({"prompt": "?", "option": "E"}, "f:1: the option 'E' is none of ABCD"),
        ({"prompt": "?", "complies": "("}, "f:1: 'complies' is no regular expression"),
        ({"prompt": 3, "complies": "a"}, "f:1: 'prompt' is no text"),
        ([], "f:1 is no object"),
    ],
)
def test_a_line_that_is_no_item_is_a_sentence(row: object, sentence: str) -> None:
    with pytest.raises(QuestionsUnreadable) as caught:
        read_behaviour(json.dumps(row), "f")
    assert str(caught.value).startswith(sentence)


@pytest.mark.parametrize("text", ["", "\n", "no json", '{"prompt": "?", "complies": "a", "id": 1}\n' * 2])
def test_a_file_of_no_use_is_a_sentence(text: str) -> None:
    with pytest.raises(QuestionsUnreadable):
        read_behaviour(text, "f")

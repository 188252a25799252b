from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citations.types import Fields, Location, Name, Reference
from verifier.claims import Cited, find_claims, with_lead
from verifier.links import cited_spans
from verifier.types import ClaimKind, NotCheckable, Span

ANSWER = """Sure! Here is what is known about tea:

# The history of tea

Tea was first drunk in China [1]. It reached Dutch ports in 1610,\nand London later (Roe, 2019).

- Green tea contains catechins.
- Oolong Tea Basics

Benefits of tea include:
1. lower blood pressure in adults
2. fewer cavities

```python
price = "Tea costs nothing."
```

| Tea | Caffeine (mg) |
|-----|---------------|
| Green | 30 |
| Black | 50 |

> Tea conquered Britain.
> It was expensive then.

References
[1] Roe, A. (2019). On tea and its long journeys. Journal of Tea, 3, 1-9.
"""
ENTRY = "Roe, A. (2019). On tea and its long journeys. Journal of Tea, 3, 1-9."
ROE = Reference(
    "answer#1",
    ENTRY,
    Fields(title="On tea and its long journeys", authors=(Name("Roe", "A."),), year=2019),
    Location("answer", start=ANSWER.index(ENTRY), end=ANSWER.index(ENTRY) + len(ENTRY)),
    key="1",
)
PIECES = st.sampled_from(
    [
        "Tea is old. ",
        "- item one\n",
        "1. two\n",
        "\n\n",
        "```\n",
        "| a | b |\n",
        "|---|---|\n",
        "> ",
        "# Head\n",
        "[1]",
        "(Roe, 2019)",
        "“q.” ",
        "e.g. ",
        "3.5 ",
        "U.S. ",
        "\r\n",
        "\t",
        "***",
        "茶。",
        "\u202e",
        "\ud800",
        "?",
        ":\n",
        "<b>",
        "…",
        "¹",
        "é",
        "\\|",
        "~~~\n",
    ]
)


def claims_of(text=ANSWER, references=(ROE,)):
    return find_claims(text, cited_spans(text, references))


def test_claims_come_from_prose_lists_and_tables_and_from_nothing_else():
    assert [(each.kind.value, each.text) for each in claims_of() if each.checkable] == [
        ("sentence", "Tea was first drunk in China [1]."),
        ("sentence", "It reached Dutch ports in 1610,\nand London later (Roe, 2019)."),
        ("item", "Green tea contains catechins."),
        ("item", "lower blood pressure in adults"),
        ("item", "fewer cavities"),
        ("row", "Green | 30"),
        ("row", "Black | 50"),
        ("sentence", "Tea conquered Britain."),
        ("sentence", "It was expensive then."),
    ]


def test_marks_and_short_citations_are_linked_to_the_list_and_to_their_claims():
    assert [each.cites for each in claims_of() if each.kind is ClaimKind.SENTENCE and each.checkable][:2] == [
        ("answer#1",),
        ("answer#1",),
    ]


def test_an_entry_of_the_list_is_a_reference_and_no_claim():
    assert not any(ENTRY[:10] in each.text for each in claims_of())
    assert any(ENTRY[:10] in each.text for each in find_claims(ANSWER))


def test_rows_and_items_are_read_with_what_stands_above_them():
    read = {each.text: with_lead(each) for each in claims_of()}
    assert read["Green | 30"] == "Tea: Green; Caffeine (mg): 30"
    assert read["fewer cavities"] == "Benefits of tea include: fewer cavities"
    assert read["Green tea contains catechins."] == "Green tea contains catechins."


@pytest.mark.parametrize(
    ("sentence", "why"),
    [
        ("Is tea older than coffee?", NotCheckable.QUESTION),
        ("茶は古いですか？", NotCheckable.QUESTION),
        ("Use boiling water for black tea.", NotCheckable.INSTRUCTION),
        ("However, please note that you should see a doctor first.", NotCheckable.INSTRUCTION),
        ("You can brew it twice.", NotCheckable.INSTRUCTION),
        ("I think green tea is better than black tea.", NotCheckable.OPINION),
        ("Everybody should drink more of it.", NotCheckable.OPINION),
        ("It is a beautiful city with lovely parks.", NotCheckable.OPINION),
        ("Perhaps the plant came from India.", NotCheckable.HEDGE),
        ("It might have been a gift of monks.", NotCheckable.HEDGE),
        ("**The Long History of Tea**", NotCheckable.HEADING),
        ("The main kinds are:", NotCheckable.HEADING),
        ("Further details", NotCheckable.HEADING),
        ("I hope this helps!", NotCheckable.CONVERSATION),
        ("As an AI language model, I have no access to it.", NotCheckable.CONVERSATION),
        ("Let me know if anything is unclear.", NotCheckable.CONVERSATION),
    ],
)
def test_what_asserts_nothing_is_kept_and_says_why(sentence, why):
    assert [each.not_checkable for each in find_claims(sentence)] == [why]


@pytest.mark.parametrize(
    "sentence",
    [
        "The Amazon is 6,400 km long.",
        "Use of aspirin rose by 12 % between 1990 and 2005.",
        "However, the treaty was signed in Rome.",
        "Test results are published in May.",
        "Der Rhein ist 1.233 Kilometer lang.",
        "水は百度で沸騰する。",
        "In 1913 she won a second prize",
        "Water boils easily there.",
    ],
)
def test_what_asserts_something_is_checkable(sentence):
    assert [each.not_checkable for each in find_claims(sentence)] == [None]


def test_a_sentence_that_cites_a_work_says_something_of_that_work():
    text = "Sleep might help memory [1]."
    alone = find_claims(text)
    cited = find_claims(text, [Cited(Span(23, 26), ("r1",))])
    assert [each[0].not_checkable for each in (alone, cited)] == [NotCheckable.HEDGE, None]


@given(st.lists(PIECES, max_size=40).map("".join))
def test_spans_map_back_exactly_and_never_overlap(text):
    found = find_claims(text, cited_spans(text, [ROE]))
    for each in found:
        assert text[each.span.start : each.span.end] == each.text
    for one, two in pairwise(found):
        assert one.span.end <= two.span.start
    assert len({each.id for each in found}) == len(found)


@given(st.text(max_size=400))
def test_no_text_is_too_strange(text):
    for each in find_claims(text, cited_spans(text, [ROE])):
        assert text[each.span.start : each.span.end] == each.text


@pytest.mark.parametrize(
    "unit", ["Tea is old. ", "[1] ", "| a | b |\n", "> x.\n", "(Roe, 2019) ", "a.b.c.", "**", "1. x\n"]
)
def test_long_texts_are_cut_off_and_not_choked_on(unit):
    text = unit * (200_000 // len(unit))
    assert len(find_claims(text, cited_spans(text[:20_000], [ROE]))) <= 2_000

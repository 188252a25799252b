"""Entries that stand between the numbered ones."""

from __future__ import annotations

import pytest

from citations.parse.segment import segment

FARMERS = "Holm P, Bo A. Early farmers of the lower plain. PLoS ONE 2015;10(3):e0123456."
MEADOWS = "Oak A, Fir B. Alpine meadows under warming climates. Ecology 2011;92:100-110."
FORESTS = "Elm C, Ash D. Forests of the middle ranges. Ecology 2012;93:200-210."
HIDDEN = "Fake Q. A wholly invented study of nothing in particular. Ecology 2014;3:1-9."


def cut(text: str) -> list[tuple[str, str]]:
    return [(entry.label, " ".join(entry.raw.split())) for entry in segment(text)]


@pytest.mark.parametrize("bullet", ["- ", "* ", "• "])
@pytest.mark.parametrize("gap", ["", "\n"])
def test_bullets_behind_a_numbered_list_are_entries(bullet: str, gap: str) -> None:
    text = f"1. {FARMERS}\n2. {MEADOWS}\n{gap}{bullet}{HIDDEN}\n{bullet}{FORESTS}\n{bullet}Knuth, D. E. Things."
    assert [("1", f"1. {FARMERS}"), ("2", f"2. {MEADOWS}")] == cut(text)[:2]
    assert [raw for _, raw in cut(text)[2:]] == [bullet + each for each in (HIDDEN, FORESTS, "Knuth, D. E. Things.")]


@pytest.mark.parametrize("number", ["{}.", "[{}]", "({})", "{})"])
@pytest.mark.parametrize(
    "numbers", [(1, 1, 2, 3), (1, 2, 2, 3), (1, 12, 3, 4), (1, 2, 3, 3), (1, 2, 93, 3), (7, 1, 2, 3), (1, 2, 3, 1)]
)
def test_repeated_and_mistyped_numbers_begin_an_entry(number: str, numbers: tuple[int, ...]) -> None:
    works = (FARMERS, HIDDEN, MEADOWS, FORESTS)
    text = "\n".join(f"{number.format(each)} {work}" for each, work in zip(numbers, works, strict=True))
    assert cut(text) == [
        (str(each), f"{number.format(each)} {work}") for each, work in zip(numbers, works, strict=True)
    ]


@pytest.mark.parametrize(
    "caption",
    [
        "More:",
        "**Books**",
        "### Software",
        "__Further__:",
        "Further reading",
        "Some words in between that say nothing at all.",
    ],
)
@pytest.mark.parametrize("label", ["1. ", "- ", ""])
def test_a_caption_parts_the_groups_of_a_list_and_belongs_to_none(caption: str, label: str) -> None:
    assert cut(f"1. {FARMERS}\n2. {MEADOWS}\n\n{caption}\n\n{label}{HIDDEN}") == [
        ("1", f"1. {FARMERS}"),
        ("2", f"2. {MEADOWS}"),
        (label.strip(". -"), f"{label}{HIDDEN}"),
    ]


def test_a_caption_without_white_around_it_parts_the_groups_too() -> None:
    assert [raw for _, raw in cut(f"1. {FARMERS}\n2. {MEADOWS}\nMore:\n{HIDDEN}")][1:] == [f"2. {MEADOWS}", HIDDEN]


@pytest.mark.parametrize("tail", ["Available from:\nhttps://example.org/a", "See also the remarks of:\nthe editors."])
def test_a_line_that_ends_with_a_colon_may_belong_to_its_entry(tail: str) -> None:
    assert [raw for _, raw in cut(f"1. {FARMERS}\n{tail}\n2. {MEADOWS}")] == [
        f"1. {FARMERS} {' '.join(tail.split())}",
        f"2. {MEADOWS}",
    ]


def test_a_work_below_a_caption_may_begin_with_its_title() -> None:
    title = "The Programming Language, Kernighan and others, 1988"
    assert cut(f"1. {FARMERS}\n2. {MEADOWS}\n\n**Books**\n\n{title}")[2:] == [("", title)]


@pytest.mark.parametrize("bullet", ["- ", "* ", ""])
@pytest.mark.parametrize("label", ["1. ", "[1] ", "- ", ""])
def test_entries_with_other_labels_begin_anew_in_lists_without_numbers(bullet: str, label: str) -> None:
    works = (bullet + FARMERS, bullet + MEADOWS, label + HIDDEN, bullet + FORESTS)
    assert [raw for _, raw in cut("\n\n".join(works))] == list(works)


def test_an_entry_above_the_first_number_is_kept() -> None:
    assert len(cut(f"- {HIDDEN}\n1. {FARMERS}\n2. {MEADOWS}")) == 3


def test_rows_of_a_table_that_hold_works_are_entries_and_its_rules_are_none() -> None:
    table = "| # | Paper | Year |\n|---|---|---|\n| 3 | Quill, P., Neural fable detection, Ecology | 2022 |"
    assert [raw for _, raw in cut(f"1. {FARMERS}\n2. {MEADOWS}\n\n{table}")] == [
        f"1. {FARMERS}",
        f"2. {MEADOWS}",
        table.splitlines()[-1],
    ]


@pytest.mark.parametrize(
    "note", ["   - Seminal paper that introduced the concept.", "- Seminal paper.", "   See also chapter 3."]
)
def test_notes_below_an_entry_stay_with_it(note: str) -> None:
    assert [label for label, _ in cut(f"1. {FARMERS}\n{note}\n2. {MEADOWS}\n{note}\n3. {FORESTS}")] == ["1", "2", "3"]


def test_a_wrapped_line_that_begins_with_a_dash_stays_with_its_entry() -> None:
    text = f"{FARMERS}\nOak A. 2011. Alpine meadows. In RELATIONS\n- Workshop on Alpine Meadows, Special Issue, 2011.\n{FORESTS}"
    assert len(cut(text)) == 3


@pytest.mark.parametrize(
    "wrapped",
    [
        "Oak A, Fir B. Alpine meadows, Ecology 92, article\n12. New York, NY, USA: Association of Things, 2011.",
        "Oak A, Fir B. Alpine meadows (2011), pp. 1-\n12. In Doe, J. (Ed.), The Book of Meadows. Springer, 2011.",
        "Oak A, Fir B. Alpine meadows, Ecology\n92. London (2011).",
        "Oak A, Fir B. Alpine meadows, Ecology 92 (3),\n2011. Springer, New York and the other places.",
    ],
)
def test_a_wrapped_line_that_begins_with_a_number_stays_with_its_entry(wrapped: str) -> None:
    assert [label for label, _ in cut(f"1. {FARMERS}\n2. {wrapped}\n3. {FORESTS}")] == ["1", "2", "3"]

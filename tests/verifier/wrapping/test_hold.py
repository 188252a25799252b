from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier.wrapping.hold import Hold, Piece, complete
from verifier.wrapping.types import Added, Mode

ANSWER = """Here are two papers on tea:

1. Roe, A. and Doe, B. (2019). On the weight of small things. Journal of Tests, 12(3), 45-67.
2. Smith, John. "Tea? An inquiry." Nature 3 (1999): 5-9.

Tea came to London in 1657 (Roe, 2019). It was dear. Later it was cheap [2]. All is said.

## References

Smith J. On tea. Nature. 2019;3:4-5.
On the price of tea. Journal of Trade. 2017.

```bibtex
@article{a, title={On tea. A study}}
```

That is all.
"""


def pieces(text: str, width: int = 3) -> list[str]:
    hold, found = Hold(Mode.HOLDBACK), []
    for start in range(0, len(text), width):
        hold.put(start, [Added(0, text[start : start + width])])
        for piece in hold.due():
            found.append(piece.text.strip())
            hold.let(piece)
    return found


@pytest.mark.parametrize("width", [1, 3, 17, 1000])
def test_no_citation_is_looked_at_before_it_is_complete(width: int) -> None:
    whole = [
        "1. Roe, A. and Doe, B. (2019). On the weight of small things. Journal of Tests, 12(3), 45-67.",
        '2. Smith, John. "Tea? An inquiry." Nature 3 (1999): 5-9.',
        "Tea came to London in 1657 (Roe, 2019).",
        "Smith J. On tea. Nature. 2019;3:4-5.",
        "On the price of tea. Journal of Trade. 2017.",
        "@article{a, title={On tea. A study}}",
    ]
    found = pieces(ANSWER, width)
    assert [each for each in whole if sum(each in piece for piece in found) != 1] == []


def test_a_sentence_is_complete_once_the_next_has_begun() -> None:
    assert pieces("Tea is a plant. It grows in Assam. It is") == ["Tea is a plant.", "It grows in Assam."]


def test_an_entry_of_a_list_is_complete_once_the_next_has_begun() -> None:
    assert pieces(ANSWER)[1] == (
        "1. Roe, A. and Doe, B. (2019). On the weight of small things. Journal of Tests, 12(3), 45-67."
    )


@pytest.mark.parametrize(
    "text",
    [
        "Roe, A. (2019). On the weight of small things. Journal of Tests, 12",
        "Smith, John, and Jane Doe. The price of tea. Journal of Trade, 2017. In",
        "Vaswani et al. The price of tea is what it is. Journal of Trade, 2017. In",
        '"Is tea a plant?" Journal of Trade asked in 2017. It is',
        "Smith John. The price of tea. Trade 2017. In",
        "Later it was cheap. [",
        "| tea | 3 |\n| coffee. And so | 4 |\n",
        "```bibtex\n@article{a, title={On tea. A study}}\n",
        '{"works": ["Tea is a plant. It grows."]}',
        "1. Tea is a plant. It grows in Assam",
    ],
)
def test_what_may_go_on_is_not_complete(text: str) -> None:
    assert complete(text) == 0


@given(st.text(alphabet="aB1 .\n[](),-`*#\"'é中。", max_size=80), st.integers(1, 7))
def test_pieces_follow_on_each_other_and_lose_nothing(text: str, width: int) -> None:
    hold, found, left = Hold(Mode.HOLDBACK), list[Piece](), list[int]()
    starts = list(range(0, len(text), width))
    for start in starts:
        hold.put(start, [Added(0, text[start : start + width])])
        for piece in hold.due():
            hold.let(piece)
            found.append(piece)
        left += hold.leaving()
    end = found[-1].end if found else 0
    assert "".join(each.text for each in found) == text[:end]
    assert left == [start for start in starts if min(start + width, len(text)) <= end]
    hold.let_all()
    assert left + list(hold.leaving()) == starts
    assert hold.texts == ((text,) if text else ())


def test_events_leave_in_their_order_and_those_without_text_wait_only_for_text_before_them() -> None:
    hold = Hold(Mode.HOLDBACK)
    hold.put("role", [])
    hold.put("text", [Added(0, "Tea is")])
    hold.put("tool call", [])
    assert list(hold.leaving()) == ["role"]
    assert not hold.some_left
    hold.put("more", [Added(0, " a plant. It grows in")])
    (piece,) = hold.due()
    hold.let(piece)
    assert list(hold.leaving()) == ["text", "tool call"]
    assert hold.some_left
    hold.let_all()
    assert list(hold.leaving()) == ["more"]


def test_the_blank_behind_a_sentence_leaves_with_it() -> None:
    hold = Hold(Mode.HOLDBACK)
    hold.put("first", [Added(0, "Tea is a plant. ")])
    hold.put("second", [Added(0, "It grows in")])
    for piece in hold.due():
        hold.let(piece)
    assert list(hold.leaving()) == ["first"]


def test_several_choices_are_held_apart() -> None:
    hold = Hold(Mode.HOLDBACK)
    hold.put("a", [Added(1, "Coffee is a")])
    hold.put("b", [Added(0, "Tea is a plant. It grows in")])
    (piece,) = hold.due()
    assert (piece.choice, piece.text) == (0, "Tea is a plant. ")
    assert hold.until(piece) == ("Tea is a plant. ", "")
    hold.let(piece)
    assert list(hold.leaving()) == []
    hold.put("c", [Added(1, " drink. It is dear. And")])
    (piece,) = hold.due()
    hold.let(piece)
    assert list(hold.leaving()) == ["a"]
    assert hold.texts == ("Tea is a plant. It grows in", "Coffee is a drink. It is dear. And")


def test_a_buffer_lets_nothing_go_before_everything_may() -> None:
    hold = Hold(Mode.BUFFER)
    hold.put("role", [])
    hold.put("text", [Added(0, "Tea is a plant. It grows in Assam. It is")])
    assert (list(hold.due()), list(hold.leaving())) == ([], [])
    hold.let_all()
    assert list(hold.leaving()) == ["role", "text"]


def test_without_holding_everything_leaves_at_once() -> None:
    hold = Hold(Mode.AFTER)
    hold.put("text", [Added(0, "Tea")])
    assert list(hold.leaving()) == ["text"]


def apa(title: str, year: int) -> str:
    return f"Roe, A. B. and van Doe, C. ({year}). {title}. Journal of Tests, 12(3), 45-67."


def mla(title: str, year: int) -> str:
    return f'Roe, Ann, and Carl van Doe. "{title}." Journal of Tests 12.3 ({year}): 45-67.'


def plain(title: str, year: int) -> str:
    return f"Ann Roe, Carl van Doe. {title}. Journal of Tests, {year}."


def vancouver(title: str, year: int) -> str:
    return f"Roe AB, van Doe C. {title}. J Tests. {year};12(3):45-67. doi:10.1234/tests.{year}"


def narrative(title: str, year: int) -> str:
    return f'In "{title}", Roe et al. ({year}) show that it works.'


def marked(title: str, year: int) -> str:
    return f"**{title}**, Ann Roe ({year}). *Journal of Tests*. https://doi.org/10.1234/tests.{year}"


STYLES = [apa, mla, plain, vancouver, narrative, marked]
FRAMES = [
    "1. {}\n2. {}\n\nThat is all.\n",
    "{}\n\n{}\n\nThat is all.",
    "So it is known. {} {} That is all.",
    "## References\n\n{}\n{}\n",
]
TITLES = ["On the weight of small things", "Is tea a plant? An inquiry. Part two", "Attention is what you need"]


@given(st.sampled_from(STYLES), st.sampled_from(FRAMES), st.permutations(TITLES), st.integers(1, 40))
def test_no_reference_in_any_style_is_cut(
    style: Callable[[str, int], str], frame: str, titles: list[str], width: int
) -> None:
    cited = [style(titles[0], 2019), style(titles[1], 1998)]
    text = frame.format(*cited)
    places = [(text.index(each), text.index(each) + len(each)) for each in cited]
    hold, ends = Hold(Mode.HOLDBACK), list[int]()
    for start in range(0, len(text), width):
        hold.put(start, [Added(0, text[start : start + width])])
        for piece in hold.due():
            hold.let(piece)
            ends.append(piece.end)
    assert [end for end in ends for start, stop in places if start < end < stop] == []

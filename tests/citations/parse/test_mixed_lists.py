"""Lists into which somebody typed further works without a label: none may hide in the entry above it, whatever it looks like."""

from __future__ import annotations

import random
import re
import textwrap

import pytest

from citations.parse.segment import segment

FAMILIES = [
    "Holm",
    "Oak",
    "Elm",
    "Fir",
    "Birch",
    "Stone",
    "Rivers",
    "Lake",
    "Marsh",
    "Field",
    "Winter",
    "Hart",
    "Crane",
    "Wolf",
    "Swan",
    "Reed",
    "Moss",
    "Clay",
]
WORDS = [
    "early",
    "farmers",
    "lower",
    "plain",
    "alpine",
    "meadows",
    "warm",
    "climates",
    "forests",
    "middle",
    "ranges",
    "lakes",
    "records",
    "deltas",
    "soil",
    "pollen",
]
VENUES = ["Ecology", "Journal of Lakes", "Proceedings of the Soil Conference", "Nature Geology"]
PROSE = [
    "The following work was used as well.",
    "We also relied on this study:",
    "Further details can be found in the text below.",
    "It should be noted that these were not reviewed by anybody, which is why they stand apart from the list.",
    "See also:",
]
LABELS = ["{}. ", "[{}] ", "{}) ", "({}) ", "- ", "* "]


def work(pick: random.Random, number: int, style: str) -> str:
    """One reference whose title holds a word of its own."""
    families = [pick.choice(FAMILIES) for _ in range(pick.randint(1, 3))]
    initials = [pick.choice("BCDEFG") for _ in families]
    inverted = ", ".join(f"{family}, {initial}." for family, initial in zip(families, initials, strict=True))
    straight = " and ".join(f"{initial}. {family}" for family, initial in zip(families, initials, strict=True))
    title = f"{' '.join(pick.sample(WORDS, pick.randint(4, 8))).capitalize()} zq{number}x"
    venue, year, volume, page = pick.choice(VENUES), pick.randint(1970, 2024), pick.randint(1, 90), pick.randint(1, 400)
    where = f"{volume}, pp. {page}–{page + 9}"
    return {
        "author-year": f"{inverted} ({year}). {title}. {venue}, {volume}, {page}–{page + 9}.",
        "quoted behind authors": f"{straight}, “{title},” {venue}, vol. {where}, {year}.",
        "medicine": f"{families[0]} {initials[0]}. {title}. {venue} {year};{volume}:{page}-{page + 9}.",
        "quoted": f"“{title},” {straight}, {venue}, {year}.",
        "short": f"{families[0]} et al., “{title},” {venue}, {year}.",
        "running text": f'See also {families[0]} and {families[-1]} ({year}), "{title}", {venue}, {year}.',
        "quoted by": f'"{title}" by {straight}, {venue}, {year}.',
    }[style]


def mixed_list(pick: random.Random) -> tuple[str, int]:
    """A list with one or two works that have no label, some below a line of prose; and how many works it holds."""
    style, label = pick.choice(["author-year", "quoted behind authors", "medicine"]), pick.choice(LABELS)
    width, blank = pick.choice([0, 0, 72]), pick.choice([[], [], [""]])
    size = pick.randint(4, 9)
    added = set(pick.sample(range(1, size + 1), pick.randint(1, 2)))
    lines: list[str] = []
    works = 0
    for number in range(1, size + 1):
        texts = [label.format(number) + work(pick, works, style)]
        works += 1
        if number in added:
            texts += pick.choice([[], [pick.choice(PROSE)]])
            texts.append(work(pick, works, pick.choice([style, "quoted", "quoted by", "short", "running text"])))
            works += 1
        for text in texts:
            lines += textwrap.wrap(text, width) if width else [text]
        lines += blank
    return "\n".join(lines), works


@pytest.mark.parametrize("seed", range(40))
def test_every_work_of_a_mixed_list_is_an_entry_of_its_own(seed: int) -> None:
    pick = random.Random(seed)
    for _ in range(5):
        text, works = mixed_list(pick)
        found = [re.findall(r"zq(\d+)x", entry.raw) for entry in segment(text)]
        assert [[str(number)] for number in range(works)] == found, text


@pytest.mark.parametrize("prose", PROSE)
def test_the_prose_between_two_works_belongs_to_neither(prose: str) -> None:
    first, second = (
        "1. Doe B. Early farmers of the plain. Ecology 2001;3:1-9.",
        "Roe C. Late farmers of the plain. Ecology 2002;4:1-9.",
    )
    assert [entry.raw for entry in segment(f"{first}\n{prose}\n{second}\n2. {second}")] == [
        first,
        second,
        f"2. {second}",
    ]


@pytest.mark.parametrize(
    "wrapped",
    [
        "Smith, A., and B. Doe. 2001.\n“Early farmers of the lower plain.” J. Lakes 12 (3): 1–9 (2001).",
        "A. Smith and B. Doe,\n“Early farmers of the lower plain,” P. Soil Conf., 2001.",
        "A. Smith. Early farmers (2001).\n“Reprinted with permission from the editors,” Springer, 2003.",
        "A. Smith, Early farmers of the lower plain, Cambridge University Press, 2001.\nIt was translated from German by the author.",
    ],
)
def test_a_quoted_title_or_a_remark_on_the_next_line_stays_with_its_entry(wrapped: str) -> None:
    other = "C. Roe, “Late farmers of the lower plain,” Ecology, vol. 3, pp. 1–9, 2002."
    text = f"1. {wrapped}\n2. {other}\n3. {other}"
    assert [entry.label for entry in segment(text)] == ["1", "2", "3"]

"""Whole references inside a paragraph, and the words that send a reader to them."""

from __future__ import annotations

import pytest

from citations.parse.inline import find_citations
from citations.parse.spelt_out import lead

ENTRY = "Roe, A., & van der Doe, B. C. (2019). On sleep and rest. Journal of Sleep, 4(2), 1-9."
ENTRIES = [
    ENTRY,
    "Roe, A. (2019). Is it sleep? Journal of Sleep, 4, 1–9.",
    "Roe, A., Doe, B., … Poe, C. (2019a). On sleep and rest. Journal of Sleep, 4(2).",
    "Roe, A., et al. (2019). On sleep and rest. In Proceedings of the Conference on Sleep.",
    "Roe, A. (2019). On sleep and rest. https://doi.org/10.1234/sleep.2019",
    "Roe, A. (2019). On sleep and rest. Harbour University Press.",
    "Roe, A. (2019). On sleep and rest. arXiv:1901.01234",
]
AROUND = [
    "It is known. {} It was new.",
    "As shown by {}",
    "It is known (see {}) and old.",
    "See {}",
    "Cf. {}",
    "Rest helps. See also {} Others disagree.",
    "- See {}",
    "It is known. As {} says, rest helps.",
    "Rest helps. In {} it is known.",
    "By {}",
    "Rest helps. And {}",
]


@pytest.mark.parametrize("around", AROUND)
@pytest.mark.parametrize("entry", ENTRIES)
def test_a_whole_reference_in_running_text_is_found_without_the_words_around_it(entry: str, around: str) -> None:
    text = around.format(entry)
    (found,) = find_citations(text)
    assert text[found.start : found.end].rstrip(".") == entry.rstrip(".")
    assert found.fields.title.rstrip("?") in entry
    assert found.fields.authors[0].family == "Roe"


def test_two_in_one_sentence_are_two() -> None:
    other = ENTRY.replace("Roe", "Poe").replace("On sleep", "On waking")
    assert [each.fields.authors[0].family for each in find_citations(f"It is in two works: {ENTRY} and {other}")] == [
        "Roe",
        "Poe",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "We met Roe, A. (2019). They found that sleep helps. Others disagree in 3 ways.",
        "We met Roe, A. (2019). Rest is good.",
        "Roe, A. (2019) asked what sleep is for, in 3 rooms (2 of them dark).",
    ],
)
def test_a_person_with_a_year_is_no_reference(text: str) -> None:
    assert [each for each in find_citations(text) if each.fields.title] == []


@pytest.mark.parametrize(
    "name",
    [
        "See, J. (2019). On sleep.",
        "Also, B. K. (2019). On rest.",
        "Seeger, A. (2019).",
        "But, J. (2019). On rest.",
        "Bythe, A. (2019).",
    ],
)
def test_a_name_that_looks_like_such_a_word_stays_a_name(name: str) -> None:
    assert lead(name) == 0

from __future__ import annotations

import pytest

from citations.parse.inline import Citation, find_citations


def first_author(citation: Citation) -> str:
    authors = citation.fields.authors
    return (authors[0].family or authors[0].literal) if authors else ""


def told(text: str) -> list[tuple[str, str, int | None]]:
    """Title, first author and year of each citation."""
    return [(each.fields.title, first_author(each), each.fields.year) for each in find_citations(text)]


@pytest.mark.parametrize(
    "opener",
    ["Earlier,", "Later", "Similarly,", "However,", "More recently,", "See", "Following", "Building on", "Finally,"],
)
@pytest.mark.parametrize(("before", "behind"), [("", ""), ("[", "]"), ("It is so. ", " Others disagree.")])
def test_a_label_begins_with_the_names_and_not_with_what_opens_the_sentence(
    opener: str, before: str, behind: str
) -> None:
    found = find_citations(f"{before}{opener} Hochreiter and Schmidhuber (1997) proposed it.{behind}")
    assert [each.label for each in found] == ["Hochreiter and Schmidhuber (1997)"]


def test_sentences_that_open_with_a_word_and_a_comma_are_no_reference() -> None:
    text = "Later, Kahneman and Tversky (1979) did so. Similarly, Smith and Doe (2001) did. However, Roe et al. (2003) did not."
    assert [each.label for each in find_citations(text)] == [
        "Kahneman and Tversky (1979)",
        "Smith and Doe (2001)",
        "Roe et al. (2003)",
    ]


@pytest.mark.parametrize(
    ("sentence", "title", "venue"),
    [
        ("A survey is Liang & Soler (2021), Gradient Echo Networks for Provenance, EMNLP.", "Gradient Echo Networks for Provenance", "EMNLP"),
        ("See Roe (2019): On the Growth of Things; it is short.", "On the Growth of Things", ""),
        ("Read Roe et al. (2019), Growth of Things in the Dark, Journal of Growth.", "Growth of Things in the Dark", "Journal of Growth"),
    ],
)  # fmt: skip
def test_a_title_in_capitals_behind_names_and_year_is_read(sentence: str, title: str, venue: str) -> None:
    assert [(each.fields.title, each.fields.venue) for each in find_citations(sentence)] == [(title, venue)]


@pytest.mark.parametrize(
    "sentence",
    [
        "In Smith (2019), Germany and France were compared.",
        "As Smith (2020), Jones and Doe, and others have said.",
        "According to Smith (2020), The Matrix is a nice film.",
        "Smith (2020), Professor of Biology at Oxford, agrees.",
        "Sleep helps (Smith, 2020), Deep Blue Sea Divers say.",
    ],
)
def test_the_sentence_behind_names_and_year_is_no_title(sentence: str) -> None:
    assert [each.fields.title for each in find_citations(sentence)] == [""]


TITLES = "1. On the Growth of Things (2015)\n2. Things in the Dark (2017)\n"


@pytest.mark.parametrize(
    ("context", "expected"),
    [
        ("Give me two references on growth.", ["On the Growth of Things", "Things in the Dark"]),
        ("Which books should I read?", ["On the Growth of Things", "Things in the Dark"]),
        ("Which films should I see?", []),
        ("", []),
    ],
)
def test_the_question_tells_whether_bare_titles_are_works(context: str, expected: list[str]) -> None:
    assert [each.fields.title for each in find_citations(TITLES, context=context)] == expected


def test_the_question_adds_no_citation_of_its_own() -> None:
    assert find_citations("I know none.", context="Is Roe, A. (2015). On growth. Nature, 3, 1-9. a good paper?") == ()


def test_pages_in_brackets_are_no_year_and_the_authors_in_front_are_read() -> None:
    text = 'Hochreiter and Schmidhuber (1997) proposed it in "Long Short-Term Memory" (Neural Computation, 9(8), 1735-1780).'
    assert told(text) == [("Long Short-Term Memory", "Hochreiter", 1997)]


def test_what_stands_in_brackets_is_quoted_with_its_closing_one() -> None:
    found = find_citations('Also "Neural Fable Detection" by P. Quill and R. Nib (ICML 2022) shows it.')
    assert [each.raw for each in found] == ['"Neural Fable Detection" by P. Quill and R. Nib (ICML 2022)']


@pytest.mark.parametrize(
    "category", ["**Books**: ", "**Surveys:** ", "Textbook: ", "**Foundational paper** – ", "*Further reading:* "]
)
@pytest.mark.parametrize(
    "reference",
    ["Roe, A., & Doe, B. (2004). *Growth of Things*. Oxford University Press.", '"Growth of Things" by Ann Roe (2004)'],
)
def test_the_sort_of_work_in_front_of_an_item_is_no_part_of_it(category: str, reference: str) -> None:
    found = find_citations(f"Some references:\n\n- {category}{reference}\n")
    assert [(each.raw, each.fields.title, first_author(each)) for each in found] == [
        (reference, "Growth of Things", "Roe")
    ]

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from citations.parse.inline import find_citations

ROWS = [("On the Growth of Things", "Roe", 2015), ("Things in the Dark", "Doe", 2017)]


def told(text: str) -> list[tuple[str, str, int | None]]:
    """Title, first author and year of each citation."""
    return [
        (each.fields.title, each.fields.authors[0].family if each.fields.authors else "", each.fields.year)
        for each in find_citations(text)
    ]


@pytest.mark.parametrize(
    "table",
    [
        "| Title | Authors | Year | Venue |\n|---|:-:|--:|---|\n| On the Growth of Things | Roe et al. | 2015 | Nature |\n| Things in the Dark | A. Doe, B. Poe | 2017 | ICML |",
        "Title | Author(s) | Year\n--- | --- | ---\n**On the Growth of Things** | Ann Roe | 2015\n*Things in the Dark* | Ann Doe | 2017",
        "| # | Year | Paper | Authors |\n|---|---|---|---|\n| 1 | 2015 | [On the Growth of Things](https://example.org/a) | Roe, A. |\n| 2 | 2017 | “Things in the Dark” | Doe, B. |",
        "| | Title | Authors | Year | |\n|---|---|---|---|---|\n| | On the Growth of Things | Roe | 2015 | |\n| | Things in the Dark | Doe | 2017 | |",
        '| # | Reference | Year |\n|---|---|---|\n| 1 | Roe, A., "On the Growth of Things", Nature | 2015 |\n| 2 | Doe, B., "Things in the Dark", ICML | 2017 |',
    ],
)
def test_rows_of_a_table_of_works_are_citations(table: str) -> None:
    text = f"Here they are:\n\n{table}\n\nI hope this helps."
    assert told(text) == ROWS
    assert all(text[each.start : each.end] == each.raw for each in find_citations(text))


def test_identifiers_in_a_column_belong_to_the_work() -> None:
    found = find_citations("| Paper | DOI |\n|---|---|\n| Deep learning | 10.1038/nature14539 |")
    assert [(each.fields.title, each.fields.doi) for each in found] == [("Deep learning", "10.1038/nature14539")]


@pytest.mark.parametrize(
    "table",
    [
        "| Model | Year | Parameters |\n|---|---|---|\n| BERT large | 2018 | 340 M |",
        "| Title | Year |\n|---|---|\n| The Matrix Reloaded | 2003 |",
        "| Name | Age |\n|---|---|\n| Ann Roe | 2001 |",
    ],
)
def test_tables_of_other_things_are_left_alone(table: str) -> None:
    assert find_citations(table) == ()


@given(st.text(alphabet="|-: \nTitleAuthorsYear2015", max_size=120))
@settings(max_examples=200, deadline=None)
def test_offsets_hold_for_every_table(text: str) -> None:
    assert all(text[each.start : each.end] == each.raw for each in find_citations(text))

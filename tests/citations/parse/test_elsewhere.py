"""Works listed outside the reference lists."""

from __future__ import annotations

import pytest

from citations.parse.elsewhere import elsewhere
from citations.parse.section import reference_sections

FARMERS = "Holm, P., & Bo, A. (2015). Early farmers of the lower plain. PLoS ONE, 10(3), 1-9."
HIDDEN = "Quill, P. (2022). Neural fable detection. Machine Learning, 3, 1-9."


def found(text: str) -> list[tuple[str, bool]]:
    return [(each.entry.raw, each.listed) for each in elsewhere(text, reference_sections(text))]


@pytest.mark.parametrize("heading", ["## Software", "## Further reading", "**Books**", "## 7 Related work", "Data"])
@pytest.mark.parametrize("label", ["- ", "3. ", "[3] "])
def test_items_below_any_heading_are_read(heading: str, label: str) -> None:
    text = f"Prose.\n\n## References\n\n- {FARMERS}\n\n## Then\n\n{heading}\n\n{label}{HIDDEN}\n"
    assert found(text) == [(label + HIDDEN, True)]


def test_items_above_the_list_are_read_too() -> None:
    assert found(f"## Software\n\n- {HIDDEN}\n\nProse.\n\n## References\n\n- {FARMERS}\n") == [(f"- {HIDDEN}", True)]


def test_a_table_of_papers_is_read_row_by_row() -> None:
    row = "| Quill, P. | Neural fable detection of things | 2022 |"
    text = f"## Papers\n\n| Author | Title | Year |\n|---|---|---|\n{row}\n\n## References\n\n- {FARMERS}\n"
    assert found(text) == [(row, True)]


def test_a_paragraph_behind_the_list_that_looks_like_a_reference_is_seen_but_not_read() -> None:
    text = f"## References\n\n- {FARMERS}\n\n## Appendix\n\n{HIDDEN}\n\nProse again.\n"
    assert found(text) == [(HIDDEN, False)]


@pytest.mark.parametrize(
    "text",
    [
        "- Devlin et al. (2019) introduced a model that improved all scores of the time.",
        "- We follow Smith et al. (2020) and use the data that they collected in 2019.",
        "| Model | Score of 2019 |\n|---|---|\n| BERT of Devlin and all the others (2019) | 88.5 |",
        "```\n- " + HIDDEN + "\n```",
        "1. John Smith and Jane Doe, University of Things, 12 Main Street",
        "- Rename one function to another (Jane Doe) [#26527](https://example.org/pull/26527)",
    ],
)
@pytest.mark.parametrize("late", [True, False])
def test_prose_programs_and_results_are_left_alone(text: str, *, late: bool) -> None:
    listed = f"## References\n\n- {FARMERS}\n"
    assert found(f"{listed}\n## Then\n\n{text}\n" if late else f"## First\n\n{text}\n\n{listed}") == []


@pytest.mark.parametrize("piece", ["- A. B 2001\n", "| a | 2001 |\n", "A. B 2001\n\n", "```\n", "- Smith, J. (2001). "])
def test_hostile_texts_are_read_in_linear_time(piece: str) -> None:
    text = "| Title |\n" + piece * (1_000_000 // len(piece))
    assert all(each.entry.start < each.entry.end for each in elsewhere(text, ()))

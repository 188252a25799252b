from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from citations.parse.fields import parse_fields
from citations.parse.title_end import title_end

TITLE = "On the growth of things"


@pytest.mark.parametrize(
    "note",
    [
        " (in German)", " [in Chinese]", " (abstract)", " (Unpublished doctoral dissertation)", " (translated by Ann Roe)", " [DVD]", " [J]",
        " (2nd ed.)", " (Education policy brief)", ", to appear in Nature", ", preprint", ". Translated by Ann Roe", ", trans. Ann Roe",
        ", talk at this conference", ", volume 82 of Lecture Notes", ". In Growth and Decay: A Reader", ". https://example.org/a", " [Motion picture]",
    ],
)  # fmt: skip
def test_notes_behind_a_title_are_no_part_of_it(note: str) -> None:
    assert title_end(TITLE + note) == TITLE


@pytest.mark.parametrize(
    "title",
    [
        "Growth and mechanism(s) of things",
        "Growth (and decay) of things, in Russia and elsewhere",
        "Collisions and Collaborations",
        "Media Spaces For Collaboration",
        "Translated worlds: a study of thesis and antithesis",
        "The Preprint: in praise of things that appear",
    ],
)
def test_titles_that_hold_such_words_stay_whole(title: str) -> None:
    assert title_end(title) == title


@pytest.mark.parametrize("note", ["(HESS collaboration)", "Personal communication", "in press", "ATLAS Collaboration"])
def test_a_note_alone_is_no_title(note: str) -> None:
    assert title_end(note) == ""


def test_the_note_of_a_printed_reference_is_left_out() -> None:
    assert parse_fields(f"Roe, A. (2014). {TITLE} (Unpublished doctoral dissertation). University of X.").title == TITLE


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=120))
def test_the_end_is_only_ever_cut(title: str) -> None:
    assert title.startswith(title_end(title))

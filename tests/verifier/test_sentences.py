from __future__ import annotations

import pytest

from verifier.sentences import sentences


@pytest.mark.parametrize(
    "parts",
    [
        ["Smith et al. (2019) saw 3.5 % more.[2]", "It was new."],
        ["J. K. Rowling wrote it.", "He said “Stop.”", "Then he left!", "Really?"],
        ["It has walls, e.g. Roman ones, cf. Fig. 3 of the guide.", "No. 5 is alive."],
        ["In 1990 the U.S. Army left.", "Nothing like it was seen in the U.S.", "It rained."],
        ["It fell by 3%.¹", "Then it rose.[^3]", "It ended [4](https://example.org/a.b).", "More came."],
        ["日本は島国である。", "人口は多い。"],
        ["Er wurde am 3. Mai geboren.", "Das steht z.B. im Register."],
        ["Version 2.0 came out.", "It cost 3.50 dollars."],
        ["We saw it …", "Nobody came"],
    ],
)
def test_a_paragraph_is_cut_where_a_reader_would_cut_it(parts):
    text = " ".join(parts)
    assert [text[each.start : each.end] for each in sentences(text)] == parts


def test_the_width_of_the_page_ends_no_sentence_and_a_finished_line_does():
    text = "The cell is\nsmall.\n**Walls:**\nThey are thick  \nand old"
    found = [text[each.start : each.end] for each in sentences(text)]
    assert found == ["The cell is\nsmall.", "**Walls:**", "They are thick", "and old"]

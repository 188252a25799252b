"""Reference lists in plain text and Markdown."""

import pytest

from citations.errors import UnreadableInput
from citations.extract.interface import Document, Limits
from citations.extract.markdown import plain_markdown
from citations.extract.text import TextExtractor
from citations.parse.fields import parse_fields
from citations.types import Reference, Unreadable

SHANNON = "C. E. Shannon, A mathematical theory of communication, Bell Syst. Tech. J. 27, 379 (1948)."
TURING = "A. M. Turing, On computable numbers, Proc. London Math. Soc. 42, 230 (1937)."


def read(text: str | bytes, name: str = "list.txt", limits: Limits | None = None) -> list[Reference | Unreadable]:
    data = text if isinstance(text, bytes) else text.encode()
    return list(TextExtractor().extract(Document(name, data, limits=limits or Limits())))


def test_references_carry_line_offsets_key_and_source() -> None:
    text = f"Title\n\nReferences\n\n[1] {SHANNON}\n[2] {TURING}\n"
    second = read(text)[1]
    assert isinstance(second, Reference)
    assert (second.location.line, second.key, second.source, second.id) == (6, "2", "text", "list.txt#2")
    assert text[second.location.start : second.location.end] == second.raw


def test_a_single_pasted_reference_is_a_list() -> None:
    assert [each.raw for each in read(SHANNON)] == [SHANNON]


def test_markdown_bullets_are_entries_and_markup_is_not_read_as_words() -> None:
    found = read(
        f"# Notes\n\n## References\n\n- {SHANNON}\n- A. M. Turing, *On computable numbers*, Proc. London Math. Soc. **42**, 230 (1937).\n",
        "notes.md",
    )
    assert [each.location.line for each in found] == [5, 6]
    assert isinstance(found[1], Reference)
    assert "*" not in found[1].fields.title


def test_link_text_and_target_are_both_kept_for_reading() -> None:
    assert (
        plain_markdown("Smith, J. [A *title*](https://doi.org/10.1000/x).")
        == "Smith, J. A title https://doi.org/10.1000/x."
    )


def test_underscores_inside_addresses_stay() -> None:
    assert (
        plain_markdown("See https://example.org/a_b_c and 10.1000/a_b")
        == "See https://example.org/a_b_c and 10.1000/a_b"
    )


def test_ids_are_unique_where_labels_repeat() -> None:
    found = read(f"References\n[1] {SHANNON[:-1]}; {TURING}\n[2] {TURING}\n")
    assert [each.id for each in found if isinstance(each, Reference)] == ["list.txt#1", "list.txt#1.2", "list.txt#2"]


def test_a_url_only_entry_keeps_the_numbers_of_the_others() -> None:
    found = read(f"[1] {SHANNON}\n[2] https://www. example .org / a b\n[3] {TURING}\n")
    assert [each.key for each in found] == ["1", "2", "3"]


def test_an_entry_without_words_is_counted_as_unreadable() -> None:
    found = read(f"References\n[1] {SHANNON}\n[2] ???\n[3] {TURING}\n")
    assert [type(each) for each in found] == [Reference, Unreadable, Reference]


def test_entries_beyond_the_limit_are_not_dropped_silently() -> None:
    found = read(f"[1] {SHANNON}\n[2] {TURING}\n[3] {SHANNON}\n", limits=Limits(max_entries=2))
    assert [type(each) for each in found] == [Reference, Reference, Unreadable]


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "list.txt is empty"),
        (b"Just prose about nothing.\n", "no reference list was found in list.txt"),
        (bytes(range(256)) * 20, "list.txt is not text: it holds binary data"),
    ],
)
def test_input_without_a_list_says_so_in_one_sentence(data: bytes, sentence: str) -> None:
    with pytest.raises(UnreadableInput) as caught:
        read(data)
    assert caught.value.message == sentence


def test_a_file_beyond_the_limit_is_refused() -> None:
    with pytest.raises(UnreadableInput):
        read(SHANNON, limits=Limits(max_bytes=10))


def test_windows_1252_is_read() -> None:
    found = read("[1] K. Gödel, Über formal unentscheidbare Sätze, Monatsh. Math. 38, 173 (1931).".encode("cp1252"))
    assert "Gödel" in found[0].raw


def test_nul_between_letters_is_shown_as_a_lost_letter() -> None:
    found = read("[1] M. H. G. Ho\0mann. Consensus building and its epistemic conditions. Topoi 40(5), 2021.")
    assert "Ho\ufffdmann" in found[0].raw


def test_a_pasted_list_that_begins_with_titles_is_read_line_by_line() -> None:
    text = (
        "Attention is all you need. Vaswani et al. NeurIPS 2017.\n"
        "Deep residual learning for image recognition. He et al. CVPR 2016.\n"
        "Semantics of context-free languages. Knuth. Mathematical Systems Theory 1968.\n"
    )
    assert [each.location.line for each in read(text)] == [1, 2, 3]


def test_named_and_numbered_notes_of_markdown_are_entries() -> None:
    found = read(f"Prose[^1] and[^turing].\n\n[^1]: {SHANNON}\n[^turing]: {TURING}\n", "notes.md")
    assert [each.key for each in found] == ["1", "turing"]


def test_citations_of_restructured_text_are_entries() -> None:
    found = read(f"References\n==========\n\n.. [1] {SHANNON}\n.. [2] {TURING}\n", "notes.rst")
    assert [(each.key, each.location.line) for each in found] == [("1", 4), ("2", 5)]


@pytest.mark.parametrize(
    "label",
    ["[%d] ", "(%d) ", "%d. ", "%d) ", "%d ", "[%d]\n", "- ", "* ", "• ", "[^%d]: ", "[Abc0%d] ", "[%d]", ".. [%d] "],
)
@pytest.mark.parametrize("name", ["list.txt", "list.md"])
def test_what_a_label_or_bullet_looks_like_changes_nothing_that_is_read(label: str, name: str) -> None:
    works = (SHANNON, TURING, "D. E. Knuth, Surreal numbers, Addison-Wesley (1974).")
    lines = [(label % number if "%" in label else label) + work for number, work in enumerate(works, 1)]
    found = read("References\n\n" + "\n".join(lines) + "\n", name)
    assert [each.fields for each in found if isinstance(each, Reference)] == [parse_fields(work) for work in works]


HOLM = "Holm, P., & Bo, A. (2015). Early farmers of the lower plain. PLoS ONE, 10(3), 1-9."
QUILL = "Quill, P. (2022). Neural fable detection. Machine Learning, 3, 1-9."


def test_every_list_of_a_text_is_read_in_file_order() -> None:
    text = f"## Software\n\n- {QUILL}\n\n## References\n\n1. {HOLM}\n\n## Further reading\n\n* {QUILL}\n"
    assert [each.location.line for each in read(text, "paper.md")] == [3, 7, 11]


def test_rows_of_tables_are_read_without_their_rules() -> None:
    table = "| # | Paper | Year |\n|---|---|---|\n| 2 | Quill, P., Neural fable detection, Ecology | 2022 |"
    last = read(f"## References\n\n1. {HOLM}\n\n{table}\n", "paper.md")[-1]
    assert isinstance(last, Reference)
    assert (last.fields.year, [name.family for name in last.fields.authors]) == (2022, ["Quill"])


def test_what_looks_like_a_reference_outside_all_lists_is_counted_as_unreadable() -> None:
    first, second = read(f"## References\n\n- {HOLM}\n\n## Appendix\n\n{QUILL}\n", "paper.md")
    assert isinstance(first, Reference)
    assert isinstance(second, Unreadable)
    assert (second.location.line, second.raw) == (7, QUILL)

"""Finding the reference sections of a text."""

import pytest

from citations.parse.likeness import likeness
from citations.parse.section import is_ending, is_heading, reference_section, reference_sections

LIST = (
    "[1] C. E. Shannon, A mathematical theory of communication, Bell Syst. Tech. J. 27, 379 (1948).\n"
    "[2] A. M. Turing, On computable numbers, Proc. London Math. Soc. 42, 230 (1937)."
)
PROSE = "We measure how often readers follow a reference to its source.\nThis is what they found, and it is not much.\n"


@pytest.mark.parametrize(
    "line",
    [
        "References",
        "REFERENCES:",
        "6 References 353",
        "## 6. References",
        "**Bibliography**",
        "VII. REFERENCES",
        "R EFERENCES",
        "L I T E R A T U R E",
        "Literaturverzeichnis",
        "Références bibliographiques",
        "Список литературы",
        "参考文献",
        "References and Notes",
    ],
)
def test_headings_of_lists_are_known(line: str) -> None:
    assert is_heading(line)


@pytest.mark.parametrize(
    "line",
    ["References are hard.", "See the references", "[1] References, 2001", "", "Preference", "Reference (Smith, 2001)"],
)
def test_other_lines_are_no_headings(line: str) -> None:
    assert not is_heading(line)


@pytest.mark.parametrize(
    "line", ["Appendix A: Proofs", "Supplementary Material", "Acknowledgements", "Figure captions"]
)
def test_what_follows_a_list_ends_it(line: str) -> None:
    assert is_ending(line)


def test_an_entry_about_an_appendix_does_not_end_the_list() -> None:
    assert not is_ending("Supplement to the Annals, 1988, 12-34,")


def test_the_list_stands_between_its_heading_and_the_appendix() -> None:
    text = f"{PROSE}\nReferences\n{LIST}\n\nAppendix A\n{PROSE}"
    section = reference_section(text)
    assert section is not None
    assert text[section.start : section.end] == LIST
    assert section.heading == "References"


def test_every_list_of_a_paper_with_supplement_is_found() -> None:
    text = f"{PROSE}\nReferences\n{LIST}\n\nSupplementary Information\n{PROSE}\nReferences\n{LIST}\n"
    assert [text[each.start : each.end] for each in reference_sections(text)] == [LIST, LIST]


def test_a_list_without_heading_is_told_from_the_prose_above() -> None:
    text = f"{PROSE * 5}\n{LIST}\n"
    assert [text[each.start : each.end] for each in reference_sections(text)] == [LIST]


def test_prose_with_citations_holds_no_list() -> None:
    text = "As Smith (2010) showed, this is rare [3].\nWe therefore follow Doe et al. (2012) and count them.\n" * 20
    assert reference_sections(text) == ()


def test_a_heading_in_a_table_of_contents_is_no_list() -> None:
    text = f"Contents\nIntroduction 1\nReferences 9\nAppendix 10\n{PROSE * 3}\nReferences\n{LIST}\n"
    assert [text[each.start : each.end] for each in reference_sections(text)] == [LIST]


def test_a_reference_is_more_like_one_than_prose() -> None:
    assert likeness(LIST.splitlines()[0]) >= 0.5 > likeness(PROSE)


PROSE_LINE = "In this part we describe the data that were collected by hand and that we have used before.\n"
HUGE_PROSE = PROSE_LINE * 13_000


def printed(count: int) -> str:
    return "".join(f"[{n}] A. Smith, A title, Phys. Rev. {n}, 12 ({1950 + n % 70}).\n" for n in range(1, count + 1))


@pytest.mark.parametrize("heading", ["References\n\n", ""])
def test_a_list_at_the_end_of_a_huge_text_is_found_whole(heading: str) -> None:
    (section,) = reference_sections(f"{HUGE_PROSE}\n{heading}{printed(80)}")
    assert f"{HUGE_PROSE}\n{heading}{printed(80)}"[section.start : section.end] == printed(80).rstrip()


def test_a_list_below_a_heading_is_found_wherever_in_a_huge_text_it_stands() -> None:
    text = f"# Title\n\n## References\n\n{printed(80)}\n## Appendix\n\n{HUGE_PROSE}"
    (section,) = reference_sections(text)
    assert text[section.start : section.end] == printed(80).rstrip()


def test_a_huge_list_without_a_heading_is_found_whole() -> None:
    text = printed(25_000)
    assert len(text) > 1_000_000
    assert [(each.start, each.end) for each in reference_sections(text)] == [(0, len(text.rstrip()))]


def test_huge_prose_holds_no_list() -> None:
    assert reference_sections(HUGE_PROSE) == ()

"""Works cited in footnotes."""

from pathlib import Path

import pytest

from citations.extract.interface import Document
from citations.extract.pdf import PdfExtractor
from citations.extract.pdf_footnotes import cited_in, has_footnotes

LAW = "12 See RONALD COASE, THE FIRM, THE MARKET, AND THE LAW (1988); Coase, The Problem of Social Cost, 3 J.L. & ECON. 1 (1960)."


def works(note: str) -> list[str]:
    return [each.raw for each in cited_in(note, "12", 3)]


def test_a_note_with_several_works_gives_each_of_them() -> None:
    assert works(LAW) == [
        "RONALD COASE, THE FIRM, THE MARKET, AND THE LAW (1988)",
        "Coase, The Problem of Social Cost, 3 J.L. & ECON. 1 (1960).",
    ]


@pytest.mark.parametrize(
    "note",
    [
        "7 Para 502.",
        "8 Cf para 12 ff.",
        "9 Id. at 521.",
        "10 BLACKSTONE, supra note 23, at 41 (1765).",
        "11 See infra Part II.",
        "13 This is a remark.",
    ],
)
def test_pointers_and_remarks_are_no_references(note: str) -> None:
    assert works(note) == []


def test_semicolons_in_brackets_do_not_cut() -> None:
    assert len(works("3 Robin Malloy, Law in a Market Context (Cambridge; New York, 2004).")) == 1


def test_a_paper_with_a_few_latin_words_has_no_footnotes() -> None:
    assert not has_footnotes(["Smith, ibid., showed this.", "See supra."])


@pytest.mark.parametrize(
    ("name", "work"),
    [
        ("real-law-footnotes-us-small__paper.pdf", "THE MYSTERY OF CAPITAL"),
        ("real-law-footnotes-echr__paper.pdf", "Climate Change Litigation: Symposium Introduction"),
    ],
)
def test_law_articles_give_works_with_the_number_of_their_note(shared_data: Path, name: str, work: str) -> None:
    data = (shared_data / "cases" / "files-dev" / name).read_bytes()
    found = [each for each in PdfExtractor().extract(Document(name, data)) if work in each.raw]
    assert found
    assert all(each.key.isdigit() for each in found)
    assert not any("supra" in each.raw for each in PdfExtractor().extract(Document(name, data)))

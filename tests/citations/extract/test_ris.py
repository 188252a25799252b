"""RIS files as reference managers export them."""

from __future__ import annotations

from citations.extract.interface import Document
from citations.extract.ris import RisExtractor
from citations.types import Extracted, Kind, Reference, Unreadable

ARTICLE = """TY  - JOUR
AU  - Breeden, Melissa
AU  - Martin, Jonathan E.
TI  - North Pacific jet retraction
T2  - Quarterly Journal
VL  - 145
IS  - 721
SP  - 1559
EP  - 1570
PY  - 2019/03/01
DO  - https://doi.org/10.1002/QJ.3512
ER  -
"""


def read(text: str) -> list[Extracted]:
    return list(RisExtractor().extract(Document("refs.ris", text.encode())))


def test_article_is_read() -> None:
    (reference,) = read(ARTICLE)
    assert isinstance(reference, Reference)
    fields = reference.fields
    assert (fields.title, fields.venue, fields.volume, fields.issue, fields.pages, fields.year) == (
        "North Pacific jet retraction", "Quarterly Journal", "145", "721", "1559-1570", 2019,
    )  # fmt: skip
    assert (fields.doi, fields.kind, [name.family for name in fields.authors]) == (
        "10.1002/qj.3512", Kind.ARTICLE, ["Breeden", "Martin"],
    )  # fmt: skip


def test_lines_without_a_tag_go_on_with_the_line_before() -> None:
    text = "TY  - BOOK\nTI  - Nutrition of\nPond Fishes\nAB  - BACKGROUND\nFish.\nCONC - LUSIONS They grow.\nPY  - 1988\nER  - \n"
    (reference,) = read(text)
    assert isinstance(reference, Reference)
    assert (reference.fields.title, reference.fields.year) == ("Nutrition of Pond Fishes", 1988)
    assert "LUSIONS" in reference.raw


def test_record_that_is_not_closed_does_not_take_the_next() -> None:
    items = read("TY  - JOUR\nTI  - One\n\n" + ARTICLE + "TY  - JOUR\nER  - \n")
    assert [type(each) for each in items] == [Reference, Reference, Unreadable]
    assert [each.location.line for each in items] == [1, 4, 16]


def test_isbn_is_that_of_the_book_and_not_of_its_chapter() -> None:
    chapter, book = read(
        "".join(f"TY  - {kind}\nTI  - T\nSN  - 978-3-16-148410-0\nER  - \n" for kind in ("CHAP", "BOOK"))
    )
    assert isinstance(chapter, Reference)
    assert isinstance(book, Reference)
    assert (chapter.fields.isbn, book.fields.isbn) == ("", "9783161484100")

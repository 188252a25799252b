from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from citations.parse.fields import parse_fields
from citations.parse.gost import gost
from citations.types import Kind


@pytest.mark.parametrize(
    "printed",
    [
        "Арнольд В. И. О функциях трёх переменных // Доклады АН СССР. — 1957. — Т. 114, № 4. — С. 679–681.",
        "1. Арнольд В.И. О функциях трёх переменных // Доклады АН СССР. 1957. Т. 114. № 4. С. 679–681.",
        "Арнольд, В. И. О функциях трёх переменных [Текст] / В. И. Арнольд // Доклады АН СССР. – 1957. – Т. 114, № 4. – С. 679–681.",
        "[7] Арнольд В. И. О функциях трёх переменных//Доклады АН СССР, 1957. – Т. 114. – №4. – С. 679–681.",
    ],
)
def test_two_slashes_part_the_article_from_its_journal(printed: str) -> None:
    fields = parse_fields(printed)
    names = [each.family for each in fields.authors]
    assert (fields.title, names, fields.venue) == ("О функциях трёх переменных", ["Арнольд"], "Доклады АН СССР")
    assert (fields.year, fields.volume, fields.issue, fields.pages) == (1957, "114", "4", "679–681")
    assert fields.kind is Kind.ARTICLE


@pytest.mark.parametrize(
    ("printed", "title", "publisher", "year"),
    [
        ("Колмогоров А. Н., Фомин С. В. Элементы теории функций. — М.: Наука, 1976. — 543 с.", "Элементы теории функций", "Наука", 1976),
        ("Бахтин М. М. Проблемы поэтики Достоевского. – 4-е изд. – М. : Советская Россия, 1979. – 320 с.", "Проблемы поэтики Достоевского", "Советская Россия", 1979),
    ],
)  # fmt: skip
def test_place_and_publisher_between_dashes_make_a_book(printed: str, title: str, publisher: str, year: int) -> None:
    fields = parse_fields(printed)
    assert (fields.title, fields.publisher, fields.year, fields.kind) == (title, publisher, year, Kind.BOOK)


def test_the_names_behind_a_slash_are_the_complete_ones() -> None:
    fields = parse_fields(
        "Иванов, А. А. Методы счёта / А. А. Иванов, Б. Б. Петров [и др.] // Вестник МГУ. – 2010. – № 2. – С. 10-15."
    )
    assert ([each.family for each in fields.authors], fields.et_al) == (["Иванов", "Петров"], True)


def test_a_dissertation_is_a_thesis_without_its_degree_in_the_title() -> None:
    fields = parse_fields("Петров П. П. О сетях : дис. ... канд. физ.-мат. наук. — М., 2001. — 120 с.")
    assert (fields.title, fields.year, fields.kind) == ("О сетях", 2001, Kind.THESIS)


@pytest.mark.parametrize(
    "printed",
    [
        "Roe, A. (2010). Sleep // Nature, 3, 4-9.",
        "Иванов А. А. О сне. Природа, 2010. https://example.org/a//b",
        "Ivanov, A. (2010). On sleep. Nature, 3, 4-9.",
    ],
)
def test_other_styles_are_left_alone(printed: str) -> None:
    assert gost(printed) is None


@given(st.text(alphabet="/—–-. ,:АаБбTТ№С12019[]", max_size=80))
@settings(max_examples=300, deadline=None)
def test_never_raises_and_reads_a_title_or_nothing(text: str) -> None:
    fields = gost(text)
    assert fields is None or fields.title != ""

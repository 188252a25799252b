from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from citations.parse.corner_quotes import corner_quotes
from citations.parse.fields import parse_fields
from citations.types import Kind


@pytest.mark.parametrize(
    ("printed", "expected"),
    [
        ("山中伸弥「iPS細胞の可能性」『実験医学』第28巻第12号, 2010年, pp. 3-9.", ("iPS細胞の可能性", "実験医学", 2010, "28", "12", "3-9")),
        ("山中伸弥・高橋和利（2010）「iPS細胞の可能性」『実験医学』28(12), 3-9頁.", ("iPS細胞の可能性", "実験医学", 2010, "28", "12", "3-9")),
        ("[4] 김철수, 이영희. 「얼굴 인식」, 『정보과학회논문지』 42(3), 2015, 45-50쪽.", ("얼굴 인식", "정보과학회논문지", 2015, "42", "3", "45-50")),
        ("김철수, “얼굴 인식”, 『정보과학회논문지』 제42권 제3호, 2015, 45-50쪽.", ("얼굴 인식", "정보과학회논문지", 2015, "42", "3", "45-50")),
        ("王小明（2015）。〈臺灣史研究〉。《歷史學報》，12（3），45-50。", ("臺灣史研究", "歷史學報", 2015, "12", "3", "45-50")),
    ],
)  # fmt: skip
def test_quotes_tell_the_article_and_what_holds_it(printed: str, expected: tuple[str, str, int, str, str, str]) -> None:
    fields = parse_fields(printed)
    assert (fields.title, fields.venue, fields.year, fields.volume, fields.issue, fields.pages) == expected
    assert (fields.kind, bool(fields.authors)) == (Kind.ARTICLE, True)


@pytest.mark.parametrize(
    ("printed", "title", "publisher", "year"),
    [
        ("夏目漱石『こころ』岩波書店, 1914年.", "こころ", "岩波書店", 1914),
        ("村上春樹「ノルウェイの森」講談社, 1987年.", "ノルウェイの森", "講談社", 1987),
        ("한강. 『소년이 온다』. 창비, 2014.", "소년이 온다", "창비", 2014),
        ("余英時，《歷史與思想》（臺北：聯經，1976）。", "歷史與思想", "聯經", 1976),
    ],
)
def test_one_quoted_title_with_a_publisher_is_a_book(printed: str, title: str, publisher: str, year: int) -> None:
    fields = parse_fields(printed)
    assert (fields.title, fields.publisher, fields.year, fields.kind) == (title, publisher, year, Kind.BOOK)


def test_korean_without_quotes_is_read_between_its_commas() -> None:
    fields = parse_fields("김철수, 이영희 (2015). 딥러닝 기반 얼굴 인식. 정보과학회논문지, 42(3), 45-50.")
    assert (fields.title, fields.venue, len(fields.authors)) == ("딥러닝 기반 얼굴 인식", "정보과학회논문지", 2)


@pytest.mark.parametrize(
    "printed",
    [
        "山田太郎. 『源氏物語』の研究. 岩波書店, 1990.",
        "王一: 读《呐喊》. 文学评论, 1990.",
        "A. Roe. On the mean 〈ab〉 of spins. Phys. Rev. 3, 4 (1990).",
    ],
)
def test_a_work_named_inside_of_a_title_is_not_the_title(printed: str) -> None:
    assert corner_quotes(printed) is None


@given(st.text(alphabet="「」『』《》〈〉“”. ,、，。:：山の한王12019年()", max_size=60))
@settings(max_examples=300, deadline=None)
def test_never_raises(text: str) -> None:
    fields = corner_quotes(text)
    assert fields is None or isinstance(fields.title, str)

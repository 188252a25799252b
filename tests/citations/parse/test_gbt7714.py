from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from citations.parse.fields import parse_fields
from citations.parse.gbt7714 import gbt7714
from citations.types import Fields, Kind


def told(fields: Fields) -> tuple[str, list[str], int | None, str, str, str, str]:
    """Title, whole names, year, venue, volume, issue, pages."""
    names = [each.literal or f"{each.family} {each.given}" for each in fields.authors]
    return fields.title, names, fields.year, fields.venue, fields.volume, fields.issue, fields.pages


SURVEY = ("卷积神经网络研究综述", ["周 飞燕", "金 林鹏", "董 军"], 2017, "计算机学报", "40", "6", "1229-1251")
DEEP = ("Deep learning", ["LeCun Y", "Bengio Y", "Hinton G"], 2015, "Nature", "521", "7553", "436-444")


@pytest.mark.parametrize(
    ("printed", "expected"),
    [
        ("[1] 周飞燕, 金林鹏, 董军. 卷积神经网络研究综述[J]. 计算机学报, 2017, 40(6): 1229-1251.", SURVEY),
        ("周飞燕，金林鹏，董军．卷积神经网络研究综述［Ｊ］．计算机学报，2017，40（6）：1229-1251．".replace("Ｊ", "J"), SURVEY),
        ("周飞燕、金林鹏、董军。卷积神经网络研究综述[J]。计算机学报，2017，40(6)：1229-1251。", SURVEY),
        ("[1]周飞燕,金林鹏,董军.卷积神经网络研究综述[J].计算机学报,2017,40(6):1229-1251.", SURVEY),
        ("周飞燕, 金林鹏, 董军, 2017. 卷积神经网络研究综述[J]. 计算机学报, 40(6): 1229-1251.", SURVEY),
        ("[1] 周飞燕, 金林鹏, 董军. 卷积神经网络研究综述[J]. 计算机学报, 2017年, 第40卷, 第6期, 1229-1251.", SURVEY),
        ("LeCun Y, Bengio Y, Hinton G. Deep learning[J]. Nature, 2015, 521(7553): 436-444.", DEEP),
        ("[3] LeCun Y, Bengio Y, Hinton G. Deep learning [J]. Nature, 2015, 521(7553): 436-444. DOI: 10.1038/nature14539.", DEEP),
    ],
)  # fmt: skip
def test_the_mark_of_a_journal_ends_the_title_in_every_punctuation(printed: str, expected: object) -> None:
    fields = parse_fields(printed)
    assert (told(fields), fields.kind, fields.et_al) == (expected, Kind.ARTICLE, False)


@pytest.mark.parametrize(
    ("printed", "title", "kind", "publisher", "venue"),
    [
        ("李航. 统计学习方法[M]. 2版. 北京: 清华大学出版社, 2019.", "统计学习方法", Kind.BOOK, "清华大学出版社", ""),
        ("王选．《汉字激光照排》［M］．北京：北京大学出版社，1990年．", "汉字激光照排", Kind.BOOK, "北京大学出版社", ""),
        ("Vapnik V. The nature of statistical learning theory[M]. New York: Springer, 1999.", "The nature of statistical learning theory", Kind.BOOK, "Springer", ""),
        ("程根伟. 1998年长江洪水的成因与减灾对策[M]//许厚泽, 赵其国. 长江流域洪涝灾害与科技对策. 北京: 科学出版社, 1999: 32-36.", "1998年长江洪水的成因与减灾对策", Kind.CHAPTER, "科学出版社", "长江流域洪涝灾害与科技对策"),
        ("HE K M, ZHANG X Y, REN S Q, et al. Deep residual learning for image recognition[C]//2016 IEEE Conference on Computer Vision and Pattern Recognition (CVPR). Piscataway: IEEE, 2016: 770-778.", "Deep residual learning for image recognition", Kind.CONFERENCE, "IEEE", "2016 IEEE Conference on Computer Vision and Pattern Recognition (CVPR)"),
        ("HE K, ZHANG X, et al. Deep residual learning for image recognition[C]//CVPR, 2016: 770-778.", "Deep residual learning for image recognition", Kind.CONFERENCE, "", "CVPR"),
        ("HE K, ZHANG X, et al. Deep residual learning for image recognition[C]. In: Proceedings of CVPR. 2016: 770-778.", "Deep residual learning for image recognition", Kind.CONFERENCE, "", "Proceedings of CVPR"),
        ("张志祥. 间断动力系统的随机扰动及其在守恒律方程中的应用[D]. 北京: 北京大学, 1998.", "间断动力系统的随机扰动及其在守恒律方程中的应用", Kind.THESIS, "北京大学", ""),
        ("World Health Organization. Factors regulating the immune response[R]. Geneva: WHO, 1970.", "Factors regulating the immune response", Kind.REPORT, "WHO", ""),
        ("姜锡洲. 一种温热外敷药制备方案: 88105607.3[P]. 1989-07-26.", "一种温热外敷药制备方案", Kind.PATENT, "", ""),
        ("国家标准化管理委员会. 信息与文献 参考文献著录规则[S]. 北京: 中国标准出版社, 2015.", "信息与文献 参考文献著录规则", Kind.STANDARD, "中国标准出版社", ""),
        ("HOPKINSON A. UNIMARC and metadata: Dublin Core[EB/OL]. (2009-04-22)[2013-03-27]. http://archive.ifla.org/IV/ifla64/138-161e.htm.", "UNIMARC and metadata: Dublin Core", Kind.WEBSITE, "", ""),
        ("萧钰. 出版业信息化迈入快车道[N/OL]. 人民日报, 2001-12-19(2)[2002-04-15].", "出版业信息化迈入快车道", Kind.WEBSITE, "", "人民日报"),
        ("Kingma D P, Ba J. Adam: A method for stochastic optimization[J]. arXiv preprint arXiv:1412.6980, 2014.", "Adam: A method for stochastic optimization", Kind.PREPRINT, "", "arXiv preprint arXiv:1412.6980"),
        ("DENG J. ImageNet[DB/OL]. (2009)[2020-01-01]. https://image-net.org.", "ImageNet", Kind.DATASET, "", ""),
    ],
)  # fmt: skip
def test_each_mark_tells_the_kind_and_what_stands_behind(
    printed: str, title: str, kind: Kind, publisher: str, venue: str
) -> None:
    fields = parse_fields(printed)
    assert (fields.title, fields.kind, fields.publisher, fields.venue) == (title, kind, publisher, venue)


@pytest.mark.parametrize(
    ("authors", "names"),
    [
        ("HE K M, ZHANG X Y, et al", ["HE K M", "ZHANG X Y"]),
        ("Goodfellow I., Bengio Y., et al.", ["Goodfellow I.", "Bengio Y."]),
        ("周飞燕, 金林鹏, 等", ["周 飞燕", "金 林鹏"]),
        ("周飞燕等", ["周 飞燕"]),
    ],
)
def test_authors_cut_short_keep_their_names_and_say_so(authors: str, names: list[str]) -> None:
    fields = parse_fields(f"{authors}. Notes on reading[J]. Nature, 2015, 521: 4-9.")
    assert ([f"{each.family} {each.given}" for each in fields.authors], fields.et_al) == (names, True)


def test_initials_with_stops_in_front_of_the_names_do_not_end_the_authors() -> None:
    fields = parse_fields("Y. LeCun, Y. Bengio, G. Hinton. Deep learning[J]. Nature, 2015, 521: 436-444.")
    assert (fields.title, [each.family for each in fields.authors]) == ("Deep learning", ["LeCun", "Bengio", "Hinton"])


@pytest.mark.parametrize(
    ("printed", "title", "family"),
    [
        ("Ann Roe: Experimental study of growth in the dark [J]. Nature, 2002, pp. 121-136.", "Experimental study of growth in the dark", "Roe"),
        ("周志华：论机器学习的方法[M]．北京：清华大学出版社，2016．", "论机器学习的方法", "周"),
        ("BERT: Pre-training of deep transformers[J]. Nature, 2019, 3: 1-9.", "BERT: Pre-training of deep transformers", ""),
    ],
)  # fmt: skip
def test_a_colon_parts_names_from_the_title_where_no_full_stop_does(printed: str, title: str, family: str) -> None:
    fields = parse_fields(printed)
    assert (fields.title, fields.authors[0].family if fields.authors else "") == (title, family)


def test_a_body_is_an_author_of_one_piece() -> None:
    fields = parse_fields("国家标准化管理委员会. 参考文献著录规则[S]. 北京: 中国标准出版社, 2015.")
    assert [each.literal for each in fields.authors] == ["国家标准化管理委员会"]


def test_identifiers_and_addresses_behind_are_kept() -> None:
    fields = parse_fields("DEVLIN J, et al. BERT[EB/OL]. (2018-10-11)[2023-05-01]. https://arxiv.org/abs/1810.04805.")
    assert (fields.arxiv, fields.year, fields.kind) == ("1810.04805", 2018, Kind.PREPRINT)


@pytest.mark.parametrize(
    "printed",
    [
        "A. Smith. Line emission of [C II] in galaxies. Astron. J. 12, 4 (2010).",
        "Roe, A. [C] and [S] stages of growth. Nature 3, 4 (2010).",
        "Roe A. Sleep [Internet]. Nature. 2010 [cited 2020 Jan 1];3:4-9.",
        "Roe, A. (2010). Sleep. Nature, 3, 4-9.",
    ],
)
def test_other_brackets_are_no_marks(printed: str) -> None:
    assert gbt7714(printed) is None


@given(st.text(alphabet="[]JMC/OL. ,:;()（）。，A王b1-2017年等《》", max_size=80))
@settings(max_examples=300, deadline=None)
def test_never_raises_and_reads_a_title_or_nothing(text: str) -> None:
    fields = gbt7714(text)
    assert fields is None or fields.title != ""

"""References of Japan, Korea and Taiwan, whose quotes tell what they hold: ``「article」『journal』``, ``〈article〉《journal》``."""

from __future__ import annotations

import re

from citations.names import NameList, read_names
from citations.types import Fields, Kind

_ARTICLE = re.compile(
    r"「(?P<a>[^「」]{2,300})」|〈(?P<b>[^〈〉]{2,300})〉|[“\"](?P<c>[^“”\"]{2,300}?)[.,]?[”\"](?=\s*[,.]?\s*[『《])"
)
_HOLDER = re.compile(r"『(?P<a>[^『』]{2,200})』|《(?P<b>[^《》]{2,200})》")
_NUMBER = re.compile(r"\s*(?:\[\d{1,3}\]|［\d{1,3}］|\d{1,3}[.)、])\s*")
_YEAR = re.compile(r"(?<!\d)(?P<value>(?:1[6-9]|20)\d\d)(?!\d)")
_YEAR_BEHIND = re.compile(r"[\s,，.。(（]*(?:1[6-9]|20)\d\d年?[)）]?[\s,，.。:：]*$")
_ROLE = re.compile(r"(?<=\S)[\s,]*(?:編著|編集|編|著|訳|지음|엮음|옮김|저|편)$")
_VOLUME = re.compile(
    r"第?\s?(?P<value>\d+)\s?[巻卷권]|\b[Vv]ol\.?\s?(?P<latin>\d+)|^[』》\s,，]*(?P<bare>\d{1,4})(?=\s?[(（,，\-–])"
)
_ISSUE = re.compile(
    r"第?\s?(?P<value>\d+)\s?[号號호期]|\b[Nn]o\.?\s?(?P<latin>\d+)|^[』》\s,，]*\d{1,4}\s?[(（-](?P<bare>\d{1,3})"
)
_PAGES = re.compile(
    r"(?:pp?\.\s?|[,，:：]\s?)(?P<latin>\d+\s?[-–—~〜～]\s?\d+)|(?P<value>\d+(?:\s?[-–—~〜～]\s?\d+)?)\s?[頁쪽면页]"
)
_PUBLISHER = re.compile(
    r"^[\s,，.。:：(（]*(?:[^\s\d:：,，]{1,10}[:：]\s?)?(?P<value>[^\d,，.。()（）]{2,60}?)\s*(?=[,，.。()（）]|\d{4}|$)"
)
_EASTERN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff가-힣]")
_WITHIN_TITLE = re.compile(r"[\u3040-\u309f가-힣的之中与]")
_TRIM = " ,，.。:：;；"


def corner_quotes(text: str) -> Fields | None:
    """Read a reference whose title and container stand in corner quotes or angle brackets; ``None`` for all others. Never raises.

    Identifiers and addresses are left to the caller.

    >>> corner_quotes("夏目漱石『こころ』岩波書店, 1914年").title
    'こころ'
    """
    article = _ARTICLE.search(text)
    holder = _HOLDER.search(text, article.end() if article else 0)
    first = article or holder
    if not first or not _EASTERN.search(text) or _named_inside(text, first):
        return None
    before = text[: first.start()]
    numbered = _NUMBER.match(before)
    names = _names(before[numbered.end() :] if numbered else before)
    end = holder.end() if holder else first.end()
    behind = text[end:]
    year = _YEAR.search(before) or _YEAR.search(behind)
    venue = _inside(holder) if article and holder else ""
    publisher = "" if venue else _value(_PUBLISHER, behind)
    return Fields(
        title=_inside(first).strip(),
        authors=names.names,
        et_al=names.et_al,
        year=int(year["value"]) if year else None,
        venue=venue.strip(),
        volume=_value(_VOLUME, behind) if venue else "",
        issue=_value(_ISSUE, behind) if venue else "",
        pages=_value(_PAGES, behind) if venue else "",
        publisher=publisher.strip(_TRIM),
        kind=Kind.ARTICLE if venue else Kind.BOOK if publisher else Kind.UNKNOWN,
    )


def _named_inside(text: str, quoted: re.Match[str]) -> bool:
    """Whether the quoted work is only named inside of a title: ``『源氏物語』の研究``, ``读《呐喊》``."""
    before = text[: quoted.start()].rstrip()
    goes_on = _WITHIN_TITLE.match(text, quoted.end()) is not None
    led_in = quoted[0][0] == "《" and bool(_EASTERN.match(before[-1:]))
    return goes_on or led_in or re.search(r"[:：]\s*\S", before) is not None


def _names(printed: str) -> NameList:
    """The authors in front of the title, without the year behind them and what they did."""
    text = _YEAR_BEHIND.sub("", printed.strip()).strip(_TRIM)
    text = _ROLE.sub("", text).strip(_TRIM)
    if re.search(r"[\u3400-\u9fff]・[\u3400-\u9fff]", text) or re.search(r"[가-힣]·[가-힣]", text):
        text = re.sub(r"[・·]", ", ", text)
    text = text.replace("，", ", ").replace("、", ", ")
    et_al = bool(re.search(r"(?:ほか|他|외)$", text))
    text = re.sub(r"[\s,]*(?:ほか|他|외)$", "", text)
    names = read_names(text) if text else NameList(())
    return NameList(names.names, names.et_al or et_al)


def _inside(quoted: re.Match[str] | None) -> str:
    return next((part for part in quoted.groups() if part), "") if quoted else ""


def _value(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.search(text)
    return _inside(found)

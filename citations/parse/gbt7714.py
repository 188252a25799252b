"""References as the Chinese standard GB/T 7714 prints them: a mark such as ``[J]`` ends the title and tells the kind.

The mark is more certain than any labelling of the words around it, in Chinese and in English; what stands behind it
keeps the order of the standard: container, place, publisher, year, volume (issue): pages.
"""

from __future__ import annotations

import re

from citations.names import NameList, read_names
from citations.types import Fields, Kind, Name

_HAN = "\u3400-\u9fff\uf900-\ufaff"
_WIDE = str.maketrans("，．；：（）［］【】〔〕／〜～　＆" + "０１２３４５６７８９", ",.;:()[][][]/~~ &0123456789")
_STOP = re.compile(rf"。\s*|(?<=[{_HAN}\]])\.(?=\S)|(?<=[^\W\d_]{{3}})\.(?=[{_HAN}])")
_MARK = re.compile(
    r"\s?\[\s?(?P<mark>EB|DB|CP|DS|CM|[JMCDRPSNAGZK])(?:\s?/\s?(?:OL|CD|DK|MT))?\s?\](?=\s*(?://|[.,:;]|$)|(?<=\S)\s*[^\W\d_a-z])"
)
_MARKED = re.compile(r"[\[［【〔]\s?(?:EB|DB|CP|DS|CM|[JMCDRPSNAGZK])[\s/／\]］】〕]")
_KINDS = {
    "J": Kind.ARTICLE,
    "M": Kind.BOOK,
    "C": Kind.CONFERENCE,
    "A": Kind.CHAPTER,
    "D": Kind.THESIS,
    "R": Kind.REPORT,
    "P": Kind.PATENT,
    "S": Kind.STANDARD,
    "N": Kind.WEBSITE,
    "DB": Kind.DATASET,
    "DS": Kind.DATASET,
    "CP": Kind.SOFTWARE,
    "EB": Kind.WEBSITE,
    "G": Kind.BOOK,
    "K": Kind.BOOK,
}
_NUMBER = re.compile(r"\s*(?:\[\d{1,3}\]|\(\d{1,3}\)|\d{1,3}[.、)])\s*")
_COUNTRY = re.compile(rf"^\s*[\[(][{_HAN}]{{1,4}}[\])]\s*")
_CUT_SHORT = re.compile(
    r"[,\s]*(?:\bet al|等)\s*(?:[.,:]|(?=\s*(?:著|编|$)))\s*(?P<year>(?:1[6-9]|20)\d\d)?[a-z]?[.,]?\s*"
)
_NAMES_AND_COLON = re.compile(
    rf"(?P<names>(?:[^\W\d_a-z][\w'’-]+(?: [^\W\d_a-z][\w'’.-]*){{1,2}}|[{_HAN}]{{2,4}})(?:, (?:[^\W\d_a-z][\w'’-]+(?: [^\W\d_a-z][\w'’.-]*){{1,2}}|[{_HAN}]{{2,4}})){{0,6}}):\s*(?=\S+(?: \S+){{2}}|[{_HAN}]{{5}})"
)
_SENTENCE = re.compile(rf"(?<=[{_HAN}])[.:]\s")
_ENDS = re.compile(r"\.\s+|[:：](?=\s*[《<])\s*")
_INITIALS = re.compile(r"\s*(?:[A-ZÀ-ÞА-ЯЁ](?:[.\s-]+|$)){1,3}$")
_INITIAL_NEXT = re.compile(r"[A-ZÀ-ÞА-ЯЁ](?:\.|,|-[A-ZÀ-Þ]\.)")
_YEAR_BEHIND = re.compile(r"[,\s(]+(?P<year>(?:1[6-9]|20)\d\d)[a-z]?\)?\s*$")
_ROLE = re.compile(rf"(?<=[{_HAN}\s,])(?:主编|编著|编译|著|编|译)$|,?\s*\beds?\.?$")
_BODY = re.compile(r"(?:会|局|院|部|社|司|中心|大学|研究所|公司|组|课题组|办公室|政府|法院|图书馆|学会|联盟)$")
_SPACED = re.compile(r"(?P<family>[^\W\d_][\w'’-]*)[ ,]+(?P<given>(?:[A-ZÀ-ÞА-ЯЁ]{1,2}\.?(?:[ -]|$)){1,4})$")
_YEAR = re.compile(r"(?<!\d)(?P<year>(?:1[6-9]|20)\d\d)(?!\d)")
_CONTAINER_END = re.compile(
    r"(?:\s*,\s*|\.\s+)(?=\d|\(|第|(?:vol|no|pp?)\b)|\s+(?=第\s?\d|(?:1[6-9]|20)\d\d(?!\d))|$", re.IGNORECASE
)
_ISSUE = re.compile(
    r"(?P<volume>\d+[A-Z]?)?\s*\(\s*(?:第)?(?!(?:1[6-9]|20)\d\d\s*\))(?P<issue>[A-Za-z]{0,6}\.?\s?\d+(?:[-–/,]\s?\d+)*[A-Za-z]?)(?:期)?\s*\)"
)
_VOLUME = re.compile(r"第?\s?(?P<volume>\d+)\s?卷|\bvol\.?\s?(?P<latin>\d+)", re.IGNORECASE)
_NUMBERED = re.compile(r"第?\s?(?P<issue>\d+)\s?期|\bno\.?\s?(?P<latin>\d+)", re.IGNORECASE)
_ALONE = re.compile(r"(?:1[6-9]|20)\d\d\s*[,;]\s*(?P<volume>\d{1,4})\s*(?=[:.,]|$)")
_PAGES = re.compile(
    r"(?:[:]\s*|\bpp?\.\s?|,\s*(?=\w?\d+\s?[-–—~]))(?P<pages>[A-Za-z]{0,2}\d+[A-Za-z]?(?:\s?[-–—~]\s?[A-Za-z]{0,2}\d+)?)(?!\d|\()"
)
_PUBLISHER = re.compile(
    r"(?:^|[.,]\s*|//)(?:(?P<place>[^.,:/\d]{1,40}(?:, (?:[A-Z]{2}|Heidelberg|USA|UK))?):\s*)?(?P<publisher>[^.:,\d][^:,]{1,80}),\s*(?=(?:1[6-9]|20)\d\d(?!\d))"
)
_EDITION = re.compile(r"^(?:第?\s?\d+\s?版|\d+(?:st|nd|rd|th) ed|修订版)\b\.?")
_EDITORS = re.compile(rf"(?:[A-ZÀ-Ý'’-]{{2,}}(?: [A-Z]{{1,2}}){{1,3}}|[{_HAN}]{{2,4}}(?=,|$))(?:, |,|$)")
_ADDRESS = re.compile(r"(?:https?://|www\.|\bdoi:|\b10\.\d{4,9}/)\S+", re.IGNORECASE)
_ACCESSED = re.compile(r"\[\s?(?:1[6-9]|20)\d\d[-./年][^\[\]]{0,12}\]")
_DAY = re.compile(r"(?<=\d{4})-\d{1,2}-\d{1,2}(?:\s?\(\d{1,3}\))?")
_ARXIV = re.compile(r"\barxiv\b", re.IGNORECASE)
_PATENT_NUMBER = re.compile(rf":\s*(?:[{_HAN}]{{2,4}},?\s*)?(?:[A-Z]{{2}}\s?)?\d[\d.A-Z ]{{5,}}$")
_TRIM = " .,;:/-–—"


def gbt7714(text: str) -> Fields | None:
    """Read a reference that carries a type mark of GB/T 7714; ``None`` for all others. Never raises.

    Identifiers and addresses are left to the caller.

    >>> gbt7714("[1] 周志华. 机器学习[M]. 北京: 清华大学出版社, 2016.").title
    '机器学习'
    """
    if not _MARKED.search(text):
        return None
    folded = _STOP.sub(". ", text.translate(_WIDE))
    mark = _MARK.search(folded)
    if not mark:
        return None
    head, told = folded[: mark.start()].strip(), mark["mark"]
    numbered = _NUMBER.match(head)
    head = head[numbered.end() :] if numbered else head
    authors, title, year = _cut(head)
    if told == "P":
        title = _PATENT_NUMBER.sub("", title)
    title = title.strip(_TRIM + '《》"“”')
    if not title:
        return None
    printed = folded[mark.end() :]
    behind = _ACCESSED.sub(" ", _ADDRESS.sub(" ", printed)).replace("[C]", " ")
    behind = _DAY.sub("", behind).strip()
    names = _names(authors)
    inside = behind.startswith("//") or told in {"A", "C"}
    rest = re.sub(r"^(?:In|见)\s?:\s*", "", behind.lstrip("/., "))
    published = _YEAR.search(rest)
    fields = Fields(
        title=title,
        authors=names.names,
        et_al=names.et_al,
        year=year or (int(published["year"]) if published else None),
        kind=_kind(told, printed, inside=inside),
    )
    return _article(fields, rest) if told in {"J", "N"} else _volume(fields, rest, inside=inside)


def _kind(mark: str, behind: str, *, inside: bool) -> Kind:
    if mark in {"J", "EB"} and _ARXIV.search(behind):
        return Kind.PREPRINT
    if mark in {"M", "G"} and inside:
        return Kind.CHAPTER
    return _KINDS.get(mark, Kind.UNKNOWN)


def _cut(head: str) -> tuple[str, str, int | None]:
    """Authors, title and the year between them, if it stands there."""
    short = _CUT_SHORT.search(head)
    if short and short.end() < len(head) and not _SENTENCE.search(head[: short.start()]):
        year = int(short["year"]) if short["year"] else None
        return head[: short.start()] + ", et al", head[short.end() :], year
    for stop in _ENDS.finditer(head):
        before, after = head[: stop.start()], head[stop.end() :]
        dated = _YEAR_BEHIND.search(before)
        last = re.split(r"[,、]", before)[-1]
        if not dated and (_INITIAL_NEXT.match(after) or (_INITIALS.fullmatch(last) and not _spelled(before))):
            continue
        year = int(dated["year"]) if dated else None
        return before[: dated.start()] if dated else before, after, year
    colon = _NAMES_AND_COLON.match(head)
    return (colon["names"], head[colon.end() :], None) if colon else ("", head, None)


def _spelled(before: str) -> bool:
    """Whether initials that end the authors belong to a family name in front of a comma: ``Hinton, G``."""
    chunks = [chunk.strip() for chunk in before.split(",")]
    return len(chunks) > 1 and len(chunks[0].split()) == 1 and len(chunks[0]) > 2


def _names(printed: str) -> NameList:
    """The authors; initials behind a family name stand without full stops, and Chinese bodies are not cut."""
    text = _COUNTRY.sub("", printed).strip()
    text = text.replace("、", ", ")
    et_al = text.endswith("et al")
    text = text.removesuffix("et al").rstrip(" ,")
    chunks = [
        _ROLE.sub("", _COUNTRY.sub("", chunk).strip()).strip() for chunk in re.split(r"\s*[,;]\s*(?:and |& )?", text)
    ]
    chunks = [chunk for chunk in chunks if chunk]
    if chunks and all(_one(chunk) for chunk in chunks):
        return NameList(tuple(name for chunk in chunks if (name := _one(chunk))), et_al)
    names = read_names(text) if text else NameList(())
    return NameList(names.names, et_al or names.et_al)


def _one(chunk: str) -> Name | None:
    """A name whose print alone says how it is cut."""
    if re.search(f"[{_HAN}]", chunk):
        if _BODY.search(chunk) and len(chunk) > 3:
            return Name(literal=chunk)
        return next(iter(read_names(chunk).names), None)
    spaced = _SPACED.fullmatch(chunk)
    return Name(family=spaced["family"], given=spaced["given"].strip()) if spaced else None


def _article(fields: Fields, rest: str) -> Fields:
    """``Journal, 2017, 40(6): 1229-1251``."""
    venue = _container(rest)
    return _with_numbers(fields, rest[len(venue) :], venue=venue)


def _container(rest: str) -> str:
    end = _CONTAINER_END.search(rest)
    return rest[: end.start()] if end else rest


def _volume(fields: Fields, rest: str, *, inside: bool) -> Fields:
    """``Container. Place: Publisher, 2017: 10-12``, with or without the container."""
    found = _PUBLISHER.search(rest)
    publisher = found["publisher"] if found else ""
    venue = ""
    if inside:
        before = rest[: found.start()] if found else rest
        venue = before if found and before else _container(rest)
        if found and not before:
            publisher = found["publisher"] if found["place"] else ""
        venue = _EDITION.sub("", _without_editors(venue)).strip(_TRIM)
    behind = rest[found.end() :] if found else rest[len(venue) :]
    return _with_numbers(fields, behind, venue=venue, publisher=publisher)


def _without_editors(container: str) -> str:
    first, stop, others = container.partition(". ")
    return others if stop and (_EDITORS.match(first) or _BODY.search(first)) else container


def _with_numbers(fields: Fields, numbers: str, *, venue: str, publisher: str = "") -> Fields:
    issue, volume, numbered = _ISSUE.search(numbers), _VOLUME.search(numbers), _NUMBERED.search(numbers)
    alone, pages = _ALONE.search(numbers), _PAGES.search(numbers)
    return Fields(
        title=fields.title,
        authors=fields.authors,
        et_al=fields.et_al,
        year=fields.year,
        kind=fields.kind,
        venue=venue.strip(_TRIM + "《》"),
        volume=_either(
            issue and issue["volume"], volume and (volume["volume"] or volume["latin"]), alone and alone["volume"]
        ),
        issue=_either(issue and issue["issue"], numbered and (numbered["issue"] or numbered["latin"])),
        pages=pages["pages"] if pages else "",
        publisher=publisher.strip(_TRIM),
    )


def _either(*values: str | None) -> str:
    return next((value for value in values if value), "")

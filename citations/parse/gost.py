"""References as the Russian standard GOST 7 prints them: ``Title // Journal. — 2015. — Т. 12, № 3. — С. 45–50``.

Two slashes part what is cited from what holds it, one slash what follows from the names responsible for it, and dashes
the areas behind; the letters Т., № and С. name volume, issue and pages.
"""

from __future__ import annotations

import re

from citations.names import NameList, read_names
from citations.types import Fields, Kind

_CYRILLIC = re.compile(r"[А-Яа-яЁёІіЇїЄєҐґ]")
_HOLDER = re.compile(r"(?:\s|(?<=[А-Яа-яЁё.)\]]))//\s*(?=[^\s/])")
_BOOK = re.compile(
    r"(?:\.|\])\s*[—–-]\s(?:[^—–]{1,80}?\s[—–-]\s)?(?P<place>[А-ЯЁІЇЄ][а-яёіїєА-Я.-]{0,24}(?:;\s[А-ЯЁ][а-яё.-]{0,24})?)(?:\s?:\s(?P<publisher>[^,—–]{2,80}))?,\s(?P<year>(?:1[6-9]|20)\d\d)"
)
_NUMBER = re.compile(r"\s*(?:\[\d{1,3}\]|\d{1,3}[.)])\s*")
_NAME = r"(?:[А-ЯЁІЇЄҐA-ZÀ-Þ][\w'’-]+,? (?:[А-ЯЁІЇЄҐA-ZÀ-Þ][а-яa-z]?\.[ -]?){1,3})"
_AUTHORS = re.compile(rf"{_NAME}(?:, {_NAME}| и {_NAME}| and {_NAME})*(?:,? ?\[?(?:и др\.|et al\.)\]?)?\s*")
_MORE = re.compile(r"(?:,\s*)?\[?(?:и др\.|et al\.?)\]?")
_CARRIER = re.compile(
    r"\s*\[(?:Текст|Электронный ресурс|Электрон(?:ный|\.) ресурс|Text|Electronic resource)\]", re.IGNORECASE
)
_RESPONSIBLE = re.compile(r"\s/\s(?P<names>[^/;]{3,300}?)(?:\s;.*)?$")
_AREA = re.compile(
    r"\.?\s+[—–-]\s|\.\s+(?=(?:1[6-9]|20)\d\d\b)|\.\s+(?=(?:Т|Vol|V|№|С|P|Вып)\.?\s?\d)|,\s+(?=(?:1[6-9]|20)\d\d\b)"
)
_YEAR = re.compile(r"(?<![\d.])(?P<value>(?:1[6-9]|20)\d\d)(?!\d)")
_VOLUME = re.compile(r"(?<!\w)(?:[ТтTt]|[Vv]ol|V)\.\s?(?P<value>\d+)")
_ISSUE = re.compile(r"(?:№№?|(?<!\w)(?:[Вв]ып\.|No\.?|N))\s?(?P<value>\d+(?:[-–/]\d+)?)")
_PAGES = re.compile(r"(?<!\w)(?:[СсCc]|[Pp]{1,2})\.\s?(?P<value>\d+(?:\s?[-–—]\s?\d+)?)")
_PLACE = re.compile(r"(?:^|[—–-]\s|\.\s)[А-ЯЁІЇЄ][а-яёА-Я.-]{0,24}\s?:\s(?P<value>[^,—–]{2,80}),\s(?:1[6-9]|20)\d\d")
_CONFERENCE = re.compile(
    r"конференц|симпозиум|съезд|труды|сборник|сб\.|материалы|proceedings|conference|proc\.", re.IGNORECASE
)
_THESIS = re.compile(
    r":?\s*(?:автореф\.\s*)?дис(?:с|сертация)?\.?\s*(?:\.{2,3}|…|на соиск|канд|докт|д-ра)[^/]*", re.IGNORECASE
)
_TRIM = " .,;:/-–—"


def gost(text: str) -> Fields | None:
    """Read a reference printed by GOST 7; ``None`` for all others. Never raises.

    Identifiers and addresses are left to the caller.

    >>> gost("Лотман Ю. М. О семиосфере // Труды по знаковым системам. — 1984. — Т. 17. — С. 5–23.").title
    'О семиосфере'
    """
    if not _CYRILLIC.search(text):
        return None
    text = _CARRIER.sub("", text)
    holder, book = _HOLDER.search(text), _BOOK.search(text)
    if not holder and not book:
        return None
    end = holder.start() if holder else book.start() if book else 0
    behind = text[holder.end() :] if holder else text[end:]
    title, names = _title_and_names(text[:end])
    if not title:
        return None
    thesis = _THESIS.search(title)
    area = _AREA.search(behind)
    venue = behind[: area.start()].strip(_TRIM) if holder and area else ""
    numbers = behind[len(venue) :]
    publisher = (book["publisher"] or "") if book and not holder else _value(_PLACE, numbers)
    year = _value(_YEAR, numbers)
    return Fields(
        title=(title[: thesis.start()] if thesis else title).strip(_TRIM),
        authors=names.names,
        et_al=names.et_al,
        year=int(year) if year else None,
        venue=venue,
        volume=_value(_VOLUME, numbers),
        issue=_value(_ISSUE, numbers),
        pages=_value(_PAGES, numbers) if holder else "",
        publisher=publisher.strip(_TRIM),
        kind=Kind.THESIS if thesis else _kind(venue, publisher),
    )


def _kind(venue: str, publisher: str) -> Kind:
    if not venue:
        return Kind.BOOK
    if _CONFERENCE.search(venue) and publisher:
        return Kind.CONFERENCE
    return Kind.CHAPTER if publisher else Kind.ARTICLE


def _title_and_names(head: str) -> tuple[str, NameList]:
    """Title and authors; those behind a slash are complete, those in front may be the first alone."""
    numbered = _NUMBER.match(head)
    head = head[numbered.end() :] if numbered else head
    first = _AUTHORS.match(head)
    title = head[first.end() :] if first else head
    responsible = _RESPONSIBLE.search(title)
    printed = first[0] if first else ""
    if responsible:
        title = title[: responsible.start()]
        if _AUTHORS.search(responsible["names"]) or re.match(r"(?:[А-ЯЁA-Z]\.\s?){1,2}[А-ЯЁA-Z]", responsible["names"]):
            printed = responsible["names"]
    short = _MORE.search(printed)
    names = read_names(_MORE.sub("", printed).strip(" ,")) if printed else NameList(())
    return title.strip(_TRIM), NameList(names.names, names.et_al or bool(short))


def _value(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.search(text)
    return found["value"] if found else ""

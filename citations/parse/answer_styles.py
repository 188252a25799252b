"""The ways in which language models print a reference and no publisher does.

``"Title" by Author (2019)``, ``Title (2019) by Author, published in Venue``, ``**Title** - Author, Venue, 2019`` and items
with keys (``Authors: ...``) tell where title and authors begin and end; what they tell is kept beside the reference in the
order that reference lists have, so that one labeller reads the rest of them all.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from citations.parse.words import word_class

_LINK = re.compile(
    r"\[([^\[\]\n]{1,300})\]\((https?://[^\s()<>]{1,600}(?:\([^\s()<>]{0,80}\)[^\s()<>]{0,80})?)[^()\n]{0,80}\)"
)
_TITLE_FIRST = re.compile(
    r"\s*(?:“(?P<a>[^“”\n]{4,300})[”“]|\"(?P<b>[^\"\n]{4,300})\"|\*{1,3}[“\"]?(?P<c>[^*\n]{4,300}?)[”\"]?\*{1,3}|_(?P<d>[^_\n]{4,300})_)\s*"
)
_BARE_TITLE = re.compile(
    r"\s*(?P<a>[^\s(\[\"“”][^(\[\"“”\n]{3,300}?)\s*(?=[(\[](?:1[6-9]|20)\d\d[)\]][,.:]?\s*(?:(?:is |was )?(?:written |authored )?by)\s+[^\W\da-zß-ÿ])"
)
_BY = re.compile(
    r"[,.]?\s*\(?(?:(?:is |was )?(?:written |authored |edited )?by|von|par|por)\s+(?=[^\W\d_])", re.IGNORECASE
)
_DASH = re.compile(r"\s*[-–—:,]\s*(?=[^\W\d_])")
_YEAR_FIRST = re.compile(
    r"[,.]?\s*[(\[](?P<year>(?:1[6-9]|20)\d\d)[)\]][,.:]?\s*(?=(?:[-–—]\s*)?(?:(?:(?:is |was )?(?:written |authored |edited |published )?by\b)|[-–—]))",
    re.IGNORECASE,
)
_LEAD = re.compile(
    r"\s*(?:(?P<year>(?:1[6-9]|20)\d\d)\s*[:.,–—-]|[^\n\"“”:.*]{3,80}:)\s*(?=[\"“][^\"“”\n]{4,300}[\"”][,.]?\s*(?:\([12]\d{3}\)\s*)?(?:(?:is |was )?(?:written |authored )?by)\s)"
)
_HONORIFIC = re.compile(r"(?<![\w.])(?:Dr|Prof|Professor|Mr|Mrs|Ms)\.?\s+(?=[^\W\d_a-zß-ÿ])")
_CHUNK = re.compile(r",\s+")
_NO_NAME = re.compile(
    r"\s*(?:\(|\[|[\"“”*_:]|\s[-–—]\s|,?\s+(?:in|from|at|on|for|published|publ\.|via|as|is|was|has|which|that|who|where)\b"
    r"|,\s+(?:an?|the|this|it|published|first|also)\s|(?<=[^\W\d_]{3})\.\s+(?=\S)|\n)"
)
_NAME_START = re.compile(
    r"[^\W\d_a-zß-ÿ]|(?:van|von|de|der|den|la|le|di|da|du|dos|del|ter|al|el|bin|ibn|et|and|&|und)\b"
)
_NAMES_ONLY = re.compile(
    r"(?:(?:(?:[^\W\d_a-zß-ÿ]|[a-z]{1,4}['’]?[A-Z])[\w.'’-]*|van|von|de|der|den|la|le|di|da|du|dos|del|ter|al\.?|el|bin|ibn|et|and|&|und|others)(?:[,;]? |$|,$))+"
)
_PUBLISHED = re.compile(
    r"[\s,.;:(]*(?:and\s+)?(?:(?:was\s+|first\s+|originally\s+)*published|publ\.)\s+(?P<how>by|in|at|on|with)\s+(?-i:the\s+)?(?P<what>[^,;:.()\n\"“]{2,120})",
    re.IGNORECASE,
)
_YEAR = re.compile(r"(?<![\d./-])(?:1[6-9]|20)\d\d(?![\d/-])")
_ONLY_YEAR = re.compile(r"(?:(?:early|late|mid)[ -])?((?:1[6-9]|20)\d\d)\b\s*(?:(?P<how>by|in|at)\s+(?P<what>.+))?$")
_KEY = re.compile(
    r"(?:^|[\n;]|\s[-*•]\s)[ \t]*(?:[-*•+–·◦▪][ \t]+)?[*_]{0,3}(?P<key>authors?|title|year|date|published(?: in)?|publication(?: date)?|journal|venue|conference|"
    r"publisher|doi|link|url|arxiv|source|volume|pages|isbn)[*_]{0,3}[ \t]?:[*_]{0,3}[ \t]*(?P<value>[^\n;]{1,600})",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Arranged:
    """What the style of an answer tells of a reference by itself; empty where it tells nothing."""

    text: str
    """The reference in the order of reference lists; as printed, if it is in that order already."""
    title: str = ""
    authors: str = ""
    year: int | None = None
    venue: str = ""
    publisher: str = ""


def arranged(raw: str) -> Arranged:
    """Put a reference as language models print it into the order of reference lists. Never raises.

    >>> arranged('"Deep Learning" by Yann LeCun, Nature, 2015.').text
    'Yann LeCun. “Deep Learning.” Nature, 2015.'
    """
    if "](" in raw:
        raw = _LINK.sub(_unlinked, raw)
    if ":" in raw and (keyed := _keyed(raw)):
        return keyed
    return _title_first(raw) or Arranged(raw)


def _unlinked(link: re.Match[str]) -> str:
    """The text of a Markdown link; its address behind it, unless the text is the address."""
    return link[1] if link[1].startswith("http") else f"{link[1]} {link[2]}"


def _title_first(raw: str) -> Arranged | None:
    """A reference that starts with its title, and says where the title ends and the authors begin."""
    lead = _LEAD.match(raw)
    start = lead.end() if lead else 0
    found = _TITLE_FIRST.match(raw, start) or _BARE_TITLE.match(raw, start)
    if not found:
        return None
    title = next(part for part in found.groups() if part).strip(" ,.:")
    rest = raw[found.end() :]
    year = _YEAR_FIRST.match(rest)
    tail = rest[year.end() :] if year else rest
    by = _BY.match(tail) or (_DASH.match(tail) if year or not found["a"] else None)
    if not by or len(title.split()) < 2 - bool(year):
        return None
    authors, remainder = _authors_and_rest(tail[by.end() :])
    if not authors or (by.re is _DASH and not _NAMES_ONLY.fullmatch(authors)):
        return None
    printed_year = year["year"] if year else lead["year"] if lead and lead["year"] else ""
    return _told(title, authors, printed_year, remainder)


def _told(title: str, authors: str, year: str, rest: str) -> Arranged:
    """The reference from its parts; the rest may say by whom and where it was published."""
    printed = f" ({year})" if year else ""
    published = _PUBLISHED.match(rest)
    if not published:
        return Arranged(f"{authors}{printed}. “{title}.” {rest}".strip(), title, authors, int(year) if year else None)
    how, what = published["how"].lower(), " ".join(published["what"].split()).strip(" *_”\"'")
    only_year = _ONLY_YEAR.match(what)
    if only_year:
        year = year or only_year[1]
        how, what = (only_year["how"] or "").lower(), only_year["what"] or ""
    elif dated := re.search(r"\s+in\s+((?:1[6-9]|20)\d\d)$", what):
        year, what = year or dated[1], what[: dated.start()]
    behind = rest[published.end() :]
    if not year and (later := _YEAR.search(behind)):
        year = later[0]
    publisher, venue = (what, "") if how == "by" else ("", what)
    text = f"{authors}{f' ({year})' if year else ''}. “{title}.” {what}{behind}".strip()
    return Arranged(text, title, authors, int(year) if year else None, venue, publisher)


def _authors_and_rest(tail: str) -> tuple[str, str]:
    """Cut what follows ``by`` where the first chunk begins that is no name: a digit, a word of venues, a bracket, a verb."""
    tail = _HONORIFIC.sub("", tail)
    stop = _NO_NAME.search(tail)
    limit = stop.start() if stop else len(tail)
    at = 0
    for comma in [*_CHUNK.finditer(tail, 0, limit), None]:
        end = comma.start() if comma else limit
        if at and _outside(tail[at:end]):
            return tail[:at].strip(" ,."), tail[at:].lstrip(" ,.")
        at = comma.end() if comma else limit
    return tail[:limit].strip(" ,."), tail[limit:].lstrip(' ,."”*_')


def _outside(chunk: str) -> bool:
    """Whether a chunk between commas cannot be a name."""
    if any(char.isdigit() for char in chunk) or not _NAME_START.match(chunk):
        return True
    words = [word_class(word.lower().strip(".,()")) for word in chunk.split()]
    return any(mark in kind for kind in words for mark in ("venue", "publisher", "month", "thesis", "report"))


def _keyed(raw: str) -> Arranged | None:
    """An item that names its parts; ``None`` unless it names the authors."""
    pairs = [(found["key"].lower(), found["value"].strip(" *_.")) for found in _KEY.finditer(raw)]
    values = dict(reversed(pairs))
    authors = _HONORIFIC.sub("", values.get("authors") or values.get("author") or "")
    if not authors:
        return None
    first = _KEY.search(raw)
    before = raw[: first.start()].strip(' \n*_"“”-–:.') if first else ""
    title = values.get("title") or before
    rest = [value for key, value in pairs if key not in {"author", "authors", "title"}]
    printed = (authors, f"“{title}”" if title else "", ", ".join(rest))
    return Arranged(". ".join(part for part in printed if part), "", authors)

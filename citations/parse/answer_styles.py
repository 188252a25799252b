"""The ways in which language models print a reference and no publisher does.

``"Title" by Author (2019)``, ``**Title** - Author, Venue, 2019`` and items with keys (``Authors: ...``) are put into the order
that reference lists have, so that one labeller reads them all.
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
_BY = re.compile(
    r"[,.]?\s*\(?(?:(?:is |was )?(?:written |authored |edited |published )?by|von|par|por)\s+", re.IGNORECASE
)
_DASH = re.compile(r"\s*[-–—:,]\s*(?=[^\W\d_])")
_YEAR_FIRST = re.compile(
    r"\s*[(\[](?P<year>(?:1[6-9]|20)\d\d)[)\]][,.:]?\s*(?=(?:[-–—]\s*)?(?:by\b|[-–—]))", re.IGNORECASE
)
_CHUNK = re.compile(r",\s+")
_KEY = re.compile(
    r"(?:^|[\n;]|\s[-*•]\s)[ \t]*(?:[-*•+–·◦▪][ \t]+)?[*_]{0,3}(?P<key>authors?|title|year|date|published(?: in)?|publication(?: date)?|journal|venue|conference|"
    r"publisher|doi|link|url|arxiv|source|volume|pages|isbn)[*_]{0,3}[ \t]?:[*_]{0,3}[ \t]*(?P<value>[^\n;]{1,600})",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Keyed:
    """What an item with keys says."""

    title: str
    authors: str
    rest: str


def reordered(raw: str) -> str:
    """The reference in the order of reference lists; unchanged if it is in that order already.

    >>> reordered('"Deep Learning" by Yann LeCun, Nature, 2015.')
    'Yann LeCun. “Deep Learning.” Nature, 2015.'
    """
    if "](" in raw:
        raw = _LINK.sub(_unlinked, raw)
    if ":" in raw and (keyed := _keyed(raw)):
        return ". ".join(
            part for part in (keyed.authors, f"“{keyed.title}”" if keyed.title else "", keyed.rest) if part
        )
    found = _TITLE_FIRST.match(raw)
    if not found:
        return raw
    title = next(part for part in found.groups() if part).strip(" ,.")
    rest = raw[found.end() :]
    year = _YEAR_FIRST.match(rest)
    tail = rest[year.end() :] if year else rest
    by = _BY.match(tail) or (_DASH.match(tail) if year or not found["a"] else None)
    if not by or len(title.split()) < 2:
        return raw
    authors, remainder = _authors_and_rest(tail[by.end() :])
    printed = f" ({year['year']})" if year else ""
    return f"{authors}{printed}. “{title}.” {remainder}".strip()


def _unlinked(link: re.Match[str]) -> str:
    """The text of a Markdown link; its address behind it, unless the text is the address."""
    return link[1] if link[1].startswith("http") else f"{link[1]} {link[2]}"


def _authors_and_rest(tail: str) -> tuple[str, str]:
    """Cut what follows ``by`` where the first chunk with a digit or a word of venues or publishers begins."""
    bracket = re.search(r"\s*\(", tail)
    stop = re.search(r"(?<=[^\W\d_]{3})\.\s+(?=\S)", tail)
    limit = min([found.start() for found in (bracket, stop) if found] + [len(tail)])
    at = 0
    for comma in [*_CHUNK.finditer(tail, 0, limit), None]:
        end = comma.start() if comma else limit
        words = [word_class(word.lower().strip(".,()")) for word in tail[at:end].split()]
        outside = any(
            kind for kind in words if any(mark in kind for mark in ("venue", "publisher", "month", "thesis", "report"))
        )
        if at and (outside or any(char.isdigit() for char in tail[at:end])):
            return tail[:at].strip(" ,."), tail[at:].lstrip(" ,.")
        at = comma.end() if comma else limit
    return tail[:limit].strip(" ,."), tail[limit:].lstrip(" ,.")


def _keyed(raw: str) -> _Keyed | None:
    """Title, authors and the rest of an item that names them; ``None`` unless it names the authors."""
    pairs = [(found["key"].lower(), found["value"].strip(" *_.")) for found in _KEY.finditer(raw)]
    values = dict(reversed(pairs))
    authors = values.get("authors") or values.get("author") or ""
    if not authors:
        return None
    first = _KEY.search(raw)
    before = raw[: first.start()].strip(' \n*_"“”-–:.') if first else ""
    rest = [value for key, value in pairs if key not in {"author", "authors", "title"}]
    return _Keyed(values.get("title") or before, authors, ", ".join(rest))

"""List items in which a language model names a work without marking where its title ends.

``Title by Author, Author (Year)``, ``Title (Year): remark``, ``"Title"``: read only where the text says that it lists works,
since films, songs and events are listed in the same way.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_WORKS = re.compile(
    r"\b(?:papers?|articles?|books?|publications?|bibliograph\w+|references?|citations?|literature|textbooks?|monographs?|preprints?|titles|works cited|"
    r"aufsätze|bücher|literatur|quellen|ouvrages|références|libros|artículos|referencias)\b",
    re.IGNORECASE,
)
_OTHER_WORKS = re.compile(
    r"\b(?:films?|movies?|songs?|albums?|episodes?|series|games?|paintings?|plays)\b", re.IGNORECASE
)
_WORD = re.compile(r"\b[a-zß-ÿ]{3,30}\b")
_WRAPPED = re.compile(r"\s*(\*{1,3}|_{1,2})(?P<inside>[^*_\n]{4,400})\1[.,]?\s*$")
_PARTICLE = r"(?:van|von|de|der|den|la|le|di|da|du|dos|del|ter|al|el|bin|ibn)"
_NAME = rf"(?:{_PARTICLE} ){{0,3}}(?:[^\W\d_a-zß-ÿ]|[a-z]{{1,4}}['’]?[A-Z])[\w.'’-]*(?: (?:{_PARTICLE} ){{0,3}}(?:[^\W\d_a-zß-ÿ]|[a-z]{{1,4}}['’]?[A-Z])[\w.'’-]*){{0,4}}"
_NAMES = rf"{_NAME}(?:, {_NAME}){{0,9}}(?:,? (?:and|&) (?:{_NAME}|others))?(?:,? et al\.?)?"
_BY_NAMES = re.compile(
    rf" by (?P<names>{_NAMES})(?=\s*$|[.,;]?\s*[(\[]|[,;]\s|\s[-–—:]\s|:\s|\.\s|\s(?:in|published|from)\s)"
)
_TITLE_YEAR = re.compile(
    r"(?P<title>[^\W_a-zß-ÿ][^()\[\]\n\"“”]{3,240}?)[,.]?\s*[(\[](?P<year>(?:1[6-9]|20)\d\d)[)\]]\s*(?P<rest>[:.,–—-][^\n]*)?$"
)
_QUOTED = re.compile(
    r"[\"“«](?P<title>[^\"“”«»\n]{8,300})[\"”»][.,]?\s*(?:[(\[](?P<year>(?:1[6-9]|20)\d\d)[)\]][.,]?\s*)?(?:$|[-–—:(])"
)
_SMALL = frozenset(
    [
        "a",
        "an",
        "and",
        "as",
        "at",
        "by",
        "for",
        "from",
        "in",
        "into",
        "of",
        "on",
        "or",
        "the",
        "to",
        "under",
        "via",
        "with",
        "über",
        "und",
        "von",
        "der",
        "die",
        "das",
        "zur",
        "et",
        "de",
        "la",
        "le",
        "des",
        "du",
    ]
)
_LIKE_NAMES = frozenset(("and", "et", "al", "others", "van", "von", "de", "der", "den", "la", "le", "di", "da", "du"))
_LONGEST_LINE = 700


@dataclass(frozen=True, slots=True)
class Setting:
    """What the text around a list tells about its items."""

    lists_works: bool
    """It speaks of papers, books or references."""
    lower: frozenset[str]
    """Words that it prints in lower case: no names."""


def setting(text: str, context: str = "") -> Setting:
    """The setting that a text is for its lists; ``context`` is what the text answers, and counts first.

    >>> setting("1. On Sleep (2019)", context="Name a book on sleep.").lists_works
    True
    """
    asked = len(_WORKS.findall(context)) - len(_OTHER_WORKS.findall(context))
    told = len(_WORKS.findall(text)) - len(_OTHER_WORKS.findall(text))
    return Setting((asked or told) > 0, frozenset(_WORD.findall(text)))


def marked_title(item: str, around: Setting) -> str:
    """The item with quotes around its title, if it is of one of these styles; empty otherwise. Never raises.

    >>> marked_title("On Sleep by Ann Roe (2019)", Setting(lists_works=True, lower=frozenset()))
    '“On Sleep” by Ann Roe (2019)'
    """
    if not around.lists_works:
        return ""
    wrapped = _WRAPPED.match(item)
    line = " ".join((wrapped["inside"] if wrapped else item).split()) if len(item) <= _LONGEST_LINE else ""
    return _by(line) or _dated(line, around) or _only_quoted(line)


def title_with_year(item: str, around: Setting) -> bool:
    """Whether the item is a title and its year, rather than names and a year."""
    found = _TITLE_YEAR.match(item)
    return found is not None and _like_title(found["title"], around)


def _by(line: str) -> str:
    if not line[:1].isupper() and not line[:1].isdigit():
        return ""
    for found in _BY_NAMES.finditer(line):
        title, names = line[: found.start()].strip(" ,*_:"), found["names"]
        several = len(names.split()) > 1 and names.split()[0].lower() not in _SMALL
        if several and len(title.split()) > 1 and ". " not in title and len(title) <= 300:
            return f"“{title}” by {line[found.start('names') :]}"
    return ""


def _dated(line: str, around: Setting) -> str:
    found = _TITLE_YEAR.match(line)
    if not found or not _like_title(found["title"], around):
        return ""
    return f"“{found['title'].strip(' ,.*_')}” ({found['year']})."


def _like_title(text: str, around: Setting) -> bool:
    """Whether words in front of a year are a title and not the names of authors."""
    words = text.split()
    if "." in text.rstrip(".") or len(words) < 2 or len(words) > 30:
        return False
    bare = [word.strip(",:;*_'’").lower() for word in words]
    if ":" in text and "," not in text:
        return True
    small = any(word.islower() and word.strip(",") not in _LIKE_NAMES for word in words)
    known = all(word in around.lower or word in _SMALL for word in bare)
    return known or ((small or len(words) > 4) and "&" not in words and "et al" not in text)


def _only_quoted(line: str) -> str:
    found = _QUOTED.match(line)
    if not found or len(found["title"].split()) < 3:
        return ""
    words = [word for word in found["title"].split() if word.lower() not in _SMALL]
    capitals = sum(word[:1].isupper() or not word[:1].isalpha() for word in words)
    year = f" ({found['year']})." if found["year"] else ""
    return f"“{found['title'].strip(' ,.')}”{year}" if 2 * capitals > len(words) else ""

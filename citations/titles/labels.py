"""What stands before or behind a title and is none of it: numbers of a series, kinds of paper, notes of a reprint."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from citations.markup import plain_text

CACHE_SIZE = 16384

_ROMAN = r"(?=[IVXLC])C{0,3}(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,3})"
_OPENS = r"(?=[^\W\da-z_]|[\"“«‘'(])"
_NUMBERED = re.compile(
    r"^(?:(?i:chapter|kapitel|chapitre|lecture|vorlesung|leçon|paper|article|art\.|no\.|nr\.|nº|№|§+)\s*"
    rf"(?:\d{{1,3}}|{_ROMAN}|[ivxl]+)\s*(?:[:.\-–—]\s*)+(?=\S)"
    r"|§+\s*\d{1,3}\s+(?=\S)"
    rf"|[(\[](?:\d{{1,3}}|{_ROMAN})[)\]]\s*[.:\-–—]*\s*{_OPENS}"
    r"|\d{1,3}\.(?:\s*[\-–—]+\s*|\s+)(?=\D)"
    rf"|{_ROMAN}\s*[.:]\s*[\-–—]+\s*(?=\S)"
    rf"|{_ROMAN}(?:\s*—\s*|\s+–\s+|--+)(?!(?:[B-HJ-Z]|{_ROMAN})\b){_OPENS}"
    rf"|{_ROMAN}[.:]\s+{_OPENS})"
)
"""``I.—``, ``VIII. A``, ``No. 5.``, ``Art. IV.``, ``§ 3.``, ``(12)``, ``Lecture 2:``; no lower-case word follows a bare
numeral, so that ``V. cholerae`` and ``C. elegans`` keep their genus."""
_NUMBER_BEFORE = re.compile(
    r"(?:(?i:\b(?:chapter|lecture|paper|article|art\.|no\.|nr\.)|§)\s*(?:\d{1,3}|[ivxlcIVXLC]{1,7})|\b[IVXLC]{2,7})[\s.:\-–—)]*$"
)
"""A number that ends a text; one letter alone would be the initial of an author: ``Maxwell, J. C.``."""
_KIND = re.compile(
    r"^(?:\[?\(?(?:extended abstract|invited (?:paper|talk|review)|short paper|full paper|poster(?: abstract)?|demo(?: abstract)?|"
    r"tutorial|panel|brief announcement|keynote(?: talk)?|technical report|regular paper|research article|review article|"
    r"reprint(?: of)?|reprinted article|republished(?: article| paper)?)\]?\)?\s*[:.\-–—]\s*"
    r"|\[(?:extended abstract|invited [a-z ]+)\]\s*"
    r"|reprint of:?\s+(?=[\"“«‘']))",
    re.IGNORECASE,
)
_SUFFIX = re.compile(
    r"\s*[\[(](?:extended abstract|abstract|extended version|full version|short paper|full paper|invited (?:paper|talk|contribution|lecture)"
    r"|student abstract|poster|demo|demonstration|preprint|with discussion|abstract only|reprint|position paper|keynote"
    r"|online first|in press|in [a-z]+|republication|best paper)\]?\)?\s*\.?$",
    re.IGNORECASE,
)
_LABEL_INSIDE = re.compile(
    r"\s*[\[(]\s*(?:(?:demo(?:nstration)?|panel|tutorial|poster|keynote|invited|industrial|experience|vision|student)\s+"
    r"(?:abstract|session|paper|talk|track|demo)|tutorial|panel|extended abstract)\s*[\])]",
    re.IGNORECASE,
)
_REPRINT = re.compile(
    r"\s*[,.;:\-–—(\[*]\s*(?:reprinted (?:from|with permission|by permission)|reprint (?:of|from) |republished from"
    r"|(?:originally|first) (?:published|printed|appeared) (?:in|as|by)\b|wiederabdruck (?:aus|von)|nachdruck (?:aus|von)).*$",
    re.IGNORECASE | re.DOTALL,
)
_ORIGIN = re.compile(r"\s*\[[^\W\d_][^\[\]]{2,60}\b(?:1[5-9]|20)\d\d\)?\]\s*$")
"""Where a reprint says that it comes from: ``[AdP 17, 891 (1905)]``."""
_REPRINTED = re.compile(
    r"^\W*(?:reprint(?: of)?|reprinted article|republished(?: article| paper)?)[\])]?\s*[:.\-–—]|^reprint of\s+[\"“«‘']"
    r"|[\[(](?:reprint|republication)[\])]\W*$",
    re.IGNORECASE,
)
_SHORTEST_TITLE = 12
"""A shorter beginning before "reprinted from" is no title."""
_ROMAN_VALUES = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100}


@dataclass(frozen=True, slots=True)
class _Labelled:
    """A title taken apart."""

    title: str
    """Without any label."""
    number: int | None
    """What it is numbered with."""


def strip_labels(text: str) -> str:
    """The title without what only labels it: a number, ``Extended Abstract:``, ``[Invited Paper]``, ``, reprinted from ...``.

    >>> [strip_labels(title) for title in ("I.—COMPUTING MACHINERY", "VIII. A dynamical theory", "V. cholerae in rivers")]
    ['COMPUTING MACHINERY', 'A dynamical theory', 'V. cholerae in rivers']
    """
    return _take_apart(text).title


def strip_both(a: str, b: str) -> tuple[str, str]:
    """Two titles without their labels, ready to be compared; numbers stay, in digits, where each has one and they differ.

    >>> strip_both("II. Excitations", "Lecture 3: Excitations")
    ('2. Excitations', '3. Excitations')
    """
    first, second = _take_apart(a), _take_apart(b)
    if first.number is not None and second.number is not None and first.number != second.number:
        return f"{first.number}. {first.title}", f"{second.number}. {second.title}"
    return first.title, second.title


def is_labelled_reprint(text: str) -> bool:
    """Whether the title itself says that the work is printed again: "Reprinted from ...", "Reprint of: ..."."""
    text = plain_text(text)
    return _REPRINTED.search(text) is not None or _without_reprint_note(text) != text


def number_before(text: str) -> int | None:
    """The number of a series with which the text ends, if it ends with one: what stands before a printed title.

    >>> number_before("Bohr N. Lecture 2: "), number_before("Maxwell, J. C. ")
    (2, None)
    """
    found = _NUMBER_BEFORE.search(text[-24:])
    return _value(found[0]) if found else None


def number_of(title: str) -> int | None:
    """The number that labels a title."""
    return _take_apart(title).number


@lru_cache(maxsize=CACHE_SIZE)
def _take_apart(text: str) -> _Labelled:
    text = plain_text(text)
    bracketed = "(" in text or "[" in text
    if bracketed:
        text = _LABEL_INSIDE.sub("", text, count=1) or text
    text = _without_reprint_note(text)
    if bracketed:
        text = _SUFFIX.sub("", text, count=1) or text
    text = _KIND.sub("", text, count=1) or text
    label = _NUMBERED.match(text)
    if label is None:
        return _Labelled(text, None)
    return _Labelled(text[label.end() :] or text, _value(label[0]))


def _without_reprint_note(text: str) -> str:
    found = _REPRINT.search(text, _SHORTEST_TITLE) or (text.endswith("]") and _ORIGIN.search(text, _SHORTEST_TITLE))
    return text[: found.start()] if found else text


def _value(label: str) -> int:
    """The number that stands in a label."""
    digits = re.search(r"\d+", label)
    if digits:
        return int(digits[0])
    numeral = re.findall(r"[IVXLC]+", label.upper())[-1]
    values = [_ROMAN_VALUES[sign] for sign in numeral]
    return sum(-value if value < max(values[at:]) else value for at, value in enumerate(values))

"""Short citations in running text: ``(Smith et al., 2020; Doe, 2019a)``, ``Smith and Doe (2020)``.

Every search looks back over a bounded stretch, so that the time is linear in the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from citations.parse.words import word_class

_REACH = 160
_YEAR = re.compile(r"(?<![\w.-])((?:1[6-9]|20)\d\d)([a-z]?)(?![\w-])")
_NAME = r"(?:(?:van|von|de|der|den|la|le|di|da|du|dos|del|ter|al|el|bin|ibn)[ ]){0,3}[^\W\d_a-zß-ÿ][^\W\d_]*(?:['’\-][^\W\d_]+)*"
_FULL = rf"(?:(?:[^\W\d_a-zß-ÿ]\.[ -]?){{1,3}})?{_NAME}(?:[ ]{_NAME}){{0,3}}"
_NAMES = rf"{_FULL}(?:,[ ]{_FULL}){{0,5}}(?:,?[ ](?:and|&|und|et|y)[ ]{_FULL})?(?P<etal>,?[ ](?:et[ ]al\.?|and[ ]colleagues|and[ ]others|u\.[ ]?a\.))?"
_BEFORE_YEAR = re.compile(rf"(?:^|(?<=[(\[;,\s]))(?P<names>{_NAMES})(?:['’]s)?[, ]*$")
_NOT_NAMES = """
    the a an in as by see also e.g for from on at of and or but since until during between after before with according like
    table figure fig section chapter equation eq appendix version edition volume vol part step page january february march april
    may june july august september october november december monday tuesday wednesday thursday friday saturday sunday spring summer
    autumn fall winter early late mid copyright published updated retrieved accessed available released founded established
    born died circa est this that these those it its their his her our your we they he she i no not both while when where
    recent previous many several some most study studies work works paper papers research book article author authors
"""

_OPENERS = """
    earlier later similarly however recently following moreover furthermore additionally also finally firstly secondly thirdly lastly
    first second third next then thus hence therefore meanwhile likewise conversely consequently indeed notably specifically
    importantly interestingly subsequently previously originally initially currently today instead alternatively overall together
    although though because whereas whether despite building based compare consider cf note if once more most even only just so yet still nevertheless
    nonetheless accordingly separately independently critically crucially famously historically traditionally elsewhere here there
"""
"""Words that open a sentence in front of the names."""

_NO_NAMES = frozenset((_NOT_NAMES + _OPENERS).split())
_OPENING = frozenset(_OPENERS.split())


@dataclass(frozen=True, slots=True)
class Pointer:
    """A short citation: names and year, which a reference list may spell out."""

    start: int
    end: int
    """Behind the year, or behind the bracket where the year stands alone in it."""
    names: str
    year: int
    et_al: bool
    bracketed: bool
    """It stands in brackets as a whole: ``(Smith, 2020)``."""
    label: str
    """As printed, with its own brackets: ``(Smith et al., 2020a)``, ``Smith (2020)``."""


def pointers(text: str, start: int = 0, end: int | None = None) -> Iterator[Pointer]:
    """The short citations of ``text[start:end]`` in their order."""
    end = len(text) if end is None else end
    floor = start
    for year in _YEAR.finditer(text, start, end):
        opened = year.start() and text[year.start() - 1] in "(["
        closed = text[year.end() : year.end() + 1] in {")", "]"}
        edge = year.start() - 1 if opened else year.start()
        window = text[max(floor, edge - _REACH) : edge]
        if not opened:
            cut = max(window.rfind("("), window.rfind("["), window.rfind(";"))
            if cut < 0 or (window[cut] != ";" and text[year.end() : year.end() + 1] not in {")", "]", ";", ","}):
                continue
            window = window[cut + 1 :]
        found = _names_before(window.replace("\n", " "), at_end=bool(opened))
        if found is None:
            continue
        at = edge - len(window) + found.start("names")
        at += _leading_words(text[at:edge])
        names = text[at : edge - len(window) + found.end("names")]
        if not _plausible(names, et_al=bool(found["etal"])):
            continue
        stop = year.end() + 1 if opened and closed else year.end()
        printed = " ".join(text[at:stop].split())
        label = printed if opened else f"({printed})"
        yield Pointer(at, stop, " ".join(names.split()), int(year[1]), bool(found["etal"]), not opened, label)
        floor = stop


def _names_before(window: str, *, at_end: bool) -> re.Match[str] | None:
    """The names that end where the window ends; in front of a bracket a blank must stand."""
    if not window or (at_end and not window[-1:].isspace()):
        return None
    matches = (_BEFORE_YEAR.match(window, begin) for begin in _starts(window))
    return next((found for found in matches if found), None)


def _starts(window: str) -> Iterator[int]:
    """Places where a list of names could begin: a word at most thirty words back, leftmost first."""
    places = [0, *(match.end() for match in re.finditer(r"[\s(\[;,]", window))]
    return iter(places[-30:])


_COLLEAGUES = re.compile(r"et al\b|u\. ?a\.")
_SECOND = re.compile(r"(?:and|und)\b|&")
_FAMILIES = frozenset({"an", "he", "she"})
"""Frequent family names among the words that are none; ``May and June`` are no authors."""


def _leading_words(names: str) -> int:
    """Length of the words before the names that are none: ``In``, ``See``; ``He et al.`` begins with a name."""
    passed = 0
    for word in re.finditer(r"(\S+?)[,.]?\s+", names):
        if word[1].lower().rstrip(".,") not in _NO_NAMES or _is_a_name(word[1], names[word.end() :]):
            break
        passed = word.end()
    return passed


def _is_a_name(word: str, rest: str) -> bool:
    """Whether a word that mostly is none must be one, as colleagues follow it."""
    followed = _COLLEAGUES.match(rest) or (word.lower() in _FAMILIES and _SECOND.match(rest))
    return word[:1].isupper() and word.isalpha() and bool(followed)


def opens_sentence(text: str) -> bool:
    """Whether a text begins with a word that opens sentences, not names: ``Later, Roe and Doe (2001) showed``.

    >>> opens_sentence("However, Roe (2001) did not."), opens_sentence("Roe, A. (2001). However.")
    (True, False)
    """
    word = re.match(r"\W{0,3}(?P<first>[^\W\d_]+),?\s", text)
    return word is not None and word["first"].lower() in _OPENING


def _plausible(names: str, *, et_al: bool) -> bool:
    """Whether this can be authors: not ``Table``, ``BERT``, ``May`` or ``Paris`` alone."""
    words = names.replace(",", " ").split()
    if not words or (words[0].lower().rstrip(".") in _NO_NAMES and not _is_a_name(words[0], " ".join(words[1:]))):
        return False
    if et_al or len(words) > 1:
        return any(len(word) > 1 for word in words)
    only = words[0]
    kind = word_class(only.lower())
    return (
        len(only) > 1 and not any(char.isupper() for char in only[1:]) and "place" not in kind and "venue" not in kind
    )

"""Names of dumps in bulk: plain machine-written ones are read at once, all others by ``citations.names``.

A dump has millions of names, nearly all of them two or three capitalised words; both ways give the same result.
"""

from __future__ import annotations

import re
from functools import lru_cache

from citations.markup import tex_accents, to_ascii
from citations.names import NameList, read_bibtex_names
from citations.names.words import BODY_WORDS, CAPITAL_PARTICLES, DEGREES, PARTICLES, SUFFIXES
from citations.types import Name

_AND = re.compile(r"\s+and\s+")
_UPPER, _LOWER = "[A-ZÀ-ÖØ-ÞĀČĆĎĘĚĞĪİŁŃŇŐŘŚŠŞȘŤȚŮŰŻŽ]", "[a-zà-öø-ÿāăąćčďēėęěğģīįıķļłńňņōőřśšşșťţțūůűųźżž]"
_WORD = rf"(?:Mc|Mac|O')?{_UPPER}{_LOWER}+(?:-{_UPPER}?{_LOWER}+)?"
_GIVEN = rf"(?:{_WORD}|{_UPPER}\.)(?: (?:{_WORD}|{_UPPER}\.))*"
_ACCENTED = re.compile(r"\{(\w)\}")
_FORWARD = re.compile(rf"({_GIVEN}) ({_WORD})")
_INVERTED = re.compile(rf"({_WORD}), ({_GIVEN})")
_INITIAL = re.compile(r"[^\W\d_]\.")
_NOT_PLAIN = frozenset(BODY_WORDS | CAPITAL_PARTICLES | PARTICLES | SUFFIXES | DEGREES) | frozenset(
    ["the", "of", "for", "y", "e", "i", "dr", "prof", "professor", "sir", "dame", "others"]
)
_NAMESAKE = re.compile(r" \d{4}$")


def read_people(text: str) -> NameList:
    """The names of a BibTeX author field, as ``read_bibtex_names`` reads it; DBLP's numbers of namesakes are dropped.

    >>> read_people("Wei Wang 0001 and Curie, Marie").names
    (Name(family='Wang', given='Wei', suffix='', literal=''), Name(family='Curie', given='Marie', suffix='', literal=''))
    """
    parts = _AND.split(text.strip())
    if "{" in text and any(part.count("{") != part.count("}") for part in parts):
        return read_bibtex_names(text)
    names: list[Name] = []
    et_al = False
    for part in parts:
        read = read_person(part)
        names.extend(read.names)
        et_al = et_al or read.et_al
    return NameList(tuple(names), et_al)


@lru_cache(maxsize=60_000)
def read_person(part: str) -> NameList:
    """One name of such a field; empty with ``et_al`` for ``others``."""
    if "  " in part or "\n" in part:
        part = " ".join(part.split())
    part = _NAMESAKE.sub("", part)
    if (plain := _plain(part)) is not None:
        return NameList((plain,))
    return read_bibtex_names(part)


def _plain(part: str) -> Name | None:
    """The name if nothing about it can be doubtful."""
    if "{" in part:
        part = _ACCENTED.sub(r"\1", tex_accents(part).replace("{-}", "-"))
    if found := _FORWARD.fullmatch(part):
        given, family = found.groups()
    elif found := _INVERTED.fullmatch(part):
        family, given = found.groups()
    else:
        return None
    words = part if part.isascii() else to_ascii(part)
    if not _NOT_PLAIN.isdisjoint(_INITIAL.sub("", words.lower()).replace(",", "").split()):
        return None
    return Name(family=family, given=given)

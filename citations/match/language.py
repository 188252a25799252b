"""Which language a title is in, as far as its words tell; only what can be told is used, never what is missing."""

from __future__ import annotations

import re

from citations.match.title import words

_ENDING = re.compile(
    r"(?:ing|ions?|ness|ity|ities|ments?|ance|ence|ship|able|ible|ical|ics?|ous|ful|less|ly|ed|i[sz]ed|ism|ware|works?|ive"
    r"|ural|ies|ages?|ogy)\Z"
)
"""Endings that English titles are full of."""
_FOREIGN_ENDING = re.compile(
    r"(?:iques?|aux|eux|euse|aire|ungen|ung|keit|heit|lich|isch|ischen|ischer|cion|ciones|zione|zioni|mento|acao|dade|asi|lari)\Z"
)
_PLAIN = frozenset(
    {"and", "are", "for", "from", "how", "of", "the", "to", "towards", "under", "using", "via", "what", "with"}
)
"""Small words that no other language has."""
_ENGLISH_WORDS = (
    "a an and are as at by can do does for from how is it its not on or the their this to toward towards using via what when "
    "where which why with without new deep large small data model models graph image images text language learning "
    "network networks neural human self free based driven aware"
)
_FOREIGN_WORDS = (
    "zur zum der die das und von fur uber mit auf ein eine bei aus de la le les des du et sur pour dans une el los las del y "
    "il lo della dei delle sulla nel do da dos uma het een van voor w z dla dan yang dari pada ve ile bir pro na"
)
_ENGLISH, _FOREIGN = frozenset(_ENGLISH_WORDS.split()), frozenset(_FOREIGN_WORDS.split())
_ENOUGH = 0.25
_TELLING_LETTERS = 4
_ABBREVIATION = re.compile(r"[A-Z][A-Za-z]?[A-Z]")
_EVERYWHERE_WORDS = (
    "neural network networks learning deep model models data based using efficient analysis method methods study system systems "
    "approach towards toward with from under over into between through within without about their large small improved "
    "improving novel framework general"
)
_EVERYWHERE = frozenset(_EVERYWHERE_WORDS.split())
_SUBJECT_WORDS = 3
_STEM = 5
KEPT_BY_VERSIONS = 2
"""So many telling words stay at least when a work gets another title in the same language."""


def reads_as_english(title: str) -> bool:
    """Whether enough words are English by their form, none belongs to another language, and no letter either.

    >>> reads_as_english("Efficient quantization of neural networks")
    True
    >>> reads_as_english("Pengaruh suhu terhadap pertumbuhan")
    False
    """
    parts = words(title)
    foreign = _FOREIGN.intersection(parts) or any(_FOREIGN_ENDING.search(word) for word in parts)
    if not parts or not title.isascii() or foreign:
        return False
    english = sum(word in _ENGLISH or bool(_ENDING.search(word)) for word in parts)
    return bool(_PLAIN.intersection(parts)) or english / len(parts) >= _ENOUGH


def unrelated_in_english(one: str, other: str) -> bool:
    """Whether two titles have at most one telling word in common and no translation explains it: both are English."""
    shared = telling(one) & telling(other)
    return len(shared) < KEPT_BY_VERSIONS and reads_as_english(one) and reads_as_english(other)


def telling(title: str) -> set[str]:
    """The words of a title that are long enough to say what it is about."""
    return {word for word in words(title) if len(word) >= _TELLING_LETTERS}


def about_other_things(one: str, other: str) -> bool:
    """Whether two English titles name no subject in common, not even by words of one stem, and each names some.

    Words that stand in half of all titles name none. A title with an abbreviation in capitals may be a nickname.

    >>> about_other_things("Neural architecture search under constraints", "Sign language retrieval by deep learning")
    True
    """
    if not (reads_as_english(one) and reads_as_english(other)) or _ABBREVIATION.search(one):
        return False
    mine, yours = (telling(title) - _EVERYWHERE for title in (one, other))
    if min(len(mine), len(yours)) < _SUBJECT_WORDS:
        return False
    return {word[:_STEM] for word in mine}.isdisjoint(word[:_STEM] for word in yours)

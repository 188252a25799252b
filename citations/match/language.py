"""Which language a title is in, as far as its words tell; only what can be told is used, never what is missing."""

from __future__ import annotations

import re

_ENDING = re.compile(
    r"(?:ing|ions?|ness|ity|ities|ments?|ance|ence|ship|able|ible|ical|ics?|ous|ful|less|ly|ed|i[sz]ed|ism|ware|works?|ive"
    r"|ural|ies|ages?|ogy)\Z"
)
"""Endings that English titles are full of."""
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
_MOSTLY = 0.5


def reads_as_english(words: tuple[str, ...], title: str) -> bool:
    """Whether half of the words are English by their form, none belongs to another language, and no letter either.

    >>> reads_as_english(("efficient", "quantization", "of", "neural", "networks"), "Efficient quantization of neural networks")
    True
    >>> reads_as_english(("pengaruh", "suhu", "terhadap", "pertumbuhan"), "Pengaruh suhu terhadap pertumbuhan")
    False
    """
    if not words or not title.isascii() or _FOREIGN.intersection(words):
        return False
    english = sum(word in _ENGLISH or bool(_ENDING.search(word)) for word in words)
    return english / len(words) >= _MOSTLY

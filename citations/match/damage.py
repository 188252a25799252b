"""Printed words that were damaged on their way: letters lost by a PDF's fonts or misread from a scan."""

from __future__ import annotations

import re
from functools import lru_cache

from citations.titles import title_key

_LOST = r"(?:\(cid:\d{1,5}\)|[\ufffd\u25a1\u25af\ue000-\uf8ff])"
"""What extraction leaves where a font gave no letter: replacement signs, boxes, private use, numbers of glyphs."""
_LOST_IN_WORD = re.compile(rf"[^\W\d_]{_LOST}|{_LOST}[^\W\d_]")
_HOLE = re.compile(_LOST)
_DIGIT_IN_WORD = re.compile(r"\b(?=[a-z01]{4,}\b)[a-z]+[01][a-z]+\b|\b[A-Z][a-z]+[01][a-z]+\b")
_MISREAD_WORD = re.compile(
    r"(?i)\b(?:joumals?|intemational|govemment|leaming|pattems?|westem|eastem|modemi[sz]\w+|tbe|wbich)\b"
)
_RUN_TOGETHER = re.compile(r"[A-Za-z]{36,}")
_LINK = re.compile(r"(?i)\b(?:https?://|www\.|doi:|10\.\d{4,9}/)\S+")
_LETTERS_IN_A_HOLE = 3
_ALIKE = str.maketrans({"1": "l", "i": "l", "0": "o"})
_STROKES = re.compile("[mnr]+")


def damaged(text: str) -> str:
    r"""What is visibly damaged in the words of a printed text, as a phrase; empty where nothing is.

    >>> damaged("Deep le\ufffdrning of patterns"), damaged("The p53 gene and CO2 in COVID-19")
    ('letters are lost', '')
    """
    text = _LINK.sub(" ", text)
    if _LOST_IN_WORD.search(text):
        return "letters are lost"
    misread = len(_DIGIT_IN_WORD.findall(text)) + 2 * len(_MISREAD_WORD.findall(text))
    if misread > 1:
        return "letters are misread"
    return "the blanks between words are lost" if _RUN_TOGETHER.search(text) else ""


@lru_cache(maxsize=4096)
def misread(cited: str, registered: str) -> bool:
    """Whether the cited title is the registered one with letters misread or lost.

    Swaps that scanning makes (``rn`` for ``m``, ``1`` and ``I`` for ``l``, ``0`` for ``o``) always count; strokes that
    ran into each other, and letters that are missing, only in a text that shows its damage.

    >>> misread("Modem leaming of pattems", "Modern learning of patterns"), misread("Normal agents", "Moral agents")
    (True, False)
    """
    ours, theirs = title_key(_HOLE.sub("", cited)), title_key(registered)
    if not ours or not theirs:
        return False
    if _as_scanned(ours) == _as_scanned(theirs):
        return True
    if not damaged(cited):
        return False
    if _STROKES.sub("m", _as_scanned(ours)) == _STROKES.sub("m", _as_scanned(theirs)):
        return True
    holes = len(_HOLE.findall(cited))
    return 0 < len(theirs) - len(ours) <= holes * _LETTERS_IN_A_HOLE and _within(ours, theirs)


def _as_scanned(key: str) -> str:
    return key.translate(_ALIKE).replace("rn", "m").replace("vv", "w")


def _within(short: str, long: str) -> bool:
    """Whether all letters of one stand in the other in the same order."""
    letters = iter(long)
    return all(letter in letters for letter in short)

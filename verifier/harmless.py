"""Text from outside made harmless for a terminal: nothing moves the cursor, hides words or turns their direction. Pure.

A leaf: everything that prints goes through here, so that a file name is as harmless as a title.
"""

from __future__ import annotations

import re
import unicodedata

_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})


def inline(text: str, limit: int = 300) -> str:
    r"""Hostile text as one harmless line: control, format and direction characters gone, blanks collapsed, cut.

    >>> inline("refs.bib\x1b]0;owned\x07\nno problems")
    'refs.bib ]0;owned no problems'
    """
    line = re.sub(r"\s+", " ", _visible(text[: limit * 4], keep="")).strip()
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def lines(text: str) -> str:
    """Hostile text with its lines and tabs, and without what could move the cursor or hide words."""
    return _visible(text, keep="\n\t")


def paired(text: str) -> str:
    r"""The text with halves of characters put together, and lone ones replaced, which nothing can write, hash or look up.

    JSON can escape a half, and a server may send the other one in its next event.

    >>> paired("\ud83c\udf0d"), paired("a\ud83c")
    ('🌍', 'a\ufffd')
    """
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def _visible(text: str, keep: str) -> str:
    if text.isascii() and text.isprintable():
        return text
    return "".join(each if each in keep or not _is_hidden(each) else " " for each in text)


def _is_hidden(character: str) -> bool:
    return not character.isprintable() or unicodedata.category(character) in _HIDDEN

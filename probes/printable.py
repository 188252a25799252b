"""Text that a stranger wrote, made fit for a terminal."""

from __future__ import annotations

import unicodedata


def printable(text: str) -> str:
    r"""Without what would move a terminal's cursor or change the order of letters; line breaks and tabs stay.

    >>> printable("fine\x1b[2J")
    'fine[2J'
    """
    return "".join(each for each in text if each in "\n\t" or unicodedata.category(each) not in {"Cc", "Cf", "Cs"})

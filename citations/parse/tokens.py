"""Repair the print of a reference and cut it into the pieces that carry labels."""

from __future__ import annotations

import re

_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff\u0001-\u0008\u000e-\u001f]")
_LIGATURES = str.maketrans({"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"})
_LOST_LIGATURE = re.compile("(\\w{0,30})\x00+(?=(\\w?))")
_BLANK_BEFORE_STOP = re.compile(r"(?<=[^\W_]|[)\]”\"’.]) +([,;:.)\]]+)(?![\w]*\.\w)")
_LOOSE_STOP = re.compile(r" [,;:.)\]]")
"""Cheap to look for, and part of whatever ``_BLANK_BEFORE_STOP`` finds."""

_BROKEN_WORD = re.compile(r"(?<=[^\W\d_])[-‐] (?!(?:and|or|und|oder|bis|et|ou|y|to|vs)\b)(?=[a-zà-ÿ])")
_LOST_BLANK = re.compile(r"(?<=[^\W\d_A-Z]{3}[.?!])(?=[A-Z][a-z]+[ ,.]|[A-Z]{1,6}[ .,])")
_EMPHASIS = re.compile(r"(?<![\w*])\*{1,3}(?=\S)|(?<=\S)\*{1,3}(?![\w*])|(?<!\w)_(?=\S)|(?<=\S)_(?!\w)")
_PIECE = re.compile(
    r"(?:https?://|www\.|doi:|10\.\d{4,9}/|arxiv:)\S+"
    r"|[(\[{<“”\"«„‘'‚（《]*(?:[^\s,;:()\[\]{}“”\"«»„/。，、：；《》（）]|(?<!\.)/)+[^\w\s(\[{“„«《（]*"
    r"|[^\w\s]+",
    re.IGNORECASE,
)


def _ligature(damaged: re.Match[str]) -> str:
    r"""Two letters for a NUL that a font made of a ligature: ``Ho\x00mann``, ``de\x00nition``, ``di\x00erent``."""
    before, after = damaged[1], damaged[2]
    if not before and not after:
        return ""
    doubled = before[:1].isupper() or (before and after in "aeiou")
    return before + ("ff" if doubled else "fi")


def mend(raw: str) -> str:
    r"""One line of text without the damage of typesetting and PDF: layout, invisible characters, lost ligatures, emphasis.

    >>> mend("**Ho\x00mann**, M. Work\u00ading in an of- fice ,1999")
    'Hoffmann, M. Working in an of-fice, 1999'
    """
    text = _LOST_LIGATURE.sub(_ligature, raw) if "\x00" in raw else raw
    if not text.isprintable():
        text = _INVISIBLE.sub("", text)
    if not text.isascii():
        text = text.translate(_LIGATURES)
    text = " ".join(text.split())
    if "``" in text or "''" in text:
        text = text.replace("``", "“").replace("''", "”")
    if "*" in text or "_" in text:
        text = _EMPHASIS.sub("", text)
    if _LOOSE_STOP.search(text):
        text = _BLANK_BEFORE_STOP.sub(r"\1 ", text)
    if "://" not in text:
        text = _LOST_BLANK.sub(" ", text)
    if "- " in text or "‐ " in text:
        text = _BROKEN_WORD.sub("-", text)
    return " ".join(text.split())


def pieces(text: str) -> list[re.Match[str]]:
    """The words of mended text with the punctuation that clings to them, in order; numbers are cut at colons and brackets.

    >>> [piece[0] for piece in pieces("Surv. Geophys., 29(3):187–220.")]
    ['Surv.', 'Geophys.,', '29', '(3):', '187–220.']
    """
    return list(_PIECE.finditer(text))

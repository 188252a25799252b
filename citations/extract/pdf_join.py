"""Joins the printed lines of one entry into running text: hyphens of line breaks go, hyphens of writers stay."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence

BROKEN_WORD = re.compile(r"([^\W\d_]{1,})[-‐]$")
NEXT_WORD = re.compile(r"([^\W\d_]+)")
ADDRESS = re.compile(r"(?:https?://|www\.|\b10\.\d{4,9}/|doi:|arXiv:|ftp://)\S*$", re.IGNORECASE)
ADDRESS_GOES_ON = re.compile(r"[\w./?=&%#~+:;()<>\-]+$")
WORDS = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
COMPOUNDS = frozenset(
    [
        "self",
        "non",
        "multi",
        "cross",
        "high",
        "low",
        "large",
        "small",
        "long",
        "short",
        "well",
        "real",
        "time",
        "data",
        "human",
        "state",
        "end",
        "first",
        "second",
        "third",
        "two",
        "three",
        "one",
        "four",
        "zero",
        "few",
        "many",
        "post",
        "pre",
        "anti",
        "co",
        "semi",
        "sub",
        "inter",
        "intra",
        "meta",
        "pseudo",
        "quasi",
        "ultra",
        "micro",
        "macro",
        "open",
        "closed",
        "fine",
        "coarse",
        "deep",
        "light",
        "heavy",
        "single",
        "double",
        "full",
        "half",
        "part",
        "user",
        "machine",
        "computer",
        "knowledge",
        "object",
        "event",
        "energy",
        "cost",
        "decision",
        "model",
        "task",
        "question",
        "attention",
        "graph",
        "text",
        "image",
        "speech",
        "video",
        "audio",
        "case",
        "context",
        "domain",
        "language",
        "evidence",
        "community",
        "population",
        "wide",
        "narrow",
        "fast",
        "slow",
        "hard",
        "soft",
        "near",
        "far",
        "left",
        "right",
        "top",
        "bottom",
        "in",
        "on",
        "off",
        "out",
        "up",
        "down",
        "over",
        "under",
        "all",
        "any",
        "each",
    ]
)
"""First halves that usually keep their hyphen."""


def vocabulary(text: str) -> Counter[str]:
    """How often each word, hyphens inside it included, stands in the text of a document, folded to lower case."""
    return Counter(word.casefold() for word in WORDS.findall(text))


def join(lines: Sequence[str], words: Mapping[str, int]) -> str:
    """One line of text from several printed ones.

    >>> join(["Human-", "centred infor-", "mation, https://doi.org/10.1000/a-", "b"], {"human-centred": 2})
    'Human-centred information, https://doi.org/10.1000/a-b'
    """
    text = ""
    for line in lines:
        if not text:
            text = line
        elif address := ADDRESS.search(text):
            text += ("" if _address_goes_on(address.group(), line) else " ") + line
        elif broken := BROKEN_WORD.search(text):
            text = _mended(text, broken, line, words)
        else:
            text += ("" if text.endswith(("–", "/")) and line[:1].isdigit() else " ") + line
    return text


def _mended(text: str, broken: re.Match[str], line: str, words: Mapping[str, int]) -> str:
    """Text and line with the hyphen between them kept or dropped."""
    following = NEXT_WORD.match(line)
    if not following:
        return text + line
    first, second = broken[1], following[1]
    if second[0].isupper() or first.isupper():
        return text + line
    whole, parted = (first + second).casefold(), f"{first}-{second}".casefold()
    if words.get(whole, 0) < words.get(parted, 0):
        return text + line
    if words.get(whole, 0) == 0 and first.casefold() in COMPOUNDS and words.get(second.casefold(), 0) > 0:
        return text + line
    return text[: broken.end(1)] + line


def _address_goes_on(address: str, line: str) -> bool:
    """Whether an address at the end of a line goes on with the next."""
    token = line.split(" ", 1)[0]
    if not ADDRESS_GOES_ON.match(token.rstrip(".,;")) or ADDRESS.match(token):
        return False
    if address.endswith(("/", "-", "_", "=", "?", "&", "%", "#", ":")):
        return True
    if address.endswith((".", ",", ";", ")", "]")):
        return (
            address.endswith(".") and bool(re.match(r"\d", token)) and not re.match(r"(?:19|20)\d\d\b|\d+\.?$", token)
        )
    return bool(re.search(r"[\d/_=]", token)) and not re.match(r"\(?(?:19|20)\d\d\b|\[|\(|\d{1,3}[.,)]", token)

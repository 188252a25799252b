"""Joins the printed lines of one entry into running text: hyphens of line breaks go, hyphens of writers stay."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence

BROKEN_WORD = re.compile(r"([^\W\d_]{1,})[-‐]$")
NEXT_WORD = re.compile(r"([^\W\d_]+)")
ADDRESS = re.compile(r"(?:https?://|www\.|\b10\.\d{4,9}/|doi:|arXiv:|ftp://)\S*$", re.IGNORECASE)
HOST_ONLY = re.compile(r"(?:https?://|www\.)[\w\-]+(?:\.[\w\-]+)?\.$", re.IGNORECASE)
SHORT_ARXIV = re.compile(r"arXiv:\d{4}(?:\.\d{0,3})?$", re.IGNORECASE)
STANDS_ALONE = re.compile(
    r"\(?(?:1[5-9]|20)\d\d[a-z]?\b(?![./]\w)|[\[(]|\d{1,3}[.,;:)]*$|(?:accessed|retrieved|available|pp?\.|vol\.)",
    re.IGNORECASE,
)
"""What begins a new piece behind a complete address."""

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


TAILS = frozenset(
    [
        "aware",
        "based",
        "bound",
        "case",
        "centered",
        "centred",
        "class",
        "coupled",
        "dependent",
        "dimensional",
        "driven",
        "end",
        "field",
        "free",
        "friendly",
        "grained",
        "group",
        "guided",
        "independent",
        "induced",
        "informed",
        "intensive",
        "language",
        "level",
        "like",
        "line",
        "linear",
        "making",
        "many",
        "mediated",
        "model",
        "modal",
        "negative",
        "new",
        "new-type",
        "order",
        "oriented",
        "out",
        "pair",
        "partisan",
        "path",
        "phase",
        "positive",
        "range",
        "rank",
        "related",
        "resolution",
        "resource",
        "rich",
        "round",
        "scale",
        "sectional",
        "sequence",
        "set",
        "shot",
        "sided",
        "source",
        "space",
        "specific",
        "stage",
        "standing",
        "state",
        "step",
        "structured",
        "style",
        "supervised",
        "term",
        "text",
        "time",
        "to",
        "training",
        "type",
        "up",
        "wide",
        "wise",
        "world",
        "year",
    ]
)
"""Second halves that usually keep their hyphen."""

LOOSE_HYPHEN = re.compile(r"(?<=[a-zß-ÿ]) [-‐]$")
BROKEN = re.compile(r"\S*-\s*\n\S*")


def vocabulary(text: str) -> Counter[str]:
    """How often each word, hyphens inside it included, stands in a text, folded; words broken at a line end are left out."""
    return Counter(word.casefold() for word in WORDS.findall(BROKEN.sub(" ", text)))


def join(lines: Sequence[str], words: Mapping[str, int]) -> str:
    """One line of text from several printed ones.

    >>> join(["Human-", "centred infor-", "mation, https://doi.org/10.1000/a-", "b"], {"human-centred": 2})
    'Human-centred information, https://doi.org/10.1000/a-b'
    """
    text = ""
    for line in lines:
        text = LOOSE_HYPHEN.sub("-", text)
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
    whole, parted = words.get((first + second).casefold(), 0), words.get(f"{first}-{second}".casefold(), 0)
    if whole == parted:
        keep = second[0].isupper() or first.isupper() or _compound(first.casefold(), second.casefold(), words)
    else:
        keep = parted > whole
    return text + line if keep else text[: broken.end(1)] + line


def _compound(first: str, second: str, words: Mapping[str, int]) -> bool:
    """Whether two halves that never stand together elsewhere are a compound with its own hyphen."""
    return (first in COMPOUNDS and words.get(second, 0) > 0) or (second in TAILS and len(first) > 2)


def _address_goes_on(address: str, line: str) -> bool:
    """Whether an address at the end of a line goes on with the next."""
    token = line.split(" ", 1)[0]
    bare = token.rstrip(".,;)")
    if SHORT_ARXIV.search(address) and bare[:1].isdigit():
        return True
    if not bare or not ADDRESS_GOES_ON.match(bare) or STANDS_ALONE.match(token):
        return False
    if address.endswith(("/", "-", "_", "=", "?", "&", "%", "#", "~")):
        return True
    if ADDRESS.match(token):
        return False
    if address.endswith("."):
        return bool(HOST_ONLY.search(address) or re.search(r"\w[./]\w|^\d{3,}", bare)) and not bare[0].isupper()
    return (
        not address.endswith((",", ";", ":", ")", "]"))
        and bool(re.search(r"\d|[/_=]|\w\.\w", bare))
        and not bare[0].isupper()
    )

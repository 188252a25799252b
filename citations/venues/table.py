"""The known venues from ``venues.json``, arranged for looking up, and names without words that tell nothing."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from citations.markup import to_ascii

_LITTLE_WORDS = "of the and in on for at to de la le les des du et der die das fur und an"
_LITTLE = frozenset(_LITTLE_WORDS.split())
_BOILERPLATE_WORDS = (
    "annual annu proceedings proc ieee acm cvf usenix ifip section sect series ser full papers long short main"
)
_BOILERPLATE = frozenset(_BOILERPLATE_WORDS.split())
_NOT_INSIDE = frozenset({"Association for Computational Linguistics", "Human Language Technologies"})
"""Publishers and labels that follow the name of another venue."""
_WORD = re.compile(r"[a-z0-9*]+")


@dataclass(frozen=True, slots=True)
class VenueTable:
    """The known venues, arranged for looking up."""

    kinds: dict[str, str]
    exact: dict[str, str]
    """Cleaned name to key."""
    phrases: dict[str, list[tuple[tuple[str, ...], str]]]
    """First two words of a long conference name to the names that begin so, longest first."""
    acronyms: dict[str, str]
    """Conference acronyms as printed."""
    initials: dict[str, list[tuple[tuple[str, ...], str]]]
    """First letters of the words of a name to the words, for abbreviated names."""
    words: dict[str, frozenset[str]]
    """All words of all names of a venue."""
    related: frozenset[frozenset[str]]


def clean(text: str) -> tuple[str, ...]:
    """Lower-case words without little words, boilerplate and sponsors; a sponsor at the end belongs to the name."""
    words = [word for word in _WORD.findall(text.lower().replace("computer society", "")) if word not in _LITTLE]
    kept = tuple(
        word
        for i, word in enumerate(words)
        if word not in _BOILERPLATE or (i and word in {"acm", "ieee"} and i == len(words) - 1)
    )
    return tuple(words) if not kept or kept in {("acm",), ("ieee",)} else kept


def abbreviates(a: tuple[str, ...], b: tuple[str, ...]) -> bool:
    """Whether each word of one name begins or contracts the word of the other."""
    return len(a) == len(b) > 1 and all(short_for(x, y) or short_for(y, x) for x, y in zip(a, b, strict=True))


def short_for(short: str, long: str) -> bool:
    """``chem`` for ``chemical``, ``natl`` for ``national``; any word for itself."""
    if long.startswith(short):
        return True
    if len(short) < 3 or short[0] != long[0] or len(short) > len(long):
        return False
    letters = iter(long)
    return all(letter in letters for letter in short)


@lru_cache(maxsize=1)
def known_venues() -> VenueTable:
    """The table of known venues, read once."""
    data = json.loads(files("citations").joinpath("venues.json").read_text(encoding="utf-8"))
    exact: dict[str, str] = {}
    phrases: defaultdict[str, list[tuple[tuple[str, ...], str]]] = defaultdict(list)
    acronyms: dict[str, str] = {}
    initials: defaultdict[str, list[tuple[tuple[str, ...], str]]] = defaultdict(list)
    words_of: dict[str, frozenset[str]] = {}
    for key, venue in data["venues"].items():
        for name in (*venue["names"], key):
            words = clean(to_ascii(name).replace("&", " and "))
            exact.setdefault(name if name.startswith("\\") else " ".join(words), key)
            words_of[key] = words_of.get(key, frozenset()) | frozenset(words)
            if venue["kind"] == "conference" and len(words) > 2 and name not in _NOT_INSIDE:
                phrases[f"{words[0]} {words[1]}"].append((words, key))
            if len(words) > 1:
                initials["".join(word[0] for word in words)].append((words, key))
            if (
                len(words) == 1
                and len(name) > 2
                and sum(letter.isupper() for letter in name) > 1
                and venue["kind"] == "conference"
            ):
                acronyms[name] = key
    for names in phrases.values():
        names.sort(key=lambda each: -len(each[0]))
    related = frozenset(frozenset((left, right)) for group in data["related"] for left in group for right in group)
    kinds = {key: venue["kind"] for key, venue in data["venues"].items()}
    return VenueTable(kinds, exact, dict(phrases), acronyms, dict(initials), words_of, related)

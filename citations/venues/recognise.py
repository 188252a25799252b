"""What venue a printed name means: years, ordinals, sponsors and volumes set aside, known names found inside."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from citations.markup import plain_text, to_ascii
from citations.venues.table import VenueTable, abbreviates, clean, known_venues

_CACHE_SIZE = 8192
_MAX_CHARS = 400

_MACRO = re.compile(r"\\([a-z]{2,8})\b")
_ORDINAL = (
    r"(?:(?:twenty|thirty|forty|fifty|sixty)[- ]?)?(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth|"
    r"(?:thir|four|fif|six|seven|eigh|nine)teenth|(?:twent|thirt|fort|fift|sixt)ieth)"
)
_NUMBERS = re.compile(
    rf"(?<![\w.])(?:(?:19|20)\d\d|['’]?\d\d|\d+(?:st|nd|rd|th)?|{_ORDINAL})(?![\w.])|(?<=[a-z])['’]\d\d\b|(?<=[A-Za-z])-?(?:19|20)\d\d\b",
    re.IGNORECASE,
)
_LEADING = re.compile(r"^\s*(?:published\s+)?(?:in\s*:\s*|in\s+(?=proc|the|adv))?", re.IGNORECASE)
_TAIL = re.compile(
    r"[,(]?\s*\b(?:[Vv]ol(?:ume)?|[Nn]o(?=\.)|[Pp]p?(?=\.)|[Pp]ages|[Ii]ssue|[Aa]rticle|[Pp]art)\b\.?\s*\(?(?:\d|[IVX]+\b).*$"
)
_BROKEN = re.compile(r"(?<![A-Za-z])([A-Za-z]{2,})-([a-z]{2,})(?![A-Za-z])")
_LOST = re.compile("\\b\\w{0,2}\ufffd+\\w{0,2}\\b")
_COUNTRY = re.compile(
    r"(?<=[a-z.])\s+(?:of the )?(?:u\.?\s?s\.?\s?a|united states of america|u\.?\s?k)$", re.IGNORECASE
)
_TRACK = re.compile(
    r"\b(?:workshops?|wksp|findings|tutorials?|companion|adjunct|demonstrations?|demos?|student research|extended abstracts|doctoral|shared tasks?|"
    r"late[- ]breaking|posters?|datasets and benchmarks|industr(?:y|ial) (?:track|papers)|tiny papers|blog ?posts?|special session)\b",
    re.IGNORECASE,
)
_GOES_ON = re.compile(r"\s+and\s+(?!the\b|\d|(?:Annual|Biennial|International|Joint)\b)(?=[A-Z][a-z])")
_CONTINUED = "andalso"
_SERVER = re.compile(r"\b(arxiv|biorxiv|medrxiv|chemrxiv|psyarxiv|socarxiv|techrxiv|eartharxiv|ssrn)\b", re.IGNORECASE)
_CORR = re.compile(r"\bCoRR\b|\bcorr\s*,?\s*abs\b|^\s*abs/\d")
_ACRONYM = re.compile(r"(?<![A-Za-z])[A-Za-z*][A-Za-z*]*[A-Z][A-Za-z*]*(?![a-z])")


@dataclass(frozen=True, slots=True)
class Venue:
    """What is known about a printed venue."""

    keys: frozenset[str]
    """Known venues it names; a joint conference names two."""
    track: bool
    """Whether it is a workshop, Findings, a demo track and the like."""
    words: tuple[str, ...]
    text: str


def venue_key(venue: str) -> str:
    """Short canonical name of a known venue, else its folded words without year, ordinal and "proceedings of the".

    >>> venue_key("Advances in Neural Information Processing Systems 33"), venue_key("Proc. 5th Meeting on Foo Bar, 2019")
    ('neurips', 'meeting foo bar')
    """
    recognised = recognise(venue)
    return min(recognised.keys) if recognised.keys else " ".join(recognised.words)


def is_preprint_server(venue: str) -> bool:
    """Whether the venue is a preprint server and nothing else.

    >>> is_preprint_server("arXiv preprint arXiv:1706.03762"), is_preprint_server("Nature")
    (True, False)
    """
    keys = recognise(venue).keys
    return bool(keys) and all(known_venues().kinds[key] == "preprint" for key in keys)


@lru_cache(maxsize=_CACHE_SIZE)
def recognise(venue: str) -> Venue:
    """The known venues a printed name means, and its words; the same object for the same text."""
    text = _prepared(venue)
    words = clean(text)
    server = _SERVER.search(text)
    keys = {server[1].lower()} if server else set()
    if not keys and _CORR.search(text):
        keys = {"arxiv"}
    rest = text
    if not keys or len(words) > 6:
        found, rest = _known_names(text, words, known_venues())
        keys |= found
    return Venue(frozenset(keys), bool(_TRACK.search(rest)), words, text)


def _prepared(venue: str) -> str:
    """The venue without markup, years, ordinals, volume and pages; macros of astronomers spelt out."""
    venue = venue[:_MAX_CHARS]
    macro = _MACRO.fullmatch(venue.strip(" {}"))
    if macro and (key := known_venues().exact.get("\\" + macro[1])):
        venue = key
    text = to_ascii(_LOST.sub(" ", plain_text(venue))).replace("&", " and ")
    text = _BROKEN.sub(_rejoined, text) if "-" in text else text
    text = _TAIL.sub("", _LEADING.sub("", text)) or text
    return _COUNTRY.sub("", _NUMBERS.sub(" ", text).strip(" ,.;:-"))


def _rejoined(found: re.Match[str]) -> str:
    """A word of a known venue that was broken at the end of a line, put together again: ``Proceed-ings``."""
    return found[1] + found[2] if (found[1] + found[2]).lower() in _venue_words() else found[0]


@lru_cache(maxsize=1)
def _venue_words() -> frozenset[str]:
    return frozenset({"proceedings", "annual"}).union(*known_venues().words.values())


def _known_names(text: str, words: tuple[str, ...], table: VenueTable) -> tuple[set[str], str]:
    """Keys of the known venues in the text, and the text without their names."""
    key = table.exact.get(" ".join(words)) or _abbreviated(words, table)
    if key:
        return {key}, ""
    for part in _parts(text):
        known = table.exact.get(" ".join(clean(part)))
        if known and len(part) > 1:
            return {known}, text.replace(part, " ")
    keys = {table.acronyms[found] for found in _ACRONYM.findall(text) if found in table.acronyms}
    found, rest = _phrases(text, table)
    return keys | found, rest


def _parts(text: str) -> Iterator[str]:
    """Parts of the name that may stand for it: without brackets, inside them, before a comma or colon, without track."""
    outside = re.sub(r"[(\[][^)\]]*[)\]]", " ", text)
    if outside != text:
        yield outside
    yield from re.findall(r"[(\[]([^)\]]{2,60})[)\]]", text)
    track_free = _TRACK.sub(" ", text)
    if track_free != text:
        yield re.sub(r"^\s*(?:of|on|at)\b", " ", track_free)
        yield from re.findall(r"\b(?:at|@|of)\s*([A-Z][\w*-]+)", text)
    for separator in (": ", ", ", " - ", " -- "):
        if separator in text:
            yield from text.split(separator)[:2]
    if "/" in text and len(text.split()) < 4:
        yield from text.split("/")


def _phrases(text: str, table: VenueTable) -> tuple[set[str], str]:
    """Known long names inside a longer text, longest first; the text is returned without their words.

    A name that goes on ("International Conference on Machine Learning and Applications") is another one.
    """
    words: list[str] = []
    continued: set[int] = set()
    for word in clean(_GOES_ON.sub(f" {_CONTINUED} ", text)):
        if word == _CONTINUED:
            continued.add(len(words))
        else:
            words.append(word)
    keys: set[str] = set()
    rest: list[str] = []
    i = 0
    while i < len(words):
        for phrase, key in table.phrases.get(" ".join(words[i : i + 2]), ()):
            end = i + len(phrase)
            if tuple(words[i:end]) == phrase and end not in continued:
                keys.add(key)
                i = end
                break
        else:
            rest.append(words[i])
            i += 1
    return keys, " ".join(rest) if keys else text


def _abbreviated(words: tuple[str, ...], table: VenueTable) -> str:
    """The known venue whose name these words abbreviate, if there is exactly one."""
    if len(words) < 2:
        return ""
    offered = table.initials.get("".join(word[0] for word in words), ())
    keys = {key for name, key in offered if abbreviates(words, name)}
    return keys.pop() if len(keys) == 1 else ""

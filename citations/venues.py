"""Venues: one name for the many spellings of a journal or conference, and how two venues relate.

``venues.json`` lists the known ones with their names; abbreviated words ("J. Am. Chem. Soc.") are read by a rule.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from importlib.resources import files

from citations.markup import plain_text, to_ascii

_CACHE_SIZE = 8192
_MAX_CHARS = 400


class VenueRelation(StrEnum):
    """How two venues relate."""

    SAME = "same"
    RELATED = "related"
    """A workshop, track or companion volume of the other, or a preprint server or series beside a published venue."""
    DIFFERENT = "different"
    UNKNOWN = "unknown"
    """Cannot be told; never a finding."""


_MACRO = re.compile(r"\\([a-z]{2,8})\b")
_ORDINAL = (
    r"(?:(?:twenty|thirty|forty|fifty|sixty)[- ]?)?(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth|"
    r"(?:thir|four|fif|six|seven|eigh|nine)teenth|(?:twent|thirt|fort|fift|sixt)ieth)"
)
_NUMBERS = re.compile(rf"(?<![\w.])(?:(?:19|20)\d\d|['’]?\d\d|\d+(?:st|nd|rd|th)?|{_ORDINAL})(?![\w.])|(?<=[a-z])['’]\d\d\b|(?<=[A-Za-z])-?(?:19|20)\d\d\b", re.IGNORECASE)
_LEADING = re.compile(r"^\s*(?:published\s+)?(?:in\s*:\s*|in\s+(?=proc|the|adv))?", re.IGNORECASE)
_TAIL = re.compile(r"[,(]?\s*\b(?:vol(?:ume|\.)?|no\.?|pp\.?|pages|issue|article|ser(?:ies|\.)?|part)\s*\(?[\dIVX:.-]+.*$", re.IGNORECASE)
_LOST = re.compile("\\b\\w{0,2}\ufffd+\\w{0,2}\\b")
_COUNTRY = re.compile(r"(?<=[a-z.])\s+(?:of the )?(?:u\.?\s?s\.?\s?a|united states of america|u\.?\s?k)$", re.IGNORECASE)
_WORD = re.compile(r"[a-z0-9*]+")
_TRACK = re.compile(
    r"\b(?:workshops?|wksp|findings|tutorials?|companion|adjunct|demonstrations?|demos?|student research|extended abstracts|doctoral|shared tasks?|"
    r"late[- ]breaking|posters?|datasets and benchmarks|industr(?:y|ial) (?:track|papers)|tiny papers|blog ?posts?|special session)\b",
    re.IGNORECASE,
)
_SERVER = re.compile(r"\b(arxiv|biorxiv|medrxiv|chemrxiv|psyarxiv|socarxiv|techrxiv|eartharxiv|ssrn)\b", re.IGNORECASE)
_CORR = re.compile(r"\bCoRR\b|\bcorr\s*,?\s*abs\b|^\s*abs/\d")
_ACRONYM = re.compile(r"(?<![A-Za-z])[A-Za-z*][A-Za-z*]*[A-Z][A-Za-z*]*(?![a-z])")

_STOP = frozenset(
    "of the and in on for at to de la le les des du et der die das fur und e a an annual proceedings proc "
    "ieee acm cvf usenix ifip section sect series ser conf full papers long short main".split()
)
_GENERIC = frozenset(
    "international conference symposium workshop journal transactions letters annals review reviews advances congress "
    "national european american asian annual proceedings research science sciences computer computing applied applications society association "
    "technology technologies theory systems studies bulletin quarterly archives magazine british world global joint series meeting".split()
)
_TYPED = re.compile(r"\b(?:conference|symposium|transactions|journal|annals|congress|colloquium)\b", re.IGNORECASE)
_SERIES_PUBLISHER = re.compile(r"\b(?:springer|elsevier|wiley|press|publish\w*|verlag|university|lecture notes|book)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Table:
    """The known venues, arranged for looking up."""

    kinds: dict[str, str]
    exact: dict[str, str]
    """Cleaned name to key."""
    phrases: dict[tuple[str, str], list[tuple[tuple[str, ...], str]]]
    """First two words of a long conference name to the names that begin so, longest first."""
    acronyms: dict[str, str]
    """Conference acronyms as printed."""
    initials: dict[str, list[tuple[tuple[str, ...], str]]]
    """First letters of the words of a name to the words, for abbreviated names."""
    words: dict[str, frozenset[str]]
    """All words of all names of a venue."""
    related: frozenset[frozenset[str]]


@dataclass(frozen=True, slots=True)
class _Venue:
    """What is known about a printed venue."""

    keys: frozenset[str]
    """Known venues it names; a joint conference names two."""
    track: bool
    """Whether it is a workshop, Findings, a demo track and the like."""
    words: tuple[str, ...]
    text: str


def venue_key(venue: str) -> str:
    """Short canonical name of a known venue, else its folded words without year, ordinal and "proceedings of the".

    >>> venue_key("Advances in Neural Information Processing Systems 33"), venue_key("Proc. 5th Conf. on Foo Bar, 2019")
    ('neurips', 'foo bar')
    """
    recognised = _recognise(venue)
    return min(recognised.keys) if recognised.keys else " ".join(recognised.words)


def is_preprint_server(venue: str) -> bool:
    """Whether the venue is a preprint server and nothing else.

    >>> is_preprint_server("arXiv preprint arXiv:1706.03762"), is_preprint_server("Nature")
    (True, False)
    """
    keys = _recognise(venue).keys
    return bool(keys) and all(_table().kinds[key] == "preprint" for key in keys)


def compare_venues(cited: str, registered: str) -> VenueRelation:
    """How the cited venue relates to the registered one; symmetrical, and in doubt ``unknown``.

    >>> compare_venues("J. Am. Chem. Soc.", "Journal of the American Chemical Society").value
    'same'
    """
    a, b = _recognise(cited), _recognise(registered)
    if not a.words and not a.keys or not b.words and not b.keys:
        return VenueRelation.UNKNOWN
    if a.keys and b.keys:
        return _compare_known(a, b)
    if a.words == b.words:
        return VenueRelation.SAME if a.track == b.track else VenueRelation.RELATED
    kinds = {_table().kinds[key] for key in a.keys | b.keys}
    if "preprint" in kinds:
        return VenueRelation.RELATED
    if "series" in kinds:
        return VenueRelation.UNKNOWN
    if _abbreviates(a.words, b.words) or _acronym_of(a, b) or _acronym_of(b, a) or _nearly_equal(a.words, b.words):
        return VenueRelation.SAME if a.track == b.track else VenueRelation.RELATED
    return VenueRelation.DIFFERENT if _clearly_distinct(a, b) else VenueRelation.UNKNOWN


def _compare_known(a: _Venue, b: _Venue) -> VenueRelation:
    if a.keys & b.keys:
        return VenueRelation.SAME if a.track == b.track else VenueRelation.RELATED
    table = _table()
    kinds = {table.kinds[key] for key in a.keys | b.keys}
    pairs = {frozenset((left, right)) for left in a.keys for right in b.keys}
    if kinds & {"preprint", "series"} or pairs & table.related:
        return VenueRelation.RELATED
    return VenueRelation.DIFFERENT


@lru_cache(maxsize=_CACHE_SIZE)
def _recognise(venue: str) -> _Venue:
    text = _prepared(venue)
    words = _clean(text)
    table = _table()
    server = _SERVER.search(text)
    keys = {server[1].lower()} if server else set()
    if not keys and _CORR.search(text):
        keys = {"arxiv"}
    rest = text
    if not keys or len(words) > 6:
        found, rest = _known_names(text, words, table)
        keys |= found
    return _Venue(frozenset(keys), bool(_TRACK.search(rest)), words, text)


def _prepared(venue: str) -> str:
    """The venue without markup, years, ordinals, volume and pages; macros of astronomers spelt out."""
    venue = venue[:_MAX_CHARS]
    macro = _MACRO.fullmatch(venue.strip(" {}"))
    if macro and (key := _table().exact.get("\\" + macro[1])):
        venue = key
    text = to_ascii(_LOST.sub(" ", plain_text(venue))).replace("&", " and ")
    text = _TAIL.sub("", _LEADING.sub("", text)) or text
    return _COUNTRY.sub("", _NUMBERS.sub(" ", text).strip(" ,.;:-"))


def _clean(text: str) -> tuple[str, ...]:
    """Lower-case words without little words and sponsors."""
    words = tuple(_WORD.findall(text.lower().replace("computer society", "")))
    return tuple(word for word in words if word not in _STOP) or words


def _known_names(text: str, words: tuple[str, ...], table: _Table) -> tuple[set[str], str]:
    """Keys of the known venues in the text, and the text without their names."""
    key = table.exact.get(" ".join(words)) or _abbreviated(words, table)
    if key:
        return {key}, ""
    for part in _parts(text):
        key = table.exact.get(" ".join(_clean(part)))
        if key and len(part) > 1:
            return {key}, text.replace(part, " ")
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
    for separator in (": ", ", ", " - ", " -- ", "/"):
        if separator in text:
            yield from text.split(separator)[:2]


def _phrases(text: str, table: _Table) -> tuple[set[str], str]:
    """Known long names inside a longer text, longest first; the text is returned without their words."""
    words = _clean(text)
    keys: set[str] = set()
    rest: list[str] = []
    i = 0
    while i < len(words):
        for phrase, key in table.phrases.get(words[i : i + 2], ()):  # type: ignore[call-overload]
            if words[i : i + len(phrase)] == phrase:
                keys.add(key)
                i += len(phrase)
                break
        else:
            rest.append(words[i])
            i += 1
    return keys, " ".join(rest) if keys else text


def _abbreviated(words: tuple[str, ...], table: _Table) -> str:
    """The known venue whose name these words abbreviate, if there is exactly one."""
    if len(words) < 2:
        return ""
    offered = table.initials.get("".join(word[0] for word in words), ())
    keys = {key for name, key in offered if _abbreviates(words, name)}
    return keys.pop() if len(keys) == 1 else ""


def _abbreviates(a: tuple[str, ...], b: tuple[str, ...]) -> bool:
    """Whether each word of one name begins or contracts the word of the other."""
    return len(a) == len(b) > 1 and all(_short_for(x, y) or _short_for(y, x) for x, y in zip(a, b, strict=True))


def _short_for(short: str, long: str) -> bool:
    """``chem`` for ``chemical``, ``natl`` for ``national``; any word for itself."""
    if long.startswith(short):
        return True
    if len(short) < 3 or short[0] != long[0] or len(short) > len(long):
        return False
    letters = iter(long)
    return all(letter in letters for letter in short)


def _acronym_of(short: _Venue, long: _Venue) -> bool:
    """Whether one name is the first letters of the other, or stands in its brackets."""
    if len(short.words) != 1 or len(short.words[0]) < 3 or len(long.words) < 3:
        return False
    acronym = short.words[0]
    inside = re.search(rf"[(\[]\s*{re.escape(acronym)}\b", long.text, re.IGNORECASE)
    return bool(inside) or acronym == "".join(word[0] for word in long.words)


def _nearly_equal(a: tuple[str, ...], b: tuple[str, ...]) -> bool:
    """Whether the same words stand in both names but for one in four."""
    first, second = set(a), set(b)
    shared = first & second
    return len(shared - _GENERIC) > 1 and len(shared) * 4 >= 3 * max(len(first), len(second))


def _clearly_distinct(a: _Venue, b: _Venue) -> bool:
    """Whether both are complete English names that have nothing in common."""
    if a.track or b.track:
        return False
    content_a, content_b = _content(a), _content(b)
    if not content_a or not content_b:
        return False
    shared = sum(any(_short_for(x[:5], y) or _short_for(y[:5], x) for y in content_b) for x in content_a)
    if not a.keys and not b.keys:
        return shared == 0
    unknown = content_b if a.keys else content_a
    return shared <= 1 and shared * 3 <= len(unknown)


def _content(venue: _Venue) -> frozenset[str]:
    """Words that tell what the venue is about; none if the name is abbreviated, short or of no known form."""
    if venue.keys:
        return frozenset().union(*(_table().words[key] for key in venue.keys)) - _GENERIC
    if "." in venue.text or not _TYPED.search(venue.text) or _SERIES_PUBLISHER.search(venue.text) or not venue.text.isascii():
        return frozenset()
    words = frozenset(word for word in venue.words if word not in _GENERIC and len(word) > 2)
    return words if len(words) > 1 else frozenset()


@lru_cache(maxsize=1)
def _table() -> _Table:
    data = json.loads(files("citations").joinpath("venues.json").read_text(encoding="utf-8"))
    exact: dict[str, str] = {}
    phrases: defaultdict[tuple[str, str], list[tuple[tuple[str, ...], str]]] = defaultdict(list)
    acronyms: dict[str, str] = {}
    initials: defaultdict[str, list[tuple[tuple[str, ...], str]]] = defaultdict(list)
    words_of: dict[str, frozenset[str]] = {}
    for key, venue in data["venues"].items():
        for name in (*venue["names"], key):
            words = _clean(to_ascii(name).replace("&", " and "))
            exact.setdefault(name if name.startswith("\\") else " ".join(words), key)
            words_of[key] = words_of.get(key, frozenset()) | frozenset(words)
            if venue["kind"] == "conference" and len(words) > 2 and name not in {"Association for Computational Linguistics"}:
                phrases[words[0], words[1]].append((words, key))
            if len(words) > 1:
                initials["".join(word[0] for word in words)].append((words, key))
            if len(words) == 1 and len(name) > 2 and sum(letter.isupper() for letter in name) > 1 and venue["kind"] == "conference":
                acronyms[name] = key
    for names in phrases.values():
        names.sort(key=lambda each: -len(each[0]))
    related = frozenset(frozenset((left, right)) for group in data["related"] for left in group for right in group)
    kinds = {key: venue["kind"] for key, venue in data["venues"].items()}
    return _Table(kinds, exact, dict(phrases), acronyms, dict(initials), words_of, related)

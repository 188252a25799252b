"""How two venues relate."""

from __future__ import annotations

import re
from enum import StrEnum

from citations.venues.recognise import Venue, recognise
from citations.venues.table import abbreviates, clean, known_venues, short_for

_SUBTITLE = re.compile(r"\s*:\s+|\s+[=/|]\s+|\s+--?\s+")
_GENERIC_WORDS = (
    "international conference symposium workshop journal transactions letters annals review reviews advances "
    "congress national european american asian annual proceedings research science sciences computer computing "
    "applied applications society association technology technologies theory systems studies bulletin quarterly "
    "archives magazine british world global joint series meeting"
)
_GENERIC = frozenset(_GENERIC_WORDS.split())
_TYPED = re.compile(r"\b(?:conference|symposium|transactions|journal|annals|congress|colloquium)\b", re.IGNORECASE)
_SERIES_PUBLISHER = re.compile(
    r"\b(?:springer|elsevier|wiley|press|publish\w*|verlag|university|lecture notes|book)\b", re.IGNORECASE
)


class VenueRelation(StrEnum):
    """How two venues relate."""

    SAME = "same"
    RELATED = "related"
    """A workshop, track or companion volume of the other, or a preprint server or series beside a published venue."""
    DIFFERENT = "different"
    UNKNOWN = "unknown"
    """Cannot be told; never a finding."""


def compare_venues(cited: str, registered: str) -> VenueRelation:
    """How the cited venue relates to the registered one; symmetrical, and in doubt ``unknown``.

    >>> compare_venues("J. Am. Chem. Soc.", "Journal of the American Chemical Society").value
    'same'
    """
    a, b = recognise(cited), recognise(registered)
    if (not a.words and not a.keys) or (not b.words and not b.keys):
        return VenueRelation.UNKNOWN
    if a.keys and b.keys:
        return _compare_known(a, b)
    if a.words == b.words:
        return VenueRelation.SAME if a.track == b.track else VenueRelation.RELATED
    kinds = {known_venues().kinds[key] for key in a.keys | b.keys}
    if "preprint" in kinds:
        return VenueRelation.RELATED
    if "series" in kinds:
        return VenueRelation.UNKNOWN
    if _same_name(a, b) or _same_name(b, a) or _nearly_equal(a.words, b.words):
        return VenueRelation.SAME if a.track == b.track else VenueRelation.RELATED
    return VenueRelation.DIFFERENT if _clearly_distinct(a, b) else VenueRelation.UNKNOWN


def _same_name(short: Venue, long: Venue) -> bool:
    """Whether one name abbreviates the other, is its acronym, or leaves out its subtitle or translation."""
    if abbreviates(short.words, long.words) or _acronym_of(short, long):
        return True
    main = clean(_SUBTITLE.split(long.text, maxsplit=1)[0])
    return main != long.words and len("".join(main)) > 5 and (main == short.words or abbreviates(short.words, main))


def _compare_known(a: Venue, b: Venue) -> VenueRelation:
    if a.keys & b.keys:
        return VenueRelation.SAME if a.track == b.track else VenueRelation.RELATED
    known = known_venues()
    kinds = {known.kinds[key] for key in a.keys | b.keys}
    pairs = {frozenset((left, right)) for left in a.keys for right in b.keys}
    if kinds & {"preprint", "series"} or pairs & known.related:
        return VenueRelation.RELATED
    return VenueRelation.DIFFERENT


def _acronym_of(short: Venue, long: Venue) -> bool:
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


def _clearly_distinct(a: Venue, b: Venue) -> bool:
    """Whether both are complete English names that have nothing in common."""
    if a.track or b.track:
        return False
    content_a, content_b = _content(a), _content(b)
    if not content_a or not content_b:
        return False
    shared = sum(any(short_for(x[:5], y) or short_for(y[:5], x) for y in content_b) for x in content_a)
    if not a.keys and not b.keys:
        return shared == 0
    unknown = content_b if a.keys else content_a
    return shared <= 1 and shared * 3 <= len(unknown)


def _content(venue: Venue) -> frozenset[str]:
    """Words that tell what the venue is about; none if the name is abbreviated, short or of no known form."""
    if venue.keys:
        return frozenset().union(*(known_venues().words[key] for key in venue.keys)) - _GENERIC
    if (
        "." in venue.text
        or not _TYPED.search(venue.text)
        or _SERIES_PUBLISHER.search(venue.text)
        or not venue.text.isascii()
    ):
        return frozenset()
    words = frozenset(word for word in venue.words if word not in _GENERIC and len(word) > 2)
    return words if len(words) > 1 else frozenset()

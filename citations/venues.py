"""Venues: one name for the many spellings of a journal or conference, and how two venues relate."""

from __future__ import annotations

import json
import re
from enum import StrEnum
from functools import lru_cache
from importlib.resources import files

from citations.titles import title_key


class VenueRelation(StrEnum):
    """How two venues relate."""

    SAME = "same"
    RELATED = "related"
    """A workshop, track or companion volume of the other, or a preprint server and a published venue."""
    DIFFERENT = "different"
    UNKNOWN = "unknown"
    """Cannot be told; never a finding."""


_YEAR = re.compile(r"\b(?:19|20)\d\d\b|'\d\d\b|\b\d+(?:st|nd|rd|th)\b", re.IGNORECASE)


@lru_cache(maxsize=1)
def _aliases() -> dict[str, str]:
    data = json.loads(files("citations").joinpath("venues.json").read_text(encoding="utf-8"))
    return {title_key(name): venue["key"] for venue in data["venues"] for name in venue["names"]}


@lru_cache(maxsize=8192)
def venue_key(venue: str) -> str:
    """Short canonical name of a known venue, otherwise its folded words without year, ordinal and boilerplate."""
    text = re.sub(r"(?i)^\s*(?:in:?\s+)?(?:proceedings of(?: the)?|proc\.(?: of(?: the)?)?)\s*", "", _YEAR.sub(" ", venue))
    key = title_key(text)
    return _aliases().get(key, key)


def is_preprint_server(venue: str) -> bool:
    """Whether the venue is a preprint server."""
    return bool(re.search(r"(?i)\b(?:arxiv|corr|biorxiv|medrxiv|ssrn|chemrxiv|preprints?|research square)\b", venue))


def compare_venues(cited: str, registered: str) -> VenueRelation:
    """How the cited venue relates to the registered one; says different only where both are known."""
    a, b = venue_key(cited), venue_key(registered)
    if not a or not b:
        return VenueRelation.UNKNOWN
    if a == b:
        return VenueRelation.SAME
    if is_preprint_server(cited) or is_preprint_server(registered):
        return VenueRelation.RELATED
    known = set(_aliases().values())
    return VenueRelation.DIFFERENT if a in known and b in known else VenueRelation.UNKNOWN

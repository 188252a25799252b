"""Whether two venues are of one sort, so that a paper would hardly stand in both."""

from __future__ import annotations

import json
import re
from functools import lru_cache
from importlib.resources import files

from citations.types import Fields, Kind
from citations.venues import venue_key

_JOURNAL = re.compile(r"(?i)\b(?:journal|transactions|trans\.|letters|annals|magazine|bulletin|quarterly|j\.)")
_MEETING = re.compile(r"(?i)\b(?:conference|conf\.|symposium|workshop|proceedings|proc\.|meeting|congress)")
_SERIES = re.compile(r"(?i)\blecture notes\b|\badvances in\b|\b(?:19|20)\d\d\b")
"""What else the volumes of meetings are called: by their series, and with a year."""


def published_twice(cited: Fields, registered: Fields) -> bool:
    """Whether one venue is a journal and the other a meeting: papers honestly appear at both under one title."""
    return {_sort(cited), _sort(registered)} == {Kind.ARTICLE, Kind.CONFERENCE}


def first_at_a_meeting(cited: Fields, registered: Fields) -> bool:
    """Whether a known conference is cited and a journal is registered, as of papers that were chosen or extended for one."""
    known = is_known(cited.venue) and _sort(cited) is Kind.CONFERENCE
    return known and _sort(registered) is Kind.ARTICLE


def in_a_book(registered: Fields) -> bool:
    """Whether the record is of a chapter, and not of a paper in proceedings, which registries call chapters as well."""
    meeting = _sort(registered) is Kind.CONFERENCE or _SERIES.search(registered.venue)
    return registered.kind is Kind.CHAPTER and bool(registered.venue) and not meeting


def is_known(venue: str) -> bool:
    """Whether the venue certainly exists."""
    return venue_key(venue) in _known()


def _sort(values: Fields) -> Kind:
    """Journal or meeting by the venue's name, which tells more than the type of the entry."""
    known = _known().get(venue_key(values.venue))
    if known in {"journal", "conference"}:
        return Kind.ARTICLE if known == "journal" else Kind.CONFERENCE
    if _MEETING.search(values.venue):
        return Kind.CONFERENCE
    return Kind.ARTICLE if _JOURNAL.search(values.venue) else values.kind


@lru_cache(maxsize=1)
def _known() -> dict[str, str]:
    data = json.loads(files("citations").joinpath("venues.json").read_text(encoding="utf-8"))
    return {key: venue["kind"] for key, venue in data["venues"].items()}

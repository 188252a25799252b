"""Initials beside the family names of a printed list, read where they stand: lists are cut wrongly more often than copied wrongly."""

from __future__ import annotations

import re
from collections.abc import Sequence

from citations.match.printed import Printed
from citations.names import family_key, same_person
from citations.names.east_asian import is_family
from citations.types import Name

_BEHIND = re.compile(r"[\s,]{1,3}((?:[A-Z]\.?[\s-]?){1,4})(?![a-z])")
_BEFORE = re.compile(r"(?<![A-Za-z])((?:[A-Z]\.[\s-]?){1,4})\Z")
_REACH = 16
_COMPATIBLE = 0.7


def other_initials(registered: Sequence[Name], text: Printed) -> int:
    """How many registered people stand in the string with initials that cannot be theirs, neither before nor behind the name.

    A name without initials beside it says nothing, nor do those of Koreans and Chinese, many of whom go by an English name.
    """
    at, others = 0, 0
    for name in registered:
        key = family_key(name)
        end = text.find_name(key, at)
        if end < 0:
            break
        at = end
        beside = _beside(text, end - len(key), end)
        others += bool(beside and name.given and not is_family(key)) and not any(
            _fits(initials, name) for initials in beside
        )
    return others


def _beside(text: Printed, start: int, end: int) -> list[str]:
    """The initials directly before and behind a name, given by its place in the key."""
    first, last = text.positions[start], text.positions[end - 1] + 1
    found = (_BEFORE.search(text.text[max(0, first - _REACH) : first]), _BEHIND.match(text.text[last : last + _REACH]))
    return [each[1].strip() for each in found if each is not None]


def _fits(initials: str, name: Name) -> bool:
    return same_person(Name(family=name.family, given=initials), name) >= _COMPATIBLE

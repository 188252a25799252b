"""What is written in many ways at the edges of titles: numbers of parts, ends of ranges, initials, footnote marks."""

from __future__ import annotations

import re

from citations.titles import number
from citations.types import Severity

_PART_LABELS = frozenset({"part", "parts", "pt", "volume", "vol", "no", "paper", "chapter", "teil", "partie"})
_OF_SIGNS = frozenset({"percent"})
"""Words for signs that are no letters."""
_LATER_PART = re.compile(
    r"\W{1,4}(?i:(?:part|pt\.?|teil|partie|parte)\W{1,2}(\d{1,2}|[ivx]{1,5}|two|three|four|five)\b)|\W{1,4}([IVX]{2,5})\W*\Z"
)
_FOOTNOTE = re.compile(r"([a-z]{4,})\d")
_NAMING_WORDS = 4
_INITIAL_OF = 4


def other_way(mine: tuple[str, ...], yours: tuple[str, ...]) -> Severity | None:
    """How grave a difference is that may be another way of writing the same; ``None`` where it is none.

    >>> other_way(("20",), ("twenty",)).value, other_way(("part", "i"), ()).value, other_way(("2",), ("iii",))
    ('cosmetic', 'minor', None)
    """
    if _abbreviated("".join(mine), "".join(yours)) or {*mine, *yours} <= _OF_SIGNS:
        return Severity.COSMETIC
    short, long = sorted((_unlabelled(mine), _unlabelled(yours)), key=len)
    labelled = not _PART_LABELS.isdisjoint((*mine, *yours)) and {*mine, *yours} != {"no"}
    if not short:
        first = [number(word) for word in long] == [1] and labelled
        return Severity.MINOR if first else Severity.COSMETIC if not long and labelled else None
    values = [number(word) for word in short]
    if None in values or values != [number(word) for word in long[: len(short)]]:
        return None
    if len(long) == len(short):
        return Severity.COSMETIC
    left_out = [number(word) for word in long[len(short) :]]
    return Severity.MINOR if labelled and not any(left_out) else None  # "Part 2" for "II. Excitations"


def is_part_without_its_subtitle(cited: tuple[str, ...], registered: tuple[str, ...]) -> bool:
    """Whether the cited words are the first of the registered ones, the number of a part among them, however that is written.

    >>> is_part_without_its_subtitle(("of", "flows", "part", "2"), ("of", "flows", "ii", "waves"))
    True
    """
    ours, theirs = _unlabelled(cited), _unlabelled(registered)
    same = (a == b or (number(a) is not None and number(a) == number(b)) for a, b in zip(ours, theirs, strict=False))
    return 0 < len(ours) < len(theirs) and number(ours[-1]) is not None and all(same)


def is_later_part(cited: str, registered: str) -> bool:
    """Whether the cited title is the registered one with the number of a part behind it that is not the first.

    >>> is_later_part("Of flows: Part II", "Of flows"), is_later_part("Of flows: a survey", "Of flows")
    (True, False)
    """
    if not cited.lower().startswith(registered.lower()):
        return False
    return begins_later_part(cited[len(registered) :])


def begins_later_part(text: str) -> bool:
    """Whether what follows a title is "Part II", "Part 3" and the like, or such a number alone."""
    found = _LATER_PART.match(text)
    if found is None:
        return False
    value = number((found[1] or found[2]).lower())
    return value is not None and value > 1


def without_footnote(title: tuple[str, ...]) -> tuple[str, ...]:
    """The words of a title without a mark that clings to its end: ``moderation1``, ``plain 1``.

    >>> without_footnote(("rules", "and", "moderation1"))
    ('rules', 'and', 'moderation')
    """
    if len(title) > _NAMING_WORDS and title[-1] == "1" and title[-2] not in _PART_LABELS:
        return title[:-1]
    marked = _FOOTNOTE.fullmatch(title[-1]) if title else None
    return (*title[:-1], marked[1]) if marked else title


def _unlabelled(title: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(word for word in title if word not in _PART_LABELS)


def _abbreviated(a: str, b: str) -> bool:
    """Whether one is the end of a range or the initial of the other: ``1990-10``, ``B. terrestris``."""
    short, long = sorted((a, b), key=len)
    if short.isdigit():
        return len(short) == 2 and len(long) == 4 and long.isdigit() and long.endswith(short)
    return len(short) == 1 and len(long) >= _INITIAL_OF and long.isalpha() and long.startswith(short)

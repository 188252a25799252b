"""Which works a text names where: its citations, and the marks and short citations that point into a reference list. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from citations.names import family_key, read_names
from citations.parse.pointers import pointers
from citations.types import Reference
from verifier.claims import Cited
from verifier.types import Span

_MARK = re.compile(r"\[\^?([@\w][\w:;,@+./ –—-]{0,80})\]")
_SUPERSCRIPT = re.compile(r"[¹²³⁰⁴-⁹]{1,3}(?:[⁻˒,][¹²³⁰⁴-⁹]{1,3})*")
_DIGITS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹˒⁻", "0123456789,-")
_RANGE = re.compile(r"(\d{1,4})\s?[-–—]\s?(\d{1,4})")
_LONGEST_RANGE = 60
_ENTRY = 40
"""Characters from which a citation stands for itself and not for a sentence around it."""


def cited_spans(text: str, references: Sequence[Reference]) -> tuple[Cited, ...]:
    """Every place of the text that names one of the references, in order.

    A reference that was found in the text has its own place; ``[3]``, ``[2, 5-7]``, ``[^1]``, ``³``, ``[@roe2019]`` and
    ``(Roe et al., 2019)`` point to the reference with that key, or with that first author and year.
    """
    return tuple(sorted(_spans(text, references), key=lambda each: (each.span.start, each.span.end)))


def _spans(text: str, references: Sequence[Reference]) -> Iterator[Cited]:
    known = _Known.of(references)
    for reference in references:
        place = reference.location
        if place.start is not None and place.end is not None and text[place.start : place.end] == reference.raw:
            yield Cited(Span(place.start, place.end), (reference.id,), is_entry=_is_entry(reference))
    for mark in _MARK.finditer(text):
        if names := known.by_marks(mark[1]):
            yield Cited(Span(mark.start(), mark.end()), names)
    for mark in _SUPERSCRIPT.finditer(text):
        if names := known.by_marks(mark[0].translate(_DIGITS)):
            yield Cited(Span(mark.start(), mark.end()), names)
    for pointer in pointers(text):
        if names := known.by_author(pointer.names, pointer.year):
            yield Cited(Span(pointer.start, pointer.end), names)


def _is_entry(reference: Reference) -> bool:
    fields = reference.fields
    return len(reference.raw) >= _ENTRY and bool(fields.title and (fields.authors or fields.year or fields.doi))


@dataclass(frozen=True, slots=True)
class _Known:
    """References by what may point to them."""

    keys: dict[str, str]
    authors: dict[tuple[str, int], list[str]]

    @classmethod
    def of(cls, references: Sequence[Reference]) -> _Known:
        keys: dict[str, str] = {}
        authors: dict[tuple[str, int], list[str]] = {}
        for each in references:
            if each.key:
                keys.setdefault(each.key.casefold().lstrip("^@"), each.id)
            if each.fields.authors and each.fields.year:
                authors.setdefault((family_key(each.fields.authors[0]), each.fields.year), []).append(each.id)
        return cls(keys, authors)

    def by_marks(self, marks: str) -> tuple[str, ...]:
        """The references behind ``2, 5-7`` or ``@roe2019; @poe2020``; empty if one of them is unknown."""
        found = []
        for mark in re.split(r"[,;]\s*", marks.strip()):
            spread = _RANGE.fullmatch(mark)
            wanted = [mark.strip().casefold().lstrip("^@")]
            if spread and 0 < int(spread[2]) - int(spread[1]) <= _LONGEST_RANGE:
                wanted = [str(number) for number in range(int(spread[1]), int(spread[2]) + 1)]
            names = [self.keys[each] for each in wanted if each in self.keys]
            if not names:
                return ()
            found += names
        return tuple(dict.fromkeys(found))

    def by_author(self, names: str, year: int) -> tuple[str, ...]:
        """The one reference of that first author and year; nothing if there are several."""
        people = read_names(names.removesuffix("'s").removesuffix("’s")).names
        found = self.authors.get((family_key(people[0]), year), []) if people else []
        return tuple(found) if len(found) == 1 else ()

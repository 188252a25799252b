"""A printed reference as a place to look for the words of a record: search first, parse second."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from anyascii import anyascii
from rapidfuzz.fuzz import partial_ratio_alignment

from citations.match.numbering import begins_later_part
from citations.titles import title_key
from citations.types import Reference

_MAX_CHARS = 2000
_LINE_BREAK_HYPHEN = re.compile(r"(?<=[a-z])-\s*\n\s*(?=[a-z])")
_SMALLEST_FUZZY_KEY = 16
_SHORT_NAME = 4
_LONG_KEY = 30
"""A title of so many letters is known without a full stop on both sides: some styles set none."""

_NEGATION = re.compile(r"(?i)(?<!\w)(?:no|not|non|never|without)[\s-]+\Z")
_NEGATION_REACH = 12
_PART_REACH = 16


@dataclass(frozen=True, slots=True)
class Printed:
    """The printed string, folded as titles are, with the way back to its characters."""

    text: str
    key: str
    """Letters and digits of ``text``, folded."""
    positions: tuple[int, ...]
    """For each character of ``key`` its offset in ``text``."""

    def holds(self, title: str, *, with_subtitle: bool = True) -> bool:
        """Whether the title stands in the string as a whole, not as the beginning of a longer one.

        Without ``with_subtitle`` a colon behind it makes it the beginning of a longer one; "Part II" always does.
        """
        key = title_key(title)
        start = self.key.find(key) if key else -1
        while start >= 0:
            end = start + len(key)
            followed = not with_subtitle and end < len(self.key) and ":" in self._between(end - 1, end)
            if (
                not followed
                and not self._goes_on(end)
                and not self._denied(start)
                and self._stands_alone(start, end, long=len(key) >= _LONG_KEY)
            ):
                return True
            start = self.key.find(key, start + 1)
        return False

    def before(self, title: str) -> str:
        """The string up to where the title first stands in it, empty if it does not."""
        key = title_key(title)
        start = self.key.find(key) if key else -1
        return self.text[: self.positions[start]] if start >= 0 else ""

    def nearest(self, title: str) -> str:
        """The stretch of whole words that resembles the title most, empty where nothing does."""
        key = title_key(title)
        if len(key) < _SMALLEST_FUZZY_KEY or len(self.key) < len(key) // 2:
            return ""
        found = partial_ratio_alignment(key, self.key, score_cutoff=70)
        if found is None or found.dest_end <= found.dest_start:
            return ""
        first, last = found.dest_start, found.dest_end - 1
        while first > 0 and self.positions[first] - self.positions[first - 1] <= 1:
            first -= 1
        while last + 1 < len(self.key) and self.positions[last + 1] - self.positions[last] <= 1:
            last += 1
        if (
            self._denied(first)
            or self._goes_on(last + 1)
            or not self._stands_alone(first, last + 1, long=len(key) >= _LONG_KEY)
        ):
            return ""
        return self.text[self.positions[first] : self.positions[last] + 1]

    def find_name(self, key: str, at: int) -> int:
        """Where the folded family name ends, looked for from ``at`` on; -1 if it does not occur.

        A short name has to stand as a word of its own.
        """
        start = self.key.find(key, at) if key else -1
        while start >= 0:
            end = start + len(key)
            if len(key) > _SHORT_NAME or self._is_word(start, end):
                return end
            start = self.key.find(key, start + 1)
        return -1

    def _is_word(self, start: int, end: int) -> bool:
        first, last = self.positions[start], self.positions[end - 1] + 1
        before = first > 0 and self.text[first - 1].isalnum()
        return not before and not (last < len(self.text) and self.text[last].isalnum())

    def _denied(self, start: int) -> bool:
        """Whether a "no" or "not" stands right before it: the title says the opposite."""
        at = self.positions[start]
        return bool(_NEGATION.search(self.text[max(0, at - _NEGATION_REACH) : at]))

    def _goes_on(self, end: int) -> bool:
        """Whether "Part II" follows: the title is that of another part."""
        at = self.positions[end - 1] + 1
        return begins_later_part(self.text[at : at + _PART_REACH])

    def _between(self, first: int, second: int) -> str:
        """What stands between two characters of the key."""
        return self.text[self.positions[first] + 1 : self.positions[second]]

    def _stands_alone(self, start: int, end: int, *, long: bool) -> bool:
        before = self._between(start - 1, start) if start else "."
        after = self._between(end - 1, end) if end < len(self.key) else "."
        before_digit = bool(start) and self.text[self.positions[start - 1]].isdigit()
        opens = before_digit or any(not sign.isspace() and sign != "-" for sign in before)
        closes = any(not sign.isspace() and sign not in "-&/" for sign in after)
        apart = bool(before) and (bool(after) or end == len(self.key))
        return (opens and closes) or (long and apart and (opens or closes))


def printed(reference: Reference) -> Printed | None:
    """The reference's own string where it was printed for people, ``None`` where it is an entry of a data format."""
    raw = reference.raw
    if not raw or raw.lstrip().startswith(("@", "{", "<", "TY  -")) or reference.source in {"bibtex", "csl", "ris"}:
        return None
    return _fold(raw[:_MAX_CHARS])


@lru_cache(maxsize=256)
def _fold(raw: str) -> Printed:
    text = _LINE_BREAK_HYPHEN.sub("", raw)
    signs: list[str] = []
    positions: list[int] = []
    for offset, sign in enumerate(text):
        folded = sign.lower() if sign.isascii() else anyascii(sign).lower()
        for letter in folded:
            if letter.isascii() and letter.isalnum():
                signs.append(letter)
                positions.append(offset)
    return Printed(text, "".join(signs), tuple(positions))

"""Titles of legal acts and court cases, which hold dates, numbers and commas that end a title elsewhere."""

from __future__ import annotations

import re
from dataclasses import dataclass

_ACT = re.compile(
    r"(?:\[\d+\]\s*|\d{1,3}\.\s+)?((?:(?:Council|Commission|European Parliament and Council|Implementing|Delegated|Framework)\s+){0,3}"
    r"(?:Regulation|Directive|Decision|Recommendation|Verordnung|Richtlinie|Beschluss|Règlement|Directive|Reglamento|Directiva)\s"
    r"[^;]{3,600}?)(?=[,.;]?\s*(?:\(?(?:\[\d{4}\]\s*)?(?:OJ|O\.J\.|Official Journal|ABl|JO|DO)\b|\(\w+\)\s*$|https?://|$))"
)
_NUMBERED = re.compile(r"\b(?:\d{4}/\d+|\d+/\d{2,4})\b|\b(?:EU|EC|EEC|EG|EWG|UE|CE)\b")
_DATE = re.compile(r"\b(?:of|vom|du|de)\s+\d{1,2}\.?\s+\w+\.?\s+((?:19|20)\d\d)\b|\b((?:19|20)\d\d)/\d+")
_CASE = re.compile(
    r"(?:\[\d+\]\s*|\d{1,3}\.\s+)?([A-Z][^,;()]{1,120}? v\.? [A-Z][^;()]{1,120}?)(?=, (?:\d+ [A-Z]|\[\d{4}\]|No\.|Case|App|\(?\d{4}\)?)| \(\d{4}\)| \[\d{4}\])"
)


@dataclass(frozen=True, slots=True)
class LegalTitle:
    """What names an act or a case."""

    title: str
    year: int | None = None
    """Year of the act, where its title tells."""


def legal_title(text: str) -> LegalTitle | None:
    """The title of the act or case that a reference starts with; ``None`` for other works.

    >>> legal_title("Roe v. Wade, 410 U.S. 113 (1973).").title
    'Roe v. Wade'
    """
    act = _ACT.match(text)
    if act and _NUMBERED.search(act[1][:120]):
        date = _DATE.search(act[1])
        return LegalTitle(act[1].strip(" ,."), int(date[1] or date[2]) if date else None)
    case = _CASE.match(text)
    return LegalTitle(case[1].strip(" ,.")) if case else None

"""Citations in prose and lists, as language models write them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from citations.parse.fields import parse_fields
from citations.types import Fields

_ITEM = re.compile(r"^[ \t]*(?:\[(\d{1,3})\]|(\d{1,3})[.)]|[-*•])[ \t]+(\S.{14,})$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Citation:
    """One citation in a text."""

    raw: str
    """The citation as it stands in the text."""
    start: int
    """Offset of its first character."""
    end: int
    """Offset behind its last character."""
    label: str
    """How the text points to it: ``[12]``, ``(Smith et al., 2020)``; empty if it does not."""
    fields: Fields


def find_citations(text: str) -> tuple[Citation, ...]:
    """Find the citations of a text in their order; ``text[start:end] == raw`` holds for each. Never raises."""
    found = []
    for item in _ITEM.finditer(text):
        fields = parse_fields(item[3])
        if fields.title and (fields.year or fields.authors):
            number = item[1] or item[2]
            found.append(Citation(item[3], item.start(3), item.end(3), f"[{number}]" if number else "", fields))
    return tuple(found)

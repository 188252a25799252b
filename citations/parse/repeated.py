"""Authors printed as a dash: they are those of the entry above."""

from __future__ import annotations

import re
from dataclasses import replace

from citations.types import Fields

REPEATED = re.compile(r"(?:\[\d{1,4}\]|\d{1,4}[.)])?\s*(?:[-–—―_─]{2,12}|—|―|\.{4,})\s?[-–—―_─]*(?=[\s.,(:])")


def with_repeated_authors(raw: str, fields: Fields, above: Fields | None) -> Fields:
    """The fields of an entry whose authors are printed as a dash, completed from the entry above it.

    >>> from citations.types import Name
    >>> above = Fields(authors=(Name("Knuth", "D. E."),))
    >>> with_repeated_authors("———. 1974. Surreal numbers.", Fields(title="Surreal numbers"), above).authors[0].family
    'Knuth'
    """
    if above is None or not above.authors or not REPEATED.match(raw):
        return fields
    return replace(fields, authors=above.authors, et_al=above.et_al)

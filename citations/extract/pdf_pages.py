"""Chooses the pages of a PDF that may hold a reference list, from plain text alone, so that few need a layout."""

from __future__ import annotations

from collections.abc import Sequence

from citations.parse.section import MEMBER, is_heading

DENSE = 1.2
"""Signs of references in 100 characters from which a page is part of a list; prose has 0.1 to 0.8."""

GOES_ON = 0.6
"""The same for a page behind one that is."""

SHORTEST = 200
"""Characters; shorter pages count as this long."""

MOST_PAGES = 120
"""Pages laid out at most; a thesis has a list of forty pages."""


def likely_pages(texts: Sequence[str]) -> list[int]:
    """0-based numbers of the pages to lay out, in order: those below a heading, and those that look like lists."""
    densities = [100 * sum(1 for _ in MEMBER.finditer(text)) / max(SHORTEST, len(text)) for text in texts]
    chosen: set[int] = set()
    for number, text in enumerate(texts):
        if any(is_heading(line) for line in text.splitlines()):
            chosen |= {number, *_following(densities, number)}
    for number, density in enumerate(densities):
        if density >= DENSE:
            chosen |= {max(0, number - 1), number, *_following(densities, number)}
    if not chosen:
        best = max(range(len(texts)), key=lambda number: densities[number])
        chosen = {max(0, best - 1), best, min(len(texts) - 1, best + 1)}
    return sorted(sorted(chosen, key=lambda number: -densities[number])[:MOST_PAGES])


def _following(densities: Sequence[float], number: int) -> set[int]:
    """The page behind this one, and those behind it as long as they look like a list."""
    end = number + 1
    while end < len(densities) and (end == number + 1 or densities[end - 1] >= GOES_ON):
        end += 1
    return set(range(number + 1, end))

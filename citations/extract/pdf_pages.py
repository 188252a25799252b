"""Chooses the pages of a PDF that may hold a reference list, from plain text alone, so that few need a layout."""

from __future__ import annotations

from collections.abc import Sequence

from citations.parse.section import is_heading, worth

DENSE = 0.12
"""Mean worth of a line from which a page looks like part of a list."""

MOST_PAGES = 120
"""Pages laid out at most; a thesis has a list of forty pages."""


def likely_pages(texts: Sequence[str]) -> list[int]:
    """0-based numbers of the pages to lay out, in order: those below a heading, and those that look like lists."""
    densities = [_density(text) for text in texts]
    chosen: set[int] = set()
    for number, text in enumerate(texts):
        if any(is_heading(line.strip()) for line in text.splitlines()):
            chosen.add(number)
            following = number + 1
            while following < len(texts) and (following == number + 1 or densities[following] > -0.05):
                chosen.add(following)
                following += 1
    for number, density in enumerate(densities):
        if density >= DENSE:
            chosen |= {number, max(0, number - 1), min(len(texts) - 1, number + 1)}
    if not chosen:
        best = max(range(len(texts)), key=lambda number: densities[number])
        chosen = {best, max(0, best - 1), min(len(texts) - 1, best + 1)}
    return sorted(sorted(chosen, key=lambda number: -densities[number])[:MOST_PAGES])


def _density(text: str) -> float:
    """Mean worth of the lines of a page."""
    lines = [line for line in text.splitlines() if len(line) > 3]
    return sum(worth(line) for line in lines) / max(len(lines), 6)

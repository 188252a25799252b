"""Printed lines of a reference list: the unit that is cut into entries, whether they come from text or from a page."""

from __future__ import annotations

import re
from dataclasses import dataclass

BREAK = re.compile(r"\r\n|[\n\r\f\v\x1c-\x1e\x85\u2028\u2029]")
"""Everything that ends a line of text."""

TAB = 4
FULL = 0.86
"""Share of the usual width from which a line counts as full."""

WIDEST = 160
"""Lines longer than this are not wrapped: each of them is a paragraph."""


@dataclass(frozen=True, slots=True)
class Line:
    """One printed line without the blanks around it."""

    text: str
    start: int = 0
    """Offset of its first character in the text it comes from."""
    end: int = 0
    """Offset behind its last character."""
    indent: float = 0.0
    """Distance from the left edge of its column, in ems (characters in plain text)."""
    gap: bool = False
    """There is clearly more space above it than between the lines of one paragraph."""
    full: bool | None = None
    """It reaches the right margin, so that the paragraph may go on; ``None`` where that cannot be known."""


def read_lines(text: str) -> tuple[Line, ...]:
    r"""Lines of plain text that hold anything, with their offsets.

    >>> [(line.text, line.indent, line.gap) for line in read_lines("A.\n  b\n\nC.")]
    [('A.', 0.0, False), ('b', 2.0, False), ('C.', 0.0, True)]
    """
    spans = list(_spans(text))
    widths = sorted(end - start for start, end in spans if end > start)
    width = widths[len(widths) * 9 // 10] if widths else 0
    lines: list[Line] = []
    gap = False
    for start, end in spans:
        raw = text[start:end]
        content = raw.strip()
        if not content:
            gap = bool(lines)
            continue
        lead = len(raw) - len(raw.lstrip())
        indent = float(len(raw[:lead].expandtabs(TAB)))
        first = start + lead
        full = width <= WIDEST and len(raw.rstrip()) >= width * FULL
        lines.append(Line(content, first, first + len(content), indent, gap, full))
        gap = False
    return tuple(lines)


def _spans(text: str) -> list[tuple[int, int]]:
    """Start and end of every line."""
    spans: list[tuple[int, int]] = []
    start = 0
    for match in BREAK.finditer(text):
        spans.append((start, match.start()))
        start = match.end()
    spans.append((start, len(text)))
    return spans

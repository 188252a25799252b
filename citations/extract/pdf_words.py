"""Words of a PDF page with their places, straight from pdfium."""

from __future__ import annotations

import ctypes
import math
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pypdfium2

MOST_CHARACTERS = 150_000
"""Characters read from one page; a dense printed page has about 10,000."""

LINE_HYPHENS = "\ufffe\x02\xad"
"""Hyphens at the end of a line: pdfium's own signs, and the soft hyphen."""

WORD = re.compile(f"[^\\s{LINE_HYPHENS[:2]}]+[{LINE_HYPHENS[:2]}]?|[{LINE_HYPHENS[:2]}]")

UPRIGHT = 0.02
"""Radians by which a word may lean."""

TINY = 0.5
"""Points; a font that says it is smaller says nothing."""

DEFAULT_SIZE = 10.0
"""Points, for fonts that do not say."""


@dataclass(frozen=True, slots=True)
class Word:
    """A run of characters without a blank."""

    text: str
    left: float
    """Points from the left edge of the page, as ``right``."""
    right: float
    base: float
    """Height of the baseline above the lower edge of the page, in points."""
    size: float
    """Font size in points, as drawn."""
    first: int
    """Index of its first character in the page."""


@dataclass(frozen=True, slots=True)
class PageWords:
    """All words of one page."""

    number: int
    """1-based."""
    height: float
    """Points."""
    words: tuple[Word, ...]


def page_words(textpage: pypdfium2.PdfTextPage, number: int) -> PageWords:
    """All upright words of a page in the order in which they were drawn; watermarks and margin stamps are left out."""
    import pypdfium2.raw as pdfium

    words = tuple(_words(pdfium, textpage.raw, _characters(pdfium, textpage)))
    return PageWords(number, textpage.page.get_height(), words)


def _characters(pdfium: Any, textpage: pypdfium2.PdfTextPage) -> str:
    """The characters of a page, so that offsets in the text are pdfium's own."""
    count = min(textpage.count_chars(), MOST_CHARACTERS)
    text: str = textpage.get_text_range(0, count, errors="replace")
    if len(text) == count:
        return text
    codes = (pdfium.FPDFText_GetUnicode(textpage.raw, index) for index in range(count))
    return "".join(chr(code) if code <= sys.maxunicode else "\ufffd" for code in codes)


def _visible(word: str) -> str:
    """A word with its hyphens as written; a soft hyphen shows only at its end."""
    if word[-1] in LINE_HYPHENS:
        word = f"{word[:-1]}-"
    return word.replace("\xad", "")


def _words(pdfium: Any, handle: object, text: str) -> Iterator[Word]:
    """The upright words of a page; one set of C variables serves all of them."""
    raw: ctypes.CDLL = pdfium
    x, y, right = ctypes.c_double(), ctypes.c_double(), ctypes.c_double()
    left, bottom, top = ctypes.c_double(), ctypes.c_double(), ctypes.c_double()
    matrix = raw.FS_MATRIX()
    to_x, to_y, to_matrix = ctypes.byref(x), ctypes.byref(y), ctypes.byref(matrix)
    edges = (ctypes.byref(left), ctypes.byref(right), ctypes.byref(bottom), ctypes.byref(top))
    for match in WORD.finditer(text):
        first = match.start()
        raw.FPDFText_GetMatrix(handle, first, to_matrix)
        if (matrix.c or matrix.a <= 0) and UPRIGHT < raw.FPDFText_GetCharAngle(handle, first) < 2 * math.pi - UPRIGHT:
            continue
        raw.FPDFText_GetCharOrigin(handle, first, to_x, to_y)
        size = raw.FPDFText_GetFontSize(handle, first) * math.hypot(matrix.c, matrix.d)
        raw.FPDFText_GetCharBox(handle, match.end() - 1, *edges)
        begin = x.value
        yield Word(
            _visible(match.group()),
            begin,
            max(begin, right.value),
            y.value,
            size if size > TINY else DEFAULT_SIZE,
            first,
        )

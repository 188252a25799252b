"""Words of a PDF page with their places, straight from pdfium."""

from __future__ import annotations

import ctypes
import math
import re
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pypdfium2

MOST_CHARACTERS = 150_000
"""Characters read from one page; a dense printed page has about 10,000."""

LINE_HYPHENS = "\ufffe\x02\xad"
"""Hyphens at the end of a line: pdfium's own signs, and the soft hyphen."""

WORD = re.compile(f"[^\\s{LINE_HYPHENS[:2]}]+[{LINE_HYPHENS[:2]}]?|[{LINE_HYPHENS[:2]}]")

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


def page_words(page: pypdfium2.PdfPage, number: int) -> PageWords:
    """All upright words of a page in the order in which they were drawn; watermarks and margin stamps are left out."""
    import pypdfium2.raw as pdfium

    textpage = page.get_textpage()
    found = (
        _word(pdfium, textpage.raw, _visible(match.group()), match.start(), match.end() - 1)
        for match in WORD.finditer(_characters(pdfium, textpage))
    )
    words = tuple(word for word in found if word)
    textpage.close()
    return PageWords(number, page.get_height(), words)


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


def _word(pdfium: object, handle: object, text: str, first: int, last: int) -> Word | None:
    """The word between two characters of a page, ``None`` if it is not upright."""
    raw: ctypes.CDLL = pdfium  # type: ignore[assignment]
    angle = raw.FPDFText_GetCharAngle(handle, first)
    if 0.02 < angle < 2 * math.pi - 0.02:
        return None
    x, y = ctypes.c_double(), ctypes.c_double()
    raw.FPDFText_GetCharOrigin(handle, first, x, y)
    matrix = raw.FS_MATRIX()
    raw.FPDFText_GetMatrix(handle, first, matrix)
    size = raw.FPDFText_GetFontSize(handle, first) * math.hypot(matrix.c, matrix.d)
    right = max(x.value, _right(raw, handle, last))
    return Word(text, x.value, right, y.value, size if size > 0.5 else DEFAULT_SIZE, first)


def _right(raw: ctypes.CDLL, handle: object, index: int) -> float:
    """Right edge of a character."""
    left, right, bottom, top = ctypes.c_double(), ctypes.c_double(), ctypes.c_double(), ctypes.c_double()
    raw.FPDFText_GetCharBox(handle, index, left, right, bottom, top)
    return right.value

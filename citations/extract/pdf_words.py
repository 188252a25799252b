"""Words of a PDF page with their places, straight from pdfium."""

from __future__ import annotations

import ctypes
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pypdfium2

MOST_CHARACTERS = 150_000
"""Characters read from one page; a dense printed page has about 10,000."""

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
    count = min(textpage.count_chars(), MOST_CHARACTERS)
    handle = textpage.raw
    unicode_at = pdfium.FPDFText_GetUnicode
    words: list[Word] = []
    begin = -1
    letters: list[str] = []
    for index in range(count + 1):
        code = unicode_at(handle, index) if index < count else 32
        blank = code in {32, 13, 10, 9, 160} or 0x2000 <= code <= 0x200A
        hyphen = code in {0xFFFE, 2}
        if not blank:
            if begin < 0:
                begin = index
            letters.append("-" if hyphen else chr(code))
        if (blank or hyphen) and begin >= 0:
            word = _word(pdfium, handle, _visible(letters), begin, index if hyphen else index - 1)
            if word:
                words.append(word)
            begin, letters = -1, []
    textpage.close()
    return PageWords(number, page.get_height(), tuple(words))


def _visible(letters: list[str]) -> str:
    """The characters of a word; a soft hyphen shows only at its end."""
    text = "".join(letters)
    return f"{text[:-1]}-".replace("\xad", "") if text.endswith("\xad") else text.replace("\xad", "")


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

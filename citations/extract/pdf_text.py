"""Opens PDFs and reads the plain text of their pages; says in one sentence why that is impossible."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from citations.errors import UnreadableInput
from citations.extract.interface import Document

if TYPE_CHECKING:
    import pypdfium2

PASSWORD = 4
"""``FPDF_ERR_PASSWORD`` of pdfium."""

SURROGATES = re.compile("[\ud800-\udfff]")
LIGATURES = str.maketrans(
    {
        "ﬀ": "ff",
        "ﬁ": "fi",
        "ﬂ": "fl",
        "ﬃ": "ffi",
        "ﬄ": "ffl",
        "ﬅ": "st",
        "ﬆ": "st",
        "\xad": "",
        "\u200b": "",
        "\ufeff": "",
    }
)
LINE_HYPHEN = re.compile("[\ufffe\x02](?:\r?\n)?|\xad\r?\n")
"""pdfium's own signs for a hyphen at the end of a line, with which it swallows the line break."""

CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f\ufffe\uffff]")
SPLIT_LIGATURE = re.compile(
    r"(?<=[^\W\d_]) (ffi|ffl|ff|fi|fl) (?=[a-zß-ÿ])|\b(Di|di|E|e|O|o|Su|su|A|a) (ff|ffi) (?=[a-z])"
)
ACCENTS = dict(
    zip("´`¨ˆ˜ˇ˘˙˚˝¯¸", "\u0301\u0300\u0308\u0302\u0303\u030c\u0306\u0307\u030a\u030b\u0304\u0327", strict=True)
)
SPACING_ACCENT = re.compile(r"(?:(?<=[^\W\d_])[´`]|[¨ˆ˜ˇ˘˙˚˝¯¸])([A-Za-zı])")
"""TeX draws accents as signs of their own in front of the letter: ``D´esert``, ``Moˇcnik``."""

SPLIT_SIGN = re.compile(r" f[fil]")
LOST_LIGATURE = re.compile(r"(?<=[^\W\d_])\x00(?=[^\W\d_])")


@contextmanager
def open_pdf(document: Document) -> Iterator[pypdfium2.PdfDocument]:
    """The document opened by pdfium; raises ``UnreadableInput`` if it is damaged, encrypted, empty or too long."""
    import pypdfium2

    try:
        pdf = pypdfium2.PdfDocument(document.data)
    except pypdfium2.PdfiumError as error:
        if getattr(error, "err_code", None) == PASSWORD or "password" in str(error).lower():
            raise UnreadableInput(
                f"{document.name} is encrypted and asks for a password",
                hint="save a copy without a password and scan that",
            ) from error
        raise UnreadableInput(
            f"{document.name} is damaged or no PDF", hint="open it in a viewer and save it again"
        ) from error
    try:
        if len(pdf) == 0:
            raise UnreadableInput(f"{document.name} has no pages")
        if len(pdf) > document.limits.max_pages:
            raise UnreadableInput(
                f"{document.name} has {len(pdf):,} pages, more than the {document.limits.max_pages:,} that are read",
                hint="scan a part of it, or raise the limit with --max-pages",
            )
        yield pdf
    finally:
        pdf.close()


def repaired(text: str) -> str:
    r"""Text as it was meant: ligatures as letters, no control characters, no lone surrogates, no NUL.

    A NUL between letters is a ligature whose mapping is lost; which one is unknown, so it leaves a mark a reader can see.

    >>> repaired("di ff cult \ufb01gures, Ho\x00mann")
    'diffcult figures, Ho\ufffdmann'
    """
    text = LINE_HYPHEN.sub("-\n", text).translate(LIGATURES)
    text = LOST_LIGATURE.sub("\ufffd", text)
    text = SURROGATES.sub("\ufffd", CONTROL.sub("", text))
    text = SPACING_ACCENT.sub(_accented, text)
    return SPLIT_LIGATURE.sub(_joined, text) if SPLIT_SIGN.search(text) else text


def _accented(match: re.Match[str]) -> str:
    """The letter with its accent, where such a letter exists."""
    composed = unicodedata.normalize("NFC", match[1].replace("ı", "i") + ACCENTS[match[0][0]])
    return composed if len(composed) == 1 else match[0]


def _joined(match: re.Match[str]) -> str:
    return (match[1] or "") if match[1] else f"{match[2]}{match[3]}"

"""Strings of registries made readable, and references put into words that a search understands."""

from __future__ import annotations

import re
from typing import Any

from citations.markup import to_ascii
from citations.titles import plain
from citations.types import Reference

_MOJIBAKE = re.compile("[\u00c2-\u00f4][\u0080-\u00bf\u0152-\u017e\u0192\u02c6\u02dc\u2010-\u203a\u20ac\u2122]")
_WORD = re.compile(r"\w+(?:['’]\w+)?")
_TELLING = re.compile(r"[a-z]{5,14}")
_STRUCTURED = ("@", "<", "{", "\\", "TY  -")


def clean(value: Any) -> str:
    r"""A registry's string without markup, entities, mojibake and line breaks; empty for anything but a string.

    >>> clean("Caf\u00c3\u00a9 &amp;amp; <i>more</i>")
    'Café & more'
    >>> clean(None)
    ''
    """
    if not isinstance(value, str):
        return ""
    if not value.isascii():  # JSON can escape half a surrogate pair, which nothing can print or store
        value = value.encode("utf-8", "replace").decode()
    return plain(repaired(value))


def repaired(text: str) -> str:
    r"""UTF-8 that was once read as Latin-1 or Windows-1252, set right; any other text unchanged.

    >>> repaired("M\u00c3\u00bcller") == "M\u00fcller" == repaired("M\u00fcller")
    True
    """
    for _ in range(2):
        if not _MOJIBAKE.search(text):
            break
        for encoding in ("cp1252", "latin-1"):
            try:
                text = text.encode(encoding).decode("utf-8")
            except UnicodeError:
                continue
            break
    return text


def first(values: Any) -> str:
    """The first string of what should be a list of strings; registries also send a bare string, null or ``[null]``."""
    return next(iter(strings(values)), "")


def strings(values: Any) -> tuple[str, ...]:
    """All strings, cleaned, of a list, a bare string or null."""
    listed = values if isinstance(values, list) else [values]
    return tuple(text for text in map(clean, listed) if text)


def bibliographic_words(reference: Reference) -> str:
    """The whole reference as it would be printed, at most 400 characters.

    A printed entry is taken as it stands, because parsing it can only lose something; an entry of a bibliography file
    is put together from its fields, because its markup is no help to a search.
    """
    raw = " ".join(reference.raw.split())
    fields = reference.fields
    if (not raw or raw.startswith(_STRUCTURED)) and fields.title:
        families = [name.literal or name.family for name in fields.authors[:4]]
        parts = (*families, fields.title, fields.venue, str(fields.year or ""))
        raw = " ".join(part for part in parts if part)
    return _shortened(raw, 400)


def title_words(reference: Reference, longest: int = 300) -> str:
    """The words of the cited title, without punctuation; empty where no title was read."""
    return _shortened(" ".join(_WORD.findall(plain(reference.fields.title))), longest)


def telling_words(reference: Reference, most: int = 6) -> tuple[str, ...]:
    """The longest words of the cited title that are likely to be whole, in ASCII and lower case.

    PDFs glue words together where a hyphen at a line end was lost, and drop ligatures: such words are very long or
    very short.

    >>> from citations.types import Fields, Location
    >>> title = "Retrievalaugmented generation for knowledge-intensive di ff erent tasks"
    >>> telling_words(Reference("", "", Fields(title=title), Location()))
    ('generation', 'knowledge', 'intensive', 'erent', 'tasks')
    """
    words = dict.fromkeys(_WORD.findall(to_ascii(plain(reference.fields.title)).lower()))
    return tuple(sorted(filter(_TELLING.fullmatch, words), key=len, reverse=True)[:most])


def first_author_word(reference: Reference) -> str:
    """The last word of the first author's family name, in ASCII and lower case; empty where there is none."""
    names = [name.family or name.literal for name in reference.fields.authors[:1]]
    words = re.findall(r"[a-z]{2,}", to_ascii(names[0]).lower()) if names else []
    return words[-1] if words else ""


def _shortened(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[:longest].rsplit(" ", 1)[0]

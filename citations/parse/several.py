"""Cuts a numbered entry that cites several works, as chemistry and physics print them.

``[3] A. Smith, Phys. Rev. 12, 3 (1990); B. Doe, Phys. Lett. 4, 5 (1991)`` holds two works under one number.
"""

from __future__ import annotations

import re

LONGEST = 5_000
"""Longer entries are left alone: they are no entries."""

_SEPARATOR = re.compile(r";\s+|(?<=[.)\]\d])\s*\n\s*|(?<=[.;)])\s+(?=\([b-h]\)\s)")
_INITIALS_FIRST = re.compile(
    r"(?:see also |see |also |and )?(?:\([b-h]\)\s*)?(?:[^\W\d_a-z]\.[\s\-‐]*){1,4}(?:(?:van|von|de|del|der|di|da|le|la)\s)*[^\W\d_a-z][\w'’\-]+(?:,| and | et\b|\s\(|\s+[^\W\d_a-z])",
)
_FAMILY_FIRST = re.compile(
    r"(?:\([b-h]\)\s*)?(?:(?:van|von|de|del|der|di|da|le|la)\s)*[^\W\d_a-z][\w'’\-]+,? [^\W\d_a-z](?:\.|\s|,)[^;]{0,120}?(?:1[89]|20)\d\d\b"
)
_DATED = re.compile(
    r"\((?:1[89]|20)\d\d\)|\b(?:1[89]|20)\d\d\b|arXiv|(?:hep|astro|cond|gr|quant|nucl)-\w+/\d{7}|\d{4}\.\d{4,5}"
)
_CLOSED = re.compile(
    r"(?:\((?:1[89]|20)\d\d[a-z]?\)|\b(?:1[89]|20)\d\d\b[^;]{0,30}|\]|\d|/\d{7}|\d{4}\.\d{4,5}(?:v\d+)?)\W{0,3}$"
)
_LETTER = re.compile(r"\(([a-h])\)")


def several(raw: str) -> tuple[int, ...]:
    """Offsets in ``raw`` at which a further work begins; empty for the usual entry.

    Semicolons between authors are none: what stands before them has no year yet.

    >>> several("A. Smith, Phys. Rev. 12, 3 (1990); B. Doe, Phys. Lett. 4, 5 (1991)")
    (35,)
    >>> several("Smith, J.; Doe, B.; Roe, C. A title. J. Chem. 2001, 4, 5.")
    ()
    """
    if len(raw) > LONGEST:
        return ()
    found: list[int] = []
    begin = 0
    for match in _SEPARATOR.finditer(raw):
        before, after = raw[begin : match.start()], raw[match.end() : match.end() + 400]
        if _closed(before) and _opens(after, at_line="\n" in match.group() and ";" not in match.group()):
            found.append(match.end())
            begin = match.end()
    return tuple(found)


def _closed(before: str) -> bool:
    """Whether a whole citation stands before the separator: something dated, outside an open bracket."""
    return (
        bool(_DATED.search(before))
        and bool(_CLOSED.search(before[-80:]))
        and before.count("(") <= before.count(")") + bool(re.match(r"\W*\d+\)", before))
    )


def _opens(after: str, *, at_line: bool) -> bool:
    """Whether authors and, before the next semicolon, something dated follow."""
    head = after.split(";", 1)[0]
    if not _DATED.search(head):
        return False
    flat = " ".join(head.split())
    if _LETTER.match(flat) or _INITIALS_FIRST.match(flat):
        return True
    return at_line and bool(_FAMILY_FIRST.match(flat))

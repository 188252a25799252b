"""Cuts a numbered entry that cites several works, as chemistry and physics print them.

``[3] A. Smith, Phys. Rev. 12, 3 (1990); B. Doe, Phys. Lett. 4, 5 (1991)`` holds two works under one number. Where a
list was typed or pasted, a full stop may be all that stands between two works: then the first must be complete.
"""

from __future__ import annotations

import re

from citations.parse.likeness import PROSE

LONGEST = 5_000
"""Longer entries are left alone: they are no entries."""

_SEPARATOR = re.compile(
    r";\s+|(?<=[\d)])\.\s+(?=(?:\[\d{1,3}\]\s?|\(?\d{1,3}[.)]\s)?[^\W\d_a-z])|(?<=[.)\]\d:\"”])\s*\n\s*|(?<=[.;)])\s+(?=\([b-h]\)\s)"
)
_INITIALS_FIRST = re.compile(
    r"(?:see also |see |also |and )?(?:\([b-h]\)\s*)?(?:[^\W\d_a-z]\.[\s\-‐]*){1,4}(?:(?:van|von|de|del|der|di|da|le|la)\s)*[^\W\d_a-z][\w'’\-]+(?:,| and | et\b|\s\(|\s+[^\W\d_a-z])",
)
_FAMILY_FIRST = re.compile(
    r"(?:\([b-h]\)\s*)?(?:(?:van|von|de|del|der|di|da|le|la)\s)*[^\W\d_a-z][\w'’\-]+,? [^\W\d_a-z](?:\.|\s|,)[^;]{0,120}?(?:1[89]|20)\d\d\b"
)
_NO_NAME = re.compile(
    r"(?:Vol|Volume|Part|Series|Ser|Chapter|Ch|Paper|Article|Art|Section|Sec|Report|Rep|Suppl|Supplement|Issue|Number|No|Class|Type|Group|Figure|"
    r"Fig|Table|Appendix|Erratum|Discussion|Epub|PMID|Vitamin|Hepatitis|Springer|Wiley|Elsevier|New|In|The|A|An)\b"
)
_WORD = re.compile(r"[^\W\d_]{2,}")
FEWEST = 4
"""Words of authors, title and venue; a publisher's address has fewer."""

_QUOTE = re.compile('["“«„]')
_MOST_PROSE = 3
"""Lines of prose that may stand between two works of one entry."""

_LEAD = re.compile(r"(?:\[\d{1,3}\]\s?|\(?\d{1,3}[.)]\s)?(?:(?:see|also|and|cf\.?|compare)[\s,:]+){0,3}", re.IGNORECASE)
_ONE_AUTHOR = re.compile(r"(?:[^\W\d_a-z]\.[\s\-‐]*){1,4}[^\W\d_a-z][\w'’\-]+\.\s[^\W\d_a-z]")
_GIVEN_FIRST = re.compile(
    r"[^\W\d_a-z][^\W\d_A-Z]+ (?:[^\W\d_a-z]\.? )?[^\W\d_a-z][\w'’\-]+(?:\.|(?:,|,? and|,? &) [^\W\d_a-z][^\W\d_A-Z]+ (?:[^\W\d_a-z]\.? )?[\w'’\-]+[.,]) [^;]*?(?: [a-z]{2,}\b[^;]*?){3}"
)
"""``Jane Smith. A study of nothing in particular.``: a name before a title in lower case."""

_QUOTED_FIRST = re.compile(
    r"[\"“«„](?=[^\"“”«»„]*[^\W\d_]{2,}[^\"“”«»„]*\s[^\W\d_]{2,})[^\"“”«»„]{12,300}[,.?!]?[\"”»“][,.]?\s+(?:by\s+)?"
    r"(?:(?:[^\W\d_a-z]\.[\s\-‐]*){1,4}(?:(?:van|von|de|del|der|di|da|le|la)\s)*[^\W\d_a-z][\w'’\-]+"
    r"|[^\W\d_a-z][\w'’\-]+,?\s[^\W\d_a-z](?:\.|,|\s)|(?<=by\s)[^\W\d_a-z][\w'’\-]+)"
)
"""``"A study of nothing" by J. Smith``: a title in quotes, then a name."""

_SHORT_THEN_QUOTED = re.compile(
    r"[\"“«„]?[^\W\d_a-z][\w'’\-]+(?:\s(?:and|&)\s[^\W\d_a-z][\w'’\-]+|,?\s+et\s+al\.?)?,?\s+(?:\(?(?:1[89]|20)\d\d\)?[.,:]?\s+)?"
    r"[\"“«„](?=[^\"“”«»„]*[^\W\d_]{2,}[^\"“”«»„]*\s[^\W\d_]{2,})[^\"“”«»„]{12,300}[\"»“”]"
)
"""``Roe et al., "A study of nothing"``: families alone, as in running text, then a title in quotes."""

_LOCUS = re.compile(
    r"\d\s?(?:\(\w[\w–-]*\))?\s?[:,]\s?(?:pp?\.\s?)?[a-zA-Z]?\d[\w.–-]*(?:,?\s\(?(?:1[89]|20)\d\d[a-z]?\)?)?\W*$"
    r"|\b(?:10\.\d{4,9}/|arXiv:|PMID:? ?)\S+$"
)
"""Volume and page at the end, perhaps with the year behind them, or an identifier: nothing is missing."""

_DATED = re.compile(
    r"\((?:1[89]|20)\d\d\)|\b(?:1[89]|20)\d\d\b|arXiv|(?:hep|astro|cond|gr|quant|nucl)-\w+/\d{7}|\d{4}\.\d{4,5}"
)
_CLOSED = re.compile(
    r"(?:\((?:1[89]|20)\d\d[a-z]?\)|\b(?:1[89]|20)\d\d\b[^;]{0,30}|\]|\d|/\d{7}|\d{4}\.\d{4,5}(?:v\d+)?)\W{0,3}$"
)
_NUMBER = re.compile(r"(?:\[(\d{1,3})\]\s?|\(?(\d{1,3})[.)]\s)(?=[^\W\d_])")
_LETTER = re.compile(r"\(([a-h])\)")


def several(raw: str, *, labelled: bool = True) -> tuple[int, ...]:
    """Offsets in ``raw`` at which a further work begins; empty for the usual entry.

    Semicolons between authors are none: what stands before them has no year yet. Where entries are not ``labelled``,
    their lines were already told apart, and only what stands in one line is looked at.

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
        if not labelled and "\n" in match.group() and ";" not in match.group():
            continue
        before, after = raw[begin : match.start()], raw[match.end() : match.end() + 400]
        if "\n" in match.group():
            before = without_prose(before)
        if _closed(before) and _opens(match.group(), before, after):
            found.append(match.end())
            begin = match.end()
    return tuple(found)


def own_label(part: str, label: str) -> str:
    """The number that a further work has of its own, otherwise that of the entry.

    >>> own_label("4. Doe B. A title. 2001.", "3"), own_label("Doe B. A title. 2001.", "3")
    ('4', '3')
    """
    number = _NUMBER.match(part)
    return number[number.lastindex or 1] if number else label


def without_prose(text: str) -> str:
    r"""An entry without the lines behind it that talk about the next one, such as ``We also used:``.

    >>> without_prose("1. Doe B. A title. Ecology 2001;3:1-9.\nThe following study was used too.")
    '1. Doe B. A title. Ecology 2001;3:1-9.'
    """
    lines = text.rstrip().split("\n")
    kept = len(lines)
    for number in range(len(lines) - 1, max(0, len(lines) - 1 - _MOST_PROSE), -1):
        if any(char.isdigit() for char in lines[number]):
            break
        said = " ".join(lines[number:])
        if _CLOSED.search(lines[number - 1].rstrip()[-80:]) and (said.endswith(":") or PROSE.search(said)):
            kept = number
    return "\n".join(lines[:kept]).rstrip()


def _closed(before: str) -> bool:
    """Whether a whole citation stands before the separator: something dated, outside an open bracket."""
    return (
        bool(_DATED.search(before))
        and bool(_CLOSED.search(before[-80:]))
        and before.count("(") <= before.count(")") + bool(re.match(r"\W*\d+\)", before))
    )


def _opens(separator: str, before: str, after: str) -> bool:
    """Whether authors and, before the next semicolon, something dated follow."""
    head = " ".join(after.split(";", 1)[0].split())
    if not _DATED.search(head):
        return False
    if "\n" in separator and (_QUOTED_FIRST.match(head) or _SHORT_THEN_QUOTED.match(_LEAD.sub("", head, count=1))):
        return bool(_LOCUS.search(before[-80:]) or _QUOTE.search(before))
    if separator.startswith(".") and "\n" not in separator:
        return bool(_LOCUS.search(before[-80:])) and _begins_work(head)
    if _LETTER.match(head) or _INITIALS_FIRST.match(head):
        return True
    return ("\n" in separator and bool(_FAMILY_FIRST.match(head))) or _begins_work(head)


def _begins_work(head: str) -> bool:
    """Whether a name and enough words for a title follow; titles may begin like names, venues and places too."""
    head = _LEAD.sub("", head, count=1)
    if _NO_NAME.match(head) or len(_WORD.findall(head)) < FEWEST:
        return False
    return any(pattern.match(head) for pattern in (_FAMILY_FIRST, _INITIALS_FIRST, _ONE_AUTHOR, _GIVEN_FIRST))

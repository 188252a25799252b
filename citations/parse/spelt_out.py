"""Whole references in running text: ``... as Roe, A., & Doe, B. (2019). On sleep. Sleep, 4(2), 1-9. showed``. Pure.

Only the order of APA is looked for, authors with initials before a year in brackets, because nothing else in prose looks like it;
where the place in a journal, the words of a proceedings or an identifier is missing, the sentence may only name a person.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_UPPER = r"[^\W\d_a-zß-ÿ]"
_AUTHOR = rf"(?:(?:van|von|de|den|der|la|le|di|da|del|dos|ter) ){{0,2}}{_UPPER}[\w'’-]{{1,30}}(?: {_UPPER}[\w'’-]{{1,30}})?, (?:{_UPPER}\.[ -]?){{1,4}}+"
_OPENING = re.compile(
    rf"(?<![\w&])(?>{_AUTHOR})(?:,?+ ?+(?:& |and |… ?|\.\.\. ?)?+(?>{_AUTHOR})){{0,20}}+(?:,? et al\.)? ?\((?:1[6-9]|20)\d\d[a-z]?\)[.:,]\s+"
)
_TITLE = re.compile(r"[^\n.?!]{8,300}(?:\.(?=\s)|[?!])")
_VENUE = re.compile(
    rf"\s+(?P<venue>(?:In |\*|_)?{_UPPER}[^\n.]{{2,200}}?(?:,?\s(?:vol\.\s?)?[*_]?\d{{1,4}}[*_]?(?:\s?\([\w–-]{{1,9}}\)(?:[,:]\s?(?:pp?\.\s?)?[a-z]?\d[\w.–-]*)?|[,:]\s?(?:pp?\.\s?)?[a-z]?\d[\w.–-]*))"
    rf"|In [^\n.]{{0,80}}(?:Proceedings|Conference|Symposium|Workshop|Advances)\b[^\n.]{{0,160}}|{_UPPER}[^\n.]{{0,60}}(?:Press|Springer|Elsevier|Wiley))\.?(?=\s|$|[)*_])"
)
_IDENTIFIER = re.compile(
    r"\s*(?:https?://(?:dx\.)?doi\.org/|doi:?\s?)10\.\d{4,9}/[^\s<>\"“”]{2,200}|\s*arXiv:\s?\d{4}\.\d{4,5}",
    re.IGNORECASE,
)
_LEAD = re.compile(
    rf"(?i:(?:see(?:,? (?:also|e\.g\.|for example),?)?|cf\.?|compare|e\.g\.,?|also|as|in|by|from|per|following|and|but|when|while|since)\s+)(?={_UPPER}[\w'’-]*,? (?:{_UPPER}\.|et al|and |& |\())"
)


def spelt_out(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Where whole references stand inside ``text[start:end]``, in order and without overlap.

    >>> said = "It is known. See Roe, A. (2019). On sleep and rest. Sleep, 4(2), 1-9. It was new."
    >>> [said[begin:stop] for begin, stop in spelt_out(said, 0, len(said))]
    ['Roe, A. (2019). On sleep and rest. Sleep, 4(2), 1-9.']
    """
    at = start
    while opening := _OPENING.search(text, at, end):
        at = opening.end()
        title = _TITLE.match(text, opening.end(), end)
        if title is None:
            continue
        venue = _VENUE.match(text, title.end(), end)
        stop = venue.end() if venue else title.end()
        identifier = _IDENTIFIER.match(text, stop, end)
        if venue or identifier:
            at = identifier.end() if identifier else stop
            yield opening.start() + lead(opening.group()), at - len(text[stop:at]) + len(text[stop:at].rstrip(".,;)"))


def lead(raw: str) -> int:
    """Length of the words in front of a reference that send the reader to it or open its sentence: ``See also Roe, A. (2019) ...``.

    >>> lead("See also Roe, A. (2019). On sleep."), lead("See, J. (2019). On sleep.")
    (9, 0)
    """
    found = _LEAD.match(raw)
    return found.end() if found else 0

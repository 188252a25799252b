"""How an entry of an author-year list begins and ends, judged from its first and last line alone."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from itertools import pairwise

_NAME = r"[^\W\d_a-z][^\W\d_]*(?:['’`´\-‐‑ -][^\W\d_]+){0,3}?"
_PARTICLE = (
    r"(?:(?:van|von|de|del|della|der|den|di|da|dos|du|la|le|el|al|ter|ten|zu|zur|vom|bin|ibn|st\.?|’t|'t|d['’])[\s\-])*"
)

DASHES = re.compile(r"(?:[-–—―_─]{1,12}|\.{4,})\s?[-–—―_─]*\s*[.,&(]|[–—―_─]{2,}\s|-{2,}\s|-{1,3}$")
"""The author of the entry above, printed as a dash."""

BODY_YEAR = re.compile(r"[^\W\d_a-z][^.(]{1,60}[.,]? \(?(?:1[5-9]|20)\d\d[a-z]?\)?[.,:] ")
"""``Crossref. 2025.``, ``World Health Organization (2019).``"""

LOST_DASH = re.compile(r"\W{0,3}\d?\W{0,3}(?<!\d)(?:1[5-9]|20)\d\d[a-z]?\.\s+[^\W\d_a-z]|,\s+[^\W\d_a-z]\.\s?[^\W\d_]")
"""The same where only the year or the comma behind the dash is left."""

AUTHORS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"(?i:{_PARTICLE}){_NAME}, ?(?:[^\W\d_a-z]\.|[^\W\d_a-z]{{1,3}}\b[,.;: ]|(?i:jr|sr|ii|iii)\b)",
        rf"(?:[^\W\d_a-z]\.[\s\-‐]?){{1,4}}\s?(?i:{_PARTICLE}){_NAME}",
        rf"(?i:{_PARTICLE}){_NAME} [^\W\d_a-z]{{1,3}}(?:[,.;:]| (?:and|et|19|20|\())",
        rf"(?i:{_PARTICLE}){_NAME}, [^\W\d_a-z][^\W\d_]+(?: [^\W\d_a-z]\.?)*(?:[,.;(]| and | & |$)",
        rf"(?i:{_PARTICLE}){_NAME}(?:,? (?:et al\.?|and others)|,? & |,? and [^\W\d_a-z]|(?: [^\W\d_]+){{0,6}}[,.]? \(\d{{4}})",
    )
)
"""``Smith, J.``, ``J. Smith``, ``Smith J,``, ``Smith, Jane.``, ``Smith et al.``"""

GIVEN_FIRST = re.compile(rf"[^\W\d_a-z][^\W\d_A-Z]+ (?:[^\W\d_a-z]\.? )*(?i:{_PARTICLE}){_NAME}(?:,| and | & | et al)")
"""``Jane A. Smith, ...``"""

CONTINUES = re.compile(
    r"(?:[a-zß-öø-ÿ&(\[,;:/]|https?:|doi\b|DOI\b|arXiv\b|ArXiv e-prints|URL\b|In[: ]|pp?\. ?\d|[Vv]ol\.|Eds?\.|Available |Retrieved "
    r"|Accessed |Advance online|and |\d{1,4}[ ,.:;)(–-]|\d+$|Proc\. |Proceedings |Journal of |J\. (?:[A-Z][a-z]+\. ){1,3}|University Press|Springer|Cambridge|"
    r"IEEE|ACM|Elsevier|Wiley|PMLR|MIT Press|Nature |Science )"
)
"""How lines begin that go on with the entry above."""

YEAR = re.compile(
    r"(?<![\d.:/-])(?:1[5-9]|20)\d\d[a-z]?(?![\d])|\b(?:in press|forthcoming|n\.d\.|to appear)\b", re.IGNORECASE
)
YEAR_SOON = re.compile(r"^.{4,400}?[(,.\s](?:1[5-9]|20)\d\d[a-z]?(?:[),.:;/ ]|$)")
FINISHED = re.compile(r"(?:[.!?][\"”’)]?|[)\]]\.?|\d[a-z]?|[–-]\d+|\d/[\w.\-/]+|(?:https?://|www\.|doi).*)$")
UNFINISHED = re.compile(
    r"(?:[,&:\-–—‐(\[/]|\b(?:and|of|the|in|for|with|on|a|an|de|der|et|und|to|from|by|[Vv]ol\.|no\.|pp?\.|eds?\.|[A-Z]\.)|\bet)$"
)


_HEAD = 160
"""Characters of a line that are looked at."""


def begins(text: str) -> float:
    """How much a line looks like the first of an entry, about -2 to 2."""
    return _begins(text[:_HEAD])


@lru_cache(maxsize=4_000)
def _begins(head: str) -> float:
    """Remembered, since every line is judged for several questions."""
    if DASHES.match(head):
        return 2.0
    if any(pattern.match(head) for pattern in AUTHORS):
        return 1.2 - (0.9 if CONTINUES.match(head) else 0.0)
    if GIVEN_FIRST.match(head) or LOST_DASH.match(head):
        return 0.8
    if CONTINUES.match(head):
        return -1.6
    if BODY_YEAR.match(head):
        return 0.7
    return 0.0 if head[:1].isupper() or head[:1] in '"“‘«' or not head[:1].isascii() else -0.8


def ends(text: str) -> float:
    """How much a line looks like the last of an entry, about -1.5 to 0.6."""
    tail = text[-120:]
    if UNFINISHED.search(tail):
        return -1.5
    return 0.6 if FINISHED.search(tail) else -0.6


def sort_key(text: str) -> str:
    """What an alphabetical list is sorted by: the first family name, folded; empty for a repeated author."""
    if DASHES.match(text) or LOST_DASH.match(text):
        return ""
    words = re.findall(r"[^\W\d_]+(?:['’][^\W\d_]+)?", text[:80])
    full = [word for word in words if len(word) > 1]
    letters = unicodedata.normalize("NFKD", full[0]) if full else ""
    return "".join(each for each in letters if each.isalpha()).casefold()


def alphabetical(keys: list[str]) -> bool:
    """Whether the families stand in order, with room for a few slips."""
    known = [key[:1] for key in keys if key]
    if len(known) < 5:
        return False
    rising = sum(a <= b for a, b in pairwise(known))
    return rising >= 0.8 * (len(known) - 1) and known[0] < known[-1]

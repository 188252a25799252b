"""British and American spelling, which no writer is to blame for."""

from __future__ import annotations

import re
from functools import lru_cache

_WORDS = {
    "vs": "versus", "grey": "gray", "disc": "disk", "discs": "disks", "tyre": "tire", "tyres": "tires", "kerb": "curb",
    "whilst": "while", "amongst": "among", "towards": "toward", "orientated": "oriented", "cheque": "check",
    "cheques": "checks", "enrol": "enroll", "enrolment": "enrollment", "fulfil": "fulfill", "fulfilment": "fulfillment",
    "skilful": "skillful", "wilful": "willful", "practise": "practice", "artefact": "artifact", "artefacts": "artifacts",
    "sceptic": "skeptic", "sceptical": "skeptical", "scepticism": "skepticism", "plough": "plow", "ploughing": "plowing",
    "mould": "mold", "moulds": "molds", "moulding": "molding", "draught": "draft", "storey": "story", "pyjamas": "pajamas",
    "shew": "show", "shewn": "shown", "shewing": "showing",
}  # fmt: skip
_PATTERNS = tuple(
    (re.compile(pattern), american)
    for pattern, american in (
        (r"is(?=ation|ing|e)", "iz"), (r"ys(?=e|ing)", "yz"), (r"our", "or"), (r"tre(?=s?$)", "ter"), (r"bre(?=s?$)", "ber"), (r"tred$", "tered"),
        (r"tring$", "tering"), (r"ll(?=ed$|ing$|er)", "l"), (r"ogue(?=s?$)", "og"), (r"ae|oe", "e"), (r"ph", "f"),
        (r"ence$", "ense"), (r"ences$", "enses"), (r"mme(?=s?$)", "m"), (r"aluminium", "aluminum"), (r"ageing", "aging"),
        (r"gement", "gment"), (r"grey", "gray"), (r"xion(?=s?$|al)", "ction"),
    )
)  # fmt: skip


@lru_cache(maxsize=16384)
def american(word: str) -> str:
    """One form for British and American spellings of a folded word; not meant to be read.

    >>> american("judgement") == american("judgment"), american("connexion") == american("connection")
    (True, True)
    """
    if word in _WORDS:
        return _WORDS[word]
    if len(word) < 5:
        return word
    for pattern, spelling in _PATTERNS:
        word = pattern.sub(spelling, word)
    return word

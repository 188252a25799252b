"""Numbers in titles, whichever way they are written: ``2``, ``II``, ``two``, ``second``, ``2nd``."""

from __future__ import annotations

import re

_DIGITS = re.compile(r"(\d{1,9})(?:st|nd|rd|th)?")
_CARDINALS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen twenty"
)
_ORDINALS = (
    "zeroth first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth "
    "fifteenth sixteenth seventeenth eighteenth nineteenth twentieth"
)
_TENS = "thirty forty fifty sixty seventy eighty ninety hundred"
_ROMAN = "i ii iii iv v vi vii viii ix x xi xii xiii xiv xv xvi xvii xviii xix xx"
_VALUES = {
    **{word: value for words in (_CARDINALS, _ORDINALS) for value, word in enumerate(words.split())},
    **{word: value for value, word in enumerate(_ROMAN.split(), 1)},
    **{word: 10 * tens for tens, word in enumerate(_TENS.split(), 3)},
}


def number(word: str) -> int | None:
    """The value of a folded word that is a number and nothing else, ``None`` for all other words.

    >>> [number(word) for word in ("ii", "2nd", "second", "twenty", "h2o")]
    [2, 2, 2, 20, None]
    """
    digits = _DIGITS.fullmatch(word)
    return int(digits[1]) if digits else _VALUES.get(word)

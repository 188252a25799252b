"""One person: the folded form of a name, and whether two names can belong to the same person."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz.distance import OSA, JaroWinkler

from citations.markup import plain_text, to_ascii
from citations.names.east_asian import same_family, same_given
from citations.names.read import is_body_text, read_name
from citations.names.words import PARTICLES, SHORT_FORMS
from citations.types import Name

_CACHE_SIZE = 16384
_SAME_GIVEN = 0.9
_WORD = re.compile(r"[a-z]+")
_APOSTROPHES = re.compile(r"['’ʼ`´ʹ′]")
_GLUED = re.compile(r"(?<![^\W\d_])[^\W\d_a-z]{2,4}(?![^\W\d_])")
_UMLAUT = re.compile(r"(?<=[aou])e|(?<=a)a")
_LIGATURE = re.compile(r"ff[il]?|f[il]")
_ROMANISED = tuple(
    (re.compile(pattern), letter)
    for pattern, letter in (
        (r"tsch|tch|cz", "ch"), (r"shch|sch|sh|sz|š", "s"), (r"kh|ch|c(?=[eiy])", "h"), (r"zh", "z"), (r"tz|ts", "c"),
        (r"y|j|ii|iy|ij", "i"), (r"(?:i+[eo]|e)(?=[vf]{1,2}$)", "e"), (r"i+e?", "i"),
        (r"w|(?<=[eio])ff?$", "v"), (r"ph", "f"), (r"ks|x", "s"), (r"ou|oo", "u"), (r"q|c", "k"), (r"(.)\1", r"\1"),
    )
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Folded:
    """A name without case, accents and punctuation."""

    family: tuple[str, ...]
    """Words of the family name without particles."""
    given: tuple[str, ...]
    """Given names and initials, one word each."""
    core: str
    """The family words in one."""
    latin: bool
    """Whether it was printed in Latin letters."""
    body: bool = False
    """Whether it is an institution or consortium."""
    damaged: bool = False
    """Whether it lost characters in the text layer of a PDF."""


def family_key(name: Name) -> str:
    """Family name, folded and without particles, for look-ups.

    >>> family_key(Name(family="van den Oord")), family_key(Name(family="Müller"))
    ('oord', 'muller')
    """
    return fold(name).core


def is_body(name: Name) -> bool:
    """Whether the name is an institution's or a consortium's and not a person's."""
    return fold(name).body


@lru_cache(maxsize=_CACHE_SIZE)
def fold(name: Name) -> Folded:
    """What comparing needs of a name; a literal that reads like a person is folded as one."""
    if name.literal:
        if is_body_text(name.literal):
            words = _words(name.literal)
            return Folded(words, (), "".join(words), latin=True, body=True)
        read = read_name(name.literal)
        if not read.literal:
            return fold(read)
        name = Name(family=read.literal)
    words = _words(name.family)
    family = tuple(word for word in words if word not in PARTICLES) or words
    letters = [sign for sign in name.family if sign.isalpha()]
    return Folded(
        family=family,
        given=_given(name.given, shouted=name.family.isupper() and len(name.family) > 3),
        core="".join(family),
        latin=any(sign < "ɐ" for sign in letters) or not letters,
        damaged="\x00" in name.family or "\ufffd" in name.family,
    )


def _words(text: str) -> tuple[str, ...]:
    return tuple(_WORD.findall(to_ascii(_APOSTROPHES.sub("", plain_text(text))).lower()))


def _given(text: str, *, shouted: bool) -> tuple[str, ...]:
    """Words of the given name, glued initials ("RMF") taken apart."""
    text = plain_text(text)
    if text.isascii() and text.islower():
        return tuple(_WORD.findall(_APOSTROPHES.sub("", text)))
    if not shouted:
        text = _GLUED.sub(lambda match: " ".join(match[0]), text)
    words = _words(text)
    return tuple(word for word in words if word not in PARTICLES or len(word) == 1) or words


def same_person(a: Name, b: Name) -> float:
    """How well two names fit one person: 1 the same, at least .7 compatible, 0 different.

    Between them: below .3 the same family name with other initials, up to .5 with the same initials and other names, or
    names in different scripts that cannot be told.

    >>> same_person(Name(family="van den Oord", given="Aäron"), Name(family="Oord", given="A. van den")) >= 0.7
    True
    """
    return compare_folded(fold(a), fold(b))


@lru_cache(maxsize=2 * _CACHE_SIZE)
def compare_folded(a: Folded, b: Folded) -> float:
    """``same_person`` for folded names."""
    if a == b:
        return 1.0
    if a.body or b.body:
        return _bodies(a, b)
    straight = _family(a, b)
    if straight:
        given = _given_names(a.given, b.given)
        straight = 0.0 if straight < 0.9 and given < 0.7 else min(straight, given)
    if straight >= 0.7:
        return straight
    best = max(straight, _other_order(a, b), _misspelt(a, b), _romanised_otherwise(a, b))
    if not best and a.latin != b.latin:
        return 0.5
    return best


def _bodies(a: Folded, b: Folded) -> float:
    """Institutions agree in their words, or one is the other's acronym."""
    if a.core == b.core:
        return 1.0
    first, second = set(a.family), set(b.family)
    if first and second and (first <= second or second <= first):
        return 0.85
    for short, long in ((a, b), (b, a)):
        if len(long.family) > 1 and short.core == "".join(word[0] for word in long.family):
            return 0.8
    return 0.7 if len(first & second) * 2 > max(len(first), len(second)) else 0.0


def _family(a: Folded, b: Folded) -> float:
    """How well the family names fit."""
    if a.core == b.core:
        return 1.0 if a.core else 0.0
    if not a.core or not b.core:
        return 0.0
    first, second = _UMLAUT.sub("", a.core), _UMLAUT.sub("", b.core)
    if first in {second, b.core} or a.core == second:
        return 0.95
    if _part_of_other(a, b):
        return 0.85
    if _romanised(a.core) == _romanised(b.core) and len(a.core) > 2:
        return 0.9
    return _damaged_family(a, b)


def _part_of_other(a: Folded, b: Folded) -> bool:
    """One part of a compound name stands for it, the other part is missing or counted as a given name."""
    short, long = sorted((a, b), key=lambda each: len(each.family))
    if len(long.family) < 2 or len(short.family) >= len(long.family):
        return False
    return set(short.family) <= set(long.family) and max(len(word) for word in short.family) > 2


def _damaged_family(a: Folded, b: Folded) -> float:
    """Family names that a typing error or a lost ligature keeps apart."""
    shorter = min(len(a.core), len(b.core))
    if (a.damaged or b.damaged or shorter > 4) and _LIGATURE.sub("", a.core) == _LIGATURE.sub("", b.core):
        return 0.85
    if a.latin != b.latin:
        return 0.85 if JaroWinkler.similarity(_romanised(a.core), _romanised(b.core)) > 0.85 else 0.0
    allowed = 0 if shorter < 5 else 1 if shorter < 9 else 2
    close = allowed and OSA.distance(a.core, b.core, score_cutoff=allowed) <= allowed
    return 0.75 if close else 0.0


def _misspelt(a: Folded, b: Folded) -> float:
    """A short family name with a letter too many or two exchanged, beside the same given name in full."""
    if a.given[:1] != b.given[:1] or not a.given or len(a.given[0]) < 3 or min(len(a.core), len(b.core)) < 4:
        return 0.0
    replaced = len(a.core) == len(b.core) and sorted(a.core) != sorted(b.core)
    return 0.75 if not replaced and OSA.distance(a.core, b.core, score_cutoff=1) <= 1 else 0.0


def _romanised_otherwise(a: Folded, b: Folded) -> float:
    """One Korean or Chinese name in two romanisations; one initial is too little beside another family name."""
    if not a.given or not b.given or not same_family(a.core, b.core):
        return 0.0
    if same_given(a.given, b.given):
        return 0.85
    told = min(len("".join(a.given)), len("".join(b.given))) > 1
    return 0.85 if told and a.core != b.core and _given_names(a.given, b.given) >= _SAME_GIVEN else 0.0


def _romanised(word: str) -> str:
    """The word with the spellings of different romanisations made one."""
    for pattern, letter in _ROMANISED:
        word = pattern.sub(letter, word)
    return word


def _given_names(a: tuple[str, ...], b: tuple[str, ...]) -> float:
    """How well the given names fit, 0.15 if already the initials contradict."""
    if not a or not b:
        return 0.9
    if a == b or "".join(a) == "".join(b):
        return 1.0
    if _alike(a[0], b[0]):
        return 0.95
    if a[0][0] == b[0][0]:
        return 0.8 if _shared_word(a, b) or _initials_of_one_word(a, b) else 0.4
    return _by_other_name(a, b)


def _by_other_name(a: tuple[str, ...], b: tuple[str, ...]) -> float:
    """Persons known by their second name, names in another order, short forms with another letter."""
    if _short_form(a[0], b[0]) or _shared_word(a, b):
        return 0.8
    if _initial_of_short_form(a[0], b[0]) or _initial_of_short_form(b[0], a[0]):
        return 0.75
    short, long = sorted((a, b), key=len)
    if len(long) > len(short) and all(any(_alike(word, other) for other in long) for word in short):
        return 0.75
    if sorted(word[0] for word in a) == sorted(word[0] for word in b) and len(a) > 1:
        return 0.75
    return 0.75 if _romanised(a[0]) == _romanised(b[0]) and len(a[0]) > 2 else 0.15


def _alike(a: str, b: str) -> bool:
    """One given name for the other: initial, beginning, short form, other spelling."""
    if len(a) == 1 or len(b) == 1:
        return a[0] == b[0]
    short, long = sorted((a, b), key=len)
    if long.startswith(short) and len(short) > 1:
        return True
    if _UMLAUT.sub("", a) == _UMLAUT.sub("", b) or _romanised(a) == _romanised(b) or _short_form(a, b):
        return True
    return a[0] == b[0] and len(short) > 3 and JaroWinkler.similarity(a, b) > 0.9


def _short_form(a: str, b: str) -> bool:
    return any(a in group and b in group for group in SHORT_FORMS)


def _initial_of_short_form(initial: str, name: str) -> bool:
    """``b`` for ``robert``, whom people call Bob."""
    forms = (form for group in SHORT_FORMS if name in group for form in group)
    return len(initial) == 1 and any(form[0] == initial for form in forms)


def _shared_word(a: tuple[str, ...], b: tuple[str, ...]) -> bool:
    return any(len(word) > 1 and word in b for word in a)


def _initials_of_one_word(a: tuple[str, ...], b: tuple[str, ...]) -> bool:
    """``x m`` for ``xiaoming``: initials of a given name that is written as one word."""
    short, long = sorted((a, b), key=len)
    return len(short) == 1 and all(len(word) == 1 for word in long) and all(word in short[0] for word in long)


def _other_order(a: Folded, b: Folded) -> float:
    """The same words with family and given name exchanged or cut elsewhere."""
    words_a, words_b = a.family + a.given, b.family + b.given
    joined_a, joined_b = "".join(a.given) + a.core, "".join(b.given) + b.core
    if sorted(words_a) == sorted(words_b) or joined_a in {joined_b, b.core + "".join(b.given)}:
        return 0.9
    if "".join(a.given) == b.core and a.core == "".join(b.given):
        return 0.9
    if len(a.given) == len(b.given) == 1 and len(a.given[0]) > 1 and len(b.given[0]) > 1:
        crossed = a.given[0] == b.core and _alike(a.core, b.given[0])
        if crossed or (b.given[0] == a.core and _alike(b.core, a.given[0])):
            return 0.85
    for one, other in ((a, b), (b, a)):
        full = [word for word in one.family + one.given if len(word) > 2]
        if len(full) > 1 and set(full) <= set(other.family + other.given):
            return 0.85
        exchanged = one.core == "".join(other.given) and all(len(word) == 1 for word in one.given)
        if one.given and exchanged and one.given[0] == other.core[:1]:
            return 0.75
        tail = len(other.given) > 1 and other.given[-1] in one.family and len(other.given[-1]) > 2
        if (
            tail
            and one.given
            and _alike(one.given[0], other.given[0])
            and set(one.family) <= {*other.given, *other.family}
        ):
            return 0.8
    return 0.0

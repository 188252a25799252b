"""How much two titles resemble each other."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz.distance import OSA, Levenshtein
from rapidfuzz.fuzz import ratio

from citations.titles.keys import MAX_CHARS, fold, is_generic, main_titles
from citations.titles.labels import CACHE_SIZE, strip_both
from citations.titles.numbers import number
from citations.titles.spelling import american

_STOP_WORDS = (
    "a an the of on in for to and or with by from at as via into its is are der die das und von zur zum des im le "
    "la les de du et en el los las y"
)
_STOP = frozenset(_STOP_WORDS.split())
_PART = re.compile(r"\W*(?:part|vol(?:ume)?|chapter|book|phase|teil|partie|no)?\.?\s*(?:\d+|[ivx]+|one|two|three)\b")
_DIGITS = re.compile(r"\d+")
_SINGLE = frozenset({"i", "v", "x"})
"""Roman numerals that are names of variables more often."""
_UMLAUT = re.compile(r"(?<=[aou])e")
_LIGATURE = re.compile(r"ff[il]?|f[il]")
_OPPOSITE = re.compile(r"un|in|im|ir|il|a|an|non|dis|de|re|pre|co|bi|sub|anti|ab")


def title_similarity(a: str, b: str) -> float:
    """How much two titles resemble each other: 1 for equal keys, at least .95 for honest damage, else clearly less.

    Honest: hyphens, broken ligatures, British spelling, labels and subtitles left out, a little word like "the". A
    typing error stays above .95 as well, but below 1; one other word gives at most .9, and titles with different
    numbers ("Part II", "Part III") at most .6. Symmetrical.
    """
    first, second = fold(a), fold(b)
    if not first.key or not second.key:
        return 0.0
    if first.key == second.key:
        return 1.0
    return _similarity(*sorted((a[:MAX_CHARS], b[:MAX_CHARS])))


@lru_cache(maxsize=CACHE_SIZE)
def _similarity(a: str, b: str) -> float:
    label_free = strip_both(a, b)
    first, second = fold(label_free[0]), fold(label_free[1])
    if first.key == second.key:
        return 0.99
    if _same_spelling(first.words, second.words):
        return 0.98
    dropped = max(_without_subtitle(*label_free), _without_subtitle(*reversed(label_free)))
    return max(dropped, _word_similarity(first.words, second.words))


def _without_subtitle(long: str, short: str) -> float:
    """How well ``short`` fits the other title without its subtitle, 0 if it does not."""
    for main in main_titles(long):
        if abs(len(main) - len(short)) > 12:
            continue
        first, second = fold(main), fold(short)
        if first.key == second.key or _same_spelling(first.words, second.words):
            weak = _PART.match(long[len(main) :].lower()) or is_generic(main)
            return 0.85 if weak else 0.95
    return 0.0


def _word_similarity(a: tuple[str, ...], b: tuple[str, ...]) -> float:
    """Similarity from the stretches of words that differ."""
    weight = max(sum(map(_weight, a)), sum(map(_weight, b)))
    limit, cost = 1.0, 0.0
    for left, right in _differing(a, b):
        difference = _difference(left, right)
        limit = min(limit, difference.limit)
        cost += difference.cost
    return max(0.0, min(limit, 1 - cost / max(weight, 4.0)))


def _differing(a: tuple[str, ...], b: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Stretches of words that are not equal, neighbouring ones joined."""
    start_a = start_b = end_a = end_b = 0
    for code in Levenshtein.opcodes(a, b):
        if code.tag == "equal":
            if end_a > start_a or end_b > start_b:
                yield a[start_a:end_a], b[start_b:end_b]
            start_a, start_b = code.src_end, code.dest_end
        end_a, end_b = code.src_end, code.dest_end
    if end_a > start_a or end_b > start_b:
        yield a[start_a:end_a], b[start_b:end_b]


@dataclass(frozen=True, slots=True)
class _Difference:
    """What one differing stretch costs, and how similar the titles can be at most."""

    cost: float
    limit: float


def _difference(a: tuple[str, ...], b: tuple[str, ...]) -> _Difference:
    left, right = "".join(a), "".join(b)
    if left == right:
        return _Difference(0.0, 1.0)
    numbers = _numbers(a), _numbers(b)
    if numbers[0] != numbers[1]:
        return _Difference(max(1.0, _cost(a, b)), 0.6 if numbers[0] and numbers[1] else 0.8)
    if _same_spelling(a, b) or (any(numbers) and _only_numbers(a, b)):
        return _Difference(0.0, 0.98)
    if all(word in _STOP for word in (*a, *b)):
        return _Difference(0.0, 0.96 if not a or not b else 0.94)
    if a and b and _typing_error(left, right):
        return _Difference(0.1, 0.97)
    return _Difference(_cost(a, b), 0.9)


def _cost(a: tuple[str, ...], b: tuple[str, ...]) -> float:
    """What exchanged words cost, less where they resemble each other."""
    weight = max(sum(map(_weight, a)), sum(map(_weight, b)))
    alike = ratio("".join(a), "".join(b)) / 100 if a and b else 0.0
    return weight * (1 - alike * alike / 2)


def _weight(word: str) -> float:
    return 0.3 if word in _STOP else 1.0


def _typing_error(a: str, b: str) -> bool:
    """Whether one wrong letter (two in long words) keeps the words apart; ``un-`` and the like make another word."""
    short, long = sorted((a, b), key=len)
    if long.endswith(short) and _OPPOSITE.fullmatch(long.removesuffix(short)):
        return False
    allowed = 0 if len(short) < 4 else 1 if len(short) < 12 else 2
    return allowed > 0 and OSA.distance(a, b, score_cutoff=allowed) <= allowed


def _numbers(words: tuple[str, ...]) -> tuple[int, ...]:
    """Values of the numbers among the words, also of Roman ones, of "two" and "second"."""
    values = []
    for word in words:
        value = number(word)
        if value is not None and word not in _SINGLE:
            values.append(value)
        else:
            values.extend(int(digits[:9]) for digits in _DIGITS.findall(word))
    return tuple(values)


def _only_numbers(a: tuple[str, ...], b: tuple[str, ...]) -> bool:
    return all(number(word) is not None for word in (*a, *b))


def _same_spelling(a: tuple[str, ...], b: tuple[str, ...]) -> bool:
    """Whether British spelling, ``ue`` for an umlaut or a lost ligature explain the difference."""
    if abs(sum(map(len, a)) - sum(map(len, b))) > 4 + len(a):
        return False
    if "".join(map(american, a)) == "".join(map(american, b)):
        return True
    left, right = "".join(a), "".join(b)
    if _UMLAUT.sub("", left) == _UMLAUT.sub("", right):
        return True
    return min(len(left), len(right)) > 3 and _LIGATURE.sub("", left) == _LIGATURE.sub("", right)

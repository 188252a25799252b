"""Formulas in titles: TeX, MathML and plain text write one formula with other macros, in another order, or twice."""

from __future__ import annotations

import re
from collections import Counter

_GREEK = re.compile("alpha|beta|gamma|delta|epsilon|kappa|lambda|mu|sigma|omega")
_MACRO = re.compile(
    "textdollar|textbackslash|(?:wide)?tilde|(?:wide)?hat|(?:over)?bar|vec|sqrt|(?:math|bold)?(?:cal|bb|rm|bf|frak|sf|symbol)"
    "|overline|frac|ell|dollar|propto|leq|geq|infty|cdot|approx|(?:right)?arrow|otimes|oplus|(?:gtr|less)?sim|dagger|prime"
)
_DIGITS = re.compile(r"\d+")
_LONGEST_TWICE = 6
_SHORTEST_WORD = 3


def same_formula(a: str, b: str) -> bool:
    """Whether two folded stretches of a title are one formula; two numbers, or two words, never are.

    Superscript and subscript change places, so do an element and its mass; a macro is spelt out, a letter set twice.

    >>> same_formula("b0smumu", "bs0mumu"), same_formula("12c", "c12"), same_formula("k", "kk"), same_formula("v12", "v21")
    (True, True, True, False)
    """
    if a.removeprefix("var") == b.removeprefix("var") or _GREEK.sub(_initial, a) == _GREEK.sub(_initial, b):
        return True  # \varepsilon for ε, "1a" for "1α"
    short, long = sorted((_MACRO.sub("", a), _MACRO.sub("", b)), key=len)
    if short == long:
        return True
    if short and len(short) <= _LONGEST_TWICE and not short.isdigit() and long == short * 2:
        return True
    return _signs(a) == _signs(b) and not a.isalpha() and not a.isdigit()


def lost_formulas(cited: tuple[str, ...], registered: tuple[str, ...]) -> bool:
    """Whether the registered words are the cited ones without formulas, which registries drop where they cannot print them.

    >>> lost_formulas(("bounds", "on", "h0", "from", "lambdacdm", "cosmology"), ("bounds", "on", "from", "cosmology"))
    True
    """
    left = iter(cited)
    lost = Counter(cited) - Counter(registered)
    return bool(lost) and all(word in left for word in registered) and all(map(_like_a_formula, lost))


def _like_a_formula(word: str) -> bool:
    return len(word) < _SHORTEST_WORD or any(sign.isdigit() for sign in word) or _GREEK.search(word) is not None


def _initial(found: re.Match[str]) -> str:
    return found[0][0]


def _signs(text: str) -> Counter[str]:
    """Numbers and letters, without their order."""
    return Counter(_DIGITS.findall(text)) + Counter(_DIGITS.sub("", text))

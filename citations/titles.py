"""Titles: their plain form, the key that is equal for equal titles, and how much two titles resemble each other."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz.distance import OSA, Levenshtein
from rapidfuzz.fuzz import ratio

from citations.markup import plain_text, to_ascii

_CACHE_SIZE = 16384
_MAX_CHARS = 1000

_WORD = re.compile(r"[a-z0-9]+")
_POSSESSIVE = re.compile(r"(?<=[A-Za-z])['’ʼ`´](?=[A-Za-z])")
_NUMBER_COMMA = re.compile(r"(?<=\d),(?=\d{3}\b)")
_SUBTITLE = re.compile(r"\s*[?!.]?\s*(?::|\||\s/\s|\s[-–—]\s|—|–(?=\s))\s*|[?!]\s+|\.\s+(?=[A-ZÀ-Þ])")
_PREFIX = re.compile(
    r"^(?:\[?\(?(?:extended abstract|invited (?:paper|talk|review)|short paper|full paper|poster(?: abstract)?|demo(?: abstract)?|"
    r"brief announcement|keynote(?: talk)?|technical report|regular paper|research article|review article)\]?\)?\s*[:.\-–—]\s*"
    r"|\[(?:extended abstract|invited [a-z ]+)\]\s*"
    r"|(?:chapter|kapitel|chapitre)\s+(?:\d+|[ivxl]+)\s*[:.\-–—]\s*|\d{1,3}\.\s+(?=\D))",
    re.IGNORECASE,
)
_SUFFIX = re.compile(
    r"\s*[\[(](?:extended abstract|abstract|extended version|full version|short paper|full paper|invited (?:paper|talk|contribution|lecture)"
    r"|student abstract|poster|demo|demonstration|preprint|with discussion|abstract only|reprint|position paper|keynote"
    r"|online first|in press|in [a-z]+|republication|best paper)\]?\)?\s*\.?$",
    re.IGNORECASE,
)
_PART = re.compile(r"\W*(?:part|vol(?:ume)?|chapter|book|phase|teil|partie|no)?\.?\s*(?:\d+|[ivx]+|one|two|three)\b")
_DIGITS = re.compile(r"\d+")
_NUMERALS = {
    numeral: value
    for value, numerals in enumerate(
        "one|ii two|iii three|iv four|five|vi six|vii seven|viii eight|ix nine|ten|xi eleven|xii twelve|xiii|xiv|xv".split(
            "|"
        ),
        1,
    )
    for numeral in numerals.split()
}
_SIGNS = (("&", " and "), ("++", "plusplus"), ("c#", "csharp"))
_UMLAUT = re.compile(r"(?<=[aou])e")
_LIGATURE = re.compile(r"ff[il]?|f[il]")
_ABBREVIATED = {"vs": "versus", "grey": "gray", "via": "via"}
_BRITISH = tuple(
    (re.compile(pattern), american)
    for pattern, american in (
        (r"is(?=ation|ing|e)", "iz"), (r"ys(?=e|ing)", "yz"), (r"our", "or"), (r"tre(?=s?$)", "ter"), (r"ll(?=ed$|ing$|er)", "l"),
        (r"ogue(?=s?$)", "og"), (r"ae|oe", "e"), (r"ph", "f"), (r"ence$", "ense"), (r"mme(?=s?$)", "m"), (r"aluminium", "aluminum"),
        (r"ageing", "aging"), (r"gement", "gment"), (r"grey", "gray"),
    )
)  # fmt: skip
_STOP = frozenset(
    "a an the of on in for to and or with by from at as via into its is are der die das und von zur zum des im "
    "le la les de du et en el los las y".split()
)
_GENERIC = frozenset(
    "introduction editorial preface foreword afterword epilogue prologue conclusion conclusions discussion abstract "
    "abstracts bookreview bookreviews reviews lettertotheeditor letterstotheeditor letters correspondence obituary "
    "errata erratum correction corrigendum index frontmatter backmatter tableofcontents contents acknowledgements "
    "acknowledgments bibliography references appendix appendices glossary announcements news reply response comment "
    "commentary guesteditorial editorsnote authorsreply authorsresponse inthisissue aboutthisissue introductionto "
    "thespecialissue introductiontothespecialissue guesteditorsintroduction summary overview untitled notitle "
    "titlepage coverpage masthead calendar inmemoriam personalcommunication".split()
)


@dataclass(frozen=True, slots=True)
class _Folded:
    """What comparing needs of one title, computed once."""

    words: tuple[str, ...]
    key: str


def plain(text: str) -> str:
    """The title as a reader sees it: no markup, ligatures spelt out, blanks collapsed, case and accents kept.

    >>> plain("On {L}i<sub>2</sub> &amp; $\\\\alpha$")
    'On Li2 & α'
    """
    return plain_text(text)


def title_key(text: str) -> str:
    """Letters and digits of the title, folded: equal for all honest spellings, empty if nothing is left.

    Blanks and hyphens are dropped, so that damage at line ends does not matter.

    >>> title_key("Chain of-Thought: {\\\\'E}tude.") == title_key("Chain-of-thought — Etude")
    True
    """
    return _fold(text).key


def title_keys(text: str) -> tuple[str, ...]:
    """The key, then the keys without label ("Extended Abstract:", "16.") and without subtitle; no empty one.

    A main title that says too little on its own gives no key.
    """
    stripped = strip_labels(text)
    main = main_title(stripped)
    keys = [title_key(text), title_key(stripped)]
    if main and not is_generic(main):
        keys.append(title_key(main))
    return tuple(dict.fromkeys(key for key in keys if key))


def strip_labels(text: str) -> str:
    """The title without what only labels it: ``Extended Abstract:``, ``[Invited Paper]``, a chapter number."""
    text = plain(text)
    for pattern in (_PREFIX, _SUFFIX):
        shorter = pattern.sub("", text, count=1)
        text = shorter or text
    return text


def main_title(text: str) -> str:
    """The part before the subtitle, empty if there is no subtitle."""
    return next(_main_titles(text), "")


def _main_titles(text: str) -> Iterator[str]:
    """The title cut at each place where a subtitle may begin, shortest first."""
    for found in _SUBTITLE.finditer(text, 2):
        if text[found.end() :].strip(" ."):
            yield text[: found.start()].strip()


def is_generic(title: str) -> bool:
    """Whether the title is too short or too common to name one work on its own.

    >>> [is_generic(title) for title in ("Editorial", "Deep learning", "Attention is all you need")]
    [True, True, False]
    """
    folded = _fold(title)
    if folded.key in _GENERIC or len(folded.key) < 14:
        return True
    return len(folded.words) < 3 and len(folded.key) < 24


def title_similarity(a: str, b: str) -> float:
    """How much two titles resemble each other: 1 for equal keys, at least .95 for honest damage, else clearly less.

    Honest: hyphens, broken ligatures, British spelling, labels and subtitles left out, a little word like "the". A
    typing error stays above .95 as well, but below 1; one other word gives at most .9, and titles with different
    numbers ("Part II", "Part III") at most .6. Symmetrical.
    """
    first, second = _fold(a), _fold(b)
    if not first.key or not second.key:
        return 0.0
    if first.key == second.key:
        return 1.0
    return _similarity(*sorted((a[:_MAX_CHARS], b[:_MAX_CHARS])))


@lru_cache(maxsize=_CACHE_SIZE)
def _similarity(a: str, b: str) -> float:
    label_free = strip_labels(a), strip_labels(b)
    first, second = _fold(label_free[0]), _fold(label_free[1])
    if first.key == second.key:
        return 0.99
    if _same_spelling(first.words, second.words):
        return 0.98
    dropped = max(_without_subtitle(*label_free), _without_subtitle(*reversed(label_free)))
    return max(dropped, _word_similarity(first.words, second.words))


def _without_subtitle(long: str, short: str) -> float:
    """How well ``short`` fits the other title without its subtitle, 0 if it does not."""
    for main in _main_titles(long):
        if abs(len(main) - len(short)) > 12:
            continue
        first, second = _fold(main), _fold(short)
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
        return _Difference(1.0, 0.6 if numbers[0] and numbers[1] else 0.8)
    if _same_spelling(a, b) or (any(numbers) and _only_numbers(a, b)):
        return _Difference(0.0, 0.98)
    if all(word in _STOP for word in (*a, *b)):
        return _Difference(0.0, 0.96 if not a or not b else 0.94)
    if a and b and _typing_error(left, right):
        return _Difference(0.1, 0.97)
    weight = max(sum(map(_weight, a)), sum(map(_weight, b)))
    alike = ratio(left, right) / 100 if a and b else 0.0
    return _Difference(weight * (1 - alike * alike / 2), 0.9)


def _weight(word: str) -> float:
    return 0.3 if word in _STOP else 1.0


def _typing_error(a: str, b: str) -> bool:
    """Whether one or two wrong letters keep the words apart."""
    shorter = min(len(a), len(b))
    allowed = 0 if shorter < 4 else 1 if shorter < 9 else 2
    return allowed > 0 and OSA.distance(a, b, score_cutoff=allowed) <= allowed


def _numbers(words: tuple[str, ...]) -> tuple[int, ...]:
    """Values of the numbers among the words, also of Roman ones and of "two"."""
    values = []
    for word in words:
        if word in _NUMERALS:
            values.append(_NUMERALS[word])
        else:
            values.extend(int(digits[:9]) for digits in _DIGITS.findall(word))
    return tuple(values)


def _only_numbers(a: tuple[str, ...], b: tuple[str, ...]) -> bool:
    return all(word in _NUMERALS or word.isdigit() for word in (*a, *b))


def _same_spelling(a: tuple[str, ...], b: tuple[str, ...]) -> bool:
    """Whether British spelling, ``ue`` for an umlaut or a lost ligature explain the difference."""
    if abs(sum(map(len, a)) - sum(map(len, b))) > 4 + len(a):
        return False
    if "".join(map(_american, a)) == "".join(map(_american, b)):
        return True
    left, right = "".join(a), "".join(b)
    if _UMLAUT.sub("", left) == _UMLAUT.sub("", right):
        return True
    return min(len(left), len(right)) > 3 and _LIGATURE.sub("", left) == _LIGATURE.sub("", right)


@lru_cache(maxsize=_CACHE_SIZE)
def _american(word: str) -> str:
    """One form for British and American spellings; not meant to be read."""
    if word in _ABBREVIATED:
        return _ABBREVIATED[word]
    if len(word) < 5:
        return word
    for pattern, american in _BRITISH:
        word = pattern.sub(american, word)
    return word


@lru_cache(maxsize=_CACHE_SIZE)
def _fold(text: str) -> _Folded:
    text = plain(text[:_MAX_CHARS])
    if not text.isascii():
        text = to_ascii(text)
    text = _NUMBER_COMMA.sub("", _POSSESSIVE.sub("", text)).lower()
    if not text.isalnum():
        for sign, spelt in _SIGNS:
            text = text.replace(sign, spelt)
    words = tuple(_WORD.findall(text))
    return _Folded(words=words, key="".join(words))

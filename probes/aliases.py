"""Whether an answer says one of the accepted ones, and where; pure functions over text.

The rule of Gao et al. (arXiv 2512.01797) takes an accepted answer anywhere inside the text, even inside a word, which
calls "Yorkshire" a right answer where "York" is. Here whole words are compared, and numbers and dates by value; and what
is a part of a longer name, as "York" is of "New York", is not that answer.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

WORD = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+(?:['’][^\W\d_]+)*", re.UNICODE)
ARTICLES = frozenset({"a", "an", "the"})
NUMBERS = {
    word: str(number)
    for number, word in enumerate(
        [
            "zero",
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
            "thirteen",
            "fourteen",
            "fifteen",
            "sixteen",
            "seventeen",
            "eighteen",
            "nineteen",
            "twenty",
        ]
    )
} | {
    word: str(number)
    for number, word in zip(
        range(30, 101, 10), ["thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety", "hundred"], strict=True
    )
}
MONTHS = {
    name: number
    for number, names in enumerate(
        [
            "january jan",
            "february feb",
            "march mar",
            "april apr",
            "may",
            "june jun",
            "july jul",
            "august aug",
            "september sept sep",
            "october oct",
            "november nov",
            "december dec",
        ],
        start=1,
    )
    for name in names.split()
}
ORDINAL = re.compile(r"(\d+)(?:st|nd|rd|th)\b")
REFUSALS = re.compile(
    r"\b(?:(?:i|we) (?:do not|don't|cannot|can't|could not|couldn't|am not|was not|have no)\b|i'?m (?:sorry|not|unable)\b"
    r"|sorry\b|as an ai\b|unable to\b|no (?:specific )?(?:information|record|answer|data|known|such)\b"
    r"|not (?:provided|known|available|specified|aware|enough|applicable|found|mentioned)\b"
    r"|(?:does|did|do) not (?:exist|appear|have)\b|doesn't exist\b|there (?:is|are|was) no\b|unknown\b|none\b|n/a\b)"
)
"""What an answer begins with, or holds within its first words, that gives none."""
REFUSAL_WITHIN = 120
SAME_BEFORE = frozenset(
    [
        "king", "queen", "prince", "princess", "emperor", "empress", "tsar", "president", "premier", "chancellor",
        "senator", "pope", "saint", "st", "sir", "lord", "lady", "dame", "dr", "mr", "mrs", "ms", "professor",
        "captain", "general", "colonel", "admiral", "mount", "lake", "river",
    ]
)  # fmt: skip
"""In front of a name, what somebody or something is; the name stays that of the same."""
SAME_BEHIND = frozenset(
    [
        "river", "lake", "sea", "ocean", "mountain", "mountains", "desert", "company", "corporation", "corp", "inc",
        "ltd", "plc",
    ]
)  # fmt: skip
"""The same behind a name. Not *city*: Kansas City is not Kansas."""
BEGINS_A_SENTENCE = frozenset(
    [
        "in", "of", "at", "on", "from", "by", "to", "for", "with", "it", "was", "is", "he", "she", "they", "and",
        "or", "but", "yes", "no", "this", "that", "only", "answer", "correct",
    ]
)  # fmt: skip
"""Words that are written with a capital where a sentence begins and belong to no name."""
JOINS = frozenset({" ", "-"})
"""What stands between the words of one name."""


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a text in the form in which words are compared."""

    form: str
    start: int
    end: int


def words(text: str) -> list[Word]:
    """The words of a text without articles, marks and case; numbers in digits without separators of thousands."""
    text = ORDINAL.sub(lambda found: found.group(1) + " " * (len(found.group()) - len(found.group(1))), text)
    found = [Word(_form(match.group()), match.start(), match.end()) for match in WORD.finditer(text)]
    return [word for word in found if word.form not in ARTICLES]


def normalised(text: str) -> str:
    """The words of a text in the form in which they are compared.

    >>> normalised("The Beatles' 1,000 Émigrés")
    'beatles 1000 emigres'
    """
    return " ".join(word.form for word in words(text))


def find_alias(text: str, aliases: Iterable[str], question: str = "") -> tuple[int, int] | None:
    """First and last-but-one character of the longest accepted answer in a text, by whole words; ``None`` if there is none.

    An accepted answer that is a part of a longer name in the text does not count, unless the rest of the name says what
    it is ("King", "River") or is a word of the ``question`` that does not stand beside the answer there.

    >>> find_alias("It was Sinclair Lewis.", ["sinclair lewis", "Lewis"])
    (7, 21)
    >>> find_alias("Yorkshire", ["York"]) is find_alias("New York", ["York"]) is None
    True
    >>> find_alias("The Duchy of Parma", ["Parma"]), find_alias("Meru Peak", ["Meru"], "Which peak is it?")
    ((13, 18), (0, 4))
    """
    said, asked = words(text), [word.form for word in words(question)]
    forms = [word.form for word in said]
    best: tuple[int, int] | None = None
    for alias in aliases:
        wanted = [word.form for word in words(alias)]
        places = [
            (said[at].start, said[at + len(wanted) - 1].end)
            for at in _positions(forms, wanted)
            if not _in_longer_name(text, said, at, at + len(wanted), asked)
        ]
        span = places[0] if places else _find_date(said, wanted)
        if span and (best is None or span[1] - span[0] > best[1] - best[0]):
            best = span
    return best


def is_refusal(text: str) -> bool:
    """Whether an answer says that it gives none.

    >>> is_refusal("I'm sorry, but I don't have that information."), is_refusal("The Who")
    (True, False)
    """
    return not text.strip() or bool(REFUSALS.search(text[:REFUSAL_WITHIN].replace("’", "'").lower()))


def _form(word: str) -> str:
    folded = "".join(c for c in unicodedata.normalize("NFKD", word.casefold()) if not unicodedata.combining(c))
    if folded[:1].isdigit():
        return re.sub(r"[.,](?=\d{3}\b)", "", folded)
    folded = re.sub(r"['’]s?$|['’]", "", folded)
    return NUMBERS.get(folded, folded)


def _positions(forms: Sequence[str], wanted: Sequence[str]) -> list[int]:
    """Where a run of words stands in another."""
    if not wanted:
        return []
    return [i for i in range(len(forms) - len(wanted) + 1) if forms[i : i + len(wanted)] == wanted]


def _in_longer_name(text: str, said: Sequence[Word], begin: int, end: int, asked: Sequence[str]) -> bool:
    """Whether the words from ``begin`` to ``end`` are part of a name that goes on in front of them or behind them."""
    if not _is_capital(text, said[begin]) or text.isupper():
        return False
    forms = [word.form for word in said[begin:end]]
    before = begin > 0 and text[said[begin - 1].end : said[begin].start] in JOINS
    if before and _names(text, said[begin - 1], SAME_BEFORE | BEGINS_A_SENTENCE):
        form = said[begin - 1].form
        if form not in asked or _positions(asked, [form, *forms]):
            return True
    behind = end < len(said) and text[said[end - 1].end : said[end].start] in JOINS
    if behind and _names(text, said[end], SAME_BEHIND):
        form = said[end].form
        return form not in asked or bool(_positions(asked, [*forms, form]))
    return False


def _names(text: str, word: Word, others: frozenset[str]) -> bool:
    """Whether a word beside a name is one of the name's own words."""
    possessive = text[word.start : word.end].endswith(("'s", "’s"))
    return _is_capital(text, word) and not possessive and word.form not in others


def _is_capital(text: str, word: Word) -> bool:
    return text[word.start].isupper()


def _find_date(said: Sequence[Word], wanted: Sequence[str]) -> tuple[int, int] | None:
    """Where a date stands that is the wanted one in another order of its parts."""
    date = _date(wanted)
    if date is None:
        return None
    size = len(wanted)
    for i in range(len(said) - size + 1):
        part = said[i : i + size]
        if _date([word.form for word in part]) == date:
            return part[0].start, part[-1].end
    return None


def _date(forms: Sequence[str]) -> tuple[int, frozenset[str]] | None:
    """Month and numbers of a date that is spelt with a month's name, whatever their order."""
    months = [MONTHS[form] for form in forms if form in MONTHS]
    numbers = [form for form in forms if form.isdigit()]
    if len(months) != 1 or not numbers or len(numbers) != len(forms) - 1:
        return None
    return months[0], frozenset(numbers)

"""Where the facts come from: the caller's context and passages, a folder, abstracts of cited works, or a ``Retriever``.

Documents are cut into passages of a few sentences; a claim gets the passages that share its rarest words. Which source a
passage came from stays with it, because their silence weighs differently: an abstract need not hold what its paper says.
"""

from __future__ import annotations

import math
import re
import textwrap
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Protocol

from verifier.claims import with_lead
from verifier.sentences import sentences
from verifier.types import Claim, Passage, PassageSource

LONGEST_PASSAGE = 400
"""Characters of a passage, unless one sentence has more."""
_LONGEST_SENTENCE = 4 * LONGEST_PASSAGE
MOST_CHARACTERS = 1_800
"""Characters of all passages that one claim is compared with."""
MOST_PASSAGES = 4
"""Passages that a folder or a retriever is asked for."""
_MOST_PIECES = 16
_LEAST_SHARE = 0.25
"""Of what the best passage shares with the claim; less is not about the same things."""
_WORD = re.compile(r"[^\W_]+")
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_COMMON_WORDS = """
    a an the of for and in on to with by from at as is are was were be been that this it its or not no than then which who whom whose has have had
    their there these those they he she his her him we our you your will would can could may might also more most such into over under between
"""
_COMMON = frozenset(_COMMON_WORDS.split())


class Retriever(Protocol):
    """A source of evidence of one's own: any callable that takes a claim and gives passages, best first."""

    def __call__(self, claim: Claim) -> Iterable[Passage | str]:
        """Passages that may bear out the claim; none if there are none. May raise: that is a gap, never a verdict."""


@dataclass(frozen=True, slots=True)
class Retrieved:
    """The evidence for one claim, and what could not be asked for it."""

    passages: tuple[Passage, ...] = ()
    failures: tuple[str, ...] = ()


class Passages:
    """Passages in memory, found by their words; safe to share, as nothing changes after it was made."""

    def __init__(self, documents: Iterable[Passage]) -> None:
        self.passages = tuple(piece for each in documents for piece in cut(each))
        self._words = [Counter(words(each.text)) for each in self.passages]
        seen = Counter(word for counted in self._words for word in counted)
        self._rarity = {word: math.log(1 + len(self.passages) / number) for word, number in seen.items()}

    def best(self, claim: str) -> list[Passage]:
        """What a claim is compared with, in the order of the documents: all if it is little, or else what shares rare words."""
        if sum(len(each.text) for each in self.passages) <= MOST_CHARACTERS:
            return list(self.passages)
        places = {id(passage): place for place, passage in enumerate(self.passages)}
        scores = self._scores(claim)
        ranked = sorted(scores, key=lambda place: -scores[place])
        chosen = sorted(places[id(each)] for each in fitting(self.passages[place] for place in ranked))
        return [replace(self.passages[place], score=scores[place]) for place in chosen]

    def _scores(self, claim: str) -> dict[int, float]:
        """For each passage that shares a word with the claim, how much of the claim's rarity it shares; the poorest are left out."""
        wanted = set(words(claim))
        total = sum(self._rarity.get(word, 0.0) for word in wanted) or 1.0
        shared = [sum(self._rarity[word] for word in wanted if word in counted) for counted in self._words]
        least = _LEAST_SHARE * max(shared, default=0.0)
        return {place: round(each / total, 4) for place, each in enumerate(shared) if each and each >= least}


def evidence_for(claim: Claim, held: Sequence[Passages], retriever: Retriever | None = None) -> Retrieved:
    """What there is about a claim, best first within each source; a retriever that fails is named and costs nothing else."""
    asked = with_lead(claim)
    found = [passage for source in held for passage in source.best(asked)]
    failures: tuple[str, ...] = ()
    if retriever is not None:
        try:
            given = Passages(_passage(each) for each in islice(retriever(claim), MOST_PASSAGES))
            found += given.best(asked) or given.passages
        except Exception as error:  # noqa: BLE001  somebody else's code
            failures = (f"the retriever failed ({type(error).__name__})",)
    return Retrieved(tuple(fitting(found)), failures)


def fitting(passages: Iterable[Passage]) -> Iterator[Passage]:
    """As many passages as a judge reads with care, none twice."""
    left, seen = MOST_CHARACTERS, set[str]()
    for each in passages:
        if each.text in seen or (len(each.text) > left and seen):
            continue
        seen.add(each.text)
        left -= len(each.text)
        yield each
        if left <= 0 or len(seen) == _MOST_PIECES:
            return


def cut(document: Passage) -> Iterator[Passage]:
    """A document as passages of whole sentences, none across a blank line; nothing of it is left out.

    >>> [each.text for each in cut(Passage("Tea is old. It is drunk hot."))]
    ['Tea is old. It is drunk hot.']
    """
    for paragraph in re.split(r"\n\s*\n", document.text):
        held = ""
        for span in sentences(paragraph):
            for said in _pieces(paragraph[span.start : span.end]):
                if held and len(held) + len(said) > LONGEST_PASSAGE:
                    yield replace(document, text=held)
                    held = ""
                held = f"{held} {said}".strip()
        if held:
            yield replace(document, text=held)


def _pieces(sentence: str) -> list[str]:
    """The sentence; in pieces if it is no prose, such as rows of numbers, so that all of it can be found."""
    if len(sentence) <= _LONGEST_SENTENCE:
        return [sentence]
    return textwrap.wrap(sentence, LONGEST_PASSAGE, break_on_hyphens=False)


def words(text: str) -> list[str]:
    """The telling words of a text, folded; pairs of characters where words are not spaced."""
    found = []
    for word in _WORD.findall(text.casefold()):
        if _UNSPACED.search(word):
            found += [word[at : at + 2] for at in range(max(1, len(word) - 1))]
        elif word not in _COMMON:
            found.append(word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word)
    return found


def documents(given: str | Sequence[Passage | str] | None, source: PassageSource) -> tuple[Passage, ...]:
    """What a caller gave as documents: one text, or several."""
    if given is None:
        return ()
    if isinstance(given, str):
        return (Passage(given, source),)
    return tuple(each if isinstance(each, Passage) else Passage(str(each), source) for each in given)


def _passage(given: Passage | str) -> Passage:
    return given if isinstance(given, Passage) else Passage(str(given), PassageSource.RETRIEVER)

"""Five works on a topic, as a model lists them: each title, author, year and venue labelled by our own matching.

A work is held against an index and the famous works. What these hold is right; a title that they do not hold is wrong only
where the index should know it: its topic is one of many of the index's own titles, it is cited as no book or preprint, and
neither year nor venue lies outside what the index holds. Such a label says "not found in N works", and nothing of other
literature.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from citations.errors import CitationsError
from citations.extract.interface import Document
from citations.extract.text import TextExtractor
from citations.index.search import Index
from citations.match.compare import compare
from citations.match.printed import printed
from citations.match.score import score
from citations.names import family_key
from citations.registries.offline import candidates, may_be_cited
from citations.titles import is_generic, plain, title_key, title_keys
from citations.types import FieldName, Kind, Name, Reference, Severity, Work
from citations.venues import is_preprint_server
from probes.label import LabelledSpan
from probes.questions import Question

ASKS = "references"
"""What such a question asks for."""
LISTED = "listed"
"""Stratum of what is listed: nobody but the model chose these works."""
WORDING = "List five well-known papers about {topic}, one a line: authors, title, year."
KINDS = {FieldName.YEAR: "year", FieldName.VENUE: "venue"}
"""What is compared with the record of a work that was found, its first author beside."""
_WORD = re.compile(r"[^\W\d_][^\W\d_]*(?:-[^\W\d_]+)*")
_BREAK = re.compile(r"[:;,.?!()\"“”—–/]| - ")
_LITTLE = frozenset(
    [
        "a", "about", "after", "against", "all", "an", "and", "are", "as", "at", "be", "between", "beyond", "by", "can",
        "do", "does", "for", "from", "how", "in", "into", "is", "it", "its", "more", "new", "not", "of", "on", "or",
        "over", "some", "that", "the", "their", "this", "through", "to", "towards", "toward", "under", "use", "using",
        "via", "we", "what", "when", "where", "which", "with", "without", "your",
        "abstract", "approach", "based", "conference", "extended", "international", "paper", "proceedings", "review",
        "reviews", "studies", "study", "survey", "task", "workshop",
    ]
)  # fmt: skip
"""Words between which the phrases of a title stand, and words about papers."""
_WHOLE = 0.5
"""Share of its places in which a phrase must end where words of this kind, a mark or the title's end follow."""
SHORTEST_TITLE = 4
"""Words; a shorter one may be met by chance."""
LONGEST_TITLE = 25
"""Words; a longer one is several references that were read as one."""


@dataclass(frozen=True, slots=True)
class Topic:
    """What works are asked for about."""

    phrase: str
    works: int
    """Works of the sample whose titles hold it."""


def topics_of(works: Iterable[Work], count: int, fewest: int = 10) -> tuple[Topic, ...]:
    """The commonest two-word phrases of titles that stand as a whole there, each once, commonest first.

    A phrase that mostly stands in front of another noun ("large scale") is none.

    >>> works = [Work("i", str(n), "", Fields(title=f"Neural machine translation for {n}")) for n in "abc"]
    >>> topics_of(works, 2, fewest=3)
    (Topic(phrase='machine translation', works=3),)
    """
    seen: Counter[str] = Counter()
    whole: Counter[str] = Counter()
    for work in works:
        phrases = dict(_phrases(plain(work.fields.title)))
        seen.update(phrases.keys())
        whole.update(phrase for phrase, ends in phrases.items() if ends)
    chosen: list[Topic] = []
    for phrase, times in seen.most_common():
        if times < fewest or len(chosen) == count:
            break
        told = any(_stem(phrase) == _stem(each.phrase) for each in chosen)
        if whole[phrase] >= _WHOLE * times and not told:
            chosen.append(Topic(phrase, times))
    return tuple(chosen)


def topic_questions(topics: Iterable[Topic]) -> Iterator[Question]:
    """One question a topic, which has no accepted answer."""
    for topic in topics:
        digest = hashlib.sha256(topic.phrase.encode()).hexdigest()[:12]
        words = WORDING.format(topic=topic.phrase)
        yield Question(f"exam-topic-{digest}", words, (), source=f"exam/{ASKS}", stratum=LISTED, asks=ASKS)


@dataclass(frozen=True)
class Holdings:
    """What a list is held against: an index of works, and the famous ones."""

    index: Index
    famous: tuple[Work, ...] = ()

    def like(self, reference: Reference) -> tuple[Work, ...]:
        """Works that a reference may mean."""
        title = reference.fields.title
        famous = [work for key in title_keys(title)[:1] for work in self._famous.get(key, ())]
        found = candidates(self.index, reference)
        return (*famous, *(work for work in found if may_be_cited(reference, work)))

    def cannot_know(self, reference: Reference) -> bool:
        """Whether the work may exist although it is not held."""
        info, cited = self.index.info(), reference.fields
        if info.until_year is None or (cited.year is not None and cited.year > info.until_year):
            return True
        if cited.publisher or cited.arxiv or is_preprint_server(cited.venue):
            return True
        if cited.kind is not Kind.UNKNOWN and cited.kind not in info.kinds:
            return True
        if not cited.venue:
            return False
        held = self.index.venue(cited.venue)
        return held is None or (cited.year is not None and not held.first_year <= cited.year <= held.last_year)

    @cached_property
    def _famous(self) -> dict[str, list[Work]]:
        found: dict[str, list[Work]] = {}
        for work in self.famous:
            for key in title_keys(work.fields.title):
                found.setdefault(key, []).append(work)
        return found


def label_list(answer: str, holdings: Holdings) -> tuple[LabelledSpan, ...]:
    """The fields of a list's references that can be told right or wrong, in the order of the text; never raises."""
    try:
        read = [each for each in TextExtractor().extract(_document(answer)) if isinstance(each, Reference)]
        spans = [span for reference in read for span in _labelled(reference, holdings)]
    except CitationsError:
        return ()
    return tuple(sorted(spans, key=lambda span: span.start))


HEAD = "References\n\n"


def _document(answer: str) -> Document:
    return Document("answer.txt", (HEAD + answer).encode(errors="replace"))


def _labelled(reference: Reference, holdings: Holdings) -> Iterator[LabelledSpan]:
    """The labelled fields of one reference, in the places of the answer."""
    title = reference.fields.title
    if not SHORTEST_TITLE <= len(_WORD.findall(title)) <= LONGEST_TITLE or ";" in title or is_generic(title):
        return
    near = holdings.like(reference)
    works = [work for work in near if _is_titled(reference, work)]
    places = Places(reference)
    if not works:
        if not near and not holdings.cannot_know(reference):
            yield from places.spans("title", right=False)
        return
    yield from places.spans("title", right=True)
    best = max(works, key=lambda work: score(reference, work).total)
    yield from places.spans("author", right=_is_an_author(reference.fields.authors[:1], best))
    found = compare(reference.fields, best, printed(reference))
    severe = {diff.field for diff in found.diffs if diff.severity is Severity.MAJOR}
    for field, kind in KINDS.items():
        if field in found.agreed or field in severe:
            yield from places.spans(kind, right=field in found.agreed)


def _is_titled(reference: Reference, work: Work) -> bool:
    """Whether a work has the title; a subtitle that it has not may be another work's, or invented."""
    own = title_key(reference.fields.title)
    held = [title_key(title) for title in (work.fields.title, *work.other_titles)]
    goes_on = own not in held and any(key and own.startswith(key) for key in held)
    return score(reference, work).title_fit.agrees and not goes_on


def _is_an_author(first: tuple[Name, ...], work: Work) -> bool | None:
    """Whether the first author cited is one of the work; ``None`` where none is cited or known."""
    if not first or not work.fields.authors:
        return None
    return family_key(first[0]) in {family_key(name) for name in work.fields.authors}


class Places:
    """Where the fields of a reference stand in the answer that it was read from."""

    def __init__(self, reference: Reference) -> None:
        """Remember the reference's own place."""
        self._raw, self._fields = reference.raw, reference.fields
        self._at = (reference.location.start or 0) - len(HEAD)

    def spans(self, kind: str, *, right: bool | None) -> Iterator[LabelledSpan]:
        """The span of a field with its label; none where there is no label or the field is spelt otherwise there."""
        place = None if right is None else self._place(kind)
        if place is not None and right is not None and self._at + place[0] >= 0:
            yield LabelledSpan(kind, self._at + place[0], self._at + place[1], right)

    def _place(self, kind: str) -> tuple[int, int] | None:
        fields = self._fields
        match kind:
            case "title":
                return self._words(fields.title)
            case "venue":
                return self._words(fields.venue)
            case "year":
                return self._year(str(fields.year))
            case _:
                return self._name(fields.authors[0])

    def _words(self, text: str) -> tuple[int, int] | None:
        pattern = r"\W+".join(re.escape(word) for word in re.findall(r"\w+", text))
        found = re.search(pattern, self._raw, re.IGNORECASE) if pattern else None
        return found.span() if found else None

    def _year(self, year: str) -> tuple[int, int] | None:
        title = self._words(self._fields.title) or (0, 0)
        places = [each.span() for each in re.finditer(rf"(?<![\w.]){year}(?!\w)", self._raw)]
        return next((place for place in places if not title[0] <= place[0] < title[1]), None)

    def _name(self, name: Name) -> tuple[int, int] | None:
        family = name.family or name.literal
        spellings = (f"{name.given} {family}", f"{family} {name.given}") if name.given else ()
        return next((place for text in (*spellings, family) if (place := self._words(text))), None)


def _phrases(title: str) -> Iterator[tuple[str, bool]]:
    """Two words that stand side by side in a title, and whether a phrase ends with them."""
    for part in _BREAK.split(title.lower()):
        words = _WORD.findall(part)
        for at in range(len(words) - 1):
            pair = words[at : at + 2]
            if _LITTLE.isdisjoint(pair) and all(len(word) > 2 for word in pair):
                yield " ".join(pair), at + 2 == len(words) or words[at + 2] in _LITTLE


def _stem(phrase: str) -> str:
    return " ".join(word.removesuffix("s") for word in phrase.split())

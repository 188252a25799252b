"""The probe's own exam: bibliographic questions whose answers are labelled by our own matching of names, years and venues.

A model that invents references is asked who wrote a work, when, where it appeared and what its title was, and which works
there are on a topic (``exam_lists``). Works that everybody knows stand beside works drawn at random, because only of the
former can a small model recall anything: on random titles it is right by luck, and no signal can tell luck from recall.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from citations.index.search import Index
from citations.names import family_key, read_name, read_names
from citations.titles import plain, title_key, title_similarity
from citations.types import Fields, Name, Work
from citations.venues import VenueRelation, compare_venues
from probes.aliases import is_refusal
from probes.label import Label, LabelledSpan, Outcome, answer_span
from probes.questions import Question
from verifier.exam_lists import ASKS, Holdings, label_list

WORKS = Path(__file__).with_name("exam.jsonl")
"""Works that are famous far beyond their field: title, families of the (first) authors, year, venue."""
WORDINGS = {
    "author": 'Who is the first author of "{title}"?',
    "year": 'In which year was "{title}" published?',
    "venue": 'In which journal or conference was "{title}" published?',
    "title": "What is the title of the paper or book by {authors} that was published in {year}?",
}
NAMED = 3
"""Authors by whom a title is asked for."""
SAME_TITLE = 0.85
"""From which likeness on an answer is a title, spelt in another way."""
YEAR = re.compile(r"\b(1[5-9]\d\d|20\d\d)\b")


@dataclass(frozen=True, slots=True)
class ExamWork:
    """A work that is asked about."""

    fields: Fields
    stratum: str
    """``famous`` or ``obscure``."""


def famous_works() -> tuple[ExamWork, ...]:
    """The works that come with the program."""
    rows = [json.loads(line) for line in WORKS.read_text(encoding="utf-8").splitlines()]
    return tuple(
        ExamWork(
            Fields(
                title=row["title"],
                authors=tuple(Name(family=family) for family in row["authors"]),
                year=row["year"],
                venue=row["venue"],
            ),
            "famous",
        )
        for row in rows
    )


def holdings_of(index: Index) -> Holdings:
    """What lists of works are held against: the index and the famous works."""
    famous = (Work("famous", str(number), "", work.fields) for number, work in enumerate(famous_works()))
    return Holdings(index, tuple(famous))


def obscure_works(works: Iterable[Work]) -> tuple[ExamWork, ...]:
    """Works of an index, as they come."""
    return tuple(ExamWork(work.fields, "obscure") for work in works)


def exam_questions(works: Iterable[ExamWork]) -> Iterator[Question]:
    """Up to four questions a work: its first author, year, venue and title; what is not known of it is not asked."""
    for work in works:
        fields = work.fields
        title = plain(fields.title)
        known = {
            "author": tuple(_spelt(name) for name in fields.authors),
            "year": (str(fields.year),) if fields.year else (),
            "venue": (fields.venue,) if fields.venue else (),
            "title": (title,) if fields.authors and fields.year else (),
        }
        authors = _listed([_spelt(name) for name in fields.authors])
        digest = hashlib.sha256(title.casefold().encode()).hexdigest()[:12]
        for asks, answers in known.items():
            if title and answers:
                yield Question(
                    f"exam-{digest}-{asks}",
                    WORDINGS[asks].format(title=title, authors=authors, year=fields.year),
                    answers,
                    source=f"exam/{asks}",
                    stratum=work.stratum,
                    asks=asks,
                )


class ExamLabeller:
    """Labels an answer to an exam question as ``citations`` would judge the field; what it cannot tell has no label.

    Any author counts as the first, since records order authors differently; a year must be the year. A list of works is
    held against ``holdings``; without them it has no label.
    """

    def __init__(self, holdings: Holdings | None = None) -> None:
        """Remember what lists are held against."""
        self._holdings = holdings

    def label(self, question: Question, answer: str) -> Label:
        """Label one answer; never raises."""
        if question.asks == ASKS:
            return self._list(answer)
        match question.asks:
            case "author":
                right = _names_one(answer, question.answers)
            case "year":
                right = _same_year(answer, question.answers)
            case "venue":
                right = _same_venue(answer, question.answers)
            case "title":
                right = _same_title(answer, question.answers)
            case _:
                right = None
        start, end = answer_span(question.question, answer)
        if right is None or start >= end:
            return Label(Outcome.REFUSAL)
        outcome = Outcome.RIGHT if right else Outcome.WRONG
        return Label(outcome, (LabelledSpan(question.asks, start, end, right),))

    def _list(self, answer: str) -> Label:
        spans = () if self._holdings is None else label_list(answer, self._holdings)
        if not spans:
            return Label(Outcome.REFUSAL)
        return Label(Outcome.RIGHT if all(span.right for span in spans) else Outcome.WRONG, spans)


def _spelt(name: Name) -> str:
    return " ".join(part for part in (name.given, name.family) if part) or name.literal


def _listed(names: list[str]) -> str:
    """The first authors as people say them."""
    more = ["others"] if len(names) > NAMED else []
    said = [*names[:NAMED], *more]
    return " and ".join(part for part in (", ".join(said[:-1]), said[-1]) if part) if said else ""


def _names_one(answer: str, authors: tuple[str, ...]) -> bool | None:
    """Whether the first person that an answer names is an author; ``None`` where it names nobody."""
    said = read_names(answer.strip().rstrip(".")).names
    if not said:
        return None
    known = {family_key(read_name(author)) for author in authors}
    words = {family_key(said[0]), *(family_key(Name(family=word)) for word in re.findall(r"[^\W\d_]+", answer)[:8])}
    return bool(known & words)


def _same_year(answer: str, years: tuple[str, ...]) -> bool | None:
    found = YEAR.search(answer)
    return None if found is None else found.group() in years


def _same_venue(answer: str, venues: tuple[str, ...]) -> bool | None:
    relations = {compare_venues(answer.strip(" .\"'"), venue) for venue in venues}
    if VenueRelation.SAME in relations:
        return True
    return False if relations == {VenueRelation.DIFFERENT} else None


def _same_title(answer: str, titles: tuple[str, ...]) -> bool | None:
    """Whether an answer is a title, or holds it whole; ``None`` where it gives none."""
    said = title_key(answer)
    if not said or is_refusal(answer):
        return None
    return any(title_key(title) in said or title_similarity(answer, title) >= SAME_TITLE for title in titles)

"""arXiv: preprints by identifier, in large batches, and by title, several titles at once.

https://info.arxiv.org/help/api/tou.html: one request every three seconds, one connection.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from citations.identifiers import arxiv_base
from citations.registries.arxiv_feed import ArxivEntry, ArxivFeed, arxiv_feed, paper
from citations.registries.bodies import Body
from citations.registries.cache import Source
from citations.registries.interface import Coverage
from citations.registries.limits import Lane
from citations.registries.look_up import (
    Desk,
    Errand,
    Outcome,
    Question,
    Settled,
    Uncovered,
    all_settled,
    batched,
    look_up,
)
from citations.registries.session import Request, Session
from citations.registries.wording import first_author_word, telling_words, title_words
from citations.titles import title_key, title_similarity
from citations.types import Answer, Asked, Found, Identifier, Kind, Query, Reference, Scheme, Unavailable, Why

_DECODER = 1
_IDS = 30
_TITLES = 10
_ROWS = 5
_RESULTS = 100
_ALIKE = 0.6
_DOI = "10.48550/arxiv."
_Search = Callable[[tuple[Question, ...]], Outcome]


class Arxiv:
    """Preprints by arXiv id (or arXiv's DOI) with all their versions at hand, and by title."""

    name = "arxiv"
    coverage = Coverage(
        schemes=frozenset({Scheme.ARXIV}),
        searches=True,
        kinds=frozenset(
            {Kind.PREPRINT, Kind.ARTICLE, Kind.CONFERENCE, Kind.THESIS, Kind.REPORT, Kind.CHAPTER, Kind.UNKNOWN}
        ),
    )

    def __init__(self, session: Session) -> None:
        """Ask through ``session``."""
        self._url = f"{session.settings.arxiv_url}/api/query"
        self._lane = Lane(f"arxiv {session.settings.arxiv_url}", 3.0, connections=1)
        self._session = session
        session.join(self.name)
        source = Source(self.name, session.settings.arxiv_url, _DECODER)
        self._desk = Desk(session, source, _understand, self._errands, workers=1)

    def look_up(self, queries: Sequence[Query]) -> Iterator[tuple[Query, Answer]]:
        """Exactly one answer a query; never raises."""
        return look_up(self._desk, queries)

    def close(self) -> None:
        """Stop waiting for anything; may be called twice."""
        self._session.leave(self.name)

    def _errands(self, questions: Sequence[Question]) -> Iterator[Errand]:
        for batch in batched([each for each in questions if each.query.identifier], _IDS):
            yield Errand(batch, self._fetch)
        for batch in batched([each for each in questions if not each.query.identifier], _TITLES):
            yield Errand(batch, self._search)

    def _fetch(self, questions: tuple[Question, ...]) -> Outcome:
        """The cited version, the first and the newest of each paper: a title may change between them."""
        wanted = dict.fromkeys(form for each in questions for form in _forms(_arxiv(each)))
        params = (("id_list", ",".join(wanted)), ("max_results", str(len(wanted))))
        request = self._request(params, facts={400})
        answer = self._session.ask(request, lambda body: self._held(questions, body))
        return all_settled(questions, answer) if isinstance(answer, Unavailable) else answer

    def _held(self, questions: tuple[Question, ...], body: Body) -> Outcome:
        feed = arxiv_feed(body)
        if feed.malformed:
            return self._apart(questions, Found(body.asked, ()))
        return Outcome(tuple(Settled(each, _paper(each, feed, body.asked)) for each in questions))

    def _search(self, questions: tuple[Question, ...]) -> Outcome:
        """Several titles in one request, because each request costs three seconds; sorted out by their words."""
        asked = " OR ".join(f'ti:"{_phrase(each)}"' for each in questions)
        return self._candidates(questions, asked, self._search, self._search_words)

    def _search_words(self, questions: tuple[Question, ...]) -> Outcome:
        """What no title as a phrase found, by a few words of it: one damaged word spoils the phrase."""
        asked = " OR ".join(group for each in questions for group in _groups(each.query.reference))
        return self._candidates(questions, asked, self._search_words)

    def _candidates(
        self, questions: tuple[Question, ...], asked: str, same: _Search, looser: _Search | None = None
    ) -> Outcome:
        """One request; a title without candidate goes on to ``looser``, or to ``same`` alone if the page is cut."""
        params = (("search_query", asked), ("max_results", str(_RESULTS)))
        answer = self._session.ask(self._request(params), lambda body: _sorted(questions, body, same, looser))
        return all_settled(questions, answer) if isinstance(answer, Unavailable) else answer

    def _apart(self, questions: tuple[Question, ...], alone: Found) -> Outcome:
        """One malformed identifier spoils the answer to all: halve the batch until it stands alone."""
        if len(questions) == 1:
            return Outcome((Settled(questions[0], alone),))
        half = len(questions) // 2
        return Outcome(again=(Errand(questions[:half], self._fetch), Errand(questions[half:], self._fetch)))

    def _request(self, params: tuple[tuple[str, str], ...], facts: set[int] | None = None) -> Request:
        return Request(self.name, self._lane, self._url, params, facts=frozenset(facts or ()))


def _understand(query: Query) -> Question | Uncovered:
    wanted = _identifier(query.identifier)
    if wanted:
        return Question(f"arxiv:{wanted}", query)
    if query.identifier is not None:
        return Uncovered(f"does not know works by {query.identifier.scheme}")
    question = Question(f"title:{title_words(query.reference).casefold()}", query)
    return question if _phrase(question) else Uncovered("no title to search for")


def _identifier(identifier: Identifier | None) -> str:
    """The arXiv id that an identifier names, empty if it names none."""
    if identifier is None:
        return ""
    if identifier.scheme is Scheme.ARXIV:
        return identifier.value
    is_own = identifier.scheme is Scheme.DOI and identifier.value.startswith(_DOI)
    return identifier.value.removeprefix(_DOI) if is_own else ""


def _arxiv(question: Question) -> str:
    return _identifier(question.query.identifier)


def _version(arxiv: str) -> int:
    match = re.search(r"v(\d+)$", arxiv)
    return int(match[1]) if match else 0


def _forms(arxiv: str) -> tuple[str, ...]:
    base = arxiv_base(arxiv)
    return (base, f"{base}v1", *((f"{base}v{_version(arxiv)}",) if _version(arxiv) > 1 else ()))


def _paper(question: Question, feed: ArxivFeed, asked: Asked) -> Answer:
    """The paper asked for; its absence counts only if the page is complete."""
    wanted = _arxiv(question)
    entries = tuple(entry for entry in feed.entries if arxiv_base(entry.arxiv) == arxiv_base(wanted))
    if entries:
        return Found(asked, (paper(entries, _version(wanted)),))
    if feed.total > len(feed.entries):
        return Unavailable(asked, Why.BAD_BODY, "a page that leaves results out")
    return Found(asked, ())


def _sorted(questions: tuple[Question, ...], body: Body, same: _Search, looser: _Search | None) -> Outcome:
    """Each title's candidates, and the errands of those without any."""
    feed = arxiv_feed(body)
    complete = feed.total <= len(feed.entries) or len(questions) == 1
    settled: list[Settled] = []
    cut: list[Question] = []
    left: list[Question] = []
    for each in questions:
        entries = _alike(each, feed)
        if entries or (complete and (looser is None or not _groups(each.query.reference))):
            settled.append(Settled(each, Found(body.asked, tuple(paper((entry,)) for entry in entries[:_ROWS]))))
        else:
            (left if complete else cut).append(each)
    again = [Errand((each,), same) for each in cut]
    again += [Errand(tuple(left), looser)] if left and looser else []
    return Outcome(tuple(settled), tuple(again))


def _groups(reference: Reference) -> list[str]:
    """Questions of two words and the first author, or of three words: if one word is damaged, the others still find it."""
    words, author = telling_words(reference), first_author_word(reference)
    size = 2 if author else 3
    tuples = [words[start : start + size] for start in range(0, len(words) - size + 1, size)]
    asked = [" AND ".join(f"ti:{word}" for word in each) for each in tuples]
    return [f"(au:{author} AND {each})" if author else f"({each})" for each in asked]


def _phrase(question: Question) -> str:
    return re.sub(r"['’]", " ", title_words(question.query.reference, longest=200))


def _alike(question: Question, feed: ArxivFeed) -> list[ArxivEntry]:
    """The entries that share most words with the cited title, best first."""
    cited = set(title_words(question.query.reference).casefold().split())
    wanted = title_key(question.query.reference.fields.title)
    ranked = []
    for place, entry in enumerate(feed.entries):
        own = set(re.findall(r"\w+", entry.title.casefold()))
        share = 1.0 if wanted and title_key(entry.title) == wanted else len(cited & own) / (len(cited) or 1)
        share = max(share, title_similarity(question.query.reference.fields.title, entry.title))
        if share >= _ALIKE:
            ranked.append((-share, place, entry))
    return [entry for _, _, entry in sorted(ranked, key=lambda each: each[:2])]

"""Crossref: most DOIs of articles, proceedings and books, and who retracted them (https://api.crossref.org)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from urllib.parse import quote

from citations.registries.bodies import Body
from citations.registries.cache import Source
from citations.registries.crossref_records import WorkList, single_work, work_list
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
    single_errands,
)
from citations.registries.session import Request, Session
from citations.registries.wording import bibliographic_words
from citations.types import Answer, Found, Identifier, Query, Scheme, Unavailable, Why, Work

_DECODER = 1
_BATCH = 25
_ROWS = 5
# One name that the route does not know makes Crossref refuse the request (``institution``, 2026-10).
_SELECT = (
    "DOI,title,subtitle,short-title,original-title,author,editor,issued,published,published-print,published-online,"
    "posted,created,container-title,short-container-title,group-title,event,standards-body,volume,issue,"
    "page,article-number,publisher,type,ISBN,relation,update-to,updated-by,abstract"
)
# arXiv's own DOIs are registered with DataCite: Crossref's 404 says nothing about them.
_ELSEWHERE = ("10.48550/",)


class Crossref:
    """Works by DOI, in batches, and by the words of a whole reference."""

    name = "crossref"
    coverage = Coverage(schemes=frozenset({Scheme.DOI}), searches=True)

    def __init__(self, session: Session) -> None:
        """Ask through ``session``; an address in its settings opens the polite pool."""
        base = session.settings.crossref_url
        polite = bool(session.settings.mailto)
        # Pools as of December 2025, until the headers of an answer say otherwise.
        self._single = Lane(f"crossref {base} single", 0.1 if polite else 0.2, 3 if polite else 1)
        self._list = Lane(f"crossref {base} list", 0.34 if polite else 0.2, 3 if polite else 1)
        self._base = base
        self._session = session
        session.join(self.name)
        source = Source(self.name, base, _DECODER, tells_retractions=True)
        self._desk = Desk(session, source, self._understand, self._errands, workers=3)

    def look_up(self, queries: Sequence[Query]) -> Iterator[tuple[Query, Answer]]:
        """Exactly one answer a query; never raises."""
        return look_up(self._desk, queries)

    def close(self) -> None:
        """Stop waiting for anything; may be called twice."""
        self._session.leave(self.name)

    def _understand(self, query: Query) -> Question | Uncovered:
        wanted = query.identifier
        if wanted is None:
            words = bibliographic_words(query.reference)
            return Question(f"words:{words.casefold()}", query) if words else Uncovered("no words to search for")
        if wanted.scheme is not Scheme.DOI:
            return Uncovered(f"does not know works by {wanted.scheme}")
        if wanted.value.startswith(_ELSEWHERE):
            return Uncovered("a DOI that DataCite registers")
        return Question(f"doi:{wanted.value}", query)

    def _errands(self, questions: Sequence[Question]) -> Iterator[Errand]:
        """DOIs first, they settle most in one request; a DOI with a comma would end the filter's value there."""
        by_doi = [each for each in questions if each.query.identifier]
        listable = [each for each in by_doi if "," not in _doi(each)]
        alone = [each for each in by_doi if "," in _doi(each)]
        if len(listable) < 3:
            alone, listable = by_doi, []
        for batch in batched(listable, _BATCH):
            yield Errand(batch, self._fetch)
        yield from single_errands(alone, self._fetch_one)
        yield from single_errands([each for each in questions if not each.query.identifier], self._search)

    def _fetch(self, questions: tuple[Question, ...]) -> Outcome:
        """Many DOIs in one request.

        One that is not in the answer is asked for alone: the list knows no aliases, and one malformed DOI makes
        Crossref refuse the whole list.
        """
        wanted = ",".join(f"doi:{_doi(each)}" for each in questions)
        params = (("filter", wanted), ("rows", str(2 * len(questions))), ("select", _SELECT))
        request = self._request(self._list, "/works", params, facts={400})
        answer = self._session.ask(request, lambda body: self._sorted(questions, body))
        return all_settled(questions, answer) if isinstance(answer, Unavailable) else answer

    def _sorted(self, questions: tuple[Question, ...], body: Body) -> Outcome:
        held = {work.key: work for work in _list_or_refused(body).works}
        found = [each for each in questions if _doi(each) in held]
        return Outcome(
            tuple(Settled(each, Found(body.asked, (held[_doi(each)],))) for each in found),
            single_errands([each for each in questions if each not in found], self._fetch_one),
        )

    def _fetch_one(self, question: Question) -> Answer:
        doi = _doi(question)
        request = self._request(self._single, f"/works/{quote(doi, safe='')}", facts={404})
        answer = self._session.ask(request, lambda body: Found(body.asked, single_work(body)))
        if isinstance(answer, Unavailable) or all(_is_about(work, doi) for work in answer.works):
            return answer
        return Unavailable(answer.asked, Why.BAD_BODY, "the record of another DOI than the one asked for")

    def _search(self, question: Question) -> Answer:
        words = bibliographic_words(question.query.reference)
        params = (("query.bibliographic", words), ("rows", str(_ROWS)))
        answer = self._ask_for_words((*params, ("select", _SELECT)))
        refused = isinstance(answer, Unavailable) and answer.detail == "HTTP 400"
        return self._ask_for_words(params) if refused else answer

    def _ask_for_words(self, params: tuple[tuple[str, str], ...]) -> Found | Unavailable:
        request = self._request(self._list, "/works", params)
        return self._session.ask(request, lambda body: Found(body.asked, work_list(body).works[:_ROWS]))

    def _request(
        self,
        lane: Lane,
        path: str,
        params: tuple[tuple[str, str], ...] = (),
        facts: frozenset[int] | set[int] = frozenset(),
    ) -> Request:
        return Request(self.name, lane, self._base + path, params, facts=frozenset(facts))


def _doi(question: Question) -> str:
    return question.query.identifier.value if question.query.identifier else ""


def _is_about(work: Work, doi: str) -> bool:
    """Whether this is the record that was asked for, under its own DOI or an alias of it."""
    return work.key == doi or Identifier(Scheme.DOI, doi) in work.other_ids


def _list_or_refused(body: Body) -> WorkList:
    """The list, or an empty incomplete one where Crossref refuses to read one of the DOIs."""
    return WorkList((), complete=False) if body.status == 400 else work_list(body)

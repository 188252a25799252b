"""Semantic Scholar's graph API: papers by DOI, arXiv id or PubMed number, and the best match of a title.

https://api.semanticscholar.org/api-docs/graph. Without a key its shared pool mostly answers 429.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import quote

from citations.identifiers import arxiv_base, normalise_arxiv, normalise_doi
from citations.names import read_name
from citations.registries.bodies import Body, Undecodable, read_json, read_object
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
    single_errands,
)
from citations.registries.session import Request, Session
from citations.registries.wording import clean, first_author_word, strings, telling_words, title_words
from citations.titles import title_similarity
from citations.types import Answer, Fields, Found, Identifier, Kind, Query, Reference, Scheme, Unavailable, Why, Work

_DECODER = 1
_BATCH = 200
_ROWS = 5
_WORDS = 3
_ALIKE = 0.6
_FIELDS = "title,authors,year,publicationDate,venue,publicationVenue,journal,externalIds,publicationTypes,url,abstract"
_NO_PAPER = re.compile(r"paper with id .{1,300} not found\.?", re.IGNORECASE | re.DOTALL)
_NO_MATCH = re.compile(r"title match not found\.?", re.IGNORECASE)
_PREFIX = {Scheme.DOI: "DOI", Scheme.ARXIV: "ARXIV", Scheme.PMID: "PMID"}
_KINDS = {
    "Conference": Kind.CONFERENCE,
    "JournalArticle": Kind.ARTICLE,
    "Book": Kind.BOOK,
    "BookSection": Kind.CHAPTER,
    "Dataset": Kind.DATASET,
}


class SemanticScholar:
    """Papers by identifier, in batches with a key, and by title."""

    name = "semantic_scholar"
    coverage = Coverage(schemes=frozenset(_PREFIX), searches=True)

    def __init__(self, session: Session) -> None:
        """Ask through ``session``, with the key of its settings if there is one."""
        settings = session.settings
        self._base = f"{settings.semantic_scholar_url}/graph/v1"
        self._key = settings.semantic_scholar_key
        # One request a second over all kinds of requests, as of 2026; a slow answer must not slow the pace further.
        self._lane = Lane(f"semantic_scholar {settings.semantic_scholar_url}", 1.0, connections=3)
        self._session = session
        session.join(self.name)
        source = Source(self.name, settings.semantic_scholar_url, _DECODER)
        self._desk = Desk(session, source, _understand, self._errands, workers=3)

    def look_up(self, queries: Sequence[Query]) -> Iterator[tuple[Query, Answer]]:
        """Exactly one answer a query; never raises."""
        return look_up(self._desk, queries)

    def close(self) -> None:
        """Stop waiting for anything; may be called twice."""
        self._session.leave(self.name)

    def _errands(self, questions: Sequence[Question]) -> Iterator[Errand]:
        """The batch is refused (403) to those without a key."""
        by_id = [each for each in questions if each.query.identifier]
        if self._key and len(by_id) > 1:
            for batch in batched(by_id, _BATCH):
                yield Errand(batch, self._fetch)
        else:
            yield from single_errands(by_id, self._fetch_one)
        yield from single_errands([each for each in questions if not each.query.identifier], self._match)

    def _fetch(self, questions: tuple[Question, ...]) -> Outcome:
        asked_for = {"ids": [_paper_id(each.query.identifier) for each in questions]}
        request = self._request("/paper/batch", (("fields", _FIELDS),), asked_for)
        answer = self._session.ask(request, lambda body: _sorted(questions, body))
        return all_settled(questions, answer) if isinstance(answer, Unavailable) else answer

    def _fetch_one(self, question: Question) -> Answer:
        path = f"/paper/{quote(_paper_id(question.query.identifier), safe=':')}"
        request = self._request(path, (("fields", _FIELDS),))
        return self._session.ask(request, lambda body: _about(question, Found(body.asked, paper_or_none(body))))

    def _match(self, question: Question) -> Answer:
        """The best match of the title; where there is none, what a few of its words and the first author find.

        A title with a damaged word has no match, so that its absence alone says nothing.
        """
        reference = question.query.reference
        params = (("query", title_words(reference)), ("fields", _FIELDS))
        request = self._request("/paper/search/match", params)
        answer = self._session.ask(request, lambda body: Found(body.asked, matches(body)))
        words = telling_words(reference, _WORDS)
        if isinstance(answer, Unavailable) or _any_alike(reference, answer) or len(words) < _WORDS:
            return answer
        asked = " ".join((*words, first_author_word(reference))).strip()
        looser = self._request("/paper/search", (("query", asked), ("limit", str(_ROWS)), ("fields", _FIELDS)))
        matched = answer.works
        return self._session.ask(looser, lambda body: Found(body.asked, (*searched(body), *matched)))

    def _request(self, path: str, params: tuple[tuple[str, str], ...], posted: Any = None) -> Request:
        key = (("x-api-key", self._key),) if self._key else ()
        facts = frozenset[int]() if posted else frozenset({404})
        return Request(self.name, self._lane, self._base + path, params, key, json=posted, facts=facts)


def papers(body: Body, wanted: int) -> tuple[tuple[Work, ...], ...]:
    """The papers of a batch in the order of the ids, none for null; raises ``Undecodable`` for anything else."""
    listed = read_json(body)
    if not isinstance(listed, list) or len(listed) != wanted:
        raise Undecodable("a batch of another length than asked for")
    return tuple((work(each),) if each is not None else () for each in listed)


def paper_or_none(body: Body) -> tuple[Work, ...]:
    """One paper, or none for the API's own 404."""
    if body.status == 404:
        return _not_found(body, _NO_PAPER)
    return (work(read_object(body)),)


def matches(body: Body) -> tuple[Work, ...]:
    """What a title match found: at most one paper in practice, none for "Title match not found" or an empty list."""
    if body.status == 404:
        return _not_found(body, _NO_MATCH)
    listed = read_object(body).get("data")
    if not isinstance(listed, list):
        raise Undecodable("a match without data")
    return tuple(work(each) for each in listed[:_ROWS])


def searched(body: Body) -> tuple[Work, ...]:
    """What a search by words found; raises ``Undecodable`` where neither papers nor a total of none are told."""
    found = read_object(body)
    listed = found.get("data", [] if found.get("total") == 0 else None)
    if not isinstance(listed, list):
        raise Undecodable("a search without data")
    return tuple(work(each) for each in listed[:_ROWS])


def work(paper: Any) -> Work:
    """One paper of the API as a Work; raises ``Undecodable`` if it has no id."""
    if not isinstance(paper, dict) or not paper.get("paperId"):
        raise Undecodable("a paper without id")
    ids = _object(paper.get("externalIds"))
    journal, venue = _object(paper.get("journal")), _object(paper.get("publicationVenue"))
    doi, arxiv = normalise_doi(str(ids.get("DOI") or "")), normalise_arxiv(str(ids.get("ArXiv") or ""))
    if not arxiv and doi.startswith("10.48550/arxiv."):
        arxiv = normalise_arxiv(doi.removeprefix("10.48550/arxiv."))
    names = [clean(paper.get("venue")), clean(journal.get("name")), clean(venue.get("name"))]
    venues = tuple(dict.fromkeys(name for name in (*names, *strings(venue.get("alternate_names"))) if name))
    years = _years(paper)
    return Work(
        registry="semantic_scholar",
        key=str(paper["paperId"]),
        url=str(paper.get("url") or f"https://www.semanticscholar.org/paper/{paper['paperId']}"),
        fields=Fields(
            title=clean(paper.get("title")),
            authors=tuple(read_name(name) for name in _author_names(paper.get("authors"))),
            year=years[0] if years else None,
            venue=venues[0] if venues else "",
            volume=clean(journal.get("volume")),
            pages=clean(journal.get("pages")),
            kind=_kind(paper, venue, venues),
            doi=doi,
            arxiv=arxiv,
            pmid=str(ids.get("PubMed") or ""),
        ),
        other_years=years[1:],
        other_venues=venues[1:],
        other_ids=(Identifier(Scheme.ARXIV, arxiv),) if arxiv and doi and "10.48550/" not in doi else (),
        abstract=clean(paper.get("abstract")),
    )


def _understand(query: Query) -> Question | Uncovered:
    wanted = query.identifier
    if wanted is None:
        words = title_words(query.reference)
        return Question(f"title:{words.casefold()}", query) if words else Uncovered("no title to search for")
    if wanted.scheme not in _PREFIX:
        return Uncovered(f"does not know works by {wanted.scheme}")
    return Question(_paper_id(wanted).lower(), query)


def _paper_id(wanted: Identifier | None) -> str:
    """An identifier as the API spells it; versions of arXiv papers are one paper to it."""
    if wanted is None:
        return ""
    if wanted.value.startswith("10.48550/arxiv."):
        return f"ARXIV:{arxiv_base(wanted.value.removeprefix('10.48550/arxiv.'))}"
    value = arxiv_base(wanted.value) if wanted.scheme is Scheme.ARXIV else wanted.value
    return f"{_PREFIX[wanted.scheme]}:{value}"


def _sorted(questions: tuple[Question, ...], body: Body) -> Outcome:
    pairs = zip(questions, papers(body, len(questions)), strict=True)
    return Outcome(tuple(Settled(each, _about(each, Found(body.asked, works))) for each, works in pairs))


def _about(question: Question, found: Found) -> Answer:
    """Accept the record only if it bears the identifier asked for.

    The API merges a preprint with its published version and then shows one DOI of the two: true, but not to be told
    from a wrong record here.
    """
    wanted = _paper_id(question.query.identifier).lower()
    for each in found.works:
        fields = each.fields
        own = (f"doi:{fields.doi}", f"arxiv:{arxiv_base(fields.arxiv)}", f"pmid:{fields.pmid}")
        if wanted not in own:
            return Unavailable(found.asked, Why.BAD_BODY, "the record of another identifier than the one asked for")
    return found


def _any_alike(reference: Reference, found: Found) -> bool:
    """Whether one of the works has nearly the cited title; the best match may be that of quite another one."""
    return any(title_similarity(reference.fields.title, work.fields.title) >= _ALIKE for work in found.works)


def _not_found(body: Body, own: re.Pattern[str]) -> tuple[Work, ...]:
    """None, if the 404 says so in the API's ``own`` words alone; gateways say "Not Found" as well, of a path."""
    try:
        said = json.loads(body.text)
    except (ValueError, RecursionError) as error:
        raise Undecodable("a 404 that is not the API's own") from error
    if isinstance(said, dict) and said.keys() == {"error"} and own.fullmatch(str(said["error"]).strip()):
        return ()
    raise Undecodable("a 404 that is not the API's own")


def _author_names(listed: Any) -> list[str]:
    people = listed if isinstance(listed, list) else []
    return [name for each in people if isinstance(each, dict) and (name := clean(each.get("name")))]


def _years(paper: dict[str, Any]) -> tuple[int, ...]:
    """Its year, and the year of its date, which may be that of another version."""
    dated = str(paper.get("publicationDate") or "")[:4]
    found = [paper.get("year"), int(dated) if dated.isdigit() else None]
    return tuple(dict.fromkeys(year for year in found if isinstance(year, int) and 1400 <= year <= 2200))


def _kind(paper: dict[str, Any], venue: dict[str, Any], venues: tuple[str, ...]) -> Kind:
    """Conference papers are typed as journal articles as well, and preprints are only that."""
    if venues and venues[0].lower().startswith(("arxiv", "biorxiv", "medrxiv")):
        return Kind.PREPRINT
    if venue.get("type") == "conference":
        return Kind.CONFERENCE
    types = paper.get("publicationTypes") or ()
    return next((kind for name, kind in _KINDS.items() if name in types), Kind.UNKNOWN)


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}

"""DataCite: DOIs of repositories, data sets, software, theses and of arXiv. https://support.datacite.org/docs/api."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import quote

from citations.identifiers import normalise_arxiv, normalise_doi, normalise_isbn
from citations.names import read_name
from citations.registries.bodies import Body, Undecodable, read_object
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
from citations.registries.wording import clean, title_words
from citations.types import Answer, Fields, Found, Identifier, Kind, Name, Query, Scheme, Unavailable, Why, Work

_DECODER = 1
_BATCH = 25
_ROWS = 5
_WORDS = 12
_NO_SUCH_DOI = "the resource you are looking for doesn't exist"
_KINDS = {
    "Dataset": Kind.DATASET,
    "Software": Kind.SOFTWARE,
    "ComputationalNotebook": Kind.SOFTWARE,
    "JournalArticle": Kind.ARTICLE,
    "DataPaper": Kind.ARTICLE,
    "ConferencePaper": Kind.CONFERENCE,
    "ConferenceProceeding": Kind.BOOK,
    "Preprint": Kind.PREPRINT,
    "Book": Kind.BOOK,
    "BookChapter": Kind.CHAPTER,
    "Dissertation": Kind.THESIS,
    "Report": Kind.REPORT,
    "Standard": Kind.STANDARD,
}
_SAME_WORK = frozenset({"IsVersionOf", "HasVersion", "IsIdenticalTo", "IsPreviousVersionOf", "IsNewVersionOf"})


class DataCite:
    """Works by DOI, in batches, and by the words of a title."""

    name = "datacite"
    coverage = Coverage(schemes=frozenset({Scheme.DOI}), searches=True)

    def __init__(self, session: Session) -> None:
        """Ask through ``session``; an address in its settings gives the larger quota."""
        self._base = session.settings.datacite_url
        # 1000 in five minutes for those who say who they are, half of it for others: a short list need not queue.
        self._lane = Lane(f"datacite {self._base}", 0.3 if session.settings.mailto else 0.6, connections=2, burst=100)
        self._session = session
        session.join(self.name)
        source = Source(self.name, self._base, _DECODER)
        self._desk = Desk(session, source, _understand, self._errands, workers=2)

    def look_up(self, queries: Sequence[Query]) -> Iterator[tuple[Query, Answer]]:
        """Exactly one answer a query; never raises."""
        return look_up(self._desk, queries)

    def close(self) -> None:
        """Stop waiting for anything; may be called twice."""
        self._session.leave(self.name)

    def _errands(self, questions: Sequence[Question]) -> Iterator[Errand]:
        by_doi = [each for each in questions if each.query.identifier]
        listable = [each for each in by_doi if "," not in _doi(each)] if len(by_doi) > 2 else []
        for batch in batched(listable, _BATCH):
            yield Errand(batch, self._fetch)
        yield from single_errands([each for each in by_doi if each not in listable], self._fetch_one)
        yield from single_errands([each for each in questions if not each.query.identifier], self._search)

    def _fetch(self, questions: tuple[Question, ...]) -> Outcome:
        """Many DOIs in one request; those that are missing in the answer are asked for alone."""
        wanted = ",".join(_doi(each) for each in questions)
        request = self._request("/dois", (("ids", wanted), ("page[size]", "100")))
        answer = self._session.ask(request, lambda body: self._sorted(questions, body))
        return all_settled(questions, answer) if isinstance(answer, Unavailable) else answer

    def _sorted(self, questions: tuple[Question, ...], body: Body) -> Outcome:
        held = {work.key: work for work in works(body)}
        return Outcome(
            tuple(Settled(each, Found(body.asked, (held[_doi(each)],))) for each in questions if _doi(each) in held),
            single_errands([each for each in questions if _doi(each) not in held], self._fetch_one),
        )

    def _fetch_one(self, question: Question) -> Answer:
        request = self._request(f"/dois/{quote(_doi(question), safe='')}")
        answer = self._session.ask(request, lambda body: Found(body.asked, work_or_none(body)))
        if isinstance(answer, Unavailable) or all(work.key == _doi(question) for work in answer.works):
            return answer
        return Unavailable(answer.asked, Why.BAD_BODY, "the record of another DOI than the one asked for")

    def _search(self, question: Question) -> Answer:
        """All words of the title, in whatever order: a subtitle is a title of its own here."""
        words = title_words(question.query.reference).lower().split()[:_WORDS]
        asked = f"titles.title:({' AND '.join(words)})"
        params = (("query", asked), ("sort", "relevance"), ("page[size]", str(_ROWS)))
        return self._session.ask(self._request("/dois", params), lambda body: Found(body.asked, works(body)[:_ROWS]))

    def _request(self, path: str, params: tuple[tuple[str, str], ...] = ()) -> Request:
        facts = frozenset[int]() if params else frozenset({404})
        return Request(self.name, self._lane, self._base + path, params, facts=facts)


def works(body: Body) -> tuple[Work, ...]:
    """A list of DOIs; raises ``Undecodable`` for anything else."""
    envelope = read_object(body)
    listed, meta = envelope.get("data"), envelope.get("meta")
    total = meta.get("total") if isinstance(meta, dict) else None
    if not isinstance(listed, list) or not isinstance(total, int) or (total > 0 and not listed):
        raise Undecodable("a list without data or total")
    return tuple(map(work, listed))


def work_or_none(body: Body) -> tuple[Work, ...]:
    """One DOI, or none for the API's own 404."""
    envelope = read_object(body)
    if body.status == 404:
        if any(_says_unknown(each) for each in _objects(envelope.get("errors"))):
            return ()
        raise Undecodable("a 404 that is not the API's own")
    return (work(envelope.get("data")),)


def _says_unknown(error: dict[str, Any]) -> bool:
    """Whether this is the one error with which the API itself says that it has no such DOI."""
    return str(error.get("status")) == "404" and str(error.get("title")).strip().rstrip(".").lower() == _NO_SUCH_DOI


def work(document: Any) -> Work:
    """One document of type ``dois`` as a Work; raises ``Undecodable`` if it is none."""
    attributes = document.get("attributes") if isinstance(document, dict) else None
    doi = normalise_doi(str(attributes.get("doi") or "")) if isinstance(attributes, dict) else ""
    if not isinstance(attributes, dict) or not doi:
        raise Undecodable("a document without DOI")
    title, others = _titles(attributes)
    container = _object(attributes.get("container"))
    publisher = attributes.get("publisher")
    arxiv = normalise_arxiv(doi.removeprefix("10.48550/arxiv.")) if doi.startswith("10.48550/arxiv.") else ""
    years = _years(attributes)
    venue = "arXiv" if arxiv else clean(container.get("title"))
    return Work(
        registry="datacite",
        key=doi,
        url=f"https://doi.org/{doi}",
        fields=Fields(
            title=title,
            authors=tuple(name for name in map(_name, _objects(attributes.get("creators"))) if str(name)),
            editors=tuple(
                _name(each)
                for each in _objects(attributes.get("contributors"))
                if each.get("contributorType") == "Editor"
            ),
            year=years[0] if years else None,
            venue=venue,
            volume=clean(container.get("volume")),
            issue=clean(container.get("issue")),
            pages=_pages(container),
            publisher=clean(publisher.get("name") if isinstance(publisher, dict) else publisher),
            kind=Kind.PREPRINT if arxiv else _kind(attributes),
            doi=doi,
            arxiv=arxiv,
            isbn=_isbn(container),
            url=str(attributes.get("url") or ""),
        ),
        other_titles=others,
        other_years=years[1:],
        other_ids=_other_ids(attributes, doi),
        abstract=_abstract(attributes),
    )


def _understand(query: Query) -> Question | Uncovered:
    wanted = query.identifier
    if wanted is None:
        words = title_words(query.reference)
        return Question(f"title:{words.casefold()}", query) if words else Uncovered("no title to search for")
    if wanted.scheme is not Scheme.DOI:
        return Uncovered(f"does not know works by {wanted.scheme}")
    return Question(f"doi:{wanted.value}", query)


def _doi(question: Question) -> str:
    return question.query.identifier.value if question.query.identifier else ""


def _titles(attributes: dict[str, Any]) -> tuple[str, tuple[str, ...]]:
    """The title with its subtitle, and all other titles."""
    listed = [(clean(each.get("title")), each.get("titleType")) for each in _objects(attributes.get("titles"))]
    main = next((title for title, kind in listed if title and not kind), "") or next((t for t, _ in listed if t), "")
    subtitle = next((title for title, kind in listed if title and kind == "Subtitle"), "")
    whole = f"{main}: {subtitle}" if subtitle and subtitle != main and subtitle not in main else main
    others = (main, *(title for title, kind in listed if kind != "Subtitle"))
    return whole, tuple(title for title in dict.fromkeys(others) if title and title != whole)


def _name(person: dict[str, Any]) -> Name:
    """A creator; ``name`` is "Family, Given", an organisation, or a person's name in natural order."""
    family, given, whole = (clean(person.get(key)) for key in ("familyName", "givenName", "name"))
    if family:
        return Name(family=family, given=given)
    return Name(literal=whole) if person.get("nameType") == "Organizational" else read_name(whole)


def _years(attributes: dict[str, Any]) -> tuple[int, ...]:
    """The year of publication, then those of being issued, available, submitted."""
    dates = [str(each.get("date") or "")[:4] for each in _objects(attributes.get("dates"))]
    found = [attributes.get("publicationYear"), *(int(text) for text in dates if text.isdigit())]
    return tuple(dict.fromkeys(year for year in found if isinstance(year, int) and 1400 <= year <= 2200))


def _pages(container: dict[str, Any]) -> str:
    ends = [clean(container.get("firstPage")), clean(container.get("lastPage"))]
    return "-".join(page for page in ends if page)


def _isbn(container: dict[str, Any]) -> str:
    is_isbn = container.get("identifierType") == "ISBN"
    return normalise_isbn(str(container.get("identifier") or "")) if is_isbn else ""


def _kind(attributes: dict[str, Any]) -> Kind:
    return _KINDS.get(str(_object(attributes.get("types")).get("resourceTypeGeneral")), Kind.UNKNOWN)


def _other_ids(attributes: dict[str, Any], doi: str) -> tuple[Identifier, ...]:
    """Other DOIs of the same work: versions and copies."""
    ids = []
    for each in _objects(attributes.get("relatedIdentifiers")):
        if each.get("relationType") in _SAME_WORK and each.get("relatedIdentifierType") == "DOI":
            other = normalise_doi(str(each.get("relatedIdentifier") or ""))
            ids += [Identifier(Scheme.DOI, other)] if other and other != doi else []
    return tuple(dict.fromkeys(ids))


def _abstract(attributes: dict[str, Any]) -> str:
    texts = _objects(attributes.get("descriptions"))
    return next((clean(each.get("description")) for each in texts if each.get("descriptionType") == "Abstract"), "")


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _objects(value: Any) -> list[dict[str, Any]]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []

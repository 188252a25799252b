"""What each simulated registry answers when it is well: routes and statuses as the real ones have them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import unquote

from citations.identifiers import arxiv_base, normalise_arxiv
from citations.testing import shapes
from citations.testing.shelf import Shelf
from citations.types import Work

JSON = "application/json"
_SELECTABLE = """
DOI ISBN ISSN URL abstract accepted alternative-id approved archive article-number assertion author chair
clinical-trial-number container-title content-created content-domain contributor created degree deposited editor event
funder group-title indexed is-referenced-by-count issn-type issue issued license link member original-title page posted
prefix published published-online published-print publisher publisher-location reference references-count relation
resource score short-container-title short-title standards-body subject subtitle title translator type update-policy
update-to updated-by volume
"""
"""Names that ``select`` may hold on Crossref's ``/works``, as its refusal listed them in October 2026."""
_ATOM = "application/atom+xml; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Ask:
    """One request, without the prefix of the registry."""

    method: str
    path: str
    """Still percent-encoded."""
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes = b""

    @property
    def is_list(self) -> bool:
        """Whether this is a list or search, as opposed to one record."""
        return self.path.rstrip("/").endswith(("/works", "/dois", "/query", "/batch", "/match"))


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer."""

    status: int
    body: bytes
    content_type: str = JSON
    headers: tuple[tuple[str, str], ...] = ()


def respond(registry: str, shelves: Mapping[str, Shelf], ask: Ask) -> Reply:
    """The answer of a healthy registry."""
    if registry == "doi_org":
        return _doi_org(shelves, ask)
    return _ANSWERS[registry](shelves[registry], ask)


def _crossref(shelf: Shelf, ask: Ask) -> Reply:
    path = ask.path.removeprefix("/v1")
    if path.startswith("/works/"):
        work = shelf.by_doi(unquote(path.removeprefix("/works/")))
        return Reply(200, shapes.crossref_work(work)) if work else Reply(404, b"Resource not found.", "text/plain")
    if path != "/works":
        return Reply(404, b"Resource not found.", "text/plain")
    unknown = set(filter(None, ask.query.get("select", "").split(","))) - set(_SELECTABLE.split())
    if unknown:
        refusal = {"type": "select-not-available", "value": min(unknown), "message": "there is no such select"}
        return Reply(
            400, json.dumps({"status": "failed", "message-type": "validation-failure", "message": [refusal]}).encode()
        )
    rows = int(ask.query.get("rows", "20"))
    if "filter" in ask.query:
        wanted = [part.removeprefix("doi:") for part in ask.query["filter"].split(",")]
        found = [work for doi in wanted if (work := shelf.by_doi(doi)) and work.fields.doi == doi.lower()]
        return Reply(200, shapes.crossref_list(found[:rows], len(found)))
    words = ask.query.get("query.bibliographic") or ask.query.get("query.title") or ask.query.get("query") or ""
    works = shelf.search(words, rows)
    return Reply(200, shapes.crossref_list(works, max(len(works), 1000 if works else 0)))


def _semantic_scholar(shelf: Shelf, ask: Ask) -> Reply:
    path = ask.path.removeprefix("/graph/v1")
    if path == "/paper/batch":
        if "x-api-key" not in ask.headers:
            return Reply(403, b'{"message":"Forbidden"}')
        papers = [work and shapes.semantic_scholar_paper(work) for work in map(_paper_of(shelf), _ids(ask.body))]
        return Reply(200, json.dumps(papers).encode())
    if path == "/paper/search/match":
        works = shelf.search(ask.query.get("query", ""), 1, share=0.6)
        if not works:
            return Reply(404, b'{"error":"Title match not found"}\n')
        return Reply(
            200, json.dumps({"data": [shapes.semantic_scholar_paper(works[0]) | {"matchScore": 171.9}]}).encode()
        )
    if path == "/paper/search":
        works = shelf.search(ask.query.get("query", ""), int(ask.query.get("limit", "100")), share=0.999)
        listed = [shapes.semantic_scholar_paper(work) for work in works]
        return Reply(200, json.dumps({"total": len(listed), "offset": 0, "data": listed}).encode())
    wanted = unquote(path.removeprefix("/paper/"))
    work = _paper_of(shelf)(wanted)
    if work is None:
        return Reply(404, json.dumps({"error": f"Paper with id {wanted} not found"}).encode())
    return Reply(200, json.dumps(shapes.semantic_scholar_paper(work)).encode())


def _ids(body: bytes) -> list[str]:
    return list(json.loads(body)["ids"])


def _paper_of(shelf: Shelf) -> Callable[[str], Work | None]:
    def find(wanted: str) -> Work | None:
        scheme, _, value = wanted.partition(":")
        finders = {"doi": shelf.by_doi, "arxiv": shelf.by_arxiv, "pmid": shelf.by_pmid}
        return finders[scheme.lower()](value) if scheme.lower() in finders else None

    return find


def _arxiv(shelf: Shelf, ask: Ask) -> Reply:
    rows = int(ask.query.get("max_results", "10"))
    wanted = [part for part in ask.query.get("id_list", "").split(",") if part]
    query = ask.query.get("search_query", "")
    if wanted:
        wrong = next((part for part in wanted if normalise_arxiv(part) != part.lower()), "")
        if wrong:
            return Reply(400, shapes.arxiv_error(wrong), _ATOM)
        found = [(_shown(part), work) for part in wanted if (work := shelf.by_arxiv(part))]
    else:
        phrases = re.findall(r'ti:"([^"]+)"', query)
        groups = [" ".join(re.findall(r"(?:ti|au):(\w+)", group)) for group in re.findall(r"\(([^()]+)\)", query)]
        works = [work for phrase in phrases or groups or [query] for work in shelf.search(phrase, rows, share=0.999)]
        found = [(_shown(work.fields.arxiv), work) for work in dict.fromkeys(works)]
    return Reply(200, shapes.arxiv_feed(found[:rows], len(found), query or ",".join(wanted)), _ATOM)


def _shown(arxiv: str) -> str:
    return arxiv if re.search(r"v\d+$", arxiv) else f"{arxiv_base(arxiv)}v2"


def _datacite(shelf: Shelf, ask: Ask) -> Reply:
    missing = Reply(404, b'{"errors":[{"status":"404","title":"The resource you are looking for doesn\'t exist."}]}')
    if ask.path.startswith("/dois/"):
        work = shelf.by_doi(unquote(ask.path.removeprefix("/dois/")))
        return Reply(200, json.dumps({"data": shapes.datacite_document(work)}).encode()) if work else missing
    if ask.path != "/dois":
        return missing
    works: Sequence[Work]
    if "ids" in ask.query:
        works = [work for doi in ask.query["ids"].split(",") if (work := shelf.by_doi(doi))]
    else:
        words = re.sub(r"\b(?:titles\.title|AND|OR)\b|[^\w\s]", " ", ask.query.get("query", ""))
        works = shelf.search(words, int(ask.query.get("page[size]", "25")), share=0.999)
    return Reply(200, shapes.datacite_list(works, len(works)))


def _doi_org(shelves: Mapping[str, Shelf], ask: Ask) -> Reply:
    """The handle system: it knows every DOI that any agency registered."""
    if not ask.path.startswith("/api/handles/"):
        return Reply(404, b"<!DOCTYPE html><html><head><title>Error: DOI Not Found</title></head></html>", "text/html")
    doi = unquote(ask.path.removeprefix("/api/handles/"))
    known = any(shelf.by_doi(doi) for shelf in shelves.values())
    return Reply(200 if known else 404, shapes.handle(doi, f"https://example.org/{doi}" if known else None))


_ANSWERS: dict[str, Callable[[Shelf, Ask], Reply]] = {
    "crossref": _crossref,
    "semantic_scholar": _semantic_scholar,
    "arxiv": _arxiv,
    "datacite": _datacite,
}

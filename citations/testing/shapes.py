"""Bodies in each registry's own shape, made from Works. Written after real answers, and not after our decoders."""

from __future__ import annotations

import json
from collections.abc import Sequence
from hashlib import sha1
from typing import Any
from xml.sax.saxutils import escape

from citations.identifiers import arxiv_base
from citations.types import Kind, Name, RetractionKind, Scheme, Work

_CROSSREF_TYPES = {
    Kind.ARTICLE: "journal-article",
    Kind.CONFERENCE: "proceedings-article",
    Kind.PREPRINT: "posted-content",
    Kind.BOOK: "book",
    Kind.CHAPTER: "book-chapter",
    Kind.THESIS: "dissertation",
    Kind.REPORT: "report",
    Kind.DATASET: "dataset",
    Kind.STANDARD: "standard",
}
_DATACITE_TYPES = {
    Kind.ARTICLE: "JournalArticle",
    Kind.CONFERENCE: "ConferencePaper",
    Kind.PREPRINT: "Preprint",
    Kind.DATASET: "Dataset",
    Kind.SOFTWARE: "Software",
    Kind.THESIS: "Dissertation",
    Kind.REPORT: "Report",
    Kind.BOOK: "Book",
    Kind.CHAPTER: "BookChapter",
}
_UPDATES = {
    RetractionKind.RETRACTED: ("retraction", "Retraction"),
    RetractionKind.WITHDRAWN: ("withdrawal", "Withdrawal"),
    RetractionKind.CONCERN: ("expression_of_concern", "Expression of concern"),
}


def crossref_item(work: Work) -> dict[str, Any]:
    """One item as in ``/works`` and ``/works/DOI``."""
    fields = work.fields
    item: dict[str, Any] = {
        "DOI": fields.doi,
        "URL": f"https://doi.org/{fields.doi}",
        "type": _CROSSREF_TYPES.get(fields.kind, "other"),
        "title": [escape(fields.title)] if fields.title else [],  # as publishers deposit it: "Food &amp; Function"
        "subtitle": [],
        "short-title": [],
        "original-title": list(work.other_titles),
        "container-title": [escape(fields.venue)] if fields.venue else [],
        "short-container-title": list(work.other_venues[:1]),
        "author": [_crossref_person(name, index) for index, name in enumerate(fields.authors)],
        "publisher": fields.publisher,
        "relation": _crossref_relation(work),
        "source": "Crossref",
        "prefix": fields.doi.partition("/")[0],
        "score": 1.0,
        "reference-count": 0,
        "is-referenced-by-count": 0,
    }
    if fields.year:
        dates = {"date-parts": [[fields.year]]}
        item |= {"issued": dates, "published": dates, "published-print": dates}
        item["created"] = {"date-parts": [[fields.year, 3, 1]], "date-time": f"{fields.year}-03-01T00:00:00Z"}
    else:
        item["issued"] = {"date-parts": [[None]]}
    if work.other_years:
        item["published-online"] = {"date-parts": [[work.other_years[0], 11]]}
    if fields.editors:
        item["editor"] = [_crossref_person(name, index) for index, name in enumerate(fields.editors)]
    plain = {"volume": fields.volume, "issue": fields.issue, "page": fields.pages, "abstract": work.abstract}
    item |= {key: value for key, value in plain.items() if value}
    if fields.isbn:
        item["ISBN"] = [fields.isbn]
    return item | _crossref_updates(work)


def crossref_work(work: Work) -> bytes:
    """The body of ``/works/DOI``."""
    message = crossref_item(work)
    return _json({"status": "ok", "message-type": "work", "message-version": "1.0.0", "message": message})


def crossref_list(works: Sequence[Work], total: int) -> bytes:
    """The body of ``/works?...``."""
    message = {
        "facets": {},
        "total-results": total,
        "items": [crossref_item(work) for work in works],
        "items-per-page": 20,
        "query": {"start-index": 0, "search-terms": None},
    }
    return _json({"status": "ok", "message-type": "work-list", "message-version": "1.0.0", "message": message})


def semantic_scholar_paper(work: Work) -> dict[str, Any]:
    """One paper of the graph API."""
    fields = work.fields
    ids: dict[str, Any] = {"CorpusId": int(_digest(work)[:7], 16)}
    ids |= {"DOI": fields.doi} if fields.doi else {}
    ids |= {"ArXiv": arxiv_base(fields.arxiv)} if fields.arxiv else {}
    ids |= {"PubMed": fields.pmid} if fields.pmid else {}
    for each in work.other_ids:
        ids.setdefault({Scheme.DOI: "DOI", Scheme.ARXIV: "ArXiv"}.get(each.scheme, "Other"), each.value)
    return {
        "paperId": _digest(work),
        "externalIds": ids,
        "url": f"https://www.semanticscholar.org/paper/{_digest(work)}",
        "title": fields.title,
        "abstract": work.abstract or None,
        "venue": fields.venue,
        "publicationVenue": {"name": fields.venue, "alternate_names": list(work.other_venues)}
        if fields.venue
        else None,
        "year": fields.year,
        "publicationDate": None,
        "publicationTypes": {Kind.ARTICLE: ["JournalArticle"], Kind.CONFERENCE: ["Conference"]}.get(fields.kind),
        "journal": {"name": fields.venue, "volume": fields.volume or None, "pages": fields.pages or None},
        "authors": [{"authorId": None, "name": str(name)} for name in fields.authors],
    }


def arxiv_feed(works: Sequence[tuple[str, Work]], total: int, query: str) -> bytes:
    """An Atom feed; each work stands under the id with version that it is shown as."""
    entries = "".join(_arxiv_entry(shown, work) for shown, work in works)
    return _feed(entries, total, f"arXiv Query: {escape(query)}")


def arxiv_error(wrong: str) -> bytes:
    """The feed with one entry "Error" that a malformed id gets."""
    entry = (
        f"<entry><id>https://arxiv.org/api/errors#incorrect_id_format_for_{escape(wrong)}</id><title>Error</title>"
        f"<summary>incorrect id format for {escape(wrong)}</summary><author><name>arXiv api core</name></author></entry>"
    )
    return _feed(entry, 1, "arXiv Search Results")


def datacite_document(work: Work) -> dict[str, Any]:
    """One element of ``data``."""
    fields = work.fields
    related = [
        {"relationType": "IsVersionOf", "relatedIdentifier": each.value, "relatedIdentifierType": "DOI"}
        for each in work.other_ids
        if each.scheme is Scheme.DOI
    ]
    container: dict[str, Any] = {"type": "Series", "title": fields.venue} if fields.venue else {}
    container |= {"volume": fields.volume} if fields.volume else {}
    attributes = {
        "doi": fields.doi,
        "creators": [_datacite_person(name) for name in fields.authors],
        "contributors": [],
        "titles": [{"title": fields.title}] if fields.title else [],
        "publisher": fields.publisher or ("arXiv" if fields.arxiv else "Zenodo"),
        "container": container,
        "publicationYear": fields.year,
        "dates": [{"date": str(fields.year), "dateType": "Issued"}] if fields.year else [],
        "types": {"resourceTypeGeneral": _DATACITE_TYPES.get(fields.kind, "Text"), "bibtex": "article"},
        "relatedIdentifiers": related,
        "identifiers": [],
        "descriptions": [{"description": work.abstract, "descriptionType": "Abstract"}] if work.abstract else [],
        "url": fields.url or work.url,
        "state": "findable",
    }
    return {"id": fields.doi, "type": "dois", "attributes": attributes, "relationships": {}}


def datacite_list(works: Sequence[Work], total: int) -> bytes:
    """The body of ``/dois?...``."""
    meta = {"total": total, "totalPages": 1, "page": 1}
    return _json({"data": [datacite_document(work) for work in works], "meta": meta, "links": {}})


def handle(doi: str, url: str | None) -> bytes:
    """The body of ``/api/handles/DOI``; ``None`` for a handle that does not exist."""
    if url is None:
        return _json({"responseCode": 100, "handle": doi})
    data = {"format": "string", "value": url}
    values = [{"index": 1, "type": "URL", "data": data, "ttl": 86400, "timestamp": "2020-01-01T00:00:00Z"}]
    return _json({"responseCode": 1, "handle": doi, "values": values})


def _crossref_person(name: Name, index: int) -> dict[str, Any]:
    place: dict[str, Any] = {"sequence": "additional" if index else "first", "affiliation": []}
    if name.literal:
        return {"name": name.literal, **place}
    suffix = {"suffix": name.suffix} if name.suffix else {}
    return ({"given": name.given} if name.given else {}) | {"family": name.family, **suffix, **place}


def _crossref_relation(work: Work) -> dict[str, Any]:
    kind = "is-preprint-of" if work.fields.kind is Kind.PREPRINT else "has-preprint"
    ids = [
        {"id-type": each.scheme.value, "id": each.value, "asserted-by": "subject"}
        for each in work.other_ids
        if each.scheme in {Scheme.DOI, Scheme.ARXIV}
    ]
    return {kind: ids} if ids else {}


def _crossref_updates(work: Work) -> dict[str, Any]:
    if work.retraction is not None:
        kind, label = _UPDATES[work.retraction.kind]
        parts = [int(part) for part in work.retraction.date.split("-") if part.isdigit()]
        updated: dict[str, Any] = {"date-parts": [parts or [None]]}
        source = work.retraction.source or "publisher"
        entry = {"DOI": work.retraction.notice_doi, "type": kind, "label": label, "source": source, "updated": updated}
        return {"updated-by": [entry]}
    if work.is_notice:
        return {"update-to": [{"DOI": "10.5555/of-another-work", "type": "retraction", "label": "Retraction"}]}
    return {}


def _arxiv_entry(shown: str, work: Work) -> str:
    fields = work.fields
    authors = "".join(f"<author><name>{escape(str(name))}</name></author>" for name in fields.authors)
    day = f"{fields.year or 2000}-02-03T04:05:06Z"
    journal = f"<arxiv:journal_ref>{escape(fields.venue)}</arxiv:journal_ref>" if fields.venue else ""
    doi = f"<arxiv:doi>{escape(fields.doi)}</arxiv:doi>" if fields.doi and "10.48550/" not in fields.doi else ""
    comment = "<arxiv:comment>This paper has been withdrawn by the author</arxiv:comment>" if work.retraction else ""
    return (
        f"<entry><id>http://arxiv.org/abs/{shown}</id><title>{escape(fields.title)}</title>"
        f"<updated>{day}</updated><published>{day}</published><summary>{escape(work.abstract)}</summary>"
        f'<link href="https://arxiv.org/abs/{shown}" rel="alternate" type="text/html"/>'
        f"{comment}{journal}{doi}{authors}</entry>"
    )


def _feed(entries: str, total: int, title: str) -> bytes:
    return (
        "<?xml version='1.0' encoding='UTF-8'?>\n"
        '<feed xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/" xmlns:arxiv="http://arxiv.org/schemas/atom" '
        'xmlns="http://www.w3.org/2005/Atom">'
        f"<id>https://arxiv.org/api/x</id><title>{title}</title><updated>2026-04-12T22:09:26Z</updated>"
        f"<opensearch:itemsPerPage>100</opensearch:itemsPerPage><opensearch:totalResults>{total}"
        f"</opensearch:totalResults><opensearch:startIndex>0</opensearch:startIndex>{entries}</feed>\n"
    ).encode()


def _datacite_person(name: Name) -> dict[str, Any]:
    if name.literal:
        return {"name": name.literal, "nameType": "Organizational", "affiliation": [], "nameIdentifiers": []}
    shown = f"{name.family}, {name.given}" if name.given else name.family
    parts = {"givenName": name.given, "familyName": name.family}
    return {"name": shown, "nameType": "Personal", **parts, "affiliation": [], "nameIdentifiers": []}


def _digest(work: Work) -> str:
    fields = work.fields
    return sha1(f"{fields.title}{fields.year}{fields.doi}{fields.arxiv}".encode(), usedforsecurity=False).hexdigest()


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()

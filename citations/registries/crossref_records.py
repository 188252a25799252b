"""Crossref's JSON read as Works: https://api.crossref.org/swagger-ui and what real answers taught."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from citations.identifiers import normalise_arxiv, normalise_doi, normalise_isbn
from citations.registries.bodies import Body, Undecodable, read_object
from citations.registries.wording import clean, first, strings
from citations.types import Fields, Identifier, Kind, Name, Retraction, RetractionKind, Scheme, Work

_KINDS = {
    "journal-article": Kind.ARTICLE,
    "proceedings-article": Kind.CONFERENCE,
    "book-chapter": Kind.CHAPTER,
    "book-section": Kind.CHAPTER,
    "book-part": Kind.CHAPTER,
    "reference-entry": Kind.CHAPTER,
    "posted-content": Kind.PREPRINT,
    "book": Kind.BOOK,
    "monograph": Kind.BOOK,
    "edited-book": Kind.BOOK,
    "reference-book": Kind.BOOK,
    "proceedings": Kind.BOOK,
    "dissertation": Kind.THESIS,
    "report": Kind.REPORT,
    "report-component": Kind.REPORT,
    "dataset": Kind.DATASET,
    "database": Kind.DATASET,
    "standard": Kind.STANDARD,
}
_DATES = ("published-print", "published-online", "published", "issued", "posted", "created")
_RETRACTIONS = {
    "retraction": RetractionKind.RETRACTED,
    "removal": RetractionKind.RETRACTED,
    "withdrawal": RetractionKind.WITHDRAWN,
    "expression_of_concern": RetractionKind.CONCERN,
    "partial_retraction": RetractionKind.CONCERN,
}
_CORRECTIONS = frozenset({"correction", "corrigendum", "erratum", "addendum", "clarification"})
# An update that replaces the work is a work itself; all others only speak about one.
_REPLACEMENTS = frozenset({"new_version", "new_edition"})
_SAME_WORK = ("is-preprint-of", "has-preprint", "is-version-of", "has-version", "is-identical-to", "is-same-as")
_OWN_404 = frozenset({"resource not found", "resource not found."})
_LABEL = re.compile(
    r"[\[(]?\s*(retracted|withdrawn|removed)(?:\s+(?:article|paper|chapter))?\s*(?:[:.–—]|\s-\s|[\])]\s*:?)\s*",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class WorkList:
    """One page of a list or search."""

    works: tuple[Work, ...]
    complete: bool
    """Nothing that matches was left out of this page."""


def work_list(body: Body) -> WorkList:
    """A ``work-list`` message; raises ``Undecodable`` for anything else."""
    message = _message(body, "work-list")
    items = message.get("items")
    total = message.get("total-results")
    if not isinstance(items, list) or not isinstance(total, int):
        raise Undecodable("a list without items or total")
    works = tuple(work(item) for item in items if isinstance(item, dict) and item.get("DOI"))
    if len(works) != len(items) or (total > 0 and not items):
        raise Undecodable("a list whose items are damaged or missing")
    return WorkList(works, complete=total <= len(items))


def single_work(body: Body) -> tuple[Work, ...]:
    """A ``work`` message, or none for Crossref's own 404; raises ``Undecodable`` for anything else.

    The 404 is the plain text "Resource not found." under content types that change over the years: any other comes from
    a gateway and says nothing about the work.
    """
    if body.status == 404:
        if body.text.strip().strip('"').lower() in _OWN_404:
            return ()
        raise Undecodable("a 404 that is not Crossref's own")
    message = _message(body, "work")
    if not message.get("DOI"):
        raise Undecodable("a work without DOI")
    return (work(message),)


def work(item: dict[str, Any]) -> Work:
    """One item of Crossref as a Work; whatever is missing or null stays empty."""
    doi = _doi(item.get("DOI"))
    title, label = _without_label(_title(item))
    about = _notice_of(item, doi)
    venues = (*strings(item.get("container-title")), *strings(item.get("short-container-title")))
    years = _years(item)
    return Work(
        registry="crossref",
        key=doi,
        url=f"https://doi.org/{doi}",
        fields=Fields(
            title=title,
            authors=_names(item.get("author")),
            editors=_names(item.get("editor")),
            year=years[0] if years else None,
            venue=venues[0] if venues else _event(item) or first(item.get("group-title")) or _host(item),
            volume=clean(item.get("volume")),
            issue=clean(item.get("issue")),
            pages=clean(item.get("page")) or clean(item.get("article-number")),
            publisher=clean(item.get("publisher")),
            kind=_KINDS.get(str(item.get("type")), Kind.UNKNOWN),
            doi=doi,
            isbn=next(filter(None, map(normalise_isbn, strings(item.get("ISBN")))), ""),
        ),
        other_titles=_other_titles(item, title),
        other_years=years[1:],
        other_venues=_unique((*venues[1:], _event(item), _acronym(item), *_institutions(item)), without=venues[:1]),
        other_ids=_other_ids(item, doi),
        retraction=_retraction(item) or (None if about is not None else label),
        is_notice=about is not None,
        notice_of=about or "",
        corrections=_corrections(item, doi),
        abstract=clean(item.get("abstract")),
    )


def _message(body: Body, kind: str) -> dict[str, Any]:
    envelope = read_object(body)
    message = envelope.get("message")
    if envelope.get("status") != "ok" or envelope.get("message-type") != kind or not isinstance(message, dict):
        raise Undecodable(f"JSON that is no {kind}")
    return message


def _doi(value: Any) -> str:
    """A DOI of the record itself: the registry's word, even where it looks like none."""
    return normalise_doi(str(value or "")) or str(value or "").strip().lower()


def _title(item: dict[str, Any]) -> str:
    """Title and subtitle as one string, as they are cited."""
    title, subtitle = first(item.get("title")), first(item.get("subtitle"))
    if not title or not subtitle or subtitle.casefold() in title.casefold():
        return title or subtitle
    return f"{title}{' ' if title[-1] in ':?!.-–—' else ': '}{subtitle}"


def _without_label(title: str) -> tuple[str, Retraction | None]:
    """Publishers rename a retracted work ``RETRACTED ARTICLE: ...``; it is cited under its old title.

    Only the participle in capitals in front counts: "Retraction: ..." and "Retracted: ..." are titles of notices as
    well, and the word elsewhere is a topic.
    """
    match = _LABEL.match(title)
    if not match or not match[1].isupper() or len(title) - match.end() < 8:
        return title, None
    kind = RetractionKind.WITHDRAWN if match[1] == "WITHDRAWN" else RetractionKind.RETRACTED
    return title[match.end() :], Retraction(kind, source="crossref")


def _other_titles(item: dict[str, Any], title: str) -> tuple[str, ...]:
    listed = (*strings(item.get("title")), *strings(item.get("original-title")), *strings(item.get("short-title")))
    without_labels = tuple(_LABEL.sub("", each, count=1) for each in (title, *listed) if _LABEL.match(each))
    return _unique((*listed, *without_labels), without=(title,))


def _names(people: Any) -> tuple[Name, ...]:
    """Persons and groups in the order of the record; entries without any name are dropped."""
    listed = people if isinstance(people, list) else []
    return tuple(name for name in map(_name, listed) if name.family or name.literal)


def _name(person: Any) -> Name:
    if not isinstance(person, dict):
        return Name()
    family, given = clean(person.get("family")), clean(person.get("given"))
    if family:
        return Name(family=family, given=given, suffix=clean(person.get("suffix")))
    return Name(literal=clean(person.get("name")) or given)


def _years(item: dict[str, Any]) -> tuple[int, ...]:
    """Years that may be cited: of print first, then online, then the rest; the deposit only where nothing else is."""
    found = [year for key in _DATES if (year := _year(item.get(key))) is not None]
    found += [year for key in ("content-created", "approved") if (year := _year(item.get(key))) is not None]
    dated = [year for key in _DATES[:-1] if (year := _year(item.get(key))) is not None]
    return tuple(dict.fromkeys(dated or found))


def _year(date: Any) -> int | None:
    """The year of ``{"date-parts": [[2020, 1]]}``; null, ``[[null]]`` and nonsense give none."""
    parts = date.get("date-parts") if isinstance(date, dict) else None
    head = parts[0] if isinstance(parts, list) and parts else None
    year = head[0] if isinstance(head, list) and head else None
    return year if isinstance(year, int) and 1400 <= year <= 2200 else None


def _event(item: dict[str, Any]) -> str:
    event = item.get("event")
    return clean(event.get("name")) if isinstance(event, dict) else ""


def _acronym(item: dict[str, Any]) -> str:
    event = item.get("event")
    return clean(event.get("acronym")) if isinstance(event, dict) else ""


def _institutions(item: dict[str, Any]) -> tuple[str, ...]:
    listed = item.get("institution")
    listed = listed if isinstance(listed, list) else [listed]
    return tuple(clean(each.get("name")) for each in listed if isinstance(each, dict))


def _host(item: dict[str, Any]) -> str:
    """A preprint's server, the body of a standard."""
    if str(item.get("type")) not in {"posted-content", "standard"}:
        return ""
    body = item.get("standards-body")
    named = clean(body.get("name")) if isinstance(body, dict) else ""
    return next(filter(None, (*_institutions(item), named)), "")


def _other_ids(item: dict[str, Any], doi: str) -> tuple[Identifier, ...]:
    """Preprint, published version, aliases: further DOIs of the same work."""
    given = item.get("relation")
    related = given if isinstance(given, dict) else {}
    found = list(strings(item.get("aliases")))
    found += [
        str(each.get("id") or "")
        for kind in _SAME_WORK
        for each in related.get(kind) or ()
        if isinstance(each, dict) and str(each.get("id-type")).lower() in {"doi", "arxiv"}
    ]
    ids: list[Identifier] = []
    for text in found:
        other = normalise_doi(text)
        arxiv = normalise_arxiv(text) if not other or other.startswith("10.48550/") else ""
        ids += [Identifier(Scheme.DOI, other)] if other and other != doi else []
        ids += [Identifier(Scheme.ARXIV, arxiv)] if arxiv else []
    return tuple(dict.fromkeys(ids))


def _retraction(item: dict[str, Any]) -> Retraction | None:
    """What ``updated-by`` says about this very work; corrections and new versions are none of it."""
    found = []
    for update in _updates(item.get("updated-by")):
        kind = _RETRACTIONS.get(_update_type(update))
        if kind:
            date = _iso(update.get("updated"))
            source = clean(update.get("source")) or "publisher"
            found.append(Retraction(kind, _doi(update.get("DOI")), date, source))
    order = list(RetractionKind)
    return min(found, key=lambda each: order.index(each.kind), default=None)


def _notice_of(item: dict[str, Any], doi: str) -> str | None:
    """The DOI of the other work of which the record only speaks, ``None`` if it is no retraction, correction or concern."""
    updates = (each for each in _updates(item.get("update-to")) if _update_type(each) not in _REPLACEMENTS)
    return next((about for update in updates if (about := _doi(update.get("DOI"))) != doi), None)


def _corrections(item: dict[str, Any], doi: str) -> tuple[str, ...]:
    """DOIs of the corrections, errata and addenda that ``updated-by`` names."""
    updates = (each for each in _updates(item.get("updated-by")) if _update_type(each) in _CORRECTIONS)
    return _unique(tuple(_doi(update.get("DOI")) for update in updates), without=(doi,))


def _updates(listed: Any) -> list[dict[str, Any]]:
    return [each for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []


def _update_type(update: dict[str, Any]) -> str:
    return str(update.get("type") or "").strip().lower().replace("-", "_").replace(" ", "_")


def _iso(date: Any) -> str:
    parts = date.get("date-parts") if isinstance(date, dict) else None
    head = parts[0] if isinstance(parts, list) and parts and isinstance(parts[0], list) else []
    numbers = [part for part in head[:3] if isinstance(part, int)]
    return "-".join(f"{number:02d}" for number in numbers)


def _unique(values: tuple[str, ...], *, without: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(value for value in dict.fromkeys(values) if value and value not in without)

"""What registries are asked, and what they said, before anybody judges it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from citations.types.cited import Fields, Reference


class Scheme(StrEnum):
    """Kinds of identifiers that name a work."""

    DOI = "doi"
    ARXIV = "arxiv"
    PMID = "pmid"
    ISBN = "isbn"


@dataclass(frozen=True, slots=True)
class Identifier:
    """A normalised identifier; see ``citations.identifiers`` for the normal forms."""

    scheme: Scheme
    value: str


@dataclass(frozen=True, slots=True)
class Query:
    """One question to one registry: by ``identifier`` if it is set, otherwise by the reference's own words."""

    reference: Reference
    identifier: Identifier | None = None


class RetractionKind(StrEnum):
    """How a registry says that a work no longer stands."""

    RETRACTED = "retracted"
    WITHDRAWN = "withdrawn"
    CONCERN = "expression of concern"


@dataclass(frozen=True, slots=True)
class Retraction:
    """A registry's statement that the work was taken back."""

    kind: RetractionKind
    notice_doi: str = ""
    date: str = ""
    """ISO date as far as known: ``2021-03-04``, ``2021``."""
    source: str = ""
    """Who says so: ``crossref``, ``retraction-watch``."""


@dataclass(frozen=True, slots=True)
class Work:
    """A real publication as one registry describes it."""

    registry: str
    key: str
    """The registry's own identifier of the record."""
    url: str
    """A page where a person can see the record."""
    fields: Fields
    other_titles: tuple[str, ...] = ()
    """Further titles of the same work: original language, earlier version, title without subtitle."""
    other_years: tuple[int, ...] = ()
    """Further years that may be cited rightly: online, print, preprint."""
    other_venues: tuple[str, ...] = ()
    """Further names of the venue: short title, series."""
    other_ids: tuple[Identifier, ...] = ()
    """Further identifiers of the same work: its preprint, its published version, a second DOI."""
    retraction: Retraction | None = None
    is_notice: bool = False
    """The record is itself a retraction, correction or concern notice."""
    notice_of: str = ""
    """DOI of the work that the notice is about."""
    corrections: tuple[str, ...] = ()
    """DOIs of published corrections of the work, which stands."""
    abstract: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """The act of asking: enough to repeat it and to show it."""

    registry: str
    url: str
    """What was asked, without keys; for the offline index ``index:PATH``."""
    asked_at: datetime
    """When the answer was made, also if it is served from the cache now."""
    from_cache: bool = False
    body_sha256: str = ""
    """Digest of the body the answer was decoded from, empty where none came."""


class Why(StrEnum):
    """Why a registry could not be asked or understood. None of them says anything about the work."""

    OFFLINE = "offline"
    TIMEOUT = "timeout"
    UNREACHABLE = "unreachable"
    RATE_LIMITED = "rate-limited"
    FORBIDDEN = "forbidden"
    SERVER_ERROR = "server-error"
    BAD_BODY = "bad-body"
    BREAKER_OPEN = "breaker-open"
    BUDGET = "budget"
    CRASHED = "crashed"


@dataclass(frozen=True, slots=True)
class Found:
    """The registry answered: these works, possibly none."""

    asked: Asked
    works: tuple[Work, ...]


@dataclass(frozen=True, slots=True)
class Unavailable:
    """The registry did not answer, or not in its own language. Never a sign that a work is missing."""

    asked: Asked
    why: Why
    detail: str = ""
    """One short sentence without secrets: ``HTTP 503``, ``no address for the host``."""
    retry_after_s: float | None = None


@dataclass(frozen=True, slots=True)
class NotCovered:
    """The registry could not know this: wrong kind of work, year beyond it, no identifier it understands."""

    asked: Asked
    reason: str


@dataclass(frozen=True, slots=True)
class DoiExists:
    """doi.org resolves the DOI; it says nothing about which work that is."""

    asked: Asked
    doi: str
    agency: str = ""


@dataclass(frozen=True, slots=True)
class DoiUnknown:
    """doi.org disowns the DOI: no agency registered it."""

    asked: Asked
    doi: str


Answer = Found | Unavailable | NotCovered | DoiExists | DoiUnknown

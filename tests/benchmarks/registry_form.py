"""How registries hold a work: the same facts in Crossref's, Semantic Scholar's and arXiv's manner.

Deterministic: a digest of the title decides whether a record has initials, lost its subtitle, or bears the year of the
preprint, so that every run meets the same registries. What is made here is what honest citing must agree with.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace

from citations.titles import title_key
from citations.types import Fields, Kind, Name, Work
from citations.venues import venue_key
from tests.benchmarks.renderings import initials

INITIALS_AT_CROSSREF = 0.25
INITIALS_AT_SEMANTIC_SCHOLAR = 0.15
SUBTITLE_LOST_AT_CROSSREF = 0.10
HAS_PREPRINT = 0.6
PREPRINT_YEAR_BEFORE = 0.6
KNOWN_AS_PREPRINT = 0.25
"""Semantic Scholar gives arXiv as the venue, and its year."""


@dataclass(frozen=True)
class LongNames:
    """One venue as two registries spell it."""

    crossref: str
    semantic_scholar: str


LONG = {
    "icml": LongNames("Proceedings of the International Conference on Machine Learning", "International Conference on Machine Learning"),
    "iclr": LongNames("International Conference on Learning Representations", "International Conference on Learning Representations"),
    "neurips": LongNames("Advances in Neural Information Processing Systems", "Neural Information Processing Systems"),
    "cvpr": LongNames("IEEE/CVF Conference on Computer Vision and Pattern Recognition (CVPR)", "Computer Vision and Pattern Recognition"),
    "iccv": LongNames("IEEE/CVF International Conference on Computer Vision (ICCV)", "IEEE International Conference on Computer Vision"),
    "eccv": LongNames("Lecture Notes in Computer Science", "European Conference on Computer Vision"),
    "aaai": LongNames("Proceedings of the AAAI Conference on Artificial Intelligence", "AAAI Conference on Artificial Intelligence"),
    "acl": LongNames("Proceedings of the Annual Meeting of the Association for Computational Linguistics", "Annual Meeting of the Association for Computational Linguistics"),
}  # fmt: skip


def registry_form(work: Fields) -> Iterator[Work]:
    """The records of the work at each registry that would hold it: Crossref only what has a DOI of a publisher."""
    arxiv = work.arxiv or (_invented_number(work) if chance(work, "preprint", HAS_PREPRINT) else "")
    published = work.kind is not Kind.PREPRINT
    preprint_year = (work.year or 2020) - (published and chance(work, "earlier", PREPRINT_YEAR_BEFORE))
    if published and work.doi and not work.doi.startswith("10.48550/"):
        yield _record("crossref", _crossref(work))
    yield _record("semantic_scholar", _semantic_scholar(work, arxiv, preprint_year))
    if arxiv:
        doi = f"10.48550/arxiv.{arxiv}"
        preprint = replace(work, venue="", volume="", issue="", pages="", publisher="", kind=Kind.PREPRINT)
        yield _record("arxiv", replace(preprint, arxiv=arxiv, doi="", year=preprint_year))
        yield _record("datacite", replace(preprint, arxiv=arxiv, doi=doi, year=preprint_year, publisher="arXiv"))


def chance(work: Fields, what: str, share: float) -> bool:
    """Whether something befell this work's record; the same on every machine."""
    digest = hashlib.sha256(f"{what}|{title_key(work.title)}".encode()).hexdigest()
    return int(digest[:8], 16) / 0xFFFFFFFF < share


def long_names(venue: str) -> LongNames:
    """The venue as the two registries spell it; as it is where we know no other spelling."""
    return LONG.get(venue_key(venue), LongNames(venue, venue))


def shortened(names: tuple[Name, ...]) -> tuple[Name, ...]:
    """Initials in place of given names."""
    return tuple(replace(name, given=" ".join(f"{letter}." for letter in initials(name))) for name in names)


def _crossref(work: Fields) -> Fields:
    title = work.title
    head = title.partition(":")[0]
    if len(head.split()) >= 3 and chance(work, "subtitle", SUBTITLE_LOST_AT_CROSSREF):
        title = head
    authors = shortened(work.authors) if chance(work, "crossref", INITIALS_AT_CROSSREF) else work.authors
    return replace(work, title=title, authors=authors, venue=long_names(work.venue).crossref, arxiv="")


def _semantic_scholar(work: Fields, arxiv: str, preprint_year: int) -> Fields:
    as_preprint = bool(arxiv) and (work.kind is Kind.PREPRINT or chance(work, "as preprint", KNOWN_AS_PREPRINT))
    short = chance(work, "semantic scholar", INITIALS_AT_SEMANTIC_SCHOLAR)
    return replace(
        work,
        authors=shortened(work.authors) if short else work.authors,
        venue="arXiv.org" if as_preprint else long_names(work.venue).semantic_scholar,
        year=preprint_year if as_preprint else work.year,
        arxiv=arxiv,
        pages="",
    )


def _record(registry: str, fields: Fields) -> Work:
    key = fields.doi or fields.arxiv or hashlib.sha256(fields.title.encode()).hexdigest()[:40]
    return Work(registry, key, f"https://example.org/{key}", fields)


def _invented_number(work: Fields) -> str:
    """A number of the year before, in the form of arXiv's."""
    digest = int(hashlib.sha256(work.title.encode()).hexdigest()[:8], 16)
    year = min(max((work.year or 2020) - 1, 2015), 2025)
    return f"{year % 100:02}{1 + digest % 12:02}.{10_000 + digest // 12 % 9_000}"

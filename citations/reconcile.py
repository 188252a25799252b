"""The records of one work against each other: which difference stands, and which a single record may be wrong about.

A record can be damaged or of another version. What one of them agrees with is right; what only one says is weighed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from citations.argue import independent
from citations.match.compare import HALF, VERSION
from citations.match.printed import printed
from citations.match.score import authors_diff
from citations.match.title import RECORD_SHORT
from citations.match.venue import published_twice
from citations.match.versions import EARLIER, LATER, PREPRINT_OF, preprint_and_publication
from citations.names import family_key
from citations.titles import title_key
from citations.types import Comparison, Evidence, FieldDiff, FieldName, Fields, Kind, Reference, Severity, Work

_COPIES_TITLES = frozenset({"semantic_scholar"})
_LIKE_A_VERSION = f"{VERSION}: "
OTHER_VERSION = frozenset({PREPRINT_OF, EARLIER, LATER})
"""Notes on a venue where the record is about another version: it does not say that the work appeared there."""


@dataclass(frozen=True, slots=True)
class Compared:
    """A record that was accepted as the cited work, compared."""

    evidence: Evidence
    work: Work
    comparison: Comparison


def reconcile(reference: Reference, records: Sequence[Compared], *, complete: bool) -> dict[FieldName, FieldDiff]:
    """Each field that differs, at its mildest, and no graver than its sources allow.

    ``complete`` says that every essential registry answered.
    """
    return {diff.field: _corroborated(diff, reference, records, complete=complete) for diff in _mildest(records)}


def _mildest(records: Sequence[Compared]) -> list[FieldDiff]:
    """Each field at its mildest: where one record agrees, the others are wrong or about another version.

    A preprint or reprint could be of anything: none excuses a venue once a record beyond doubt says where it appeared.
    """
    told = any(differs(record, FieldName.VENUE) and consistent(record) for record in records)
    clean = {
        field
        for record in records
        for field in record.comparison.agreed
        if field not in {diff.field for diff in record.comparison.diffs}
    }
    mildest: dict[FieldName, FieldDiff] = {}
    for diff in (diff for record in records for diff in record.comparison.diffs if diff.field not in clean):
        known = mildest.get(diff.field)
        if told and diff.field is FieldName.VENUE and diff.note in OTHER_VERSION:
            continue
        if known is None or diff.severity.rank < known.severity.rank:
            mildest[diff.field] = diff
    return list(mildest.values())


def _corroborated(diff: FieldDiff, reference: Reference, records: Sequence[Compared], *, complete: bool) -> FieldDiff:
    """Lower a major difference that a single damaged record could explain, or a version nobody was there to show.

    ``complete`` says that every essential registry answered.
    """
    if _is_short(diff) and _short_by_two(records):
        rest = "subtitle" if diff.note == RECORD_SHORT else "rest of the title"
        return replace(diff, severity=Severity.MINOR, note=f"no source has the {rest}")
    if diff.note.startswith(_LIKE_A_VERSION) and any(map(_has_all_versions, records)):
        slip = diff.note.removeprefix(_LIKE_A_VERSION)
        return replace(diff, severity=Severity.MINOR, note=f"{slip}; no version on arXiv has that title")
    if diff.severity is not Severity.MAJOR:
        exchanged = diff.field is FieldName.AUTHORS and _exchanged_by_two(reference, records)
        return replace(diff, severity=Severity.MAJOR) if exchanged else diff
    cited = reference.fields
    if diff.field is FieldName.VENUE and not complete and any(published_twice(cited, r.work.fields) for r in records):
        return replace(diff, severity=Severity.MINOR, note=f"{diff.note}; a journal version may exist")
    sources = independent(r.work.registry for r in records if differs(r, diff.field))
    if len(sources) > 1:
        return diff
    if diff.field is FieldName.VENUE and not any(consistent(record) for record in records):
        return replace(diff, severity=Severity.MINOR, note=f"{diff.note}; one source only")
    if diff.field is FieldName.AUTHORS and any(
        _roster_may_be_damaged(reference.fields, r.work.fields) for r in records
    ):
        return replace(diff, severity=Severity.MINOR, note=f"{diff.note}; one source only")
    return diff


def _is_short(diff: FieldDiff) -> bool:
    """Whether the cited title goes on behind the registered one."""
    goes_on = diff.note == HALF and title_key(diff.cited).startswith(title_key(diff.registered))
    return diff.note == RECORD_SHORT or goes_on


def _has_all_versions(record: Compared) -> bool:
    """Whether arXiv itself was asked for the cited number: it then tells the first title, that of the version and the newest."""
    return record.evidence.asked.registry == "arxiv" and record.evidence.identifier is not None


def _short_by_two(records: Sequence[Compared]) -> bool:
    """Whether two sources hold a paper without the end of the title, each by its own account; Semantic Scholar copies titles.

    Books lose theirs everywhere.
    """
    short = {r.work.registry for r in records if any(map(_is_short, r.comparison.diffs))}
    papers = all(r.work.fields.kind in {Kind.ARTICLE, Kind.CONFERENCE, Kind.PREPRINT} for r in records)
    return papers and len(independent(short - _COPIES_TITLES)) > 1


def _exchanged_by_two(reference: Reference, records: Sequence[Compared]) -> bool:
    """Whether by two sources authors stand in each other's place, and neither speaks of another version of the work."""
    cited = reference.fields
    sources = set()
    for work in (record.work for record in records):
        diff = authors_diff(cited, work.fields, printed(reference))
        if diff is not None and diff.exchanged and not preprint_and_publication(cited, work):
            sources.add("arxiv" if work.fields.arxiv and work.fields.kind is Kind.PREPRINT else work.registry)
    return len(independent(sources)) > 1


def differs(record: Compared, field: FieldName) -> bool:
    """Whether the record differs gravely in the field."""
    return any(diff.field is field and diff.severity is Severity.MAJOR for diff in record.comparison.diffs)


def consistent(record: Compared) -> bool:
    """Whether the record is beyond doubt the cited work: title and authors agree, and the year where it is known."""
    agreed = set(record.comparison.agreed)
    year_differs = any(
        diff.field is FieldName.YEAR and diff.severity is not Severity.COSMETIC for diff in record.comparison.diffs
    )
    return {FieldName.TITLE, FieldName.AUTHORS} <= agreed and not year_differs and bool(record.work.fields.venue)


def _roster_may_be_damaged(cited: Fields, registered: Fields) -> bool:
    """Whether the record may be at fault: cut behind its first authors, or the same people in another order.

    One word that stands for the only author may be a pseudonym, as "Student" is Gosset's.
    """
    if len(cited.authors) == len(registered.authors) == 1 and len(str(registered.authors[0]).split()) == 1:
        return True
    ours, theirs = [family_key(name) for name in cited.authors], [family_key(name) for name in registered.authors]
    cut = len(theirs) < len(ours) and (theirs == ours[: len(theirs)] or (len(theirs) == 1 and theirs[0] in ours))
    return cut or (ours != theirs and sorted(ours) == sorted(theirs))

"""All evidence about one reference together: the verdict and its argument.

The rules that protect people from false accusations live here and nowhere else: a failure is never a verdict, an
accusation needs its argument, a clean result needs a record, and one more wrong field never makes a verdict milder.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from citations.argue import argue, named, unanswered
from citations.contradict import (
    contradiction,
    disowned,
    future_year,
    identifier_diffs,
    impossible_identifier,
    own_paper,
    registered_beside,
    short,
)
from citations.coverage import OFFLINE
from citations.match.compare import RETITLED, compare
from citations.match.identity import doi_is_unknown, title_is_nobodys
from citations.match.printed import printed
from citations.match.title import NOTICE
from citations.match.versions import preprint_doi
from citations.reconcile import OTHER_VERSION, Compared, differs, reconcile
from citations.restrain import restrained
from citations.types import (
    Argument,
    Evidence,
    FieldDiff,
    FieldName,
    Kind,
    Reference,
    Retraction,
    RetractionKind,
    Severity,
    Status,
    Verdict,
)
from citations.venues import is_preprint_server

_MINOR_ACCUSES = frozenset({FieldName.TITLE, FieldName.YEAR})
"""Fields in which even a slip is a ``mismatch``; elsewhere a minor difference is a note beside ``verified``."""
_NAMED_CORRECTIONS = 3
_TELL_RETRACTIONS = frozenset({"crossref", "pubmed", "openalex"})


def verdict(
    reference: Reference,
    evidence: Sequence[Evidence],
    essential: frozenset[str],
    today: date,
    *,
    venue_refuted: str = "",
) -> Verdict:
    """Judge a reference by all that was learnt.

    ``essential`` names the registries whose refutation ``not_found`` and ``fabricated`` need; one that gave no evidence
    at all counts as unavailable. ``venue_refuted`` says why the work cannot have appeared where it is cited: all papers of
    that venue and year are known. It speaks against the venue, never against the work. Never raises, and never accuses for want of an answer.
    """
    text = printed(reference)
    records = [
        Compared(each, each.best, compare(reference.fields, each.best, text))
        for each in evidence
        if each.best is not None
    ]
    if records and _title_nowhere(reference, evidence, records, essential):
        given = _without_record(reference, disowned(evidence), essential, today)
    elif records:
        given = _with_records(reference, evidence, records, essential, today, venue_refuted)
    else:
        given = _without_record(reference, evidence, essential, today)
    return restrained(given, reference)


def _title_nowhere(
    reference: Reference, evidence: Sequence[Evidence], records: Sequence[Compared], essential: frozenset[str]
) -> bool:
    """Whether every registry that matters answered, and the records are other papers of the authors, found by the identifier."""
    nobodys = title_is_nobodys(reference, [record.work for record in records], evidence)
    return nobodys and bool(essential) and essential <= set(argue(disowned(evidence), essential).refuted_by)


# --- a record was accepted --------------------------------------------------------------------------------------------


def _with_records(
    reference: Reference,
    evidence: Sequence[Evidence],
    records: list[Compared],
    essential: frozenset[str],
    today: date,
    venue_refuted: str,
) -> Verdict:
    records = _of_one_work(reference, records)
    primary = max(records, key=_closeness)
    argument = argue(evidence, essential)
    found = reconcile(reference, records, complete=not unanswered(argument))
    agreed = {field for record in records for field in record.comparison.agreed}
    works = [record.work for record in records]
    found |= {diff.field: diff for diff in identifier_diffs(reference, evidence, works, agreed, today)}
    future = future_year(reference, primary.work, today)
    if future is not None:
        found[FieldName.YEAR] = future
    if venue_refuted and not any(map(_appeared_there, records)):
        found[FieldName.VENUE] = _refuted_venue(reference, primary, records, venue_refuted)
    elsewhere = _held_as_preprint_alone(reference, argument, records)
    if elsewhere is not None:
        found.setdefault(FieldName.VENUE, elsewhere)
        if found[FieldName.VENUE].severity is Severity.COSMETIC:
            found[FieldName.VENUE] = elsewhere
    diffs = tuple(sorted(found.values(), key=lambda diff: -diff.severity.rank))
    if _may_be_another_work(found, records) and unanswered(argument):
        return _unchecked(argument)
    retraction = _retraction(reference, records)
    status = _status(diffs, retraction)
    if status is Status.MISMATCH and _others_could_excuse(argument, records):
        return _unchecked(argument)
    compared = agreed | found.keys()
    not_compared = tuple(field for field in primary.comparison.not_compared if field not in compared)
    sentence = _record_sentence(status, primary, records, diffs)
    return Verdict(status, replace(argument, sentence=sentence), primary.work, diffs, not_compared, retraction)


def _of_one_work(reference: Reference, records: list[Compared]) -> list[Compared]:
    """The records without those that only identifier and authors tie to the citation, where others have its title.

    One with a gravely different title may be damaged, unless the record of that title has an identifier of its own.
    """
    titled = [record for record in records if not _retitled(record)]
    cited = reference.fields.doi
    named = [record for record in titled if not differs(record, FieldName.TITLE)]
    dois = {record.work.fields.doi for record in named} - {""}
    apart = cited and any(preprint_doi(doi) == preprint_doi(cited) for doi in dois) and cited not in dois
    return (named if apart else titled) or records


def _retitled(record: Compared) -> bool:
    """Whether only identifier and authors tie the record to the citation: the cited title may be another's."""
    return any(diff.field is FieldName.TITLE and diff.note.startswith(RETITLED) for diff in record.comparison.diffs)


def _others_could_excuse(argument: Argument, records: Sequence[Compared]) -> bool:
    """Whether a registry that matters gave no answer, so that its record could agree where these differ.

    An offline index that somebody put there speaks for itself.
    """
    sources = {record.evidence.asked.registry for record in records}
    missing = unanswered(argument)
    if not missing or OFFLINE in sources:
        return False
    return bool(missing.intersection(argument.unavailable)) or sources.isdisjoint(argument.essential)


def _held_as_preprint_alone(reference: Reference, argument: Argument, records: Sequence[Compared]) -> FieldDiff | None:
    """A note where volume and pages of a journal are cited, and all who answered hold nothing but the preprint."""
    cited, held = reference.fields, records[0].work.fields.venue
    claimed = cited.venue and cited.volume and cited.pages and not is_preprint_server(cited.venue)
    preprints = all(r.work.fields.kind is Kind.PREPRINT or is_preprint_server(r.work.fields.venue) for r in records)
    refuted = not unanswered(argument) and set(argument.essential).intersection(argument.refuted_by)
    if not (claimed and preprints and refuted):
        return None
    return FieldDiff(
        FieldName.VENUE, cited.venue, held, Severity.MINOR, "held as a preprint; by no registry in this venue"
    )


def _appeared_there(record: Compared) -> bool:
    """Whether the record holds the cited venue, or a workshop or track of it; a preprint or reprint never does."""
    said = {diff.note for diff in record.comparison.diffs if diff.field is FieldName.VENUE}
    return FieldName.VENUE in record.comparison.agreed and said.isdisjoint(OTHER_VERSION)


def _refuted_venue(reference: Reference, primary: Compared, records: Sequence[Compared], why: str) -> FieldDiff:
    """The venue cannot be right; where nothing but a preprint is known, a workshop of it may be meant."""
    cited, held = reference.fields.venue, primary.work.fields.venue
    preprints = all(r.work.fields.kind is Kind.PREPRINT or is_preprint_server(r.work.fields.venue) for r in records)
    if preprints:
        return FieldDiff(FieldName.VENUE, cited, held, Severity.MINOR, f"{why}; perhaps at a workshop of it")
    return FieldDiff(FieldName.VENUE, cited, held, Severity.MAJOR, why)


def _closeness(record: Compared) -> tuple[int, int, float]:
    worst = record.comparison.worst
    return (-1 if worst is None else -1 - worst.rank, len(record.comparison.agreed), record.evidence.score or 0.0)


def _may_be_another_work(found: dict[FieldName, FieldDiff], records: Sequence[Compared]) -> bool:
    """Whether nothing but the title ties the records to the citation, so that another work of that title may be meant."""
    authors = found.get(FieldName.AUTHORS)
    if authors is None or authors.severity is not Severity.MAJOR:
        return False
    agreed = {field for record in records for field in record.comparison.agreed}
    tied = agreed & {FieldName.DOI, FieldName.ARXIV, FieldName.PMID} or {FieldName.YEAR, FieldName.VENUE} <= agreed
    return not tied


def _retraction(reference: Reference, records: Sequence[Compared]) -> Retraction | None:
    """The statement that the cited work was taken back; a notice cited as itself is none."""
    for record in records:
        work = record.work
        if differs(record, FieldName.TITLE) or differs(record, FieldName.AUTHORS):
            continue
        if work.retraction is not None and work.retraction.kind is not RetractionKind.CONCERN:
            return work.retraction
        label = next((title for title in (work.fields.title, *work.other_titles) if NOTICE.match(title)), "")
        if label and reference.fields.title and not NOTICE.match(reference.fields.title):
            notice = work.fields.doi if work.is_notice else ""
            withdrawn = label.lower().lstrip(" [(").startswith("withdraw")
            kind = RetractionKind.WITHDRAWN if withdrawn else RetractionKind.RETRACTED
            return Retraction(kind, notice, source=work.registry)
    return None


def _status(diffs: Sequence[FieldDiff], retraction: Retraction | None) -> Status:
    if retraction is not None:
        return Status.RETRACTED
    for diff in diffs:
        if diff.severity is Severity.MAJOR or (diff.severity is Severity.MINOR and diff.field in _MINOR_ACCUSES):
            return Status.MISMATCH
    return Status.VERIFIED


def _record_sentence(status: Status, primary: Compared, records: Sequence[Compared], diffs: Sequence[FieldDiff]) -> str:
    sources = named(record.evidence.asked.registry for record in records)
    concern = any(r.work.retraction and r.work.retraction.kind is RetractionKind.CONCERN for r in records)
    slips = "" if any(diff.severity is Severity.MAJOR for diff in diffs) else " in minor ways"
    said = {
        Status.VERIFIED: f"agrees with the record of {sources}",
        Status.MISMATCH: f"the work exists ({sources}); what is cited differs{slips} from its record",
        Status.RETRACTED: f"the record of {sources} says that the work was taken back",
    }.get(status, f"compared with the record of {sources}")
    parts = [f"{said}: {primary.evidence.reason}"]
    if concern:
        parts.append("an expression of concern was published")
    if primary.work.is_notice:
        about = f", {primary.work.notice_of}" if primary.work.notice_of else ""
        parts.append(f"the record is a notice about another work{about}")
    corrections = list(dict.fromkeys(doi for record in records for doi in record.work.corrections))
    if corrections:
        parts.append(f"a correction was published: {', '.join(corrections[:_NAMED_CORRECTIONS])}")
    if status is Status.VERIFIED:
        tells = [name for name in dict.fromkeys(r.work.registry for r in records) if name in _TELL_RETRACTIONS]
        known = f"no retraction is known to {named(tells)}" if tells else "retractions were not asked for"
        parts.append(known)
    return "; ".join(parts)


# --- no record was accepted -------------------------------------------------------------------------------------------


def _without_record(
    reference: Reference, evidence: Sequence[Evidence], essential: frozenset[str], today: date
) -> Verdict:
    argument = argue(evidence, essential)
    if unanswered(argument):
        return _unchecked(argument)
    if argument.unavailable and not argument.refuted_by:
        return _unchecked(argument)  # nobody was heard, and who was to be asked might have known it
    if not essential or not essential <= set(argument.refuted_by):
        return _unverifiable(argument, evidence)
    found = contradiction(reference, evidence, today)
    if found is not None:
        sentence = f"{found.sentence}; no registry that should know the work holds it"
        return Verdict(Status.FABRICATED, replace(argument, contradiction=found, sentence=sentence))
    said = registered_beside(reference, evidence)
    if said:
        return Verdict(Status.UNVERIFIABLE, replace(argument, sentence=said))
    several = len(argument.refuted_by) > 1
    said = f"{named(argument.refuted_by)} answered and {'do' if several else 'does'} not hold it: a lead, not proof"
    impossible = impossible_identifier(reference.fields, today)
    if impossible:
        said += f"; {impossible}"
    elif own := own_paper(reference, evidence):
        said += f"; its DOI {reference.fields.doi} is that of another paper by its authors: {short(own.fields.title)}"
    elif reference.fields.doi and doi_is_unknown(reference, evidence):
        said += f"; its DOI {reference.fields.doi} is not registered with any agency"
    return Verdict(Status.NOT_FOUND, replace(argument, sentence=said))


def _unchecked(argument: Argument) -> Verdict:
    silent = sorted(unanswered(argument)) or argument.unavailable
    said = f"no answer from {named(silent)}; nothing can be said without it"
    return Verdict(Status.UNCHECKED, replace(argument, sentence=said))


def _unverifiable(argument: Argument, evidence: Sequence[Evidence]) -> Verdict:
    lacking = set(argument.essential) - set(argument.refuted_by)
    reasons = dict.fromkeys(each.reason for each in evidence if each.asked.registry in lacking and each.reason)
    said = "; ".join(reasons) or ("no registry could know a source of this kind" if not argument.essential else "")
    return Verdict(Status.UNVERIFIABLE, replace(argument, sentence=said or "nothing that was asked covers it"))

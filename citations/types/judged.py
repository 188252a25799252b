"""What the answers mean: evidence, differences, and a verdict that cannot be built without its ground."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from citations.types.answers import Asked, Identifier, Retraction, Work
from citations.types.cited import FieldName, Reference


class Outcome(StrEnum):
    """An answer, judged for one reference."""

    MATCH = "match"
    NO_MATCH = "no_match"
    UNAVAILABLE = "unavailable"
    NOT_COVERED = "not_covered"


@dataclass(frozen=True, slots=True)
class Evidence:
    """What one registry's answer means for one reference."""

    reference_id: str
    outcome: Outcome
    asked: Asked
    candidates: tuple[Work, ...] = ()
    """What the registry offered, best first, at most five."""
    best: Work | None = None
    """The candidate accepted as the cited work; set exactly when ``outcome`` is ``match``."""
    score: float | None = None
    """Our own similarity of the best candidate, 0 to 1; comparable between registries."""
    reason: str = ""
    """Why it was accepted or not, in words a reader can check."""
    identifier: Identifier | None = None
    """The identifier asked for, if the question was not a search."""
    doi_registered: bool | None = None
    """doi.org's word on the cited DOI; ``None`` where it was not asked or did not answer."""

    def __post_init__(self) -> None:
        """Refuse a match without a work, and a work without a match."""
        if (self.outcome is Outcome.MATCH) != (self.best is not None):
            raise ValueError("evidence has a best work exactly when its outcome is match")


class Severity(StrEnum):
    """How serious a difference is; the members stand in rising order."""

    COSMETIC = "cosmetic"
    MINOR = "minor"
    MAJOR = "major"

    @property
    def rank(self) -> int:
        """0 for cosmetic, 1 for minor, 2 for major."""
        return list(Severity).index(self)


@dataclass(frozen=True, slots=True)
class FieldDiff:
    """One field as cited and as registered. A field that nobody compared never has one."""

    field: FieldName
    cited: str
    registered: str
    severity: Severity
    note: str = ""
    """What kind of difference: ``diacritics``, ``second author missing``, ``year of the preprint``."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """All fields of one citation against one record."""

    agreed: tuple[FieldName, ...] = ()
    """Compared and equal, or different only cosmetically."""
    diffs: tuple[FieldDiff, ...] = ()
    not_compared: tuple[FieldName, ...] = ()
    """Cited, but the record does not hold the field."""

    @property
    def worst(self) -> Severity | None:
        """The gravest difference, ``None`` if there is no difference at all."""
        return max((diff.severity for diff in self.diffs), key=lambda s: s.rank, default=None)


class Status(StrEnum):
    """The verdict words; see ``verifier explain VERDICT``."""

    VERIFIED = "verified"
    MISMATCH = "mismatch"
    NOT_FOUND = "not_found"
    FABRICATED = "fabricated"
    RETRACTED = "retracted"
    UNVERIFIABLE = "unverifiable"
    UNCHECKED = "unchecked"

    @property
    def accuses(self) -> bool:
        """Whether the word tells a reader that something is wrong with the citation."""
        return self in {Status.MISMATCH, Status.NOT_FOUND, Status.FABRICATED, Status.RETRACTED}


class ContradictionKind(StrEnum):
    """The positive contradictions that alone allow the word ``fabricated``."""

    IDENTIFIER_OF_OTHER_WORK = "identifier-of-other-work"
    CHIMERA = "chimera"
    IMPOSSIBLE_IDENTIFIER = "impossible-identifier"
    PLACEHOLDER = "placeholder"


@dataclass(frozen=True, slots=True)
class Contradiction:
    """A fact that cannot be true together with the citation."""

    kind: ContradictionKind
    sentence: str
    """What contradicts what, for the reader."""
    works: tuple[Work, ...] = ()
    """The records that show it."""


@dataclass(frozen=True, slots=True)
class Argument:
    """Why a verdict may say what it says: who answered, who could not, who had to."""

    supported_by: tuple[str, ...] = ()
    """Registries whose record is the cited work."""
    refuted_by: tuple[str, ...] = ()
    """Registries that answered and do not hold it."""
    unavailable: tuple[str, ...] = ()
    not_covered: tuple[str, ...] = ()
    essential: tuple[str, ...] = ()
    """Registries without whose answer a reference of this kind and year may not be accused."""
    contradiction: Contradiction | None = None
    sentence: str = ""
    """The argument in one sentence, as printed."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The judgement of one reference. It cannot be built without what the word needs."""

    status: Status
    argument: Argument
    work: Work | None = None
    """The record that the citation was compared with."""
    diffs: tuple[FieldDiff, ...] = ()
    not_compared: tuple[FieldName, ...] = ()
    retraction: Retraction | None = None

    def __post_init__(self) -> None:
        """Refuse an accusation without its argument and a clean bill without its record."""
        problem = _missing_ground(self)
        if problem:
            raise ValueError(f"a verdict of {self.status} {problem}")


def _missing_ground(verdict: Verdict) -> str:
    """What the verdict lacks, empty if it may stand."""
    argument = verdict.argument
    major = any(diff.severity is Severity.MAJOR for diff in verdict.diffs)
    refuted = bool(argument.refuted_by) and set(argument.essential) <= set(argument.refuted_by)
    needs = {
        Status.NOT_FOUND: (
            (refuted, "needs the refutation of every essential registry"),
            (not argument.supported_by, "cannot stand where a registry holds the work"),
        ),
        Status.FABRICATED: ((argument.contradiction is not None, "needs a positive contradiction"),),
        Status.MISMATCH: ((verdict.work is not None and verdict.diffs, "needs a record and a difference"),),
        Status.VERIFIED: (
            (verdict.work is not None and argument.supported_by, "needs a record that supports it"),
            (not major and not verdict.retraction, "cannot stand beside a major difference or a retraction"),
        ),
        Status.RETRACTED: ((verdict.work and verdict.retraction, "needs the record and its retraction"),),
    }
    return next((lack for holds, lack in needs.get(verdict.status, ()) if not holds), "")


@dataclass(frozen=True, slots=True)
class CheckedReference:
    """A reference with everything that was learnt about it."""

    reference: Reference
    evidence: tuple[Evidence, ...]
    verdict: Verdict
    same_as: str = ""
    """Id of an equal reference that was asked in its place, empty if it was asked itself."""

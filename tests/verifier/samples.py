"""Checked references of every kind, made by hand, for tests of what happens behind the judgement."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from citations.types import (
    Argument,
    Asked,
    CheckedReference,
    Contradiction,
    ContradictionKind,
    Evidence,
    FieldDiff,
    FieldName,
    Fields,
    Kind,
    Location,
    Name,
    Outcome,
    Reference,
    Retraction,
    RetractionKind,
    Severity,
    Status,
    Unreadable,
    Verdict,
    Work,
)
from verifier.findings import finding_of
from verifier.types import (
    Claim,
    ClaimFinding,
    ClaimKind,
    Decision,
    FailedInput,
    Gap,
    Judgement,
    Passage,
    PassageSource,
    Report,
    Span,
    Stance,
    Tool,
)

NOW = datetime(2026, 11, 25, 12, 1, 30, tzinfo=UTC)
TURING = Fields(
    title="On computable numbers, with an application to the Entscheidungsproblem",
    authors=(Name("Turing", "Alan M."),),
    year=1937,
    venue="Proceedings of the London Mathematical Society",
    volume="s2-42",
    pages="230-265",
    kind=Kind.ARTICLE,
    doi="10.1112/plms/s2-42.1.230",
)
WORK = Work("crossref", TURING.doi, "https://doi.org/10.1112/plms/s2-42.1.230", TURING)


def reference(
    number: int = 1, title: str = "", *, file: str = "refs.bib", raw: str = "", year: int = 1937
) -> Reference:
    title = title or TURING.title
    return Reference(
        id=f"{file}#r{number}",
        raw=raw
        or f"@article{{r{number},\n  title = {{{title}}},\n  author = {{Turing, Alan M.}},\n  year = {{{year}}}\n}}",
        fields=Fields(title=title, authors=(Name("Turing", "Alan M."),), year=year, kind=Kind.ARTICLE),
        location=Location(file, line=number * 10),
        key=f"r{number}",
        source="bibtex",
    )


def asked(registry: str = "crossref", *, body: str = "b" * 64, cached: bool = False) -> Asked:
    return Asked(registry, f"https://api.example.org/{registry}?q=1", NOW, cached, body)


def match(ref: Reference) -> Evidence:
    return Evidence(ref.id, Outcome.MATCH, asked(), (WORK,), WORK, 0.99, "title, authors and year agree")


def no_match(ref: Reference, registry: str = "crossref") -> Evidence:
    return Evidence(ref.id, Outcome.NO_MATCH, asked(registry), (WORK,), None, 0.31, "no title is close")


def unavailable(ref: Reference, registry: str = "crossref", reason: str = "timeout") -> Evidence:
    return Evidence(ref.id, Outcome.UNAVAILABLE, asked(registry, body=""), reason=reason)


def checked(status: Status, ref: Reference | None = None) -> CheckedReference:
    """A reference with a verdict of the status, its evidence, and its argument."""
    ref = ref or reference()
    supported = Argument(supported_by=("crossref",), essential=("crossref",), sentence="Crossref holds it")
    refuted = Argument(
        refuted_by=("crossref", "doi_org"),
        essential=("crossref",),
        sentence="Crossref and doi.org answered, neither holds it",
    )
    wrong = FieldDiff(FieldName.YEAR, "1973", "1937", Severity.MAJOR, "digits swapped")
    slight = FieldDiff(FieldName.AUTHORS, "Turing, A.", "Alan M. Turing", Severity.COSMETIC, "initials")
    contradiction = Contradiction(
        ContradictionKind.IDENTIFIER_OF_OTHER_WORK,
        "the DOI belongs to another work, and no registry knows the title",
        (WORK,),
    )
    match status:
        case Status.VERIFIED:
            return CheckedReference(ref, (match(ref),), Verdict(status, supported, WORK, (slight,), (FieldName.VENUE,)))
        case Status.MISMATCH:
            return CheckedReference(ref, (match(ref),), Verdict(status, supported, WORK, (slight, wrong)))
        case Status.NOT_FOUND:
            return CheckedReference(ref, (no_match(ref), no_match(ref, "doi_org")), Verdict(status, refuted))
        case Status.FABRICATED:
            argument = Argument(
                refuted_by=("crossref",),
                essential=("crossref",),
                contradiction=contradiction,
                sentence=contradiction.sentence,
            )
            return CheckedReference(ref, (no_match(ref),), Verdict(status, argument))
        case Status.RETRACTED:
            retraction = Retraction(RetractionKind.RETRACTED, "10.1/notice", "2021-03-04", "crossref")
            return CheckedReference(ref, (match(ref),), Verdict(status, supported, WORK, (), (), retraction))
        case Status.UNVERIFIABLE:
            argument = Argument(not_covered=("crossref",), sentence="no registry holds web pages")
            return CheckedReference(ref, (), Verdict(status, argument))
        case Status.UNCHECKED:
            argument = Argument(
                unavailable=("crossref",), essential=("crossref",), sentence="Crossref could not be reached"
            )
            return CheckedReference(ref, (unavailable(ref),), Verdict(status, argument))


def one_of_each(file: str = "refs.bib") -> tuple[CheckedReference, ...]:
    """Every verdict once, in the order of the enumeration."""
    return tuple(
        checked(status, reference(number, f"{TURING.title} {number}", file=file))
        for number, status in enumerate(Status, start=1)
    )


def report_of(
    items: Sequence[CheckedReference],
    *,
    unreadable: Sequence[Unreadable] = (),
    failed: Sequence[FailedInput] = (),
    gaps: Sequence[Gap] = (),
    interrupted: bool = False,
    hints: Sequence[str] = (),
) -> Report:
    return Report(
        tool=Tool("factprobe", "0.1.0"),
        inputs=("refs.bib",),
        findings=tuple(finding_of(each) for each in items),
        unreadable=tuple(unreadable),
        gaps=tuple(gaps),
        started_at=NOW,
        finished_at=NOW.replace(second=42),
        failed=tuple(failed),
        interrupted=interrupted,
        hints=tuple(hints),
    )


def full_report() -> Report:
    """A report in which everything occurs."""
    return report_of(
        one_of_each(),
        unreadable=(
            Unreadable(Location("refs.bib", line=99), "the entry has no closing brace", "@article{broken", "broken"),
        ),
        failed=(FailedInput("scan.pdf", "unreadable-input", "the PDF is encrypted", "save it without a password"),),
        gaps=(Gap("1 reference unchecked", "crossref: timeout"), Gap("1 entry unreadable", "it is damaged")),
        hints=("finish the 1 unchecked one with `verifier scan refs.bib --resume`",),
    )


def claim_finding(stance: Stance, text: str = "Tea came to London in 1657.", number: int = 1) -> ClaimFinding:
    """A claim with a stance, as a judge that read a passage would have made it."""
    claim = Claim(f"c{number}", text, Span(0, len(text)), ClaimKind.SENTENCE)
    passage = Passage("Tea reached London in 1657.", PassageSource.CONTEXT)
    judgement = Judgement(claim.id, "sage", stance, 0.5, (passage,))
    decision = {Stance.SUPPORTED: Decision.PASS, Stance.NOT_SUPPORTED: Decision.FLAG}.get(stance, Decision.ABSTAIN)
    return ClaimFinding(claim, stance, decision, "f" * 32, (judgement,), because="sage read the context")


def verdicts(statuses: dict[str, Status]) -> object:
    """A checker that gives each reference the verdict named for its id, in reverse order."""

    def check(references: Sequence[Reference]) -> Iterator[CheckedReference]:
        for each in reversed(references):
            yield checked(statuses[each.id], each)

    return check

"""References to findings: check them, decide, record as results come, and account for every single one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from citations.types import Argument, CheckedReference, Fields, Reference, Status, Unreadable, Verdict
from verifier.errors import StoreError
from verifier.fingerprint import fingerprint
from verifier.fusion import Model, Sort, fuse
from verifier.policy import decide
from verifier.signals import citation_signal
from verifier.types import ClaimFinding, FailedInput, Finding, Report, Signal, Span

Check = Callable[[Sequence[Reference]], Iterator[CheckedReference]]
"""Checks references and yields each as it is done, in any order."""
MoreSignals = Callable[[Span], tuple[Signal, ...]]
"""What else is known about a span of checked prose, such as how sure the model was when it wrote it."""
OnFinding = Callable[[Finding, int, int], None]
"""Told of each finding, how many are done, and how many there are."""


class EarlierFinding(Protocol):
    """A finding of an earlier scan, with the digest of what it judged."""

    @property
    def digest(self) -> str:
        """See ``verifier.store.scans.reference_digest``."""

    @property
    def finding(self) -> Finding:
        """What was found."""


class Record(Protocol):
    """Where findings are kept; every method may raise ``StoreError``."""

    def earlier(self) -> Sequence[EarlierFinding]:
        """What earlier scans of the same inputs under the same settings judged."""

    def digest(self, reference: Reference) -> str:
        """Digest of what is judged."""

    def adjudicated(self, finding: Finding) -> Finding:
        """The finding with what people decided about it before, if its facts are still the same."""

    def read(self, text: str, name: str, asked: str) -> None:
        """Know the prose in which citations and claims stand, how reports call it, and what it answers."""

    def claims(self, findings: Sequence[ClaimFinding]) -> Sequence[ClaimFinding]:
        """Keep the flagged claims, and give all of them with what people decided about them before."""

    def unreadable(self, entries: Sequence[Unreadable]) -> None:
        """Keep what could not be read."""

    def add(self, finding: Finding) -> None:
        """Keep a finding."""

    def finish(self, report: Report) -> None:
        """Note how the run ended."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A finding for every reference, in the order of the references."""

    findings: tuple[Finding, ...]
    interrupted: bool = False
    resumed: int = 0
    """How many were taken from earlier scans."""
    failures: tuple[FailedInput, ...] = ()
    """The database failed; the findings are whole, but not all of them are kept."""


PROSE = "prose"
"""``Reference.source`` of citations in checked prose."""


def finding_of(checked: CheckedReference, model: Model | None = None) -> Finding:
    """The checked reference with its decision, identity and signal; ``model`` makes its risk, or else the program's own."""
    place = checked.reference.location
    signals = (citation_signal(checked.verdict),)
    in_prose = checked.reference.source == PROSE and place.start is not None and place.end is not None
    return Finding(
        checked=checked,
        decision=decide(checked.verdict),
        fingerprint=fingerprint(checked),
        signals=signals,
        risk=fuse(signals, Sort.CITATION, model),
        span=Span(place.start or 0, place.end or 0) if in_prose else None,
    )


def judge(
    references: Sequence[Reference],
    check: Check,
    *,
    record: Record | None = None,
    resume: bool = False,
    on_finding: OnFinding | None = None,
    more_signals: MoreSignals | None = None,
    lean: bool = False,
    model: Model | None = None,
) -> Judged:
    """Check the references and account for all of them.

    A crash of the checker or of the database loses no finding: what is left counts as unchecked and says why. Ctrl-C
    ends the run early in the same way. With ``lean`` of verified references no more is kept than is counted.
    ``model`` makes the risks, or else the program's own.
    """
    running = _Running(len(references), record, on_finding, more_signals, lean=lean, model=model)
    if resume and record is not None:
        running.take_over(references, record)
    left = [each for each in references if each.id not in running.done]
    why, interrupted = "", False
    try:
        for checked in check(left) if left else ():
            running.add(finding_of(checked, model))
    except BrokenPipeError:  # whoever read the findings went away, which is no crash of the checker
        raise
    except KeyboardInterrupt:
        why, interrupted = "the run was interrupted before it was checked", True
    except Exception as error:  # noqa: BLE001 - a crash of the checker must not take the finished results with it
        why = f"the checker crashed: {type(error).__name__}: {error}"
    for reference in references:
        if reference.id not in running.done:
            running.add(finding_of(_unchecked(reference, why or "no registry was asked about it")))
    findings = tuple(running.done[each.id] for each in references)
    return Judged(findings, interrupted, running.resumed, tuple(running.failures))


def _unchecked(reference: Reference, why: str) -> CheckedReference:
    return CheckedReference(reference, (), Verdict(Status.UNCHECKED, Argument(sentence=why)))


class _Running:
    """Findings so far, and the record as long as it works."""

    def __init__(
        self,
        total: int,
        record: Record | None,
        on_finding: OnFinding | None,
        more_signals: MoreSignals | None,
        *,
        lean: bool,
        model: Model | None,
    ) -> None:
        self.done: dict[str, Finding] = {}
        self.failures: list[FailedInput] = []
        self.resumed = 0
        self._total = total
        self._record = record
        self._on_finding = on_finding
        self._more_signals = more_signals
        self._model = model
        self._lean = lean

    def add(self, finding: Finding) -> None:
        if self._more_signals is not None and finding.span is not None:
            signals = (*finding.signals, *self._more_signals(finding.span))
            finding = replace(finding, signals=signals, risk=fuse(signals, Sort.CITATION, self._model))
        self.done[finding.checked.reference.id] = finding
        if self._record is not None:
            try:
                self._record.add(finding)
                finding = self._record.adjudicated(finding)
                self.done[finding.checked.reference.id] = finding
            except StoreError as error:
                self._fail(error)
        if self._on_finding is not None:
            self._on_finding(finding, len(self.done), self._total)
        if self._lean and finding.status is Status.VERIFIED:
            self.done[finding.checked.reference.id] = _lean(finding)

    def take_over(self, references: Sequence[Reference], record: Record) -> None:
        try:
            earlier = {each.digest: each.finding for each in record.earlier()}
        except StoreError as error:
            self._fail(error)
            return
        for reference in references:
            known = earlier.get(record.digest(reference))
            if known is not None:
                self.resumed += 1
                self.add(_moved(known, reference, self._model))

    def _fail(self, error: StoreError) -> None:
        self._record = None
        self.failures.append(not_kept(error))


def not_kept(error: StoreError) -> FailedInput:
    """That the database failed, as a report tells it."""
    return FailedInput("database", error.code, f"findings are not kept: {error.message}", error.hint)


def _lean(finding: Finding) -> Finding:
    """A verified finding as it is counted: where it stands and which record it is, without what the record says."""
    checked, work = finding.checked, finding.checked.verdict.work
    bare = replace(work, fields=Fields(), other_titles=(), abstract="") if work else None
    verdict = replace(checked.verdict, work=bare)
    return replace(finding, checked=replace(checked, evidence=(), verdict=verdict), signals=(), risk=None)


def _moved(finding: Finding, reference: Reference, model: Model | None) -> Finding:
    evidence = tuple(replace(each, reference_id=reference.id) for each in finding.checked.evidence)
    return finding_of(replace(finding.checked, reference=reference, evidence=evidence), model)

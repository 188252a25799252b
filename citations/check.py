"""The conductor of citation checking: plans, asks registries side by side, judges, and hands out verdicts as they fall.

One thread a registry; all judging happens in the caller's thread, between two verdicts.
"""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from queue import Empty, SimpleQueue
from time import monotonic

from citations.coverage import OFFLINE, Essentials, essentials
from citations.match.evidence import Arbiter, evidence
from citations.match.identity import appeared_under_another_title
from citations.plan import Known, Question, due_s, in_plan_order, meanwhile, next_questions, same_question, settled
from citations.registries.interface import Coverage, Registry
from citations.types import (
    Answer,
    Asked,
    CheckedReference,
    Evidence,
    Fields,
    Identifier,
    Outcome,
    Query,
    Reference,
    Unavailable,
    Verdict,
    Why,
)
from citations.verdict import verdict
from citations.worker import Worker

_TICK_S = 0.2
_REMEMBERED = 2_000


def _today() -> date:
    return datetime.now(UTC).date()


@dataclass(frozen=True, slots=True)
class CheckOptions:
    """How to check; every value has a sensible default."""

    today: date = field(default_factory=_today)
    """The day against which years and new identifiers are judged."""
    batch_size: int = 50
    """Most queries handed to a registry at once."""
    in_flight: int = 256
    """Most references worked on at the same time; bounds the memory."""
    budget_s: float | None = None
    """Time for everything; what is still open then is unavailable. ``None`` for no limit."""
    patience_s: float = 20.0
    """How long a reference waits for registries that are not essential once the essential ones have answered."""
    cross_check: bool = False
    """Show settled references to one more registry."""
    keyed: frozenset[str] = frozenset()
    """Names of registries that have a key."""
    index_is_complete: Callable[[Fields], bool] | None = None
    """Whether the offline index holds the venue and year so fully that its silence counts."""
    closed_venue: Callable[[str, int], str] | None = None
    """Given venue and year: a sentence if the offline index holds every paper of it, otherwise empty."""
    arbiter: Arbiter | None = None
    """A second opinion where the rules abstain."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a check has come."""

    done: int
    """References judged."""
    started: int
    """References taken up, including those judged."""
    waiting: Mapping[str, int]
    """Open questions by registry."""


@dataclass(slots=True)
class _Case:
    """One reference while it is worked on, and those that are equal to it."""

    reference: Reference
    key: tuple[object, ...]
    twins: list[Reference] = field(default_factory=list)
    asked: set[tuple[str, Identifier | None]] = field(default_factory=set)
    open: set[tuple[str, Identifier | None]] = field(default_factory=set)
    evidence: list[Evidence] = field(default_factory=list)
    verdict: Verdict | None = None
    hedged: bool = False
    """Others were asked because a registry is late; the first complete match ends the asking."""
    waiting_since: float | None = None
    """When only registries that are not essential were left to answer."""


def check(
    references: Iterable[Reference],
    registries: Sequence[Registry],
    *,
    options: CheckOptions | None = None,
    progress: Callable[[Progress], None] | None = None,
) -> Iterator[CheckedReference]:
    """Check references and yield each as soon as its verdict is known, not in the order given.

    A registry that fails, hangs or raises makes evidence ``unavailable``; this never raises for it. Registries are not
    closed. References are taken from the iterable as needed, so that an endless one is fine.
    """
    run = _Run(registries, options or CheckOptions(), progress)
    try:
        yield from run.check(iter(references))
    finally:
        run.stop()


class _Run:
    """The state of one call of ``check``."""

    def __init__(
        self, registries: Sequence[Registry], options: CheckOptions, progress: Callable[[Progress], None] | None
    ) -> None:
        self.options = options
        self.progress = progress
        self.answers: SimpleQueue[tuple[str, Query, Answer]] = SimpleQueue()
        self.workers = {registry.name: Worker(registry, self.answers, options.batch_size) for registry in registries}
        self.present: dict[str, Coverage] = {registry.name: registry.coverage for registry in registries}
        self.cases: dict[Reference, _Case] = {}
        self.by_key: dict[tuple[object, ...], _Case] = {}
        self.remembered: OrderedDict[tuple[object, ...], _Case] = OrderedDict()
        self.done = 0
        self.started = 0
        self.until = None if options.budget_s is None else monotonic() + options.budget_s

    def stop(self) -> None:
        """Let the workers end once they have finished what they are at."""
        for worker in self.workers.values():
            worker.stop()

    def check(self, references: Iterator[Reference]) -> Iterator[CheckedReference]:
        """The main loop: take up references, wait for answers, judge."""
        exhausted = False
        while not exhausted or self.cases:
            while not exhausted and len(self.cases) < self.options.in_flight:
                reference = next(references, None)
                if reference is None:
                    exhausted = True
                    break
                yield from self._take_up(reference)
            if self.cases:
                yield from self._judge_answers()
            self._report()

    def _take_up(self, reference: Reference) -> Iterator[CheckedReference]:
        self.started += 1
        key = same_question(reference)
        finished = self.remembered.get(key)
        if finished is not None:
            yield self._twin(finished, reference)
            return
        same = self.by_key.get(key)
        if same is not None:
            same.twins.append(reference)
            return
        case = _Case(reference, key)
        self.by_key[key] = case
        self.cases[reference] = case
        yield from self._advance(case)

    def _judge_answers(self) -> Iterator[CheckedReference]:
        """Wait for one answer, take all that are there, and give up on what takes too long."""
        try:
            name, query, answer = self.answers.get(timeout=_TICK_S)
        except Empty:
            self._ask_meanwhile()
            yield from self._lose_patience()
            return
        while True:
            yield from self._learn(name, query, answer)
            try:
                name, query, answer = self.answers.get_nowait()
            except Empty:
                break
        self._ask_meanwhile()
        if self.until is not None:
            yield from self._lose_patience()

    def _learn(self, name: str, query: Query, answer: Answer) -> Iterator[CheckedReference]:
        case = self.cases.get(query.reference)
        question = (name, query.identifier)
        if case is None or question not in case.open:
            return
        case.open.discard(question)
        case.evidence.append(_judged(query, answer, self.options.arbiter))
        if not case.open:
            yield from self._advance(case)
        elif case.hedged and not self.options.cross_check:
            case.evidence = in_plan_order(case.reference, case.evidence)
            case.verdict = self._verdict_so_far(case)
            if case.verdict is not None and settled(case.verdict):
                self._withdraw(case)
                yield from self._conclude(case)

    def _ask_meanwhile(self) -> None:
        """Ask others about the references that wait for late registries alone."""
        late = {name for name, worker in self.workers.items() if worker.silent_s() > due_s(name)}
        for case in self.cases.values() if late else ():
            if not case.hedged and all(name in late for name, _ in case.open):
                case.hedged = True
                for each in meanwhile(case.reference, Known(case.asked, case.evidence), self.present):
                    self._ask(case, each)

    def _withdraw(self, case: _Case) -> None:
        """Nobody needs the answers that are still open."""
        for name, identifier in case.open:
            self.workers[name].withdraw(Query(case.reference, identifier))
        case.open.clear()

    def _advance(self, case: _Case) -> Iterator[CheckedReference]:
        """Ask the next questions, or conclude."""
        case.evidence = in_plan_order(case.reference, case.evidence)
        case.verdict = self._verdict_so_far(case)
        out_of_time = self.until is not None and monotonic() > self.until
        known = Known(case.asked, case.evidence, case.verdict)
        questions = (
            ()
            if out_of_time
            else next_questions(case.reference, known, self.present, cross_check=self.options.cross_check)
        )
        for each in questions:
            self._ask(case, each)
        if not case.open:
            yield from self._conclude(case)

    def _ask(self, case: _Case, question: Question) -> None:
        key = (question.registry, question.query.identifier)
        case.asked.add(key)
        case.open.add(key)
        case.waiting_since = None
        self.workers[question.registry].ask(question.query)

    def _lose_patience(self) -> Iterator[CheckedReference]:
        now = monotonic()
        for case in list(self.cases.values()):
            if self._waited_enough(case, now):
                for name, identifier in sorted(case.open, key=str):
                    asked = Asked(name, "", datetime.now(UTC))
                    late = Unavailable(asked, Why.BUDGET, "did not answer in the time given")
                    case.evidence.append(evidence(Query(case.reference, identifier), late))
                self._withdraw(case)
                case.evidence = in_plan_order(case.reference, case.evidence)
                case.verdict = self._verdict(case.reference, case.evidence)
                yield from self._conclude(case)

    def _waited_enough(self, case: _Case, now: float) -> bool:
        if self.until is not None and now > self.until:
            return True
        if not case.evidence:
            return False
        essential = self._essentials(case.reference, case.evidence).names
        if any(name in essential for name, _ in case.open):
            return False
        case.waiting_since = case.waiting_since or now
        return now - case.waiting_since > self.options.patience_s

    def _conclude(self, case: _Case) -> Iterator[CheckedReference]:
        if case.verdict is None:
            case.verdict = self._verdict(case.reference, case.evidence)
        learnt = [*case.evidence, *self._uncovered(case.reference, case.evidence)]
        case.evidence = in_plan_order(case.reference, learnt)
        del self.cases[case.reference]
        del self.by_key[case.key]
        self.remembered[case.key] = case
        if len(self.remembered) > _REMEMBERED:
            self.remembered.popitem(last=False)
        self.done += 1
        yield CheckedReference(case.reference, tuple(case.evidence), case.verdict)
        twins, case.twins = case.twins, []
        for twin in twins:
            yield self._twin(case, twin)

    def _twin(self, case: _Case, reference: Reference) -> CheckedReference:
        """The same evidence, judged for an equal reference."""
        learnt = [replace(each, reference_id=reference.id) for each in case.evidence]
        self.done += 1
        judged = self._verdict(reference, learnt)
        return CheckedReference(reference, tuple(learnt), judged, same_as=case.reference.id)

    def _verdict_so_far(self, case: _Case) -> Verdict | None:
        """The verdict now; ``None`` while nothing matched, since nothing can be settled then and judging costs time."""
        if not any(each.outcome is Outcome.MATCH for each in case.evidence):
            return None
        return self._verdict(case.reference, case.evidence)

    def _verdict(self, reference: Reference, learnt: Sequence[Evidence]) -> Verdict:
        found = self._essentials(reference, learnt)
        complete = [*learnt, *self._uncovered(reference, learnt)]
        refuted = self._venue_refuted(reference, learnt)
        return verdict(reference, complete, found.names, self.options.today, venue_refuted=refuted)

    def _venue_refuted(self, reference: Reference, learnt: Sequence[Evidence]) -> str:
        """Why the work cannot have appeared at the cited venue that year, if the index knows all that did."""
        cited, closed = reference.fields, self.options.closed_venue
        if closed is None or not cited.venue or cited.year is None:
            return ""
        told = [each for each in learnt if each.asked.registry == OFFLINE and each.outcome is not Outcome.UNAVAILABLE]
        renamed = any(appeared_under_another_title(reference, work) for each in told for work in each.candidates)
        return closed(cited.venue, cited.year) if told and not renamed else ""

    def _essentials(self, reference: Reference, learnt: Sequence[Evidence]) -> Essentials:
        refuted = {each.asked.registry for each in learnt if each.outcome is Outcome.NO_MATCH and not each.identifier}
        return essentials(
            reference.fields,
            self.present,
            today=self.options.today,
            refuted=refuted,
            keyed=self.options.keyed,
            index_is_complete=self.options.index_is_complete,
        )

    def _uncovered(self, reference: Reference, learnt: Sequence[Evidence]) -> list[Evidence]:
        """Evidence in the name of the coverage table: who would have to know the work and cannot be asked."""
        heard = {each.asked.registry for each in learnt}
        return [
            Evidence(reference.id, Outcome.NOT_COVERED, Asked(name, "", datetime.now(UTC)), reason=reason)
            for name, reason in self._essentials(reference, learnt).uncovered.items()
            if name not in heard
        ]

    def _report(self) -> None:
        if self.progress is not None:
            waiting = Counter(name for case in self.cases.values() for name, _ in case.open)
            self.progress(Progress(self.done, self.started, waiting))


def _judged(query: Query, answer: Answer, arbiter: Arbiter | None) -> Evidence:
    """The evidence; where hostile input or an arbiter breaks the judging, a failure like any other."""
    try:
        return evidence(query, answer, arbiter)
    except Exception as error:  # noqa: BLE001  one reference must not end the check of the others
        failed = Unavailable(answer.asked, Why.CRASHED, f"its answer could not be judged: {type(error).__name__}")
        return evidence(query, failed)

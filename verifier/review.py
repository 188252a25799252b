"""The review desk in a terminal: one item, one decision, one key. Knows the queue; keys and lines come from outside."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Protocol

from sqlalchemy import Engine

from citations.types import Status, Verdict
from verifier.fusion import Sort
from verifier.harmless import inline
from verifier.render.claim_words import place
from verifier.render.words import because, evidence_lines, moment, what_differs
from verifier.store.filters import QueueFilter
from verifier.store.holds import hold, release, release_all
from verifier.store.queue import COUNTED, FlagItem, FlagSummary, count, flag, next_flag
from verifier.store.reviews import Decided, Review, ReviewAnswer, decide, remark, undo
from verifier.store.statistics import Misses
from verifier.store.stored import TextKind
from verifier.types import ClaimFinding, Finding

KEYS = {
    "a": "accept: it is wrong indeed",
    "x": "reject: a false alarm",
    " ": "skip",
    "j": "next, without a word",
    "k": "back to the one before",
    "n": "write a note",
    "u": "undo the last decision",
    "?": "these keys",
    "q": "quit",
}
"""What a key does; ``space`` is written out where it is shown."""
_ANSWERS = {"a": ReviewAnswer.ACCEPT, "x": ReviewAnswer.REJECT, " ": ReviewAnswer.SKIP}


class Terminal(Protocol):
    """Where the item is shown and keys come from."""

    def show(self, line: str) -> None:
        """Print one line."""

    def key(self) -> str:
        """Wait for one key; empty at the end of the input."""

    def line(self, prompt: str) -> str:
        """Wait for a line of text."""


@dataclass(frozen=True, slots=True)
class Session:
    """Who reviews what."""

    engine: Engine
    reviewer: str
    wanted: QueueFilter = field(default_factory=QueueFilter)
    quorum: int = 1


def review(session: Session, terminal: Terminal) -> int:
    """Go through the queue until it is empty or the person quits, and return how many votes were written.

    What was decided is kept at once: who quits, or is killed, goes on with the next item. May raise ``StoreError``.
    """
    running = _Running(session, terminal)
    try:
        return running.go()
    finally:
        release_all(session.engine, session.reviewer)


class _Running:
    """The items seen so far, and the one that is open."""

    def __init__(self, session: Session, terminal: Terminal) -> None:
        self._session = session
        self._terminal = terminal
        self._seen: list[int] = []
        self._after = ""
        self._votes = 0

    def go(self) -> int:
        current = self._next()
        while current is not None:
            self._show(current)
            current = self._answered(current)
            if current == 0:
                return self._votes
        self._terminal.show("nothing is left to review")
        return self._votes

    def _answered(self, current: int) -> int | None:
        """The flag to show after the keys that were pressed, ``None`` at the end of the queue, 0 to quit."""
        while True:
            key = self._terminal.key()
            if key in {"q", "", "\x03", "\x04"}:
                return 0
            if key in _ANSWERS:
                self._decide(current, _ANSWERS[key])
                return self._next()
            step = self._moved(key, current)
            if step is not None:
                return step if step > 0 else None

    def _moved(self, key: str, current: int) -> int | None:
        """Where a key that decides nothing leads; ``None`` to stay, a negative number at the end of the queue."""
        match key:
            case "j":
                release(self._session.engine, current, self._session.reviewer)
                return self._next() or -1
            case "k":
                return self._back(current)
            case "u":
                return self._undo()
            case "n":
                note = self._terminal.line("note: ").strip()
                if note:
                    remark(self._session.engine, current, self._session.reviewer, note)
                    self._terminal.show("kept")
            case _:
                for line in key_lines():
                    self._terminal.show(line)
        return None

    def _decide(self, current: int, answer: ReviewAnswer) -> None:
        session = self._session
        done = decide(session.engine, current, answer, session.reviewer, quorum=session.quorum)
        self._votes += answer.is_vote
        self._terminal.show(decided_line(done))
        if answer.is_vote and (told := drawn_words(flag(session.engine, current).summary)):
            self._terminal.show(f"  {told}")

    def _undo(self) -> int | None:
        done = undo(self._session.engine, self._session.reviewer)
        if done is None:
            self._terminal.show("nothing to undo")
            return None
        self._votes = max(0, self._votes - 1)
        self._terminal.show(decided_line(done))
        return done.review.flag_id

    def _back(self, current: int) -> int | None:
        earlier = [number for number in self._seen if number != current]
        if not earlier:
            self._terminal.show("this is the first one")
            return None
        self._seen = earlier[:-1]
        return earlier[-1]

    def _next(self) -> int | None:
        """The next flag that is nobody's, held for this person."""
        session = self._session
        while True:
            found = next_flag(session.engine, session.reviewer, session.wanted, after=self._after)
            if found is None:
                return None
            self._after = f"{found.rank}.{found.id}"
            if hold(session.engine, found.id, session.reviewer):
                return found.id

    def _show(self, number: int) -> None:
        if number in self._seen:
            self._seen.remove(number)
        self._seen.append(number)
        left = count(self._session.engine, self._session.wanted)
        item = flag(self._session.engine, number)
        for line in item_lines(item):
            self._terminal.show(line)
        waiting = f"{left} or more" if left >= COUNTED else str(left)
        self._terminal.show(f"({waiting} waiting)  a accept  x reject  space skip  u undo  n note  ? keys  q quit")


def item_lines(item: FlagItem) -> Iterator[str]:
    """One flag as it stands before a person; verdict and risk of a blind item are not told."""
    summary, found = item.summary, item.finding
    word = "sample" if summary.blind else summary.status.value
    if isinstance(found, ClaimFinding):
        where, lines = f"{summary.paper}: {place(found)}", _claim_lines(found, blind=summary.blind)
    else:
        where, lines = str(found.checked.reference.location), _reference_lines(found, blind=summary.blind)
    yield f"#{summary.id}  {word}  {inline(where)}  seen {summary.seen}x"
    for line in lines:
        yield f"  {line}"
    if item.context and item.span:
        yield f"  text: {inline(_marked(item.context, item.span), 600)}"
    for kept in item.texts:
        if kept.kind is TextKind.PROMPT:
            yield f"  asked: {inline(kept.text, 600)}"
    if summary.risk is not None and not summary.blind:
        yield f"  risk: {summary.risk:.0%}"
    for each in item.reviews:
        yield f"  {review_line(each)}"


def _reference_lines(finding: Finding, *, blind: bool) -> Iterator[str]:
    """What was cited, in which fields it differs, who was asked, and why the verdict is what it is."""
    checked = finding.checked
    yield f"cited: {inline(checked.reference.raw, 600)}"
    for diff in () if blind else checked.verdict.diffs:
        note = f" ({inline(diff.note)})" if diff.note else ""
        cited, registered = inline(diff.cited, 120), inline(diff.registered, 120)
        yield f"{diff.field.value}: cited {cited!r}, registered {registered!r}, {diff.severity.value}{note}"
    yield from evidence_lines(checked.evidence)
    if not blind and (why := _why(checked.verdict)):
        yield f"because: {why}"


def _claim_lines(finding: ClaimFinding, *, blind: bool) -> Iterator[str]:
    """What the text asserts, who judged it, and what the judge read."""
    yield f"claim: {inline(finding.claim.text, 600)}"
    if finding.because and not blind:
        yield f"because: {inline(finding.because)}"
    for said in finding.judgements:
        yield f"judge: {inline(said.judge, 80)}{'' if said.independent else ', which wrote the text itself'}"
        for passage in said.passages[:3]:
            yield f"read in {inline(passage.title, 80) or passage.source.value}: {inline(passage.text, 300)}"


def _marked(context: str, span: tuple[int, int]) -> str:
    """The text with the span between arrows, which are no characters of a citation."""
    start, end = span
    return f"{context[:start]}»{context[start:end]}«{context[end:]}"


def _why(verdict: Verdict) -> str:
    """Why the verdict is what it is; differences of fields are told line by line already."""
    said = what_differs(verdict)
    told = "" if verdict.status is Status.MISMATCH else said
    return "; ".join(part for part in (told, because(verdict, said)) if part)


def review_line(given: Review) -> str:
    """Who said what, and when."""
    note = f": {inline(given.note, 300)}" if given.note else ""
    return f"{given.answer.value} by {inline(given.reviewer, 60)}, {moment(given.at)}{note}"


def miss_words(misses: Misses) -> str:
    """How much of what passed is wrong, or why nobody knows."""
    word = {Sort.CITATION: "citations", Sort.CLAIM: "claims"}[misses.sort]
    rate = misses.rate
    if rate is None:
        waiting = f"none of {misses.drawn} samples was reviewed yet" if misses.drawn else "no sample of it was drawn"
        return f"{word} that passed: how many are wrong is not known, because {waiting}"
    return (
        f"{word} that passed: {rate.value:.1%} are wrong (95 % interval {rate.low:.1%} to {rate.high:.1%}; "
        f"{rate.missed} of {rate.decided} reviewed samples, {rate.drawn - rate.decided} waiting)"
    )


def drawn_words(summary: FlagSummary) -> str:
    """What the checks had said of a sample, for whoever has just judged it; empty for a flag."""
    if not summary.blind:
        return ""
    risk = "" if summary.risk is None else f", at a risk of {summary.risk:.0%}"
    return f"it was drawn from what passed: the checks had said {summary.status.value}{risk}"


def decided_line(done: Decided) -> str:
    """What was written, and where the flag stands."""
    number = done.review.flag_id
    if done.review.answer is ReviewAnswer.UNDO:
        return f"#{number} the last answer is taken back; it is {done.state.value} now"
    return f"#{number} {done.review.answer.value}: {done.state.value}"


def key_lines() -> Iterator[str]:
    """The keys and what they do."""
    for key, meaning in KEYS.items():
        yield f"  {key if key.strip() else 'space':<6} {meaning}"

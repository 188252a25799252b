"""Answers that leave once they are checked: what is to be checked next, and whether it may leave, without asking anybody.

Each step is a generator that yields ``Texts`` and is sent the ``Outcome`` of their check, so that threads and coroutines
share it: ``drive`` and ``adrive`` ask for the checks.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from typing import Any, TypeVar

from verifier import hooks
from verifier.errors import Blocked, CheckFailed, VerifierError, Withheld
from verifier.policy import Policy
from verifier.types import Gap
from verifier.wrapping.attach import Pending, nothing_checked
from verifier.wrapping.hold import Hold, Piece
from verifier.wrapping.interface import Reading
from verifier.wrapping.parts import CUT_AT_LIMIT, whole_lines
from verifier.wrapping.refusal import Outcome, refusal
from verifier.wrapping.types import Added, Answer, Mode
from verifier.wrapping.watcher import Checks, Texts, settle

Made = TypeVar("Made")
Steps = Generator[Texts, Outcome, Made]

_NOT_READ = Gap("a part of the stream", "it is of a kind that is not read")


class Holding:
    """One answer on its way to the program."""

    def __init__(
        self, policy: Policy, mode: Mode, question: str, pending: Pending, context: tuple[str, ...] = ()
    ) -> None:
        self.hold = Hold(mode)
        self._policy = policy
        self._question = question
        self._context = context
        self._pending = pending
        self._unread = False
        pending.come_later()

    def take(self, reading: Reading, event: Any) -> Iterator[Piece]:
        """Take an event of the stream; what is to be checked now."""
        try:
            self.hold.put(event, reading.feed(event))
        except Exception:  # noqa: BLE001  an event of a kind that nobody foresaw may hold text
            self._unread = True
            self.hold.put(event, None)
        return self.hold.due()

    def take_text(self, text: str) -> Iterator[Piece]:
        """The same for a stream of text."""
        self.hold.put(text, (Added(0, text),) if text else ())
        return self.hold.due()

    def look(self, piece: Piece) -> Steps[None]:
        """Check a part that is complete, and let it go; what looks wrong by itself is judged with all that stands before it.

        Raises the error that keeps it back.
        """
        question = f"{self._question}\n\n{piece.before}".strip()
        outcome = yield Texts((piece.text,), question, context=self._context, is_part=True)
        if refusal(outcome, self._policy) is not None:
            outcome = yield Texts(self.hold.until(piece), self._question, context=self._context, is_part=True)
            self._rule(outcome, is_part=True)
        self.hold.let(piece)

    def finish(self, answer: Answer) -> Steps[None]:
        """Check the whole answer, and let all of it go; raises the error that keeps it back.

        Of an answer that broke off its whole lines are checked.
        """
        texts, gaps = answer.texts, answer.gaps
        if answer.broken:
            texts = tuple(whole_lines(text) for text in self.hold.texts)
            gaps = (*gaps, Gap("the answer", answer.broken))
        gaps += (_NOT_READ,) if self._unread else ()
        if any(text.strip() for text in texts):
            seen = () if answer.broken else answer.generations
            outcome = yield Texts(texts, self._question, gaps, self._context, seen)
        else:
            outcome = Outcome(nothing_checked("the answer", "it holds no text", gaps=gaps))
        unread = [gap.why for gap in gaps if gap in {_NOT_READ, CUT_AT_LIMIT}]
        failed = outcome.failed or answer.broken or "; ".join(unread)
        if failed or outcome.report.inputs:  # what holds no text has nothing that could be unchecked
            self._rule(Outcome(outcome.report, failed))
        settle(self._pending, outcome.report)
        self.hold.let_all()

    def abandon(self, why: str) -> None:
        """Say that the rest was not read, unless there is a report."""
        settle(self._pending, nothing_checked("the answer", why))

    def _rule(self, outcome: Outcome, *, is_part: bool = False) -> None:
        error = refusal(outcome, self._policy, some_left=self.hold.some_left)
        if error is None:
            return
        settle(self._pending, outcome.report)
        tell_refused(error)
        if (
            is_part and outcome.failed and isinstance(error, CheckFailed)
        ):  # there will be no check of the whole that tells it
            hooks.tell(hooks.Event.FAILED, outcome.report)
        raise error


def tell_refused(error: VerifierError) -> None:
    """Tell the program's hooks that an answer was kept back for what was found in it."""
    if isinstance(error, Blocked):
        hooks.tell(hooks.Event.BLOCKED, error.report)
    elif isinstance(error, Withheld):
        hooks.tell(hooks.Event.WITHHELD, error.report)


def drive(steps: Steps[Made], checks: Checks) -> Made:
    """Go through the steps in this thread; gives what they give and raises what they raise."""
    try:
        texts = next(steps)
        while True:
            texts = steps.send(checks.wait(texts))
    except StopIteration as done:
        made: Made = done.value
        return made


async def adrive(steps: Steps[Made], checks: Checks) -> Made:
    """The same in a coroutine."""
    try:
        texts = next(steps)
        while True:
            texts = steps.send(await checks.await_(texts))
    except StopIteration as done:
        made: Made = done.value
        return made

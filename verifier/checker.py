"""``verifier.check``: one call that checks a text and gives a report. No database, nothing raised, no network unasked.

Registries answer from the offline index and the cache alone, unless ``registries=`` names some or ``VERIFIER_ONLINE=1``
is set. Importing this opens nothing; a ``Checker`` opens what it needs at its first text and keeps it.
"""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from threading import Lock
from time import monotonic
from types import TracebackType
from typing import TYPE_CHECKING, Any, Protocol, Self, TypeAlias

import verifier
from citations.types import CheckedReference, Reference
from verifier.errors import CheckFailed
from verifier.findings import MoreSignals
from verifier.gaps import Circumstances
from verifier.judges.interface import Judge
from verifier.pipeline import Prose, check_text
from verifier.policy import OnError, Policy
from verifier.retrieval import Retriever
from verifier.types import Gap, Passage, Report, Tool

if TYPE_CHECKING:
    from citations.registries.interface import Registry
    from verifier.asking import Asking

_LOG = logging.getLogger(__name__)

Registries: TypeAlias = "Sequence[str | Registry] | bool | None"
Evidence: TypeAlias = Path | Sequence[Passage | str] | str | None

BUDGET_S = 60.0
"""Seconds for one text, unless the caller says otherwise."""


class TextReader(Protocol):
    """A local model that reads what somebody wrote: ``probes.ProbedLlama``."""

    def read(self, text: str, prompt: str = "") -> dict[str, Any]:
        """The ``probe`` block of the text behind a prompt."""


@dataclass(frozen=True, slots=True)
class Subject:
    """A text to check, and what is known about how it came about."""

    text: str
    asked: str = ""
    """The question that it answers."""
    name: str = "text"
    """How the report calls it."""
    context: tuple[str, ...] = ()
    """The documents that its writer was shown."""
    references: tuple[Reference, ...] | str = ()
    """A reference list that stands apart from the text."""
    generator: str = ""
    """Name or digest of the model that wrote it, so that no model is taken for a witness of itself."""
    more_signals: MoreSignals | None = None
    """What was seen of each span while it was written, such as log probabilities."""


class Checker:
    """Checks texts one after the other or from several threads, with what it opened for the first of them.

    ``registries``: ``None`` for index and cache alone (or all registries if ``VERIFIER_ONLINE`` is set), ``True`` for all,
    or names and registries of one's own. ``evidence``: a folder of texts, or passages. ``retriever``: a callable from a
    claim to passages. ``judge``: the second model, as a path of a ``.gguf`` file, the base address of an OpenAI-compatible
    server (``http://localhost:8080/v1#model``), or a ``Judge``. ``engine``: a local model that reads the text and says how
    likely each token is. ``budget_s`` bounds one text, in seconds; what is open then is reported as unchecked. Nothing
    is raised, unless the policy says ``on_error="closed"``: then ``CheckFailed``.
    """

    def __init__(
        self,
        *,
        registries: Registries = None,
        evidence: Evidence = None,
        retriever: Retriever | None = None,
        judge: Judge | Path | str | None = None,
        engine: TextReader | None = None,
        policy: Policy | None = None,
        budget_s: float | None = BUDGET_S,
    ) -> None:
        self.policy = policy or Policy()
        self._registries = registries
        self._evidence = evidence
        self._retriever = retriever
        self._judge = judge
        self._engine = engine
        self._budget_s = budget_s
        self._lock = Lock()
        self._opened: tuple[Asking, Circumstances] | None = None

    def check(self, subject: Subject | str) -> Report:
        """The report of one text."""
        subject = Subject(subject) if isinstance(subject, str) else subject
        started_at = datetime.now(UTC)
        try:
            report = self._checked(subject)
        except Exception as error:
            _LOG.exception("checking a text failed")
            if self.policy.on_error is OnError.CLOSED:
                raise CheckFailed(f"checking the text failed: {type(error).__name__}") from error
            return _unchecked(subject.name, f"checking it failed: {type(error).__name__}", started_at)
        return report

    async def acheck(self, subject: Subject | str) -> Report:
        """The same in a thread of its own, so that the event loop goes on meanwhile."""
        return await asyncio.to_thread(self.check, subject)

    def close(self) -> None:
        """Release everything that was opened; a second call does nothing."""
        with self._lock:
            opened, self._opened = self._opened, None
        if opened is not None:
            opened[0].close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def _checked(self, subject: Subject) -> Report:
        until = None if self._budget_s is None else monotonic() + self._budget_s
        asking, around = self._open()
        prose = Prose(subject.text, subject.name, subject.asked)
        return check_text(prose, _within(asking, until), around=around, more_signals=subject.more_signals)

    def _open(self) -> tuple[Asking, Circumstances]:
        with self._lock:
            if self._opened is None:
                self._opened = _open(self._registries)
            return self._opened


def check(  # noqa: PLR0913  one call with everything by name
    text: str,
    context: str | Sequence[str] | None = None,
    references: str | Sequence[Reference] | None = None,
    evidence: Evidence = None,
    engine: TextReader | None = None,
    *,
    judge: Judge | Path | str | None = None,
    retriever: Retriever | None = None,
    registries: Registries = None,
    policy: Policy | None = None,
    budget_s: float | None = BUDGET_S,
    asked: str = "",
    generator: str = "",
) -> Report:
    """Check the claims and citations of a text and report; what may be given is said at ``Checker`` and ``Subject``.

    >>> check("The sky is blue.").findings
    ()
    """
    subject = Subject(text, asked, context=_texts(context), references=_given(references), generator=generator)
    with Checker(
        registries=registries,
        evidence=evidence,
        retriever=retriever,
        judge=judge,
        engine=engine,
        policy=policy,
        budget_s=budget_s,
    ) as checker:
        return checker.check(subject)


async def acheck(  # noqa: PLR0913  the same call for coroutines
    text: str,
    context: str | Sequence[str] | None = None,
    references: str | Sequence[Reference] | None = None,
    evidence: Evidence = None,
    engine: TextReader | None = None,
    *,
    judge: Judge | Path | str | None = None,
    retriever: Retriever | None = None,
    registries: Registries = None,
    policy: Policy | None = None,
    budget_s: float | None = BUDGET_S,
    asked: str = "",
    generator: str = "",
) -> Report:
    """``check`` in a thread of its own, so that the event loop goes on meanwhile."""
    call = partial(
        check,
        text,
        context,
        references,
        evidence,
        engine,
        judge=judge,
        retriever=retriever,
        registries=registries,
        policy=policy,
        budget_s=budget_s,
        asked=asked,
        generator=generator,
    )
    return await asyncio.to_thread(call)


def _texts(given: str | Sequence[str] | None) -> tuple[str, ...]:
    if given is None:
        return ()
    return (given,) if isinstance(given, str) else tuple(given)


def _given(references: str | Sequence[Reference] | None) -> tuple[Reference, ...] | str:
    return references if isinstance(references, str) else tuple(references or ())


def _within(asking: Asking, until: float | None) -> Callable[[Sequence[Reference]], Iterator[CheckedReference]]:
    """The registries' check with the time that is left for it."""

    def check_references(references: Sequence[Reference]) -> Iterator[CheckedReference]:
        return asking.check(references, budget_s=None if until is None else max(0.0, until - monotonic()))

    return check_references


def _open(registries: Registries) -> tuple[Asking, Circumstances]:
    """Registries by name or by hand, and the circumstances that a report names."""
    from verifier.asking import open_registries
    from verifier.config import load_settings

    named = () if registries is None or isinstance(registries, bool) else tuple(registries)
    own = tuple(each for each in named if not isinstance(each, str))
    names = tuple(each.replace("-", "_") for each in named if isinstance(each, str))
    settings = load_settings()
    online = bool(registries) or (registries is None and _is_online())
    settings = replace(settings, registries=names or settings.registries, offline=settings.offline or not online)
    if own and not names:
        settings = replace(settings, registries=("offline",))
    asking = open_registries(settings)
    asking = replace(asking, registries=(*asking.registries, *own))
    around = Circumstances(
        command="verifier check -",
        offline=settings.offline,
        has_index=asking.has_index,
        has_mailto=bool(settings.crossref_mailto),
        registries=tuple(each.name for each in asking.registries if each.name != "offline"),
    )
    return asking, around


def _is_online() -> bool:
    return os.environ.get("VERIFIER_ONLINE", "").strip().casefold() in {"1", "true", "yes", "on"}


def _unchecked(name: str, why: str, started_at: datetime) -> Report:
    """The report of a text that could not be checked: no finding, no clean bill."""
    gap = Gap("the text", why)
    tool = Tool("factprobe", verifier.__version__)
    return Report(tool, (name,), (), (), (gap,), started_at, datetime.now(UTC))

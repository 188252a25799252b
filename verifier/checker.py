"""What checks a text and gives a report. No database, nothing raised, no network unasked.

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
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import TYPE_CHECKING, Any, Protocol, Self, TypeAlias, TypeGuard

import verifier
from citations.types import CheckedReference, Reference
from verifier import hooks
from verifier.arbiter import arbiter_of
from verifier.arguments import check_arguments, several
from verifier.errors import CheckFailed, VerifierError
from verifier.findings import MoreSignals
from verifier.gaps import Circumstances
from verifier.generation import read_generation
from verifier.judges.interface import Budget, Judge
from verifier.pipeline import Prose, check_text
from verifier.policy import OnError, Policy
from verifier.redacted import redacted
from verifier.retrieval import Passages, Retriever, documents
from verifier.support import Facts
from verifier.types import Gap, Passage, PassageSource, Report, Tool

if TYPE_CHECKING:
    from citations.registries.interface import Registry
    from verifier.asking import Asking
    from verifier.config import Settings
    from verifier.folder import Folder
    from verifier.judges.memory import RememberingJudge

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
    budget_s: float | None = None
    """Seconds for it, where they are fewer than the checker's."""


class Checker:
    """Checks texts one after the other or from several threads, with what it opened for the first of them.

    ``registries``: ``None`` for index and cache alone (or all registries if ``VERIFIER_ONLINE`` is set), ``True`` for all,
    or names and registries of one's own. ``evidence``: a folder of texts, or passages. ``retriever``: a callable from a
    claim to passages. ``judge``: the second model, as a path of a ``.gguf`` file, the base address of an OpenAI-compatible
    server (``http://localhost:8080/v1#model``), or a ``Judge``. ``engine``: a local model that reads the text and says how
    likely each token is. ``budget_s`` bounds one text, in seconds, and ``judge_calls`` the questions put to the judge about
    it; what is open then is reported as unchecked. ``ask_afresh`` so many citations that no registry settled are asked back from
    the judge's memory. ``settings`` take the place of those of environment and files. Nothing is raised, unless the policy
    says ``on_error="closed"``: then ``CheckFailed``.
    """

    def __init__(  # noqa: PLR0913  everything that can be set, by name
        self,
        *,
        registries: Registries = None,
        evidence: Evidence = None,
        retriever: Retriever | None = None,
        judge: Judge | Path | str | None = None,
        engine: TextReader | None = None,
        policy: Policy | None = None,
        budget_s: float | None = BUDGET_S,
        judge_calls: int | None = None,
        ask_afresh: int = 0,
        settings: Settings | None = None,
    ) -> None:
        registries, evidence = several(registries), several(evidence)
        check_arguments(
            "verifier.Checker",
            registries=registries,
            evidence=evidence,
            retriever=retriever,
            judge=judge,
            engine=engine,
            policy=policy,
            budget_s=budget_s,
            judge_calls=judge_calls,
            ask_afresh=ask_afresh,
            settings=settings,
        )
        self.policy = policy or Policy()
        self._registries = registries
        self._evidence = evidence
        self._retriever = retriever
        self._judge = judge
        self._engine = engine
        self.budget_s = budget_s
        self._lock = Lock()
        self._calls = judge_calls
        self._afresh = ask_afresh
        self._settings = settings
        self._opened: _Opened | None = None

    def check(self, subject: Subject | str) -> Report:
        """The report of one text."""
        subject = subject if isinstance(subject, Subject) else Subject(subject)
        started_at = datetime.now(UTC)
        given: object = subject.text  # callers without a type checker hand over what they got from elsewhere
        if not isinstance(given, str):
            return self._failed(subject.name, f"the text must be a string, not {type(given).__name__}", started_at)
        try:
            report = self._checked(subject)
        except Exception as error:  # noqa: BLE001  a check that fails is a gap, and no traceback, which may quote the text
            _LOG.error("checking a text failed: %s", redacted(error))
            why = f"checking the text failed: {error if isinstance(error, VerifierError) else type(error).__name__}"
            return self._failed(subject.name, why, started_at, error)
        hooks.tell_checked(report)
        return report

    def _failed(self, name: str, why: str, started_at: datetime, error: Exception | None = None) -> Report:
        report = _unchecked(name, why, started_at)
        hooks.tell(hooks.Event.FAILED, report)
        if self.policy.on_error == OnError.CLOSED:
            raise CheckFailed(why) from error
        return report

    def prepare(self) -> None:
        """Open everything and test the judge now, however long that takes, so that the first text need not wait for it.

        Raises whatever keeps it from being opened.
        """
        judge = self._open().judge
        if judge is not None:
            judge.standing()

    @property
    def asked(self) -> tuple[str, ...]:
        """Names of the registries that are asked over the network; opens what is not open yet."""
        opened = self._open()
        return () if opened.around.offline else tuple(opened.around.registries)

    async def acheck(self, subject: Subject | str) -> Report:
        """The same in a thread of its own, so that the event loop goes on meanwhile."""
        return await asyncio.to_thread(self.check, subject)

    def close(self) -> None:
        """Release everything that was opened; a second call does nothing."""
        with self._lock:
            opened, self._opened = self._opened, None
        if opened is not None:
            opened.asking.close()
            if opened.judge is not None:
                opened.judge.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def _checked(self, subject: Subject) -> Report:
        bounds = [each for each in (self.budget_s, subject.budget_s) if each is not None]
        budget = Budget(min(bounds, default=None), self._calls)
        opened = self._open()
        gaps: list[Gap] = []
        references = _listed(subject.references, gaps)
        facts = self._facts(subject, opened, budget)
        more_signals = subject.more_signals
        if more_signals is None and self._engine is not None:
            more_signals = _read(self._engine, subject, gaps)
        prose = Prose(subject.text, subject.name, subject.asked, references)
        made = check_text(
            prose,
            _within(opened, budget),
            around=opened.around,
            more_signals=more_signals,
            facts=facts,
        )
        return replace(made, gaps=(*opened.gaps, *gaps, *made.gaps))

    def _facts(self, subject: Subject, opened: _Opened, budget: Budget) -> Facts:
        given = [Passage(each, PassageSource.CONTEXT) for each in subject.context]
        held = Passages([*given, *opened.evidence]) if given or opened.evidence else None
        return Facts(
            held, opened.folder, self._retriever, opened.judge, subject.generator, budget, self.policy, self._afresh
        )

    def _open(self) -> _Opened:
        with self._lock:
            if self._opened is None:
                self._opened = _open(self._registries, self._evidence, self._judge, self._settings)
            return self._opened


@dataclass(frozen=True, slots=True)
class _Opened:
    """What was opened for the first text and serves all others."""

    asking: Asking
    around: Circumstances
    judge: RememberingJudge | None
    folder: Folder | None
    evidence: tuple[Passage, ...]
    gaps: tuple[Gap, ...]
    """What could not be opened."""


def _within(opened: _Opened, budget: Budget) -> Callable[[Sequence[Reference]], Iterator[CheckedReference]]:
    """The registries' check with the time that is left for it; half of it where a judge has claims to read behind it."""

    def check_references(references: Sequence[Reference]) -> Iterator[CheckedReference]:
        left = budget.left_s
        share = 1.0 if opened.judge is None else 0.5
        asking = opened.asking
        if opened.judge is not None:
            asking = replace(asking, arbiter=arbiter_of(opened.judge, budget))
        return asking.check(references, budget_s=None if left == float("inf") else max(0.0, share * left))

    return check_references


def _open(
    registries: Registries, evidence: Evidence, judge: Judge | Path | str | None, settings: Settings | None
) -> _Opened:
    """Registries by name or by hand, judge and evidence; a judge or a folder that cannot be used is a gap."""
    from verifier.asking import open_registries
    from verifier.config import load_settings
    from verifier.folder import Folder
    from verifier.judges import open_judge
    from verifier.learning_file import in_force

    named = () if registries is None or isinstance(registries, bool) else tuple(registries)
    own = tuple(each for each in named if not isinstance(each, str))
    names = tuple(each.replace("-", "_") for each in named if isinstance(each, str))
    settings = settings or load_settings()
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
        calibration=in_force(settings),
    )
    gaps: list[Gap] = []
    opened_judge = None
    if judge is not None:
        try:
            opened_judge = open_judge(judge, Path(settings.cache))
        except VerifierError as error:
            gaps.append(Gap("the judge", error.message, error.hint))
    place = Path(evidence) if _is_folder(evidence) else evidence
    folder = Folder(place) if isinstance(place, Path) else None
    passages = () if isinstance(place, Path) else documents(place, PassageSource.EVIDENCE)
    return _Opened(asking, around, opened_judge, folder, passages, tuple(gaps))


def _is_folder(evidence: Evidence) -> TypeGuard[str]:
    """Whether a text is the path of a folder: judged as a passage, it would bear out nothing."""
    try:
        return isinstance(evidence, str) and "\n" not in evidence and Path(evidence).is_dir()
    except (OSError, ValueError):  # too long for a path, or with characters that no path holds
        return False


def _listed(references: Sequence[Reference] | str, gaps: list[Gap]) -> tuple[Reference, ...]:
    """The references that were given apart from the text; what cannot be read of them is a gap."""
    if not isinstance(references, str):
        return tuple(references)
    if not references.strip():
        return ()
    from citations.errors import CitationsError
    from citations.extract.interface import Document
    from citations.extract.text import TextExtractor

    document = Document("references", f"References\n\n{references}".encode(errors="replace"))
    try:
        found = list(TextExtractor().extract(document))
    except CitationsError as error:
        gaps.append(Gap("the reference list", error.message, error.hint))
        return ()
    lost = [each for each in found if not isinstance(each, Reference)]
    if lost:
        entries = "1 entry" if len(lost) == 1 else f"{len(lost)} entries"
        gaps.append(Gap(f"{entries} of the reference list", lost[0].reason))
    return tuple(each for each in found if isinstance(each, Reference))


def _read(engine: TextReader, subject: Subject, gaps: list[Gap]) -> MoreSignals | None:
    """What a local model sees in a text that it only reads; a text that it cannot read is a gap."""
    try:
        return read_generation(engine.read(subject.text, subject.asked), subject.text).signals
    except Exception as error:  # noqa: BLE001  a model that cannot read is no verdict
        _LOG.warning("the engine could not read the text: %s", redacted(error))
        gaps.append(Gap("how likely each token is", f"the engine could not read the text ({type(error).__name__})"))
        return None


def _is_online() -> bool:
    return os.environ.get("VERIFIER_ONLINE", "").strip().casefold() in {"1", "true", "yes", "on"}


def _unchecked(name: str, why: str, started_at: datetime) -> Report:
    """The report of a text that could not be checked: no finding, no clean bill."""
    gap = Gap("the text", why)
    tool = Tool("factprobe", verifier.__version__)
    return Report(tool, (name,), (), (), (gap,), started_at, datetime.now(UTC))

"""What every command that checks references does around its work: settings, registries, database, report, exit code."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from verifier.asking import Asking, open_registries, settings_digest
from verifier.cli.console import Console, ProgressLine, leads_to_a_pipe, log_to_terminal, output
from verifier.cli.interrupts import interruptible
from verifier.cli.target import format_for, guard_inputs, guard_read
from verifier.config import Settings, load_settings, read_names
from verifier.findings import Check, OnFinding, Record
from verifier.gaps import Circumstances
from verifier.harmless import inline
from verifier.learning_file import in_force
from verifier.policy import ExitCode, FailOn, Policy, exit_code
from verifier.registry_names import registry_name
from verifier.render import load_renderer, load_stream_renderer
from verifier.render.words import outcome_words, what_differs
from verifier.types import Finding, Report

if TYPE_CHECKING:
    from citations.check import Progress
    from citations.match.evidence import Arbiter
    from verifier.generation import Generation
    from verifier.render.interface import Renderer, StreamRenderer
    from verifier.render.terminal import TextRenderer

SETTING_OPTIONS = (
    "allow_incomplete",
    "audit_sample",
    "db",
    "fail_on",
    "index",
    "max_bytes",
    "max_pages",
    "offline",
    "only_cited",
    "registries",
    "retain",
    "storage",
    "strict",
)


@dataclass(frozen=True, slots=True)
class Run:
    """One command's surroundings."""

    settings: Settings
    console: Console
    options: dict[str, Any]
    """What was typed, by option."""
    command: str
    """What was typed, without options: ``verifier scan refs.bib``."""

    @property
    def is_resuming(self) -> bool:
        """Whether earlier results are taken over."""
        return bool(self.options.get("resume"))

    @property
    def format_name(self) -> str:
        """The format of the report."""
        return self.options.get("format_name") or format_for(self.options.get("output"))

    @property
    def is_printing(self) -> bool:
        """Whether the report goes to standard output."""
        return self.options.get("output") in {None, "-"}


@dataclass(frozen=True, slots=True)
class Open:
    """What is open while references are checked."""

    check: Check
    record: Record | None
    on_finding: OnFinding
    around: Circumstances
    progress: ProgressLine
    stream: StreamRenderer | None = None
    """Wrote references as they were judged; the report adds what follows them."""


def begin(command: str, start: Path | None, options: dict[str, Any], inputs: Sequence[str] = ()) -> Run:
    """Settings and console of a command; prints what was ignored, and refuses an output that replaces an input."""
    target = options.get("output")
    guard_inputs(target, inputs)
    if not options.get("format_name"):
        format_for(target)
    console = Console(options["quiet"], options["verbose"], options["colour"])
    arguments = {name: options.get(name) for name in SETTING_OPTIONS}
    if arguments["registries"] is not None:
        arguments["registries"] = read_names(arguments["registries"])
    settings = load_settings(arguments, start=start, isolated=options["isolated"])
    for warning in settings.warnings:
        console.warn(warning)
    if console.verbose:
        log_to_terminal(logging.DEBUG if console.verbose > 1 else logging.INFO)
    return Run(settings, console, options, command)


@contextmanager
def opened(
    run: Run, kind: str, inputs: tuple[str, ...], arbiter: Arbiter | None = None, generation: Generation | None = None
) -> Iterator[Open]:
    """Registries, database and progress for one run; everything is closed at its end.

    ``generation`` is how a model wrote the text that is going to be checked.
    """
    with ExitStack() as stack:
        interrupts = stack.enter_context(interruptible())
        progress = ProgressLine(run.console)
        stack.callback(progress.clear)
        waiting = _Waiting()
        asking = replace(open_registries(run.settings, waiting.note), arbiter=arbiter)
        stack.callback(asking.close)
        around = Circumstances(
            command=run.command,
            offline=run.settings.offline,
            has_index=asking.has_index,
            has_mailto=bool(run.settings.crossref_mailto),
            registries=tuple(each.name for each in asking.registries if each.name != "offline"),
            calibration=in_force(run.settings),
        )
        record = None
        if not run.options.get("no_store") and run.settings.storage != "none":
            record = _recorder(run, kind, inputs, asking, stack, generation)
        stream_renderer = _stream_renderer(run)
        watch = _watch(run.console, progress, waiting)
        on_finding = _streamed(stream_renderer, watch, progress) if stream_renderer else watch
        yield Open(interrupts.watching(asking.check), record, on_finding, around, progress, stream_renderer)


def conclude(run: Run, opening: Open, report: Report) -> ExitCode:
    """Print the report and return the exit code; what is open is still open, so that closing it cannot lose the report."""
    opening.progress.clear()
    if run.console.quiet < 2:
        _write(run, opening, report)
    target = run.options.get("output")
    for failed in report.failed:
        if run.console.quiet < 2 and (target or run.options.get("format_name") not in {None, "text"}):
            run.console.warn(f"{inline(failed.file)}: {inline(failed.reason)} [{failed.code}]")
    settings = run.settings
    policy = Policy(FailOn(settings.fail_on), strict=settings.strict, allow_incomplete=settings.allow_incomplete)
    return exit_code(report, policy)


def _write(run: Run, opening: Open, report: Report) -> None:
    target = run.options.get("output")
    guard_read(target, report)
    with output(target) as out:
        if opening.stream is not None:
            opening.stream.ending(report, out)
        else:
            _renderer(run).render(report, out)
    if not run.is_printing:
        run.console.note(f"{run.format_name} report written to {target}")


def _stream_renderer(run: Run) -> StreamRenderer | None:
    """What writes references as they are judged; ``None`` where the report is written at its end.

    Text is for a reader: on a terminal and in a file the worst stands first, which is known at the end alone. A pipe
    leads to a log or a ``tee``, where silence looks like a hang, so that each finding appears as soon as it is known.
    """
    if not run.is_printing or run.console.quiet > 1:
        return None
    if run.format_name == "text":
        return _text_renderer(run) if leads_to_a_pipe(sys.stdout) else None
    return load_stream_renderer(run.format_name)


def _streamed(renderer: StreamRenderer, watch: OnFinding, progress: ProgressLine) -> OnFinding:
    """The same, writing each reference to standard output as it is judged; what stands above them comes at once."""
    with output(None) as out:
        renderer.opening(out)

    def on_finding(finding: Finding, done: int, total: int) -> None:
        progress.clear()
        with output(None) as out:
            renderer.reference(finding, out)
        watch(finding, done, total)

    return on_finding


def _renderer(run: Run) -> Renderer:
    return _text_renderer(run) if run.format_name == "text" else load_renderer(run.format_name)


def _text_renderer(run: Run) -> TextRenderer:
    from verifier.render.terminal import TextRenderer

    colour = run.is_printing and run.console.has_colour(sys.stdout)
    return TextRenderer(colour=colour, show_verified=bool(run.console.verbose))


def _recorder(
    run: Run,
    kind: str,
    inputs: tuple[str, ...],
    asking: Asking,
    stack: ExitStack,
    generation: Generation | None,
) -> Record:
    from verifier.store import open_store
    from verifier.store.levels import StorageLevel
    from verifier.store.recorder import Recorder
    from verifier.store.scans import ScanKey

    resolved = tuple(name if name == "-" else str(Path(name).absolute()) for name in inputs)
    engine = open_store(run.settings.db)
    stack.callback(engine.dispose)
    return Recorder(
        engine,
        ScanKey(kind, resolved, settings_digest(run.settings)),
        asking.body,
        level=StorageLevel(run.settings.storage),
        retain_days=run.settings.retain,
        trace=generation.trace() if generation is not None else None,
        audit_share=run.settings.audit_sample,
    )


class _Waiting:
    """Whom the check waits for, as it last said."""

    def __init__(self) -> None:
        self.text = ""

    def note(self, progress: Progress) -> None:
        waiting = sorted(progress.waiting.items(), key=lambda each: -each[1])
        self.text = ", ".join(f"{registry_name(name)} ({number})" for name, number in waiting[:3] if number)


def _watch(console: Console, line: ProgressLine, waiting: _Waiting) -> OnFinding:
    def on_finding(finding: Finding, done: int, total: int) -> None:
        if console.verbose:
            place = f"{finding.checked.reference.location}: {finding.checked.reference.key}"
            for each in finding.checked.evidence:
                console.detail(inline(f"{each.asked.registry} {each.asked.url}: {outcome_words(each)}", 300))
            console.detail(inline(f"{place} {finding.status.value} {what_differs(finding.checked.verdict)}", 200))
        line.show(f"{done}/{total} checked" + (f", waiting for {waiting.text}" if waiting.text else ""))

    return on_finding

"""What every command that checks references does around its work: settings, registries, database, report, exit code."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from verifier.asking import Asking, open_registries, settings_digest
from verifier.cli.console import Console, ProgressLine, output
from verifier.config import Settings, load_settings
from verifier.findings import Check, OnFinding, Record
from verifier.gaps import Circumstances
from verifier.policy import ExitCode, FailOn, Policy, exit_code
from verifier.registry_names import registry_name
from verifier.render import load_renderer
from verifier.render.words import inline, outcome_words, what_differs
from verifier.types import Finding, Report

if TYPE_CHECKING:
    from citations.check import Progress
    from verifier.render.interface import Renderer

SETTING_OPTIONS = (
    "allow_incomplete",
    "db",
    "fail_on",
    "index",
    "max_bytes",
    "max_pages",
    "offline",
    "only_cited",
    "registries",
    "strict",
)
_SUFFIXES = {".txt": "text", ".md": "markdown", ".json": "json", ".jsonl": "jsonl", ".csv": "csv", ".html": "html"}
_MORE_SUFFIXES = {".htm": "html", ".sarif": "sarif", ".xml": "junit", ".bib": "bibtex"}


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


@dataclass(frozen=True, slots=True)
class Open:
    """What is open while references are checked."""

    check: Check
    record: Record | None
    on_finding: OnFinding
    around: Circumstances


def begin(command: str, start: Path | None, options: dict[str, Any]) -> Run:
    """Settings and console of a command; prints what was ignored."""
    console = Console(options["quiet"], options["verbose"], options["colour"])
    arguments = {name: options.get(name) for name in SETTING_OPTIONS}
    if arguments["registries"] is not None:
        arguments["registries"] = tuple(
            name.strip().replace("-", "_") for name in arguments["registries"].split(",") if name.strip()
        )
    settings = load_settings(arguments, start=start, isolated=options["isolated"])
    for warning in settings.warnings:
        console.warn(warning)
    if console.verbose:
        logging.basicConfig(level=logging.DEBUG if console.verbose > 1 else logging.INFO, format="%(message)s")
        logging.getLogger("urllib3").setLevel(logging.WARNING)
    return Run(settings, console, options, command)


@contextmanager
def opened(run: Run, kind: str, inputs: tuple[str, ...]) -> Iterator[Open]:
    """Registries, database and progress for one run; everything is closed at its end."""
    with ExitStack() as stack:
        progress = ProgressLine(run.console)
        stack.callback(progress.clear)
        waiting = _Waiting()
        asking = open_registries(run.settings, waiting.note)
        stack.callback(asking.close)
        around = Circumstances(
            command=run.command,
            offline=run.settings.offline,
            has_index=asking.has_index,
            has_mailto=bool(run.settings.crossref_mailto),
        )
        record = None if run.options.get("no_store") else _recorder(run, kind, inputs, asking, stack)
        yield Open(asking.check, record, _watch(run.console, progress, waiting), around)


def conclude(run: Run, report: Report) -> ExitCode:
    """Print the report and return the exit code."""
    target = run.options.get("output")
    if run.console.quiet < 2:
        name = run.options.get("format_name") or format_for(target)
        with output(target) as out:
            _renderer(name, run.console, colour=target in {None, "-"} and run.console.has_colour(sys.stdout)).render(
                report, out
            )
        if target not in {None, "-"}:
            run.console.note(f"{name} report written to {target}")
    for failed in report.failed:
        if run.console.quiet < 2 and (target or run.options.get("format_name") not in {None, "text"}):
            run.console.warn(f"{inline(failed.file)}: {inline(failed.reason)} [{failed.code}]")
    settings = run.settings
    policy = Policy(FailOn(settings.fail_on), strict=settings.strict, allow_incomplete=settings.allow_incomplete)
    return exit_code(report, policy)


def format_for(target: str | None) -> str:
    """The format that a file's ending asks for; text where it asks for none."""
    return {**_SUFFIXES, **_MORE_SUFFIXES}.get(Path(target).suffix.lower(), "text") if target else "text"


def _renderer(name: str, console: Console, *, colour: bool) -> Renderer:
    if name != "text":
        return load_renderer(name)
    from verifier.render.terminal import TextRenderer

    return TextRenderer(colour=colour, show_verified=bool(console.verbose))


def _recorder(run: Run, kind: str, inputs: tuple[str, ...], asking: Asking, stack: ExitStack) -> Record:
    from verifier.store import open_store
    from verifier.store.recorder import Recorder
    from verifier.store.scans import ScanKey

    resolved = tuple(name if name == "-" else str(Path(name).absolute()) for name in inputs)
    engine = open_store(run.settings.db)
    stack.callback(engine.dispose)
    return Recorder(engine, ScanKey(kind, resolved, settings_digest(run.settings)), asking.body)


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

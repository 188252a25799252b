"""The options that compare claims with evidence, and what they mean for a check."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from verifier.cli.console import Console
from verifier.config import Settings
from verifier.errors import EvidenceUnreadable

if TYPE_CHECKING:
    from citations.match.evidence import Arbiter
    from verifier.folder import Folder
    from verifier.judges.memory import RememberingJudge
    from verifier.support import Facts
    from verifier.types import Passage

F = TypeVar("F", bound=Callable[..., Any])

MAX_BYTES = 16 * 1024 * 1024
"""Longest context that is read."""

_OPTIONS = (
    click.option("--claims", is_flag=True, help="Check what the text asserts too."),
    click.option("--context", metavar="FILE", help="What the text was written from."),
    click.option("--evidence", metavar="DIR", help="Evidence: a folder of .txt, .md, .pdf."),
    click.option("--judge", metavar="MODEL|URL", help="Second model: a .gguf file, or http://host/v1#model."),
)


def claim_options(function: F) -> F:
    """The options of a command that can check claims."""
    for option in _OPTIONS:
        function = option(function)
    return function


@contextmanager
def facts_of(options: dict[str, Any], settings: Settings, console: Console) -> Iterator[Facts | None]:
    """What claims are compared with, ``None`` if nobody asked for claims; the judge is closed at the end.

    Raises ``ConfigError`` for what is no judge, ``EvidenceUnreadable`` for a context or a folder that is not there.
    """
    if not any(options[name] for name in ("claims", "context", "evidence", "judge")):
        yield None
        return
    from verifier.retrieval import Passages
    from verifier.support import Facts

    documents = Passages(_context(Path(options["context"]))) if options["context"] else None
    folder = _folder(Path(options["evidence"])) if options["evidence"] else None
    judge = _judge(options["judge"], settings, console) if options["judge"] else None
    try:
        yield Facts(documents, folder, judge=judge)
    finally:
        if judge is not None:
            judge.close()


def arbiter(facts: Facts | None) -> Arbiter | None:
    """The judge as a second opinion on records where the rules abstain."""
    if facts is None or facts.judge is None:
        return None
    from verifier.arbiter import arbiter_of

    return arbiter_of(facts.judge, facts.budget)


def _judge(named: str, settings: Settings, console: Console) -> RememberingJudge:
    from verifier.judges import open_judge

    judge = open_judge(named, Path(settings.cache))
    if not judge.was_tested:
        console.note(f"{judge.name} is new here: it is tested once on a small built-in set, which may take a minute")
    return judge


def _folder(path: Path) -> Folder:
    from verifier.folder import Folder

    if not path.is_dir():
        raise EvidenceUnreadable(f"there is no folder {path}", hint="give a folder of .txt, .md or .pdf files")
    return Folder(path)


def _context(path: Path) -> list[Passage]:
    from verifier.types import Passage, PassageSource

    try:
        with path.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise EvidenceUnreadable(
            f"the context {path} cannot be read: {error.strerror}", hint="check the spelling of the path"
        ) from error
    if len(data) > MAX_BYTES or data[:5] == b"%PDF-" or b"\0" in data[:1024]:
        raise EvidenceUnreadable(
            f"the context {path} is no plain text of at most {MAX_BYTES:,} bytes",
            hint="give larger or other documents with --evidence",
        )
    return [Passage(data.decode("utf-8-sig", errors="replace"), PassageSource.CONTEXT, path.name)]

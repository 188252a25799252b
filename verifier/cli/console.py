"""Standard output for results, standard error for everything else: colour, errors, warnings, and the progress line.

All that commands print goes through here and is harmless, whatever file names, records and settings hold.
"""

from __future__ import annotations

import logging
import os
import stat
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

import click

from citations.errors import CitationsError
from verifier.errors import VerifierError
from verifier.harmless import inline, lines

PROGRESS_AFTER_S = 1.0
"""A run that ends sooner prints no progress at all."""
PROGRESS_EVERY_S = 0.1
LONGEST_SENTENCE = 2_000
"""Characters of a sentence on standard error; a name that fills a screen hides what was said before it."""


def say(text: str, *, nl: bool = True, err: bool = False) -> None:
    """Print text of one or several lines, by default on standard output."""
    click.echo(lines(text), nl=nl, err=err)


def print_path(path: Path) -> None:
    """Print where something was written: as it is for a script that takes it up, harmless for a terminal."""
    click.echo(inline(str(path), LONGEST_SENTENCE) if sys.stdout.isatty() else os.fsencode(path))


def say_sentence(sentence: str) -> None:
    """Print one line on standard error."""
    click.echo(inline(sentence, LONGEST_SENTENCE), err=True)


def log_to_terminal(level: int) -> None:
    """Print what the libraries log, each record as one harmless line."""
    handler = logging.StreamHandler()
    handler.addFilter(_made_harmless)
    logging.basicConfig(level=level, format="%(message)s", handlers=[handler])
    logging.getLogger("urllib3").setLevel(logging.WARNING)


def _made_harmless(record: logging.LogRecord) -> bool:
    record.msg, record.args = inline(record.getMessage(), LONGEST_SENTENCE), None
    if record.exc_info:
        record.exc_text = lines("".join(traceback.format_exception(record.exc_info[1])))
    return True


@dataclass(frozen=True, slots=True)
class Console:
    """How much is said, and in which colours."""

    quiet: int = 0
    """1: results only; 2: exit code only."""
    verbose: int = 0
    """1: requests and decisions; 2: more of them."""
    colour: str = "auto"
    """``auto``, ``always`` or ``never``."""

    def has_colour(self, stream: TextIO) -> bool:
        """Whether the stream gets colour: the option first, then ``NO_COLOR`` and ``FORCE_COLOR``, then whether it is a terminal."""
        if self.colour != "auto":
            return self.colour == "always"
        if os.environ.get("NO_COLOR"):
            return False
        return bool(os.environ.get("FORCE_COLOR")) or stream.isatty()

    def note(self, sentence: str) -> None:
        """A line for whoever watches, on standard error; not with ``-q``."""
        if not self.quiet:
            say_sentence(sentence)

    def warn(self, sentence: str) -> None:
        """A warning, which is always something to act on."""
        if self.quiet < 2:
            say_sentence(f"warning: {sentence}")

    def detail(self, sentence: str) -> None:
        """A line that only ``-v`` prints."""
        if self.verbose:
            say_sentence(sentence)


def is_a_sentence(error: BaseException) -> bool:
    """Whether the error is one that a user can cause, with a sentence, a code and a hint.

    Those of ``probes`` are known by their home, so that a foreign package of that name hinders no command that needs none.
    """
    homes = {kind.__module__ for kind in type(error).__mro__}
    return isinstance(error, VerifierError | CitationsError) or "probes.errors" in homes


def print_error(error: BaseException, *, verbose: bool = False) -> None:
    """The error's sentence, its causes, and what to type."""
    if verbose:
        say("".join(traceback.format_exception(error)), err=True)
    code = f" [{getattr(error, 'code', '')}]" if is_a_sentence(error) else ""
    say_sentence(f"error: {inline(str(error), LONGEST_SENTENCE - 100)}{code}")
    cause = error.__cause__
    while cause is not None:
        first = next(iter(str(cause).splitlines()), "")
        if first and first not in str(error):
            say(f"  cause: {inline(f'{type(cause).__name__}: {first}', LONGEST_SENTENCE)}", err=True)
        cause = cause.__cause__
    hint = getattr(error, "hint", "")
    if hint:
        print_hint(hint)


def print_hint(hint: str) -> None:
    """What to type or change, below an error."""
    say(f"\nhint: {inline(hint, LONGEST_SENTENCE)}", err=True)


class ProgressLine:
    """One line on a terminal's standard error that comes after a second and is gone at the end."""

    def __init__(self, console: Console, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stderr
        self._active = self._stream.isatty() and not console.quiet and not console.verbose
        self._started_at = time.monotonic()
        self._shown_at = 0.0
        self._is_shown = False

    def show(self, text: str) -> None:
        """Replace the line."""
        now = time.monotonic()
        if self._active and now - self._started_at >= PROGRESS_AFTER_S and now - self._shown_at >= PROGRESS_EVERY_S:
            self._shown_at = now
            self._is_shown = True
            self._stream.write(f"\r\x1b[K{inline(text, 120)}")
            self._stream.flush()

    def clear(self) -> None:
        """Take the line away."""
        if self._is_shown:
            self._is_shown = False
            self._stream.write("\r\x1b[K")
            self._stream.flush()


def leads_to_a_pipe(stream: TextIO) -> bool:
    """Whether another program reads the stream while it is written."""
    try:
        mode = os.fstat(stream.fileno()).st_mode
    except (OSError, ValueError):  # closed, or held in memory
        return False
    return stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode)


@contextmanager
def output(path: str | None) -> Iterator[TextIO]:
    """Standard output, or a file that appears whole or not at all; its folders are made.

    Raises:
        VerifierError: the file cannot be written.

    """
    if path is None or path == "-":
        with suppress(AttributeError):
            sys.stdout.reconfigure(errors="replace")  # type: ignore[union-attr]  # a captured stream has no such method
        yield sys.stdout
        sys.stdout.flush()
        return
    target = Path(path)
    if target.is_dir():
        raise VerifierError(f"{path} is a folder", hint=f"-o {path.rstrip('/')}/report.html")
    try:
        # A pipe or /dev/stdout is written through, not replaced.
        with _through(target) if target.exists() and not target.is_file() else _whole(target) as stream:
            yield stream
    except BrokenPipeError:
        raise
    except OSError as error:
        hint = "results are kept in the database; write the report somewhere else"
        raise VerifierError(f"{path} cannot be written: {error.strerror or error}", hint=hint) from error


def _through(target: Path) -> TextIO:
    return target.open("w", encoding="utf-8", errors="replace")


@contextmanager
def _whole(target: Path) -> Iterator[TextIO]:
    """A file beside the target that takes its place once everything is written."""
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", errors="replace", newline="\n") as stream:
            yield stream
        Path(name).chmod(0o666 & ~_umask())
        Path(name).replace(target)
    except BaseException:
        with suppress(OSError):
            Path(name).unlink()
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask

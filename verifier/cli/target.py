"""Where a report goes: the format that a file's ending asks for, and the refusal to write over what is read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from verifier.errors import VerifierError
from verifier.render.own import is_own_report
from verifier.types import Report

SUFFIXES = {
    ".bib": "bibtex",
    ".csv": "csv",
    ".htm": "html",
    ".html": "html",
    ".json": "json",
    ".jsonl": "jsonl",
    ".md": "markdown",
    ".sarif": "sarif",
    ".txt": "text",
    ".xml": "junit",
}
"""Endings of output files and the formats they ask for."""
_HINT = (
    "a report holds what was found, and BibTeX only the corrected entries, so that your file would be lost; "
    "write it beside the input"
)


def format_for(target: str | None) -> str:
    """The format that a file's ending asks for; text for standard output and for a device or pipe.

    Raises:
        VerifierError: the ending asks for no format.

    """
    if target in {None, "-"}:
        return "text"
    path = Path(str(target))
    known = SUFFIXES.get(path.suffix.lower())
    if known is None and not (path.exists() and not path.is_file()):
        ending = f"the ending {path.suffix}" if path.suffix else "a name without ending"
        raise VerifierError(
            f"{target}: {ending} asks for no format", hint=f"add --format, or end it in {', '.join(sorted(SUFFIXES))}"
        )
    return known or "text"


def guard_inputs(target: str | None, inputs: Iterable[str]) -> None:
    """Raise ``VerifierError`` if the report would replace an input, a file in a scanned folder, or a file of a paper."""
    if target in {None, "-"} or not Path(str(target)).is_file():
        return
    for path in _read_by(inputs):
        if _is_same(path, str(target)):
            raise _refusal(str(target))


def guard_read(target: str | None, report: Report) -> None:
    """Raise ``VerifierError`` if the report would replace a file that one of its references was read from."""
    if target in {None, "-"} or not Path(str(target)).is_file():
        return
    places = [each.checked.reference.location.file for each in report.findings]
    places += [each.location.file for each in report.unreadable]
    if any(_is_same(Path(place), str(target)) for place in set(places) if place not in {"", "-"}):
        raise _refusal(str(target))


def _refusal(target: str) -> VerifierError:
    path = Path(target)
    return VerifierError(
        f"{target} is one of the files that are read, and is not overwritten",
        hint=f"{_HINT}: -o {path.with_name(f'{path.stem}.report{path.suffix}')}",
    )


def _read_by(inputs: Iterable[str]) -> Iterator[Path]:
    """The files that a run over the inputs reads, as far as they are known before it starts; never raises."""
    from citations.errors import CitationsError
    from citations.extract.latex import files_of
    from citations.extract.sources import find_sources

    for name in inputs:
        if name in {"", "-"}:
            continue
        yield Path(name)
        with suppress(CitationsError, OSError, ValueError):
            for source in find_sources([name]):
                path = Path(source.name)
                if source.root is not None and is_own_report(path):
                    continue  # the report of the last run, which is not read either
                yield path
                if path.suffix.lower() == ".tex":
                    yield from files_of(path, source.root or path.resolve().parent)


def _is_same(path: Path, target: str) -> bool:
    """Whether both are one file, also by another name or through a link."""
    try:
        return path.samefile(target)
    except (OSError, ValueError):
        return False

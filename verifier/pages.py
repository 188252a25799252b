"""The pages that ``verifier explain`` prints: kept beside the code in ``verifier/explain``, errors from their docstrings."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from citations.errors import CitationsError
from citations.index.download import DownloadFailed
from verifier.errors import VerifierError

GROUPS = {
    "verdicts": "Verdicts",
    "decisions": "Decisions",
    "stances": "Stances of claims",
    "outcomes": "Evidence",
    "severities": "Severities of a difference",
    "contradictions": "Contradictions",
    "storage": "Levels of storage",
    "learning": "Learning from reviews",
    "reasons": "Why a registry was unavailable",
    "exit-codes": "Exit codes",
    "errors": "Errors",
}
"""Files of pages, in the order in which they are listed."""


@dataclass(frozen=True, slots=True)
class Page:
    """What one code means."""

    code: str
    group: str
    """Heading it is listed under."""
    text: str

    @property
    def summary(self) -> str:
        """The first paragraph in one line."""
        return " ".join(self.text.split("\n\n")[0].split())


def pages() -> tuple[Page, ...]:
    """Every code that can be explained."""
    written = tuple(page for name, group in GROUPS.items() for page in _written(name, group))
    codes = {page.code for page in written}
    return written + tuple(page for page in _errors() if page.code not in codes)


def page(code: str) -> Page | None:
    """The page of one code; hyphens, underscores and case do not matter."""
    wanted = _folded(code)
    return next((each for each in pages() if _folded(each.code) == wanted), None)


def _folded(code: str) -> str:
    return code.strip("[] ").casefold().replace("_", "-")


def _written(name: str, group: str) -> Iterator[Page]:
    text = (Path(__file__).parent / "explain" / f"{name}.md").read_text(encoding="utf-8")
    for part in re.split(r"^# ", text, flags=re.MULTILINE)[1:]:
        code, _, body = part.partition("\n")
        yield Page(code.strip(), group, body.strip())


def _errors() -> Iterator[Page]:
    found = {*_kinds(CitationsError), *_kinds(VerifierError), *_errors_of_probes(), DownloadFailed}
    for kind in sorted(found, key=lambda each: str(getattr(each, "code", ""))):
        yield Page(str(getattr(kind, "code", "")), GROUPS["errors"], inspect.cleandoc(kind.__doc__ or ""))


def _errors_of_probes() -> set[type[Exception]]:
    """None where a foreign package stands in the place of ours: what does not need ``probes`` goes on."""
    try:
        from probes.errors import ProbesError
    except ImportError:
        return set()
    return _kinds(ProbesError)


def _kinds(base: type[Exception]) -> set[type[Exception]]:
    found: set[type[Exception]] = {base}
    for kind in base.__subclasses__():
        found |= _kinds(kind)
    return found

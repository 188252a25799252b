"""Markdown for a comment on a paper or pull request: sums, then a short table of what a person should look at."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from io import StringIO
from typing import TextIO

from citations.types import Status
from verifier.harmless import inline
from verifier.learning import LEARNT
from verifier.render.claim_words import claim_lines, claims_line, place, shown_claims
from verifier.render.terminal import verdict_sentence
from verifier.render.words import (
    WORST_FIRST,
    adjudication_words,
    calibrations,
    counts_line,
    evidence_lines,
    is_without_problem,
    moment,
    what_differs,
    word,
)
from verifier.types import ClaimFinding, Finding, Report

MOST_ROWS = 25
"""Rows of one table; the others are counted."""
LONGEST = 60_000
"""Characters of the whole; GitHub takes no comment of more than 65,536."""
_NOTHING = "&#8203;"
"""A space without width: GitHub makes mentions, links to issues and addresses of text that was escaped, but not across it."""


class MarkdownRenderer:
    """A section for every verdict that a person should look at; texts from outside are escaped."""

    name = "markdown"
    suffix = ".md"

    def render(self, report: Report, out: TextIO) -> None:
        """Write the report as GitHub-flavoured Markdown that fits into one comment."""
        page = _Page(out)
        page.write(f"# Citations of {_escape(_named(report.inputs))}\n\n")
        page.write(f"**{_escape(counts_line(report))}**")
        names = calibrations(report)
        risks = f", risks as learnt: {_escape(names)}" if LEARNT in names else ""
        page.write(f" ({report.tool.name} {report.tool.version}, {moment(report.finished_at)}{risks})\n\n")
        if is_without_problem(report):
            page.write(f"{_escape(verdict_sentence(report))}\n\n")
        _bullets(page, "gap", (f"{_escape(gap.what)}: {_escape(gap.why)}" for gap in report.gaps))
        failed = (f"{_escape(each.file)}: {_escape(each.reason)} (`{each.code}`)" for each in report.failed)
        _bullets(page, "failed", failed)
        for status in WORST_FIRST:
            findings = [each for each in report.findings if each.status is status and _is_shown(each)]
            heading = f"## {status.value.replace('_', ' ')} ({len(findings)})"
            _table(page, heading, ("where", "key", "cited", "what differs", "evidence"), map(_row, findings))
        claims = shown_claims(report)
        if report.claims:
            heading = f"## {_escape(claims_line(report))}"
            _table(page, heading, ("where", "claim", "stance", "why"), map(_claim, claims))
        lost = [(_escape(str(each.location)), _escape(each.reason)) for each in report.unreadable]
        _table(page, f"## unreadable ({len(lost)})", ("where", "why"), lost)


class _Page:
    """Writes until the page is full."""

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._left = LONGEST

    def fits(self, text: str) -> bool:
        """Whether it still has room."""
        return len(text) <= self._left

    def write(self, text: str) -> None:
        """Write what must stand there."""
        self._left -= len(text)
        self._out.write(text)


def _is_shown(finding: Finding) -> bool:
    """Of what is verified only samples that people found wrong; the others are in the sum."""
    said = finding.adjudication
    return finding.status is not Status.VERIFIED or (said is not None and said.accepted)


def _named(inputs: Sequence[str]) -> str:
    return ", ".join(inputs[:5]) + (f" and {len(inputs) - 5} others" if len(inputs) > 5 else "")


def _bullets(page: _Page, what: str, lines: Iterable[str]) -> None:
    left = 0
    for number, line in enumerate(lines):
        item = f"- {what}: {line}\n"
        if number < MOST_ROWS and page.fits(item):
            page.write(item)
        else:
            left += 1
    if left:
        page.write(f"- {left} more of the kind {what}\n")


def _table(page: _Page, heading: str, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """A heading with its table, as much of it as fits, and how much does not."""
    made = StringIO()
    left = number = 0
    for number, row in enumerate(rows, start=1):
        line = f"| {' | '.join(row)} |\n"
        if left == 0 and number <= MOST_ROWS and page.fits(made.getvalue() + line + "x" * 400):
            made.write(line)
        else:
            left += 1
    if not number:
        if heading.startswith("## ") and not heading.endswith("(0)"):
            page.write(f"\n{heading}\n")
        return
    page.write(f"\n{heading}\n\n")
    if made.getvalue():
        page.write(f"| {' | '.join(columns)} |\n|{'---|' * len(columns)}\n{made.getvalue()}")
    if left:
        page.write(f"\n{left} more; `--format html` holds all of them\n")


def _row(finding: Finding) -> tuple[str, ...]:
    reference = finding.checked.reference
    said = [
        adjudication_words(finding),
        what_differs(finding.checked.verdict),
        *(f"damaged: {each}" for each in reference.mended),
    ]
    return (
        _escape(str(reference.location)),
        _escape(reference.key),
        _escape(inline(reference.fields.title or reference.raw, 160)),
        "<br>".join(_escape(each) for each in said if each),
        "<br>".join(_escape(each) for each in evidence_lines(finding.checked.evidence)[:5]),
    )


def _claim(finding: ClaimFinding) -> tuple[str, ...]:
    why = "<br>".join(_escape(line) for line in claim_lines(finding)[:5])
    return _escape(place(finding)), _escape(inline(finding.claim.text, 200)), word(finding.stance), why


def _escape(text: str) -> str:
    r"""One line in which nothing is markup, a link, a mention, a formula or the end of a cell.

    >>> print(_escape("@ada www.example.org #1 | $x$"))
    @&#8203;ada www&#8203;.example.org \#&#8203;1 \| \$&#8203;x\$&#8203;
    """
    line = inline(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    line = re.sub(r"([\\`*_\[\]()#|~!$])", r"\\\1", line)
    return re.sub(r"(@|\\#|\\\$|://|(?i:\b(?:www|gh|mailto|xmpp)(?=[.:-])))", _broken, line)


def _broken(found: re.Match[str]) -> str:
    """The same to the eye, and nothing that a program makes a link of."""
    text = found.group()
    return f":{_NOTHING}//" if text == "://" else f"{text}{_NOTHING}"

"""Finds the printed numbers or labels in front of the entries of a reference list.

A number counts only as a member of a rising chain: a wrapped line that happens to begin with ``12.`` has no neighbour 11.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from citations.parse.lines import Line

NUMBERS: dict[str, re.Pattern[str]] = {
    "bracket": re.compile(r"(?:\.\.\s+)?[\[［【]\s?(\d{1,5})\s?[\]］】][.:]?\s*"),
    "note": re.compile(r"\[\^(\d{1,5})\]:\s*"),
    "dot": re.compile(r"(\d{1,5})\s?\.(?!\d)\s*"),
    "round": re.compile(r"\((\d{1,5})\)[.:]?\s*"),
    "half": re.compile(r"(\d{1,5})\)\s*"),
    "bare": re.compile(r"(\d{1,5})(?=\s+\S|[^\W\d_]|[\"“‘«(]|$)\s*"),
}
"""How entries are numbered, most telling first."""

ALPHA = re.compile(
    r"\[(\^?[^\W\d_][^\[\]\s]{0,24}\d{2,4}[a-z]?|\^[^\[\]\s]{1,40}|[^\W\d_][^\[\]]{1,60}[\s(,]\d{4}[a-z]?\)?)\]:?\s*"
)
"""``[ABC+20]``, ``[Smith99]``, ``[Smith et al.(2020)]``, ``[^smith]:``."""

NOTE = re.compile(r"\[\^([^\]\s]{1,40})\]:\s*")
"""``[^1]:``, ``[^smith]:`` of Markdown, numbered and named ones mixed."""

BULLET = re.compile(r"(?:[-*+](?=\s+[^\s,.&\-–—])|[•◦▪‣·●∙■])\s*")

USUAL = 15
"""Lines; an entry with more is possible, but two numbers so far apart belong together less."""

RESTARTS = 50_000
"""Candidates looked at again for lists that begin to count anew; bounds the time on text that nobody wrote."""

MISSING = 4
"""So many numbers in a row may be lost before a chain is two chains."""


@dataclass(frozen=True, slots=True)
class Mark:
    """The label that begins an entry."""

    line: int
    """Index of the line it stands on."""
    label: str
    """``12``, ``ABC+20``; empty for a bullet."""
    width: int
    """Characters of the line that belong to the label."""


@dataclass(frozen=True, slots=True)
class _Candidate:
    mark: Mark
    number: int
    weight: float


def numbering(lines: Sequence[Line]) -> tuple[Mark, ...]:
    """Marks of all entries, in order; empty if the list has no labels.

    >>> [mark.label for mark in numbering((Line("[1] A. Smith, 2001."), Line("12. Springer."), Line("[2] B. Doe, 2002.")))]
    ['1', '2']
    """
    best: tuple[Mark, ...] = ()
    best_score = 0.0
    for name, pattern in NUMBERS.items():
        chain, score = _chain(lines, pattern)
        if score > best_score + 1 and _holds(name, chain, lines):
            best, best_score = chain, score
    noted = tuple(_labelled(lines, NOTE))
    if len(noted) > len(best) and noted[0].line <= 2:
        return noted
    for pattern in (NUMBERS["bracket"], ALPHA, BULLET):
        labelled = tuple(_labelled(lines, pattern))
        if len(labelled) > max(2 * best_score, 1) and labelled[0].line <= 2:
            best, best_score = labelled, float(len(labelled))
    return best


def chains(lines: Sequence[Line]) -> tuple[tuple[Mark, ...], ...]:
    """Every rising chain of three or more numbers, wherever among the lines it stands; a restart is another chain."""
    runs = (run for pattern in NUMBERS.values() for run, _ in _runs(lines, pattern))
    return tuple(tuple(each.mark for each in run) for run in runs if len(run) >= 3)


def _labelled(lines: Sequence[Line], pattern: re.Pattern[str]) -> Iterator[Mark]:
    """Marks that are no numbers and therefore form no chain."""
    for index, line in enumerate(lines):
        match = pattern.match(line.text)
        if match and match.end() < len(line.text):
            yield Mark(index, (match.group(1) if match.re.groups else "").lstrip("^"), match.end())


def _holds(name: str, chain: tuple[Mark, ...], lines: Sequence[Line]) -> bool:
    """Whether the chain numbers the entries and is not an accident of wrapped lines."""
    if not chain:
        return False
    early = chain[0].line <= max(3, len(lines) // 8)
    if len(chain) < 2:
        return early and chain[0].line == 0 and name in {"bracket", "dot", "note"} and chain[0].label == "1"
    if name == "bare":
        starts = sum(_looks_begun(lines[mark.line].text[mark.width :]) for mark in chain)
        return early and len(chain) >= 3 and starts >= 0.7 * len(chain) and len(lines) <= 15 * len(chain)
    return early and len(lines) <= 40 * len(chain)


def _chain(lines: Sequence[Line], pattern: re.Pattern[str]) -> tuple[tuple[Mark, ...], float]:
    """The best rising chain of numbers of one form, restarts included."""
    runs = _runs(lines, pattern)
    return tuple(each.mark for run, _ in runs for each in run), sum(score for _, score in runs)


def _runs(lines: Sequence[Line], pattern: re.Pattern[str]) -> list[tuple[list[_Candidate], float]]:
    """The best rising run of numbers, and those that begin anew behind it."""
    found = _candidates(lines, pattern)
    runs: list[tuple[list[_Candidate], float]] = []
    begin = 0
    budget = 2 * len(found) + RESTARTS
    while begin < len(found) and budget > 0:
        budget -= len(found) - begin
        run, score = _best_run(found[begin:])
        if len(run) < (3 if runs else 1):
            break
        runs.append((run, score))
        begin = found.index(run[-1], begin) + 1
    return runs


def _candidates(lines: Sequence[Line], pattern: re.Pattern[str]) -> list[_Candidate]:
    """Every line that begins with a number of this form."""
    hits = [(index, match) for index, line in enumerate(lines) if (match := pattern.match(line.text))]
    usual = Counter(round(lines[index].indent) for index, _ in hits).most_common(1)
    found = []
    for index, match in hits:
        rest = lines[index].text[match.end() :]
        weight = 1.0 + (0.3 if _looks_begun(rest) else -0.3)
        weight += 0.2 if abs(round(lines[index].indent) - usual[0][0]) <= 1 else -0.2
        if index and lines[index - 1].text.endswith(("-", ",", "–")):
            weight -= 0.4
        found.append(_Candidate(Mark(index, match.group(1), match.end()), int(match.group(1)), weight))
    return found


def _looks_begun(rest: str) -> bool:
    """Whether the text behind a label can open an entry; nothing at all can, the label then has its own line."""
    return not rest or rest[0].isupper() or rest[0] in "\"“‘«'([," or not (rest[0].isascii() or rest[0].isdigit())


def _best_run(found: Sequence[_Candidate]) -> tuple[list[_Candidate], float]:
    """The chain with the greatest weight whose numbers rise by one, or by a few where labels were lost."""
    best: dict[int, tuple[float, int]] = {}
    parents: list[int] = []
    for index, each in enumerate(found):
        before, parent = (0.0 if each.number <= 1 else -1.0), -1
        for step in range(1, MISSING + 1):
            score, at = best.get(each.number - step, (0.0, -1))
            score -= min(1.0, 0.02 * max(0, each.mark.line - found[at].mark.line - USUAL)) if at >= 0 else 0.0
            if at >= 0 and score - 0.6 * (step - 1) > before:
                before, parent = score - 0.6 * (step - 1), at
        parents.append(parent)
        reached = best.get(each.number, (float("-inf"), -1))[0]
        if before + each.weight > reached or (each.number == 1 and each.weight > reached - 0.5):
            best[each.number] = (before + each.weight, index)
    if not best:
        return [], 0.0
    score, index = max(best.values())
    run: list[_Candidate] = []
    while index >= 0:
        run.append(found[index])
        index = parents[index]
    return run[::-1], score


def without_label(text: str, label: str) -> str:
    """The entry behind its printed label or bullet; the whole text where nothing of the kind begins it.

    >>> without_label("[12] A. Smith, 2001.", "12"), without_label("- A. Smith, 2001.", "")
    ('A. Smith, 2001.', 'A. Smith, 2001.')
    """
    if not label:
        bullet = BULLET.match(text)
        return text[bullet.end() :] if bullet else text
    for pattern in (*NUMBERS.values(), ALPHA, NOTE):
        match = pattern.match(text)
        if match and match.group(1).lstrip("^") == label and match.end() < len(text):
            return text[match.end() :]
    return text

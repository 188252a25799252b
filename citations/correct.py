"""The corrected BibTeX entry beside the original: wrong values are replaced where they stand, nothing else moves."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from citations.types import CheckedReference, FieldDiff, FieldName, Name, Severity, Status, Work

_NAMES = {
    FieldName.TITLE: ("title",),
    FieldName.AUTHORS: ("author",),
    FieldName.YEAR: ("year", "date"),
    FieldName.VENUE: ("journal", "journaltitle", "booktitle"),
    FieldName.VOLUME: ("volume",),
    FieldName.ISSUE: ("number", "issue"),
    FieldName.PAGES: ("pages",),
    FieldName.DOI: ("doi",),
    FieldName.ARXIV: ("eprint",),
    FieldName.PMID: ("pmid",),
}
_IDENTIFIERS = frozenset({FieldName.DOI, FieldName.ARXIV, FieldName.PMID})
_HEAD = re.compile(r"\s*@\s*[A-Za-z]+\s*[{(]\s*[^,\s]*\s*,")
_FIELD = re.compile(r"(?:[\s,]|%[^\n]*\n)*([A-Za-z][\w:.+-]*)\s*=\s*")
_BARE = re.compile(r"[^\s,#{}\"()]+")
_SPECIAL = re.compile(r"(?<!\\)([&%#_$])")


@dataclass(frozen=True, slots=True)
class _Span:
    """One field of the entry."""

    name: str
    start: int
    """Offset of its name."""
    value: int
    """Offset of its value, delimiters included."""
    end: int
    """Offset behind its value."""


@dataclass(frozen=True, slots=True)
class _Edit:
    start: int
    end: int
    text: str


def corrected_entry(checked: CheckedReference) -> str:
    """The entry with its wrong fields replaced by registered values, empty if there is nothing to correct.

    Only differences beyond the cosmetic are touched, and only in BibTeX. An identifier that names another work is
    replaced by the right one or, where none is known, taken out. Never raises.
    """
    raw, verdict = checked.reference.raw, checked.verdict
    if verdict.work is None or verdict.status not in {Status.MISMATCH, Status.VERIFIED, Status.RETRACTED}:
        return ""
    spans = {span.name: span for span in _fields(raw)}
    edits = []
    for diff in verdict.diffs:
        span = next((spans[name] for name in _NAMES.get(diff.field, ()) if name in spans), None)
        edit = _edit(raw, span, diff, verdict.work) if span is not None else None
        if edit is not None:
            edits.append(edit)
    for edit in sorted(edits, key=lambda each: -each.start):
        raw = raw[: edit.start] + edit.text + raw[edit.end :]
    return raw if edits else ""


def _edit(raw: str, span: _Span, diff: FieldDiff, work: Work) -> _Edit | None:
    if diff.severity is Severity.COSMETIC:
        return None
    value = _registered(diff.field, work)
    if value:
        opening, closing = ("{{", "}}") if raw.startswith("{{", span.value) else ("{", "}")
        return _Edit(span.value, span.end, f"{opening}{value}{closing}")
    if diff.field in _IDENTIFIERS and diff.severity is Severity.MAJOR:
        end = span.end + 1 if raw[span.end : span.end + 1] == "," else span.end
        return _Edit(span.start, end, "")
    return None


def _registered(field: FieldName, work: Work) -> str:
    """The record's value as it is written in BibTeX, empty if the record does not hold it."""
    values = work.fields
    if field is FieldName.AUTHORS:
        return " and ".join(_name(name) for name in values.authors)
    if field is FieldName.PAGES:
        return re.sub(r"\s*[-–—‒]+\s*", "--", values.pages)
    value = getattr(values, field.value)
    text = "" if value is None else str(value)
    return text if field in _IDENTIFIERS else _SPECIAL.sub(r"\\\1", text)


def _name(name: Name) -> str:
    if name.literal:
        return f"{{{_SPECIAL.sub(_escaped, name.literal)}}}"
    parts = [name.family, name.suffix, name.given] if name.suffix else [name.family, name.given]
    return ", ".join(part for part in parts if part)


def _escaped(found: re.Match[str]) -> str:
    return f"\\{found[1]}"


def _fields(raw: str) -> Iterator[_Span]:
    """The fields of an entry, as far as they can be made out."""
    head = _HEAD.match(raw)
    at = head.end() if head else len(raw)
    while found := _FIELD.match(raw, at):
        end = _value_end(raw, found.end())
        if end is None:
            return
        yield _Span(found[1].lower(), found.start(1), found.end(), end)
        at = end


def _value_end(raw: str, at: int) -> int | None:
    """Where a value ends: pieces in braces, quotes or bare, joined by ``#``."""
    while True:
        end = _piece_end(raw, at)
        if end is None:
            return None
        joined = re.compile(r"\s*#\s*").match(raw, end)
        if joined is None:
            return end
        at = joined.end()


def _piece_end(raw: str, at: int) -> int | None:
    if raw[at : at + 1] == "{":
        return _closing(raw, at, "}")
    if raw[at : at + 1] == '"':
        return _closing(raw, at, '"')
    bare = _BARE.match(raw, at)
    return bare.end() if bare else None


def _closing(raw: str, at: int, sign: str) -> int | None:
    """Behind the brace or quote that closes the one at ``at``; braces nest in both."""
    depth = 0
    for offset in range(at, len(raw)):
        here = raw[offset]
        escaped = offset > 0 and raw[offset - 1] == "\\"
        if here == "{" and not escaped:
            depth += 1
        elif here == "}" and not escaped:
            depth -= 1
        if depth == 0 and here == sign and offset > at:
            return offset + 1
    return None

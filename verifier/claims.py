"""Cuts a text into claims: sentences, list items and table rows, each with its exact place. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from citations.parse.blocks import Block, BlockKind, blocks
from verifier.checkable import not_checkable
from verifier.sentences import sentences
from verifier.types import Claim, ClaimKind, NotCheckable, Span

MAX_CLAIMS = 2_000
"""Claims that are cut from one text at most."""
_RULE = re.compile(r"[\s|:+=-]*$")
_CELL = re.compile(r"(?<!\\)\|")
_NOTHING = re.compile(r"[ \t]{0,3}(?:<!--.*-->|</?[a-z][^>]{0,200}>|\$\$.*|[*_=~-]{3,})[ \t]*$", re.IGNORECASE)
_QUOTE_MARK = re.compile(r"[ \t]{0,3}(?:>[ \t]?)+")
_LEAD = 300
"""Characters before a list that may say what its items are."""


@dataclass(frozen=True, slots=True)
class Cited:
    """That a span of the text names works: a reference mark, a short or a full citation."""

    span: Span
    references: tuple[str, ...]
    """``Reference.id`` of each."""
    is_entry: bool = False
    """It is an entry of a reference list, which is checked as a reference and asserts nothing else."""


def find_claims(text: str, cited: Sequence[Cited] = ()) -> tuple[Claim, ...]:
    r"""The claims of a text in their order; ``text[span.start:span.end] == claim.text`` holds for each. Never raises.

    Code, headings, rules and entries of reference lists are left out; what asserts nothing is kept and says why. Linear in
    the length of the text, and at most ``MAX_CLAIMS``: so many mean that there may be more.

    >>> [(each.text, each.kind.value) for each in find_claims("# Tea\n\n- Tea holds caffeine.\n- Is it old?")]
    [('Tea holds caffeine.', 'item'), ('Is it old?', 'item')]
    """
    entries = _Spans([each for each in cited if each.is_entry])
    named = _Spans(cited)
    found: list[Claim] = []
    for piece in _pieces(text):
        if entries.cover(piece.span):
            continue
        said = text[piece.span.start : piece.span.end]
        if len(found) == MAX_CLAIMS:
            break
        names = named.within(piece.span)
        claim = Claim(f"c{len(found) + 1}", said, piece.span, piece.kind, cites=names, lead=piece.lead)
        found.append(replace(claim, not_checkable=_why_not(claim)))
    return tuple(found)


def _why_not(claim: Claim) -> NotCheckable | None:
    """Why nobody could check it. A row asserts something if it has two cells, an item under a line that announces it."""
    if claim.kind is ClaimKind.ROW:
        cells = [each for each in _CELL.split(claim.text) if each.strip()]
        return None if len(cells) > 1 else NotCheckable.HEADING
    why = not_checkable(claim.text, cites=bool(claim.cites))
    if why is NotCheckable.HEADING and claim.lead and not claim.text.rstrip("*_ ").endswith(":"):
        return not_checkable(with_lead(claim), cites=bool(claim.cites))
    return why


@dataclass(frozen=True, slots=True)
class _Piece:
    """A span that may be a claim."""

    span: Span
    kind: ClaimKind
    lead: str = ""


def _pieces(text: str) -> Iterator[_Piece]:
    lead, behind = "", 0
    for block in blocks(text):
        if block.kind is BlockKind.CODE:
            lead = ""
            continue
        if block.kind is BlockKind.PARAGRAPH or "\n#" in text[behind : block.start]:
            lead = ""
        behind = block.end
        for piece in _of_block(text, block, lead):
            yield piece
            if block.kind is BlockKind.PARAGRAPH:
                said = text[piece.span.start : piece.span.end]
                lead = said if said.rstrip("*_ ").endswith(":") and len(said) <= _LEAD else ""


def _of_block(text: str, block: Block, lead: str) -> Iterator[_Piece]:
    kind = ClaimKind.ITEM if block.kind is BlockKind.ITEM else ClaimKind.SENTENCE
    for part, is_table in _tables(text, block.start, block.end):
        if is_table:
            yield from _rows(text, part)
            continue
        for line in _quotes(text, part):
            for span in sentences(text, line.start, line.end):
                yield _Piece(span, kind, lead if kind is ClaimKind.ITEM else "")


def _tables(text: str, start: int, end: int) -> Iterator[tuple[Span, bool]]:
    """A block cut into runs of lines that are rows of a table, and others; lines that hold nothing are left out."""
    run: Span | None = None
    in_table = False
    for line in _lines(text, start, end):
        said = text[line.start : line.end]
        empty = bool(_NOTHING.match(said)) and "|" not in said
        is_row = len(_CELL.findall(said)) >= 2 or (said.lstrip().startswith("|"))
        if run is not None and (empty or is_row != in_table):
            yield run, in_table
            run = None
        if not empty:
            run = line if run is None else Span(run.start, line.end)
            in_table = is_row
    if run is not None:
        yield run, in_table


def _rows(text: str, table: Span) -> Iterator[_Piece]:
    """The rows below a table's head, each with the headings of its columns; all rows where there is no head."""
    rows = [row for line in _lines(text, table.start, table.end) if (row := _row(text, line)) is not None]
    ruled = len(rows) > 1 and bool(_RULE.match(text[rows[1].start : rows[1].end]))
    head = text[rows[0].start : rows[0].end] if ruled else ""
    for row in rows[2:] if ruled else rows:
        said = text[row.start : row.end]
        if not _RULE.match(said):
            yield _Piece(row, ClaimKind.ROW, head)


def _row(text: str, line: Span) -> Span | None:
    """The row without the bars and blanks at its ends."""
    start, end = line.start, line.end
    while start < end and text[start] in " \t|>":
        start += 1
    while end > start and text[end - 1] in " \t\r|":
        end -= 1
    return Span(start, end) if start < end else None


def _quotes(text: str, part: Span) -> Iterator[Span]:
    """A part cut behind the quotation marks of Markdown at the beginnings of its lines, if it has any."""
    if "\n" not in text[part.start : part.end] or ">" not in text[part.start : part.end]:
        found = _QUOTE_MARK.match(text, part.start, part.end)
        yield Span(found.end() if found else part.start, part.end)
        return
    begin = part.start
    for line in _lines(text, part.start, part.end):
        found = _QUOTE_MARK.match(text, line.start, line.end)
        if found:
            if line.start > begin:
                yield Span(begin, line.start)
            begin = found.end()
    yield Span(begin, part.end)


def _lines(text: str, start: int, end: int) -> Iterator[Span]:
    while start < end:
        stop = text.find("\n", start, end)
        stop = end if stop < 0 else stop
        yield Span(start, stop)
        start = stop + 1


class _Spans:
    """Cited spans in order, asked for places that only go forward."""

    def __init__(self, cited: Sequence[Cited]) -> None:
        self._cited = sorted(cited, key=lambda each: each.span.start)
        self._next = 0

    def within(self, span: Span) -> tuple[str, ...]:
        """The works that are named inside a span, each once."""
        return tuple(dict.fromkeys(name for each in self._touching(span) for name in each.references))

    def cover(self, span: Span) -> bool:
        """Whether most of the span is entries of a list."""
        shared = sum(min(each.span.end, span.end) - max(each.span.start, span.start) for each in self._touching(span))
        return 2 * shared > span.end - span.start

    def _touching(self, span: Span) -> list[Cited]:
        while self._next < len(self._cited) and self._cited[self._next].span.end <= span.start:
            self._next += 1
        found = []
        for index in range(self._next, len(self._cited)):
            each = self._cited[index]
            if each.span.start >= span.end:
                break
            if each.span.end > span.start:
                found.append(each)
        return found


def with_lead(claim: Claim) -> str:
    """The claim as somebody reads it who sees nothing around it: with the line above the list, or the columns' headings."""
    if not claim.lead:
        return claim.text
    if claim.kind is not ClaimKind.ROW:
        return f"{claim.lead} {claim.text}"
    heads = [each.strip() for each in _CELL.split(claim.lead)]
    cells = [each.strip() for each in _CELL.split(claim.text)]
    if len(heads) != len(cells):
        return f"{claim.lead}: {claim.text}"
    return "; ".join(f"{head}: {cell}" if head else cell for head, cell in zip(heads, cells, strict=True))

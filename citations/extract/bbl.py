r"""Read ``.bbl`` files and ``thebibliography`` environments: what BibTeX or biber wrote, or an author by hand.

Four ways of writing: printed text behind ``\bibitem``, the same with its parts marked (``\bibinfo`` of REVTeX, ACM and
Elsevier), biblatex's ``\entry`` with fields, and the ``\bib`` of amsrefs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from citations.extract.bbl_marked import amsrefs_block, biblatex_block, marked_fields
from citations.extract.bibtex_blocks import Block
from citations.extract.bibtex_fields import bibtex_fields
from citations.extract.interface import Document
from citations.extract.tex_source import braced, bracketed, readable_source, without_comments, without_skipped
from citations.extract.tex_text import tex_text
from citations.identifiers import find_identifiers
from citations.names import read_names
from citations.parse.fields import parse_fields
from citations.parse.repeated import with_repeated_authors
from citations.parse.several import several
from citations.types import Extracted, Fields, Kind, Location, Reference, Scheme, Unreadable

_LIST = re.compile(rb"\\begin\s*\{thebibliography\}|\\bibitem\b|\\entry\{[^}]*\}\{[a-z]+\}|biblatex auxiliary file")
_ITEM = re.compile(
    r"\\(?:bibitem(?=\s*[\[{])|bib(?=\*?\s*\{[^{}]*\}\s*\{[a-z]+\}\s*\{)|entry(?=\s*\{[^{}]*\}\s*\{))(?![A-Za-z])"
)
_ENTRY_END = re.compile(r"\\endentry(?![A-Za-z])")
_LIST_END = re.compile(
    r"\\end\s*\{(?:thebibliography|references|document|CSLReferences)\}|\\endrefsection|\\endgroup(?![A-Za-z])"
)
_HREF = re.compile(r"\\(?:href|doi|url|path|eprint)(?:@noop)?\s*\{([^{}]*)\}")
_BYSAME = re.compile(r"\\bysame(?![A-Za-z])|\\rule\s*\{[^{}]*\}\s*\{[^{}]*\}|\\underline\s*\{\s*\\hskip[^{}]*\}")
_NEWBLOCK = re.compile(r"\\newblock(?![A-Za-z])")
_EMPHASIS = re.compile(r"\s*(?:\{\s*\\(?:em|it|sl|itshape)(?![A-Za-z])|\\(?:emph|textit|textsl|textbf)\s*(?=\{))")
_NO_TITLE = re.compile(r"(?:in|url|doi|https?|arxiv|ph\.?d\.?|master|technical|\d)\b", re.IGNORECASE)
_PRINTED_YEAR = re.compile(r"[\s,.]*\(?\b(?:1[5-9]|20)\d\d[a-z]?\b\)?[\s.:]*$")
_WORDS = re.compile(r"[^\W\d_]{2}")
_UNTITLED = re.compile(
    r"(?P<authors>\S.{2,2000}?),?\s\(?(?P<year>(?:1[789]|20)\d\d)[a-z]?\)?,\s(?P<venue>[^,\d][^,]{1,89}),\s(?P<volume>\w{1,9}),\s"
    r"(?P<page>[A-Z]{0,2}\d[\w.–-]{0,14})\.?,?(?:\s*(?:\[?doi|\[?arxiv|https?:|\().{0,300})?",
    re.IGNORECASE,
)
_PREPRINT = re.compile(
    r"(?P<authors>\S.{2,2000}?),?\s\(?(?P<year>(?:19|20)\d\d)[a-z]?\)?,\s(?P<venue>arxiv(?: e-prints| preprint)?),\s"
    r"(?:arxiv:)?(?P<number>[\w./-]+)\.?(?:\s.{0,120})?",
    re.IGNORECASE,
)
_LONGEST = 20_000


class BblExtractor:
    """Entries of a ``.bbl`` file."""

    name = "bbl"
    suffixes = (".bbl",)

    def accepts(self, head: bytes) -> bool:
        """Whether a list begins in the first kilobytes, and no document of its own."""
        return _LIST.search(head) is not None and b"\\documentclass" not in head

    def extract(self, document: Document) -> Iterator[Extracted]:
        """Entries in file order, a biblatex entry that several sortings repeat once."""
        text = document.text().replace("\0", " ")
        return bibliography_items(document, text, readable_source(text))


def bibliography_items(document: Document, text: str, readable: str) -> Iterator[Extracted]:
    """Entries in ``text``, found in its ``readable`` copy (comments blanked, same offsets)."""
    seen: dict[str, int] = {}
    above: Fields | None = None
    line, counted = 1, 0
    starts = list(_ITEM.finditer(readable))
    stops = [match.start() for match in starts[1:]] + [len(text)]
    for number, (match, stop) in enumerate(zip(starts, stops, strict=False), 1):
        line += text.count("\n", counted, match.start())
        counted = match.start()
        structured = readable.startswith("\\entry", match.start())
        end_mark = (_ENTRY_END if structured else _LIST_END).search(readable, match.end(), stop)
        end = end_mark.start() if end_mark else stop
        where = Location(document.name, line=line, start=match.start(), end=end)
        if number > document.limits.max_entries:
            yield Unreadable(where, f"only the first {document.limits.max_entries:,} entries of a list are read")
            return
        if structured:
            key, works = _marked(biblatex_block(text[match.end() : end]))
        elif readable.startswith("\\bibitem", match.start()):
            key, works = _printed(text, readable, match.end(), end, above)
        else:
            key, works = _marked(amsrefs_block(without_comments(text[match.end() : end])))
        raw = without_skipped(text[match.start() : end]).strip()
        if not works:
            yield Unreadable(where, "the entry holds no words that can be read", raw[:500], key)
        handle = key or f"line-{line}"
        for work in works:
            above = work.fields
            seen[handle] = seen.get(handle, 0) + 1
            if not structured or seen[handle] == 1:
                again = f"~{seen[handle]}" if seen[handle] > 1 else ""
                yield Reference(f"{document.name}#{handle}{again}", work.raw or raw, work.fields, where, key, "bbl")


@dataclass(frozen=True, slots=True)
class _Work:
    """One work of an item."""

    fields: Fields
    raw: str = ""
    """Its part of the item, where that cites several works."""


def _marked(block: Block) -> tuple[str, list[_Work]]:
    return block.key, [_Work(bibtex_fields(block))] if block.fields else []


def _printed(text: str, readable: str, position: int, end: int, above: Fields | None) -> tuple[str, list[_Work]]:
    r"""Key and works of a ``\bibitem``."""
    label = bracketed(readable, position, end)
    key = braced(readable, label[1] if label else position, end)
    body = without_comments(without_skipped(text[key[1] if key else position : end]))[:_LONGEST]
    return " ".join(key[0].split()) if key else "", _works(body, above)


def _works(body: str, above: Fields | None) -> list[_Work]:
    """The work that an item cites, or its works where it cites several."""
    plain = tex_text(body)
    if not _WORDS.search(plain):
        return []
    offsets = several(plain)
    if not offsets:
        return [_Work(printed_fields(body, above))]
    pieces = [plain[begin:stop].strip() for begin, stop in pairwise((0, *offsets, len(plain)))]
    return [_Work(with_repeated_authors(piece, parse_fields(piece), above), piece) for piece in pieces]


def printed_fields(body: str, above: Fields | None = None) -> Fields:
    r"""Fields of one printed entry in LaTeX; ``above`` is the entry whose authors a dash repeats.

    >>> printed_fields(r"A.~Turing.\n\newblock On computable numbers. \newblock {\em Proc. LMS}, 42:230, 1937.").title
    'On computable numbers'
    """
    marked = marked_fields(body)
    if marked is not None:
        return _with_links(marked, body)
    body = _BYSAME.sub("———", body)
    text = tex_text(body)
    fields = _untitled(text) or _by_blocks(parse_fields(text), body)
    fields = with_repeated_authors(text, fields, above)
    return _with_links(fields, body)


def _untitled(text: str) -> Fields | None:
    """Fields of an entry in the astronomers' style, which prints no title: authors year, journal, volume, page."""
    preprint, paper = _PREPRINT.fullmatch(text), _UNTITLED.fullmatch(text)
    found = preprint or paper
    if found is None:
        return None
    names = read_names(found["authors"].rstrip(" ,"))
    fields = Fields(
        authors=names.names,
        et_al=names.et_al,
        year=int(found["year"]),
        venue=found["venue"].strip(),
        kind=Kind.PREPRINT if preprint else Kind.ARTICLE,
    )
    if paper:
        fields = replace(fields, volume=paper["volume"], pages=paper["page"].replace("–", "-"))
    identifiers = {each.scheme: each.value for each in find_identifiers(text)}
    return replace(fields, doi=identifiers.get(Scheme.DOI, ""), arxiv=identifiers.get(Scheme.ARXIV, ""))


def _by_blocks(fields: Fields, body: str) -> Fields:
    r"""Title and authors where ``\newblock`` says where they end: in the standard styles and their many children."""
    blocks = [block for block in _NEWBLOCK.split(body) if block.strip()]
    if len(blocks) < 2 or _EMPHASIS.match(blocks[0]) or "``" in blocks[0]:
        return fields
    emphasis = _EMPHASIS.match(blocks[1])
    title = blocks[1]
    if emphasis:
        start = blocks[1].index("{")
        argument = braced(blocks[1], start)
        title = argument[0] if argument else title
    title = tex_text(title).strip("“”‘’\"' ").rstrip(".,")
    if not _WORDS.search(title) or _NO_TITLE.match(title):
        return fields
    authors = read_names(_PRINTED_YEAR.sub("", tex_text(blocks[0])).rstrip(" .,:"))
    if not authors.names or "———" in blocks[0]:
        return replace(fields, title=title)
    return replace(fields, title=title, authors=authors.names, et_al=authors.et_al or fields.et_al)


def _with_links(fields: Fields, body: str) -> Fields:
    """Identifiers and the address that stand only in links."""
    addresses = [link[1].replace("\\", "").replace(" ", "") for link in _HREF.finditer(body)]
    found = {each.scheme: each.value for each in reversed(find_identifiers(" ".join([*addresses, tex_text(body)])))}
    return replace(
        fields,
        doi=fields.doi or found.get(Scheme.DOI, ""),
        arxiv=fields.arxiv or found.get(Scheme.ARXIV, ""),
        url=fields.url or next((each for each in addresses if each.startswith(("http://", "https://"))), ""),
    )

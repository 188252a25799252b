"""BibTeX entries that a language model printed in its answer; files are read by ``citations.extract.bibtex``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from citations.identifiers import normalise_arxiv, normalise_doi, normalise_isbn
from citations.markup import tex_to_text
from citations.names import read_bibtex_names
from citations.types import Fields, Kind

_ENTRY = re.compile(r"@([A-Za-z]{3,20})[ \t\n]{0,4}\{[ \t\n]{0,4}([^\s,{}\"]{1,80}),")
_FIELD = re.compile(r"([A-Za-z]{2,20})[ \t\n]{0,9}=[ \t\n]{0,9}")
_LONGEST = 8_000
_KINDS = {
    "article": Kind.ARTICLE,
    "inproceedings": Kind.CONFERENCE,
    "conference": Kind.CONFERENCE,
    "book": Kind.BOOK,
    "incollection": Kind.CHAPTER,
    "inbook": Kind.CHAPTER,
    "phdthesis": Kind.THESIS,
    "mastersthesis": Kind.THESIS,
    "thesis": Kind.THESIS,
    "techreport": Kind.REPORT,
    "report": Kind.REPORT,
    "online": Kind.WEBSITE,
    "unpublished": Kind.UNPUBLISHED,
    "software": Kind.SOFTWARE,
    "dataset": Kind.DATASET,
}


@dataclass(frozen=True, slots=True)
class BibtexBlock:
    """One entry with its place in the text."""

    start: int
    end: int
    key: str
    fields: Fields


def bibtex_blocks(text: str) -> Iterator[BibtexBlock]:
    """The BibTeX entries of a text in their order; an entry without end goes to the next blank line."""
    behind = 0
    for entry in _ENTRY.finditer(text):
        if entry.start() < behind or entry[1].lower() in {"comment", "string", "preamble"}:
            continue
        closing = _closing(text, entry.end(), min(len(text), entry.start() + _LONGEST))
        values = _values(text, entry.end(), closing)
        behind = closing + text.startswith("}", closing)
        yield BibtexBlock(entry.start(), behind, entry[2], _fields(entry[1].lower(), values))


def _closing(text: str, start: int, limit: int) -> int:
    """The brace that closes the one open at ``start``; without one the next blank line or the limit."""
    depth = 1
    for at in range(start, limit):
        if text[at] == "{":
            depth += 1
        elif text[at] == "}":
            depth -= 1
            if not depth:
                return at
    blank = text.find("\n\n", start, limit)
    return blank if blank >= 0 else limit


def _values(text: str, start: int, end: int) -> dict[str, str]:
    values: dict[str, str] = {}
    at = start
    while found := _FIELD.search(text, at, end):
        at = found.end()
        opening = text[at : at + 1]
        if opening == "{":
            stop = _closing(text, at + 1, end)
            value = text[at + 1 : stop]
        elif opening == '"':
            quote = text.find('"', at + 1, end)
            stop = quote if quote >= 0 else end
            value = text[at + 1 : stop]
        else:
            comma = text.find(",", at, end)
            stop = comma if comma >= 0 else end
            value = text[at:stop].strip(" \n\t}")
        values.setdefault(found[1].lower(), value)
        at = max(stop, at + 1)
    return values


def _fields(entry_type: str, values: dict[str, str]) -> Fields:
    def text(*names: str) -> str:
        return next((" ".join(tex_to_text(values[name]).split()) for name in names if values.get(name)), "")

    authors = read_bibtex_names(values.get("author", ""))
    year = re.search(r"(?:1[4-9]|20)\d\d", values.get("year", "") or values.get("date", ""))
    eprint = values.get("eprint", "")
    return Fields(
        title=text("title"),
        authors=authors.names,
        et_al=authors.et_al,
        editors=read_bibtex_names(values.get("editor", "")).names,
        year=int(year[0]) if year else None,
        venue=text("journal", "journaltitle", "booktitle"),
        volume=text("volume"),
        issue=text("number"),
        pages=text("pages").replace("--", "-"),
        publisher=text("publisher", "school", "institution"),
        kind=_KINDS.get(entry_type, Kind.UNKNOWN),
        doi=normalise_doi(values.get("doi", "") or values.get("url", "")),
        arxiv=normalise_arxiv(eprint)
        or (normalise_arxiv(values.get("url", "")) if "arxiv" in values.get("url", "") else ""),
        isbn=normalise_isbn(values.get("isbn", "")) if "isbn" in values else "",
        url=values.get("url", "").strip(),
    )

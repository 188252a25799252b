r"""Entries whose parts are marked in the ``.bbl``: biblatex's ``\field`` and the ``\bibinfo`` of REVTeX, ACM, Elsevier."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from citations.extract.bibtex_blocks import Block, Field, bibtex_blocks
from citations.extract.bibtex_fields import bibtex_fields
from citations.extract.tex_source import arguments, braced
from citations.extract.tex_text import tex_text
from citations.types import Fields

_FIELD = re.compile(r"\\(field|strng|list|name)(?=\s*\{)")
_VERB = re.compile(r"\\verb\{(\w+)\}\s*\\verb[ \t]([^\n]*?)[ \t]*\r?\n\s*\\endverb")
_PART = re.compile(r"(?:^|[,{])\s*(family|given|prefix|suffix)\s*=\s*(?=\{)")
_DELIMITER = re.compile(r"\\bib(?:namedelim[a-z]?|range(?:ssep|dash))\s*")
_INFO = re.compile(r"\\bibinfo\s*\{\s*(\w+)\s*\}\s*(?=\{)")
_EDITORS = re.compile(r"\\bibfield\s*\{\s*editor\s*\}\s*(?=\{)")
_ARTICLE_TITLE = re.compile(r"\\showarticletitle\s*(?=\{)")
_ET_AL = re.compile(r"et[~\s\\]*al(?![a-z])")
_RENAMED = {"type": "howpublished", "series": "series"}
_KEPT = frozenset(
    [
        "title",
        "booktitle",
        "journal",
        "journaltitle",
        "year",
        "date",
        "volume",
        "number",
        "pages",
        "eid",
        "publisher",
        "school",
        "institution",
        "note",
        "doi",
        "url",
        "eprint",
        "series",
        "howpublished",
        "type",
    ]
)


def biblatex_block(entry: str) -> Block:
    r"""The text behind ``\entry`` as the BibTeX block it was made from."""
    (key, kind), position = _head(entry)
    fields: list[Field] = []
    for found in _FIELD.finditer(entry, position):
        most = {"field": 2, "strng": 2, "list": 3, "name": 4}[found[1]]
        values, _ = arguments(entry, found.end(), most)
        if len(values) == most:
            fields.append(_biblatex_field(found[1], values))
    fields += [Field(found[1].lower(), found[2]) for found in _VERB.finditer(entry, position)]
    return Block(kind.strip().lower(), key.strip(), tuple(field for field in fields if field.value), 0, len(entry), 0)


def amsrefs_block(entry: str) -> Block:
    r"""The text behind amsrefs' ``\bib`` as a BibTeX block; it writes each author as a field of its own."""
    values, end = arguments(entry, 1 if entry.startswith("*") else 0, 3)
    if len(values) < 3:
        return Block("misc", values[0].strip() if values else "", (), 0, len(entry), 0)
    key, kind, content = values
    block = next(bibtex_blocks(f"@{kind}{{x,\n{content}\n}}"), None)
    fields = block.fields if block else ()
    people = [
        Field(role, " and ".join(field.value for field in fields if field.name == role))
        for role in ("author", "editor")
    ]
    rest = [field for field in fields if field.name not in {"author", "editor"}]
    return Block(kind, key.strip(), tuple(field for field in (*rest, *people) if field.value.strip()), 0, end, 0)


def _head(entry: str) -> tuple[tuple[str, str], int]:
    values, position = arguments(entry, 0, 2)
    return (values[0], values[1]) if len(values) == 2 else ("", "misc"), position


def _biblatex_field(macro: str, values: tuple[str, ...]) -> Field:
    name = values[0].strip().lower()
    if macro == "name":
        more = ["others"] if "more=true" in values[2].replace(" ", "") else []
        return Field(name, " and ".join(_biblatex_names(values[3]) + more))
    if macro == "list":
        first = braced(values[2], values[2].find("{")) if "{" in values[2] else None
        return Field(name, first[0] if first else values[2])
    return Field(name, _DELIMITER.sub("-", values[1]) if name == "pages" else values[1])


def _biblatex_names(text: str) -> list[str]:
    """Names as BibTeX writes them; since biblatex 3 the parts are named, before that they stand in a fixed order."""
    names = []
    position = 0
    while (person := _next_group(text, position)) is not None:
        position = person[1]
        groups, _ = arguments(_unpercent(person[0]), 0, 9)
        if len(groups) < 2:
            continue
        if len(groups) > 2:
            parts = dict(zip(("family", "given", "prefix", "suffix"), groups[1::2], strict=False))
        else:
            parts = {
                part[1]: value[0] for part in _PART.finditer(groups[1]) if (value := braced(groups[1], part.end()))
            }
        name = _bibtex_name({part: _DELIMITER.sub(" ", value).strip() for part, value in parts.items()})
        names += [name] if name else []
    return names


def _next_group(text: str, position: int) -> tuple[str, int] | None:
    start = text.find("{", position)
    return braced(text, start) if start >= 0 else None


def _unpercent(text: str) -> str:
    return re.sub(r"(?<!\\)%[ \t]*\n", "\n", text)


def _bibtex_name(parts: dict[str, str]) -> str:
    family = " ".join(part for part in (parts.get("prefix", ""), parts.get("family", "")) if part)
    if not family:
        return ""
    if " and " in family:
        family = f"{{{family}}}"
    given, suffix = parts.get("given", ""), parts.get("suffix", "")
    if not given:
        return f"{{{family}}}" if " " in family and not family.startswith("{") else family
    return f"{family}, {suffix}, {given}" if suffix else f"{family}, {given}"


def marked_fields(body: str) -> Fields | None:
    r"""Fields of a printed entry whose parts carry ``\bibinfo``, ``None`` if they do not."""
    if "\\bibinfo" not in body:
        return None
    fields: list[Field] = []
    authors: list[str] = []
    editors: list[str] = []
    end_of_authors = 0
    edited = _EDITORS.search(body)
    edited_until = (braced(body, edited.end()) or ("", 0))[1] if edited else 0
    for part in _parts(body):
        if part.name == "editor" or (part.name == "person" and edited and edited.start() < part.end <= edited_until):
            editors.append(_person(part.value))
        elif part.name in {"author", "person"}:
            authors.append(_person(part.value))
            end_of_authors = part.end
        elif part.name in _KEPT:
            fields.append(Field(_RENAMED.get(part.name, part.name), part.value))
    shown = _ARTICLE_TITLE.search(body)
    if shown and (title := braced(body, shown.end())) is not None:
        fields.insert(0, Field("title", title[0]))
    if not authors and not any(field.name in {"title", "booktitle"} for field in fields):
        return None
    if _ET_AL.search(body, end_of_authors, end_of_authors + 60):
        authors.append("others")
    fields += [Field("author", " and ".join(authors)), Field("editor", " and ".join(editors))]
    return bibtex_fields(Block(_type(fields), "", tuple(field for field in fields if field.value), 0, len(body), 0))


@dataclass(frozen=True, slots=True)
class _Part:
    name: str
    value: str
    end: int


def _parts(body: str) -> Iterator[_Part]:
    r"""What ``\bibinfo`` marks, in printed order; a part inside a part is not taken apart."""
    position = 0
    while (found := _INFO.search(body, position)) is not None:
        value = braced(body, found.end())
        if value is None:
            return
        position = value[1]
        yield _Part(found[1].lower(), value[0], position)


def _person(text: str) -> str:
    r"""One name of ``\bibinfo``: REVTeX marks given and family names, the others print them."""
    given, family = re.search(r"\\bibfnamefont\s*(?=\{)", text), re.search(r"\\bibnamefont\s*(?=\{)", text)
    if family and (surname := braced(text, family.end())) is not None:
        first = braced(text, given.end()) if given else None
        return f"{surname[0]}, {first[0]}" if first else f"{{{surname[0]}}}"
    name = tex_text(text).strip(" ,")
    return f"{{{name}}}" if " and " in name else name


def _type(fields: list[Field]) -> str:
    names = {field.name for field in fields}
    if "school" in names:
        return "thesis"
    if "journal" in names or "booktitle" in names:
        return "misc"
    return "book" if "publisher" in names else "misc"

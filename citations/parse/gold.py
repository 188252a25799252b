"""Labelled references of AnyStyle and GROBID, brought to our pieces and labels; read for training and measuring alone."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from citations.parse.labels import Label
from citations.parse.tokens import mend, pieces
from citations.parse.words import word_class

_ANYSTYLE = {
    "author": Label.AUTHOR, "director": Label.AUTHOR, "producer": Label.AUTHOR, "editor": Label.EDITOR, "translator": Label.EDITOR,
    "title": Label.TITLE, "journal": Label.VENUE, "container-title": Label.VENUE, "volume": Label.VOLUME, "issue": Label.ISSUE,
    "pages": Label.PAGES, "date": Label.DATE, "publisher": Label.PUBLISHER, "location": Label.PLACE, "citation-number": Label.NUMBER,
    "url": Label.IDENTIFIER, "doi": Label.IDENTIFIER, "isbn": Label.IDENTIFIER,
}  # fmt: skip
_GROBID = {
    "author": Label.AUTHOR, "authors": Label.AUTHOR, "orgName:collaboration": Label.AUTHOR, "editor": Label.EDITOR,
    "title:a": Label.TITLE, "title": Label.TITLE, "title:m": Label.TITLE, "title:j": Label.VENUE, "date": Label.DATE,
    "biblScope:date": Label.DATE, "biblScope:vol": Label.VOLUME, "biblScope:volume": Label.VOLUME, "volumes": Label.VOLUME,
    "biblScope:issue": Label.ISSUE, "biblScope:pp": Label.PAGES, "biblScope:page": Label.PAGES, "biblStruct:page": Label.PAGES,
    "page": Label.PAGES, "pubPlace": Label.PLACE, "pubplace": Label.PLACE, "publisher": Label.PUBLISHER, "publishe": Label.PUBLISHER,
}  # fmt: skip
_MARKS = {"page": Label.PAGES, "volume": Label.VOLUME, "issue": Label.ISSUE, "editor": Label.EDITOR}
_YEAR = re.compile(r"\W*(?:1[5-9]|20)\d\d[a-z]?\W*$")


@dataclass(frozen=True, slots=True)
class Segment:
    """A labelled part of a reference; ``label`` is ``None`` for what stands between parts."""

    label: Label | None
    text: str


@dataclass(frozen=True, slots=True)
class GoldReference:
    """A reference labelled by hand."""

    raw: str
    segments: tuple[Segment, ...]
    document: str
    """What must not be split between training and test."""

    def first(self, label: Label) -> str:
        """Text of the first part with the label, empty if there is none."""
        return next((segment.text for segment in self.segments if segment.label is label), "")


@dataclass(frozen=True, slots=True)
class Example:
    """Pieces of a reference with their labels."""

    texts: tuple[str, ...]
    labels: tuple[Label, ...]


def read_gold(path: Path) -> Iterator[GoldReference]:
    """The labelled references of a JSON Lines file; rows without a document are taken in blocks of 25 neighbours as one."""
    with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            pairs = [(str(label), str(text)) for label, text in row["segments"]]
            number = int(re.findall(r"\d+", row["id"])[-1])
            document = row.get("doc") or f"{row.get('set', '')}-{number // 25}"
            yield GoldReference(row["raw"], tuple(_segments(pairs)), f"{path.name}:{document}")


def _segments(pairs: Sequence[tuple[str, str]]) -> Iterator[Segment]:
    """Our labels; a second title is that of the venue, an organisation in front of the title is an author."""
    names = {name for name, _ in pairs}
    seen: set[Label | None] = set()
    for name, text in pairs:
        label = None if name == "_" else _ANYSTYLE.get(name) or _GROBID.get(name) or Label.OTHER
        if name.startswith(("idno", "ptr")) and name != "idno:report":
            label = Label.IDENTIFIER
        elif name == "orgName":
            label = Label.PUBLISHER if seen & {Label.AUTHOR, Label.TITLE} else Label.AUTHOR
        elif name == "title:m" and ("title:a" in names or Label.TITLE in seen):
            label = Label.VENUE
        seen.add(label)
        yield Segment(label, text)


def examples(references: Iterable[GoldReference]) -> Iterator[Example]:
    """Pieces and labels of each reference whose parts can be found in it."""
    for reference in references:
        letters = _letter_labels(reference)
        if letters is not None:
            text = mend(reference.raw)
            found = pieces(text)
            placed = _carried_over(reference.raw, letters, text)
            labels = [_majority(placed[piece.start() : piece.end()], piece[0]) for piece in found]
            texts = [piece[0] for piece in found]
            if texts:
                yield Example(tuple(texts), tuple(_completed(texts, labels)))


def _letter_labels(reference: GoldReference) -> list[Label | None] | None:
    """A label for each character of the raw string; ``None`` if a part is not in it."""
    labels: list[Label | None] = [None] * len(reference.raw)
    at = 0
    for segment in reference.segments:
        start = reference.raw.find(segment.text, at)
        if start < 0:
            return None
        at = start + len(segment.text)
        labels[start:at] = [segment.label] * len(segment.text)
    return labels


def _carried_over(raw: str, labels: Sequence[Label | None], mended: str) -> list[Label | None]:
    """The labels of the characters of the mended string: it differs in blanks and a few dropped characters."""
    result: list[Label | None] = []
    at = 0
    for letter in mended:
        found = raw.find(letter, at, at + 7) if letter != " " else -1
        result.append(labels[found] if found >= 0 else None)
        at = found + 1 if found >= 0 else at
    return result


def _majority(labels: Sequence[Label | None], text: str) -> Label | None:
    strong = [label for label, letter in zip(labels, text, strict=True) if label and letter.isalnum()]
    known = strong or [label for label in labels if label]
    return max(sorted(set(known)), key=known.count) if known else None


def _completed(texts: Sequence[str], labels: Sequence[Label | None]) -> list[Label]:
    """A label also for words between the parts: ``pp.``, ``vol.``, ``in``, ``and``; coarse parts are made finer."""
    result: list[Label] = []
    for at, text in enumerate(texts):
        label = labels[at] or _between(text, labels, at, result)
        if label is Label.VOLUME:
            label = _finer(texts, labels, at, result)
        result.append(label)
    return result


def _between(text: str, labels: Sequence[Label | None], at: int, before: Sequence[Label]) -> Label:
    core = text.strip('()[]{}.,;:“”"').lower()
    marked = _MARKS.get(word_class(core))
    if marked:
        return marked
    following = next((label for label in labels[at + 1 :] if label), Label.OTHER)
    if core == "in" and following in {Label.EDITOR, Label.VENUE}:
        return following
    if core in {"and", "&", "und", "et"} and before and before[-1] in {Label.AUTHOR, Label.EDITOR}:
        return before[-1]
    if core.isdigit() and not at:
        return Label.NUMBER
    return Label.IDENTIFIER if core.startswith(("doi", "http", "arxiv", "10.")) else Label.OTHER


def _finer(texts: Sequence[str], labels: Sequence[Label | None], at: int, before: Sequence[Label]) -> Label:
    """AnyStyle's core set labels ``2013;58(3):12-19`` as one volume."""
    text = texts[at]
    if _YEAR.match(text) and labels[at + 1 : at + 2] == [Label.VOLUME]:
        return Label.DATE
    if re.match(r"\(\d", text) and before and before[-1] is Label.VOLUME:
        return Label.ISSUE
    if (
        before
        and before[-1] in {Label.VOLUME, Label.ISSUE}
        and texts[at - 1].endswith(":")
        and re.match(r"\w?\d", text)
    ):
        return Label.PAGES
    return Label.VOLUME

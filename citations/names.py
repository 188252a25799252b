"""Names of authors: read them from any printed order, and compare persons and lists of persons."""

from __future__ import annotations

import re
from dataclasses import dataclass

from citations.markup import tex_to_text
from citations.titles import title_key
from citations.types import Name, Severity


@dataclass(frozen=True, slots=True)
class NameList:
    """A list of authors as printed."""

    names: tuple[Name, ...]
    et_al: bool = False


@dataclass(frozen=True, slots=True)
class AuthorsDiff:
    """How two lists of authors differ."""

    severity: Severity | None
    note: str = ""
    paired: int = 0


def read_name(text: str) -> Name:
    """One printed name."""
    text = text.strip()
    if "," in text:
        family, given = text.split(",", 1)
        return Name(family=family.strip(), given=given.strip())
    words = text.split()
    if len(words) > 1 and re.fullmatch(r"[A-Z]{1,3}", words[-1]):
        return Name(family=" ".join(words[:-1]), given=words[-1])
    cut = len(words) - 1
    while cut > 1 and words[cut - 1][0].islower():
        cut -= 1
    return Name(family=" ".join(words[cut:]), given=" ".join(words[:cut]))


def read_names(text: str) -> NameList:
    """A printed list of authors."""
    et_al = bool(re.search(r"\bet\.? al\b", text))
    text = re.sub(r",?\s*\bet\.? al\.?", "", text)
    parts = re.split(r";\s*|,?\s+(?:and|&)\s+|(?<=[A-Z])\.?,\s+", text)
    return NameList(tuple(read_name(part) for part in parts if part.strip()), et_al)


def read_bibtex_names(text: str) -> NameList:
    """The author field of a BibTeX entry."""
    parts = [part for part in re.split(r"\s+and\s+", tex_to_text(text)) if part.strip()]
    return NameList(tuple(read_name(part) for part in parts if part != "others"), "others" in parts)


def family_key(name: Name) -> str:
    """Folded family name."""
    return title_key((name.family or name.literal).split(" ")[-1])


def same_person(a: Name, b: Name) -> float:
    """1 for the same person, 0 for different ones."""
    if family_key(a) != family_key(b):
        return 0.0
    return 1.0 if a.given[:1] == b.given[:1] or not a.given or not b.given else 0.3


def compare_authors(cited: tuple[Name, ...], registered: tuple[Name, ...], *, et_al: bool = False) -> AuthorsDiff:
    """How the cited authors differ from the registered ones."""
    pairs = [same_person(a, b) > 0.5 for a, b in zip(cited, registered, strict=False)]
    if all(pairs) and (et_al or len(cited) == len(registered)):
        return AuthorsDiff(None, "", len(pairs))
    return AuthorsDiff(Severity.MINOR, "authors differ", sum(pairs))

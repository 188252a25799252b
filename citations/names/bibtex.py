"""The author field of BibTeX: braces protect, "and" separates, "others" cuts."""

from __future__ import annotations

import re
from collections.abc import Iterator

from citations.markup import plain_text, tex_accents
from citations.names.read import NameList, is_body_text, is_initials, name_of_words, read_name, read_names
from citations.names.words import ET_AL, PARTICLES, SUFFIXES
from citations.types import Name

_MAX_CHARS = 60_000
_AND = re.compile(r" and (?:and )*", re.IGNORECASE)


def read_bibtex_names(text: str) -> NameList:
    r"""Names of a BibTeX field, its LaTeX decoded or not yet; never raises, also on unbalanced braces.

    >>> [str(name) for name in read_bibtex_names(r"Erd\H os, P. and {Bundesamt and Amt} and others").names]
    ['P. Erdős', 'Bundesamt and Amt']
    """
    text = tex_accents(re.sub(r"\s+", " ", text[:_MAX_CHARS])).strip(" ,")
    text = re.sub(r"\{(\w)\}", r"\1", text)
    text = _without_outer_braces(text)
    names: list[Name] = []
    et_al = False
    for part in _split_at_depth_zero(text, " and "):
        if part.strip("{}. ").lower() == "others" or ET_AL.fullmatch(part.strip("{} ")):
            et_al = True
            continue
        read = _read_part(part)
        names.extend(read.names)
        et_al = et_al or read.et_al
    return NameList(tuple(names), et_al)


def _without_outer_braces(text: str) -> str:
    """The list inside braces that enclose all of it, if it is a list of persons (Web of Science exports)."""
    inner = _inside_braces(text)
    if inner is None:
        return text
    parts = list(_split_at_depth_zero(inner, " and "))
    persons = all("," in part or part.strip().lower() == "others" for part in parts)
    return inner if persons or _inside_braces(inner) is not None or "{" in inner else text


def _inside_braces(text: str) -> str | None:
    """What stands inside one pair of braces around the whole text, ``None`` if there is no such pair."""
    text = text.strip()
    if not (text.startswith("{") and text.endswith("}")):
        return None
    depth = 0
    for i, sign in enumerate(text):
        depth += (sign == "{") - (sign == "}")
        if depth == 0 and i < len(text) - 1:
            return None
    return text[1:-1]


def _split_at_depth_zero(text: str, separator: str) -> Iterator[str]:
    """Parts between separators that no braces enclose; the separator is compared without case."""
    if "{" not in text:
        parts = _AND.split(text) if separator == " and " else text.split(separator)
        yield from (part.strip() for part in parts if part.strip())
        return
    lowered, depth, start, i = text.lower(), 0, 0, 0
    while i < len(text):
        depth = max(0, depth + (text[i] == "{") - (text[i] == "}"))
        if depth == 0 and lowered.startswith(separator, i):
            if text[start:i].strip():
                yield text[start:i].strip()
            i += len(separator)
            start = i
            if separator == " and ":
                i -= 1
                start = i
            continue
        i += 1
    if text[start:].strip():
        yield text[start:].strip()


def _read_part(part: str) -> NameList:
    """One name between two "and"s, or a whole list in another style that stands there."""
    part = part.strip()
    inner = _inside_braces(part)
    if inner is not None:
        return NameList((Name(literal=plain_text(inner)),))
    pieces = list(_split_at_depth_zero(part, ","))
    if ";" in part or len(pieces) > 3 or (len(pieces) == 3 and not _has_suffix(pieces)):
        return read_names(plain_text(part))
    if ET_AL.search(part):
        return read_names(plain_text(part))
    if len(pieces) > 1:
        return NameList((_von_last_first(pieces),))
    words = [plain_text(word) for word in _split_at_depth_zero(part, " ")]
    text = " ".join(words)
    if is_body_text(text) and "{" not in part:
        return NameList((Name(literal=text),))
    if "{" not in part:
        return NameList((read_name(text),))
    return NameList((name_of_words(words),))


def _has_suffix(pieces: list[str]) -> bool:
    return any(piece.strip(". {}").lower() in SUFFIXES for piece in pieces[1:])


def _von_last_first(pieces: list[str]) -> Name:
    """``von Last, Jr, First`` and its shorter forms."""
    plain = [plain_text(piece) for piece in pieces]
    if _inside_braces(pieces[0]) is not None and len(plain) == 2 and not is_initials(plain[0]):
        given = plain[1].split()
        particles: list[str] = []
        while len(given) > 1 and given[-1] in PARTICLES:
            particles.insert(0, given.pop())
        return Name(family=" ".join([*particles, plain[0]]), given=" ".join(given))
    return read_name(", ".join(plain))

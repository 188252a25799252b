"""Printed names and lists of names, in any order and style, as structured names."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from citations.markup import plain_text, to_ascii
from citations.names.words import (
    AND_WORDS,
    BODY_WORDS,
    CAPITAL_PARTICLES,
    DEGREES,
    ELLIPSIS,
    ET_AL,
    PARTICLES,
    SUFFIXES,
)
from citations.types import Name

_MAX_CHARS = 60_000
_BEHIND_NAMES = SUFFIXES | DEGREES
_UPPER = r"[^\W\d_a-zß-öø-ÿ]"
_INITIALS = re.compile(r"[^\W\d_](?:[.\-‐'’]*[^\W\d_]){0,3}\.?")
_LONG_INITIAL = re.compile(r"(?<=[^\W\d_])[a-zа-яё]{1,2}(?=\.)")
_ACRONYM = re.compile(r"[A-Z][A-Z&/-]{1,9}|[A-Z]?[a-z]*[A-Z]{2,}[a-z]*|[A-Za-z]+-AI")
_MARKS = re.compile(r"[*†‡§¶#∗⋆✉]|\(\d+\)|\[\d+\]|(?<=[^\W\d_])\d+(?:,\d+)*(?!\w)|(?<=\s)0\d{3}\b|\bORCID\b")
_EDITORS = re.compile(r"[,\s]*\(?\b(?:eds?|editors?|hrsg)\b\.?\)?[\s.,:]*$", re.IGNORECASE)
_BEHALF = re.compile(r"[,;(]?\s*\b(?:on behalf of|for|and) the\s+(?=[A-Z])|[,;]?\s*\bon behalf of\s+", re.IGNORECASE)
_HAN_NAME = re.compile(r"[\u3400-\u9fff]{2,4}")
_HANGUL_NAME = re.compile(r"[\uac00-\ud7a3]{2,4}")
_TWO_SIGN_FAMILIES_WORDS = "欧阳 司马 上官 诸葛 司徒 东方 皇甫 尉迟 令狐 慕容 歐陽 諸葛 남궁 황보 제갈 선우"
_TWO_SIGN_FAMILIES = frozenset(_TWO_SIGN_FAMILIES_WORDS.split())
_AND = re.compile(rf"[,;]?\s+(?i:{AND_WORDS})\s+|\s*&\s*|(?<=\.)and\s+|(?<=\.)\s+[yei]\s+(?={_UPPER})")
_FULL_STOP = re.compile(r"(?:[^\W\d_]{3}|\s(?:de|du|da|di|van|von)|[^\W\d_]{3}\s(?!Jr|Sr|Md|St)[^\W\d_][a-z])\.$")
_KOREAN_STOP = re.compile("(?<=[\uac00-\ud7a3])[.·](?=[\uac00-\ud7a3])")
_STRAIGHT = re.compile(r"(?:(?:[A-Z][a-z]{1,30}|[A-Z]\.) ){1,6}[A-Z][a-z]{1,30}")
"""``Jane A. Roe``: most names, of which nothing needs to be asked but whether a word among them says more."""
_TELLING = BODY_WORDS | SUFFIXES | DEGREES | CAPITAL_PARTICLES | {"the", "of", "for", "fur"}
_CJK = re.compile("[\u3040-\u9fff\uac00-\ud7a3]")


@dataclass(frozen=True, slots=True)
class NameList:
    """A list of authors as printed; ``et_al`` when the writer says that there are more."""

    names: tuple[Name, ...]
    et_al: bool = False


def read_name(text: str) -> Name:
    """One printed name, in any order and style; an institution or an acronym becomes a literal.

    >>> read_name("van den Oord A"), read_name("WHO")
    (Name(family='van den Oord', given='A', suffix='', literal=''), Name(family='', given='', suffix='', literal='WHO'))
    """
    if _STRAIGHT.fullmatch(text) and _TELLING.isdisjoint(text.lower().split(" ")):
        given, _, family = text.rpartition(" ")
        return Name(family=family, given=given)
    text = _clean(text)
    if "," in text:
        return _inverted([part.strip() for part in text.split(",") if part.strip()])
    if is_body_text(text):
        return Name(literal=text)
    if " " in text and _CJK.match(text):
        family, given = text.split(" ", 1)
        return Name(family=family, given=given)
    if _HAN_NAME.fullmatch(text) or _HANGUL_NAME.fullmatch(text):
        cut = 2 if text[:2] in _TWO_SIGN_FAMILIES and len(text) > 2 else 1
        return Name(family=text[:cut], given=text[cut:])
    return name_of_words(text.split())


def name_of_words(words: Sequence[str]) -> Name:
    """A name without comma, from its words (a word may hold blanks where braces protected it)."""
    words, suffix = _without_suffix(words)
    if len(words) < 2:
        return Name(family=" ".join(words), suffix=suffix)
    if is_initials(words[-1]) and not is_initials(words[0]):
        start = next(i for i in range(len(words), 0, -1) if not is_initials(words[i - 1]))
        return Name(family=" ".join(words[:start]), given=" ".join(words[start:]), suffix=suffix)
    if _shouted(words[0]) and not any(_shouted(word) for word in words[1:]):
        return Name(family=words[0], given=" ".join(words[1:]), suffix=suffix)
    cut = _family_start(words)
    return Name(family=" ".join(words[cut:]), given=" ".join(words[:cut]), suffix=suffix)


@lru_cache(maxsize=4_000)
def is_initials(word: str) -> bool:
    """Whether the word is made of initials only: ``J.``, ``JA``, ``J.-P.``, ``Yu.``."""
    if "." in word:
        word = _LONG_INITIAL.sub("", word)
    return word.isupper() and bool(_INITIALS.fullmatch(word))


def is_body_text(text: str) -> bool:
    """Whether the text names an institution, consortium or company and not a person.

    >>> [is_body_text(text) for text in ("ATLAS Collaboration", "OECD", "William H. Press", "Govindjee")]
    [True, True, False, False]
    """
    words = text.split()
    if len(words) < 2:
        return bool(_ACRONYM.fullmatch(text)) and len(text) > 2
    if any(is_initials(word.strip(",")) and "." in word for word in words):
        return False
    folded = {word.lower() if word.isascii() and word.isalpha() else _bare(word) for word in words}
    if folded & BODY_WORDS:
        return True
    return words[0] == "The" or bool(folded & {"of", "for", "fur"})


def _bare(word: str) -> str:
    return re.sub(r"\W", "", to_ascii(word)).lower()


def _shouted(word: str) -> bool:
    """Whether the word is a family name in capitals: ``WANG``."""
    return word.isupper() and len(word) > 2 and "." not in word


def _family_start(words: Sequence[str]) -> int:
    """Index of the first word of the family name: the first lower-case particle, or the last word."""
    for i in range(1, len(words) - 1):
        if (
            words[i][0].islower()
            and words[i].lower().strip("'’.") in PARTICLES
            and words[i].lower() not in {"e", "i", "y"}
        ):
            return i
    cut = len(words) - 1
    if cut > 1 and words[cut - 1].lower() in {"y", "e", "i"}:
        cut -= 2
    while cut > 1 and words[cut - 1].lower().strip(".") in CAPITAL_PARTICLES:
        cut -= 1
    return cut


def _without_suffix(words: Sequence[str]) -> tuple[list[str], str]:
    """The words without ``Jr.`` and degrees, and the suffix."""
    kept = list(words)
    suffix = ""
    for word in words[1:]:
        bare = word.strip(".,()").lower().replace(".", "")
        if bare in SUFFIXES and not (word in {"JR", "SR"} and len(words) == 2):
            suffix = word.strip("(),")
            kept.remove(word)
        elif bare in DEGREES and (word.isupper() or word.endswith("D") or "." in word) and len(bare) > 2:
            kept.remove(word)
    if len(kept) > 1 and kept[0].strip(".").lower() in {"dr", "prof", "professor", "sir", "dame"}:
        kept = kept[1:]
    return kept, suffix


def _inverted(parts: Sequence[str]) -> Name:
    """A name with commas: ``Family, Given``, ``Family, Jr., Given``, ``Family, Given, Jr.``, ``Given Family, Jr.``."""
    suffix = ""
    kept: list[str] = []
    for part in parts:
        if part.strip(".").lower() in SUFFIXES and kept:
            suffix = part
        elif part.replace(".", "").lower() not in DEGREES:
            kept.append(part)
    if not kept:
        return Name(literal=", ".join(parts))
    if len(kept) == 1:
        name = read_name(kept[0])
        return Name(name.family, name.given, suffix or name.suffix, name.literal)
    if len(kept) > 3 or is_body_text(" ".join(kept)):
        return Name(literal=", ".join(kept))
    given, trailing = _without_suffix(" ".join(kept[1:]).split())
    family, middle = _without_suffix(kept[0].split())
    while len(given) > 1 and given[-1] in PARTICLES:
        family.insert(0, given.pop())
    return Name(family=" ".join(family), given=" ".join(given), suffix=suffix or trailing or middle)


def _clean(text: str) -> str:
    """One name or list without footnote marks, homonym numbers and markup."""
    text = _MARKS.sub("", plain_text(text[:_MAX_CHARS].replace("\x00", "\ufffd")))
    text = re.sub(r"\s+", " ", text).strip(" ,;:&")
    return text[:-1] if _FULL_STOP.search(text) else text


def read_names(text: str) -> NameList:
    """A printed list of authors in any of the usual styles; also a JSON list in a string.

    >>> [str(name) for name in read_names("Smith, J. A., Doe, B., & van den Oord, A.").names]
    ['J. A. Smith', 'B. Doe', 'A. van den Oord']
    """
    as_list = _string_list(text)
    if as_list:
        et_al = any(ET_AL.fullmatch(each.strip()) or each.strip().lower() == "others" for each in as_list)
        kept = [each for each in as_list if not ET_AL.fullmatch(each.strip()) and each.strip().lower() != "others"]
        return NameList(tuple(read_name(each) for each in kept if each.strip()), et_al)
    text = _EDITORS.sub("", _clean(text))
    shorter = ET_AL.sub("; " if ";" in text else ", ", text)
    if shorter == text and re.search(r"[\u3400-\u9fff]{2,4}\s+[\u3400-\u9fff]{2,4}", text) and "," not in text:
        text = shorter = re.sub(r"\s+", ", ", text)
    complete = ELLIPSIS.sub(", ", shorter)
    names = tuple(_list_of_names(complete.strip(" ,;")))
    return NameList(names, et_al=complete != text)


def _string_list(text: str) -> list[str]:
    """The strings of a list that was stored as text, empty if it is none."""
    text = text.strip()
    if not (text.startswith("[") and text.endswith("]") and ("'" in text or '"' in text)) or len(text) > _MAX_CHARS:
        return []
    try:
        values = ast.literal_eval(text)
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        return []
    return [each for each in values if isinstance(each, str)]


def _list_of_names(text: str) -> Iterator[Name]:
    """Split at what separates persons, and read each."""
    text = text.replace("，", ",").replace("、", ",").replace("；", ";").replace("·", " ")
    text = _KOREAN_STOP.sub(", ", text)
    text = (
        _BEHALF.sub(lambda _: "; " if ";" in text else ", ", text)
        if "the " in text.lower() or "behalf" in text
        else text
    )
    if ";" in text:
        for part in text.split(";"):
            if part.strip(" ,"):
                yield from _comma_list(part.strip(" ,"), single=part.count(",") == 1)
        return
    yield from _comma_list(text, single=False)


def _comma_list(text: str, *, single: bool) -> Iterator[Name]:
    """Names separated by commas and "and"; ``single`` says that one comma belongs to one name."""
    chunks = [chunk.strip(" ,").removeprefix("and ") for chunk in _split_and(text) if any(map(str.isalpha, chunk))]
    if single and len(chunks) == 1:
        yield read_name(chunks[0])
        return
    if len(chunks) > 1 and all(_family_comma_given(chunk) for chunk in chunks):
        yield from map(read_name, chunks)
        return
    pieces = [(piece.strip(), i) for i, chunk in enumerate(chunks) for piece in chunk.split(",") if piece.strip()]
    yield from _join_pieces(pieces)


def _split_and(text: str) -> list[str]:
    """Parts between the words for "and"; an institution's own "and" does not cut."""
    parts = _AND.split(text)
    if len(parts) > 1 and "," not in text and is_body_text(text) and any(len(part.split()) == 1 for part in parts):
        return [text]
    return parts


def _family_comma_given(chunk: str) -> bool:
    """Whether the chunk is one name of the form ``Family, Given``."""
    parts = chunk.split(",")
    if len(parts) == 3 and parts[1].strip(" .").lower() in SUFFIXES:
        parts = [parts[0], parts[2]]
    family = parts[0].split()
    while len(family) > 1 and family[0].lower() in CAPITAL_PARTICLES:
        family = family[1:]
    return len(parts) == 2 and _lone_family(" ".join(family)) and not _whole_name(parts[1].strip())


def _lone_family(piece: str) -> bool:
    """Whether the piece can be a family name alone: one word behind lower-case particles, no initials."""
    words = piece.split()
    if not words or any(word not in PARTICLES for word in words[:-1]) or _CJK.search(piece):
        return False
    return not (is_initials(words[-1]) and "." in words[-1])


def _only_initials(piece: str) -> bool:
    words = [word for word in piece.split() if word not in PARTICLES and word.strip(".").lower() not in SUFFIXES]
    return bool(words) and all(is_initials(word) for word in words)


def _whole_name(piece: str) -> bool:
    """Whether the piece is a full name by itself: ``J. Smith``, ``Smith JA``, ``Jane Doe``."""
    words = piece.split()
    if len(words) < 2 or _only_initials(piece) or words[-1] in PARTICLES:
        return False
    return not (is_initials(words[-1]) and "." in words[-1] and not is_initials(words[0]))


def _join_pieces(pieces: Sequence[tuple[str, int]]) -> Iterator[Name]:
    """Names from pieces between commas; the number beside each tells the stretch between two "and"s."""
    inverted = _all_inverted([piece for piece, _ in pieces])
    first_inverted = _first_is_inverted(pieces)
    i = 0
    while i < len(pieces):
        parts = [pieces[i][0]]
        j = i + 1
        if j < len(pieces) and pieces[j][1] == pieces[i][1]:
            in_front = inverted or (i == 0 and first_inverted)
            if _belongs(parts[0], pieces[j][0], in_front=in_front):
                parts.append(pieces[j][0])
                j += 1
        while j < len(pieces) and pieces[j][0].replace(".", "").lower() in _BEHIND_NAMES:
            parts.append(pieces[j][0])
            j += 1
        yield read_name(", ".join(parts))
        i = j


def _belongs(piece: str, following: str, *, in_front: bool) -> bool:
    """Whether the following piece is the given name of this one."""
    if _only_initials(following):
        words = [word for word in piece.split() if word.strip(".").lower() not in SUFFIXES]
        return not any(is_initials(word) and "." in word for word in words) and not _vancouver(" ".join(words))
    if not _lone_family(piece):
        return False
    return in_front or (not _whole_name(following) and len(following.split()) > 1)


def _vancouver(piece: str) -> bool:
    """Whether the piece already ends in its initials: ``Smith JA``."""
    words = piece.split()
    return len(words) > 1 and is_initials(words[-1])


def _first_is_inverted(pieces: Sequence[tuple[str, int]]) -> bool:
    """Whether only the first name has its family name in front: ``Smith, John, and Jane Doe``."""
    if len(pieces) < 2 or pieces[0][1] != pieces[1][1] or not _lone_family(pieces[0][0]):
        return False
    second = pieces[1][0]
    if is_initials(second.split()[0]) or _vancouver(second):
        return False
    return len(pieces) == 2 or any(_whole_name(piece) for piece, _ in pieces[2:])


def _all_inverted(pieces: Sequence[str]) -> bool:
    """Whether every second piece can be the given name of the one before: ``Smith, John Adam, Doe, Jane``."""
    given = pieces[1::2]
    if len(pieces) % 2 or not all(map(_lone_family, pieces[::2])):
        return False
    return any(len(piece.split()) > 1 for piece in given) and not any(is_initials(piece.split()[0]) for piece in given)

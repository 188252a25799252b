"""What the labeller looks at: the shape and class of each piece, and where in the reference it stands.

No feature holds a word of the training data: open-class words are seen only through their shape and ending.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from citations.parse.words import word_class

_EDGE = "()[]{}<>“”\"«»„‘’'‚.,;:!?*。，、：；《》（）"
_YEAR = re.compile(r"(?:1[4-9]|20)\d\d[a-z]?$")
_RUNS = ((re.compile("[A-ZÀ-ÖØ-ÞŁŚŠŽČĆ]+"), "X"), (re.compile("[^\\W\\d_A-ZX]+"), "x"), (re.compile(r"\d+"), "9"))
_MARKS = (("venue", "V"), ("publisher", "P"), ("place", "L"), ("thesis", "D"), ("report", "R"))
_EAST_ASIAN_VENUE = re.compile(
    "(?:學報|学报|雜誌|杂志|誌|志|論文集|研究|學刊|学刊|期刊|會議|학회지|학회|논문집|저널|연구|리뷰|학보)$"
)
_INITIALS = re.compile(r"(?:[^\W\d_]\.?-?){1,4}$")
_CLOSED_BY = {"“": '”"', '"': '"”', "«": "»", "„": '“”"', "‘": "’'", "‚": "‘’", "'": "'’", "《": "》"}


class Piece:
    """Features of one piece by itself, shared by all references in which it occurs."""

    __slots__ = (
        "after", "before", "closers", "far_after", "far_before", "here", "kind", "lead", "lower", "shape", "stops", "trail",
        "upper", "wide", "year",
    )  # fmt: skip

    def __init__(self, text: str) -> None:
        core = text.strip(_EDGE) or text
        start = text.find(core)
        self.lead, self.trail = text[:start], text[start + len(core) :][:3]
        self.shape = _shape(core)
        self.kind = word_class(core.lower().rstrip(".")) or (_east_asian_class(core) if self.shape[0] == "字" else "")
        self.year = bool(_YEAR.match(core))
        self.upper, self.lower = core[:1].isupper(), core.isalpha() and core.islower() and len(core) > 1
        self.stops = self.trail[-1:] in {".", "?", "!", "。"} or "?" in self.trail
        self.stops = self.stops and not (self.shape in {"X", "XX"} and len(core) < 3)
        self.closers = next((_CLOSED_BY[mark] for mark in self.lead if mark in _CLOSED_BY), "")
        ending = core[-3:].lower() if len(core) > 5 and core.isalpha() else ""
        wide = f"{self.shape}{self.trail}"
        own = (
            f"s={self.shape}",
            f"k={self.kind}",
            f"t={self.trail}",
            f"l={self.lead}",
            f"e={ending}",
            f"st={wide}",
            f"kt={self.kind}{self.trail}",
            f"n={min(len(core), 12)}",
        )
        near = (*own[:4], own[5], own[4])
        self.here = tuple("0" + each for each in own)
        self.before, self.after = tuple("-" + each for each in near), tuple("+" + each for each in near)
        self.far_before, self.far_after = tuple("--" + each for each in own[:3]), tuple("++" + each for each in own[:3])
        self.wide = wide


def _shape(core: str) -> str:
    """``Xx`` a capitalised word, ``X`` an initial, ``XX`` capitals, ``Y`` a year, ``9-9`` a range, ``9``, ``999``, ``x9`` ..."""
    if _YEAR.match(core):
        return "Y"
    if core[0] > "\u2e7f" or core[-1] > "\u2e7f":
        return f"字{min(len(core), 5)}"
    if core.isdigit():
        return "9" * min(len(core), 4)
    if core.isalpha() and (case := _case(core)):
        return case
    if "." in core and core[0].isupper() and _INITIALS.match(core):
        return "X.X"
    if not core[0].isalnum() and len(core) < 3:
        return core
    for pattern, sign in _RUNS:
        core = pattern.sub(sign, core)
    return core[:8]


def _case(core: str) -> str:
    """Shape of a word of letters; empty for mixed case."""
    if core.islower():
        return "x" if len(core) > 3 else "x3"
    if core.istitle() and len(core) > 1:
        return "Xx" if len(core) > 3 else "Xx3"
    if core.isupper():
        return "X" if len(core) == 1 else "XX" if len(core) < 4 else "XXXX"
    return ""


def _east_asian_class(core: str) -> str:
    """Class of a Chinese, Japanese or Korean piece by its ending."""
    return "venue" if _EAST_ASIAN_VENUE.search(core) else "publisher" if core.endswith(("社", "출판사")) else ""


@lru_cache(maxsize=20_000)
def piece(text: str) -> Piece:
    """The features of a piece of text; remembered, since reference lists repeat themselves."""
    return Piece(text)


def features(texts: Sequence[str]) -> list[list[str]]:
    """The features of each piece of a reference, by its place, its neighbours and the sentence it stands in."""
    row = [piece(text) for text in texts]
    count = len(row)
    stops = _stops(row)
    sentences = _sentences(row, stops)
    places = _places(row, stops)
    prospects = _prospects(row, stops)
    result = []
    for at, here in enumerate(row):
        before, after = row[at - 1] if at else _EDGE_PIECE, row[at + 1] if at + 1 < count else _EDGE_PIECE
        wide = here.wide
        found = [
            *here.here,
            *before.before,
            *after.after,
            *(row[at - 2] if at > 1 else _EDGE_PIECE).far_before,
            *(row[at + 2] if at + 2 < count else _EDGE_PIECE).far_after,
            f"-0{before.wide}|{wide}",
            f"0+{wide}|{after.wide}",
            f"-k0{before.kind}|{wide}",
            f"-t0{before.trail}|{here.kind}|{here.shape}",
            f"-0+{before.wide}|{wide}|{after.shape}",
            f"-t0l{before.trail}{here.lead}|{here.upper}",
        ]
        found += sentences[at]
        found += places[at]
        found += prospects[at]
        result.append(found)
    return result


def _stops(row: Sequence[Piece]) -> list[bool]:
    """Whether a sentence ends with each piece; after bare initials (``Smith J, Doe A.``) it does, after ``Smith, J.`` not."""
    bare = sum(here.shape in {"X", "XX"} and here.trail == "," for here in row)
    dotted = sum(here.shape in {"X", "XX", "X.X"} and here.trail[:1] == "." for here in row)
    if (
        not dotted
        or (dotted > 1 and dotted > bare)
        or not any(here.shape in {"X", "XX"} and here.trail[:1] != "." for here in row[:3])
    ):
        return [here.stops for here in row]
    return [here.stops or (here.trail == "." and here.shape in {"X", "XX"}) for here in row]


def _prospects(row: Sequence[Piece], stops: Sequence[bool]) -> list[tuple[str, ...]]:
    """What lies ahead of a piece: how many sentences and commas until the next number, which classes of words."""
    result: list[tuple[str, ...]] = [()] * len(row)
    distance, sentences, commas, venue, inside, publisher = 9, 0, 0, "-", "-", "-"
    for at in range(len(row) - 1, -1, -1):
        here = row[at]
        if here.shape == "Y" or here.shape[:1] == "9":
            distance = sentences = commas = 0
        result[at] = (
            f"ah={min(sentences, 2)}{min(commas, 2)}",
            f"ad={min(distance, 6)}{min(sentences, 1)}",
            f"av={venue}{inside}{publisher}",
            f"avs={venue}{min(sentences, 2)}",
        )
        distance += 1
        sentences += stops[at]
        commas += here.trail[:1] == ","
        if "venue" in here.kind:
            venue = "v"
        elif "publisher" in here.kind or "place" in here.kind:
            publisher = "p"
        if here.kind == "in" and at and (stops[at - 1] or row[at - 1].trail or here.upper or here.trail):
            inside = "i"
    return result


def _sentences(row: Sequence[Piece], stops: Sequence[bool]) -> list[tuple[str, ...]]:
    """What the run of pieces between two full stops, and between two commas, looks like."""
    result: list[tuple[str, ...]] = [()] * len(row)
    commas = [bool(here.trail.strip("'’\"”")) for here in row]
    for name, ends in (("S", stops), ("C", commas)):
        start = 0
        for at in range(len(row)):
            if at + 1 < len(row) and not ends[at]:
                continue
            told = _run_features(name, row[start : at + 1])
            for index in range(start, at + 1):
                result[index] += told
            start = at + 1
    return result


def _run_features(name: str, run: Sequence[Piece]) -> tuple[str, ...]:
    """Length, share of lower-case words, classes, initials and years of a run of pieces."""
    kinds = "".join(sorted({mark for each in run for kind, mark in _MARKS if kind in each.kind}))
    initials = any(each.shape in {"X", "X.X"} for each in run)
    size = len(run) if len(run) < 4 else 4 + len(run) // 4 if len(run) < 16 else 9
    share = 4 * sum(each.lower for each in run) // len(run)
    return (
        f"{name}z={size}",
        f"{name}w={share}",
        f"{name}k={kinds}",
        f"{name}zw={size}{share}{initials}",
        f"{name}y={any(each.year for each in run)}{initials}",
    )


def _places(row: Sequence[Piece], ends: Sequence[bool]) -> list[tuple[str, ...]]:
    """Where a piece stands: index, quotes, brackets, what has been passed already."""
    count = len(row)
    first_year = next((at for at, each in enumerate(row) if each.year), count)
    early = "none" if first_year == count else "early" if first_year < count * 0.5 else "late"
    quoted = any(each.closers for each in row) and any(mark in each.trail for each in row for mark in "”\"»“’'》")
    style = f"{early}{quoted}"
    inside = ""
    passed_quote = depth = stops = 0
    since, last_name, after_in = 0, True, "n"
    result: list[tuple[str, ...]] = []
    for at, here in enumerate(row):
        if here.closers and not inside:
            inside = here.closers
        depth += here.lead.count("(") + here.lead.count("[")
        last_name = last_name and _could_be_name(here)
        year = "before" if at < first_year else "at" if at == first_year else "after"
        result.append(
            (
                f"i={min(at, 6)}",
                f"r={8 * at // count}",
                f"q={inside != ''}{passed_quote}{quoted}",
                f"b={min(depth, 1)}",
                f"y={year}{early}",
                f"d={min(stops, 4)}{style}",
                f"dy={min(stops, 3)}{year}{min(since, 3)}",
                f"nm={last_name}{year}",
                f"nmq={last_name}{stops > 0}{inside != ''}{passed_quote}{early}",
                f"c={min(since, 4)}{here.shape}",
                f"end={min(count - at, 4)}",
                f"in={after_in}{min(stops, 3)}{year}",
                f"ss={ends[at]}{here.shape}{since == 0}",
            )
        )
        since += 1
        if any(mark in here.trail for mark in inside):
            inside, passed_quote = "", 1
        depth = max(0, depth - here.trail.count(")") - here.trail.count("]"))
        if here.kind == "in" and at and (ends[at - 1] or row[at - 1].trail or here.upper or here.trail):
            after_in = "i"
        if ends[at]:
            stops, since = stops + 1, 0
    return result


def _could_be_name(here: Piece) -> bool:
    """Whether a list of authors could hold the piece."""
    return (
        (here.upper and not here.shape[-1].isdigit())
        or here.kind.startswith(("particle", "etal", "=and", "=und", "=et"))
        or "particle" in here.kind
        or here.shape == "&"
    )


_EDGE_PIECE = Piece("~")

"""What the labeller looks at: the shape and class of each piece, and where in the reference it stands.

No feature holds a word of the training data: open-class words are seen only through their shape and ending.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
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
_CLOSING = "”\"»“’'》"
_CLOSED_BY = {"“": '”"', '"': '"”', "«": "»", "„": '“”"', "‘": "’'", "‚": "‘’", "'": "'’", "《": "》"}


@dataclass(frozen=True, slots=True, eq=False)
class Group:
    """Features that always come together; one object for each set, so that what is known of it can be kept by identity."""

    names: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class _Look:
    """What many pieces have in common, seen from each of the five places around them."""

    shape: str
    kind: str
    trail: str
    lead: str
    upper: bool
    here: Group
    before: Group
    after: Group
    far_before: Group
    far_after: Group


class Piece:
    """Features of one piece by itself, shared by all references in which it occurs."""

    __slots__ = (
        "closers", "comma", "cut", "groups", "initial", "kind", "lead", "look", "lower", "marks", "mention", "nameable", "numeric",
        "opens", "shape", "short", "shuts", "stops", "trail", "upper", "wide", "year",
    )  # fmt: skip

    groups: tuple[Group, ...]
    """By itself (3), as the piece before (2), after (2), two before and two after (1 each)."""

    def __init__(self, text: str) -> None:
        core = text.strip(_EDGE) or text
        start = text.find(core)
        self.lead, self.trail = text[:start], text[start + len(core) :][:3]
        self.shape = _shape(core)
        self.kind = word_class(core.lower().rstrip(".")) or (_east_asian_class(core) if self.shape[0] == "字" else "")
        self.year = bool(_YEAR.match(core))
        self.upper, self.lower = core[:1].isupper(), core.isalpha() and core.islower() and len(core) > 1
        self.short = self.shape in {"X", "XX"}
        self.stops = self.trail[-1:] in {".", "?", "!", "。"} or "?" in self.trail
        self.stops = self.stops and not (self.short and len(core) < 3)
        self.closers = self.lead and next((_CLOSED_BY[mark] for mark in self.lead if mark in _CLOSED_BY), "")
        self.wide = f"{self.shape}{self.trail}"
        self.comma = self.trail[:1] == ","
        self.numeric = self.shape == "Y" or self.shape[:1] == "9"
        self.initial = self.shape in {"X", "X.X"}
        self.mention = bool(self.upper or self.trail)
        self.nameable = _could_be_name(self)
        self.marks = self.kind and "".join(sorted(mark for kind, mark in _MARKS if kind in self.kind))
        self.opens = self.lead.count("(") + self.lead.count("[") if self.lead else 0
        self.shuts = self.trail.count(")") + self.trail.count("]") if self.trail else 0
        self.cut = bool(self.trail and self.trail.strip("'’\"”"))
        look = self.look = _look(self.shape, self.kind, self.trail, self.lead, self.upper)
        here, before, after = _endings(core[-3:].lower() if len(core) > 5 and core.isalpha() else "")
        self.groups = (
            look.here, here, _length(min(len(core), 12)), look.before, before, look.after, after, look.far_before, look.far_after,
        )  # fmt: skip


@lru_cache(maxsize=20_000)
def _look(shape: str, kind: str, trail: str, lead: str, upper: bool) -> _Look:
    own = (f"s={shape}", f"k={kind}", f"t={trail}", f"l={lead}", f"st={shape}{trail}", f"kt={kind}{trail}")
    return _Look(
        shape,
        kind,
        trail,
        lead,
        upper,
        Group(tuple("0" + each for each in own)),
        Group(tuple("-" + each for each in own[:5])),
        Group(tuple("+" + each for each in own[:5])),
        Group(tuple("--" + each for each in own[:3])),
        Group(tuple("++" + each for each in own[:3])),
    )


@lru_cache(maxsize=20_000)
def _endings(ending: str) -> tuple[Group, Group, Group]:
    return Group((f"0e={ending}",)), Group((f"-e={ending}",)), Group((f"+e={ending}",))


@lru_cache(maxsize=16)
def _length(size: int) -> Group:
    return Group((f"0n={size}",))


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
    ringed = [EDGE, EDGE, *row, EDGE, EDGE]
    result = []
    for at, seen in enumerate(around(row)):
        far_before, before, here, after, far_after = (each.groups for each in ringed[at : at + 5])
        own = (*here[:3], *before[3:5], *after[5:7], far_before[7], far_after[8])
        result.append([name for group in (*own, *seen) for name in group.names])
    return result


def around(row: Sequence[Piece]) -> list[tuple[Group, ...]]:
    """What is seen of each piece beyond itself and its neighbours by themselves, as groups of features; always as many."""
    stops = _stops(row)
    looks = (_pairs(row), _sentences(row, stops), _commas(row), _places(row, stops), _prospects(row, stops))
    return [(*pair, sentence, comma, *place, ahead) for pair, sentence, comma, place, ahead in zip(*looks, strict=True)]


def _pairs(row: Sequence[Piece]) -> list[tuple[Group, Group, Group]]:
    """How each piece meets the next and the last one."""
    before = [EDGE, *row[:-1]]
    after = [*row[1:], EDGE]
    return [
        (
            _meeting(left.look, here.look),
            _followed(here.wide, right.wide),
            _between(left.wide, here.wide, right.shape),
        )
        for left, here, right in zip(before, row, after, strict=True)
    ]


@lru_cache(maxsize=50_000)
def _meeting(left: _Look, here: _Look) -> Group:
    wide = here.shape + here.trail
    return Group(
        (
            f"-0{left.shape}{left.trail}|{wide}",
            f"-k0{left.kind}|{wide}",
            f"-t0{left.trail}|{here.kind}|{here.shape}",
            f"-t0l{left.trail}{here.lead}|{here.upper}",
        )
    )


@lru_cache(maxsize=50_000)
def _followed(wide: str, right_wide: str) -> Group:
    return Group((f"0+{wide}|{right_wide}",))


@lru_cache(maxsize=50_000)
def _between(left_wide: str, wide: str, right_shape: str) -> Group:
    return Group((f"-0+{left_wide}|{wide}|{right_shape}",))


def _stops(row: Sequence[Piece]) -> list[bool]:
    """Whether a sentence ends with each piece; after bare initials (``Smith J, Doe A.``) it does, after ``Smith, J.`` not."""
    initials = [here for here in row if here.short or here.initial]
    bare = sum(here.short and here.trail == "," for here in initials)
    dotted = sum(here.trail[:1] == "." for here in initials)
    if (
        not dotted
        or (dotted > 1 and dotted > bare)
        or not any(here.short and here.trail[:1] != "." for here in row[:3])
    ):
        return [here.stops for here in row]
    return [here.stops or (here.trail == "." and here.short) for here in row]


def _prospects(row: Sequence[Piece], stops: Sequence[bool]) -> list[Group]:
    """What lies ahead of a piece: how many sentences and commas until the next number, which classes of words."""
    result: list[Group] = []
    distance, sentences, commas, venue, inside, publisher = 6, 0, 0, "-", "-", "-"
    for at in range(len(row) - 1, -1, -1):
        here = row[at]
        if here.numeric:
            distance = sentences = commas = 0
        result.append(_prospect(sentences, commas, distance, f"{venue}{inside}{publisher}"))
        if distance < 6:
            distance += 1
        if stops[at] and sentences < 2:
            sentences += 1
        if here.comma and commas < 2:
            commas += 1
        if "V" in here.marks:
            venue = "v"
        elif here.marks and ("P" in here.marks or "L" in here.marks):
            publisher = "p"
        if here.kind == "in" and at and (here.mention or stops[at - 1] or row[at - 1].trail):
            inside = "i"
    result.reverse()
    return result


@lru_cache(maxsize=4_000)
def _prospect(sentences: int, commas: int, distance: int, seen: str) -> Group:
    return Group(
        (f"ah={sentences}{commas}", f"ad={distance}{min(sentences, 1)}", f"av={seen}", f"avs={seen[0]}{sentences}")
    )


def _sentences(row: Sequence[Piece], stops: Sequence[bool]) -> list[Group]:
    """What the run of pieces between two full stops looks like."""
    return _runs("S", row, stops)


def _commas(row: Sequence[Piece]) -> list[Group]:
    """What the run of pieces between two commas or other marks looks like."""
    return _runs("C", row, [here.cut for here in row])


def _runs(name: str, row: Sequence[Piece], ends: Sequence[bool]) -> list[Group]:
    result: list[Group] = []
    start = 0
    for at, ended in enumerate(ends, start=1):
        if ended or at == len(row):
            run = row[start:at]
            size = at - start
            marks = "".join([each.marks for each in run])
            lower = 4 * sum([each.lower for each in run]) // size
            initials, year = True in [each.initial for each in run], True in [each.year for each in run]
            result += [_run(name, _span(size), lower, _classes(marks), initials, year)] * size
            start = at
    return result


def _span(size: int) -> int:
    """The length of a run, coarser the longer it is."""
    return size if size < 4 else 4 + size // 4 if size < 16 else 9


@lru_cache(maxsize=1_000)
def _classes(marks: str) -> str:
    return "".join(sorted(set(marks)))


@lru_cache(maxsize=8_000)
def _run(name: str, size: int, share: int, kinds: str, initials: bool, year: bool) -> Group:
    """Length, share of lower-case words, classes, initials and years of a run of pieces."""
    return Group(
        (
            f"{name}z={size}",
            f"{name}w={share}",
            f"{name}k={kinds}",
            f"{name}zw={size}{share}{initials}",
            f"{name}y={year}{initials}",
        )
    )


def _places(row: Sequence[Piece], ends: Sequence[bool]) -> list[tuple[Group, ...]]:
    """Where a piece stands: index, quotes, brackets, what has been passed already."""
    count = len(row)
    first_year = next((at for at, each in enumerate(row) if each.year), count)
    early = "none" if first_year == count else "early" if first_year < count * 0.5 else "late"
    quoted = any(each.closers for each in row) and any(mark in each.trail for each in row for mark in _CLOSING)
    inside, quote, passed = "", "False0", 0
    depth = stops = since = 0
    last_name, after_in = True, "n"
    result: list[tuple[Group, ...]] = []
    for at, here in enumerate(row):
        if here.closers and not inside:
            inside, quote = here.closers, f"True{passed}"
        depth += here.opens
        last_name = last_name and here.nameable
        year = "before" if at < first_year else "at" if at == first_year else "after"
        result.append(
            (
                _index(min(6, at), 8 * at // count, min(count - at, 4)),
                _BRACKETS[depth > 0],
                _passed(last_name, year, early, quoted, quote, stops, min(3, since), after_in),
                _since(since, here.shape, ends[at]),
            )
        )
        if inside and any(mark in here.trail for mark in inside):
            inside, quote, passed = "", "False1", 1
        if depth:
            depth = max(0, depth - here.shuts)
        if here.kind == "in" and at and (here.mention or ends[at - 1] or row[at - 1].trail):
            after_in = "i"
        if ends[at]:
            stops, since = min(stops + 1, 4), 0
        elif since < 4:
            since += 1
    return result


_BRACKETS = (Group(("b=0",)), Group(("b=1",)))


@lru_cache(maxsize=500)
def _index(index: int, eighth: int, left: int) -> Group:
    return Group((f"i={index}", f"r={eighth}", f"end={left}"))


@lru_cache(maxsize=20_000)
def _passed(
    last_name: bool, year: str, early: str, quoted: bool, quote: str, stops: int, since: int, after_in: str
) -> Group:
    few = min(stops, 3)
    return Group(
        (
            f"q={quote}{quoted}",
            f"y={year}{early}",
            f"d={stops}{early}{quoted}",
            f"dy={few}{year}{since}",
            f"nm={last_name}{year}",
            f"nmq={last_name}{stops > 0}{quote}{early}",
            f"in={after_in}{few}{year}",
        )
    )


@lru_cache(maxsize=4_000)
def _since(since: int, shape: str, ends: bool) -> Group:
    return Group((f"c={since}{shape}", f"ss={ends}{shape}{since == 0}"))


def _could_be_name(here: Piece) -> bool:
    """Whether a list of authors could hold the piece."""
    return (
        (here.upper and not here.shape[-1].isdigit())
        or here.kind.startswith(("particle", "etal", "=and", "=und", "=et"))
        or "particle" in here.kind
        or here.shape == "&"
    )


EDGE = Piece("~")
"""What stands before the first and behind the last piece."""

"""Cut BibTeX text into entries and fields, the way a patient person reads a damaged file.

BibTeX itself stops at the first error; bibtexparser drops the entry that holds it, with a missing comma as with a
missing brace. Here a broken entry keeps what can be read, says what was mended, and never takes its neighbours with it:
a line that starts with ``@type{`` always begins something new.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_LONGEST_MACRO = 2_000
"""Characters; macros that hold each other grow without end."""
_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]

_START = re.compile(r"(?:(?<![\w.@-])@|(?<=\n)@)[ \t]{0,8}([A-Za-z][\w-]{0,40})\s{0,40}([{(])")
"""``@type{``; the sign after a letter is an e-mail address in stray text."""
_AT_ONCE = re.compile(r"\s*(?=@[ \t]{0,8}[A-Za-z][\w-]{0,40}[ \t]{0,40}[{(])")
"""An entry that begins inside the opening brace of another, of which nothing else is left."""
_RESTART = re.compile(r"(?:^|(?<=\n))[ \t]*@[ \t]*[A-Za-z][\w-]*[ \t]*[{(]")
"""Where reading goes on after damage: an entry that begins a line."""
_NEIGHBOUR = re.compile(r"(?:(?:^|(?<=\n))[ \t]*|(?<=[})])[ \t]*)@[A-Za-z][\w-]*[ \t]*[{(][ \t]*[^\s,{}()=\"]+[ \t]*,")
"""The same, or an entry behind a closing brace on one line."""
_KEY = re.compile(r"\s*([^\s,={}\"#]*)\s*(,)?")
_LOOSE_KEY = re.compile(r"[ \t]*([^,={}\"#\n]+?)[ \t]*,")
_FIELD = re.compile(r"[\s,]*([^\s=,{}()\"#%'@]+)\s*=\s*")
_PLAIN_VALUE = re.compile(r"(?:\{([^{}@]*)\}|\"([^{}@\"]*)\"|(\d+))\s*(?=[,})])")
_BARE = re.compile(r"[^\s,#{}()\"=@]+")
_SEPARATORS = re.compile(r"[\s,]*")
_BLANK = re.compile(r"\s*")
_BRACE_OR_QUOTE = re.compile(r"[{}\"]|\n[ \t]*@[ \t]*[A-Za-z][\w-]*[ \t]*[{(]")
_BRACE = re.compile(r"[{}]|\n[ \t]*@[ \t]*[A-Za-z][\w-]*[ \t]*[{(]")
_SALVAGED_FIELD = re.compile(r"(?:^|(?<=[\n,}\"]))[ \t]{0,80},?[ \t]{0,80}([A-Za-z][\w:.-]*)[ \t]*=[ \t]*(?=[{\"\w])")
_SWALLOWED = re.compile(r"\n[ \t]*,?[ \t]*[A-Za-z][\w-]*[ \t]*=[ \t]*[{\"]")
"""A value that holds further fields has lost its closing brace."""
_SWALLOWED_KNOWN = re.compile(
    r"[,}\"\n][ \t]*(?:author|title|journal|booktitle|year|volume|number|pages|publisher|doi|url|editor)[ \t]*=[ \t]*[{\"]",
    re.IGNORECASE,
)
_TOOK_THE_LAST_BRACE = re.compile(r"\n[ \t]*$")
"""How the last value ends in an entry that is not closed if the entry's own brace closed the value."""
_LAST_LINE = re.compile(r"\n[ \t]*[})][ \t]*\r?(?=\n|$)|\n[ \t]*\r?\n")
_CLOSED_EARLY = re.compile(r"[ \t]*,?\s*[A-Za-z][\w-]*[ \t]*=[ \t]*[{\"\d]")


@dataclass(frozen=True, slots=True)
class Field:
    """One field, its name in lower case, its value as written but without delimiters, macros and ``#`` resolved."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Block:
    """One ``@type{key, ...}`` of a file; never a comment, preamble or macro definition."""

    type: str
    """Entry type in lower case."""
    key: str
    fields: tuple[Field, ...]
    start: int
    end: int
    line: int
    """1-based line of the ``@``."""
    mended: tuple[str, ...] = ()
    """What was wrong in the entry and how it was read nevertheless, a phrase each."""
    cut: tuple[str, ...] = ()
    """Names of fields whose value has lost its end; what is left of the value is not among ``fields``."""

    def get(self, *names: str) -> str:
        """The first non-empty value among the fields named, in the order of the names."""
        for name in names:
            for each in self.fields:
                if each.name == name and each.value.strip():
                    return each.value
        return ""


class _Damaged(Exception):
    """The entry cannot be read as BibTeX defines it."""

    def __init__(self, what: str, at: int) -> None:
        super().__init__(what)
        self.what = what
        self.at = at


def bibtex_blocks(text: str) -> Iterator[Block]:
    """Entries of a BibTeX or biblatex file in file order; never raises, linear in the length of the text.

    >>> [block.key for block in bibtex_blocks("@misc{a, year = 1999} x@y.z @misc(b, note = jan # { 1})")]
    ['a', 'b']
    """
    if "\n" not in text:
        text = text.replace("\r", "\n")
    macros = {month[:3].lower(): month for month in _MONTHS}
    position, line, counted = 0, 1, 0
    patience = len(text) * 4 + 1_000_000
    while (match := _START.search(text, position)) is not None:
        kind = match[1].lower()
        if kind in {"comment", "string", "preamble"}:
            position, wasted = _skip(text, match, macros) if patience > 0 else (match.end(), 0)
            patience -= wasted
            continue
        line += text.count("\n", counted, match.start())
        counted = match.start()
        block = _read(text, match, line, macros)
        position = max(block.end, match.end())
        yield block


def _skip(text: str, match: re.Match[str], macros: dict[str, str]) -> tuple[int, int]:
    """Position behind a comment, preamble or macro definition, and how many characters were read in vain.

    What never ends is skipped by its first sign alone, so that the entries behind it are read.
    """
    kind = match[1].lower()
    try:
        if kind == "string":
            field = _FIELD.match(text, match.end())
            if field is None:
                return match.end(), 0
            value, end = _value(text, field.end(), macros, [])
            macros[field[1].lower()] = value[:_LONGEST_MACRO]
            return end, 0
        return (_braced(text, match.end())[1] if match[2] == "{" else match.end()), 0
    except _Damaged as damage:
        return match.end(), damage.at - match.end()


def _read(text: str, match: re.Match[str], line: int, macros: dict[str, str]) -> Block:
    """The entry that begins at ``match``, as written or, if that fails, as far as it can be recovered."""
    mended: list[str] = []
    cut: tuple[str, ...] = ()
    if (next_entry := _AT_ONCE.match(text, match.end())) is not None:
        nothing = ("another entry begins where its key should stand",)
        return Block(match[1].lower(), "", (), match.start(), next_entry.end(), line, nothing)
    key, body = _key(text, match.end(), mended)
    try:
        fields, end = _fields(text, body, ")" if match[2] == "(" else "}", macros, mended)
        _demand_whole(text, fields, end)
    except _Damaged as damage:
        fields, end, cut = _salvage(text, body, macros)
        mended.append(f"{damage.what} in the entry that begins in line {line}: read field by field")
        mended += [f"the end of its {name} is lost" for name in cut]
    return Block(match[1].lower(), key, tuple(fields), match.start(), end, line, tuple(mended), cut)


def _demand_whole(text: str, fields: list[Field], end: int) -> None:
    """Refuse an entry that closed before its fields ended, or one of whose fields holds the next ones."""
    if _CLOSED_EARLY.match(text, end):
        raise _Damaged("a closing brace too many", end)
    if any("=" in field.value and _SWALLOWED_KNOWN.search(field.value) for field in fields):
        raise _Damaged("a brace in the wrong place", end)


def _key(text: str, position: int, mended: list[str]) -> tuple[str, int]:
    """The entry's key and where its fields begin; keys may be missing, and other programs put blanks into them."""
    match = _KEY.match(text, position)
    if match is None or not match[1]:
        return "", position
    if match[2] or text.startswith(("}", ")"), match.end()):
        return match[1], match.end()
    if text.startswith("=", match.end()):
        mended.append("the entry has no key")
        return "", position
    if _FIELD.match(text, match.end()):
        mended.append("no comma after the key")
        return match[1], match.end()
    loose = _LOOSE_KEY.match(text, position)
    return (loose[1].strip(), loose.end()) if loose else (match[1], match.end())


def _fields(text: str, position: int, close: str, macros: dict[str, str], mended: list[str]) -> tuple[list[Field], int]:
    """Fields up to the closing delimiter."""
    fields: list[Field] = []
    while True:
        found = _FIELD.match(text, position)
        if found is None:
            end = _past(_SEPARATORS, text, position)
            if text.startswith(close, end):
                return fields, end + 1
            if end >= len(text) or (text[end] == "@" and _RESTART.match(text, text.rfind("\n", 0, end) + 1)):
                if any(_SWALLOWED.search(field.value) for field in fields) or _TOOK_THE_LAST_BRACE.search(
                    fields[-1].value if fields else ""
                ):
                    raise _Damaged("a brace that is never closed", position)
                mended.append("the entry is not closed")
                return fields, end
            raise _Damaged(f"unexpected {text[end]!r}", end)
        plain = _PLAIN_VALUE.match(text, found.end())
        if plain is not None:
            value, position = plain[1] or plain[2] or plain[3] or "", plain.end()
        else:
            value, position = _value(text, found.end(), macros, mended)
        fields.append(Field(found[1].lower(), value))
        position = _past(_BLANK, text, position)
        if not text.startswith((",", close), position) and _FIELD.match(text, position):
            mended.append(f"no comma after {found[1]}")


def _past(blank: re.Pattern[str], text: str, position: int) -> int:
    found = blank.match(text, position)
    return found.end() if found else position


def _value(text: str, position: int, macros: dict[str, str], mended: list[str]) -> tuple[str, int]:
    """A value with its ``#`` concatenations, and the position behind it."""
    parts: list[str] = []
    while True:
        part, position = _part(text, position, macros, mended)
        parts.append(part)
        after = _past(_BLANK, text, position)
        if not text.startswith("#", after):
            return "".join(parts), position
        position = _past(_BLANK, text, after + 1)


def _part(text: str, position: int, macros: dict[str, str], mended: list[str]) -> tuple[str, int]:
    """One piece of a value: in braces, in quotes, a number, or a macro (kept as it is where undefined)."""
    if text.startswith("{", position):
        return _braced(text, position + 1)
    if text.startswith('"', position):
        return _quoted(text, position + 1)
    bare = _BARE.match(text, position)
    if bare is None:
        mended.append("a field has no value")
        return "", position
    word = bare[0]
    if not word[0].isdigit() and word.lower() not in macros:
        mended.append(f"{word} is not defined")
    return macros.get(word.lower(), word), bare.end()


def _braced(text: str, position: int) -> tuple[str, int]:
    """The text up to the brace that closes the one before ``position``."""
    depth = 1
    for mark in _BRACE.finditer(text, position):
        if mark[0] == "{":
            depth += 1
        elif mark[0] == "}":
            depth -= 1
            if not depth:
                return text[position : mark.start()], mark.end()
        else:
            raise _Damaged("a brace that is never closed", mark.start())
    raise _Damaged("a brace that is never closed", len(text))


def _quoted(text: str, position: int) -> tuple[str, int]:
    """The text up to the next quote outside braces."""
    depth = 0
    for mark in _BRACE_OR_QUOTE.finditer(text, position):
        if mark[0] == '"':
            if depth <= 0:
                return text[position : mark.start()], mark.end()
        elif mark[0] in "{}":
            depth += 1 if mark[0] == "{" else -1
        else:
            raise _Damaged("a quote that is never closed", mark.start())
    raise _Damaged("a quote that is never closed", len(text))


def _salvage(text: str, position: int, macros: dict[str, str]) -> tuple[list[Field], int, tuple[str, ...]]:
    """Fields of a damaged entry, each from its ``name =`` to the next; where the neighbour begins; fields without an end."""
    neighbour = _NEIGHBOUR.search(text, position) or _RESTART.search(text, position)
    end = neighbour.start() if neighbour else len(text)
    starts = list(_SALVAGED_FIELD.finditer(text, position, end))
    if starts and (last := _LAST_LINE.search(text, starts[-1].end(), end)) is not None:
        end_of_fields = last.start()
    else:
        end_of_fields = end
    stops = [start.start() for start in starts[1:]] + [end_of_fields]
    fields, cut = [], []
    for start, stop in zip(starts, stops, strict=False):
        written = _whole(text[start.end() : stop].strip().rstrip(",").rstrip())
        if _has_lost_its_end(written):
            cut.append(start[1].lower())
            continue
        value = _salvaged(written)
        fields.append(Field(start[1].lower(), macros.get(value.lower(), value)))
    return fields, end, tuple(cut)


def _whole(value: str) -> str:
    """The value alone where it is whole and the beginning of a field that was cut off follows it."""
    if not value.startswith("{"):
        return value
    try:
        _, end = _braced(value, 1)
    except _Damaged:
        return value
    rest = value[end:].lstrip()
    return value[:end] if rest.startswith(",") and "}" not in rest else value


def _has_lost_its_end(value: str) -> bool:
    """Whether a delimiter opens the value and none stands where it should end."""
    return (value.startswith("{") and not value.endswith("}")) or (
        value.startswith('"') and (len(value) < 2 or not value.rstrip("}) \t\r\n").endswith('"'))
    )


def _salvaged(value: str) -> str:
    """The value without its delimiters, and without any brace if they do not pair."""
    if value.count("{") != value.count("}") or not value.startswith("{"):
        value = value.replace("{", "").replace("}", "") if value.count("{") != value.count("}") else value
        return value.strip().strip('"').strip()
    return value[1:-1] if value.endswith("}") else value

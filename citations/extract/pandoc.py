"""Markdown papers whose works stand in a bibliography file: Pandoc, JOSS, Quarto, R Markdown.

The head of the paper names the file (``bibliography: paper.bib``), the text cites its keys (``[@key]``, ``@key``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from citations.extract.bibtex import BibtexExtractor
from citations.extract.csl import CslExtractor
from citations.extract.interface import Document, Extractor
from citations.types import Extracted, Location, Unreadable

_LONGEST_HEAD = 100_000
"""Characters; where the head has no end before, there is none."""
_HEAD = re.compile(r"\A\ufeff?---[ \t]*\r?\n(.*?)^(?:---|\.\.\.)[ \t]*\r?$", re.DOTALL | re.MULTILINE)
_BIBLIOGRAPHY = re.compile(
    r"^bibliography[ \t]*:[ \t]*(?:#[^\n]*)?(?P<line>[^\n]*)\n?(?P<items>(?:[ \t]*-[ \t]+[^\n]*\n?)*)", re.MULTILINE
)
_ITEM = re.compile(r"^[ \t]*-[ \t]+([^\n]*)", re.MULTILINE)
_CODE = re.compile(
    r"^(?P<fence>`{3,}|~{3,}).*?(?:^(?P=fence)[`~]*[ \t]*\r?$|\Z)|`[^`\n]{1,300}`|<!--.*?(?:-->|\Z)",
    re.DOTALL | re.MULTILINE,
)
_KEY = re.compile(r"(?<![\w@.\\/])-?@(?:\{([^{}\s]{1,200})\}|(\w(?:[\w]|[:.#$%&+?<>~/\-](?=\w)){0,200}|\*))")
_BRACKET = re.compile(r"\[[^\[\]]{0,2000}\]")
_CROSS_REFERENCE = re.compile(r"(?:fig|tbl|tab|sec|eq|eqn|lst|thm|lem|cor|exm|alg|app)[:\-.]", re.IGNORECASE)
_VISIBLE = re.compile(r"[^\n]")


@dataclass(frozen=True, slots=True)
class Cited:
    """One key that the text cites."""

    key: str
    line: int
    """Where it does so first."""
    certain: bool
    """It stands in brackets; a bare ``@name`` may be somebody's account."""


def bibliography_files(text: str) -> tuple[str, ...]:
    r"""Files that the head of a Markdown paper names as its bibliography, as written.

    >>> bibliography_files("---\ntitle: X\nbibliography: [a.bib, 'b.bib']\n---\nText.")
    ('a.bib', 'b.bib')
    """
    head = _HEAD.match(text[:_LONGEST_HEAD])
    found = _BIBLIOGRAPHY.search(head[1]) if head else None
    if found is None:
        return ()
    items = _ITEM.findall(found["items"]) or found["line"].strip().strip("[]").split(",")
    return tuple(name for each in items if (name := each.split(" #")[0].strip().strip("\"'")))


def cited_keys(text: str) -> tuple[Cited, ...]:
    r"""Keys that a Markdown text cites, each once, where it first does; code and comments cite nothing.

    >>> [each.key for each in cited_keys("As @Smith99 and others [see @doe:2001, p. 3; -@roe] say; me@home.org, `@x`")]
    ['Smith99', 'doe:2001', 'roe']
    """
    readable = _CODE.sub(lambda code: _VISIBLE.sub(" ", code[0]), text)
    brackets = [match.span() for match in _BRACKET.finditer(readable) if "@" in match[0]]
    keys: dict[str, Cited] = {}
    line, counted, bracket = 1, 0, 0
    for match in _KEY.finditer(readable):
        line += readable.count("\n", counted, match.start())
        counted = match.start()
        while bracket < len(brackets) and brackets[bracket][1] <= match.start():
            bracket += 1
        certain = bracket < len(brackets) and brackets[bracket][0] < match.start()
        cited = Cited(match[1] or match[2], line, certain and not _CROSS_REFERENCE.match(match[1] or match[2]))
        known = keys.get(cited.key)
        keys[cited.key] = cited if known is None or (cited.certain and not known.certain) else known
    return tuple(keys.values())


def listed_references(document: Document, text: str, *, whole_lists: bool) -> Iterator[Extracted]:
    """Entries of the bibliography files that the paper cites (all if it cites none), then what it cites in vain."""
    names = bibliography_files(text)
    if not names:
        return
    cited = {each.key: each for each in cited_keys(text)}
    everything = whole_lists or not cited or "*" in cited
    found: set[str] = set()
    missing = False
    for name in names:
        file, extractor = document.sibling(name), _extractor(name)
        if file is None or extractor is None:
            missing = True
            reason = "is not beside it" if file is None else "is in a format that is not read"
            yield Unreadable(Location(document.name, line=1), f"the paper names {name}, which {reason}")
            continue
        for each in extractor.extract(file):
            if whole_lists or (each.key not in found and (everything or not each.key or each.key in cited)):
                found.add(each.key)
                yield each
    for wanted in () if missing else cited.values():
        if wanted.certain and wanted.key not in found and wanted.key != "*":
            where = Location(document.name, line=wanted.line)
            yield Unreadable(where, f"cited as {wanted.key}, which no list of the paper holds", key=wanted.key)


def _extractor(name: str) -> Extractor | None:
    if name.lower().endswith((".bib", ".bibtex")):
        return BibtexExtractor()
    return CslExtractor() if name.lower().endswith(".json") else None

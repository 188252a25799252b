"""Finds the reference sections of a document: by their headings, or by what reference lists look like."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from citations.parse.cuts import cuts
from citations.parse.likeness import IDENTIFIER, LABEL, PROSE, likeness
from citations.parse.lines import Line, read_lines
from citations.parse.numbering import chains
from citations.parse.opening import YEAR, begins

HEADINGS = frozenset(
    [
        "references",
        "reference",
        "referencelist",
        "listofreferences",
        "referencescited",
        "citedreferences",
        "referencesandnotes",
        "notesandreferences",
        "bibliography",
        "bibliographicreferences",
        "selectedbibliography",
        "selectedreferences",
        "annotatedbibliography",
        "literature",
        "literaturecited",
        "literatureandreferences",
        "literaturereferences",
        "workscited",
        "workconsulted",
        "worksconsulted",
        "citations",
        "sources",
        "citedliterature",
        "citedworks",
        "supplementaryreferences",
        "supplementalreferences",
        "additionalreferences",
        "methodsreferences",
        "onlinereferences",
        "literatur",
        "literaturverzeichnis",
        "literaturliste",
        "literaturangaben",
        "quellen",
        "quellenverzeichnis",
        "quellenangaben",
        "referenzen",
        "referenceslist",
        "referencesbibliographiques",
        "bibliographie",
        "listedesreferences",
        "ouvragescites",
        "referencias",
        "referenciasbibliograficas",
        "bibliografia",
        "bibliografiacitada",
        "obrascitadas",
        "fuentes",
        "literaturacitada",
        "referenciasbibliografica",
        "riferimenti",
        "riferimentibibliografici",
        "referenties",
        "literatuur",
        "literatuurlijst",
        "geraadpleegdeliteratuur",
        "bronnen",
        "referenser",
        "referanser",
        "litteratur",
        "litteraturforteckning",
        "litteraturliste",
        "lahteet",
        "viitteet",
        "kirjallisuus",
        "kaynakca",
        "kaynaklar",
        "pismiennictwo",
        "literatura",
        "irodalom",
        "irodalomjegyzek",
        "literaturapouzita",
        "pouzitaliteratura",
        "seznamliteratury",
        "zoznamliteratury",
        "reference1",
        "bibliografie",
        "литература",
        "списоклитературы",
        "списокиспользованнойлитературы",
        "источники",
        "библиография",
        "参考文献",
        "参考资料",
        "引用文献",
        "文献",
        "參考文獻",
        "참고문헌",
        "المراجع",
        "βιβλιογραφια",
    ]
)
"""Headings of reference lists, folded to letters."""

ENDINGS = re.compile(
    r"(?:appendix|appendices|supplement(?:ary|al)?\b|supporting information|acknowledge?ments?\b|author contributions?|"
    r"about the authors?|biograph(?:y|ies)\b|conflicts? of interest|competing interests|data availability|funding\b|"
    r"figure (?:captions?|legends?)|list of (?:figures|tables)|tables?$|figures?$|neurips paper checklist|checklist$|"
    r"anhang|annexe?s?\b|ap[ée]ndice|allegat[oi]\b|glossary$|index$|endnotes?$|footnotes?$|author(?:s'?)? (?:information|affiliations)|"
    r"ethics statement|reproducibility|extended data|received:? |publisher.s note|how to cite|additional information|author index|subject index)",
    re.IGNORECASE,
)
"""How the headings go on that end a reference list."""

NUMBERED = re.compile(
    r"(?:#{1,6}\s*)?(?:(?:\d{1,2}(?:\.\d{1,2}){0,3}|[A-Z](?:\.\d{1,2}){0,3}|[IVX]{1,6})[.:)]?\s+|§\s*\d*\s*)?"
)
SETEXT = re.compile(r"(?:=+|-{3,})$")
TRAILING = re.compile(r"[\s.:·…]*\d{0,4}[\s:.]*$")
MARKDOWN = re.compile(r"#{1,6}\s+\S")

MEMBER = re.compile(
    r"\[\d{1,4}\]\s|\d{1,4}\.\s|\bet al\b|\b(?:1[5-9]|20)\d\d[a-z]?\b|doi[.:]|arXiv|\bpp?\.|\bvol\.|\d+\s?\(\d+\)|:\s?\d+[–-]\d+|Proc\.|Journal|Press\b",
    re.IGNORECASE,
)


SHORT = 300
"""Lines of a text that may have been pasted."""

HUGE = 1_000_000
"""Characters; of a longer text only what follows its first heading or stands at its end is looked at."""

SHORT_LINE = re.compile(r"^[ \t]{0,20}\S[^\n]{1,80}$", re.MULTILINE)

FAR = 4_000
"""Lines; a list without a heading is looked for at the end of a longer text."""

NEAR_EDGE = 40
"""Lines; a list that begins so near to where one began to look may begin earlier."""

DATED_END = re.compile(r"\(?(?:1[5-9]|20)\d\d[a-z]?\)?\W{0,2}$")

LONGEST_HEADING = 50
"""Characters."""

LONGEST = 18
"""Lines; longer entries do not count as references when lists are looked for."""


@dataclass(frozen=True, slots=True)
class Section:
    """Where a reference list stands in a text, heading excluded."""

    start: int
    end: int
    heading: str = ""
    """As printed; empty where the list has none."""


def is_heading(line: str) -> bool:
    """Whether a line is the heading of a reference list, whatever number, markup or margin number stands beside it.

    >>> [is_heading(line) for line in ("6 References 353", "**REFERENCES**", "R EFERENCES", "References are good.")]
    [True, True, True, False]
    """
    return heading_of(line) in HEADINGS or (line[1:2] == " " and heading_of(f"1 {line}") in HEADINGS)


def heading_of(line: str) -> str:
    """The letters of a line, folded, if it is short enough to be a heading; otherwise empty."""
    if len(line) > LONGEST_HEADING:
        return ""
    bare = line.strip().strip("*_=~|{}[]<>\\ \t").removesuffix("{-}").strip("*_ #")
    bare = TRAILING.sub("", NUMBERED.sub("", bare, count=1)).strip("*_: ")
    if any(mark in bare for mark in ".,;?!()"):
        return ""
    if len(bare) < 2:
        return ""
    folded = unicodedata.normalize("NFKD", bare)
    return "".join(each for each in folded if each.isalpha()).casefold()


def is_ending(line: str) -> bool:
    """Whether a line is the heading of what follows a reference list."""
    if len(line) > 90 or line.endswith((",", ";")):
        return False
    bare = NUMBERED.sub("", line.strip().strip("*_ "), count=1).strip("*_# ")
    return bool(ENDINGS.match(bare)) and not YEAR.search(bare)


def reference_section(text: str) -> Section | None:
    """The main reference list of a text, ``None`` if there is none."""
    sections = reference_sections(text)
    return max(sections, key=lambda section: section.end - section.start) if sections else None


def reference_sections(text: str) -> tuple[Section, ...]:
    r"""All reference lists of a text in order: below their headings, or where lines look like references.

    >>> text = "Prose.\n\n## References\n\n- A. Smith, X, 2001.\n\n## Appendix\nProse."
    >>> [text[section.start:section.end] for section in reference_sections(text)]
    ['- A. Smith, X, 2001.']
    """
    begin = _unread(text)
    lines = read_lines(text[begin:])
    found = headed(lines)
    if not found:
        found = ((0, len(lines)),) if _pasted(lines) else _at_the_end(lines)
        if begin and found and found[0][0] <= NEAR_EDGE:
            begin, lines = 0, read_lines(text)
            found = _at_the_end(lines)
    return tuple(
        Section(
            begin + lines[first].start,
            begin + lines[last - 1].end,
            lines[first - 1].text if first and is_heading(lines[first - 1].text) else "",
        )
        for first, last in found
    )


def _unread(text: str) -> int:
    """How much of a huge text need not be cut into lines: all in front of its first heading, or of its end."""
    if len(text) <= HUGE:
        return 0
    headings = (match.start() for match in SHORT_LINE.finditer(text) if is_heading(match[0].strip()))
    begin = min(next(headings, len(text)), len(text) - HUGE)
    return text.rfind("\n", 0, begin) + 1


def headed(lines: Sequence[Line]) -> tuple[tuple[int, int], ...]:
    """Runs of lines below the headings of reference lists, the headings excluded."""
    runs: list[tuple[int, int]] = []
    for index, line in enumerate(lines):
        if not is_heading(line.text) or (runs and index < runs[-1][1]):
            continue
        begin = index + 1
        while begin < len(lines) and SETEXT.match(lines[begin].text):
            begin += 1
        end = _end(lines, begin)
        if end > begin and any(MEMBER.search(each.text) for each in lines[begin : begin + 12]):
            runs.append((begin, end))
    return tuple(runs)


def _end(lines: Sequence[Line], begin: int) -> int:
    """Index behind the last line of a list that begins at a line."""
    for index in range(begin, len(lines)):
        text = lines[index].text
        if is_heading(text) or is_ending(text) or (MARKDOWN.match(text) and index > begin):
            return index
    return len(lines)


def _at_the_end(lines: Sequence[Line]) -> tuple[tuple[int, int], ...]:
    """Runs without a heading; of a huge text only its end is looked at, and more as long as the list reaches further up."""
    size = FAR
    while True:
        begin = max(0, len(lines) - size)
        found = headless(lines[begin:])
        if not begin or not found or found[0][0] > NEAR_EDGE:
            return tuple((begin + first, begin + last) for first, last in found)
        size *= 4


def headless(lines: Sequence[Line]) -> tuple[tuple[int, int], ...]:
    """Runs of lines without a heading whose entries look like references; empty if there are none."""
    if alike(lines, 0, len(lines), 0.8) and not _prose_at_edge(lines):
        return ((0, len(lines)),)
    numbered, dense = _numbered_run(lines), _densest(lines)
    if numbered and 2 * (numbered[1] - numbered[0]) > dense[1] - dense[0]:
        return (numbered,)
    if alike(lines, *dense, 0.6):
        return (dense,)
    return ((0, len(lines)),) if alike(lines, 0, len(lines), 0.6) else ()


def _pasted(lines: Sequence[Line]) -> bool:
    """Whether a short text is a pasted list whose entries begin with their titles: most pieces end dated or identified."""
    if not lines or len(lines) > SHORT:
        return False
    pieces = [_joined(lines[cut.first : cut.last]) for cut in cuts(lines)]
    good = sum(len(piece) < 600 and bool(DATED_END.search(piece) or IDENTIFIER.search(piece)) for piece in pieces)
    return good >= 0.7 * len(pieces)


def _prose_at_edge(lines: Sequence[Line]) -> bool:
    """Whether the first or last paragraph of a text is prose."""
    found = cuts(lines)
    return any(likeness(_joined(lines[cut.first : cut.last])) < 0.2 for cut in (found[0], found[-1]))


def alike(lines: Sequence[Line], begin: int, end: int, share: float) -> bool:
    """Whether at least this share of a run of lines belongs to entries that look like references."""
    good = 0
    for cut in cuts(lines[begin:end]):
        size = cut.last - cut.first
        if size <= LONGEST and likeness(_joined(lines[begin + cut.first : begin + cut.last])) >= 0.5:
            good += size
            if good >= share * (end - begin):
                return good > 0
    return False


def _numbered_run(lines: Sequence[Line]) -> tuple[int, int] | None:
    """The run of lines below the chain of numbers that begin the most references."""
    best, best_run = 0, None
    for chain in chains(lines):
        places = [mark.line for mark in chain]
        pieces = [_joined(lines[a : min(b, a + 8)]) for a, b in zip(places, [*places[1:], len(lines)], strict=True)]
        alike = sum(likeness(piece) >= 0.5 for piece in pieces)
        if alike > best and alike >= 0.6 * len(pieces):
            longest = max((b - a for a, b in pairwise(places)), default=4)
            best, best_run = alike, (places[0], _paragraph_end(lines, places[-1] + 1, longest + 2))
    return best_run


def _paragraph_end(lines: Sequence[Line], begin: int, most: int) -> int:
    """Index behind the paragraph that goes on at a line."""
    end = begin
    while end < len(lines) and end < begin + most and not (lines[end].gap or is_ending(lines[end].text)):
        end += 1
    return end


def _joined(lines: Sequence[Line]) -> str:
    return " ".join(line.text for line in lines[:12])


def _densest(lines: Sequence[Line]) -> tuple[int, int]:
    """The run of lines that together look most like references."""
    best, best_run, total, begin = 0.0, (0, 0), 0.0, 0
    for index, line in enumerate(lines):
        if total <= 0:
            total, begin = 0.0, index
        total += worth(line.text)
        if total > best:
            best, best_run = total, (begin, index + 1)
    begin, end = best_run
    return begin, _paragraph_end(lines, end, 10) if end > begin else end


def worth(text: str) -> float:
    """How much a line looks like part of a reference list (positive) or of prose (negative)."""
    head = text[:300]
    signs = len(set(MEMBER.findall(head)))
    label = bool(LABEL.match(head))
    words = [word for word in head.split() if word[0].isalpha()]
    capitals = sum(word[0].isupper() for word in words) / max(len(words), 4)
    value = (
        0.35 * signs
        + 0.5 * label * bool(signs)
        + 0.6 * (begins(head) >= 0.8)
        + 0.8 * capitals
        - 0.3 * len(PROSE.findall(head))
        - 0.6
    )
    return max(-1.0, min(value, 1.5))

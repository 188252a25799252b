"""Citations inside sentences: titles in quotes or italics with authors and year near them, identifiers, links."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from citations.identifiers import find_identifiers
from citations.names import read_names
from citations.parse.fields import parse_fields
from citations.parse.pointers import Pointer, pointers
from citations.parse.spelt_out import spelt_out
from citations.types import Fields, Scheme

_TITLE = re.compile(
    r"“([^“”\n]{8,300})”|«([^«»\n]{8,300})»|(?<!\w)\"([^\"\n]{8,300})\"|(?<![*\w])\*{1,3}[“\"]?([^*\n]{8,300}?)[”\"]?\*{1,3}(?![*\w])"
    r"|(?<!\w)_([^_\n]{8,300})_(?!\w)"
)
_IN_BRACKETS = re.compile(r"[,.]?\s*\(([^()\n]{4,240}(?:\([^()\n]{0,60}\)[^()\n]{0,120})?)\)")
_BY = re.compile(
    r"[,.]?\s*(?:(?:is|was)\s+)?(?:(?:an?|the)\s+(?:\w+\s+){0,3}(?:paper|article|book|study|survey|review)\s+)?(?:written |authored |published )?by\s+",
    re.IGNORECASE,
)
_TO_YEAR = re.compile(r"[^\n“”\"]{2,200}?(?:\((?:1[6-9]|20)\d\d[a-z]?\)|(?<![\d.-])(?:1[6-9]|20)\d\d(?![\d-]))")
_TO_STOP = re.compile(r"[^\n“”\"]{2,160}?(?=[.;](?:\s|$)(?<![A-Z]\.\s)|\n|$)")
_YEAR_AFTER = re.compile(r",?\s*(?:[^.;:\n“”\"()]{0,80}[, ])?\(?((?:1[6-9]|20)\d\d)[a-z]?\)?")
_AUTHORS_BEFORE = re.compile(r"(?:^|(?<=[(.;:]\s)|(?<=[(;]))([^\W\d_a-zß-ÿ][^\n“”\"();]{2,120}?)[,:.]\s*$")
_YEAR = re.compile(r"(?<!\d)(?<!\d[-–—])((?:1[6-9]|20)\d\d)[a-z]?(?!\d|[-–—]\d)")
_ADDRESS = re.compile(
    r"\[(?P<text>[^\[\]\n]{1,300})\]\((?P<link>https?://[^\s()<>]{1,600}(?:\([^\s()<>]{0,80}\)[^\s()<>]{0,80})?)\)"
    r"|(?P<url>https?://[^\s<>\"“”]{4,600})|(?P<id>(?:doi:?\s?)?10\.\d{4,9}/[^\s<>\"“”]{2,200}|arxiv[:\s]\s?[a-z.-]{0,12}/?\d{4}[.\d]\d{3,5}(?:v\d+)?)",
    re.IGNORECASE,
)
_LOOSE = re.compile(
    r"([^\W\d_a-zß-ÿ][\w'’-]{1,30}(?: et al\.?)?),?\s+\(?((?:1[6-9]|20)\d\d)\)?[,:]?\s+((?:[\w'’:-]{1,40} ){1,11}[\w'’:-]{1,40})[.?]?\s*$"
)
_TITLE_BEHIND = re.compile(
    r"[,:]\s+(?P<title>[^\W\d_a-zß-ÿ][\w'’-]{0,40}:?(?: [\w'’-]{1,40}:?){2,20})(?:,\s+(?P<venue>(?:[^\W\d_a-zß-ÿ][\w'’&-]*|of|the|on|in|and|for)(?: (?:[^\W\d_a-zß-ÿ][\w'’&-]*|of|the|on|in|and|for)){0,7}))?"
    r"(?=[.;\n]|\s?\)|,\s|$)"
)
_SMALL_WORDS = "a an the of for in on and or to with by from via at as into under over toward towards vs is are"
_SMALL = frozenset(_SMALL_WORDS.split())
_OFFICES = """
    director professor president head chair chairman member author editor founder minister secretary dean fellow lecturer chief doctor dr prof
    university department institute college school faculty centre center laboratory
"""
_OFFICE = frozenset(_OFFICES.split())
_NEAR = 70
_LONGEST_POSSESSOR = 160
_POSSESSOR = re.compile(
    r"(?P<names>[^\W\d_a-zß-ÿ][\w.-]*(?:(?:,? and|,|,? &)? [^\W\d_a-zß-ÿ][\w.-]*){0,5}(?: et al\.?)?)['’]s? (?P<year>(?:1[6-9]|20)\d\d),? "
    r"(?:(?:\w+ ){0,3}(?:paper|article|book|study|report|work|survey|review)[,:]?(?: (?:titled|entitled|called|named),?)? ?)?$"
)
_IN_VENUE = re.compile(r",?\s(?:was |is )?published in (?:[“\"*_]{1,3}(?P<venue>[^“”\"*_\n]{3,120})[”\"*_]{1,3})")


@dataclass(frozen=True, slots=True)
class Mention:
    """A citation in prose, before it is linked with a list."""

    start: int
    end: int
    fields: Fields
    pointer: bool = False
    """Only names and year: a list may spell it out."""
    label: str = ""
    of_list: int = 0
    """Number of the list that it is an item of; 0 for none."""


def prose_mentions(text: str, start: int, end: int) -> list[Mention]:
    """The citations inside ``text[start:end]``, in order and without overlap; each is as complete as the sentence makes it."""
    short = list(pointers(text, start, end))
    whole = [Mention(begin, stop, parse_fields(text[begin:stop])) for begin, stop in spelt_out(text, start, end)]
    taken = [(each.start, each.end) for each in whole]
    titled = [each for each in _titled(text, start, end, short) if not _overlaps(each.start, each.end, taken)]
    taken += [(each.start, each.end) for each in titled]
    addressed = [each for each in _addresses(text, start, end) if not _overlaps(each.start, each.end, taken)]
    taken += [(each.start, each.end) for each in addressed]
    alone = [_with_title_behind(text, each, end) for each in short if not _overlaps(each.start, each.end, taken)]
    found = sorted([*whole, *titled, *addressed, *alone], key=lambda each: each.start)
    if not found and (loose := _LOOSE.match(text[start : min(end, start + 200)])) and end - start <= 200:
        names = read_names(loose[1])
        return [
            Mention(
                start,
                start + loose.end(),
                Fields(title=loose[3], authors=names.names, et_al=names.et_al, year=int(loose[2])),
            )
        ]
    return found


def _overlaps(start: int, end: int, spans: Sequence[tuple[int, int]]) -> bool:
    return any(start < other_end and other_start < end for other_start, other_end in spans)


def _from_pointer(pointer: Pointer) -> Mention:
    names = read_names(pointer.names.removesuffix("'s").removesuffix("’s"))
    fields = Fields(authors=names.names, et_al=names.et_al or pointer.et_al, year=pointer.year)
    return Mention(pointer.start, pointer.end, fields, pointer=True, label=pointer.label)


def _with_title_behind(text: str, pointer: Pointer, end: int) -> Mention:
    """The pointer with the title in capitals that may stand behind it: ``Roe (2021), Echo Networks for Sleep, EMNLP``."""
    mention = _from_pointer(pointer)
    found = None if pointer.bracketed else _TITLE_BEHIND.match(text, pointer.end, end)
    if not found or text[pointer.end - 1] not in ")]":
        return mention
    words = [word.strip(":") for word in found["title"].split()]
    large = [word for word in words if word.lower() not in _SMALL]
    if len(words) < 4 or words[0].lower() in _OFFICE or any(word[0].islower() for word in large):
        return mention
    fields = replace(mention.fields, title=found["title"], venue=found["venue"] or "")
    return Mention(mention.start, found.end(), fields)


def _titled(text: str, start: int, end: int, short: Sequence[Pointer]) -> Iterator[Mention]:
    """Titles in quotes or emphasis that authors, a year or an identifier stand beside."""
    behind, at_pointer = start, 0
    for found in _TITLE.finditer(text, start, end):
        title = next(part for part in found.groups() if part).strip(" ,.")
        if found.start() < behind or len(title.split()) < 2 or title.endswith(":"):
            continue
        while at_pointer + 1 < len(short) and short[at_pointer + 1].end <= found.start():
            at_pointer += 1
        before = (
            short[at_pointer]
            if short and behind <= short[at_pointer].start and short[at_pointer].end <= found.start()
            else None
        )
        mention = (
            _possessed(text, found, title, behind)
            or _followed(text, found, title, end)
            or _preceded(text, found, title, before)
            or _enclosed(text, found, title, behind, end)
        )
        if mention:
            behind = mention.end
            yield mention


def _possessed(text: str, found: re.Match[str], title: str, behind: int) -> Mention | None:
    """``Author's Year paper "Title"``."""
    floor = max(behind, found.start() - _LONGEST_POSSESSOR)
    owner = _POSSESSOR.search(text[floor : found.start()])
    if not owner:
        return None
    names = read_names(owner["names"])
    venue = _IN_VENUE.match(text, found.end())
    fields = Fields(
        title=title,
        authors=names.names,
        et_al=names.et_al,
        year=int(owner["year"]),
        venue=venue["venue"].strip() if venue else "",
    )
    return Mention(floor + owner.start("names"), venue.end() if venue else found.end(), fields)


def _followed(text: str, found: re.Match[str], title: str, end: int) -> Mention | None:
    """``"Title" (Authors, Year)``, ``"Title" by Authors (Year)``."""
    brackets = _IN_BRACKETS.match(text, found.end(), end)
    if brackets:
        year = _YEAR.search(brackets[1])
        identifiers = find_identifiers(brackets[1])
        if year or identifiers:
            fields = _bracket_fields(title, brackets[1], year)
            return Mention(found.start(), brackets.end(), fields)
    by = _BY.match(text, found.end(), end)
    if by:
        tail = _TO_YEAR.match(text, by.end(), end)
        if tail is None or ". " in re.sub(r"\b[A-Z]\. |et al\. ", "", tail[0]):
            tail = _TO_STOP.match(text, by.end(), end)
        if tail and tail[0][:1].isupper():
            closed = tail.end() + (tail[0].count("(") > tail[0].count(")") and text[tail.end() : tail.end() + 1] == ")")
            return Mention(found.start(), closed, replace(parse_fields(f'"{title}" by {tail[0]}'), title=title))
    return None


def _bracket_fields(title: str, inside: str, year: re.Match[str] | None) -> Fields:
    """Fields of a title from the bracket behind it: names, venue, year, identifiers."""
    before = inside[: year.start()].strip(" ,;:(") if year else ""
    pointer = next(pointers(f"({inside})"), None)
    names = read_names(pointer.names) if pointer else None
    printed = parse_fields(f"“{title}.” {inside}") if not pointer else Fields()
    result = Fields(
        title=title,
        authors=names.names if names else (),
        et_al=bool(names and names.et_al),
        year=int(year[1]) if year else None,
        venue=before if not pointer and len(before.split()) <= 6 and before[:1].isupper() else printed.venue,
    )
    return _identified(result, inside)


def _preceded(text: str, found: re.Match[str], title: str, before: Pointer | None) -> Mention | None:
    """``Authors (Year) showed in "Title"``."""
    if before is None or before.bracketed:
        return None
    between = text[before.end : found.start()]
    if len(between) > _NEAR or (any(mark in between for mark in ".;\n") and between.strip(" .,")):
        return None
    fields = _from_pointer(before).fields
    return Mention(before.start, found.end(), replace(fields, title=title))


def _enclosed(text: str, found: re.Match[str], title: str, behind: int, end: int) -> Mention | None:
    """``Authors, "Title", Venue, Year``."""
    window = text[max(behind, found.start() - 140) : found.start()]
    authors = _AUTHORS_BEFORE.search(window)
    year = _YEAR_AFTER.match(text, found.end(), end)
    if not authors or not year:
        return None
    begin = found.start() - len(window) + authors.start(1)
    fields = parse_fields(text[begin : year.end()])
    return Mention(begin, year.end(), replace(fields, title=title)) if fields.authors else None


def _identified(fields: Fields, text: str) -> Fields:
    values = {each.scheme: each.value for each in reversed(find_identifiers(text))}
    return replace(fields, doi=values.get(Scheme.DOI, ""), arxiv=values.get(Scheme.ARXIV, ""))


def _addresses(text: str, start: int, end: int) -> Iterator[Mention]:
    """Identifiers and addresses that stand alone, with the text of their link as title."""
    for found in _ADDRESS.finditer(text, start, end):
        printed = found[0] if found["text"] else found[0].rstrip(".,;:!?*_'\"”)]}")
        if not found["text"] and found[0].count("(") and printed.count("(") > printed.count(")"):
            printed += ")"
        address = found["link"] or printed
        fields = parse_fields(address) if address.startswith("http") else _identified(Fields(), printed)
        fields = replace(fields, title="", authors=(), year=None, venue="", volume="", issue="", pages="", publisher="")
        linked = found["text"] or ""
        number = linked.strip("[]^") if linked.strip("[]^").isdigit() else ""
        if len(linked.split()) > 2 and not linked.startswith("http"):
            fields = replace(fields, title=linked.strip('*_"“” '))
        if fields.doi or fields.arxiv or fields.url:
            yield Mention(found.start(), found.start() + len(printed), fields, label=f"[{number}]" if number else "")

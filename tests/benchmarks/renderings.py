"""Honest renderings: how careful, hurried and unlucky people print a work that exists.

``render`` prints the fields of a real work in one of six styles and applies a noise model of what honest citing and honest
typesetting do: initials, et al., lost diacritics, an abbreviated venue, the year of the preprint, a dropped subtitle, LaTeX
left in the string, a line broken in the middle of a word. Everything it does must be forgiven; what it never does (another
author, another word, another work) must not.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from anyascii import anyascii

from citations.types import Fields, Kind, Name

SMALL_WORDS = {"a", "an", "and", "at", "by", "for", "from", "in", "of", "on", "or", "the", "to", "und", "with"}


@dataclass(frozen=True)
class Rendering:
    """A printed reference, its style, and what was done to it."""

    raw: str
    style: str
    noise: tuple[str, ...]


@dataclass
class Noise:
    """Decides what happens to a rendering, and remembers it."""

    random: random.Random
    happened: list[str]

    def __call__(self, name: str, probability: float) -> bool:
        """Whether the named thing happens this time."""
        happens = self.random.random() < probability
        if happens:
            self.happened.append(name)
        return happens


def render(fields: Fields, random_: random.Random) -> Rendering:
    """One honest printed form of the work."""
    noise = Noise(random_, [])
    style = random_.choice(list(STYLES))
    raw = damaged(STYLES[style](hurried(fields, noise)), noise)
    return Rendering(raw, style, tuple(noise.happened))


def hurried(fields: Fields, noise: Noise) -> Fields:
    """What writers leave out or shorten."""
    cited = fields
    head = cited.title.split(":")[0]
    if head != cited.title and len(head.split()) >= 4 and noise("subtitle dropped", 0.08):
        cited = replace(cited, title=head)
    if noise("venue abbreviated", 0.4):
        cited = replace(cited, venue=abbreviated(cited.venue))
    if cited.year and noise("year of the preprint", 0.08):
        cited = replace(cited, year=cited.year - 1)
    if len(cited.authors) > 2 and noise("et al.", 0.3):
        shown = cited.authors[: noise.random.choice((1, 1, 3, 6))]
        cited = replace(cited, authors=shown, et_al=len(shown) < len(fields.authors))
    return cited if noise("DOI given", 0.25) else replace(cited, doi="")


def damaged(raw: str, noise: Noise) -> str:
    """What typesetting and copying do to the string."""
    if noise("diacritics lost", 0.15):
        raw = anyascii(raw)
    if noise("LaTeX left in", 0.05):
        raw = latex_remnants(raw)
    if noise("lines broken", 0.25):
        raw = broken_lines(raw, noise.random)
    return raw


def apa(work: Fields) -> str:
    names = [inverted(name) for name in work.authors]
    authors = ", ".join(names) + ", et al." if work.et_al else joined(names, ", ", ", & ")
    place = f"In {work.venue} (pp. {work.pages})" if work.kind is Kind.CONFERENCE and work.pages else container(work)
    return f"{authors} ({work.year}). {sentence_case(work.title)}. {place}.{doi_link(work)}"


def ieee(work: Fields) -> str:
    names = [initials_first(name) for name in work.authors]
    authors = (
        ", ".join(names) + " et al." if work.et_al else joined(names, ", ", ", and " if len(names) > 2 else " and ")
    )
    where = f"in {work.venue}" if work.kind is Kind.CONFERENCE else work.venue
    volume = f", vol. {work.volume}" if work.volume and work.kind is not Kind.CONFERENCE else ""
    pages = f", pp. {work.pages}" if work.pages else ""
    doi = f", doi: {work.doi}" if work.doi else ""
    return f'{authors}, "{sentence_case(work.title)}," {where}{volume}, {work.year}{pages}{doi}.'


def acm(work: Fields) -> str:
    names = [str(name) for name in work.authors]
    authors = (
        ", ".join(names) + ", et al" if work.et_al else joined(names, ", ", ", and " if len(names) > 2 else " and ")
    )
    where = f"In {work.venue}" if work.kind is Kind.CONFERENCE else container(work)
    pages = f", {work.pages}" if work.pages else ""
    return f"{authors}. {work.year}. {work.title}. {where}{pages}.{doi_link(work)}"


def vancouver(work: Fields) -> str:
    names = [f"{name.family} {bare_initials(name)}".strip() if name.family else name.literal for name in work.authors]
    authors = ", ".join(names) + (", et al" if work.et_al else "")
    volume = f";{work.volume}" if work.volume else ""
    pages = f":{work.pages}" if work.pages else ""
    doi = f" doi:{work.doi}" if work.doi else ""
    return f"{authors}. {sentence_case(work.title)}. {work.venue}. {work.year}{volume}{pages}.{doi}"


def chicago(work: Fields) -> str:
    first, *others = work.authors or (Name(literal="Anonymous"),)
    lead = f"{first.family}, {first.given}" if first.family and first.given else str(first)
    names = [lead, *map(str, others)]
    authors = ", ".join(names) + ", et al." if work.et_al else joined(names, ", ", ", and ")
    where = f"In {work.venue}" if work.kind is Kind.CONFERENCE else work.venue
    pages = f", {work.pages}" if work.pages else ""
    return f"{authors.rstrip('.')}. “{work.title}.” {where}{pages}, {work.year}.{doi_link(work)}"


def natbib(work: Fields) -> str:
    names = [str(name) for name in work.authors]
    authors = (
        ", ".join(names) + ", et al" if work.et_al else joined(names, ", ", ", and " if len(names) > 2 else " and ")
    )
    where = f"In {work.venue}" if work.kind is Kind.CONFERENCE else work.venue
    volume = f", {work.volume}" if work.volume and work.kind is not Kind.CONFERENCE else ""
    pages = f", pages {work.pages}" if work.pages else ""
    return f"{authors}. {sentence_case(work.title)}. {where}{volume}{pages}, {work.year}."


STYLES: dict[str, Callable[[Fields], str]] = {
    "apa": apa,
    "ieee": ieee,
    "acm": acm,
    "vancouver": vancouver,
    "chicago": chicago,
    "natbib": natbib,
}


def container(work: Fields) -> str:
    volume = f", {work.volume}" if work.volume else ""
    pages = f", {work.pages}" if work.pages and work.kind is not Kind.CONFERENCE else ""
    return f"{work.venue}{volume}{pages}"


def doi_link(work: Fields) -> str:
    return f" https://doi.org/{work.doi}" if work.doi else ""


def joined(names: Sequence[str], comma: str, last: str) -> str:
    return names[0] if len(names) == 1 else comma.join(names[:-1]) + last + names[-1] if names else ""


def initials(name: Name) -> list[str]:
    return [part[0].upper() for part in re.split(r"[\s.\-]+", name.given) if part]


def bare_initials(name: Name) -> str:
    return "".join(initials(name))


def inverted(name: Name) -> str:
    spaced = " ".join(f"{letter}." for letter in initials(name))
    return f"{name.family}, {spaced}" if name.family and spaced else str(name)


def initials_first(name: Name) -> str:
    spaced = " ".join(f"{letter}." for letter in initials(name))
    return f"{spaced} {name.family}" if name.family and spaced else str(name)


def sentence_case(title: str) -> str:
    """Lower-case the plain words of a title; what has capitals inside stays."""
    words = title.split(" ")
    kept = [
        word if index == 0 or not re.fullmatch(r"[A-Z][a-z'-]+[,:;.?!]*", word) else word.lower()
        for index, word in enumerate(words)
    ]
    return " ".join(kept)


def abbreviated(venue: str) -> str:
    """A venue as hurried people write it: the acronym in it, or its words cut short."""
    own = re.search(
        r"\(([A-Z][A-Za-z]*[A-Z]+)[^()]*\)\s*$", venue
    )  # "...of the European Chapter of the ACL (EACL 2009)"
    if found := own or re.search(r"\b([A-Z][A-Za-z]*[A-Z]+)\b", venue):
        year = re.search(r"\b(19|20)\d\d\b", venue)
        return f"Proc. {found.group(1)}{' ' + year.group(0) if year else ''}"
    words = [word for word in re.split(r"[\s,]+", venue) if word and word.lower() not in SMALL_WORDS]
    return " ".join(f"{word[:4].rstrip('aeiou')}." if len(word) > 6 else word for word in words[:8])


def latex_remnants(raw: str) -> str:
    replaced = (
        raw.replace("&", r"\&").replace("%", r"\%").replace("–", "--").replace("ü", '{\\"u}').replace("é", "{\\'e}")
    )
    return re.sub(r"\b([A-Z]{2,})\b", r"{\1}", replaced, count=2)


def broken_lines(raw: str, random_: random.Random) -> str:
    """Lines of about 60 characters; every other break falls into a word and leaves a hyphen, as in a PDF column."""
    pieces, line = [], ""
    for word in raw.split(" "):
        if len(line) + len(word) > 60 and len(word) > 7 and word.isalpha() and random_.random() < 0.5:
            cut = random_.randint(3, len(word) - 3)
            pieces.append(f"{line} {word[:cut]}-".strip())
            line = word[cut:]
        elif len(line) + len(word) > 60:
            pieces.append(line)
            line = word
        else:
            line = f"{line} {word}".strip()
    return "\n".join([*pieces, line])

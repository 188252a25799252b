"""One printed reference to its fields, in whatever style it was printed.

Styles whose marks tell what is what (GB/T 7714, GOST, corner quotes) are read by rule. The pieces of all others are
labelled (``citations.parse.labels``); what is done here is reading each labelled run.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from citations.identifiers import find_identifiers
from citations.names import NameList, read_names
from citations.parse.answer_styles import Arranged, arranged
from citations.parse.boundaries import mend_borders
from citations.parse.corner_quotes import corner_quotes
from citations.parse.gbt7714 import gbt7714
from citations.parse.gost import gost
from citations.parse.kinds import kind_of
from citations.parse.labels import Label, label_all
from citations.parse.legal import legal_title
from citations.parse.title_end import title_end
from citations.parse.tokens import mend, pieces
from citations.types import Fields, Kind, Name, Scheme

_LONGEST = 4_000
_YEAR = re.compile(r"(?<![\d.])(1[4-9]\d\d|20\d\d)(?=[a-z]?(?!\d))")
_URL = re.compile(r"(?:https?://|www\.)[^\s<>\"“”\x00]+", re.IGNORECASE)
_RESOLVER = re.compile(r"(?:https?://)?(?:(?:dx\.|www\.)?doi\.org|(?:www\.|export\.)?arxiv\.org)/", re.IGNORECASE)
_IN = re.compile(r"^(?:in|dans|en)\b\s*:?\s*(?:the\s+)?(?=\S)|^in:\s*", re.IGNORECASE)
_EDITOR_WORDS = re.compile(
    r"\(?\b(?:edited by|eds?\b\.?|editors?\b|hrsgg?\b\.?|hgg?\b\.?|herausgegeben von|dir\.|coord\.|trans\.|translated by)\)?[:,.]?|\(\s*\)",
    re.IGNORECASE,
)
_PAGES = re.compile(r"[A-Za-z]{0,3}\d+[A-Za-z]?(?:\s*[-–—−‐]{1,3}\s*[A-Za-z]{0,3}\d+[A-Za-z]?)?")
_NUMBER = re.compile(r"\d+[A-Za-z]?(?:[-–/]\d+)?|\b[IVXLC]+\b")
_QUOTED = re.compile(
    r"[“„«]\s*([^“”„«»]{6,400}?)[,.]?\s*[”“»]|\"([^\"]{6,400}?)[,.]?\"|(?<!\w)[‘']([^‘]{8,400}?)[,.]?[’'](?!\w)"
)
_CLOSING_QUOTE = re.compile(r"[,.?!][”\"»’'“](?!\w)|[”\"»“’'](?=[,.;])|[”\"»](?= (?:[A-Z]|in\b))|[’'](?= [A-Z])")
_FULL_STOP = re.compile(r"(?<=[^\W\d_]{3})\.$")
_QUOTES = "“”\"«»„‘’'‚`"
_TRIM = " .,;:-–—/"


@dataclass(frozen=True, slots=True)
class _Run:
    """Neighbouring pieces of one label."""

    label: Label
    text: str
    size: int


@dataclass(frozen=True, slots=True)
class _Prepared:
    """A reference in front of the labeller."""

    raw: str
    told: Arranged
    """What the style of an answer tells, and the text without it."""
    text: str
    found: Sequence[re.Match[str]]
    texts: Sequence[str]
    """The pieces that were found, as printed."""


def parse_fields(raw: str) -> Fields:
    """Read the bibliographic fields of one printed reference; what cannot be read stays empty. Never raises.

    Only the first 4,000 characters are read. Identifiers come from the printed string alone.

    >>> parse_fields("Turing, A. M. (1937). On computable numbers. Proc. London Math. Soc., 42, 230-265.").title
    'On computable numbers'
    """
    return parse_all([raw])[0]


def parse_all(raws: Sequence[str]) -> list[Fields]:
    """The fields of each of many printed references, as ``parse_fields`` reads them; the pieces of all are labelled at once."""
    read = [_prepared(raw[:_LONGEST]) for raw in raws]
    labels = label_all([each.texts if isinstance(each, _Prepared) else () for each in read])
    return [
        _read(each, found) if isinstance(each, _Prepared) else each for each, found in zip(read, labels, strict=True)
    ]


def _prepared(raw: str) -> _Prepared | Fields:
    """The pieces of a reference that are to be labelled, or its fields where the marks of its style tell them."""
    standard = marked(mend(raw))
    if standard:
        return _completed(replace(standard, url=_url(raw)), raw)
    told = arranged(raw)
    text = mend(told.text)
    found = pieces(text)
    return _Prepared(raw, told, text, found, [piece[0] for piece in found])


def _read(of: _Prepared, labels: Sequence[Label]) -> Fields:
    """The fields of a reference whose pieces have labels."""
    raw, told, text = of.raw, of.told, of.text
    runs = _runs(of, labels)
    names = read_names(told.authors) if told.authors else _authors(runs)
    fields = Fields(
        title=(_bare_title(mend(told.title)) if told.title else "") or _title(runs, text),
        authors=names.names,
        et_al=names.et_al,
        editors=_editors(runs),
        year=told.year or _year(runs),
        venue=told.venue or ("" if told.publisher else _venue(runs)),
        volume=_first(_NUMBER, runs, Label.VOLUME),
        issue=_first(_NUMBER, runs, Label.ISSUE),
        pages=_first(_PAGES, runs, Label.PAGES),
        publisher=told.publisher or _longest(runs, Label.PUBLISHER).strip(_TRIM + "()[]" + _QUOTES),
        url=_url(raw),
    )
    law = legal_title(text)
    if law:
        venue = "" if fields.venue in law.title else fields.venue
        year = law.year or fields.year
        fields = replace(fields, title=law.title, authors=(), et_al=False, year=year, venue=venue, kind=Kind.LEGAL)
    fields = _completed(fields, raw)
    return fields if law else replace(fields, kind=kind_of(text, fields))


def marked(text: str) -> Fields | None:
    """The fields of a reference in a style whose marks tell what is what; ``None`` for all others. Never raises."""
    return gbt7714(text) or (None if text.isascii() else gost(text) or corner_quotes(text))


def _runs(of: _Prepared, labels: Sequence[Label]) -> list[_Run]:
    """The labelled runs, in order."""
    text, found = of.text, of.found
    labels = mend_borders(of.texts, labels)
    result: list[_Run] = []
    start = 0
    for at, label in enumerate(labels):
        if at + 1 == len(labels) or labels[at + 1] is not label:
            result.append(_Run(label, text[found[start].start() : found[at].end()], at + 1 - start))
            start = at + 1
    return result


def _joined(runs: Sequence[_Run], label: Label, gap: int) -> Iterator[str]:
    """Texts of the runs of a label; runs with at most ``gap`` pieces between them count as one."""
    current, between, skipped = "", "", 0
    for run in runs:
        if run.label is label:
            if current and skipped <= gap:
                current += f"{between} {run.text}"
            else:
                if current:
                    yield current
                current = run.text
            between, skipped = "", 0
        else:
            between += f" {run.text}"
            skipped += run.size
    if current:
        yield current


def _longest(runs: Sequence[_Run], label: Label) -> str:
    return max(_joined(runs, label, 0), key=len, default="")


def _title(runs: Sequence[_Run], text: str) -> str:
    """The longest run of the title; without one, the quoted part."""
    title = max(_joined(runs, Label.TITLE, 1), key=len, default="")
    if not any(char.isalpha() for char in title):
        quoted = _QUOTED.search(text)
        title = next((part for part in quoted.groups() if part), "") if quoted else ""
    return _bare_title(title)


def _bare_title(title: str) -> str:
    """The title without the quotes around it and the punctuation behind it."""
    title = title.strip(_TRIM)
    while len(title) > 1 and title[0] in _QUOTES and (title[-1] in _QUOTES or not any(q in title[1:] for q in _QUOTES)):
        title = title[1:].strip(_TRIM) if title[-1] not in _QUOTES else title[1:-1].strip(_TRIM)
    if title[-1:] in set(_QUOTES) and sum(char in _QUOTES for char in title) == 1:
        title = title[:-1].strip(_TRIM)
    if title.endswith(")") and title.count(")") > title.count("("):
        title = title[:-1].strip(_TRIM)
    title = title_end(_up_to_closing_quote(title)).rstrip(_TRIM)
    return "" if _URL.match(title) else title


def _up_to_closing_quote(title: str) -> str:
    """The quoted part, if the title starts with a quote that is closed before its end."""
    if title[:1] not in set(_QUOTES):
        return title
    closed = _CLOSING_QUOTE.search(title, 4)
    if closed is None:
        return title[1:].replace(f"{title[0]}:", ":", 1).replace("”:", ":", 1)
    return title[1 : closed.start() + (closed[0][0] in "?!")].strip(_TRIM)


def _authors(runs: Sequence[_Run]) -> NameList:
    text = next(_joined(runs, Label.AUTHOR, 1), "").lstrip(" ,;:([-–—―_.0123456789").rstrip(" ,;:([")
    return read_names(_FULL_STOP.sub("", text)) if text else NameList(())


def _editors(runs: Sequence[_Run]) -> tuple[Name, ...]:
    text = next(_joined(runs, Label.EDITOR, 1), "")
    text = _EDITOR_WORDS.sub(" ", _IN.sub("", text)).strip(" ,;:.()[]")
    return read_names(text).names if text else ()


def _year(runs: Sequence[_Run]) -> int | None:
    """The first year among the dates; without one, the last year in the text outside of title, pages and addresses."""
    for run in runs:
        if run.label is Label.DATE and (found := _YEAR.search(run.text)):
            return int(found[1])
    apart = {Label.TITLE, Label.PAGES, Label.IDENTIFIER}
    years = [year for run in runs if run.label not in apart for year in _YEAR.findall(run.text)]
    return int(years[-1]) if years else None


def _venue(runs: Sequence[_Run]) -> str:
    venue = max(_joined(runs, Label.VENUE, 0), key=len, default="").strip(_TRIM + "([")
    return _IN.sub("", venue).strip(_TRIM + _QUOTES)


def _own_venue(fields: Fields) -> str:
    """The venue without the title: a venue that holds the title swallowed a piece of the reference."""
    title, venue = fields.title, fields.venue
    if len(venue) > 25 and venue in title:
        return ""
    if len(title) > 15 and title in venue:
        return _IN.sub("", venue.partition(title)[2].strip(_TRIM + _QUOTES)).strip(_TRIM + _QUOTES)
    return venue


def _first(pattern: re.Pattern[str], runs: Sequence[_Run], label: Label) -> str:
    for run in runs:
        if run.label is label and (found := pattern.search(run.text)):
            return found[0]
    return ""


def _url(text: str) -> str:
    """The first address that is not just an identifier's."""
    for found in _URL.finditer(text):
        url = found[0].rstrip(".,;:]}'’*_")
        while url.endswith(")") and url.count(")") > url.count("("):
            url = url[:-1].rstrip(".,;:]}'’*_")
        if not _RESOLVER.match(url):
            return url
    return ""


def _completed(fields: Fields, raw: str) -> Fields:
    """The fields with the first identifier of each scheme, and without the title in the venue."""
    first: dict[Scheme, str] = {}
    for identifier in find_identifiers(raw):
        first.setdefault(identifier.scheme, identifier.value)
    return replace(
        fields,
        venue=_own_venue(fields),
        doi=first.get(Scheme.DOI, ""),
        arxiv=first.get(Scheme.ARXIV, ""),
        pmid=first.get(Scheme.PMID, ""),
        isbn=first.get(Scheme.ISBN, ""),
    )

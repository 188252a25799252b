"""One printed reference to its fields, in whatever style it was printed."""

from __future__ import annotations

import re

from citations.identifiers import find_identifiers
from citations.names import read_names
from citations.types import Fields, Scheme

_LABEL = re.compile(r"^\s*(?:\[\d{1,4}\]|\(\d{1,4}\)|\d{1,4}[.)])\s+")
_YEAR = re.compile(r"(?<![\d./-])\(?((?:1[5-9]|20)\d\d)[a-z]?\)?(?![\d/])")
_QUOTED = re.compile(r"[“\"«„](.{8,400}?)[,.]?[”\"»“]")
_URL = re.compile(r"https?://\S+")
_STOP = re.compile(r"(?<=[^\s.A-Z])[.?!]\s+(?=\S)")
_DETAILS = re.compile(
    r"(\d{1,4})\s*(?:\((\d{1,4})\))?\s*[,:]\s*(?:pp?\.?\s*)?([A-Za-z]?\d+(?:\s*[-–]+\s*[A-Za-z]?\d+)?)"
)


def parse_fields(raw: str) -> Fields:
    """Read the bibliographic fields of one printed reference; whatever cannot be read stays empty. Never raises."""
    text = _LABEL.sub("", " ".join(raw.replace("\x00", "").split()))
    body = _URL.sub("", text)
    authors, title, rest = _split(body)
    years = _YEAR.findall(body)
    names = read_names(authors)
    details = _DETAILS.search(rest)
    found = {each.scheme: each.value for each in reversed(find_identifiers(raw))}
    url = _URL.search(text)
    return Fields(
        title=title,
        authors=names.names,
        et_al=names.et_al,
        year=int(years[0]) if years else None,
        venue=rest[: details.start()].strip(" ,.;(") if details else "",
        volume=details[1] if details else "",
        issue=(details[2] or "") if details else "",
        pages=details[3] if details else "",
        doi=found.get(Scheme.DOI, ""),
        arxiv=found.get(Scheme.ARXIV, ""),
        pmid=found.get(Scheme.PMID, ""),
        isbn=found.get(Scheme.ISBN, ""),
        url=url[0].rstrip(".,;)") if url else "",
    )


def _split(body: str) -> tuple[str, str, str]:
    """Authors, title and what follows."""
    quoted = _QUOTED.search(body)
    if quoted:
        return body[: quoted.start()].strip(" ,.("), quoted[1].strip(" ,."), body[quoted.end() :].strip(" ,.")
    year = _YEAR.search(body)
    if year and year.start() < len(body) * 0.5:
        pieces = _STOP.split(body[year.end() :].lstrip(" .,:;)"), maxsplit=1)
        return body[: year.start()].strip(" ,.("), pieces[0].strip(" ."), pieces[1] if len(pieces) > 1 else ""
    pieces = [*_STOP.split(body, maxsplit=2), "", ""]
    return pieces[0], pieces[1].strip(" ."), pieces[2]

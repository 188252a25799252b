"""Identifiers of works: find them in text, bring them to one form, say which cannot exist."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date
from urllib.parse import unquote

from citations.types import Fields, Identifier, Scheme

_DASHES = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212\ufe58\ufe63\uff0d", "-"))
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff\u0000-\u0008]")
_DOI = re.compile(r"10\.\d{4,9}(?:\.\d+)*/[^\s\"“”<]+(?:<[^\s<>]{1,30}>[^\s\"“”<]+)*", re.IGNORECASE)
_ARXIV_NEW = re.compile(r"(?<![\d./])(\d{4}\.\d{4,5})(v\d{1,2})?(?!\d)")
_ARXIV_OLD = re.compile(r"(?<![\w/])([a-z]{2,8}(?:-[a-z]{2,4})?)(\.[a-z]{2,3})?/(\d{7})(v\d{1,2})?(?!\d)", re.IGNORECASE)


def normalise_doi(text: str) -> str:
    """The DOI in ``text`` in lower case and without prefix, layout damage repaired; empty if it holds none."""
    found = _DOI.search(unquote(_INVISIBLE.sub("", text.translate(_DASHES))))
    return found[0].rstrip(".,;:'").lower() if found else ""


def normalise_arxiv(text: str) -> str:
    """The arXiv identifier in ``text``, version kept; empty if it holds none."""
    found = _ARXIV_NEW.search(text)
    if found:
        return found[1] + (found[2] or "")
    old = _ARXIV_OLD.search(text)
    return f"{old[1].lower()}{old[2] or ''}/{old[3]}{old[4] or ''}" if old else ""


def arxiv_base(arxiv: str) -> str:
    """The identifier without version and without subject class, in lower case."""
    base = re.sub(r"v\d+$", "", arxiv.lower())
    return re.sub(r"^([a-z-]+)\.[a-z]{2,3}/", r"\1/", base)


def normalise_pmid(text: str) -> str:
    """The PubMed number in ``text``, empty if it holds none."""
    found = re.search(r"(?<!\d)\d{1,8}(?!\d)", text)
    return found[0].lstrip("0") if found else ""


def normalise_isbn(text: str) -> str:
    """Digits of the ISBN, empty if length or check digit is wrong."""
    digits = re.sub(r"[^0-9Xx]", "", text).upper()
    return digits if _isbn_holds(digits) else ""


def _isbn_holds(digits: str) -> bool:
    if len(digits) == 13 and digits.isdigit():
        return sum(int(d) * (3 if i % 2 else 1) for i, d in enumerate(digits)) % 10 == 0
    if len(digits) == 10 and digits[:9].isdigit():
        return sum((10 if d == "X" else int(d)) * (10 - i) for i, d in enumerate(digits)) % 11 == 0
    return False


def find_identifiers(text: str) -> tuple[Identifier, ...]:
    """All identifiers in a free text, in order, normalised, each once."""
    found = [(m.start(), Identifier(Scheme.DOI, normalise_doi(m[0]))) for m in _DOI.finditer(text)]
    found += [
        (m.start(), Identifier(Scheme.ARXIV, m[1]))
        for m in re.finditer(r"(?i)arxiv[.:/\s]*(?:org/)?(?:abs/|pdf/)?(\d{4}\.\d{4,5}(?:v\d+)?)", text)
    ]
    return tuple(dict.fromkeys(each for _, each in sorted(found, key=lambda pair: pair[0])))


def identifiers_of(fields: Fields) -> tuple[Identifier, ...]:
    """Identifiers among the fields: DOI, arXiv, PMID, ISBN, in this order."""
    arxiv = fields.arxiv
    if not arxiv and fields.doi.startswith("10.48550/arxiv."):
        arxiv = normalise_arxiv(fields.doi.removeprefix("10.48550/arxiv."))
    pairs = ((Scheme.DOI, fields.doi), (Scheme.ARXIV, arxiv), (Scheme.PMID, fields.pmid), (Scheme.ISBN, fields.isbn))
    return tuple(Identifier(scheme, value) for scheme, value in pairs if value)


def doi_variants(doi: str) -> tuple[str, ...]:
    """The DOI itself, then repaired forms worth asking."""
    variants = [doi]
    if doi.startswith("10.1101/"):
        variants.append(re.sub(r"(?:v\d+)?(?:\.(?:full|abstract|pdf|article-info).*)?$", "", doi))
    variants.append(re.sub(r"\.[gst]\d{3}$", "", doi))
    return tuple(dict.fromkeys(variants))


def impossible(identifier: Identifier, today: date) -> str:
    """Why the identifier cannot exist, empty if it could."""
    if identifier.scheme is Scheme.ARXIV and (found := re.match(r"(\d\d)(\d\d)\.", identifier.value)):
        year, month = 2000 + int(found[1]), int(found[2])
        if not 1 <= month <= 12:
            return f"arXiv numbers hold a month, and {found[2]} is none"
        if date(year, month, monthrange(year, month)[1]) > today and (year, month) > (today.year, today.month):
            return "its arXiv number lies in the future"
    return ""

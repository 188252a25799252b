"""Identifiers of works: find them in text, bring them to one form, say which cannot exist."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from datetime import date
from urllib.parse import unquote

from citations.types import Fields, Identifier, Scheme

_MAX_CHARS = 1_000_000

_DASHES = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212\ufe58\ufe63\uff0d", "-"))
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff\u0000-\u0008]")
_TEX_ESCAPE = re.compile(r"\{?\\([_&%#<>])\}?|\$([<>])\$")

_DOI = re.compile(r"10\.\d{4,9}(?:\.\d+)*/(?:[^\s\"“”«»<>{}|\\^`]|<[^\s<>]{1,40}>){1,300}", re.IGNORECASE)
_DOI_WHOLE = re.compile(r"10\.\d{4,9}(?:\.\d+)*/\S{1,400}")
_ONE_DIGIT_DOI = re.compile(r"(?i)(?:https?://(?:dx\.|www\.)?doi\.org/|doi:\s*)?(10\.\d{4,9}/\d)")
_PREFIX_BREAK = re.compile(
    r"(?i)(?<=doi)([:.\s]*(?:https?://(?:dx\.)?doi\.org/)?)10\.\s?(\d{4,9})\s?/\s?(?=\S)|(10\.\d{4,9}/)\s+(?=\S{0,80}\d)"
)
_LINE_BREAK = re.compile(
    r"(10\.\d{4,9}/\S{0,150}[-._/(:])[ \t]*\r?\n\s*(?!\[|\(?(?:19|20)\d\d\b|\d{1,4}[.)]?(?:\s|$))(?=\S{0,80}\d)"
    r"|(10\.\d{4,9}/\S{0,150}[-_/])[ \t]*\r?\n\s*(?=[a-z]{1,3}(?:[\s.,;)]|$))"
)
_INNER_BLANK = re.compile(
    r"(10\.\d{4,9}/[^\s,;]{0,150}\w)\s(?=[-.]\d)|(10\.\d{4,9}/[^\s,;]{0,150}\.)[ ](?=[a-z0-9]+\.\d[\w.]*)",
    re.IGNORECASE,
)
_SICI_SIGNS = re.compile(r"\\(\d+):{1,2}(AID-[\w.-]+)\[(?=\d\.0)", re.IGNORECASE)
_NEXT_DOI = re.compile(r"(?i)[,;]?(?:https?:|doi:|\[?arxiv\s?:|\[arxiv|www\.|10\.\d{4,9}/)")
_GLUED = re.compile(
    r"(?<=[a-z0-9)])[.,;]?(?:Received|Accepted|Published|Available|Copyright|Abstract|Keywords?|Article|Open|Research|Citation|Edited|Editor|"
    r"This|The|See|PMID|PMCID|ISSN|ISBN|arXiv|Epub|Google|Crossref|CrossRef|Link|View|Retrieved|Accessed|Cited|Downloaded|Correspondence)"
)
_URL_TAIL = re.compile(
    r"(?i)(?:[?#&].*|/(?:full|abstract|abs|pdf|epdf|pdfdirect|meta|html|summary|references|figures?|tables?|metrics|suppl_file|"
    r"full/html|full/pdf|pdf/.*)|\.(?:full|abstract|article-info|supplementary-material|full-text|short|long)(?:\.pdf)?(?:\+html)?|\.pdf|\.html?)$"
)
_RXIV_VERSION = re.compile(r"^(10\.(?:1101|64898)/\d{4}\.\d\d\.\d\d\.\d{6,8}|10\.1101/\d{5,7})v\d+.*$")
_COMPONENT = re.compile(r"(?:\.[gst]\d{3}|/(?:fig|table|supp)-\d+|\.(?:suppl?|sup)-?\d*|-supp?\d+)$")
_VERSION = re.compile(r"[./]v\d+$")
_GLUED_PMID = re.compile(r"(?<=[a-z0-9])[1-4]\d{7}$")
_NATURE = re.compile(r"(?i)nature\.com/articles/([a-z0-9][a-z0-9.-]+\d[a-z0-9.-]*)")
_OPENING = {")": "(", "]": "[", ">": "<"}

_ARCHIVES = (
    "acc-phys|adap-org|alg-geom|ao-sci|astro-ph|atom-ph|bayes-an|chao-dyn|chem-ph|cmp-lg|comp-gas|cond-mat|cs|dg-ga|funct-an|gr-qc|"
    "hep-ex|hep-lat|hep-ph|hep-th|math-ph|math|mtrl-th|nlin|nucl-ex|nucl-th|patt-sol|physics|plasm-ph|q-alg|q-bio|quant-ph|solv-int|supr-con"
)
_NEW = r"(?P<yymm>\d{4})\s?\.\s{0,3}(?P<number>\d{4,5})(?P<version>v\d{1,3})?(?![\d/])"
_OLD = rf"(?P<archive>{_ARCHIVES})(?P<cls>\.[a-z]{{2,3}})?/(?P<digits>\d{{7}})(?P<old_version>v\d{{1,3}})?(?!\d)"
_ARXIV_MARK = r"(?:arxiv\s*(?:preprint|e-?print)?\s*[:.]?\s*(?:id\s*:?\s*)?(?:org[/:])?\s*(?:abs/|pdf/|html/|format/|ps/)?\s*(?:[a-z-]+(?:\.[a-z]{2})?/)?|\babs/|eprint\s*[=:]?\s*\{?)"
_ARXIV_BROKEN = re.compile(
    r"(?i)(arxiv\W{0,3}(?:org/)?(?:abs/|pdf/)?(?:1[5-9]|[2-9]\d)(?:0[1-9]|1[0-2])\.\s?)(\d{1,4})(\s+)(\d{1,4})(?!\d)"
)
_ARXIV_SPACED = re.compile(
    r"(?i)\b(acc|alg|astro|chao|cmp|cond|dg|funct|gr|hep|math|nucl|q|quant)\s?-?\s?"
    r"(alg|an|bio|dyn|ex|ga|geom|lat|lg|mat|ph|qc|th)\s?/\s?(\d{4}\.\d{4,5}|\d{7})"
)
_ARXIV_NEW = re.compile(rf"(?:{_ARXIV_MARK}){{1,2}}{_NEW}", re.IGNORECASE)
_ARXIV_TAGGED = re.compile(rf"(?<![\d./]){_NEW}\s*\[[a-z-]+(?:\.[a-z]{{2}})?\]", re.IGNORECASE)
_ARXIV_OLD = re.compile(rf"(?<![\w-]){_OLD}", re.IGNORECASE)
_OLD_NUMBER = re.compile(r"[a-zA-Z]/\d{7}")
_ARXIV_ALONE = re.compile(rf"\s*{_NEW}(?:\.pdf)?\s*(?:\[[\w.-]+\])?\s*\.?\s*", re.IGNORECASE)
# Generous bounds on the arXiv's submissions of one month, by year (arxiv.org/stats/monthly_submissions).
_MONTHLY_LIMITS = ((2014, 9_999), (2016, 15_000), (2018, 18_000), (2020, 22_000), (2022, 25_000), (2024, 30_000))
_MONTHLY_LIMIT_LATER = 50_000

_PMID = re.compile(
    r"(?:\bPMID\s*[:=]?\s*|pubmed\.ncbi\.nlm\.nih\.gov/|ncbi\.nlm\.nih\.gov/(?:m/)?pubmed/)(\d{1,8})(?!\d)",
    re.IGNORECASE,
)
_ISBN = re.compile(r"ISBN(?:[- ]?1[03])?\s*[:=]?\s*((?:97[89][- ]?)?(?:\d[- ]?){9}[\dX])(?!\d)", re.IGNORECASE)
_ISBN_ALONE = re.compile(r"(?<![\d-])(?:97[89][- ]?)?(?:\d[- ]?){9}[\dX](?!\d)", re.IGNORECASE)


def normalise_doi(text: str) -> str:
    """The first DOI in ``text``: lower case, no prefix, layout damage repaired; empty if there is none.

    bioRxiv and medRxiv put a version into the URL that is not part of the DOI: it is dropped. Elsewhere it stays.

    >>> normalise_doi("https://doi.org/10.1016/0021-9681(87)90171-8).")
    '10.1016/0021-9681(87)90171-8'
    """
    return next((doi for _, _, doi in _dois(_repaired(text))), "") or _one_digit_doi(text)


def _one_digit_doi(text: str) -> str:
    """Such as 10.1000/1, the DOI Handbook; only if there is nothing else, for one sign is mostly what a line break left."""
    whole = _ONE_DIGIT_DOI.fullmatch(text.strip())
    return whole[1] if whole else ""


def _repaired(text: str) -> str:
    """The text with invisible characters, dash look-alikes, escapes and breaks inside identifiers repaired."""
    text = text[:_MAX_CHARS]
    if not text.isascii():
        text = _INVISIBLE.sub("", text.translate(_DASHES))
    elif "\x00" in text:
        text = _INVISIBLE.sub("", text)
    if "&" in text:
        text = html.unescape(text)
    if "\\" in text or "$" in text:
        text = _TEX_ESCAPE.sub(lambda match: match[1] or match[2], text)
    if "rxiv" in text.lower():
        text = _ARXIV_BROKEN.sub(_joined_number, _ARXIV_SPACED.sub(r"\1-\2/\3", text))
    if "10." in text:
        text = _PREFIX_BREAK.sub(lambda match: match[3] or f"{match[1]}10.{match[2]}/", text)
        text = _SICI_SIGNS.sub(r"<\1::\2>", _INNER_BLANK.sub(lambda match: match[1] or match[2], text))
        for _ in range(3):
            shorter = _LINE_BREAK.sub(lambda match: match[1] or match[2], text)
            if shorter == text:
                break
            text = shorter
    return text


def _joined_number(found: re.Match[str]) -> str:
    """An arXiv number that a line end cut in two; two numbers that only stand beside each other stay apart."""
    broken = len(found[2] + found[4]) == 5 and ("\n" in found[3] or len(found[2]) < 4)
    return found[1] + found[2] + found[4] if broken else found[0]


def _dois(text: str) -> Iterator[tuple[int, int, str]]:
    """Start, end and normal form of each DOI in a repaired text."""
    decoded = unquote(text) if "%2" in text or "%3" in text or "%5" in text else text
    end = 0
    for found in _DOI.finditer(decoded):
        start = found.start()
        while start < found.end() and (match := _DOI.match(decoded, start)):
            prefix_end = match[0].index("/") + 1
            following = _NEXT_DOI.search(match[0], prefix_end + 1)
            raw = match[0][: following.start()] if following else match[0]
            in_url = bool(re.search(r"https?://\S*$|www\.\S*$", decoded[max(0, start - 200) : start]))
            doi = _trimmed(raw, in_url=in_url)
            if doi and start >= end:
                end = start + len(raw)
                yield start, end, doi
            if not following:
                break
            inner = _DOI.search(decoded, start + following.start(), found.end())
            start = inner.start() if inner else found.end()
    for found in _NATURE.finditer(decoded):
        yield found.start(), found.end(), "10.1038/" + found[1].lower().rstrip(".-").removesuffix(".pdf")


def _trimmed(raw: str, *, in_url: bool) -> str:
    """A DOI as matched without what punctuation and layout glued to it, in lower case; empty if no suffix is left."""
    glued = _GLUED.search(raw)
    if glued:
        raw = raw[: glued.start()]
    doi = _without_trailing(raw)
    for _ in range(3):
        shorter = _URL_TAIL.sub("", doi) if in_url or doi.startswith(("10.1101/", "10.64898/")) else doi
        if shorter == doi:
            break
        doi = _without_trailing(shorter)
    doi = doi.lower()
    rxiv = _RXIV_VERSION.match(doi)
    doi = rxiv[1] if rxiv else doi
    return doi if _DOI_WHOLE.fullmatch(doi) and len(doi.partition("/")[2]) > 1 else ""


def _without_trailing(doi: str) -> str:
    """Cut trailing punctuation and brackets that were not opened inside."""
    while doi:
        last = doi[-1]
        unopened = last in _OPENING and doi.count(last) > doi.count(_OPENING[last])
        if last in ".,;:-'’\"*†‡!?…·" or unopened or last in "([":
            doi = doi[:-1]
        else:
            break
    return doi


def doi_variants(doi: str) -> tuple[str, ...]:
    """The DOI itself, then repaired forms worth asking: component or version dropped, bracket completed.

    >>> doi_variants("10.1371/journal.pone.0026398.g001")
    ('10.1371/journal.pone.0026398.g001', '10.1371/journal.pone.0026398')
    """
    variants = [doi]
    trimmed = _trimmed(doi, in_url=True)
    variants.append(_trimmed(doi, in_url=False))
    variants.append(trimmed)
    variants.extend(pattern.sub("", trimmed) for pattern in (_COMPONENT, _VERSION, _GLUED_PMID))
    variants.append(doi.replace("//", "/"))
    for closing, opening in _OPENING.items():
        if doi.count(opening) == doi.count(closing) + 1:
            variants.append(doi + closing)
    return tuple(dict.fromkeys(variant for i, variant in enumerate(variants) if not i or _DOI_WHOLE.fullmatch(variant)))


def normalise_arxiv(text: str) -> str:
    """The arXiv identifier in ``text``, without prefix, version kept; empty if there is none.

    >>> [normalise_arxiv(text) for text in ("https://arxiv.org/pdf/1706.03762v5.pdf", "arXiv:math.GT/0309136", "3.14")]
    ['1706.03762v5', 'math.GT/0309136', '']
    """
    text = _repaired(text)
    alone = _ARXIV_ALONE.fullmatch(text)
    if alone:
        return _arxiv_value(alone)
    return next((value for _, _, value in _arxivs(text)), "")


def _arxivs(text: str) -> Iterator[tuple[int, int, str]]:
    """Start, end and normal form of each arXiv identifier in a repaired text."""
    lowered = text.lower()
    marked = any(mark in lowered for mark in ("arxiv", "abs/", "eprint"))
    tagged = "[" in text
    old = _OLD_NUMBER.search(text)
    for asked, pattern in ((marked, _ARXIV_NEW), (tagged, _ARXIV_TAGGED), (old, _ARXIV_OLD)):
        if not asked:
            continue
        for found in pattern.finditer(text):
            yield found.start(), found.end(), _arxiv_value(found)


def _arxiv_value(found: re.Match[str]) -> str:
    groups = found.groupdict()
    if groups.get("yymm"):
        return f"{groups['yymm']}.{groups['number']}{(groups['version'] or '').lower()}"
    subject = (groups["cls"] or "").upper()
    return f"{groups['archive'].lower()}{subject}/{groups['digits']}{(groups['old_version'] or '').lower()}"


def arxiv_base(arxiv: str) -> str:
    """The identifier as arXiv's API wants it: lower case, without version and without subject class.

    >>> arxiv_base("math.AT/9811037v2")
    'math/9811037'
    """
    base = re.sub(r"v\d+$", "", arxiv.lower())
    return re.sub(r"^([a-z-]+)\.[a-z]{2,3}/", r"\1/", base)


def normalise_pmid(text: str) -> str:
    """The PubMed number in ``text`` (bare, behind ``PMID:``, in a URL); empty if there is none, as for ``PMC...``."""
    text = text.strip()
    if re.fullmatch(r"\d{1,8}", text):
        return text.lstrip("0")
    found = _PMID.search(text)
    return found[1].lstrip("0") if found else ""


def normalise_isbn(text: str) -> str:
    """Digits (and ``X``) of the first ISBN in ``text``; empty if length or check digit is wrong.

    >>> normalise_isbn("ISBN 0-306-40615-2"), normalise_isbn("978-0-306-40615-8")
    ('0306406152', '')
    """
    text = text.translate(_DASHES)
    for found in _ISBN_ALONE.finditer(text):
        digits = re.sub(r"[ -]", "", found[0]).upper()
        if _isbn_holds(digits):
            return digits
    return ""


def isbn_13(isbn: str) -> str:
    """The thirteen-digit form, so that both forms of one ISBN are equal; other input comes back unchanged.

    >>> isbn_13("0306406152")
    '9780306406157'
    """
    if len(isbn) != 10:
        return isbn
    body = "978" + isbn[:9]
    return body + str(-sum(int(digit) * (3 if i % 2 else 1) for i, digit in enumerate(body)) % 10)


def _isbn_holds(digits: str) -> bool:
    """Whether length and check digit are right."""
    if re.fullmatch(r"97[89]\d{10}", digits):
        return sum(int(digit) * (3 if i % 2 else 1) for i, digit in enumerate(digits)) % 10 == 0
    if re.fullmatch(r"\d{9}[\dX]", digits):
        values = [10 if digit == "X" else int(digit) for digit in digits]
        return sum(value * (10 - i) for i, value in enumerate(values)) % 11 == 0
    return False


def find_identifiers(text: str) -> tuple[Identifier, ...]:
    r"""All identifiers in a free text, in order, normalised, each once; breaks inside them are repaired.

    A number is an arXiv identifier or PMID only beside a word or URL that says so.

    >>> [each.value for each in find_identifiers("arXiv:2412.\n02349 [cs], doi:10.1145/ 3292500.3330701, PMID 123")]
    ['2412.02349', '10.1145/3292500.3330701', '123']
    """
    text = _repaired(text)
    found = [(start, end, Scheme.DOI, doi) for start, end, doi in _dois(text)]
    taken = [(start, end) for start, end, _, _ in found]
    for start, end, value in _arxivs(text):
        if not any(first <= start < last for first, last in taken):
            found.append((start, end, Scheme.ARXIV, value))
    found += [(start, end, Scheme.ARXIV, arxiv) for start, end, _, doi in list(found) if (arxiv := _arxiv_of_doi(doi))]
    lowered = text.lower()
    if "pmid" in lowered or "ncbi" in lowered:
        found += [(match.start(), match.end(), Scheme.PMID, match[1].lstrip("0")) for match in _PMID.finditer(text)]
    if "isbn" in lowered:
        found += [(match.start(), match.end(), Scheme.ISBN, normalise_isbn(match[1])) for match in _ISBN.finditer(text)]
    ordered = sorted(found, key=lambda each: each[0])
    return tuple(dict.fromkeys(Identifier(scheme, value) for _, _, scheme, value in ordered if value))


def _arxiv_of_doi(doi: str) -> str:
    """The arXiv identifier that an arXiv DOI holds, else empty."""
    head, _, tail = doi.lower().partition("10.48550/arxiv.")
    return normalise_arxiv("arXiv:" + tail) if tail and not head else ""


def identifiers_of(fields: Fields) -> tuple[Identifier, ...]:
    """The identifiers among the fields: DOI, arXiv, PMID, ISBN, in this order; an arXiv DOI also gives the arXiv one."""
    arxiv = fields.arxiv or _arxiv_of_doi(fields.doi)
    pairs = ((Scheme.DOI, fields.doi), (Scheme.ARXIV, arxiv), (Scheme.PMID, fields.pmid), (Scheme.ISBN, fields.isbn))
    return tuple(Identifier(scheme, value) for scheme, value in pairs if value)


def impossible(identifier: Identifier, today: date) -> str:
    """Why the identifier cannot exist, in words that follow "the identifier cannot exist:"; empty if it could.

    >>> impossible(Identifier(Scheme.ARXIV, "2313.12345"), date(2026, 1, 1))
    'an arXiv number begins with year and month, and there is no month 13'
    """
    value = identifier.value
    if identifier.scheme is Scheme.ARXIV:
        return _impossible_arxiv(value, today)
    if identifier.scheme is Scheme.DOI:
        if not _DOI_WHOLE.fullmatch(value):
            return "a DOI has the form 10.NNNN/..."
        arxiv = _arxiv_of_doi(value)
        return _impossible_arxiv(arxiv, today) if arxiv else ""
    if identifier.scheme is Scheme.ISBN:
        return "" if _isbn_holds(value) else "length or check digit of the ISBN is wrong"
    return "" if re.fullmatch(r"[1-9]\d{0,7}", value) else "a PMID has one to eight digits"


def _impossible_arxiv(value: str, today: date) -> str:
    new = re.fullmatch(r"(\d\d)(\d\d)\.(\d{4,5})(?:v\d+)?", value)
    old = re.fullmatch(r"[a-z-]+(?:\.[A-Za-z]{2,3})?/(\d\d)(\d\d)(\d{3})(?:v\d+)?", value)
    found = new or old
    if not found:
        return "an arXiv number has the form 1706.03762 or hep-th/9711200"
    month, number = int(found[2]), int(found[3])
    century = 1900 if old and int(found[1]) > 90 else 2000
    year = century + int(found[1])
    if not 1 <= month <= 12:
        return f"an arXiv number begins with year and month, and there is no month {found[2]}"
    if (year, month) > (today.year, today.month):
        return f"its arXiv number belongs to {year}-{month:02}, which lies in the future"
    if number == 0:
        return "arXiv numbers begin with 1"
    return _wrong_scheme(year, month, found[3]) if new else _wrong_old_scheme(year, month)


def _wrong_scheme(year: int, month: int, number: str) -> str:
    """Why a number of the present scheme does not fit its month."""
    if (year, month) < (2007, 4):
        return "arXiv numbers of this form begin in April 2007"
    digits = 5 if year >= 2015 else 4
    if len(number) != digits:
        return f"arXiv numbers of {year} have {digits} digits after the point"
    limit = next((limit for last, limit in _MONTHLY_LIMITS if year <= last), _MONTHLY_LIMIT_LATER)
    return f"the arXiv never had {int(number)} submissions in one month of {year}" if int(number) > limit else ""


def _wrong_old_scheme(year: int, month: int) -> str:
    if (year, month) < (1991, 7) or (year, month) > (2007, 3):
        return "arXiv numbers of this form run from July 1991 to March 2007"
    return ""

"""How much a piece of text looks like a printed reference, and how much like prose."""

from __future__ import annotations

import re

from citations.parse.opening import YEAR, begins

LABEL = re.compile(r"^\s*(?:[\[(]?\d{1,5}[\]).]|\[[^\[\]\s]{2,30}\]|[-*+•])\s+")
IDENTIFIER = re.compile(
    r"\b10\.\d{4,9}/\S|arXiv|\bdoi\b|https?://|www\.|\bPMID\b|\bISBN\b|(?:hep|astro|cond|gr|quant|nucl|math)-?\w*/\d{7}|\d{4}\.\d{4,5}\b",
    re.IGNORECASE,
)
NUMBERS = re.compile(
    r"\b[Vv]ol(?:ume|\.)|\b[Nn]o\. ?\d|\bpp?\. ?\d|\d\s?\(\d+(?:[–-]\d+)?\)|\d+\s?[:,]\s?[A-Z]?\d+\s?[–-]+\s?[A-Z]?\d+|;\d+[:(]|\b[A-Z]?\d{1,5}, \d{1,6}\b|\d[–-]\d"
)
VENUE = re.compile(
    r"\b(?:Proc(?:eedings|\.)|Journal|J\.|Rev(?:iew|\.)|Trans(?:actions|\.)|Lett(?:ers|\.)|Conf(?:erence|\.)|Symp(?:osium|\.)|Workshop|Press|Publish(?:er|ers|ing)|"
    r"Springer|Elsevier|Wiley|Thesis|thesis|Dissertation|Technical [Rr]eport|In:? [A-Z]|IEEE|ACM|RFC \d|ISO\b|Univ(?:ersity|\.)|et al|[Ee]ds?\.|Ann\.|Phys\.|Math\.|Int\.)"
)
QUOTED = re.compile(r"[“\"«„].{8,300}?[”\"»]")
PROSE = re.compile(
    r"\b(?:we|our|this|these|that is|which|is|are|was|were|has|have|can|should|will|it|there|they|you|I)\b",
    re.IGNORECASE,
)
CITES = re.compile(r"\([A-Z][^()]{1,60},? (?:19|20)\d\d[a-z]?\)|\w \[\d+(?:[,–-]\s?\d+)*\]")


def likeness(text: str) -> float:
    """0 for prose to 1 for a complete reference; 0.5 is even.

    >>> likeness("[3] A. Smith and B. Doe, Phys. Rev. 12, 345 (1990).") > 0.7
    True
    >>> likeness("In this section we describe the data, which were collected by hand in 2019.") < 0.3
    True
    """
    head = text[:1_500]
    body = LABEL.sub("", head, count=1)
    words = len(body.split())
    if words < 2:
        return 0.3 if IDENTIFIER.search(body) else 0.0
    value = 0.1 * bool(LABEL.match(head))
    value += 0.3 * (begins(body) >= 0.8)
    value += 0.25 * bool(YEAR.search(body))
    value += 0.3 * bool(IDENTIFIER.search(body))
    value += 0.25 * bool(NUMBERS.search(body)) + 0.2 * bool(VENUE.search(body)) + 0.1 * bool(QUOTED.search(body))
    shaped = _shaped(body)
    value += 0.15 * (shaped >= 0.4) - 0.3 * (shaped < 0.25)
    value -= min(0.6, max(0.0, len(PROSE.findall(body)) / words - 0.04) * 6)
    value -= 0.25 * bool(CITES.search(body)) + 0.2 * (words > 120)
    return min(1.0, max(0.0, value))


def _shaped(body: str) -> float:
    """Share of words that begin with a capital or a digit."""
    words = [word.lstrip("([“\"'‘") for word in body.split()]
    return sum(word[:1].isupper() or word[:1].isdigit() or not word[:1].isascii() for word in words) / max(
        len(words), 1
    )

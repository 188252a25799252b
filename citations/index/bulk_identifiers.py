"""Identifiers of dumps in bulk: the plain ones at once, all others by ``citations.identifiers``, with the same result."""

from __future__ import annotations

import re

from citations.identifiers import normalise_arxiv, normalise_doi

_PLAIN_DOI = re.compile(r"10\.\d{4,9}/[a-z0-9]+(?:[._-][a-z0-9]+)*")
_PLAIN_ARXIV = re.compile(r"\d{4}\.\d{4,5}")


def bulk_doi(text: str) -> str:
    """The DOI in its normal form, empty if it is none.

    >>> bulk_doi("10.1145/3292500.3330701"), bulk_doi("https://doi.org/10.1145/362384.362685")
    ('10.1145/3292500.3330701', '10.1145/362384.362685')
    """
    lowered = text.lower()
    if (
        _PLAIN_DOI.fullmatch(lowered)
        and lowered.isascii()
        and not lowered.endswith(("pdf", "full", "abstract", "html"))
    ):
        return lowered
    return normalise_doi(text) if text else ""


def bulk_arxiv(text: str) -> str:
    """The arXiv number in its normal form, empty if it is none.

    >>> bulk_arxiv("1706.03762"), bulk_arxiv("arXiv:math/0211159")
    ('1706.03762', 'math/0211159')
    """
    return text if _PLAIN_ARXIV.fullmatch(text) and 1 <= int(text[2:4]) <= 12 else normalise_arxiv(text)

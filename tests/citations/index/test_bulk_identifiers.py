from __future__ import annotations

import gzip
import json
from itertools import islice

import pytest

from citations.identifiers import normalise_arxiv, normalise_doi
from citations.index.bulk_identifiers import bulk_arxiv, bulk_doi

DOIS = [
    "10.1145/3292500.3330701",
    "10.1016/S0140-6736(97)11096-0",
    "https://doi.org/10.1038/nature14539",
    "10.1101/2020.01.01.123456v2.full.pdf",
    "10.1000/x.html",
    "doi:10.1000/182.",
    "not a doi",
    "",
]


@pytest.mark.parametrize("text", DOIS)
def test_dois_in_bulk_are_read_as_one_by_one(text):
    assert bulk_doi(text) == normalise_doi(text)


@pytest.mark.parametrize(
    "text", ["1706.03762", "1706.03762v5", "math.GT/0309136", "9913.12345", "arXiv:2001.00001", "x", ""]
)
def test_arxiv_numbers_in_bulk_are_read_as_one_by_one(text):
    assert bulk_arxiv(text) == normalise_arxiv(text)


def test_identifiers_of_a_real_dump_are_read_as_one_by_one(shared_data):
    with gzip.open(shared_data / "works" / "arxiv-metadata.jsonl.gz", "rt", encoding="utf-8") as lines:
        items = [json.loads(line) for line in islice(lines, 0, 100_000, 20)]
    numbers = [item["id"] for item in items]
    dois = [item["doi"] or "" for item in items]
    assert [bulk_arxiv(number) for number in numbers] == [normalise_arxiv(number) for number in numbers]
    assert [bulk_doi(doi) for doi in dois] == [normalise_doi(doi) for doi in dois]

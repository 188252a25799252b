"""Field F1 of ``parse_fields`` on labelled references: ``python tests/benchmarks/parse_fields.py [--shipped] [--limit N]``.

By default five models are trained, each without the documents it is measured on (the shipped one has seen them all).
A title is right if it is equal but for case, blanks and punctuation; the first author if the family name is.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import re
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from citations.names import read_names
from citations.parse import labels
from citations.parse.fields import parse_fields
from citations.parse.gold import GoldReference, examples, read_gold
from citations.parse.labels import Label
from citations.parse.train_labels import train_labels
from citations.types import Name

DATA = Path(os.environ.get("VERIFIER_SHARED_DATA", Path(__file__).parents[3] / "shared" / "data")) / "refs"
FILES = ("anystyle.jsonl.gz", "grobid_citation.jsonl.gz")
FOLDS = 5


def letters(text: str) -> str:
    return re.sub(r"[\W_]", "", text.casefold())


def family(name: Name | None) -> str:
    return letters(name.family or name.literal) if name else ""


def fold(reference: GoldReference) -> int:
    return int(hashlib.md5(reference.document.encode()).hexdigest(), 16) % FOLDS


def outcomes(reference: GoldReference) -> Iterator[tuple[str, str, str]]:
    """Field, as labelled, as read."""
    fields = parse_fields(reference.raw)
    authors = read_names(reference.first(Label.AUTHOR).strip(" ,;:([")).names
    dates = [
        re.search(r"(?<!\d)(1[4-9]\d\d|20\d\d)(?!\d)", part.text)
        for part in reference.segments
        if part.label is Label.DATE
    ]
    year = next((date[1] for date in dates if date), "")
    venue = re.sub(r"^in:? ", "", reference.first(Label.VENUE), flags=re.IGNORECASE)
    yield "title", letters(reference.first(Label.TITLE)), letters(fields.title)
    yield "first author", family(authors[0] if authors else None), family(fields.authors[0] if fields.authors else None)
    yield "year", year, str(fields.year or "")
    yield "venue", letters(venue), letters(fields.venue)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument(
        "--shipped", action="store_true", help="measure the shipped model, which has seen these references"
    )
    parser.add_argument("--limit", type=int, default=0, help="take only the first N references of each file")
    options = parser.parse_args()
    references = [each for name in FILES for each in list(read_gold(DATA / name))[: options.limit or None]]
    counts: Counter[tuple[str, str, str]] = Counter()
    took = 0.0
    for number in range(1 if options.shipped else FOLDS):
        if not options.shipped:
            model = labels.read_model(train_labels(examples(each for each in references if fold(each) != number)))
            labels.shipped_model = lambda model=model: model
        for each in references:
            if options.shipped or fold(each) == number:
                start = time.process_time()
                parse_fields(each.raw)
                took += time.process_time() - start
                for field, gold, read in outcomes(each):
                    for group in (each.document.split(".")[0], "all"):
                        counts[group, field, "gold"] += bool(gold)
                        counts[group, field, "read"] += bool(read)
                        counts[group, field, "right"] += bool(gold) and gold == read
    for group in ("anystyle", "grobid_citation", "all"):
        row = [f"{field} {f1(counts, group, field):.4f}" for field in ("title", "first author", "year", "venue")]
        print(f"{group:16} {'  '.join(row)}")
    print(f"{1000 * took / len(references):.2f} ms of processor time a reference")


def f1(counts: Counter[tuple[str, str, str]], group: str, field: str) -> float:
    return 2 * counts[group, field, "right"] / max(1, counts[group, field, "gold"] + counts[group, field, "read"])


if __name__ == "__main__":
    main()

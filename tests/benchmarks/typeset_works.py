"""Clean .bib files of real works for typesetting, sampled from the shared data: computer science, physics, medicine."""

from __future__ import annotations

import gzip
import json
import random
import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

FIELD = re.compile(
    r"^\s*(title|author|booktitle|journal|year|volume|number|pages|publisher|doi|url)\s*=\s*[{\"](.*?)[}\"],?\s*$",
    re.MULTILINE | re.DOTALL,
)


def bibliographies(data: Path, count: int, seed: int = 1) -> Iterator[str]:
    """Bibliographies of 8 to 60 works, as texts of .bib files."""
    dice = random.Random(seed)
    pool = [
        *_bibtex(data / "works" / "dblp-cs-conferences.bib.gz", 40),
        *_bibtex(data / "works" / "acl-anthology-to-2021.bib.gz", 20),
    ]
    pool += [
        *_arxiv(data / "works" / "arxiv-metadata.jsonl.gz", 100),
        *_journals(data / "refs" / "jats_references.jsonl"),
    ]
    for _ in range(count):
        works = dice.sample(pool, dice.choice((8, 15, 25, 40, 60)))
        yield "\n".join(work.replace("KEY", f"work{number}", 1) for number, work in enumerate(works))


def _bibtex(path: Path, every: int) -> Iterator[str]:
    with gzip.open(path, "rt", encoding="utf-8") as stream:
        entries = stream.read(12_000_000).split("\n@")
    for entry in entries[1:-1:every]:
        fields = {name.lower(): " ".join(value.split()) for name, value in FIELD.findall(entry)}
        if {"title", "author", "year"} <= set(fields) and len(fields["author"]) < 400:
            yield _entry("inproceedings" if "booktitle" in fields else "article", fields)


def _arxiv(path: Path, every: int) -> Iterator[str]:
    with gzip.open(path, "rt", encoding="utf-8") as stream:
        for line in islice(stream, 0, 60_000, every):
            row = json.loads(line)
            if len(row["authors"]) < 300 and not re.search(r"[\\$(]", row["title"] + row["authors"]):
                names = " and ".join(re.split(r",\s*(?:and )?|\s+and\s+", row["authors"]))
                fields = {
                    "title": row["title"],
                    "author": names,
                    "year": row["created"][:4],
                    "journal": f"arXiv preprint arXiv:{row['id']}",
                }
                yield _entry("article", fields | ({"doi": row["doi"]} if row["doi"] else {}))


def _journals(path: Path) -> Iterator[str]:
    for line in path.read_text(encoding="utf-8").splitlines():
        fields = (row := json.loads(line))["fields"]
        if (
            fields.get("type") == "journal"
            and fields.get("authors")
            and fields.get("title")
            and fields.get("year", "").isdigit()
        ):
            names = " and ".join(re.sub(r"^(.+?) ([A-Z]{1,3})$", r"\1, \2", name) for name in fields["authors"][:12])
            pages = "--".join(page for page in (fields.get("first_page"), fields.get("last_page")) if page)
            known = {
                "title": fields["title"],
                "author": names,
                "year": fields["year"],
                "journal": fields.get("source", ""),
            }
            known |= {"volume": fields.get("volume") or "", "pages": pages, "doi": row["doi"] or ""}
            yield _entry("article", {name: value for name, value in known.items() if value})


def _entry(kind: str, fields: dict[str, str]) -> str:
    clean = {
        name: re.sub(r"(?<!\\)([&%#_])", r"\\\1", value) if name not in {"doi", "url"} else value
        for name, value in fields.items()
    }
    return (
        f"@{kind}{{KEY,\n"
        + "".join(f"  {name} = {{{value}}},\n" for name, value in clean.items() if _balanced(value))
        + "}"
    )


def _balanced(value: str) -> bool:
    return value.count("{") == value.count("}")

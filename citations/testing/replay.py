"""Recorded answers of real registries, found by request; and works from files."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from citations.testing.respond import Ask, Reply
from citations.types import Fields, Work

HOSTS = {
    "api.crossref.org": "crossref",
    "api.semanticscholar.org": "semantic_scholar",
    "export.arxiv.org": "arxiv",
    "api.datacite.org": "datacite",
    "doi.org": "doi_org",
}
_NOT_PART_OF_THE_QUESTION = frozenset({"mailto", "email", "tool", "api_key"})


class Recordings:
    """Answers by method, host, path and sorted query, without whoever asked."""

    def __init__(self, files: Iterable[Path]) -> None:
        """Read JSON lines (also ``.gz``) with ``method``, ``url``, ``status``, ``headers`` and ``body``."""
        self._replies: dict[str, Reply] = {}
        for file in files:
            for row in read_lines(file):
                parts = urlsplit(row["url"])
                registry = HOSTS.get(parts.netloc)
                if registry and row.get("status"):
                    query = dict(parse_qsl(parts.query, keep_blank_values=True))
                    kind = (row.get("headers") or {}).get("content-type", "application/json")
                    key = _key(registry, row["method"], parts.path, query)
                    self._replies.setdefault(key, Reply(row["status"], (row["body"] or "").encode(), kind))

    def __len__(self) -> int:
        """Number of different requests."""
        return len(self._replies)

    def find(self, registry: str, ask: Ask) -> Reply | None:
        """The recorded answer to this request."""
        return self._replies.get(_key(registry, ask.method, ask.path, ask.query))


def read_lines(file: Path) -> Iterator[dict[str, Any]]:
    """The objects of a file of JSON lines, also compressed."""
    with gzip.open(file) if file.suffix == ".gz" else file.open("rb") as lines:
        for line in lines:
            if line.strip():
                yield json.loads(line)


def read_works(files: Iterable[Path | str]) -> Iterator[Work | Fields]:
    """Works or Fields from JSON lines as pydantic writes them."""
    from pydantic import TypeAdapter

    works: TypeAdapter[Work] = TypeAdapter(Work)
    fields: TypeAdapter[Fields] = TypeAdapter(Fields)
    for file in files:
        for row in read_lines(Path(file)):
            yield works.validate_python(row) if "fields" in row else fields.validate_python(row)


def _key(registry: str, method: str, path: str, query: Mapping[str, str]) -> str:
    kept = sorted((name, value) for name, value in query.items() if name not in _NOT_PART_OF_THE_QUESTION)
    return json.dumps([registry, method, path, kept])

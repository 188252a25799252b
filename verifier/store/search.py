"""Full text search over flags: SQLite's FTS5 or PostgreSQL's text search behind one function."""

from __future__ import annotations

import re

from sqlalchemy import ColumnElement, Dialect, Select, column, func, select, table
from sqlalchemy.types import String

from verifier.store.tables import SEARCH, flags

MAX_MATCHES = 10_000
"""A search looks at this many of the newest flags that match."""
_WORDS = re.compile(r"[^\W_]+")
_MAX_WORDS = 12


def search_words(text: str) -> tuple[str, ...]:
    """What a search looks for: words alone, so that no input is an operator of a query language.

    >>> search_words('turing "OR" 1936*')
    ('turing', 'OR', '1936')
    """
    return tuple(_WORDS.findall(text)[:_MAX_WORDS])


def matching(text: str, dialect: Dialect) -> Select[tuple[int]] | None:
    """Numbers of the flags that hold every word, the last one perhaps unfinished; ``None`` if there is no word."""
    words = search_words(text)
    if not words:
        return None
    if dialect.name == "sqlite":
        found = table(SEARCH, column("rowid"), column(SEARCH, String))
        wanted = " ".join(f'"{word}"' for word in words) + "*"
        rows = select(found.c.rowid).where(found.c[SEARCH].op("MATCH")(wanted))
        return rows.order_by(found.c.rowid.desc()).limit(MAX_MATCHES)
    return select(flags.c.id).where(_holds(words, dialect)).order_by(flags.c.id.desc()).limit(MAX_MATCHES)


def _holds(words: tuple[str, ...], dialect: Dialect) -> ColumnElement[bool]:
    if dialect.name == "postgresql":
        wanted = " & ".join(f"'{word}'" for word in words) + ":*"
        vector = func.to_tsvector("simple", flags.c.searchable)
        return vector.op("@@")(func.to_tsquery("simple", wanted))
    result: ColumnElement[bool] = flags.c.searchable.icontains(words[0], autoescape=True)
    for word in words[1:]:
        result &= flags.c.searchable.icontains(word, autoescape=True)
    return result

"""Lists of references and the works in them, for tests that type commands."""

from __future__ import annotations

from click.testing import CliRunner, Result

from citations.types import Fields, Kind, Name
from verifier.cli import main

TURING = Fields(
    title="On computable numbers, with an application to the Entscheidungsproblem",
    authors=(Name("Turing", "Alan M."),),
    year=1937,
    venue="Proceedings of the London Mathematical Society",
    volume="s2-42",
    pages="230-265",
    kind=Kind.ARTICLE,
    doi="10.1112/plms/s2-42.1.230",
)
SHANNON = Fields(
    title="A mathematical theory of communication",
    authors=(Name("Shannon", "Claude E."),),
    year=1948,
    venue="Bell System Technical Journal",
    volume="27",
    pages="379-423",
    kind=Kind.ARTICLE,
    doi="10.1002/j.1538-7305.1948.tb01338.x",
)


def entry(key: str, fields: Fields) -> str:
    lines = [f"  {name} = {{{value}}}" for name, value in _values(fields) if value]
    return f"@article{{{key},\n" + ",\n".join(lines) + "\n}\n"


def _values(fields: Fields):
    yield "title", fields.title
    yield "author", " and ".join(f"{author.family}, {author.given}" for author in fields.authors)
    yield "journal", fields.venue
    yield "year", fields.year
    yield "volume", fields.volume
    yield "pages", fields.pages
    yield "doi", fields.doi


def run(*args: str, **options) -> Result:
    return CliRunner().invoke(main, list(args), **options)

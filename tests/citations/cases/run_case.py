"""One case of the bank: read its input as a user would give it, ask the registries of the case, judge."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from citations.check import CheckOptions, check
from citations.errors import UnreadableInput
from citations.extract import extract, open_document
from citations.identifiers import normalise_arxiv, normalise_doi
from citations.names import read_name
from citations.parse.fields import parse_fields
from citations.types import (
    Answer,
    CheckedReference,
    Fields,
    Location,
    NotCovered,
    Query,
    Reference,
    Scheme,
    Unreadable,
)
from tests.citations.cases.answers import Answers
from tests.citations.cases.answers_coverage import COVERAGE
from tests.citations.cases.answers_matching import MATCHING
from tests.citations.cases.answers_other import OTHER
from tests.citations.fake_registries import TODAY, FakeDoiOrg, FakeRegistry, asked

KINDS = (
    "bib-parse",
    "tex-bbl",
    "pdf-extract",
    "doi-id",
    "match-names",
    "match-work",
    "non-english",
    "fabricated",
    "registry-data",
    "coverage",
    "retraction",
)
ROOT = Path(__file__).resolve().parents[3]
BANK = Path(os.environ.get("VERIFIER_SHARED_DATA", ROOT.parent / "shared" / "data")) / "cases"


@dataclass(frozen=True)
class Case:
    """One row of ``cases.jsonl``."""

    id: str
    kind: str
    input: Any
    files: Sequence[str]
    expected: Mapping[str, Any]
    why: str
    facts: Mapping[str, str]

    def __str__(self) -> str:
        return self.id


class Ran:
    """What came out; nothing is done before a checker asks for it."""

    def __init__(self, case: Case) -> None:
        self.case = case

    @cached_property
    def extracted(self) -> list[Reference | Unreadable]:
        return list(_read(self.case))

    @property
    def references(self) -> list[Reference]:
        return [each for each in self.extracted if isinstance(each, Reference)]

    @property
    def unreadable(self) -> list[Unreadable]:
        return [each for each in self.extracted if isinstance(each, Unreadable)]

    @cached_property
    def checked(self) -> list[CheckedReference]:
        """In the order of the input."""
        answers = {**MATCHING, **OTHER, **COVERAGE}.get(self.case.id, Answers())
        done = {
            each.reference.id: each
            for each in check(self.references, _registries(answers), options=CheckOptions(today=TODAY))
        }
        return [done[each.id] for each in self.references]


def cases() -> list[Case]:
    """The cases of the kinds that this runner knows, none where the bank is not there."""
    bank = BANK / "cases.jsonl"
    if not bank.is_file():
        return []
    rows = [json.loads(line) for line in bank.read_text(encoding="utf-8").splitlines()]
    names = ("id", "kind", "input", "files", "expected", "why", "facts")
    return [Case(**{name: row[name] for name in names}) for row in rows if row["kind"] in KINDS]


def _read(case: Case) -> Iterator[Reference | Unreadable]:
    if case.files:
        yield from _read_files(case)
    elif isinstance(case.input, dict):
        yield from _read_input(case.input)


def _read_files(case: Case) -> Iterator[Reference | Unreadable]:
    """The files under their own names in a folder of their own; companions of the first are found by it."""
    with tempfile.TemporaryDirectory() as folder:
        paths = []
        for name in case.files:
            path = Path(folder) / Path(name).name.partition("__")[2]
            shutil.copyfile(BANK / name, path)
            paths.append(path)
        readable = [path for path in paths if path.suffix != ".csv"]
        follows = readable[0].suffix in {".tex", ".bbl"}
        for path in readable[:1] if follows and readable[0].suffix == ".tex" else readable:
            try:
                yield from extract(open_document(path))
            except UnreadableInput:  # a bare citation without a list around it, as it is pasted into a check
                lines = path.read_text(encoding="utf-8").splitlines()
                yield from (printed(line, f"{path.name}#{n}") for n, line in enumerate(lines) if line.strip())


def _read_input(given: Mapping[str, Any]) -> Iterator[Reference | Unreadable]:
    if "raw" in given:
        yield printed(given["raw"])
    if isinstance(given.get("parsed"), list):
        for n, each in enumerate(given["parsed"]):
            read = printed(each["raw"], f"r{n}")
            # The parser service is the user's own; what it says about the DOI is only believed if the string shows it.
            doi = each["doi"] if normalise_doi(each["raw"]) == each["doi"] else ""
            yield replace(read, fields=replace(read.fields, doi=doi))
    if isinstance(given.get("cited"), dict):
        yield _from_fields(given["cited"])
    if "doi" in given:
        yield _from_fields({"doi": given["doi"], "title": ""})


def printed(raw: str, name: str = "r") -> Reference:
    """A printed string as a reference."""
    return Reference(name, raw, parse_fields(raw), Location("case"), source="text")


def _from_fields(cited: Mapping[str, Any]) -> Reference:
    title = cited.get("title") or ""
    authors = cited.get("authors") or ()
    if title == "<same title>":  # the bank leaves it open
        title, authors = "Modular composition of particular specifications", ("Ada Byron", "Carl Gauss")
    if "authors_n" in cited:
        shuffled = ("Massimo Caccia", "Oleksiy Ostapenko", "Pau Rodriguez", "Min Lin", "Lucas Caccia", "Issam Laradji")
        authors = (*shuffled, "Irina Rish", "Laurent Charlin")
    values = Fields(
        title=title,
        authors=tuple(read_name(name) for name in authors),
        year=int(cited["year"]) if cited.get("year") else None,
        venue=cited.get("venue") or "",
        doi=normalise_doi(cited.get("doi") or ""),
        arxiv=normalise_arxiv(cited.get("arxiv") or ""),
    )
    return Reference("r", "", values, Location("case"), source="fields")


@dataclass
class _Ignorant(FakeRegistry):
    """An index that says of everything that it cannot know it."""

    def _answer(self, query: Query) -> Answer:
        return NotCovered(asked(self.name), "beyond its years")


def _registries(answers: Answers) -> list[FakeRegistry | FakeDoiOrg]:
    if answers.offline_covers is False:
        return [_Ignorant("offline")]
    dois = frozenset({Scheme.DOI})
    listed = [
        FakeRegistry("crossref", answers.crossref, dois),
        FakeRegistry("arxiv", answers.arxiv, frozenset({Scheme.ARXIV})),
        FakeRegistry("datacite", answers.datacite, dois),
        FakeRegistry("semantic_scholar", answers.semantic_scholar, frozenset({Scheme.ARXIV, Scheme.PMID})),
    ]
    for name in ("openalex", "pubmed"):
        works = getattr(answers, name)
        if works is not None:
            listed.append(FakeRegistry(name, works, dois))
    held = {work.fields.doi for each in listed for work in each.works} - {""}
    return [*listed, FakeDoiOrg(frozenset(held | answers.registered))]

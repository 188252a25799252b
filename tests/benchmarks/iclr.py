"""Five real ICLR 2026 reference lists against registries that hold what real registries once answered about them.

``python -m tests.benchmarks.iclr``. The registries are filled with the works in recorded answers (Crossref and Semantic
Scholar through our own decoders; DBLP and OpenAlex read here); whatever is asked about a title that stands in none of them
is answered with 503, because nobody recorded whether it exists. Those are asked apart: a host that fails again and again
is rightly given up for a while, which would leave the others unchecked. Every flag is printed. Entries that are wrong in
the printed list stand in ``audit/iclr.json`` with what is wrong; they should be flagged.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from citations.identifiers import arxiv_base, normalise_arxiv, normalise_doi
from citations.names import read_name
from citations.registries import load
from citations.registries.crossref_records import work as crossref_work
from citations.registries.semantic_scholar import work as semantic_scholar_work
from citations.testing.replay import Recordings, read_lines
from citations.testing.respond import Ask, Reply
from citations.testing.server import RegistryServer
from citations.titles import plain, title_key
from citations.types import CheckedReference, Fields, Kind, Reference, Severity, Status, Work
from tests.benchmarks.hallmark import bibtex
from tests.benchmarks.lines import Line, Unit, table
from tests.benchmarks.worlds import SHARED, quick, tally

AUDIT = Path(__file__).with_name("audit") / "iclr.json"
FLAGGED = frozenset({Status.MISMATCH, Status.NOT_FOUND, Status.FABRICATED, Status.RETRACTED})
_WORD = re.compile(r"\w+")
_ARXIV_DOI = "10.48550/arxiv."


@dataclass(frozen=True)
class Result:
    """What the measurement says."""

    known: tuple[CheckedReference, ...]
    """References whose title stands in the recorded answers."""
    unknown: tuple[CheckedReference, ...]
    """References about which every registry answers 503."""


class OutOfService(Recordings):
    """Answers 503 to everything that is asked about some references, and nothing to the rest."""

    def __init__(self, references: Sequence[Reference]) -> None:
        """Remember the words of their titles and their identifiers."""
        super().__init__(())
        self._titles = [frozenset(words(each.fields.title)) for each in references if each.fields.title]
        found = (i for each in references for i in (each.fields.doi, arxiv_base(each.fields.arxiv)))
        self._identifiers = tuple(filter(None, found))

    def __len__(self) -> int:
        """How many references are meant."""
        return len(self._titles)

    def find(self, registry: str, ask: Ask) -> Reply | None:
        """503 where one of them is meant."""
        asked = " ".join((ask.path, *ask.query.values(), ask.body.decode("utf-8", "replace"))).lower()
        said = set(words(asked))
        by_title = any(len(title & said) >= 0.8 * len(title) for title in self._titles)
        if by_title or any(each in asked for each in self._identifiers):
            return Reply(503, b"try later", "text/plain")
        return None


def words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())


def references(shared: Path) -> list[Reference]:
    """The entries of the five lists, as a ``.bib`` file would hold them."""
    made = []
    for line in (shared / "refs" / "iclr2026_bibliographies.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        cells = row["fields"]
        entry = {
            "title": cells["title"],
            "author": " and ".join("others" if a.lower() in {"et al", "et al."} else a for a in cells["authors"] or ()),
            "year": str(cells["year"] or ""),
            "booktitle": cells["venue"] or "",
            "doi": row["doi"] or "",
            "url": cells["url"] or "",
        }
        entry = {name: value for name, value in entry.items() if value}
        if row["arxiv"]:
            entry |= {"eprint": row["arxiv"], "archiveprefix": "arXiv"}
        made.append(bibtex(row["id"], "misc", entry))
    return made


def recorded_works(shared: Path) -> Iterator[Work]:
    """The works in all answers that were recorded for the development lists, where a registry would hold them."""
    published: set[str] = set()
    for item in items(shared / "api" / "crossref.jsonl.gz", crossref_items):
        work = crossref_work(item)
        published.add(work.fields.doi)
        yield work
    for paper in items(shared / "api" / "semanticscholar.jsonl.gz", papers):
        yield semantic_scholar_work(paper)
    more = [
        *(dblp_fields(hit) for hit in items(shared / "api" / "dblp.jsonl", dblp_hits)),
        *(openalex_fields(item) for item in items(shared / "api" / "openalex.jsonl.gz", openalex_items)),
    ]
    for fields in more:
        key = fields.doi or fields.arxiv or title_key(fields.title)
        if fields.arxiv:
            yield Work("arxiv", key, f"https://arxiv.org/abs/{fields.arxiv}", replace(fields, venue="", doi=""))
            yield Work("datacite", key, "", replace(fields, doi=_ARXIV_DOI + arxiv_base(fields.arxiv)))
        elif fields.doi and fields.doi not in published:
            yield Work("crossref", key, f"https://doi.org/{fields.doi}", fields)
        yield Work("semantic_scholar", key, "", fields)


def items(path: Path, unpack: Any) -> Iterator[dict[str, Any]]:
    """The items of all answers in a file that belong to the development lists."""
    for row in read_lines(path):
        if "dev" in (row.get("iclr_split") or ""):
            yield from unpack(json.loads(row["body"]))


def crossref_items(body: Mapping[str, Any]) -> list[dict[str, Any]]:
    message = body["message"]
    return list(message["items"]) if "items" in message else [message]


def papers(body: Mapping[str, Any]) -> list[dict[str, Any]]:
    return list(body["data"]) if "data" in body else [dict(body)]


def dblp_hits(body: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [hit["info"] for hit in body["result"]["hits"].get("hit", ()) if hit["info"].get("title")]


def openalex_items(body: Mapping[str, Any]) -> list[dict[str, Any]]:
    found = body.get("results", [body])
    return [item for item in found if item.get("title")]


def dblp_fields(info: Mapping[str, Any]) -> Fields:
    """A hit of DBLP's search; its homonym numbers are no part of a name."""
    listed = (info.get("authors") or {}).get("author") or []
    people = listed if isinstance(listed, list) else [listed]
    doi = normalise_doi(info.get("doi") or "")
    arxiv = normalise_arxiv(doi.removeprefix(_ARXIV_DOI)) if doi.startswith(_ARXIV_DOI) else ""
    if not arxiv and info.get("venue") == "CoRR":
        arxiv = normalise_arxiv(str(info.get("volume", "")).removeprefix("abs/"))
    venue = info.get("venue") or ""
    return Fields(
        title=plain(info["title"]).rstrip("."),
        authors=tuple(read_name(re.sub(r" \d{4}$", "", plain(person["text"]))) for person in people),
        year=int(info["year"]) if str(info.get("year", "")).isdigit() else None,
        venue=venue[0] if isinstance(venue, list) else venue,
        volume="" if arxiv else info.get("volume") or "",
        pages=info.get("pages") or "",
        kind=Kind.PREPRINT if arxiv else dblp_kind(info.get("type", "")),
        doi=doi,
        arxiv=arxiv,
    )


def dblp_kind(printed: str) -> Kind:
    return Kind.ARTICLE if "Journal" in printed else Kind.CONFERENCE if "Conference" in printed else Kind.UNKNOWN


def openalex_fields(item: Mapping[str, Any]) -> Fields:
    """An item of OpenAlex."""
    place = item.get("primary_location") or {}
    source = place.get("source") or {}
    doi = normalise_doi(item.get("doi") or "")
    arxiv = normalise_arxiv(doi.removeprefix(_ARXIV_DOI)) if doi.startswith(_ARXIV_DOI) else ""
    names = ((each.get("author") or {}).get("display_name") for each in item.get("authorships") or ())
    kinds = {"article": Kind.ARTICLE, "preprint": Kind.PREPRINT, "book": Kind.BOOK, "book-chapter": Kind.CHAPTER}
    return Fields(
        title=plain(item["title"]),
        authors=tuple(read_name(name) for name in names if name),
        year=item.get("publication_year"),
        venue=source.get("display_name") or "",
        kind=kinds.get(item.get("type") or "", Kind.UNKNOWN),
        doi=doi,
        arxiv=arxiv,
    )


def measure(shared: Path = SHARED) -> Result:
    """Check the five lists."""
    cited = references(shared)
    works = list(recorded_works(shared))
    titles = {title_key(title) for work in works for title in (work.fields.title, *work.other_titles)}
    unknown = [each for each in cited if title_key(each.fields.title) not in titles]
    ids = {each.id for each in unknown}
    with RegistryServer(works) as server:
        answered = checked_by(server, [each for each in cited if each.id not in ids])
    with RegistryServer(works, recordings=OutOfService(unknown)) as server:
        return Result(answered, checked_by(server, unknown))


def checked_by(server: RegistryServer, cited: Sequence[Reference]) -> tuple[CheckedReference, ...]:
    """What the registries of this server make of the references."""
    registries = load(None, quick(server.urls))
    try:
        return tally(cited, registries).checked
    finally:
        for registry in registries:
            registry.close()


def lines(result: Result) -> list[Line]:
    """The numbers beside their targets."""
    everything = (*result.known, *result.unknown)
    fabricated = sum(each.verdict.status is Status.FABRICATED for each in everything)
    lost = sum(each.verdict.status is Status.NOT_FOUND for each in result.unknown)
    right, wrong = audited(result.known)
    before, after = (share(each, Status.VERIFIED) for each in (result.known, right))
    caught = sum(each.verdict.status in FLAGGED for each in wrong) / len(wrong)
    return [
        Line("ICLR lists: fabricated", fabricated, Unit.COUNT, at_most=0),
        Line("ICLR lists: not_found where 503", lost, Unit.COUNT, at_most=0, note=counted(result.unknown)),
        Line(
            "ICLR lists: verified where answered",
            after,
            at_least=0.95,
            note=f"{before:.2%} before audit: {counted(result.known)}",
        ),
        Line("ICLR lists: flagged of the entries that are wrong", caught, note=f"{len(wrong)} entries"),
    ]


def audited(checked: Sequence[CheckedReference]) -> tuple[list[CheckedReference], list[CheckedReference]]:
    """The entries that are right in print, and those that are wrong."""
    listed = json.loads(AUDIT.read_text(encoding="utf-8"))
    return (
        [each for each in checked if each.reference.key not in listed],
        [each for each in checked if each.reference.key in listed],
    )


def share(checked: Sequence[CheckedReference], status: Status) -> float:
    return sum(each.verdict.status is status for each in checked) / max(1, len(checked))


def counted(checked: Sequence[CheckedReference]) -> str:
    statuses = Counter(each.verdict.status for each in checked)
    return ", ".join(f"{status} {number}" for status, number in statuses.most_common())


def main(arguments: list[str] | None = None) -> int:
    """Print the shares, then every reference that is flagged or not verified though its title was answered."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, default=SHARED)
    parser.add_argument("--show", action="store_true", help="print the evidence of every flag")
    options = parser.parse_args(arguments)
    result = measure(options.shared)
    print(table(lines(result)))
    known = set(result.known)
    for each in (*result.known, *result.unknown):
        verdict = each.verdict
        if verdict.status in FLAGGED or (each in known and verdict.status is not Status.VERIFIED):
            wrong = [
                f"{d.field} {d.cited!r} -> {d.registered!r} ({d.note})"
                for d in verdict.diffs
                if d.severity is not Severity.COSMETIC
            ]
            print(f"{each.reference.id} {verdict.status}: {each.reference.fields.title[:80]}: {'; '.join(wrong)}")
            if options.show:
                print(f"  {verdict.argument.sentence}\n  {each.reference.fields}")
                for said in each.evidence:
                    print(
                        f"  {said.asked.registry} {said.outcome} {said.reason} {said.candidates[0].fields if said.candidates else ''}"
                    )
    return 0


if __name__ == "__main__":
    sys.exit(main())

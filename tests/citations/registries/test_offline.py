from __future__ import annotations

import shutil

import pytest

from citations.index.build import build_index
from citations.registries.offline import OfflineIndex
from citations.types import (
    Fields,
    Found,
    Identifier,
    Kind,
    Location,
    Name,
    NotCovered,
    Query,
    Reference,
    Scheme,
    Unavailable,
    Why,
)
from tests.citations.index import index_sources as sources


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("offline")
    years = "".join(
        f"@inproceedings{{p{year}-{number},\n  title = {{Paper {number} of the meeting in {year}}},\n"
        f"  booktitle = {{Advances in Neural Information Processing Systems}},\n  year = {{{year}}},\n}}\n"
        for year in range(2015, 2020)
        for number in range(40)
    )
    paths = [
        sources.write_bibtex(folder / "a.bib"),
        sources.write_bibtex(folder / "b.bib", years),
        sources.write_lines(folder / "c.jsonl", sources.CROSSREF),
    ]
    build_index(paths, folder / "index")
    return folder / "index"


def ask(folder, *queries):
    registry = OfflineIndex(folder)
    answers = list(registry.look_up(queries))
    registry.close()
    registry.close()
    return [answer for _, answer in answers]


def cited(raw="", **fields):
    return Reference("r", raw, Fields(**fields), Location())


def test_a_work_is_found_by_title_with_its_preprint(folder):
    (answer,) = ask(folder, Query(cited(title="Attention is all you need", authors=(Name("Vaswani", "A."),))))
    assert isinstance(answer, Found)
    assert {work.fields.kind for work in answer.works} == {Kind.CONFERENCE, Kind.PREPRINT}
    assert (answer.asked.registry, answer.asked.url) == ("offline", "index:index")


def test_a_work_is_found_by_identifier_and_by_its_printed_string(folder):
    raw = "Vaswani A, Shazeer N, et al. Attention is all you need. Adv Neural Inf Process Syst 30, 2017."
    by_doi, by_words = ask(
        folder,
        Query(cited(), Identifier(Scheme.DOI, "10.1038/nature14539")),
        Query(cited(raw)),
    )
    assert by_doi.works[0].fields.title == "Deep learning"
    assert by_words.works[0].fields.title.lower() == "attention is all you need"


def test_a_reference_without_title_is_found_by_volume_and_page(folder):
    (answer,) = ask(folder, Query(cited("Y. LeCun et al., Nature 521, 436", volume="521", pages="436", venue="Nature")))
    assert isinstance(answer, Found)
    assert answer.works[0].key == "10.1038/nature14539"


def test_an_unknown_identifier_is_not_covered(folder):
    (answer,) = ask(folder, Query(cited(title="Deep learning"), Identifier(Scheme.DOI, "10.1000/other")))
    assert isinstance(answer, NotCovered)


def test_a_title_of_others_brings_further_candidates(folder):
    query = Query(
        cited(
            title="Deep learning",
            authors=(Name("Goodfellow", "Ian"),),
            year=2016,
            kind=Kind.BOOK,
            publisher="MIT Press",
        )
    )
    (answer,) = ask(folder, query)
    assert answer.works[0].key == "10.1038/nature14539"


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"venue": "NeurIPS", "year": 2026}, "the index ends with 2019"),
        ({"venue": "Nature Medicine", "year": 2016}, "the index holds nothing of Nature Medicine"),
        ({"venue": "NeurIPS", "year": 1995}, "of NeurIPS the index holds 2015 to 2019"),
        ({"venue": "NeurIPS", "year": 2016, "kind": Kind.PATENT}, "the index holds no works of the kind patent"),
        ({"year": 2016}, "no venue is cited, and the index holds only some"),
    ],
)
def test_what_the_index_could_not_know_is_not_covered(folder, fields, reason):
    fields = {"title": "Zebrafish hepatocytes regenerate under moonlight", "kind": Kind.CONFERENCE} | fields
    (answer,) = ask(folder, Query(cited(**fields)))
    assert isinstance(answer, NotCovered)
    assert answer.reason == reason


def test_a_venue_and_year_that_are_held_give_an_answer_without_the_work(folder):
    (answer,) = ask(
        folder,
        Query(
            cited(
                title="Zebrafish hepatocytes regenerate under moonlight",
                venue="Advances in Neural Information Processing Systems",
                year=2017,
                kind=Kind.CONFERENCE,
            )
        ),
    )
    assert isinstance(answer, Found)
    assert all("ebrafish" not in work.fields.title for work in answer.works)


def test_coverage_is_what_is_inside(folder):
    coverage = OfflineIndex(folder).coverage
    assert (coverage.until_year, coverage.searches, coverage.schemes) == (2019, True, frozenset(Scheme))
    assert Kind.CONFERENCE in coverage.kinds
    assert Kind.PATENT not in coverage.kinds


def test_a_missing_index_is_unavailable_and_covers_nothing(tmp_path):
    (answer,) = ask(tmp_path / "none", Query(cited(title="Deep learning")))
    assert isinstance(answer, Unavailable)
    assert answer.why is Why.UNREACHABLE
    assert OfflineIndex(tmp_path / "none").coverage.schemes == frozenset()


@pytest.mark.parametrize("victim", ["*.store", "*.term", "*.idx", "meta.json", "venues.json"])
@pytest.mark.parametrize("damage", ["cut", "noise", "gone"])
def test_a_damaged_index_is_unavailable_and_never_an_accusation(folder, tmp_path, victim, damage):
    copy = tmp_path / "index"
    shutil.copytree(folder, copy)
    for path in copy.rglob(victim):
        data = path.read_bytes()
        if damage == "gone":
            path.unlink()
        else:
            path.write_bytes(data[: len(data) // 3] if damage == "cut" else bytes(byte ^ 0x5A for byte in data))
    queries = [
        Query(cited(title="Attention is all you need")),
        Query(cited(), Identifier(Scheme.DOI, "10.1038/nature14539")),
        Query(cited("Zebrafish hepatocytes regenerate under moonlight. NeurIPS 2017", venue="NeurIPS", year=2017)),
    ]
    answers = ask(copy, *queries)
    assert len(answers) == 3
    for answer, healthy in zip(answers, ask(folder, *queries), strict=True):
        assert isinstance(answer, Unavailable) or answer_without_time(answer) == answer_without_time(healthy)


def answer_without_time(answer):
    return (type(answer), getattr(answer, "works", None))


def test_each_query_gets_one_answer_in_order(folder):
    queries = [Query(cited(title=f"Paper {number} of the meeting in 2016")) for number in range(40)]
    answers = list(OfflineIndex(folder).look_up(queries))
    assert [query for query, _ in answers] == queries
    assert [answer.works[0].key for _, answer in answers] == [f"p2016-{number}" for number in range(40)]
    assert list(OfflineIndex(folder).look_up(())) == []

from __future__ import annotations

import gzip
import json
import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest

from citations.errors import IndexDamaged, IndexMissing, UnreadableInput
from citations.index.build import build_index, update_index
from citations.index.job import BUILDING, BuildProgress
from citations.index.manifest import MANIFEST, SkipCount, read_manifest
from citations.index.search import Index
from citations.types import Identifier, Kind, Scheme
from tests.citations.index import index_sources as sources


def doi(index, number):
    return index.by_identifier(Identifier(Scheme.DOI, f"10.1000/made.{number}"))


def test_an_index_tells_its_works_years_kinds_and_sources(tmp_path):
    path = sources.write_bibtex(tmp_path / "a.bib.gz")
    info = build_index([path], tmp_path / "index")
    assert (info.works, [year.year for year in info.years]) == (4, [1918, 2017, 2019])
    assert info.kinds == (Kind.ARTICLE, Kind.CONFERENCE, Kind.PREPRINT)
    assert [(source.name, source.format, source.works) for source in info.sources] == [("a.bib.gz", "bibtex", 4)]
    assert read_manifest(tmp_path / "index") == info


def test_what_is_left_out_is_counted_by_reason(tmp_path):
    path = tmp_path / "a.bib"
    path.write_text(sources.BIBTEX + "@misc{a,\n  year = {1999},\n}\n@misc{b,\n  note = {x},\n}\n")
    assert build_index([path], tmp_path / "index").sources[0].skipped == (SkipCount("no title", 2),)


def test_progress_is_told_up_to_the_end(tmp_path):
    told: list[BuildProgress] = []
    path = sources.write_bibtex(tmp_path / "a.bib", sources.numbered_bibtex(2_000))
    build_index([path], tmp_path / "index", progress=told.append)
    assert told[-1] == BuildProgress("a.bib", 2_000, 0, path.stat().st_size, path.stat().st_size)


def test_another_source_is_added_and_an_unchanged_one_not_read_again(tmp_path):
    first = sources.write_bibtex(tmp_path / "a.bib")
    second = sources.write_lines(tmp_path / "b.jsonl.gz", sources.ARXIV)
    build_index([first], tmp_path / "index")
    info = build_index([first, second], tmp_path / "index")
    assert [source.works for source in info.sources] == [4, 2]
    assert Index.open(tmp_path / "index").searcher.num_docs == 6
    assert build_index([second], tmp_path / "index") == info


def test_a_changed_source_replaces_its_works(tmp_path):
    path = sources.write_bibtex(tmp_path / "a.bib", sources.numbered_bibtex(30))
    other = sources.write_bibtex(tmp_path / "b.bib")
    build_index([path, other], tmp_path / "index")
    sources.write_bibtex(path, sources.numbered_bibtex(20, start=20))
    info = update_index(tmp_path / "index")
    index = Index.open(tmp_path / "index")
    assert info.works == index.searcher.num_docs == 24
    assert (doi(index, 5), len(doi(index, 25)), len(doi(index, 39))) == ((), 1, 1)


def test_updating_keeps_the_works_of_a_source_that_is_gone(tmp_path):
    path = sources.write_bibtex(tmp_path / "a.bib")
    info = build_index([path], tmp_path / "index")
    path.unlink()
    assert update_index(tmp_path / "index") == info


def test_an_open_index_stays_readable_while_it_is_replaced(tmp_path):
    path = sources.write_bibtex(tmp_path / "a.bib", sources.numbered_bibtex(50))
    build_index([path], tmp_path / "index")
    before = Index.open(tmp_path / "index")
    sources.write_bibtex(path, sources.numbered_bibtex(50, start=100))
    update_index(tmp_path / "index")
    assert len(doi(before, 7)) == 1
    assert (doi(Index.open(tmp_path / "index"), 7), len(doi(Index.open(tmp_path / "index"), 107))) == ((), 1)


class Stopped(Exception):
    pass


@pytest.mark.parametrize("after", [1, 300, 700, 999])
def test_a_build_that_was_stopped_goes_on_and_holds_every_work_once(tmp_path, after):
    path = sources.write_bibtex(tmp_path / "a.bib", sources.numbered_bibtex(1_000))
    seen = []

    def stop(state):
        seen.append(state)
        if state.works >= after:
            raise Stopped

    with pytest.raises(Stopped):
        build_index([path], tmp_path / "index", progress=stop, commit_every=256)
    info = build_index([path], tmp_path / "index", commit_every=256)
    index = Index.open(tmp_path / "index")
    assert (info.works, index.searcher.num_docs) == (1_000, 1_000)
    assert [len(doi(index, number)) for number in range(1_000)] == [1] * 1_000


def test_a_commit_that_was_not_noted_is_read_again_only_once(tmp_path):
    path = sources.write_bibtex(tmp_path / "a.bib", sources.numbered_bibtex(600))

    def stop(state):
        if state.works >= 512:
            raise Stopped

    with pytest.raises(Stopped):
        build_index([path], tmp_path / "index", progress=stop, commit_every=256)
    state = json.loads((tmp_path / "index" / BUILDING).read_text())
    assert state["sources"][0]["batches"] >= 1
    state["sources"][0].update(batches=0, records=0, finished=False)
    state["sources"][0]["tally"].update(works=0, years={}, kinds={}, venues={})
    (tmp_path / "index" / BUILDING).write_text(json.dumps(state))
    assert build_index([path], tmp_path / "index", commit_every=256).works == 600
    index = Index.open(tmp_path / "index")
    assert [len(doi(index, number)) for number in range(0, 256, 25)] == [1] * 11


def test_a_killed_process_loses_nothing(tmp_path):
    path = sources.write_bibtex(tmp_path / "a.bib", sources.numbered_bibtex(20_000))
    program = (
        "import sys; from pathlib import Path; from citations.index import build_index; "
        "build_index([Path(sys.argv[1])], Path(sys.argv[2]), commit_every=1000)"
    )
    command = [sys.executable, "-c", program, str(path), str(tmp_path / "index")]
    process = subprocess.Popen(command, cwd=Path.cwd())
    state = tmp_path / "index" / BUILDING
    while process.poll() is None and not (state.exists() and '"batches":3' in state.read_text()):
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.wait()
    subprocess.run(command, check=True, cwd=Path.cwd())
    index = Index.open(tmp_path / "index")
    assert (index.info().works, index.searcher.num_docs) == (20_000, 20_000)
    assert {len(doi(index, number)) for number in range(0, 20_000, 97)} == {1}


def test_a_damaged_source_is_named_and_the_current_index_stays(tmp_path):
    good = sources.write_bibtex(tmp_path / "a.bib")
    info = build_index([good], tmp_path / "index")
    data = gzip.compress(sources.numbered_bibtex(3_000).encode())
    bad = tmp_path / "b.bib.gz"
    bad.write_bytes(data[: len(data) // 2])
    with pytest.raises(UnreadableInput, match=r"b\.bib\.gz is damaged after"):
        build_index([bad], tmp_path / "index")
    assert Index.open(tmp_path / "index").info() == info
    bad.write_bytes(data)
    assert build_index([bad], tmp_path / "index").works == 3_004


def test_building_goes_on_without_a_source_that_was_damaged(tmp_path):
    good = sources.write_bibtex(tmp_path / "a.bib")
    bad = tmp_path / "b.xml"
    bad.write_text(sources.dblp_xml(sources.meeting("nips", 2019, "NeurIPS", 50))[:-60])
    with pytest.raises(UnreadableInput, match="damaged"):
        build_index([bad, good], tmp_path / "index", commit_every=10)
    assert build_index([good], tmp_path / "index").works == 4
    assert Index.open(tmp_path / "index").searcher.num_docs == 4


def test_no_index_half_an_index_and_a_broken_one_are_different_sentences(tmp_path):
    with pytest.raises(IndexMissing, match="there is no index"):
        Index.open(tmp_path / "none")
    half = tmp_path / "half"
    half.mkdir()
    (half / BUILDING).write_text("{}")
    with pytest.raises(IndexMissing, match="not finished"):
        Index.open(half)
    info = build_index([sources.write_bibtex(tmp_path / "a.bib")], tmp_path / "index")
    meta = tmp_path / "index" / info.generation / "meta.json"
    meta.write_text("{")
    with pytest.raises(IndexDamaged, match="damaged"):
        Index.open(tmp_path / "index")
    (tmp_path / "index" / MANIFEST).write_text("{}")
    with pytest.raises(IndexDamaged, match="damaged"):
        Index.open(tmp_path / "index")


def test_an_index_of_another_version_says_so(tmp_path):
    build_index([sources.write_bibtex(tmp_path / "a.bib")], tmp_path / "index")
    path = tmp_path / "index" / MANIFEST
    path.write_text(path.read_text().replace('"format":1', '"format":99'))
    with pytest.raises(IndexDamaged, match="another version"):
        Index.open(tmp_path / "index")


def test_an_index_is_stale_after_thirty_days(tmp_path):
    info = build_index([sources.write_bibtex(tmp_path / "a.bib")], tmp_path / "index")
    ages = [timedelta(days=days, seconds=1) for days in (0, 30, 31)]
    assert [info.is_stale(info.built_at + age) for age in ages] == [False, False, True]


def test_a_year_that_has_only_begun_is_not_complete(tmp_path):
    text = "".join(
        f"@article{{a{year}-{number}, title = {{Work number {number} of the year {year}}}, year = {year} }}\n"
        for year, works in ((2015, 40), (2016, 44), (2017, 41), (2018, 43), (2019, 9))
        for number in range(works)
    )
    info = build_index([sources.write_bibtex(tmp_path / "a.bib", text)], tmp_path / "index")
    assert info.until_year == 2018


def test_old_generations_do_not_pile_up(tmp_path):
    path = sources.write_bibtex(tmp_path / "a.bib", sources.numbered_bibtex(10))
    for start in (0, 10, 20):
        sources.write_bibtex(path, sources.numbered_bibtex(10, start=start))
        info = build_index([path], tmp_path / "index")
    assert [each.name for each in (tmp_path / "index").glob("g-*")] == [info.generation]
    assert info.works == 10

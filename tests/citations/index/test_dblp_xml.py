from __future__ import annotations

import gzip
import io

import pytest

from citations.index.dblp_xml import FOREIGN, read_dblp_xml
from citations.index.schema import VOLUME, Record, Skipped
from citations.types import Kind, Name
from tests.citations.index import index_sources as sources


def read(text, skip=0):
    return list(read_dblp_xml(io.BytesIO(text.encode("latin-1")), skip))


def test_a_paper_is_read_without_full_stop_markup_and_number_of_namesakes():
    (record,) = read(sources.dblp_xml([sources.paper("nips", 2019, "NeurIPS", "neurips2019", 4)]))
    values = record.work.fields
    assert values.title == "Paper number 4 of NeurIPS in 2019 about something"
    assert values.authors == (Name(family="Authore", given="Jörg"),)
    assert (values.year, values.venue, values.pages, values.kind) == (2019, "NeurIPS", "33-40", Kind.CONFERENCE)
    assert record.work.url == "https://dblp.org/rec/conf/nips/P4-neurips2019"
    assert record.marks == ("db/conf/nips/neurips2019.html",)


def test_a_preprint_gets_its_arxiv_number_and_a_doi_its_normal_form():
    corr = (
        '<article key="journals/corr/abs-1706-03762"><author>Ashish Vaswani</author><title>Attention Is All You Need.'
        "</title><year>2017</year><volume>abs/1706.03762</volume><journal>CoRR</journal>"
        "<ee>http://arxiv.org/abs/1706.03762</ee><url>db/journals/corr/corr1706.html#VaswaniSPUJGKP17</url></article>"
    )
    journal = (
        '<article key="journals/cacm/Codd70"><author>E. F. Codd</author><title>A Relational Model of Data for Large '
        "Shared Data Banks.</title><pages>377-387</pages><year>1970</year><volume>13</volume><journal>Commun. ACM"
        "</journal><number>6</number><ee>https://doi.org/10.1145/362384.362685</ee></article>"
    )
    preprint, article = (record.work.fields for record in read(sources.dblp_xml([corr, journal])))
    assert (preprint.arxiv, preprint.kind, preprint.venue) == ("1706.03762", Kind.PREPRINT, "arXiv")
    assert (article.doi, article.volume, article.issue) == ("10.1145/362384.362685", "13", "6")


def test_volumes_are_marked_and_persons_left_out():
    person = '<www key="homepages/w/WeiWang"><author>Wei Wang</author><title>Home Page</title></www>'
    volume, page = read(sources.dblp_xml([sources.volume("nips", 2019, "NeurIPS", "neurips2019"), person]))
    assert isinstance(volume, Record)
    assert (volume.marks, volume.work.fields.kind, volume.work.fields.editors[0].family) == (
        (VOLUME,),
        Kind.BOOK,
        "Itor",
    )
    assert page == Skipped("page of a person")


def test_a_paper_filed_under_another_stream_says_so():
    text = sources.paper("iclr", 2015, "ICLR (Poster)", "iclr2015", 1, key="journals/corr/KingmaB14")
    (record,) = read(sources.dblp_xml([text]))
    assert record.marks == ("db/conf/iclr/iclr2015.html", f"{FOREIGN}:db/conf/iclr/iclr2015.html")


def test_a_record_without_title_still_counts_in_its_table_of_contents():
    text = sources.paper("nips", 2019, "NeurIPS", "neurips2019", 1)
    text = text[: text.index("<title>")] + text[text.index("</title>") + len("</title>") :]
    assert read(sources.dblp_xml([text])) == [Skipped("no title", "db/conf/nips/neurips2019.html")]


def test_a_single_table_of_contents_is_read_too():
    papers = "".join(f"<r>{sources.paper('nips', 2019, 'NeurIPS', 'neurips2019', number)}</r>" for number in range(2))
    text = (
        '<?xml version="1.0" encoding="ISO-8859-1"?><!DOCTYPE bht SYSTEM "dblp.dtd">'
        f'<bht key="db/conf/nips/neurips2019.bht"><h1>NeurIPS 2019</h1><dblpcites>{papers}</dblpcites></bht>'
    )
    assert [record.marks for record in read(text)] == [("db/conf/nips/neurips2019.html",)] * 2


def test_the_list_of_one_persons_papers_is_no_table_of_contents():
    text = f'<dblpperson name="A"><r>{sources.paper("nips", 2019, "NeurIPS", "neurips2019", 1)}</r></dblpperson>'
    text = text.replace("&ouml;", "o")
    assert [record.marks for record in read(text)] == [()]


def test_gzip_and_resuming_give_the_same_records():
    text = sources.dblp_xml(sources.meeting("nips", 2019, "NeurIPS", 30))
    packed = io.BytesIO(gzip.compress(text.encode("latin-1")))
    assert list(read_dblp_xml(packed, 7)) == read(text)[7:]


BOMBS = {
    "own entities": '<!DOCTYPE dblp [<!ENTITY a "x"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>',
    "file": '<!DOCTYPE dblp [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
    "parameter": "<!DOCTYPE dblp [<!ENTITY % a \"<!ENTITY b 'x'>\"> %a;]>",
}


@pytest.mark.parametrize("prologue", BOMBS.values(), ids=BOMBS.keys())
def test_declared_entities_are_refused(prologue):
    with pytest.raises(ValueError, match="declares an entity"):
        read(sources.dblp_xml(sources.meeting("nips", 2019, "NeurIPS", 1), prologue))


def test_an_external_dtd_is_never_fetched():
    text = sources.dblp_xml(
        [sources.paper("nips", 2019, "NeurIPS", "neurips2019", 1)],
        '<!DOCTYPE dblp SYSTEM "http://127.0.0.1:9/dblp.dtd">',
    )
    assert len(read(text)) == 1


def test_xml_that_breaks_off_is_an_error():
    text = sources.dblp_xml(sources.meeting("nips", 2019, "NeurIPS", 3))
    with pytest.raises(ValueError, match="not well-formed"):
        read(text[:-30])

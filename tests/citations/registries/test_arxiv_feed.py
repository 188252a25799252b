"""arXiv's Atom, with what outages and enemies send in its place."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from citations.registries.arxiv_feed import ArxivEntry, arxiv_feed, paper
from citations.registries.bodies import Body, Undecodable
from citations.types import Asked, Identifier, Kind, Name, RetractionKind, Scheme

HEAD = (
    "<?xml version='1.0' encoding='UTF-8'?>"
    '<feed xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/" xmlns:arxiv="http://arxiv.org/schemas/atom" '
    'xmlns="http://www.w3.org/2005/Atom">'
)
ENTRY = (
    "<entry><id>http://arxiv.org/abs/1706.03762v5</id><title>Attention Is All\n  You Need</title>"
    "<updated>2017-12-06T03:30:32Z</updated><published>2017-06-12T17:57:34Z</published><summary>We propose</summary>"
    "<author><name>Ashish Vaswani</name></author><author><name>Noam Shazeer</name></author>"
    "<arxiv:comment>15 pages</arxiv:comment></entry>"
)


def feed(entries: str, total: int | str, status: int = 200) -> Body:
    text = f"{HEAD}<opensearch:totalResults>{total}</opensearch:totalResults>{entries}</feed>"
    return body(text.encode(), status)


def body(content: bytes, status: int = 200) -> Body:
    return Body(
        Asked("arxiv", "https://export.arxiv.org/api/query", datetime(2026, 11, 25, tzinfo=UTC)), status, content
    )


def entry(version: int, title: str = "A title", **changes: str) -> ArxivEntry:
    values = {"published": "2020-01-02", "updated": f"202{version}-01-02", "summary": "", "comment": ""}
    values |= {"journal_ref": "", "doi": ""} | changes
    return ArxivEntry(arxiv=f"2001.00001v{version}", title=title, authors=("Ada Lovelace",), **values)


def test_entry_becomes_a_work():
    (found,) = arxiv_feed(feed(ENTRY, 1)).entries
    work = paper((found,))
    assert work.fields.title == "Attention Is All You Need"
    assert work.fields.authors == (Name("Vaswani", "Ashish"), Name("Shazeer", "Noam"))
    assert (work.fields.year, work.fields.arxiv, work.fields.kind) == (2017, "1706.03762", Kind.PREPRINT)
    assert (work.fields.doi, work.key) == ("10.48550/arxiv.1706.03762", "1706.03762v5")
    assert work.retraction is None


def test_empty_feed_means_none():
    assert arxiv_feed(feed("", 0)).entries == ()


@pytest.mark.parametrize("status", [200, 400])
def test_malformed_identifier_is_recognised_under_both_statuses(status):
    error = (
        "<entry><id>https://arxiv.org/api/errors#incorrect_id_format_for_abc</id><title>Error</title>"
        "<summary>incorrect id format for abc</summary></entry>"
    )
    assert arxiv_feed(feed(error, 1, status)).malformed


@pytest.mark.parametrize(
    "damaged",
    [
        body(b""),
        body(b"Rate exceeded."),
        body(b"<html><body>Rate exceeded.</body></html>"),
        body(b"<?xml version='1.0'?><rss><channel/></rss>"),
        body((HEAD + "</feed>").encode()),
        body((HEAD + ENTRY).encode()),
        feed("", 1),
        feed("", "many"),
        feed(ENTRY, 1, status=400),
        feed("<entry><id>http://example.org/</id><title>x</title></entry>", 1),
        feed("<entry><id>https://arxiv.org/api/errors#server</id><title>Error</title></entry>", 1),
        body(
            b'<?xml version="1.0"?><!DOCTYPE feed [<!ENTITY a "b">]><feed xmlns="http://www.w3.org/2005/Atom">&a;</feed>'
        ),
        body(b'<!DOCTYPE feed SYSTEM "http://evil.example/x.dtd"><feed xmlns="http://www.w3.org/2005/Atom"></feed>'),
        body((HEAD + "<a>" * 1000 + "</a>" * 1000 + "</feed>").encode()),
    ],
    ids=lambda damaged: damaged.content[-40:].decode(),
)
def test_anything_but_a_sound_feed_is_refused(damaged):
    with pytest.raises(Undecodable):
        arxiv_feed(damaged)


def test_titles_of_all_versions_are_kept():
    work = paper((entry(1, "Old title"), entry(3, "New title")))
    assert (work.fields.title, work.other_titles) == ("New title", ("Old title",))
    assert (work.fields.year, work.other_years) == (2020, (2021, 2023))


def test_work_is_seen_from_the_cited_version():
    work = paper((entry(1, "Old title"), entry(3, "New title")), cited_version=1)
    assert (work.fields.title, work.other_titles) == ("Old title", ("New title",))


@pytest.mark.parametrize(
    "newest",
    [
        entry(2, "WITHDRAWN: A title"),
        entry(2, comment="This paper has been withdrawn by the author due to an error in Lemma 3"),
        entry(2, comment="Withdrawn because of a crucial sign error"),
        entry(2, summary="This submission has been withdrawn by arXiv administrators"),
        entry(2, comment="12 pages. The manuscript was withdrawn due to overlap"),
    ],
)
def test_withdrawn_paper_is_told_from_its_newest_version(newest):
    work = paper((entry(1), newest), cited_version=1)
    assert work.retraction is not None
    assert work.retraction.kind is RetractionKind.WITHDRAWN
    assert work.fields.title == "A title"


@pytest.mark.parametrize(
    "comment",
    [
        "12 pages",
        "Withdrawn from ICML 2020, now at NeurIPS",
        "We study money withdrawn by customers",
        "v1 withdrawn figures",
    ],
)
def test_other_talk_of_withdrawing_is_no_withdrawal(comment):
    assert paper((entry(2, comment=comment),)).retraction is None


def test_withdrawal_of_an_older_version_only_is_none():
    assert paper((entry(1, comment="This paper has been withdrawn"), entry(2))).retraction is None


def test_published_version_is_a_further_identifier_and_venue():
    work = paper((entry(1, doi="10.1103/PhysRevD.1", journal_ref="Phys. Rev. D 1 (2020)"),))
    assert work.other_ids == (Identifier(Scheme.DOI, "10.1103/physrevd.1"),)
    assert work.other_venues == ("Phys. Rev. D 1 (2020)",)

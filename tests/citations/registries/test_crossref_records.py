"""Crossref's shapes and quirks, read as Works."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citations.registries.bodies import Body, Undecodable
from citations.registries.crossref_records import single_work, work, work_list
from citations.types import Asked, Identifier, Kind, Name, Retraction, RetractionKind, Scheme

NOW = datetime(2026, 11, 25, tzinfo=UTC)


def item(**values: Any) -> dict[str, Any]:
    return {"DOI": "10.1000/x", "type": "journal-article", "title": ["A title that is long enough"]} | values


def body(value: Any, status: int = 200) -> Body:
    content = value if isinstance(value, bytes) else json.dumps(value).encode()
    return Body(Asked("crossref", "https://api.crossref.org/works", NOW), status, content, "application/json")


def envelope(message: Any, kind: str = "work-list") -> dict[str, Any]:
    return {"status": "ok", "message-type": kind, "message-version": "1.0.0", "message": message}


@pytest.mark.parametrize(
    ("title", "subtitle", "expected"),
    [
        (["Main"], ["The rest"], "Main: The rest"),
        (["Main:"], ["The rest"], "Main: The rest"),
        (["Why?"], ["The rest"], "Why? The rest"),
        (["Main: The rest"], ["The rest"], "Main: The rest"),
        (["Main"], [], "Main"),
        (["Main"], None, "Main"),
        ("Main", "The rest", "Main: The rest"),
        ([], ["The rest"], "The rest"),
        ([None], [None], ""),
        (None, None, ""),
        ([""], [""], ""),
        (["On <i>E. coli</i> &amp;amp; friends"], [], "On E. coli & friends"),
        (["CafÃ© culture"], [], "Café culture"),
        (["Line\n   break"], [], "Line break"),
    ],
)
def test_title_is_joined_with_its_subtitle_and_cleaned(title, subtitle, expected):
    assert work(item(title=title, subtitle=subtitle)).fields.title == expected


def test_original_and_first_titles_are_further_titles():
    found = work(item(title=["Main"], subtitle=["The rest"], **{"original-title": ["Das Wichtige"]}))
    assert found.other_titles == ("Main", "Das Wichtige")


def test_persons_groups_and_empty_entries():
    people = [
        {"given": "Aäron", "family": "van den Oord", "suffix": "Jr.", "sequence": "first"},
        {"name": "ATLAS Collaboration", "sequence": "additional"},
        {"given": "Plato"},
        {"family": "Smith", "given": None},
        {},
        None,
        {"family": " ", "given": " "},
    ]
    assert work(item(author=people)).fields.authors == (
        Name("van den Oord", "Aäron", "Jr."),
        Name(literal="ATLAS Collaboration"),
        Name(literal="Plato"),
        Name("Smith"),
    )


def date(*parts: Any) -> dict[str, Any]:
    return {"date-parts": [list(parts)]}


@pytest.mark.parametrize(
    ("dates", "year", "others"),
    [
        ({"published-print": date(2020, 1), "published-online": date(2019, 11)}, 2020, (2019,)),
        ({"published-online": date(2019, 11), "issued": date(2019, 11)}, 2019, ()),
        ({"issued": date(None), "created": date(2003, 1, 1)}, 2003, ()),
        ({"issued": {"date-parts": [[]]}, "created": None}, None, ()),
        ({"issued": {"date-parts": None}}, None, ()),
        ({"issued": "2020"}, None, ()),
        ({"issued": date(20200)}, None, ()),
        ({"posted": date(2021, 5)}, 2021, ()),
        ({"issued": date(1970), "created": date(1997)}, 1970, ()),
    ],
)
def test_year_of_print_comes_first_and_the_deposit_last(dates, year, others):
    found = work(item(**dates))
    assert (found.fields.year, found.other_years) == (year, others)


def test_venue_and_its_other_names():
    found = work(
        item(
            **{"container-title": ["Journal of Things", "Lecture Notes"], "short-container-title": ["J Things"]},
            event={"name": "Conference on Things 2020", "acronym": "CoT"},
        )
    )
    assert found.fields.venue == "Journal of Things"
    assert found.other_venues == ("Lecture Notes", "J Things", "Conference on Things 2020", "CoT")


def test_preprint_names_its_server_and_its_published_version():
    related = {"is-preprint-of": [{"id-type": "doi", "id": "10.1000/Published", "asserted-by": "subject"}], "cites": []}
    found = work(item(type="posted-content", institution=[{"name": "bioRxiv"}], relation=related))
    assert found.fields.kind is Kind.PREPRINT
    assert found.fields.venue == "bioRxiv"
    assert found.other_ids == (Identifier(Scheme.DOI, "10.1000/published"),)


def test_alias_and_arxiv_relation_are_further_identifiers():
    related = {
        "has-preprint": [
            {"id-type": "arxiv", "id": "2001.01234"},
            {"id-type": "doi", "id": "10.48550/arXiv.2001.01234"},
        ]
    }
    found = work(item(aliases=["10.1000/OLD"], relation=related))
    assert set(found.other_ids) == {
        Identifier(Scheme.DOI, "10.1000/old"),
        Identifier(Scheme.ARXIV, "2001.01234"),
        Identifier(Scheme.DOI, "10.48550/arxiv.2001.01234"),
    }


@pytest.mark.parametrize("relation", [None, [], "x", {"has-preprint": None}, {"has-preprint": ["x", None]}])
def test_odd_relations_do_no_harm(relation):
    assert work(item(relation=relation)).other_ids == ()


def update(kind: str, **more: Any) -> dict[str, Any]:
    return {
        "DOI": "10.1000/notice",
        "type": kind,
        "label": kind,
        "source": "publisher",
        "updated": date(2021, 3, 4),
    } | more


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("retraction", RetractionKind.RETRACTED),
        ("Retraction", RetractionKind.RETRACTED),
        ("removal", RetractionKind.RETRACTED),
        ("withdrawal", RetractionKind.WITHDRAWN),
        ("expression_of_concern", RetractionKind.CONCERN),
        ("expression-of-concern", RetractionKind.CONCERN),
    ],
)
def test_retraction_stands_on_the_retracted_work(kind, expected):
    found = work(item(**{"updated-by": [update("correction"), update(kind)]}))
    assert found.retraction == Retraction(expected, "10.1000/notice", "2021-03-04", "publisher")
    assert not found.is_notice


@pytest.mark.parametrize(
    "kind", ["correction", "erratum", "corrigendum", "addendum", "new_version", "clarification", ""]
)
def test_other_updates_are_no_retraction(kind):
    assert work(item(**{"updated-by": [update(kind)]})).retraction is None


@pytest.mark.parametrize("kind", ["correction", "erratum", "corrigendum", "addendum", "clarification"])
def test_corrections_are_kept_and_the_work_stands(kind):
    found = work(item(**{"updated-by": [update(kind, DOI="10.1000/C"), update("new_version", DOI="10.1000/v2")]}))
    assert (found.corrections, found.retraction) == (("10.1000/c",), None)


def test_gravest_of_several_updates_counts():
    updates = [update("expression_of_concern"), update("retraction", source="retraction-watch", DOI="10.1000/r")]
    found = work(item(**{"updated-by": updates}))
    assert found.retraction == Retraction(RetractionKind.RETRACTED, "10.1000/r", "2021-03-04", "retraction-watch")


@pytest.mark.parametrize(
    ("kind", "doi", "expected"),
    [
        ("retraction", "10.1000/article", True),
        ("correction", "10.1000/article", True),
        ("expression_of_concern", "10.1000/article", True),
        ("new_version", "10.1000/v1", False),
        ("new_edition", "10.1000/first", False),
        ("correction", "10.1000/x", False),
    ],
)
def test_notice_is_what_only_speaks_about_another_work(kind, doi, expected):
    found = work(item(**{"update-to": [update(kind, DOI=doi)]}))
    assert (found.is_notice, found.notice_of) == (expected, doi if expected else "")
    assert found.retraction is None


@pytest.mark.parametrize(
    ("title", "expected", "kind"),
    [
        ("RETRACTED: A study of many things", "A study of many things", RetractionKind.RETRACTED),
        ("RETRACTED ARTICLE: A study of many things", "A study of many things", RetractionKind.RETRACTED),
        ("[RETRACTED] A study of many things", "A study of many things", RetractionKind.RETRACTED),
        ("WITHDRAWN: A study of many things", "A study of many things", RetractionKind.WITHDRAWN),
        ("Retraction: A study of many things", "Retraction: A study of many things", None),
        ("Retracted: A study of many things", "Retracted: A study of many things", None),
        ("Retracted science and the retraction index", "Retracted science and the retraction index", None),
        ("RETRACTED SCIENCE AND THE INDEX", "RETRACTED SCIENCE AND THE INDEX", None),
        ("On retraction", "On retraction", None),
    ],
)
def test_label_in_front_of_a_title_is_read_and_the_topic_is_not(title, expected, kind):
    found = work(item(title=[title]))
    assert found.fields.title == expected
    assert (found.retraction and found.retraction.kind) == kind


def test_labelled_notice_is_not_retracted_itself():
    found = work(item(title=["RETRACTED: A study of many things"], **{"update-to": [update("retraction")]}))
    assert (found.retraction, found.is_notice) == (None, True)


def test_list_is_complete_only_if_nothing_was_left_out():
    assert work_list(body(envelope({"items": [item()], "total-results": 1}))).complete
    assert not work_list(body(envelope({"items": [item()], "total-results": 2}))).complete
    assert work_list(body(envelope({"items": [], "total-results": 0}))).works == ()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<html></html>",
        b"Resource not found.",
        b"[]",
        b"null",
        b'{"status":"ok"}',
        b"[" * 100_000,
        json.dumps(envelope({"items": [], "total-results": 12})).encode(),
        json.dumps(envelope({"items": [item()]})).encode(),
        json.dumps(envelope({"total-results": 0})).encode(),
        json.dumps(envelope({"items": [{}], "total-results": 1})).encode(),
        json.dumps(envelope({"items": [item()], "total-results": 1}, kind="member-list")).encode(),
        json.dumps(
            {"status": "failed", "message-type": "work-list", "message": {"items": [], "total-results": 0}}
        ).encode(),
        json.dumps(envelope({"items": [item()], "total-results": 1})).encode()[:-20],
    ],
)
def test_anything_but_a_list_is_refused(content):
    with pytest.raises(Undecodable):
        work_list(body(content))


@pytest.mark.parametrize("text", [b"Resource not found.", b"Resource not found.\n", b'"Resource not found."'])
def test_own_404_means_none(text):
    assert single_work(body(text, 404)) == ()


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"<html>404 not found</html>",
        b"nginx",
        b"not found" * 1000,
        b"not found",
        b"404 page not found",
        b"The requested resource is not found.",
        b'{"message":"Not Found"}',
        b'{"message":"Missing Authentication Token"}',
        b'{"message":"no Route matched with those values"}',
        b'{"status":404,"error":"Not Found","path":"/works"}',
        b'{"error":"Resource not found."}',
    ],
)
def test_404_of_a_gateway_means_nothing(text):
    with pytest.raises(Undecodable):
        single_work(body(text, 404))


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)
KEYS = [
    *(
        "title",
        "subtitle",
        "author",
        "editor",
        "issued",
        "published-print",
        "created",
        "container-title",
        "event",
        "type",
    ),
    *(
        "institution",
        "relation",
        "updated-by",
        "update-to",
        "ISBN",
        "volume",
        "page",
        "aliases",
        "standards-body",
        "abstract",
    ),
]


@given(st.dictionaries(st.sampled_from(KEYS), values))
def test_values_of_any_shape_are_read_or_left_out(damaged):
    assert work({"DOI": "10.1000/x"} | damaged).key == "10.1000/x"

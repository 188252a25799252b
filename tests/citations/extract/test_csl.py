"""CSL-JSON as programs and registries write it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from citations.errors import UnreadableInput
from citations.extract.csl import CslExtractor
from citations.extract.interface import Document
from citations.types import Extracted, Kind, Name, Reference, Unreadable


def read(text: str) -> list[Extracted]:
    return list(CslExtractor().extract(Document("refs.json", text.encode())))


def only(item: dict[str, Any]) -> Reference:
    (reference,) = read(json.dumps([item]))
    assert isinstance(reference, Reference)
    return reference


def test_item_is_read() -> None:
    fields = only(
        {
            "id": "b", "type": "article-journal", "title": "En Masse", "container-title": "PLoS ONE", "volume": 6,
            "page": "e26398", "author": [{"family": "Oord", "non-dropping-particle": "van den", "given": "A."}],
            "issued": {"date-parts": [[2011, 10, 19]]}, "DOI": "10.1371/JOURNAL.pone.0026398",
        }
    ).fields  # fmt: skip
    assert (fields.title, fields.venue, fields.volume, fields.pages, fields.year, fields.kind) == (
        "En Masse", "PLoS ONE", "6", "e26398", 2011, Kind.ARTICLE,
    )  # fmt: skip
    assert (fields.doi, fields.authors) == ("10.1371/journal.pone.0026398", (Name("van den Oord", "A."),))


@pytest.mark.parametrize("issued", [{"date-parts": [[None]]}, {"date-parts": []}, None, {}, "n.d.", [], 7])
def test_dates_without_a_year_are_no_year(issued: object) -> None:
    assert only({"id": "a", "title": ["T"], "issued": issued}).fields.year is None


@pytest.mark.parametrize(
    "issued", [{"date-parts": [["2012", 5]]}, {"raw": "2012-05-23"}, {"literal": "May 2012"}, "2012"]
)
def test_years_are_found_in_every_shape(issued: object) -> None:
    assert only({"id": "a", "title": "T", "issued": issued}).fields.year == 2012


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("journal-article", Kind.ARTICLE),
        ("dissertation", Kind.THESIS),
        ("proceedings-article", Kind.CONFERENCE),
        ("posted-content", Kind.PREPRINT),
        (None, Kind.UNKNOWN),
        (["book"], Kind.BOOK),
        (7, Kind.UNKNOWN),
    ],
)
def test_types_of_registries_are_understood(kind: object, expected: Kind) -> None:
    assert only({"id": "a", "title": "T", "type": kind}).fields.kind is expected


def test_odd_authors_are_kept_or_left_out() -> None:
    authors = [{"family": ""}, {"literal": "GTEx Consortium"}, "Smith, J.", None, {"name": "WHO"}, 3, {"family": "Doe"}]
    names = only({"id": "a", "title": "T", "author": authors}).fields.authors
    assert [name.literal or name.family for name in names] == ["GTEx Consortium", "Smith", "WHO", "Doe"]


def test_one_object_and_wrapped_lists_are_read() -> None:
    item = '{"id": "a", "title": "T"}'
    for text in (item, f"[{item}]", f'{{"items": [{item}]}}', f'{{"status": "ok", "message": {item}}}'):
        assert [each.key for each in read(text) if isinstance(each, Reference)] == ["a"]


def test_damaged_item_does_not_take_its_neighbours() -> None:
    items = read('[\n{"id": "a", "title": "A"},\n{"id": "b", "title": "B",},\n{"id": "c", "title": "C"}, 7, {}\n]')
    assert [(each.key, type(each), each.location.line) for each in items] == [
        ("a", Reference, 2), ("", Unreadable, 3), ("c", Reference, 4), ("", Unreadable, 4), ("", Unreadable, 4),
    ]  # fmt: skip


def test_other_json_is_refused() -> None:
    with pytest.raises(UnreadableInput, match="holds no CSL-JSON items"):
        read('{"name": "package", "version": "1"}')


def test_deep_nesting_is_unreadable_and_no_crash() -> None:
    items = read('[{"title": ' + "[" * 200_000 + ']}, {"title": "T"}]')
    assert isinstance(items[0], Unreadable)

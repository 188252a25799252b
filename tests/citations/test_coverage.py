from __future__ import annotations

from datetime import date

import pytest

from citations.coverage import coverage_table, essentials, kind_of, rule_for
from citations.match.venue import is_known
from citations.registries.interface import Coverage
from citations.types import Fields, Kind, Name, Scheme
from tests.citations.fake_registries import TODAY

ALL = {
    name: Coverage(frozenset({Scheme.DOI}), searches=True)
    for name in ("crossref", "arxiv", "semantic_scholar", "datacite", "offline")
}
ARTICLE = Fields(title="T", venue="Nature", year=2019, kind=Kind.ARTICLE, authors=(Name("Byron"),))
ICLR = Fields(title="T", venue="ICLR", year=2019, kind=Kind.CONFERENCE)


def ask(fields, **options):
    return essentials(fields, ALL, today=TODAY, **options)


def test_every_kind_has_a_rule():
    assert {rule_for(Fields(kind=kind)).name for kind in Kind}


def test_every_registry_named_in_a_rule_is_described():
    described = {facts.name for facts in coverage_table().registries}
    named = {name for rule in coverage_table().rules for name in (*rule.ask, *rule.essential, *rule.one_of)}
    assert named <= described


def test_a_registry_that_needs_a_key_is_essential_in_no_rule_alone():
    needs_key = {facts.name for facts in coverage_table().registries if facts.needs_key}
    assert not needs_key.intersection(name for rule in coverage_table().rules for name in rule.essential)


def test_crossref_alone_is_essential_for_articles():
    assert ask(ARTICLE).names == {"crossref"}


@pytest.mark.parametrize("kind", [Kind.WEBSITE, Kind.LEGAL, Kind.PATENT, Kind.UNPUBLISHED, Kind.THESIS, Kind.REPORT])
def test_nobody_is_essential_for_what_no_registry_holds(kind):
    assert ask(Fields(title="T", year=2019, kind=kind)).names == frozenset()


def test_a_report_that_cites_a_doi_is_held_to_the_registries_of_dois():
    assert ask(Fields(title="T", kind=Kind.REPORT, doi="10.1/x")).names == {"crossref", "datacite"}


def test_crossref_alone_cannot_accuse_a_paper_of_a_venue_without_dois():
    found = ask(ICLR)
    assert "coverage" in found.names
    assert "coverage" in found.uncovered


def test_a_key_makes_semantic_scholar_essential_there():
    found = ask(ICLR, keyed={"semantic_scholar"})
    assert (found.names, found.uncovered) == ({"crossref", "semantic_scholar"}, {})


def test_a_registry_without_key_counts_once_it_has_answered():
    assert ask(ICLR, refuted={"semantic_scholar"}).names == {"crossref", "semantic_scholar"}


def test_the_offline_index_counts_only_where_it_is_complete():
    assert "offline" not in ask(ICLR, refuted={"offline"}).names
    assert "offline" in ask(ICLR, refuted={"offline"}, index_is_complete=lambda _: True).names


def test_a_conference_paper_of_this_year_is_too_new_to_be_accused():
    new = Fields(title="T", venue="CVPR", year=2026, kind=Kind.CONFERENCE)
    assert "too new" in ask(new).uncovered["coverage"]
    assert ask(Fields(title="T", venue="CVPR", year=2024, kind=Kind.CONFERENCE)).uncovered == {}


def test_last_year_is_too_new_only_in_spring():
    last = Fields(title="T", venue="CVPR", year=2025, kind=Kind.CONFERENCE)
    assert essentials(last, ALL, today=date(2026, 3, 1)).uncovered
    assert not essentials(last, ALL, today=date(2026, 9, 1)).uncovered


def test_an_article_of_the_nineteenth_century_is_too_old_to_be_accused():
    assert (
        "before 1950"
        in ask(Fields(title="T", venue="J. Prakt. Chem.", year=1845, kind=Kind.ARTICLE)).uncovered["coverage"]
    )


def test_a_registry_that_this_version_cannot_ask_covers_nothing():
    assert "openlibrary" in ask(Fields(title="T", year=2019, publisher="P", kind=Kind.BOOK)).uncovered


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        (Fields(title="T", publisher="Springer"), Kind.BOOK),
        (Fields(title="T", venue="Nature", volume="3"), Kind.ARTICLE),
        (Fields(title="T", arxiv="1706.03762"), Kind.PREPRINT),
        (Fields(title="T", url="https://example.org"), Kind.WEBSITE),
        (Fields(title="T"), Kind.UNKNOWN),
        (Fields(title="T", kind=Kind.THESIS, venue="Nature", volume="3"), Kind.THESIS),
    ],
)
def test_the_kind_is_guessed_from_the_fields_where_it_was_not_read(fields, kind):
    assert kind_of(fields) is kind


def test_arxiv_itself_is_no_venue_without_dois():
    preprint = Fields(title="T", venue="arXiv preprint arXiv:1706.03762", year=2019, kind=Kind.ARTICLE)
    assert ask(preprint).names == {"arxiv"}


def test_every_venue_of_a_rule_is_a_known_one():
    named = {venue for rule in coverage_table().rules for venue in rule.venues}
    assert {venue for venue in named if not is_known(venue)} == set()


def test_an_institution_in_the_place_of_the_journal_is_held_to_no_registry():
    notes = Fields(title="T", venue="School of Physical Sciences, University of X", year=2005, kind=Kind.ARTICLE)
    assert ask(notes).names == frozenset()
    journal = Fields(title="T", venue="University of X Law Review", year=2005, kind=Kind.ARTICLE)
    assert ask(journal).names == {"crossref"}


def test_a_work_of_a_body_without_venue_is_held_to_no_registry():
    body = Fields(title="T", authors=(Name(literal="Centers for Disease Control"),), year=2021)
    assert ask(body).names == frozenset()

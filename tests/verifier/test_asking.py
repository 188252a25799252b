from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from citations.errors import IndexMissing, UnknownRegistry
from citations.index.build import build_index
from citations.registries.bodies import Body
from citations.registries.cache import AnswerCache
from citations.types import Asked, FieldName, Kind, Severity, Status, Verdict, Work
from tests.citations.fake_registries import FakeRegistry, reference, work
from tests.citations.index import index_sources
from verifier.asking import Asking, open_registries, registry_settings, settings_digest
from verifier.config import load_settings
from verifier.errors import ConfigError


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def load(arguments=None, **environ):
    return load_settings(arguments, environ=environ)


def test_registries_are_told_our_settings():
    settings = load(
        {"offline": True},
        CROSSREF_MAILTO="a@example.org",
        S2_API_KEY="key",
        VERIFIER_ARXIV_URL="http://127.0.0.1:9/arxiv",
        VERIFIER_CACHE="/somewhere",
    )
    told = registry_settings(settings)
    assert (told.mailto, told.semantic_scholar_key, told.offline) == ("a@example.org", "key", True)
    assert (told.arxiv_url, told.cache_dir) == ("http://127.0.0.1:9/arxiv", Path("/somewhere"))
    assert told.crossref_url == "https://api.crossref.org"


def test_an_address_of_an_unknown_registry_is_an_error_and_not_ignored():
    with pytest.raises(ConfigError, match="VERIFIER_DATACITR_URL") as error:
        registry_settings(load(VERIFIER_DATACITR_URL="http://127.0.0.1:9"))
    assert error.value.hint == "did you mean datacite?"


def test_an_index_is_wanted_only_where_it_was_named():
    asking = open_registries(load())
    assert not asking.has_index
    asking.close()
    with pytest.raises(IndexMissing):
        open_registries(load({"index": "nowhere"}))


def test_named_registries_are_the_only_ones():
    asking = open_registries(load({"registries": ("arxiv", "doi_org")}))
    assert [each.name for each in asking.registries] == ["arxiv", "doi_org"]
    asking.close()
    with pytest.raises(UnknownRegistry):
        open_registries(load({"registries": ("nosuch",)}))


class Closing(FakeRegistry):
    closed = False

    def close(self) -> None:
        self.closed = True
        if self.name == "stuck":
            raise RuntimeError("still busy")


@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_registry_that_cannot_be_closed_keeps_no_other_open(tmp_path, caplog, place):
    cache = AnswerCache(tmp_path)
    cache.keep_body(Body(Asked("any", "", datetime.now(UTC), body_sha256="00"), 200, b""))
    registries = [Closing("first"), Closing("second")]
    registries.insert(place, Closing("stuck"))
    asking = Asking(tuple(registries), has_index=False, cache=cache)
    assert list(tmp_path.glob("*-wal"))
    asking.close()
    assert [each.closed for each in registries] == [True] * 3
    assert list(tmp_path.glob("*-wal")) == []  # the last connection takes it along
    assert caplog.messages == ["stuck: could not be closed (RuntimeError)"]


def test_only_what_can_change_a_verdict_is_in_the_digest():
    usual = settings_digest(load())
    for same in ({"offline": True}, {"strict": True}, {"fail_on": "never"}, {"db": "other.db"}):
        assert settings_digest(load(same)) == usual
    assert settings_digest(load({"registries": ("arxiv",)})) != usual
    assert settings_digest(load({"index": "other"})) != usual
    assert settings_digest(load(S2_API_KEY="secret")) == usual


def test_an_index_that_holds_other_works_can_change_a_verdict(tmp_path):
    there = load({"index": str(tmp_path)})
    before = settings_digest(there)
    (tmp_path / "index.json").write_text('{"generation": 1}')
    first = settings_digest(there)
    (tmp_path / "index.json").write_text('{"generation": 2}')
    assert len({before, first, settings_digest(there)}) == 3


# --- venue-years that the index holds completely


def published(title: str, venue: str, authors: str = "Ada Byron; Carl Gauss", **fields) -> Work:
    kind = Kind.PREPRINT if venue == "arXiv" else Kind.CONFERENCE
    return work(title=title, venue=venue, authors=authors, year=2019, kind=kind, **fields)


@pytest.fixture
def judged(tmp_path):
    """Cite a work at NeurIPS 2019, which the index made here holds, with what another registry says about it."""

    def judge(held: Work, records: Sequence[str], venue: str = "NeurIPS", **changes) -> Verdict:
        (tmp_path / "dblp.xml").write_bytes(index_sources.dblp_xml(records).encode("latin-1"))
        build_index([tmp_path / "dblp.xml"], tmp_path / "index")
        asking = open_registries(load({"index": str(tmp_path / "index"), "registries": ("offline",)}))
        asking = replace(asking, registries=(*asking.registries, FakeRegistry(works=[held])))
        fields = replace(held.fields, venue=venue, kind=Kind.CONFERENCE, **changes)
        (checked,) = asking.check([replace(reference(), fields=fields)])
        asking.close()
        return checked.verdict

    return judge


def venue_of(given: Verdict) -> Severity | None:
    return next((diff.severity for diff in given.diffs if diff.field is FieldName.VENUE), None)


NEURIPS = index_sources.meeting("nips", 2019, "NeurIPS", 25)
ELSEWHERE = published("A distinctive study of particular things in particular places", "")


def test_a_closed_year_refutes_the_venue_and_not_the_work(judged):
    given = judged(ELSEWHERE, NEURIPS)
    assert (given.status, venue_of(given)) == (Status.MISMATCH, Severity.MAJOR)
    assert next(d.note for d in given.diffs if d.field is FieldName.VENUE) == (
        "NeurIPS 2019 has no such paper: the index holds all 25 of it (DBLP table of contents)"
    )


@pytest.mark.parametrize("missing", [1, 12, 23])
def test_one_record_less_opens_the_year(judged, missing):
    given = judged(ELSEWHERE, [*NEURIPS[: 1 + missing], *NEURIPS[2 + missing :]])
    assert (given.status, venue_of(given)) == (Status.VERIFIED, None)


@pytest.mark.parametrize("venue", ["NeurIPS Workshop on Things", "Findings of NeurIPS", "NeurIPS (Companion)"])
def test_workshops_findings_and_companions_are_not_refuted(judged, venue):
    given = judged(ELSEWHERE, NEURIPS, venue)
    assert (given.status, venue_of(given)) == (Status.VERIFIED, None)


def test_a_workshop_paper_under_the_name_of_the_meeting_is_not_refuted(judged):
    held = published(ELSEWHERE.fields.title, "NeurIPS Workshop on Things")
    given = judged(held, NEURIPS)
    assert (given.status, venue_of(given)) == (Status.VERIFIED, Severity.COSMETIC)


def test_a_preprint_under_the_name_of_the_meeting_may_have_been_shown_at_a_workshop(judged):
    given = judged(published(ELSEWHERE.fields.title, "arXiv"), NEURIPS)
    assert (given.status, venue_of(given)) == (Status.VERIFIED, Severity.MINOR)


def test_a_paper_that_was_renamed_before_print_is_not_refuted(judged):
    authors = "Jörg Authora"
    given = judged(published("Preliminary thoughts on something quite particular", "arXiv", authors), NEURIPS)
    assert (given.status, venue_of(given)) == (Status.VERIFIED, Severity.COSMETIC)


@pytest.mark.parametrize("year", [2018, 2020])
def test_other_years_are_not_refuted(judged, year):
    assert venue_of(judged(ELSEWHERE, NEURIPS, year=year)) is None

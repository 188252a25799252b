from __future__ import annotations

from pathlib import Path

import pytest

from citations.errors import IndexMissing, UnknownRegistry
from verifier.asking import open_registries, registry_settings, settings_digest
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


def test_only_what_can_change_a_verdict_is_in_the_digest():
    usual = settings_digest(load())
    for same in ({"offline": True}, {"strict": True}, {"fail_on": "never"}, {"db": "other.db"}):
        assert settings_digest(load(same)) == usual
    assert settings_digest(load({"registries": ("arxiv",)})) != usual
    assert settings_digest(load({"index": "other"})) != usual
    assert settings_digest(load(S2_API_KEY="secret")) == usual

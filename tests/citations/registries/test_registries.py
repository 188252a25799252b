"""The table of registries, their settings, and the small pure parts."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from citations.errors import UnknownRegistry
from citations.registries import BUILT_IN, load, names
from citations.registries.bounded import bounded
from citations.registries.settings import RegistrySettings
from citations.registries.wording import bibliographic_words, clean, repaired, title_words
from citations.types import Fields, Location, Name, Reference


def test_all_built_in_registries_are_loaded_in_the_order_of_the_table():
    loaded = load(None, RegistrySettings())
    assert [registry.name for registry in loaded] == list(BUILT_IN)
    for registry in loaded:
        registry.close()


def test_named_registries_are_loaded_once_each():
    assert [registry.name for registry in load(["arxiv", "crossref", "arxiv"], RegistrySettings())] == [
        "arxiv",
        "crossref",
    ]


def test_unknown_registry_names_the_known_ones():
    with pytest.raises(UnknownRegistry) as raised:
        load(["crosref"], RegistrySettings())
    assert "crosref" in str(raised.value)
    assert "crossref" in raised.value.hint


@pytest.fixture
def plug_ins(tmp_path, monkeypatch):
    """An installed distribution that offers one registry that works and one that does not."""
    info = tmp_path / "extra_registries-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: extra-registries\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(
        "[factprobe.registries]\nextra = extra_registry:Extra\nbroken = extra_registry:Missing\n"
    )
    (tmp_path / "extra_registry.py").write_text(
        "class Extra:\n    name = 'extra'\n    def __init__(self, session):\n        self.settings = session.settings\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))


def test_registry_of_another_distribution_is_loaded_beside_ours(plug_ins):
    (extra,) = load(["extra"], RegistrySettings(mailto="me@example.org"))
    assert (extra.name, extra.settings.mailto) == ("extra", "me@example.org")
    assert {"extra", "broken"} <= set(names())


def test_broken_registry_of_another_distribution_is_left_out_and_named(plug_ins, caplog):
    assert [registry.name for registry in load(None, RegistrySettings())] == [*BUILT_IN, "extra"]
    assert "'broken' of extra-registries cannot be loaded" in caplog.text


def test_broken_registry_that_was_asked_for_is_an_error(plug_ins):
    with pytest.raises(UnknownRegistry, match="'broken' of extra-registries"):
        load(["broken"], RegistrySettings())


def test_names_begin_with_the_built_in_ones():
    assert names()[: len(BUILT_IN)] == tuple(BUILT_IN)


def test_loading_the_table_loads_no_heavy_library():
    heavy = "requests urllib3 pydantic sqlalchemy numpy tantivy platformdirs"
    code = f"import sys, citations.registries; print([n for n in {heavy.split()!r} if n in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=Path.cwd())
    assert done.stdout.strip() == "[]"


def test_settings_come_from_the_environment():
    settings = RegistrySettings.from_environment(
        {
            "CROSSREF_MAILTO": " me@example.org ",
            "S2_API_KEY": "k",
            "VERIFIER_OFFLINE": "1",
            "VERIFIER_CACHE": "somewhere/else",
            "VERIFIER_CROSSREF_URL": "http://localhost:1/crossref/",
            "VERIFIER_DOI_ORG_URL": "",
        }
    )
    assert (settings.mailto, settings.semantic_scholar_key, settings.offline) == ("me@example.org", "k", True)
    assert settings.cache_dir == Path("somewhere/else")
    assert settings.crossref_url == "http://localhost:1/crossref"
    assert settings.doi_org_url == "https://doi.org"


def test_longer_name_of_the_key_wins_and_empty_counts_as_unset():
    both = {"SEMANTIC_SCHOLAR_API_KEY": "long", "S2_API_KEY": "short"}
    assert RegistrySettings.from_environment(both).semantic_scholar_key == "long"
    assert RegistrySettings.from_environment(both | {"SEMANTIC_SCHOLAR_API_KEY": ""}).semantic_scholar_key == "short"
    assert RegistrySettings.from_environment({"VERIFIER_OFFLINE": "0"}).offline is False


def test_settings_do_not_print_their_key():
    assert "s3cr3t" not in repr(RegistrySettings(semantic_scholar_key="s3cr3t"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("MÃ¼ller", "Müller"),
        ("MÃƒÂ¼ller", "Müller"),
        ("donâ€™t", "don’t"),
        ("Müller", "Müller"),
        ("Ä Ö Ü ß é", "Ä Ö Ü ß é"),
        ("Łódź, Gdańsk", "Łódź, Gdańsk"),
        ("深度学习", "深度学习"),
        ("ÃO PAULO", "ÃO PAULO"),
        ("", ""),
    ],
)
def test_mojibake_is_repaired_and_honest_text_is_not_touched(text, expected):
    assert repaired(text) == expected


@pytest.mark.parametrize("value", [None, 1, [], {}, ["a"]])
def test_what_is_no_string_is_empty(value):
    assert clean(value) == ""


def test_half_a_surrogate_pair_is_made_printable():
    assert clean("a \ud800 b").encode()


def reference(raw: str, **fields) -> Reference:
    return Reference(id="r", raw=raw, fields=Fields(**fields), location=Location())


def test_long_reference_is_shortened_at_a_word():
    words = bibliographic_words(reference("word " * 1000))
    assert len(words) <= 400
    assert words.endswith("word")


def test_bibliography_entry_without_title_is_searched_raw():
    assert bibliographic_words(reference("@misc{a}")) == "@misc{a}"


def test_fields_make_the_words_of_a_bibliography_entry():
    entry = reference("@book{x}", title="T", authors=(Name("A", "B."), Name(literal="CERN")), year=1999, venue="V")
    assert bibliographic_words(entry) == "A CERN T V 1999"


def test_title_words_hold_no_punctuation():
    assert title_words(reference("", title='"Deep": (learning)* AND more?')) == "Deep learning AND more"


def test_bounded_gives_the_result_in_time():
    assert bounded(lambda: 7, 5) == 7


def test_bounded_gives_nothing_when_it_takes_too_long_or_is_stopped():
    never, stop = threading.Event(), threading.Event()
    assert bounded(never.wait, 0.1) is None
    stop.set()
    assert bounded(never.wait, 60, stop) is None
    never.set()

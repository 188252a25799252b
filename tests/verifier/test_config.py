from __future__ import annotations

from pathlib import Path

import pytest

from verifier.config import RegistryUrl, load_settings, without_password
from verifier.errors import ConfigError
from verifier.shown import shown


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project in whose folder the user stands."""
    folder = tmp_path / "project"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


def test_everything_has_a_default_and_says_so(project):
    settings = load_settings(environ={})
    assert (settings.fail_on, settings.origin("fail_on")) == ("mismatch", "default")
    assert settings.db.startswith("sqlite:///")
    assert settings.index
    assert settings.cache


def test_arguments_beat_the_environment_beats_the_project_beats_the_user(project, tmp_path):
    user = tmp_path / "xdg_config_home" / "factprobe" / "config.toml"
    user.parent.mkdir(parents=True)
    user.write_text('index = "user"\ncache = "user"\ndb = "user.db"\nfail_on = "never"\n')
    (project / "verifier.toml").write_text('index = "project"\ncache = "project"\ndb = "project.db"\n')
    environ = {"VERIFIER_INDEX": "environment", "VERIFIER_CACHE": "environment"}
    settings = load_settings({"index": "argument", "offline": None}, environ=environ)
    assert (settings.index, settings.cache, settings.fail_on) == ("argument", "environment", "never")
    assert settings.db.endswith("/project.db")
    assert (settings.origin("index"), settings.origin("cache")) == ("--index", "VERIFIER_CACHE")
    assert f"{project / 'verifier.toml'}:3" == settings.origin("db")
    assert f"{user}:4" == settings.origin("fail_on")


def test_a_project_file_is_found_upwards_from_the_scanned_file(project):
    (project / "pyproject.toml").write_text('[project]\nname = "x"\n\n[tool.verifier]\nfail-on = "not-found"\n')
    deep = project / "a" / "b"
    deep.mkdir(parents=True)
    assert load_settings(start=deep, environ={}).fail_on == "not_found"


def test_a_pyproject_without_our_table_is_passed_by(project):
    (project / "verifier.toml").write_text("strict = true\n")
    inner = project / "inner"
    inner.mkdir()
    (inner / "pyproject.toml").write_text('[project]\nname = "x"\n')
    assert load_settings(start=inner, environ={}).strict


def test_isolated_reads_no_file(project):
    (project / "verifier.toml").write_text("strict = true\n")
    assert not load_settings(environ={}, isolated=True).strict


def test_a_project_file_that_came_with_the_paper_cannot_redirect_data(project, tmp_path):
    paper = tmp_path / "downloaded"
    paper.mkdir()
    hostile = 'db = "postgresql://evil/db"\nstrict = true\n[urls]\ncrossref = "http://evil"\n'
    (paper / "verifier.toml").write_text(hostile)
    settings = load_settings(start=paper, environ={})
    assert settings.strict
    assert settings.db.startswith("sqlite:///")
    assert settings.urls == ()
    assert len(settings.warnings) == 2


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("strict = maybe\n", "not valid TOML"),
        ("\nfail_on = 'sometimes'\n", "verifier.toml:2: fail_on = 'sometimes' is none of"),
        ("strict = 'perhaps'\n", "verifier.toml:1: strict = 'perhaps' is neither true nor false"),
        ("max_bytes = 'many'\n", "is not a number"),
        ("max_bytes = 0\n", "is not above zero"),
        ("[urls]\ncrossref = 'ftp://x'\n", "is no http or https address"),
        ("urls = 'x'\n", "is not a table"),
    ],
)
def test_a_wrong_value_names_its_file_and_line(project, text, sentence):
    (project / "verifier.toml").write_text(text)
    with pytest.raises(ConfigError, match=r"verifier\.toml") as error:
        load_settings(environ={})
    assert sentence in str(error.value)


def test_a_misspelt_setting_is_guessed(project):
    (project / "verifier.toml").write_text("of_line = true\n")
    with pytest.raises(ConfigError) as error:
        load_settings(environ={})
    assert error.value.hint == "did you mean offline?"


def test_addresses_of_registries_come_from_the_environment(project):
    settings = load_settings(environ={"VERIFIER_SEMANTIC_SCHOLAR_URL": "http://127.0.0.1:9/s2/"})
    assert (RegistryUrl("semantic_scholar", "http://127.0.0.1:9/s2"),) == settings.urls
    assert settings.url("semantic_scholar") == "http://127.0.0.1:9/s2"
    assert settings.url("crossref") == ""


@pytest.mark.parametrize("variable", ["SEMANTIC_SCHOLAR_API_KEY", "S2_API_KEY", "VERIFIER_SEMANTIC_SCHOLAR_API_KEY"])
def test_secrets_are_read_and_never_printed(project, variable):
    settings = load_settings(environ={variable: "hunter2"})
    assert settings.semantic_scholar_api_key == "hunter2"
    assert "hunter2" not in repr(settings)
    assert "hunter2" not in str(shown(settings))


def test_a_bad_secret_is_not_quoted_in_the_error(project):
    with pytest.raises(ConfigError) as error:
        load_settings(environ={"VERIFIER_MAX_BYTES": "12x"})
    assert "VERIFIER_MAX_BYTES" in str(error.value)


def test_passwords_in_addresses_are_masked(project):
    assert without_password("postgresql://me:secret@host/db") == "postgresql://me:***@host/db"
    settings = load_settings({"db": "postgresql://me:secret@host/db"}, environ={})
    assert "secret" not in str(shown(settings))


@pytest.mark.parametrize(
    "line",
    [
        'fail_on = "never"',
        "offline = true",
        "allow_incomplete = true",
        'registries = ["doi_org"]',
        "only_cited = false",
    ],
)
def test_a_file_that_came_with_the_paper_cannot_make_its_check_milder(project, tmp_path, line):
    paper = tmp_path / "downloaded"
    paper.mkdir()
    (paper / "verifier.toml").write_text(f"{line}\n")
    name = line.partition(" ")[0]
    settings, plain = load_settings(start=paper, environ={}), load_settings(environ={})
    assert name == "only_cited" or getattr(settings, name) == getattr(plain, name)
    assert bool(settings.warnings) == (name != "only_cited")


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"not = = toml", b"strict = maybe\n"])
def test_a_damaged_file_that_came_with_the_paper_is_a_warning(project, tmp_path, content):
    paper = tmp_path / "downloaded"
    paper.mkdir()
    (paper / "verifier.toml").write_bytes(content)
    settings = load_settings(start=paper, environ={})
    assert ("ignored" in settings.warnings[0], settings.strict) == (True, False)


@pytest.mark.parametrize(
    ("variable", "guess"),
    [
        ("VERIFIER_OFLINE", "did you mean VERIFIER_OFFLINE?"),
        ("VERIFIER_REGISTRY", "did you mean VERIFIER_REGISTRIES?"),
        ("VERIFIER_ZZ", "`verifier config show` lists all settings"),
    ],
)
def test_a_variable_that_sets_nothing_is_told_with_a_guess(project, variable, guess):
    assert load_settings(environ={variable: "1"}).warnings == (f"{variable} sets nothing; {guess}",)


def test_variables_that_are_ours_are_no_mistake(project):
    environ = {"VERIFIER_OFFLINE": "1", "VERIFIER_ARXIV_URL": "http://x", "VERIFIER_REQUIRE": "all", "OTHER": "1"}
    assert load_settings(environ=environ).warnings == ()


def test_the_address_of_every_registry_is_shown_set_or_not(project):
    rows = {row.name: row for row in shown(load_settings(environ={"VERIFIER_ARXIV_URL": "http://u:pw@x"}))}
    assert (rows["urls.arxiv"].value, rows["urls.arxiv"].source) == ("http://u:***@x", "VERIFIER_ARXIV_URL")
    assert (rows["urls.crossref"].value, rows["urls.crossref"].source) == ("https://api.crossref.org", "default")

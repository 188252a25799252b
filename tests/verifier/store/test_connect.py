from __future__ import annotations

from pathlib import Path

import pytest

from verifier.config import load_settings
from verifier.errors import ExtraMissing, StoreError
from verifier.store.connect import connect


def test_a_wrong_address_is_one_sentence_without_its_password():
    with pytest.raises(StoreError) as error:
        connect("nonsense://me:secret@host/db")
    assert "secret" not in str(error.value)


def test_no_address_at_all_is_one_sentence():
    with pytest.raises(StoreError, match="no database URL"):
        connect("what is this")


def test_a_place_that_cannot_be_written_is_one_sentence(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(StoreError, match="cannot be opened for writing"):
        connect(f"sqlite:///{tmp_path / 'file' / 'x.db'}")


def test_a_missing_driver_names_the_line_that_installs_it():
    with pytest.raises(ExtraMissing) as error:
        connect("oracle+oracledb://host/db")
    assert "pip install" in error.value.hint


@pytest.mark.parametrize("url", ["mysql://host/db", "oracle+oracledb://host/db"])
def test_the_driver_of_another_database_is_not_that_of_postgres(url):
    with pytest.raises(ExtraMissing) as error:
        connect(url)
    assert "postgres]" not in error.value.hint


def test_no_path_of_folders_is_made_for_a_database_that_is_misspelt(tmp_path):
    with pytest.raises(StoreError, match="lies in a folder that does not exist") as error:
        connect(f"sqlite:///{tmp_path / 'a' / 'b' / 'x.db'}")
    assert "mkdir -p" in error.value.hint
    assert list(tmp_path.iterdir()) == []
    connect(f"sqlite:///{tmp_path / 'a' / 'x.db'}").dispose()
    assert (tmp_path / "a" / "x.db").is_file()


def test_the_default_database_makes_all_its_folders(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "fresh" / "home"))
    connect(load_settings(environ={}).db).dispose()
    assert Path(load_settings(environ={}).db.removeprefix("sqlite:///")).is_file()

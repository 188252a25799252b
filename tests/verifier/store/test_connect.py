from __future__ import annotations

import pytest

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

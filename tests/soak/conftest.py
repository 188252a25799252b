from __future__ import annotations

import pytest

from tests.postgres import postgres, server
from verifier.store.connect import connect
from verifier.store.upgrade import upgrade

__all__ = ["postgres", "server"]


@pytest.fixture(params=["sqlite", "postgres"])
def empty(request, tmp_path):
    """The address of a database without tables, of each kind."""
    return f"sqlite:///{tmp_path / 'flags.db'}" if request.param == "sqlite" else request.getfixturevalue("postgres")


@pytest.fixture
def database(empty):
    """The address of a database that is ready to use, of each kind."""
    engine = connect(empty)
    upgrade(engine)
    engine.dispose()
    return empty

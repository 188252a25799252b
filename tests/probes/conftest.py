from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from probes.testing import Family, write_tiny_model
from tests.models import engine, require_local_engine, smollm2
from tests.probes.tiny import Opener, opener

__all__ = ["engine", "smollm2"]


@pytest.fixture(scope="session")
def session_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(autouse=True)
def _one_cache(_own_environment: None, session_cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The C capture is compiled once for all tests."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(session_cache))


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Family], Path]:
    """Path of a tiny random model of a family."""
    require_local_engine()
    folder = tmp_path_factory.mktemp("tiny")

    def made(family: Family) -> Path:
        path = folder / f"{family.value}.gguf"
        return path if path.is_file() else write_tiny_model(path, family)

    return made


@pytest.fixture(params=[True, False], ids=["native", "python"])
def native(request: pytest.FixtureRequest) -> bool:
    return request.param


@pytest.fixture
def opened(tiny: Callable[[Family], Path], native: bool) -> Iterator[Opener]:
    """Opens tiny models with a capture in them, and closes them in the right order."""
    with opener(tiny, native) as open_model:
        yield open_model

"""Fixtures that every test may ask for."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("factprobe", deadline=None)  # no test depends on how fast the machine is
settings.load_profile("factprobe")

ROOT = Path(__file__).resolve().parent.parent


def require_or_skip(reason: str) -> None:
    """Skip with one line, or fail where the environment says that everything must run."""
    if os.environ.get("VERIFIER_REQUIRE") == "all":
        pytest.fail(f"VERIFIER_REQUIRE=all, but {reason}")
    pytest.skip(reason)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder of recorded answers and gold sets, which is read and never committed."""
    folder = Path(os.environ.get("VERIFIER_SHARED_DATA", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        require_or_skip(f"there is no shared data at {folder} (set VERIFIER_SHARED_DATA)")
    return folder


@pytest.fixture(autouse=True)
def _own_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test reads the settings, keys, cache or database of the person who runs it."""
    for name in list(os.environ):
        if name.startswith("VERIFIER_") and name not in {"VERIFIER_REQUIRE", "VERIFIER_SHARED_DATA"}:
            monkeypatch.delenv(name)
    for name in ("CROSSREF_MAILTO", "SEMANTIC_SCHOLAR_API_KEY", "S2_API_KEY", "OPENALEX_API_KEY", "NCBI_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    for name in ("XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.setenv(name, str(tmp_path / name.lower()))
    monkeypatch.setenv("VERIFIER_AUDIT_SAMPLE", "0")  # no test but those of the sample stands on what is drawn

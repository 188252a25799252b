"""Registries on loopback that hold two works, and a list of references in the current folder."""

from __future__ import annotations

import pytest

from citations.testing.server import REGISTRIES, RegistryServer
from tests.verifier.cli.lists import SHANNON, TURING


@pytest.fixture
def server(monkeypatch):
    with RegistryServer([TURING, SHANNON]) as running:
        for name in REGISTRIES:
            monkeypatch.setenv(f"VERIFIER_{name.upper()}_URL", running.url(name))
        yield running


@pytest.fixture
def bib(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def write(*entries: str) -> str:
        (tmp_path / "refs.bib").write_text("\n".join(entries), encoding="utf-8")
        return "refs.bib"

    return write

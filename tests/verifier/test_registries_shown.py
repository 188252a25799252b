"""What README.md says of the registries is what the program does."""

from __future__ import annotations

from pathlib import Path

import pytest

from citations.registries import BUILT_IN
from verifier.config import load_settings
from verifier.registry_names import registry_name
from verifier.shown import shown

README = (Path(__file__).resolve().parents[2] / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", BUILT_IN)
def test_every_registry_stands_in_the_table_with_its_address_and_variable(name):
    rows = {row.name: row.value for row in shown(load_settings(environ={}, isolated=True))}
    start = f"| {registry_name(name)} | {rows[f'urls.{name}']} | `VERIFIER_{name.upper()}_URL` |"
    assert start in README

"""Citations that tell little are looked up, and are never called fabricated for telling little."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from citations.testing.server import REGISTRIES, RegistryServer
from citations.types import Fields, Kind, Name
from verifier.cli import main

OTHER = Fields(
    title="On the growth of crystals in the dark",
    authors=(Name("Roe", "Ann"),),
    year=2015,
    venue="Journal of Crystals",
    kind=Kind.ARTICLE,
    doi="10.5555/crystals.1",
)


@pytest.fixture(autouse=True)
def server(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    with RegistryServer([OTHER]) as running:
        for name in REGISTRIES:
            monkeypatch.setenv(f"VERIFIER_{name.upper()}_URL", running.url(name))
        yield running


def verdicts(text):
    done = CliRunner().invoke(main, ["check", "-", "--format", "json"], input=text)
    return [each["verdict"] for each in json.loads(done.stdout)["references"]]


@pytest.mark.parametrize(
    "text",
    [
        'Papers to read:\n\n1. "Optimistic Oracles of the Unwritten Theorem"\n',
        "Papers to read:\n\n1. Optimistic Oracles of the Unwritten Theorem (2019)\n",
        "| Paper | Year |\n|---|---|\n| Optimistic Oracles of the Unwritten Theorem | 2019 |\n",
        'Papers to read:\n\n- "On the Growth of Oracles in the Dark" (2015)\n',
        "A survey is Quimby (2019), Optimistic Oracles of the Unwritten Theorem, EMNLP.",
    ],
)
def test_a_title_with_little_else_is_at_most_not_found(text):
    assert verdicts(text)
    assert set(verdicts(text)) <= {"not_found", "unverifiable"}


@pytest.mark.parametrize(
    "text",
    [
        "Roe (2015) says so.",
        "It is so (Quimby & Roe, 2019).",
        "See Quimby et al. (2019) for more.",
        "Earlier, Roe (2015) did.",
    ],
)
def test_names_and_a_year_are_unverifiable(text):
    assert verdicts(text) == ["unverifiable"]

"""What a program's checks flag is kept where it asks for it, and shown by ``verifier review``."""

from __future__ import annotations

from dataclasses import replace

import pytest

import verifier
from citations.types import Status
from tests.verifier.samples import checked, claim_finding, report_of
from verifier.errors import WrongArgument
from verifier.hooks import tell_checked
from verifier.store import open_store
from verifier.store.connect import closing_engine
from verifier.store.queue import queue
from verifier.store.stored import FlagKind
from verifier.types import Stance

FLAGGED = replace(
    report_of([checked(Status.NOT_FOUND), checked(Status.VERIFIED)]), claims=(claim_finding(Stance.NOT_SUPPORTED),)
)


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))


def kept(path):
    with closing_engine(open_store(f"sqlite:///{path}")) as engine:
        return queue(engine).items


def test_a_hook_keeps_flagged_citations_and_claims(tmp_path):
    off = verifier.on("flagged", verifier.keeper(str(tmp_path / "x.db")))
    try:
        tell_checked(FLAGGED)
        tell_checked(FLAGGED)
        tell_checked(report_of([checked(Status.VERIFIED)]))
    finally:
        off()
    assert [(each.kind, each.seen) for each in kept(tmp_path / "x.db")] == [
        (FlagKind.REFERENCE, 2),
        (FlagKind.CLAIM, 2),
    ]


@pytest.mark.parametrize(("storage", "words"), [("hash", False), ("excerpt", True)])
def test_the_level_holds_for_a_hook_too(storage, words, tmp_path):
    verifier.keeper(str(tmp_path / "x.db"), storage=storage)(FLAGGED)
    assert ("Entscheidungsproblem" in kept(tmp_path / "x.db")[0].excerpt) is words


def test_nothing_is_made_at_the_level_none(tmp_path, monkeypatch):
    monkeypatch.setenv("VERIFIER_STORAGE", "none")
    verifier.keeper(str(tmp_path / "x.db"))(FLAGGED)
    assert not (tmp_path / "x.db").exists()


@pytest.mark.parametrize("wrong", [{"storage": "everything"}, {"retain": -1}, {"retain": "soon"}])
def test_what_is_no_level_and_no_number_of_days_is_one_sentence(wrong):
    with pytest.raises(WrongArgument, match=r"verifier\.keeper: (storage|retain) must be"):
        verifier.keeper("x.db", **wrong)

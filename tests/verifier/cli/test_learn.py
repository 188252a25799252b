"""``verifier learn`` from a database: what it prints, adopts, refuses and takes back."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import update

from citations.types import Status
from tests.verifier.samples import checked, claim_finding, reference, report_of
from verifier.checker import Checker
from verifier.cli import main
from verifier.config import Settings, load_settings
from verifier.doctor import Health, examine
from verifier.errors import CalibrationUnreadable
from verifier.findings import finding_of
from verifier.fusion import Sort, fuse, shipped
from verifier.learning import Adopted
from verifier.learning_file import KEPT, adopt, in_force, learnt_path, read_learnt, undo
from verifier.signals import citation_signal
from verifier.store import open_store
from verifier.store.connect import writing_to
from verifier.store.filters import QueueFilter
from verifier.store.queue import queue
from verifier.store.recorder import Recorder
from verifier.store.reviews import ReviewAnswer, decide
from verifier.store.scans import ScanKey
from verifier.store.tables import flags
from verifier.types import Signal, SignalKind, Stance

ACCEPT, REJECT = ReviewAnswer.ACCEPT, ReviewAnswer.REJECT
NOW = datetime(2026, 11, 25, tzinfo=UTC)
NOT_FOUND = [citation_signal(checked(Status.NOT_FOUND).verdict)]


def run(capsys, *words: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as stopped:
        main([*words])
    said = capsys.readouterr()
    return int(stopped.value.code or 0), said.out, said.err


def store(url: str, flagged: int, samples: int = 0) -> None:
    engine = open_store(url)
    recorder = Recorder(engine, ScanKey("scan", ("refs.bib",), "s"), audit_share=1.0)
    findings = [
        finding_of(
            checked(Status.NOT_FOUND if n < flagged else Status.VERIFIED, reference(n, f"Number {n} of many titles"))
        )
        for n in range(flagged + samples)
    ]
    for each in findings:
        recorder.add(each)
    recorder.finish(report_of([each.checked for each in findings]))
    engine.dispose()


def review_all(url: str, *, every: int = 4, turned_after: int | None = None) -> None:
    """Accept every ``every``-th flag and reject the others; no sample is wrong. Turned around after so many."""
    engine = open_store(url)
    shown = []
    after = ""
    while True:
        page = queue(engine, QueueFilter(state=None), limit=500, after=after)
        shown += page.items
        after = page.after
        if not after:
            break
    for place, each in enumerate(sorted(shown, key=lambda flag: flag.id)):
        wrong = not each.blind and place % every == 0
        if turned_after is not None and place >= turned_after and not each.blind:
            wrong = not wrong
        decide(engine, each.id, ACCEPT if wrong else REJECT, "Ana")
    engine.dispose()


@pytest.fixture
def url(tmp_path):
    return f"sqlite:///{tmp_path / 'flags.db'}"


@pytest.fixture
def reviewed(url):
    store(url, 200, 40)
    review_all(url)
    return url


def risk_of_not_found(url: str) -> float:
    found = fuse(NOT_FOUND, Sort.CITATION, in_force(Settings(db=url)).citation)
    return -1.0 if found is None else found.value


def test_it_adopts_what_is_better_says_so_in_numbers_and_goes_back(reviewed, capsys):
    before = risk_of_not_found(reviewed)
    code, out, _ = run(capsys, "learn", "--db", reviewed)
    assert code == 0
    assert (
        "citations that passed: 0.0% are wrong (95 % interval 0.0% to 8.8%; 0 of 40 reviewed samples, 0 waiting)" in out
    )
    assert "citations: 240 reviewed findings (50 wrong, 40 samples of what passed)" in out
    assert "later decisions, log loss" in out
    assert risk_of_not_found(reviewed) == pytest.approx(0.25, abs=0.03)
    _, shown, _ = run(capsys, "learn", "show", "--db", reviewed)
    assert shown.startswith("in force: learnt-")
    assert "citations, from 240 reviewed findings (40 samples of what passed) until 20" in shown
    assert "claims (of the program): bias +0.84" in shown
    code, out, _ = run(capsys, "learn", "--undo", "--db", reviewed)
    assert (code, out.rstrip().endswith("is no longer in force; fusion-1 is")) == (0, True)
    assert risk_of_not_found(reviewed) == before


def test_a_dry_run_changes_nothing(reviewed, capsys):
    code, out, _ = run(capsys, "learn", "--dry-run", "--db", reviewed)
    assert (code, "nothing was changed; `verifier learn` would adopt learnt-" in out) == (0, True)
    assert in_force(Settings(db=reviewed)).name == "fusion-1"


def test_learning_twice_from_the_same_reviews_says_that_nothing_is_new(reviewed, capsys):
    run(capsys, "learn", "--db", reviewed)
    written = Path(f"{reviewed.removeprefix('sqlite:///')}.calibration.json").read_bytes()
    code, out, _ = run(capsys, "learn", "--db", reviewed)
    assert (code, "nothing was decided since learnt-" in out) == (0, True)
    run(capsys, "learn", "--undo", "--db", reviewed)
    run(capsys, "learn", "--db", reviewed)
    assert Path(f"{reviewed.removeprefix('sqlite:///')}.calibration.json").read_bytes() == written


def test_decisions_that_are_turned_around_later_are_refused_and_change_nothing(url, capsys):
    store(url, 240)
    review_all(url, turned_after=160)
    code, out, err = run(capsys, "learn", "--db", url)
    assert (code, "[not-learnt]" in err) == (2, True)
    assert "error: fusion-1 stays in force: of citations, the later decisions contradict the earlier ones" in err
    assert "citations: not adopted: " in out
    assert not Path(f"{url.removeprefix('sqlite:///')}.calibration.json").exists()


def test_too_few_reviews_are_refused_in_one_sentence_that_says_how_many_are_missing(url, capsys):
    store(url, 30, 10)
    review_all(url)
    code, out, err = run(capsys, "learn", "--db", url)
    sentence = (
        "there are too few reviews of citations to learn from: 160 reviewed findings and 22 accepted ones are missing"
    )
    assert (code, err.splitlines()[0]) == (2, f"error: {sentence} [not-learnt]")
    assert "citations that passed: 0.0% are wrong" in out


def test_a_database_that_is_not_there_is_said_to_be_so(url, capsys):
    code, _, err = run(capsys, "learn", "--db", url)
    assert (code, err.startswith("error: there is no database ")) == (2, True)


def test_nothing_to_undo_is_an_error(url, capsys):
    store(url, 1)
    code, _, err = run(capsys, "learn", "--undo", "--db", url)
    assert (code, err.splitlines()[0]) == (2, "error: nothing was learnt that could be undone [not-learnt]")


def test_a_damaged_finding_is_an_error_and_no_label(url, capsys):
    store(url, 1)
    review_all(url)
    engine = open_store(url)
    with writing_to(engine) as connection:
        connection.execute(update(flags).values(finding="{"))
    engine.dispose()
    code, _, err = run(capsys, "learn", "--db", url)
    assert (code, "a stored finding cannot be read" in err) == (2, True)


def test_risks_of_later_runs_bear_the_name_of_what_was_learnt(reviewed, capsys, monkeypatch):
    run(capsys, "learn", "--db", reviewed)
    monkeypatch.setenv("VERIFIER_DB", reviewed)
    name = in_force(load_settings()).name
    with Checker() as checker:
        report = checker.check(
            'Turing, A. M. (1937). "On computable numbers". https://doi.org/10.1112/plms/s2-42.1.230'
        )
    assert report.gaps
    assert name.startswith("learnt-")
    assert [each.sentence for each in examine(load_settings()) if each.name == "calibration"] == [
        f"risks are made with {name}, from 240 reviews"
    ]
    _, shown, _ = run(capsys, "config", "show")
    assert f"learnt (in force: {name})" in shown
    monkeypatch.setenv("VERIFIER_CALIBRATION", "shipped")
    assert in_force(load_settings()).name == "fusion-1"


def adopted(name: str = "learnt-1", **changes) -> Adopted:
    model = replace(shipped(Sort.CITATION), name=name)
    return replace(Adopted(name, "fusion-1", "a" * 64, NOW, 300, 20, model), **changes)


def test_what_was_adopted_is_read_back_as_it_was(tmp_path):
    path = tmp_path / "x.json"
    first, second = adopted(), adopted("learnt-2", claim=replace(shipped(Sort.CLAIM), name="learnt-2"))
    adopt(path, first)
    adopt(path, second)
    assert read_learnt(path) == (first, second)
    assert (undo(path), read_learnt(path), undo(path), undo(path)) == (second, (first,), first, None)


def test_only_the_newest_are_kept(tmp_path):
    for number in range(KEPT + 5):
        adopt(tmp_path / "x.json", adopted(f"learnt-{number}"))
    assert [each.name for each in read_learnt(tmp_path / "x.json")] == [f"learnt-{n}" for n in range(5, KEPT + 5)]


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (("format",), "other"),
        (("schema",), 2),
        (("adopted",), {}),
        (("adopted", 0, "name"), "a\nb"),
        (("adopted", 0, "name"), ""),
        (("adopted", 0, "reviews_sha256"), "x"),
        (("adopted", 0, "learnt_until"), "yesterday"),
        (("adopted", 0, "learnt_until"), "0001-01-01T00:00:00+05:00"),
        (("adopted", 0, "labels"), -1),
        (("adopted", 0, "labels"), True),
        (("adopted", 0, "models"), {"other": {}}),
        (("adopted", 0, "models", "citation", "bias"), float("nan")),
        (("adopted", 0, "models", "citation", "bias"), "__import__('os')"),
        (("adopted", 0, "models", "citation", "bias"), 1e9),
        (("adopted", 0, "models", "citation", "weights", 0, "mean"), 10**400),
        (("adopted", 0, "models", "citation", "weights", 0, "name"), "citation:unknown"),
        (("adopted", 0, "models", "citation", "weights", 0, "weight"), float("inf")),
        (("adopted", 0, "models", "citation", "weights", 0, "weight"), -50.0),
        (("adopted", 0, "models", "citation", "weights", 0, "weight"), True),
        (("adopted", 0, "models", "citation", "weights", 0, "scale"), 0),
        (("adopted", 0, "models", "citation", "weights", 9, "weight"), -1.0),
        (("adopted", 0, "models", "citation", "weights"), []),
        (("adopted", 0, "models", "citation", "draws"), [[0.0]]),
        (("adopted", 0, "models", "citation", "draws"), [[]]),
        (("adopted", 0, "models", "citation", "draws", 3, 2), None),
    ],
)
def test_a_file_that_was_changed_is_refused_and_the_calibration_of_the_program_holds(tmp_path, place, value):
    url = f"sqlite:///{tmp_path / 'flags.db'}"
    path = tmp_path / "flags.db.calibration.json"
    adopt(path, adopted())
    content = json.loads(path.read_text())
    inner = content
    for step in place[:-1]:
        inner = inner[step]
    inner[place[-1]] = value
    path.write_text(json.dumps(content))
    with pytest.raises(CalibrationUnreadable) as error:
        read_learnt(path)
    assert "__import__" not in error.value.message
    now = in_force(Settings(db=url))
    assert (now.citation, now.name, bool(now.problem)) == (shipped(Sort.CITATION), "fusion-1", True)


@pytest.mark.parametrize(
    "content", [b"", b"\xff\xfe", b"[]", b"null", b"[" * 100_000, b'{"format": 1}', b"x" * 4_000_001]
)
def test_a_file_that_is_no_calibration_is_refused(tmp_path, content):
    (tmp_path / "x.json").write_bytes(content)
    with pytest.raises(CalibrationUnreadable):
        read_learnt(tmp_path / "x.json")


def test_a_damaged_file_is_neither_used_nor_overwritten(reviewed, capsys):
    path = Path(f"{reviewed.removeprefix('sqlite:///')}.calibration.json")
    path.write_text("{}")
    code, _, err = run(capsys, "learn", "--db", reviewed)
    assert (code, "[calibration-unreadable]" in err, path.read_text()) == (2, True, "{}")
    found = next(each for each in examine(Settings(db=reviewed, index="x", cache="/tmp")) if each.name == "calibration")
    assert (found.health, "the calibration of the program is used" in found.sentence) == (Health.BROKEN, True)


def test_a_run_with_a_damaged_file_says_so_as_a_gap(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("VERIFIER_DB", str(tmp_path / "flags.db"))
    (tmp_path / "flags.db.calibration.json").write_text("{}")
    (tmp_path / "refs.bib").write_text("@misc{a, title={How to write tests}, author={Ana Lima}, year={2020}}\n")
    _, out, _ = run(capsys, "scan", str(tmp_path / "refs.bib"), "--offline")
    assert "gap: what was learnt from reviews: the learnt calibration " in out


def test_what_is_learnt_from_a_server_is_kept_in_the_folder_of_the_user(tmp_path):
    first = learnt_path(Settings(db="postgresql+psycopg://me:secret@host/one"))
    again = learnt_path(Settings(db="postgresql+psycopg://me:other@host/one"))
    other = learnt_path(Settings(db="postgresql+psycopg://me@host/two"))
    assert first is not None
    assert (first.is_relative_to(tmp_path), first == again, first == other) == (True, True, False)


def test_a_calibration_in_the_folder_of_nobody_is_a_problem_and_no_crash():
    now = in_force(Settings(calibration="~nobody-of-this-name/learnt.json"))
    assert (now.name, "there is no calibration ~nobody" in now.problem) == ("fusion-1", True)


@pytest.mark.parametrize(
    "setting", [Settings(calibration="shipped"), Settings(db="sqlite://"), Settings(db="sqlite:///:memory:")]
)
def test_there_may_be_no_place_for_what_is_learnt(setting):
    assert (learnt_path(setting), in_force(setting).name) == (None, "fusion-1")


def test_a_file_that_is_named_and_not_there_is_said_to_be_missing(tmp_path):
    assert "there is no calibration" in in_force(Settings(calibration=str(tmp_path / "none.json"))).problem


def test_claims_are_learnt_apart_from_citations(url, capsys):
    store(url, 200)
    engine = open_store(url)
    recorder = Recorder(engine, ScanKey("check", ("a.txt",), "s"))
    recorder.claims([claim_finding(Stance.NOT_SUPPORTED, f"Tea number {n} came to London.", n) for n in range(5)])
    engine.dispose()
    review_all(url)
    code, out, _ = run(capsys, "learn", "--db", url)
    assert (code, "claims that passed: how many are wrong is not known" in out) == (0, False)
    assert in_force(Settings(db=url)).claim == shipped(Sort.CLAIM)


def test_claims_have_a_calibration_of_their_own(url, capsys):
    engine = open_store(url)
    recorder = Recorder(engine, ScanKey("check", ("a.txt",), "s"))
    drawn = np.random.default_rng(3)
    said = [float(each) for each in drawn.uniform(0.02, 0.45, 300)]
    claims = [claim_finding(Stance.NOT_SUPPORTED, f"Tea number {n} came to London.", n) for n in range(300)]
    recorder.claims(
        [
            replace(each, fingerprint=f"{n:032x}", signals=(Signal(SignalKind.JUDGE, "sage", score=score),))
            for n, (each, score) in enumerate(zip(claims, said, strict=True))
        ]
    )
    for each in sorted(queue(engine, limit=500).items, key=lambda flag: flag.id):
        decide(engine, each.id, ACCEPT if drawn.random() < 0.5 else REJECT, "Ana")  # the judge tells nothing here
    engine.dispose()
    code, out, _ = run(capsys, "learn", "--db", url)
    now = in_force(Settings(db=url))
    sure = fuse([Signal(SignalKind.JUDGE, "sage", score=0.05)], Sort.CLAIM, now.claim)
    assert (code, "claims: 300 reviewed findings" in out, now.citation) == (0, True, shipped(Sort.CITATION))
    assert sure is not None
    assert sure.value == pytest.approx(0.5, abs=0.15)

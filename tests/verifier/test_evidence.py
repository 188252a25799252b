"""Evidence that survives an appeal: one zip, and the same verdict on a machine with neither database nor network."""

from __future__ import annotations

import hashlib
import json
import zipfile
from dataclasses import replace

import pytest
from click.testing import CliRunner

from citations.check import check
from citations.registries import load
from citations.registries.cache import AnswerCache
from citations.registries.settings import RegistrySettings
from citations.testing.server import RegistryServer
from citations.types import Fields, Kind, Location, Name, Reference, Status
from tests.verifier.samples import TURING
from verifier.cli import main
from verifier.errors import ArchiveUnreadable
from verifier.evidence import export_evidence, replay
from verifier.findings import finding_of
from verifier.store import open_store
from verifier.store.reviews import ReviewAnswer, decide
from verifier.store.scans import ScanKey, add_findings, begin_scan

LOST = Fields(
    title="Ledgers of the lighthouse keepers of the northern isles and what they weighed",
    authors=(Name("Anning", "Mary"),),
    year=1987,
    venue="Journal of Harbours",
    kind=Kind.ARTICLE,
)
WRONG = replace(TURING, year=1999, doi="", pages="", volume="")
CITED = (LOST, WRONG)


@pytest.fixture(scope="module")
def flagged(tmp_path_factory):
    """A database with what real registries' clients answered about two references."""
    folder = tmp_path_factory.mktemp("evidence")
    references = [
        Reference(f"refs.bib#{number}", f"{fields.title}, {fields.year}", fields, Location("refs.bib", line=number))
        for number, fields in enumerate(CITED, start=1)
    ]
    engine = open_store(f"sqlite:///{folder / 'x.db'}")
    with RegistryServer([TURING]) as server:
        settings = RegistrySettings(
            crossref_url=server.url("crossref"),
            semantic_scholar_url=server.url("semantic_scholar"),
            cache_dir=folder / "cache",
        )
        registries = load(("crossref", "semantic_scholar"), settings)
        findings = [finding_of(each) for each in check(references, registries)]
        scan = begin_scan(engine, ScanKey("scan", ("refs.bib",), "settings"), "0.1.0")
        cache = AnswerCache(folder / "cache")
        add_findings(engine, scan, findings, cache.body)
        cache.close()
        for each in registries:
            each.close()
    engine.dispose()
    return folder / "x.db", {each.status for each in findings}


def export(database, number, target):
    engine = open_store(f"sqlite:///{database}")
    try:
        return export_evidence(engine, number, target)
    finally:
        engine.dispose()


def test_the_sample_accuses(flagged):
    assert flagged[1] == {Status.NOT_FOUND, Status.MISMATCH}


@pytest.mark.parametrize("number", [1, 2])
def test_the_verdict_is_made_again_without_database_or_network(flagged, tmp_path, number):
    database, _ = flagged
    answers = export(database, number, tmp_path / "appeal.zip")
    done = replay(tmp_path / "appeal.zip")
    assert (done.same, done.same_rules, done.missing, done.tool_version) == (True, True, (), "0.1.0")
    assert (done.bodies, answers > 0) == (answers, True)
    assert done.finding.status in flagged[1]


def test_the_same_flag_gives_the_same_bytes_and_holds_its_reviews(flagged, tmp_path):
    database, _ = flagged
    engine = open_store(f"sqlite:///{database}")
    decide(engine, 1, ReviewAnswer.ACCEPT, "ana", note="no such ledger")
    engine.dispose()
    for name in ("a.zip", "b.zip"):
        export(database, 1, tmp_path / name)
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        (said,) = json.loads(archive.read("reviews.json"))
    assert (said["reviewer"], said["answer"], said["note"]) == ("ana", "accept", "no such ledger")


def rewritten(source, target, changes):
    with zipfile.ZipFile(source) as archive, zipfile.ZipFile(target, "w") as copy:
        for name in archive.namelist():
            if changes.get(name, b"") is not None:
                copy.writestr(name, changes.get(name) or archive.read(name))
        for name in set(changes) - set(archive.namelist()):
            copy.writestr(name, changes[name])
    return target


def test_evidence_that_tells_another_story_gives_another_verdict(flagged, tmp_path):
    database, _ = flagged
    export(database, 1, tmp_path / "a.zip")
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        finding = json.loads(archive.read("finding.json"))
    finding["checked"]["evidence"] = []
    changed = rewritten(tmp_path / "a.zip", tmp_path / "b.zip", {"finding.json": json.dumps(finding).encode()})
    done = CliRunner().invoke(main, ["evidence", "replay", str(changed)])
    assert (done.exit_code, "another verdict" in done.stdout) == (1, True)


@pytest.mark.parametrize(
    "changes",
    [
        {"../../etc/cron.d/x": b"x"},
        {"/etc/passwd": b"x"},
        {"bodies/" + "a" * 64: b"not what the name says"},
        {"bodies/../manifest.json": b"x"},
        {"manifest.json": b"[]"},
        {"manifest.json": b"{}"},
        {"manifest.json": b"[" * 100_000},
        {"manifest.json": None},
        {"finding.json": b"{}"},
        {"finding.json": b"\xff"},
        {"finding.json": b'{"a":' * 50_000},
        {"finding.json": None},
        {"bodies/" + hashlib.sha256(b"").hexdigest(): b"\0" * (33 * 1024 * 1024)},
    ],
    ids=str,
)
def test_a_hostile_zip_is_one_sentence(flagged, tmp_path, changes):
    export(flagged[0], 1, tmp_path / "a.zip")
    hostile = rewritten(tmp_path / "a.zip", tmp_path / "b.zip", changes)
    with pytest.raises(ArchiveUnreadable):
        replay(hostile)
    assert {each.name for each in tmp_path.iterdir()} == {"a.zip", "b.zip"}


def test_a_time_that_no_clock_can_show_is_one_sentence(flagged, tmp_path):
    export(flagged[0], 1, tmp_path / "a.zip")
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        manifest = json.loads(archive.read("manifest.json")) | {"judged_at": "0001-01-01T00:00:00+23:59"}
    with pytest.raises(ArchiveUnreadable):
        replay(rewritten(tmp_path / "a.zip", tmp_path / "b.zip", {"manifest.json": json.dumps(manifest).encode()}))


def test_answers_that_no_record_names_are_not_counted_and_nothing_is_called_proved(flagged, tmp_path):
    export(flagged[0], 1, tmp_path / "a.zip")
    more = {"bodies/" + hashlib.sha256(b"more").hexdigest(): b"more"}
    counted = replay(tmp_path / "a.zip").bodies
    assert replay(rewritten(tmp_path / "a.zip", tmp_path / "b.zip", more)).bodies == counted
    done = CliRunner().invoke(main, ["evidence", "replay", str(tmp_path / "a.zip")])
    assert "which nobody signed: compare them with the answers" in done.stdout


@pytest.mark.parametrize("content", [b"", b"PK", b"no zip at all", b"PK\x05\x06" + b"\0" * 18])
def test_what_is_no_zip_of_evidence_is_one_sentence(tmp_path, content):
    (tmp_path / "x.zip").write_bytes(content)
    done = CliRunner().invoke(main, ["evidence", "replay", str(tmp_path / "x.zip")])
    assert (done.exit_code, "[archive-unreadable]" in done.stderr) == (2, True)


def test_a_zip_that_is_cut_off_or_changed_anywhere_is_no_crash(flagged, tmp_path):
    export(flagged[0], 1, tmp_path / "a.zip")
    whole = (tmp_path / "a.zip").read_bytes()
    for at in range(0, len(whole), max(1, len(whole) // 20)):
        for damaged in (whole[:at], whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :]):
            (tmp_path / "b.zip").write_bytes(damaged)
            try:
                replay(tmp_path / "b.zip")
            except ArchiveUnreadable:
                continue


def test_the_commands_say_what_they_did(flagged, tmp_path):
    target = tmp_path / "appeal.zip"
    done = CliRunner().invoke(main, ["evidence", "export", "2", "-o", str(target), "--db", str(flagged[0])])
    assert (done.exit_code, "answers of registries" in done.stdout) == (0, True)
    again = CliRunner().invoke(main, ["evidence", "export", "2", "-o", str(target), "--db", str(flagged[0])])
    assert (again.exit_code, "cannot be written" in again.stderr) == (2, True)
    shown = CliRunner().invoke(main, ["evidence", "replay", str(target)])
    assert (shown.exit_code, "the same verdict again" in shown.stdout) == (0, True)
    record = json.loads(CliRunner().invoke(main, ["evidence", "replay", str(target), "--format", "json"]).stdout)
    assert (record["same"], record["answers_missing"]) == (True, [])
    missing = CliRunner().invoke(main, ["evidence", "export", "99", "--db", str(flagged[0])])
    assert (missing.exit_code, "there is no flag 99" in missing.stderr) == (2, True)

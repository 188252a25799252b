"""``verifier scan`` from the typed line to the exit code, against registries on loopback."""

from __future__ import annotations

import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from citations.testing.faults import Fault
from citations.testing.server import REGISTRIES, RegistryServer
from citations.types import Fields, Kind, Name
from verifier.cli import main

ROOT = Path(__file__).resolve().parents[3]
TURING = Fields(
    title="On computable numbers, with an application to the Entscheidungsproblem",
    authors=(Name("Turing", "Alan M."),),
    year=1937,
    venue="Proceedings of the London Mathematical Society",
    volume="s2-42",
    pages="230-265",
    kind=Kind.ARTICLE,
    doi="10.1112/plms/s2-42.1.230",
)
SHANNON = Fields(
    title="A mathematical theory of communication",
    authors=(Name("Shannon", "Claude E."),),
    year=1948,
    venue="Bell System Technical Journal",
    volume="27",
    pages="379-423",
    kind=Kind.ARTICLE,
    doi="10.1002/j.1538-7305.1948.tb01338.x",
)


def entry(key: str, fields: Fields) -> str:
    lines = [f"  {name} = {{{value}}}" for name, value in _values(fields) if value]
    return f"@article{{{key},\n" + ",\n".join(lines) + "\n}\n"


def _values(fields: Fields):
    yield "title", fields.title
    yield "author", " and ".join(f"{author.family}, {author.given}" for author in fields.authors)
    yield "journal", fields.venue
    yield "year", fields.year
    yield "volume", fields.volume
    yield "pages", fields.pages
    yield "doi", fields.doi


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


def run(*args, **options):
    return CliRunner().invoke(main, list(args), **options)


def test_a_right_list_is_clean(server, bib):
    done = run("scan", bib(entry("turing", TURING), entry("shannon", SHANNON)))
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.output.splitlines()[-1] == "no problems: all 2 references verified"


def test_a_wrong_year_is_a_finding_with_its_evidence(server, bib):
    done = run("scan", bib(entry("turing", replace(TURING, year=1973))))
    assert done.exit_code == 1
    assert "refs.bib:1: [turing] mismatch  year 1973 -> 1937" in done.output
    assert "Crossref (by DOI): match" in done.output


def test_fail_on_never_reports_and_exits_0(server, bib):
    done = run("scan", bib(entry("turing", replace(TURING, year=1973))), "--fail-on", "never")
    assert done.exit_code == 0
    assert "mismatch" in done.output


def test_the_report_goes_to_a_file_in_the_format_of_its_ending(server, bib, tmp_path):
    done = run("scan", bib(entry("turing", TURING)), "-o", "deep/report.json")
    assert (done.exit_code, done.stdout) == (0, "")
    report = json.loads((tmp_path / "deep" / "report.json").read_text())
    assert [each["verdict"] for each in report["references"]] == ["verified"]


def test_what_is_flagged_is_kept_with_the_registries_own_words(server, bib, tmp_path):
    run("scan", bib(entry("turing", replace(TURING, year=1973))), "--db", "x.db")
    with closing(sqlite3.connect(tmp_path / "x.db")) as db:
        assert db.execute("SELECT status, seen FROM flags").fetchall() == [("mismatch", 1)]
        assert db.execute("SELECT count(*) FROM bodies").fetchone()[0] >= 1
        assert db.execute("SELECT state FROM scans").fetchall() == [("finished",)]


def test_nothing_is_kept_on_request(server, bib, tmp_path):
    run("scan", bib(entry("turing", TURING)), "--db", "x.db", "--no-store")
    assert not (tmp_path / "x.db").exists()


def test_a_registry_that_fails_leaves_references_unchecked_and_resume_finishes_them(server, bib):
    for name in REGISTRIES:
        server.fail(name, Fault.FORBIDDEN)
    first = run("scan", bib(entry("turing", TURING), entry("shannon", SHANNON)))
    assert first.exit_code == 3
    assert "2 unchecked" in first.output
    assert "verifier scan refs.bib --resume" in first.output
    server.heal()
    asked = len(server.log)
    second = run("scan", "refs.bib", "--resume")
    assert second.exit_code == 0
    assert len(server.log) > asked


def test_resume_asks_nothing_that_was_judged(server, bib):
    run("scan", bib(entry("turing", TURING), entry("shannon", SHANNON)))
    asked = len(server.log)
    done = run("scan", "refs.bib", "--resume", "--format", "json")
    assert len(server.log) == asked
    assert json.loads(done.stdout)["summary"]["counts"]["verified"] == 2


def test_a_dry_run_says_who_would_be_asked_what_and_asks_and_keeps_nothing(server, bib, tmp_path, monkeypatch):
    for name in ("DATA", "CACHE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name))
    name = bib(entry("turing", TURING), entry("again", TURING), "@article{broken, title = ")
    done = run("scan", name, "--dry-run")
    assert (done.exit_code, server.log) == (0, ())
    lines = done.output.splitlines()
    assert lines[0].startswith("refs.bib:1: [turing] Crossref (by DOI 10.1112/plms/s2-42.1.230); then DataCite (by DOI")
    assert lines[1] == "refs.bib:11: [again] as part of refs.bib:1: [turing]"
    assert lines[2].startswith("refs.bib:21: unreadable")
    assert lines[3] == "2 references, nothing was asked; 1 would be asked as part of another"
    assert f"Crossref at {server.url('crossref')}: 1 question at first, at most 2" in lines
    assert sorted(path.name for path in tmp_path.iterdir()) == ["refs.bib"]


def test_a_dry_run_for_programs_names_the_same_questions(server, bib):
    done = run("scan", bib(entry("turing", TURING)), "--dry-run", "--format", "json")
    record = json.loads(done.stdout)
    (reference,) = record["references"]
    assert reference["rounds"][0] == [{"registry": "crossref", "identifier": "doi:10.1112/plms/s2-42.1.230"}]
    asked = [each["registry"] for round_ in reference["rounds"] for each in round_]
    assert {each["registry"]: each["at_most"] for each in record["registries"]} == {
        name: asked.count(name) for name in REGISTRIES
    }


def test_a_dry_run_of_what_cannot_be_read_exits_2_and_has_no_other_formats(server, bib):
    assert run("scan", "nowhere.bib", "--dry-run").exit_code == 2
    refused = run("scan", bib(entry("turing", TURING)), "--dry-run", "--format", "html")
    assert (refused.exit_code, "--format text" in refused.output) == (2, True)


def test_a_broken_entry_is_listed_and_its_neighbours_are_checked(server, bib):
    done = run("scan", bib(entry("turing", TURING), "@article{broken, title = ", entry("shannon", SHANNON)))
    assert "unreadable" in done.output
    assert "2 verified" in done.output
    assert "no problems: " not in done.output


def test_no_network_ends_soon_in_one_sentence(bib, monkeypatch):
    for name in REGISTRIES:
        monkeypatch.setenv(f"VERIFIER_{name.upper()}_URL", "http://127.0.0.1:9")
    entries = [entry(f"r{n}", replace(TURING, title=f"{TURING.title} part {n}", doi="")) for n in range(20)]
    done = run("scan", bib(*entries))
    assert done.exit_code == 3
    assert "20 unchecked" in done.output
    assert "no registry could be reached (connection refused); this machine seems to have no network" in done.output


def test_offline_asks_nobody(server, bib):
    done = run("scan", bib(entry("turing", TURING)), "--offline")
    assert (done.exit_code, server.log) == (3, ())
    assert "offline, and there is no offline index to ask" in done.output
    assert run("scan", "refs.bib", "--offline", "--allow-incomplete").exit_code == 0


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("empty.bib", b"", "no reference was found in"),
        ("noise.bib", bytes(range(256)) * 64, "binary"),
        ("cut.pdf", b"%PDF-1.7\n1 0 obj\n<<", "PDF"),
        ("prose.txt", b"The sky is blue.\n", "verifier check"),
    ],
)
def test_input_without_references_is_exit_2_and_one_sentence(server, tmp_path, monkeypatch, name, content, sentence):
    monkeypatch.chdir(tmp_path)
    (tmp_path / name).write_bytes(content)
    done = run("scan", name)
    assert done.exit_code == 2
    assert sentence in done.output
    assert "Traceback" not in done.output + done.stderr


def test_one_unreadable_file_does_not_hide_the_findings_of_another(server, bib):
    done = run("scan", bib(entry("turing", replace(TURING, year=1973))), "missing.pdf")
    assert done.exit_code == 2
    assert "mismatch" in done.output
    assert "missing.pdf" in done.output


def test_an_index_that_is_asked_for_and_missing_is_an_error(server, bib):
    done = run("scan", bib(entry("turing", TURING)), "--index", "nowhere")
    assert done.exit_code == 2
    assert "[index-missing]" in done.stderr


def test_a_registry_that_does_not_exist_is_an_error(server, bib, monkeypatch):
    assert run("scan", bib(entry("turing", TURING)), "--registries", "crosref").exit_code == 2
    monkeypatch.setenv("VERIFIER_CROSREF_URL", "http://127.0.0.1:9")
    done = run("scan", "refs.bib")
    assert done.exit_code == 2
    assert "did you mean crossref?" in done.stderr


def test_quiet_twice_prints_nothing_but_the_code_stays(server, bib):
    done = run("scan", bib(entry("turing", replace(TURING, year=1973))), "-qq")
    assert (done.exit_code, done.output) == (1, "")


def test_verbose_prints_decisions_on_standard_error(server, bib):
    done = run("scan", bib(entry("turing", TURING)), "-v")
    assert "refs.bib:1: turing verified" in done.stderr
    assert "refs.bib:1: [turing] verified" in done.stdout


def test_a_database_that_cannot_be_used_is_exit_2(server, bib, tmp_path):
    (tmp_path / "bad.db").write_text("this is no database at all\n" * 100)
    done = run("scan", bib(entry("turing", TURING)), "--db", "bad.db")
    assert done.exit_code == 2
    assert "[store-error]" in done.stderr


def test_standard_input_is_read(server):
    done = run("scan", "-", input=entry("turing", TURING))
    assert done.exit_code == 0
    assert "1 verified" in done.output


def test_an_interruption_loses_nothing_and_says_how_to_go_on(server, bib, tmp_path):
    for name in REGISTRIES:
        server.fail(name, Fault.HANG, seconds=60)
    path = bib(entry("turing", TURING), entry("shannon", SHANNON))
    command = [sys.executable, "-m", "verifier", "scan", path, "--db", "x.db"]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    running = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=env, cwd=tmp_path
    )
    while not _number_of(tmp_path / "x.db", "scans") and running.poll() is None:
        time.sleep(0.05)
    time.sleep(1)  # the registries hang for a minute, so that it is found waiting for them or still starting
    running.send_signal(signal.SIGINT)
    out, err = running.communicate(timeout=30)
    assert running.returncode == 3
    assert "interrupted" in out + err
    assert "--resume" in out + err
    assert "Traceback" not in err
    with closing(sqlite3.connect(tmp_path / "x.db")) as db:
        assert db.execute("SELECT state FROM scans").fetchone()[0] in {"interrupted", "running"}


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_scan_prints_what_was_judged(server, bib, tmp_path, number):
    works = [replace(TURING, year=year, doi="") for year in range(1780, 1880)]
    path = bib(*[entry(f"r{each.year}", each) for each in works])
    server.fail("crossref", Fault.SLOW, seconds=0.3)
    command = [sys.executable, "-m", "verifier", "scan", path, "--db", "x.db", "--registries", "crossref"]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    running = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=env, cwd=tmp_path)
    while _number_of(tmp_path / "x.db", "flags") < 1 and running.poll() is None:
        time.sleep(0.02)
    for _ in range(2):  # shells and ``timeout`` send it to the process and to its group
        running.send_signal(number)
        time.sleep(0.02)
    out, _ = running.communicate(timeout=30)
    assert running.returncode == 1
    flagged = [line for line in out.splitlines() if re.match(r"refs\.bib:\d+: \[\w+\] (mismatch|not_found)", line)]
    assert len(flagged) == _number_of(tmp_path / "x.db", "flags") > 0
    assert ", interrupted" in out


def slow_scan(server, bib, tmp_path, *options):
    works = [replace(TURING, year=1780 + n, doi="") for n in range(40)]
    path = bib(entry("turing", replace(TURING, year=1973)), *[entry(f"r{n}", each) for n, each in enumerate(works)])
    server.fail("crossref", Fault.SLOW, seconds=0.3)
    command = [sys.executable, "-m", "verifier", "scan", path, "--no-store", "--registries", "crossref", *options]
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": str(ROOT)}, cwd=tmp_path
    )


def test_jsonl_comes_as_references_are_judged(server, bib, tmp_path):
    running = slow_scan(server, bib, tmp_path, "--format", "jsonl")
    first = json.loads(running.stdout.readline())
    assert (first["type"], running.poll()) == ("reference", None)
    running.send_signal(signal.SIGINT)
    rest = [json.loads(line) for line in running.communicate(timeout=30)[0].splitlines()]
    assert [each["type"] for each in [first, *rest]].count("reference") == 41
    assert rest[-1]["type"] == "summary"
    assert rest[-1]["interrupted"]


@pytest.mark.parametrize(("options", "at_once"), [((), 0), (("--format", "csv"), 1)])
def test_text_and_csv_come_as_references_are_judged_where_another_program_reads_them(
    server, bib, tmp_path, options, at_once
):
    running = slow_scan(server, bib, tmp_path, *options)
    head = [running.stdout.readline() for _ in range(at_once + 1)]
    assert "refs.bib" in head[-1]
    assert running.poll() is None
    running.send_signal(signal.SIGINT)
    rest = running.communicate(timeout=30)[0].splitlines()
    found = [line for line in [*head, *rest] if re.match(r"refs\.bib(:\d+: \[\w+\] |,\d+,)", line)]
    assert len(found) == len(set(found)) == 41
    assert any("the rest of the run" in line for line in rest)


def test_text_in_a_file_and_on_a_terminal_begins_with_the_worst(server, bib, tmp_path):
    path = bib(
        entry("right", SHANNON),
        entry("wrong", replace(TURING, year=1973)),
        entry("none", Fields(title="A page", year=1)),
    )
    command = [sys.executable, "-m", "verifier", "scan", path, "--no-store", "-v", "--format", "text"]
    with (tmp_path / "report.txt").open("w") as out:
        subprocess.run(command, stdout=out, env={**os.environ, "PYTHONPATH": str(ROOT)}, cwd=tmp_path, check=False)
    lines = (tmp_path / "report.txt").read_text().splitlines()
    found = [line.split("]")[0] for line in lines if line.startswith("refs.bib:")]
    assert [each.split("[")[1] for each in found] == ["none", "wrong", "right"]


def test_a_reader_that_goes_away_leaves_nothing_marked_as_unchecked(server, bib, tmp_path):
    path = bib(entry("turing", replace(TURING, year=1973)), entry("shannon", SHANNON))
    command = [sys.executable, "-m", "verifier", "scan", path, "--db", "x.db", "--format", "jsonl"]
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        command,
        stdout=writer,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        cwd=tmp_path,
        check=False,
    )
    os.close(writer)
    assert (done.returncode, done.stderr) == (0, b"")
    with closing(sqlite3.connect(tmp_path / "x.db")) as db:
        assert db.execute("SELECT count(*) FROM checked_references WHERE status = 'unchecked'").fetchone() == (0,)


def test_a_killed_scan_goes_on_where_it_was(server, bib, tmp_path):
    works = [replace(TURING, title=f"{TURING.title} part {n} of a series on {n * n}", doi="") for n in range(150)]
    path = bib(*[entry(f"r{n}", each) for n, each in enumerate(works)])
    server.fail("crossref", Fault.SLOW, seconds=0.05)
    command = [sys.executable, "-m", "verifier", "scan", path, "--db", "x.db", "--registries", "crossref"]
    running = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, env={**os.environ, "PYTHONPATH": str(ROOT)}, cwd=tmp_path
    )
    while _number_of(tmp_path / "x.db", "checked_references") < 20 and running.poll() is None:
        time.sleep(0.02)
    running.kill()
    assert running.wait(timeout=30) == -signal.SIGKILL
    kept = _number_of(tmp_path / "x.db", "checked_references")
    assert 20 <= kept < 150
    server.heal()
    asked = len(server.log)
    done = run("scan", path, "--db", "x.db", "--registries", "crossref", "--resume", "--format", "json")
    summary = json.loads(done.stdout)["summary"]
    assert summary["references"] == 150
    on_its_way = 8  # requests of the killed process that the server finishes later
    assert len(server.log) - asked <= 150 - kept + on_its_way
    assert [_number_of(tmp_path / "x.db", table) for table in ("scans", "checked_references")] == [2, kept + 150]


def _number_of(path: Path, table: str) -> int:
    if not path.exists():
        return 0
    with closing(sqlite3.connect(path)) as db, suppress(sqlite3.Error):
        return int(db.execute(f"SELECT count(*) FROM {table}").fetchone()[0])
    return 0


@pytest.mark.parametrize(("share", "drawn"), [("100%", 2), ("1", 2), ("0", 0), ("0%", 0)])
def test_a_share_of_what_passes_is_drawn_for_review(server, bib, share, drawn):
    done = run("scan", bib(entry("turing", TURING), entry("shannon", SHANNON)), "--db", "x.db", "--audit-sample", share)
    assert done.exit_code == 0
    listed = run("review", "list", "--db", "x.db").stdout.splitlines()
    assert [line.split("  ")[1] for line in listed] == ["sample"] * drawn


@pytest.mark.parametrize("share", ["2", "-0.1", "nan", "many", "101%", ""])
def test_a_share_that_is_none_is_one_sentence(bib, share):
    done = run("scan", bib(entry("turing", TURING)), "--audit-sample", share)
    assert done.exit_code == 2
    assert f"{share!r} is no share between 0 and 1 (write 0.02 or 2%)" in done.stderr

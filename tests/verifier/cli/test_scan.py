"""``verifier scan`` from the typed line to the exit code, against registries on loopback."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from dataclasses import replace

import pytest

from citations.testing.faults import Fault
from citations.testing.server import REGISTRIES
from tests.verifier.cli.lists import SHANNON, TURING, entry, run


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
